// SPDX-License-Identifier: GPL-2.0-only
/// Who wakes looks whether somebody waits, and who waits is in the queue before it looks at
/// what the other writes. Without a barrier between the writing and the look, each may miss
/// the other: a test cannot show it, since a processor has to delay a store for it.

@ordered@
expression e;
position p;
@@
smp_mb();
\(wake_up_var\|wake_up_bit\)(e, ...)@p;

@@
expression e;
position p != ordered.p;
@@
* \(wake_up_var\|wake_up_bit\)(e, ...)@p;

@@
expression e;
@@
* waitqueue_active(e)
