/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bpf_program.h - load and attach a BPF program to a kernel function, without any library
 */
#ifndef RIVET_BPF_PROGRAM_H
#define RIVET_BPF_PROGRAM_H

#include <linux/bpf.h>
#include <linux/btf.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "helper.h"

/* Bytes behind a type that belong to it */
static inline size_t extra(const struct btf_type *t)
{
	unsigned int n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return n * sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO:
		return n * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return n * sizeof(struct btf_var_secinfo);
	case BTF_KIND_ENUM64:
		return n * 12;
	default:
		return 0;
	}
}

static inline char *read_btf(void)
{
	int fd = must_open("/sys/kernel/btf/vmlinux", O_RDONLY);
	size_t len = 0;
	struct stat st;
	ssize_t got;
	char *data;

	if (fstat(fd, &st))
		fail("btf");
	data = malloc(st.st_size);
	while (data && (got = read(fd, data + len, st.st_size - len)) > 0)
		len += got;
	if (!data || len != (size_t)st.st_size)
		fail("btf");
	return data;
}

static inline unsigned int find_function(const char *name)
{
	char *data = read_btf();
	const struct btf_header *h = (void *)data;
	char *types = data + h->hdr_len + h->type_off, *end = types + h->type_len;
	const char *names = data + h->hdr_len + h->str_off;
	unsigned int id = 1;

	for (; types < end; id++) {
		const struct btf_type *t = (void *)types;

		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC && !strcmp(names + t->name_off, name))
			return id;
		types += sizeof(*t) + extra(t);
	}
	errno = ENOENT;
	fail(name);
}

static inline int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* Ends the program if the kernel refuses */
static inline void attach_program(enum bpf_prog_type type, enum bpf_attach_type how,
				  const char *function, const struct bpf_insn *insns,
				  unsigned int count)
{
	static char log[65536];
	union bpf_attr attr = {};
	int fd;

	attr.prog_type = type;
	attr.insns = (unsigned long)insns;
	attr.insn_cnt = count;
	attr.license = (unsigned long)"GPL";
	attr.expected_attach_type = how;
	attr.attach_btf_id = find_function(function);
	attr.log_buf = (unsigned long)log;
	attr.log_size = sizeof(log);
	attr.log_level = 1;
	fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0) {
		int error = errno;

		fputs(log, stderr);
		errno = error;
		fail("load");
	}
	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = fd;
	if (bpf(BPF_RAW_TRACEPOINT_OPEN, &attr) < 0)
		fail("attach");
}

#endif
