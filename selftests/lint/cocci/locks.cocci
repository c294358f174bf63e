// SPDX-License-Identifier: GPL-2.0-only
/// A lock that is taken is given back on every way out.

@@
@@
* rcu_read_lock();
  ... when != rcu_read_unlock()
* return ...;

@@
expression l;
@@
* \(mutex_lock\|down_read\|down_write\|spin_lock\|spin_lock_bh\|spin_lock_irq\)(l);
  ... when != mutex_unlock(l)
      when != up_read(l)
      when != up_write(l)
      when != spin_unlock(l)
      when != spin_unlock_bh(l)
      when != spin_unlock_irq(l)
* return ...;

@@
expression l, f;
@@
* spin_lock_irqsave(l, f);
  ... when != spin_unlock_irqrestore(l, f)
* return ...;
