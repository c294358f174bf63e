// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the files in packages and archives, on their way into a manifest
 *
 * One processor reads them, and each file is examined as one of a folder.
 */
#include <ctype.h>
#include <linux/kernel.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build_archive.h"
#include "build_file.h"
#include "lib/base/text.h"
#include "lib/manifest/unarchive.h"

#define CONTROL_MAX	(1024 * 1024)	/* bytes of a package's control file */
#define LABEL_MAX	256		/* size of a package's name, with its architecture */
#define LINKS_MAX	1000000		/* further names of files in one archive */

/** enum build_part - the part of a package that is being read */
enum build_part {
	PART_FILES,		/* the files that it installs, or those of an archive */
	PART_CONTROL,		/* its control file */
	PART_SCRIPTS,		/* its maintainer scripts */
};

/**
 * struct build_link - a further name of a file
 * @path: the name
 * @target: the name that came first
 */
struct build_link {
	char *path;
	char *target;
};

/**
 * struct build_archive - an archive being read
 * @unarchive: must be first
 * @build: destination of its files
 * @measurer: measures them
 * @name: path of the archive, for errors
 * @part: the part that is being read
 * @is_package: it is a Debian package
 * @label: the package's name in /var/lib/dpkg/info
 * @has_files: the part with the files was there
 * @first: number of its first file in @build
 * @links: further names
 * @link_count: how many
 * @link_size: links allocated
 */
struct build_archive {
	struct unarchive unarchive;
	struct build *build;
	struct measurer *measurer;
	const char *name;
	enum build_part part;
	bool is_package;
	char label[LABEL_MAX];
	bool has_files;
	size_t first;
	struct build_link *links;
	size_t link_count;
	size_t link_size;
};

static struct build_archive *archive_of(struct unarchive *unarchive)
{
	return (struct build_archive *)unarchive;
}

static int no_memory(struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "cannot build the manifest: out of memory");
}

static int refuse(const struct build_archive *archive, const char *why, struct err *err)
{
	return err_set(err, EXIT_CONFIG, NULL, "cannot read %s: %s", err_name(archive->name), why);
}

/* Where Debian installs the file: /bin and the like are links to folders of /usr there. */
static char *installed_path(const struct build_archive *archive, const char *path)
{
	static const char * const merged[] = {
		"/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/", "/libo32/",
	};
	size_t i;

	for (i = 0; archive->is_package && i < ARRAY_SIZE(merged); i++) {
		if (!strncmp(path, merged[i], strlen(merged[i])))
			return text_join("/usr", path);
	}
	return text_join("", path);
}

static int examine(struct build_archive *archive, const char *path, int fd, struct err *err)
{
	struct build_file *file;
	struct stat st;
	int ret;

	if (fstat(fd, &st))
		return err_set_io(err, "cannot read", path);
	ret = build_take(archive->build, path, st.st_size, false, &file, err);
	if (ret || !file)
		return ret;
	file->packed = true;
	return build_file_examine(file, archive->build->options, archive->measurer, fd, err);
}

static bool is_script_name(const char *name)
{
	static const char * const names[] = { "preinst", "postinst", "prerm", "postrm", "config" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return false;
}

static int take_script(struct build_archive *archive, const char *name, int fd, struct err *err)
{
	char *path;
	int ret;

	if (!is_script_name(name))
		return EXIT_OK;
	if (asprintf(&path, "/var/lib/dpkg/info/%s.%s", archive->label, name) < 0)
		return no_memory(err);
	ret = examine(archive, path, fd, err);
	free(path);
	return ret;
}

/* The value of a field of the control file; empty if there is none. */
static struct rivet_slice find_value(struct rivet_slice text, const char *field)
{
	struct rivet_slice line;

	while (text_next_line(&text, &line)) {
		if (rivet_slice_take_prefix(&line, field))
			return text_trim(line);
	}
	return (struct rivet_slice){ .ptr = "" };
}

static bool is_word(struct rivet_slice word)
{
	size_t i;

	for (i = 0; i < word.len; i++) {
		if (!isalnum((unsigned char)word.ptr[i]) && !strchr("+.-", word.ptr[i]))
			return false;
	}
	return word.len && word.ptr[0] != '.' && word.len < LABEL_MAX / 2;
}

/* dpkg names the scripts after the package, and after the architecture if it has several. */
static int take_control(struct build_archive *archive, int fd, struct err *err)
{
	struct buffer content = { 0 };
	struct rivet_slice text, package, of, arch;
	int ret = file_read_fd(fd, archive->name, CONTROL_MAX, &content, err);

	if (ret)
		return ret;
	text = (struct rivet_slice){ .ptr = content.data, .len = content.len };
	package = find_value(text, "Package:");
	arch = find_value(text, "Architecture:");
	of = find_value(text, "Multi-Arch:");
	if (!is_word(package) || !is_word(arch))
		ret = refuse(archive, "its control file names no package", err);
	else if (rivet_slice_equal(of, "same"))
		snprintf(archive->label, LABEL_MAX, "%.*s:%.*s", (int)package.len, package.ptr,
			 (int)arch.len, arch.ptr);
	else
		snprintf(archive->label, LABEL_MAX, "%.*s", (int)package.len, package.ptr);
	buffer_free(&content);
	return ret;
}

static int take_file(struct unarchive *unarchive, const char *path, int fd, struct err *err)
{
	struct build_archive *archive = archive_of(unarchive);
	char *installed;
	int ret;

	if (archive->part == PART_SCRIPTS)
		return take_script(archive, path + 1, fd, err);
	if (archive->part == PART_CONTROL)
		return strcmp(path, "/control") ? EXIT_OK : take_control(archive, fd, err);
	installed = installed_path(archive, path);
	ret = installed ? examine(archive, installed, fd, err) : no_memory(err);
	free(installed);
	return ret;
}

static bool make_room(struct build_archive *archive)
{
	size_t size = archive->link_size ? 2 * archive->link_size : 16;
	struct build_link *links;

	if (archive->link_count < archive->link_size)
		return true;
	links = reallocarray(archive->links, size, sizeof(*links));
	if (!links)
		return false;
	archive->links = links;
	archive->link_size = size;
	return true;
}

static int take_link(struct unarchive *unarchive, const char *path, const char *target,
		     struct err *err)
{
	struct build_archive *archive = archive_of(unarchive);
	char *own, *other;

	if (archive->part != PART_FILES)
		return EXIT_OK;
	if (archive->link_count == LINKS_MAX)
		return refuse(archive, "too many links are in it", err);
	own = installed_path(archive, path);
	other = installed_path(archive, target);
	if (own && other && make_room(archive)) {
		archive->links[archive->link_count++] =
			(struct build_link){ .path = own, .target = other };
		return EXIT_OK;
	}
	free(own);
	free(other);
	return no_memory(err);
}

static int compare_files(const void *a, const void *b, void *data)
{
	const struct build_file *items = data;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = strcmp(items[x].path, items[y].path);

	if (order)
		return order;
	return x < y ? -1 : x > y;
}

/* Of files with one name the last stays, as when the archive is unpacked. */
static void drop_replaced(struct build_archive *archive, const size_t *order, size_t count)
{
	struct build_file *items = archive->build->found.items;
	size_t i;

	for (i = 1; i < count; i++) {
		if (!strcmp(items[order[i - 1]].path, items[order[i]].path))
			items[order[i - 1]].replaced = true;
	}
}

/* The number of the last file with this name; @count if there is none. */
static size_t find_file(const struct build_file *items, const size_t *order, size_t count,
			const char *path)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(items[order[middle]].path, path) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && !strcmp(items[order[low - 1]].path, path) ? low - 1 : count;
}

static int copy_file(struct build *build, size_t from, const char *path, struct err *err)
{
	struct build_file *file, *original;
	int ret;

	ret = build_take(build, path, build->found.items[from].size, false, &file, err);
	if (ret || !file)
		return ret;
	original = &build->found.items[from];
	file->packed = true;
	file->examined = true;
	file->kind = original->kind;
	file->measured = original->measured;
	file->unpacked = original->unpacked;
	file->has_unpacked = original->has_unpacked;
	file->loader = original->loader ? strdup(original->loader) : NULL;
	file->remark = original->remark ? strdup(original->remark) : NULL;
	if (!original->loader == !file->loader && !original->remark == !file->remark)
		return EXIT_OK;
	return no_memory(err);
}

/* A file that --exclude left out has no other names either. */
static int copy_links(struct build_archive *archive, const size_t *order, size_t count,
		      struct err *err)
{
	struct build *build = archive->build;
	size_t i, at;
	int ret = EXIT_OK;

	for (i = 0; !ret && i < archive->link_count; i++) {
		at = find_file(build->found.items, order, count, archive->links[i].target);
		if (at < count)
			ret = copy_file(build, order[at], archive->links[i].path, err);
	}
	return ret;
}

static int finish(struct build_archive *archive, struct err *err)
{
	struct build_files *found = &archive->build->found;
	size_t count = found->count - archive->first, i, *order;
	int ret;

	if (!count)
		return EXIT_OK;
	order = reallocarray(NULL, count, sizeof(*order));
	if (!order)
		return no_memory(err);
	for (i = 0; i < count; i++)
		order[i] = archive->first + i;
	qsort_r(order, count, sizeof(*order), compare_files, found->items);
	drop_replaced(archive, order, count);
	ret = copy_links(archive, order, count, err);
	free(order);
	return ret;
}

static int read_part(struct build_archive *archive, enum build_part part, int fd, struct err *err)
{
	archive->part = part;
	return unarchive_read(&archive->unarchive, fd, archive->name, false, err);
}

/**
 * struct build_package - the outer archive of a package being read
 * @unarchive: must be first
 * @archive: the inner ones
 */
struct build_package {
	struct unarchive unarchive;
	struct build_archive *archive;
};

static bool is_member(const char *path, const char *name)
{
	return !strncmp(path, name, strlen(name));
}

static int take_member(struct unarchive *unarchive, const char *path, int fd, struct err *err)
{
	struct build_archive *archive = ((struct build_package *)unarchive)->archive;
	int ret;

	if (is_member(path, "/data.tar")) {
		archive->has_files = true;
		return read_part(archive, PART_FILES, fd, err);
	}
	if (!is_member(path, "/control.tar"))
		return EXIT_OK;
	ret = read_part(archive, PART_CONTROL, fd, err);
	if (!ret && !*archive->label)
		ret = refuse(archive, "it has no control file", err);
	return ret ? ret : read_part(archive, PART_SCRIPTS, fd, err);
}

static int read_package(struct build_archive *archive, int fd, struct err *err)
{
	struct build_package package = { .unarchive.file = take_member, .archive = archive };
	int ret = unarchive_read(&package.unarchive, fd, archive->name, true, err);

	if (!ret && !archive->has_files)
		ret = refuse(archive, "it is damaged: it has no data.tar", err);
	return ret;
}

static void release(struct build_archive *archive)
{
	while (archive->link_count) {
		free(archive->links[--archive->link_count].path);
		free(archive->links[archive->link_count].target);
	}
	free(archive->links);
	measurer_free(archive->measurer);
}

static int read_one(struct build *build, const char *path, enum unarchive_form form,
		    struct err *err)
{
	struct build_archive archive = {
		.unarchive = { .file = take_file, .link = take_link },
		.build = build,
		.measurer = measurer_new(build->digests),
		.name = path,
		.is_package = form == UNARCHIVE_DEB,
		.first = build->found.count,
	};
	int fd = walk_open(&build->walk, path, err), ret = err->code;

	if (!archive.measurer)
		ret = no_memory(err);
	else if (fd >= 0)
		ret = archive.is_package ? read_package(&archive, fd, err) :
					   read_part(&archive, PART_FILES, fd, err);
	if (!ret)
		ret = finish(&archive, err);
	if (fd >= 0)
		close(fd);
	release(&archive);
	return ret;
}

/**
 * build_archives() - add the files in the archives that were asked for by name
 * @build: its files examined; those in archives are added, and examined too
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int build_archives(struct build *build, struct err *err)
{
	size_t i, count = build->found.count;
	const struct archive_kind *kind;
	int ret = EXIT_OK;
	char *path;

	for (i = 0; !ret && i < count; i++) {
		kind = build->found.items[i].archive;
		if (!kind || kind->form == UNARCHIVE_NONE)
			continue;
		/* Files that are added move the others. */
		path = build->found.items[i].path;
		ret = read_one(build, path, kind->form, err);
		build->found.items[i].replaced = true;
	}
	return ret;
}
