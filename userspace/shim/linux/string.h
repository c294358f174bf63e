/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - shim: the C library has what the pure files need
 */
#ifndef _RIVET_SHIM_STRING_H
#define _RIVET_SHIM_STRING_H

#include <string.h>

#endif /* _RIVET_SHIM_STRING_H */
