// SPDX-License-Identifier: GPL-2.0-only
/// Nothing sleeps while preemption or RCU forbids it.

@@
expression l;
@@
(
  rcu_read_lock();
|
  \(spin_lock\|spin_lock_bh\|spin_lock_irq\|spin_lock_irqsave\)(l, ...);
)
  ... when != rcu_read_unlock()
      when != spin_unlock(l)
      when != spin_unlock_bh(l)
      when != spin_unlock_irq(l)
      when != spin_unlock_irqrestore(l, ...)
(
* \(kmalloc\|kzalloc\|kcalloc\|kmalloc_array\|kvmalloc\|kvzalloc\|kmemdup\|kmemdup_nul\|kstrdup\|kasprintf\|krealloc\)(..., \(GFP_KERNEL\|GFP_KERNEL_ACCOUNT\))
|
* \(mutex_lock\|down_read\|down_write\|synchronize_rcu\|copy_from_user\|copy_to_user\|kernel_read\|msleep\|schedule\|flush_work\|cancel_work_sync\|vfree\|fput\|__getname\)(...)
)
