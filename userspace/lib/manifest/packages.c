// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the files of the installed packages, as dpkg records them
 *
 * In /var/lib/dpkg, info/NAME.list has the paths of a package, info/NAME.md5sums a line
 * "MD5  path" for each file, without the first "/", and status the same for configuration
 * files, as " /path MD5". Packages name files by paths through links such as /lib; here all
 * are real paths. diversions has three lines for each file that lies elsewhere because another
 * package or the operator wants its name: that name, the other one, and who. An attacker can
 * forge an MD5: this finds changes made by hand.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/manifest/packages.h"

#define DPKG		"/var/lib/dpkg"
#define INFO		DPKG "/info"
#define TEXT_MAX	(256 << 20)	/* bytes of one file of dpkg's */
#define MD5_LEN		(2 * MEASURE_MD5_SIZE)

/**
 * struct reading - the reading of dpkg's files
 * @packages: the files found so far
 * @walk: the root
 * @folder: folder of the path before, as a package names it
 * @real: its real path
 * @known: @real exists
 * @line: number of the line in diversions, from 0
 * @err: filled on error
 */
struct reading {
	struct packages *packages;
	struct walk *walk;
	char folder[RIVET_PATH_MAX];
	char real[RIVET_PATH_MAX];
	bool known;
	size_t line;
	struct err *err;
};

static int no_memory(struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "cannot read the list of packages: out of memory");
}

/* The paths of a package follow each other by folders. */
static bool resolve_folder(struct reading *reading, struct rivet_slice folder)
{
	struct err unused;

	if (folder.len == strlen(reading->folder) &&
	    !memcmp(folder.ptr, reading->folder, folder.len))
		return reading->known;
	snprintf(reading->folder, sizeof(reading->folder), "%.*s", (int)folder.len, folder.ptr);
	reading->known = !folder.len ||
			 !walk_resolve(reading->walk, reading->folder, reading->real, &unused);
	if (!folder.len)
		reading->real[0] = '\0';
	return reading->known;
}

/* Returns false for a path of a folder that is not there. */
static bool real_path(struct reading *reading, struct rivet_slice path, char real[RIVET_PATH_MAX])
{
	struct rivet_slice folder = { .ptr = path.ptr };
	const char *name;
	int len;

	if (path.len >= RIVET_PATH_MAX)
		return false;
	name = memrchr(path.ptr, '/', path.len);
	folder.len = name - path.ptr;
	if (!resolve_folder(reading, folder))
		return false;
	len = snprintf(real, RIVET_PATH_MAX, "%s%.*s", reading->real,
		       (int)(path.len - folder.len), name);
	return len < RIVET_PATH_MAX;
}

static int add(struct reading *reading, struct path_set *set, const char *path)
{
	return path_set_add(set, path) < 0 ? no_memory(reading->err) : EXIT_OK;
}

static int add_sum(struct reading *reading, struct rivet_slice sum, struct rivet_slice path)
{
	char real[RIVET_PATH_MAX], line[MD5_LEN + 1 + RIVET_PATH_MAX];

	if (sum.len != MD5_LEN || !path.len || path.ptr[0] != '/' ||
	    !real_path(reading, path, real))
		return EXIT_OK;
	snprintf(line, sizeof(line), "%.*s %s", MD5_LEN, sum.ptr, real);
	if (add(reading, &reading->packages->recorded, real))
		return reading->err->code;
	return add(reading, &reading->packages->sums, line);
}

static int take_owned(struct reading *reading, struct rivet_slice line)
{
	char real[RIVET_PATH_MAX];

	if (!line.len || line.ptr[0] != '/' || !real_path(reading, line, real))
		return EXIT_OK;
	return add(reading, &reading->packages->owned, real);
}

/* "MD5  path" */
static int take_sum(struct reading *reading, struct rivet_slice line)
{
	struct rivet_slice sum = { .ptr = line.ptr, .len = MD5_LEN };
	char path[RIVET_PATH_MAX];
	int len;

	if (line.len <= MD5_LEN + 2 || line.len >= sizeof(path))
		return EXIT_OK;
	len = snprintf(path, sizeof(path), "/%.*s", (int)(line.len - MD5_LEN - 2),
		       line.ptr + MD5_LEN + 2);
	return add_sum(reading, sum, (struct rivet_slice){ .ptr = path, .len = len });
}

/* " /path MD5", and perhaps more words; all other lines of this file are something else. */
static int take_status(struct reading *reading, struct rivet_slice line)
{
	struct rivet_slice path, sum;

	if (line.len < 2 || line.ptr[0] != ' ' || line.ptr[1] != '/')
		return EXIT_OK;
	if (!text_next_word(&line, &path) || !text_next_word(&line, &sum))
		return EXIT_OK;
	return add_sum(reading, sum, path);
}

static int take_diversion(struct reading *reading, struct rivet_slice line)
{
	return reading->line++ % 3 == 1 ? take_owned(reading, line) : EXIT_OK;
}

static int read_one(struct reading *reading, const char *path,
		    int (*take)(struct reading *reading, struct rivet_slice line))
{
	struct buffer text = { 0 };
	struct rivet_slice rest, line;
	int fd = walk_open(reading->walk, path, reading->err), ret;

	if (fd < 0)
		return reading->err->code;
	ret = file_read_fd(fd, path, TEXT_MAX, &text, reading->err);
	close(fd);
	rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
	while (!ret && text_next_line(&rest, &line))
		ret = take(reading, line);
	buffer_free(&text);
	return ret;
}

/* dpkg makes the file only when something is diverted. */
static int read_diversions(struct reading *reading)
{
	char real[RIVET_PATH_MAX];
	struct err missing;

	if (walk_resolve(reading->walk, DPKG "/diversions", real, &missing))
		return EXIT_OK;
	return read_one(reading, DPKG "/diversions", take_diversion);
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && !strcmp(name + len - end_len, end);
}

static int read_info(struct reading *reading, const char *name)
{
	char path[sizeof(INFO) + NAME_MAX + 1];

	snprintf(path, sizeof(path), INFO "/%s", name);
	if (ends_with(name, ".list"))
		return read_one(reading, path, take_owned);
	if (ends_with(name, ".md5sums"))
		return read_one(reading, path, take_sum);
	return EXIT_OK;
}

static int read_folder(struct reading *reading, DIR *folder)
{
	const struct dirent *entry;
	int ret = EXIT_OK;

	while (!ret && (entry = readdir(folder)))
		ret = read_info(reading, entry->d_name);
	return ret;
}

/* Without the folder, *folder stays NULL. */
static int open_info(struct reading *reading, DIR **folder)
{
	char real[RIVET_PATH_MAX];
	struct err missing;
	int fd;

	if (walk_resolve(reading->walk, INFO, real, &missing))
		return EXIT_OK;
	if (strcmp(real, INFO))
		return err_set(reading->err, EXIT_CONFIG, NULL, "cannot read " INFO ": it is a link");
	fd = openat(reading->walk->root, real + 1, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	*folder = fd < 0 ? NULL : fdopendir(fd);
	if (*folder)
		return EXIT_OK;
	err_set_io(reading->err, "cannot read", INFO);
	if (fd >= 0)
		close(fd);
	return reading->err->code;
}

/**
 * packages_read() - read the files of all packages
 * @packages: all zero; release with packages_free(), also on error
 * @walk: begun, for the root with the packages
 * @found: set to whether the root has a list of packages at all
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int packages_read(struct packages *packages, struct walk *walk, bool *found, struct err *err)
{
	struct reading reading = { .packages = packages, .walk = walk, .err = err };
	DIR *folder = NULL;
	int ret = open_info(&reading, &folder);

	*found = folder;
	if (ret || !folder)
		return ret;
	ret = read_folder(&reading, folder);
	closedir(folder);
	if (!ret)
		ret = read_diversions(&reading);
	return ret ? ret : read_one(&reading, DPKG "/status", take_status);
}

static bool has_sum(const struct packages *packages, const char *path,
		    const unsigned char md5[MEASURE_MD5_SIZE])
{
	char line[MD5_LEN + 1 + RIVET_PATH_MAX];
	size_t i;

	for (i = 0; i < MEASURE_MD5_SIZE; i++)
		snprintf(line + 2 * i, 3, "%02x", md5[i]);
	snprintf(line + MD5_LEN, sizeof(line) - MD5_LEN, " %s", path);
	return path_set_has(&packages->sums, line);
}

/**
 * packages_look_up() - ask the packages about a file
 * @packages: read
 * @path: real path of the file
 * @md5: MD5 of its bytes
 *
 * The scripts of the packages themselves, in dpkg's folder, are in none of their lists.
 *
 * Return: see enum packaged.
 */
enum packaged packages_look_up(const struct packages *packages, const char *path,
			       const unsigned char md5[MEASURE_MD5_SIZE])
{
	if (has_sum(packages, path, md5))
		return PACKAGED_SAME;
	if (path_set_has(&packages->recorded, path))
		return PACKAGED_DIFFERS;
	if (path_set_has(&packages->owned, path) || !strncmp(path, INFO "/", sizeof(INFO)))
		return PACKAGED_NO_DIGEST;
	return PACKAGED_NOT;
}

/**
 * packages_free() - release all
 * @packages: empty afterwards
 */
void packages_free(struct packages *packages)
{
	path_set_free(&packages->owned);
	path_set_free(&packages->recorded);
	path_set_free(&packages->sums);
}
