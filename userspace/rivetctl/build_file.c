// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - one file on its way into a manifest, and the facts about it
 */
#include <stdlib.h>
#include <string.h>

#include "build_file.h"
#include "lib/base/text.h"
#include "lib/manifest/elf_file.h"
#include "lib/manifest/kind.h"

#define FIRST_ROOM 256

static int no_memory(struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "cannot build the manifest: out of memory");
}

/**
 * build_file_add() - append a file
 * @files: the files
 * @path: copied
 *
 * Return: the file, valid until the next call; NULL if memory ran out.
 */
struct build_file *build_file_add(struct build_files *files, const char *path)
{
	size_t size = files->size ? 2 * files->size : FIRST_ROOM;
	struct build_file *items = files->items, *file;

	if (files->count == files->size) {
		items = reallocarray(items, size, sizeof(*items));
		if (!items)
			return NULL;
		files->items = items;
		files->size = size;
	}
	file = &items[files->count];
	memset(file, 0, sizeof(*file));
	file->path = text_join("", path);
	if (!file->path)
		return NULL;
	files->count++;
	return file;
}

/**
 * build_files_free() - release all files
 * @files: empty afterwards
 */
void build_files_free(struct build_files *files)
{
	struct build_file *file;

	while (files->count) {
		file = &files->items[--files->count];
		free(file->path);
		free(file->loader);
		free(file->remark);
	}
	free(files->items);
	memset(files, 0, sizeof(*files));
}

/*
 * A compressed module reaches the kernel as it is, or unpacked by modprobe. One that
 * cannot be unpacked is listed as it is: the kernel accepts no other bytes for it.
 */
static int unpack(struct build_file *file, struct measurer *measurer, int fd, struct err *err)
{
	enum unpack_form form = unpack_module_form(fd, file->path);
	int ret;

	if (!form)
		return EXIT_OK;
	ret = measurer_unpacked(measurer, fd, file->path, form, &file->unpacked, err);
	file->has_unpacked = !ret;
	if (ret != EXIT_CONFIG)
		return ret;
	file->remark = strdup(err->text);
	return file->remark ? EXIT_OK : no_memory(err);
}

/* A library may name a loader too, so that the set of a C library alone includes its loader. */
static int note_loader(struct build_file *file, int fd, struct err *err)
{
	char path[RIVET_PATH_MAX];

	if (!elf_interpreter(fd, path, sizeof(path)) || path[0] != '/')
		return EXIT_OK;
	file->loader = strdup(path);
	return file->loader ? EXIT_OK : no_memory(err);
}

/**
 * build_file_examine() - find the uses of a file, and measure it if it has some
 * @file: found; may be used by no other thread
 * @options: the command line
 * @measurer: made, of this thread
 * @fd: the file, open for reading; its position does not matter
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int build_file_examine(struct build_file *file, const struct build_options *options,
		       struct measurer *measurer, int fd, struct err *err)
{
	uint32_t uses;
	int ret;

	file->examined = true;
	file->kind = options->uses ? options->uses : kind_uses(fd, file->path);
	uses = file->kind | file->extra;
	if (!uses && file->named)
		file->archive = archive_kind_of(fd, file->path);
	if (!uses && (!file->named || file->archive))
		return EXIT_OK;
	ret = measurer_fd(measurer, fd, file->path, &file->measured, err);
	if (!ret && uses & RIVET_USE_KMOD)
		ret = unpack(file, measurer, fd, err);
	if (!ret && file->kind & RIVET_USE_MMAP && !options->uses)
		ret = note_loader(file, fd, err);
	return ret;
}
