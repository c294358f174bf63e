/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - shim: small macros of the kernel, and snprintf()
 */
#ifndef _RIVET_SHIM_KERNEL_H
#define _RIVET_SHIM_KERNEL_H

#include_next <linux/kernel.h>

#include <linux/limits.h>
#include <stdio.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

#endif /* _RIVET_SHIM_KERNEL_H */
