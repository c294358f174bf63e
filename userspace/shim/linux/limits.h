/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - shim: limits of the kernel's short types
 *
 * No include guard around the system's header: libc includes it more than once
 * and undefines names in between.
 */
#include_next <linux/limits.h>

#ifndef _RIVET_SHIM_LIMITS_H
#define _RIVET_SHIM_LIMITS_H

#define U8_MAX	((__u8)~0U)
#define U16_MAX	((__u16)~0U)
#define U32_MAX	((__u32)~0U)
#define U64_MAX	((__u64)~0ULL)
#define S64_MAX	((__s64)(U64_MAX >> 1))

#endif /* _RIVET_SHIM_LIMITS_H */
