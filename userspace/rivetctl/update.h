/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - an update between its beginning and its commit
 *
 * Its new set lies in /etc/rivet/riv.d beside the old ones, so that both load at boot. The
 * withdrawals of the old ones wait in /etc/rivet/pending.d/NAME, NAME being that of the new
 * set, and come to riv.d with the commit. Each file is written whole and is on the disk before
 * the next one, and only after the module took it; a step that was interrupted is done again by
 * the same command.
 */
#ifndef RIVETCTL_UPDATE_H
#define RIVETCTL_UPDATE_H

#include "lib/base/protected.h"
#include "lib/manifest/measure.h"
#include "lib/object/object.h"
#include "verbs.h"

#define UPDATE_FOLDER	"/etc/rivet"
#define UPDATE_FILE_MAX	256	/* of the name of a file */

/**
 * struct update - the folders of an update, open
 * @name: name of its set
 * @sets: riv.d
 * @waiting: pending.d
 * @pending: pending.d/NAME
 */
struct update {
	const char *name;
	int sets;
	int waiting;
	int pending;
};

int update_open(struct update *u, const char *name, bool make, struct err *err);
void update_close(struct update *u);
bool update_is_signed_name(const char *name);
int update_read(int folder, const char *where, const char *name, struct object_file *file,
		struct rivet_manifest *m, struct err *err);
int update_find(const struct update *u, struct rivet_slice set, char file[UPDATE_FILE_MAX],
		u64 *version, struct err *err);
int update_take(const struct context *ctx, const struct update *u,
		const struct object_file *object, const struct rivet_manifest *m, struct err *err);
int update_compare(const struct object_file *file, struct rivet_manifest *m, size_t *present,
		   struct err *err);
int update_measure(struct rivet_slice path, struct measurement *is, bool *is_there,
		   struct err *err);
int update_check_lost(const struct update *u, struct err *err);
int update_end(struct update *u, struct err *err);

/* verb_apply.c */
int apply_run(struct context *ctx, const char *root, bool dry_run, const char *ending);

#endif /* RIVETCTL_UPDATE_H */
