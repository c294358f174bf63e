// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - its configuration
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/keyed.h"
#include "lib/base/text.h"
#include "settings.h"

#define SIZE_MAX_BYTES	(64 * 1024)
#define PAUSE_MAX	3600

static const char *take_path(char to[SETTINGS_PATH_MAX], struct rivet_slice value)
{
	if (value.len >= SETTINGS_PATH_MAX || memchr(value.ptr, '\0', value.len) ||
	    (value.len && *value.ptr != '/'))
		return "an absolute path, or nothing";
	memcpy(to, value.ptr, value.len);
	to[value.len] = '\0';
	return NULL;
}

static const char *take_number(unsigned int *to, struct rivet_slice value, unsigned int max,
			       const char *expected)
{
	u64 number;

	if (rivet_parse_u64(value.ptr, value.len, &number) || !number || number > max)
		return expected;
	*to = number;
	return NULL;
}

/* A path may have blanks; the name of a unit has none. */
static const char *take_restart(struct settings *settings, struct rivet_slice value)
{
	const char *blank = memrchr(value.ptr, ' ', value.len);
	struct rivet_slice path = value;
	struct settings_restart *restart = &settings->restarts[settings->restarts_count];

	if (!blank || *value.ptr != '/' || blank[1] == '-')
		return "the path of a file, and a unit";
	if (settings->restarts_count == SETTINGS_RESTARTS_MAX)
		return "at most 64 lines with restart";
	restart->unit = (struct rivet_slice){ .ptr = blank + 1,
					      .len = value.ptr + value.len - blank - 1 };
	path.len = blank - value.ptr;
	restart->path = text_trim(path);
	settings->restarts_count++;
	return NULL;
}

/* Return: NULL, or a description of the expected text. */
static const char *take(struct rivet_slice key, struct rivet_slice value, void *arg)
{
	struct settings *settings = arg;

	if (rivet_slice_equal(key, "reference"))
		return take_path(settings->reference, value);
	if (rivet_slice_equal(key, "packages"))
		return take_path(settings->packages, value);
	if (rivet_slice_equal(key, "programs"))
		return take_path(settings->programs, value);
	if (rivet_slice_equal(key, "log"))
		return take_path(settings->log, value);
	if (rivet_slice_equal(key, "tries"))
		return take_number(&settings->tries, value, SETTINGS_TRIES_MAX, "a number from 1 to 16");
	if (rivet_slice_equal(key, "pause"))
		return take_number(&settings->pause, value, PAUSE_MAX, "seconds from 1 to 3600");
	if (rivet_slice_equal(key, "limit"))
		return take_number(&settings->limit, value, PAUSE_MAX, "seconds from 1 to 3600");
	if (rivet_slice_equal(key, "restart"))
		return take_restart(settings, value);
	return "reference, packages, programs, log, tries, pause, limit or restart";
}

/**
 * settings_read() - read the configuration
 * @path: the file; NULL for SETTINGS_FILE, which may be absent
 * @settings: filled; free with settings_free(), also on error
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int settings_read(const char *path, struct settings *settings, struct err *err)
{
	struct rivet_slice text;
	int ret;

	memset(settings, 0, sizeof(*settings));
	strcpy(settings->programs, "/etc/rivet/remedy.d");
	strcpy(settings->log, "/var/log/rivet/remedy.jsonl");
	settings->tries = 3;
	settings->pause = 5;
	settings->limit = 60;
	if (!path && access(SETTINGS_FILE, F_OK) && errno == ENOENT)
		return EXIT_OK;
	if (!path)
		path = SETTINGS_FILE;
	ret = file_read(path, SIZE_MAX_BYTES, &settings->text, err);
	if (ret)
		return ret;
	text = (struct rivet_slice){ .ptr = settings->text.data, .len = settings->text.len };
	return keyed_parse(text, path, take, settings, err);
}

/**
 * settings_free() - release the text
 * @settings: from settings_read()
 */
void settings_free(struct settings *settings)
{
	buffer_free(&settings->text);
}
