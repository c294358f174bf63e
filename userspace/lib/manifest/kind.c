// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the uses of a file, by its content and its place
 */
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/manifest/elf_file.h"
#include "lib/manifest/kind.h"
#include "lib/manifest/unpack.h"
#include "text/names.h"

static bool begins_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static bool ends_with(const char *text, const char *suffix)
{
	size_t len = strlen(text), suffix_len = strlen(suffix);

	return len > suffix_len && !strcmp(text + len - suffix_len, suffix);
}

/* Below /lib/FOLDER/, whether or not /lib is a link to /usr/lib. */
static bool is_below_lib(const char *path, const char *folder)
{
	if (begins_with(path, "/usr"))
		path += strlen("/usr");
	return begins_with(path, "/lib/") && begins_with(path + strlen("/lib/"), folder);
}

static bool is_script(int fd)
{
	char head[2];

	return pread(fd, head, sizeof(head), 0) == sizeof(head) && !memcmp(head, "#!", 2);
}

static bool may_be_started(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_mode & 0111;
}

static uint32_t elf_uses(enum elf_kind kind, const char *path)
{
	switch (kind) {
	case ELF_PROGRAM:
		return RIVET_USE_EXEC | RIVET_USE_MMAP;
	case ELF_LIBRARY:
		return RIVET_USE_MMAP;
	case ELF_MODULE:
		return ends_with(path, ".ko") ? RIVET_USE_KMOD : 0;
	default:
		return 0;
	}
}

/**
 * kind_uses() - find the uses of a file
 * @fd: the file, open for reading; its position does not matter
 * @path: its real path on the gateway
 *
 * Programs get exec and mmap, libraries mmap only, with or without the x bit.
 * Dynamic loaders count as libraries here: the programs that name them make them
 * programs.
 *
 * Return: bits of enum rivet_use; 0 if rivet does not list such files by default.
 */
uint32_t kind_uses(int fd, const char *path)
{
	if (is_below_lib(path, "firmware/"))
		return RIVET_USE_FIRMWARE;
	if (unpack_module_form(fd, path))
		return RIVET_USE_KMOD;
	if (is_script(fd))
		return RIVET_USE_SCRIPT | (may_be_started(fd) ? RIVET_USE_EXEC : 0);
	return elf_uses(elf_kind(fd), path);
}
