// SPDX-License-Identifier: GPL-2.0-only
/// Memory that may not have been had is not used before that is known.

@@
expression x;
identifier m;
@@
x = \(kmalloc\|kzalloc\|kcalloc\|kmalloc_array\|kvmalloc\|kvzalloc\|kmem_cache_alloc\|kmem_cache_zalloc\|kmemdup\|kmemdup_nul\|kstrdup\|kasprintf\|__getname\)(...);
... when != x
* x->m

@@
expression x, e, n;
@@
x = \(kmalloc\|kzalloc\|kcalloc\|kmalloc_array\|kvmalloc\|kvzalloc\|kmem_cache_alloc\|kmemdup\|kmemdup_nul\|kstrdup\|kasprintf\|__getname\)(...);
... when != x
(
* *x
|
* x[e]
|
* \(memcpy\|memset\|strscpy\)(x, e, n)
)

// Structures that have holes would carry old memory to userspace.
@@
expression x, u, n;
@@
* x = \(kmalloc\|kmalloc_array\|kvmalloc\)(...);
... when != memset(x, ...)
    when != memcpy(x, ...)
    when != x = ...
* copy_to_user(u, x, n)
