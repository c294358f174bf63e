/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the kernel's type information: names of functions by number
 */
#ifndef RIVET_BTF_H
#define RIVET_BTF_H

#include <stddef.h>
#include <stdint.h>

const char *btf_function(const void *data, size_t len, uint32_t id);

#endif /* RIVET_BTF_H */
