/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the uses of a file, by its content and its place
 */
#ifndef RIVET_KIND_H
#define RIVET_KIND_H

#include <stdint.h>

uint32_t kind_uses(int fd, const char *path);

#endif /* RIVET_KIND_H */
