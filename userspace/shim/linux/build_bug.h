/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - shim: assertions while compiling
 */
#ifndef _RIVET_SHIM_BUILD_BUG_H
#define _RIVET_SHIM_BUILD_BUG_H

#include <assert.h>

#endif /* _RIVET_SHIM_BUILD_BUG_H */
