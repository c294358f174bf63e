/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - RIV sets written as their manifests
 */
#ifndef _RIVET_RIV_PRINT_H
#define _RIVET_RIV_PRINT_H

#include "riv/set.h"

long rivet_riv_text_write(const struct rivet_set *set, char *buf, size_t size);

#endif /* _RIVET_RIV_PRINT_H */
