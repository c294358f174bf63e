// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - libarchive, loaded when an archive is read
 */
#include <dlfcn.h>
#include <linux/kernel.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/manifest/libarchive.h"

#define LIBRARY "libarchive.so.13"

#define FUNCTION(name) { "archive_" #name, offsetof(struct libarchive, name) }

static const struct {
	const char *name;
	size_t offset;
} functions[] = {
	FUNCTION(read_new),
	FUNCTION(read_free),
	FUNCTION(read_support_format_tar),
	FUNCTION(read_support_format_ar),
	FUNCTION(read_support_filter_gzip),
	FUNCTION(read_support_filter_xz),
	FUNCTION(read_support_filter_zstd),
	FUNCTION(read_support_filter_bzip2),
	FUNCTION(read_support_filter_lz4),
	FUNCTION(read_open_fd),
	FUNCTION(read_next_header),
	FUNCTION(read_data_block),
	FUNCTION(error_string),
	FUNCTION(entry_pathname),
	FUNCTION(entry_pathname_utf8),
	FUNCTION(entry_hardlink),
	FUNCTION(entry_hardlink_utf8),
	FUNCTION(entry_filetype),
	FUNCTION(entry_perm),
};

static bool find_functions(void *library, struct libarchive *out)
{
	void *function;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		function = dlsym(library, functions[i].name);
		if (!function)
			return false;
		memcpy((char *)out + functions[i].offset, &function, sizeof(function));
	}
	return true;
}

/**
 * libarchive_load() - load the library, once
 * @err: filled on error
 *
 * Context: one thread alone.
 *
 * Return: its functions; NULL if it is missing or lacks one.
 */
const struct libarchive *libarchive_load(struct err *err)
{
	static struct libarchive loaded;
	static bool is_loaded;
	void *library;

	if (is_loaded)
		return &loaded;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (library && find_functions(library, &loaded)) {
		is_loaded = true;
		return &loaded;
	}
	err_set(err, EXIT_CONFIG, "on Debian: apt install libarchive13",
		"cannot read archives: " LIBRARY " is not there, or too old");
	if (library)
		dlclose(library);
	return NULL;
}
