/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - shim: string functions of the C library
 */
#ifndef _RIVET_SHIM_STRING_H
#define _RIVET_SHIM_STRING_H

#include <string.h>

#endif /* _RIVET_SHIM_STRING_H */
