/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - its configuration
 */
#ifndef RIVET_REMEDY_SETTINGS_H
#define RIVET_REMEDY_SETTINGS_H

#include "lib/base/file.h"
#include "text/parse.h"

#define SETTINGS_FILE		"/etc/rivet/remedy.conf"
#define SETTINGS_PATH_MAX	1024
#define SETTINGS_RESTARTS_MAX	64
#define SETTINGS_TRIES_MAX	16

/**
 * struct settings_restart - a unit that is restarted after a file was restored
 * @path: the file
 * @unit: name of the unit
 */
struct settings_restart {
	struct rivet_slice path;
	struct rivet_slice unit;
};

/**
 * struct settings - the contents of remedy.conf
 * @reference: folder with good files under the paths that they have on the machine; empty for
 *	none
 * @packages: folder with Debian packages; empty for none
 * @programs: folder with further remedies
 * @log: file that receives each step as a JSON line; empty for none
 * @tries: attempts for a file
 * @pause: seconds between the first and the second attempt, twice as many before each further one
 * @limit: seconds that a program, the packages, and the restart of a unit may take
 * @restarts: the units
 * @restarts_count: how many
 * @text: the file, which the slices point into
 */
struct settings {
	char reference[SETTINGS_PATH_MAX];
	char packages[SETTINGS_PATH_MAX];
	char programs[SETTINGS_PATH_MAX];
	char log[SETTINGS_PATH_MAX];
	unsigned int tries;
	unsigned int pause;
	unsigned int limit;
	struct settings_restart restarts[SETTINGS_RESTARTS_MAX];
	unsigned int restarts_count;
	struct buffer text;
};

int settings_read(const char *path, struct settings *settings, struct err *err);
void settings_free(struct settings *settings);

#endif /* RIVET_REMEDY_SETTINGS_H */
