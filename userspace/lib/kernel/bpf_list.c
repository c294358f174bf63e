// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the BPF programs that the kernel holds, by bpf(2) alone
 *
 * Programs, links and type information each have numbers; a number leads to a
 * descriptor, a descriptor to the kernel's description. A program names the
 * function it is made for; only a link tells how it is attached there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/kernel/bpf_list.h"
#include "lib/kernel/btf.h"

/* maximum size of type information in bytes; kernels have 5 MiB */
#define TYPES_MAX	(64 * 1024 * 1024)

/** struct attachment - how a program is attached */
struct attachment {
	uint32_t program;
	uint32_t type;
};

/**
 * struct listing - a listing in progress
 * @attached: attachments found through links
 * @attached_count: how many
 * @types: the kernel's type information; NULL until needed, or if not available
 * @types_len: its length in bytes
 * @types_id: its number
 */
struct listing {
	struct attachment *attached;
	size_t attached_count;
	char *types;
	size_t types_len;
	uint32_t types_id;
};

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* Finds the number after *@id; false at the end, or with errno set on an error. */
static bool next_id(int command, uint32_t *id)
{
	union bpf_attr attr = { .start_id = *id };

	errno = 0;
	if (bpf(command, &attr)) {
		if (errno == ENOENT)
			errno = 0;
		return false;
	}
	*id = attr.next_id;
	return true;
}

static int open_id(int command, uint32_t id)
{
	union bpf_attr attr = { .prog_id = id };

	return bpf(command, &attr);
}

static bool get_info(int fd, void *info, uint32_t len)
{
	union bpf_attr attr = {
		.info = { .bpf_fd = fd, .info_len = len, .info = (unsigned long)info },
	};

	return !bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

static bool get_info_by_id(int command, uint32_t id, void *info, uint32_t len)
{
	int fd = open_id(command, id);
	bool good = fd >= 0 && get_info(fd, info, len);

	if (fd >= 0)
		close(fd);
	return good;
}

static bool keep_attachment(struct listing *list, const struct bpf_link_info *info)
{
	struct attachment *more = realloc(list->attached,
					  (list->attached_count + 1) * sizeof(*more));

	if (!more)
		return false;
	list->attached = more;
	more[list->attached_count++] = (struct attachment){
		.program = info->prog_id,
		.type = info->tracing.attach_type,
	};
	return true;
}

static int list_links(struct listing *list)
{
	uint32_t id = 0;

	while (next_id(BPF_LINK_GET_NEXT_ID, &id)) {
		struct bpf_link_info info = { 0 };

		if (!get_info_by_id(BPF_LINK_GET_FD_BY_ID, id, &info, sizeof(info)) ||
		    info.type != BPF_LINK_TYPE_TRACING)
			continue;
		if (!keep_attachment(list, &info))
			return -ENOMEM;
	}
	return -errno;
}

static uint32_t find_attach_type(const struct listing *list, uint32_t program)
{
	size_t i;

	for (i = 0; i < list->attached_count; i++) {
		if (list->attached[i].program == program)
			return list->attached[i].type;
	}
	return __MAX_BPF_ATTACH_TYPE;
}

/* Type information of the kernel itself; a module's has another name. */
static bool read_types(struct listing *list, int fd)
{
	char name[sizeof("vmlinux")] = "";
	struct bpf_btf_info info = {
		.name = (unsigned long)name,
		.name_len = sizeof(name),
	};

	if (!get_info(fd, &info, sizeof(info)) || strcmp(name, "vmlinux") || !info.btf_size ||
	    info.btf_size > TYPES_MAX)
		return false;
	list->types_len = info.btf_size;
	list->types = malloc(list->types_len);
	if (!list->types)
		return false;
	info = (struct bpf_btf_info){
		.btf = (unsigned long)list->types,
		.btf_size = list->types_len,
	};
	if (get_info(fd, &info, sizeof(info)))
		return true;
	free(list->types);
	list->types = NULL;
	return false;
}

static bool has_types(struct listing *list, uint32_t id)
{
	int fd;

	if (!list->types) {
		fd = open_id(BPF_BTF_GET_FD_BY_ID, id);
		if (fd < 0)
			return false;
		if (read_types(list, fd))
			list->types_id = id;
		close(fd);
	}
	return list->types && list->types_id == id;
}

static void find_function(struct listing *list, const struct bpf_prog_info *info,
			  struct bpf_listed *out)
{
	const char *name = NULL;

	if (info->attach_btf_id && has_types(list, info->attach_btf_obj_id))
		name = btf_function(list->types, list->types_len, info->attach_btf_id);
	if (name && strlen(name) < sizeof(out->function))
		memcpy(out->function, name, strlen(name) + 1);
}

/* False: it was removed meanwhile. */
static bool describe(struct listing *list, uint32_t id, struct bpf_listed *out)
{
	struct bpf_prog_info info = { 0 };
	int fd = open_id(BPF_PROG_GET_FD_BY_ID, id);
	bool good;

	*out = (struct bpf_listed){ .id = id, .hidden = fd < 0 && errno != ENOENT };
	if (fd < 0)
		return out->hidden;
	good = get_info(fd, &info, sizeof(info));
	close(fd);
	if (!good) {
		out->hidden = true;
		return true;
	}
	out->type = info.type;
	out->attach_type = find_attach_type(list, id);
	memcpy(out->name, info.name, sizeof(info.name));
	find_function(list, &info, out);
	return true;
}

static int list_programs(struct listing *list,
			 void (*found)(const struct bpf_listed *program, void *data), void *data)
{
	struct bpf_listed program;
	uint32_t id = 0;

	while (next_id(BPF_PROG_GET_NEXT_ID, &id)) {
		if (describe(list, id, &program))
			found(&program, data);
	}
	return -errno;
}

/**
 * bpf_list() - all BPF programs that the kernel holds
 * @found: called for each
 * @data: passed to it
 *
 * Needs CAP_SYS_ADMIN.
 *
 * Return: 0; -EPERM without the privilege; another errno of bpf(2), for instance
 * -ENOSYS on a kernel without it.
 */
int bpf_list(void (*found)(const struct bpf_listed *program, void *data), void *data)
{
	struct listing list = { 0 };
	int ret = list_links(&list);

	/* Without links, only the attachment of programs stays unknown. */
	if (ret != -EPERM && ret != -ENOMEM)
		ret = list_programs(&list, found, data);
	free(list.attached);
	free(list.types);
	return ret;
}
