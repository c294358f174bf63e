/* SPDX-License-Identifier: GPL-2.0 */
/* A stub of measure/header.h for measure/keep.c */
#ifndef _RIVET_MEASURE_HEADER_H
#define _RIVET_MEASURE_HEADER_H

static u64 rivet_header_replaced(void);

#endif /* _RIVET_MEASURE_HEADER_H */
