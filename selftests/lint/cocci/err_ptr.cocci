// SPDX-License-Identifier: GPL-2.0-only
/// What is an error in disguise is no memory to free.

@@
expression x;
@@
if (\(IS_ERR(x)\|IS_ERR_OR_NULL(x)\)) {
  ... when != x = ...
* \(kfree\|kvfree\|vfree\|kfree_sensitive\|key_put\|path_put\|fput\)(x);
  ...
}

@@
expression x;
@@
if (\(IS_ERR(x)\|IS_ERR_OR_NULL(x)\))
* \(kfree\|kvfree\|vfree\|kfree_sensitive\|key_put\|path_put\|fput\)(x);

// What has been tested for NULL alone may still be an error.
@@
expression x;
@@
x = \(memdup_user\|memdup_user_nul\|vmemdup_user\|filp_open\|d_path\|file_path\|key_alloc\|keyring_alloc\|crypto_alloc_shash\)(...);
... when != IS_ERR(x)
    when != IS_ERR_OR_NULL(x)
    when != PTR_ERR_OR_ZERO(x)
* \(!x\|x == NULL\)
