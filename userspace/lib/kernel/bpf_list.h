/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the BPF programs that the kernel holds, by bpf(2) alone
 */
#ifndef RIVET_BPF_LIST_H
#define RIVET_BPF_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/bpf.h>

#define BPF_FUNCTION_MAX 128	/* size of the buffer for a function's name, the NUL included */

/**
 * struct bpf_listed - a BPF program
 * @id: its number
 * @hidden: the kernel has the program and does not show it; all members below
 * are unknown
 * @type: enum bpf_prog_type
 * @name: the name given by its author
 * @attach_type: enum bpf_attach_type; __MAX_BPF_ATTACH_TYPE if it is not attached, or
 *	the attachment does not tell
 * @function: kernel function that it is made for; "" if unknown
 */
struct bpf_listed {
	uint32_t id;
	bool hidden;
	uint32_t type;
	char name[BPF_OBJ_NAME_LEN + 1];
	uint32_t attach_type;
	char function[BPF_FUNCTION_MAX];
};

int bpf_list(void (*found)(const struct bpf_listed *program, void *data), void *data);

#endif /* RIVET_BPF_LIST_H */
