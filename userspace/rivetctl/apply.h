/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl apply - bringing the module to the state that /etc/rivet describes
 *
 * Each step is a file of its own. A step goes past an object at fault, and notes for each
 * object how it fared; apply_report() tells all of it in the end.
 */
#ifndef RIVETCTL_APPLY_H
#define RIVETCTL_APPLY_H

#include "lib/base/text.h"
#include "lib/kernel/status.h"
#include "object/manifest.h"
#include "verbs.h"

#define APPLY_PATH_MAX	(4096 + 1024)	/* of a name that is shown */

/** enum apply_state - how an object fared */
enum apply_state {
	APPLY_CHANGED,	/* the module has it now; with --dry-run, it would */
	APPLY_KEPT,	/* the module had it before */
	APPLY_SURPLUS,	/* the module has it and the folder does not, or the reverse is useless */
	APPLY_NOTE,	/* nothing is wrong, and something is to be known */
	APPLY_FAULT,	/* not applied */
	__APPLY_MAX,
};

/**
 * struct apply_item - one object, or one step
 * @after: the item after it; NULL if it is the last one
 * @state: how it fared
 * @kind: of a signed manifest
 * @object: name of a set or revocation, "" for anything else
 * @version: its version
 * @cert: digest of a certificate
 * @code: of a fault, the exit status
 * @next: advice, NULL if there is none; static
 * @file: the file, or the part of the module
 * @text: description
 */
struct apply_item {
	struct apply_item *after;
	enum apply_state state;
	enum rivet_manifest_kind kind;
	char object[RIVET_NAME_MAX + 1];
	u64 version;
	struct rivet_digest cert;
	enum exit_code code;
	const char *next;
	char *file;
	char *text;
};

/**
 * struct apply - a run
 * @ctx: context of the verb
 * @root: folder that stands for the root of the machine, without a slash at its end
 * @dry_run: look only
 * @ending: name of an update that is not told as pending, or NULL
 * @root_fd: the folder @root
 * @folder_fd: its folder /etc/rivet
 * @first: the first of all items so far; NULL if there is none
 * @last: the last of them
 * @loaded: the module is there
 * @enforced_before: the module enforced when the run began
 * @sealed_before: the rings were sealed when the run began, so this is no boot
 * @wanted: rivet.conf asks for enforcement
 * @confirmed: with the saved floors stands that a policy said boot=enforce, or there are trust
 *	anchors
 * @was_wanted: and that rivet.conf asked for enforcement
 * @old_certs: and the digest of all certificates; "" if there is none
 * @certs_changed: this boot has other certificates, so @old_certs is kept
 * @conf_changed: this boot has another rivet.conf, so @was_wanted is kept
 * @floors_missing: no floors are saved
 * @floors_damaged: the saved floors are at fault, or the module did not take them, or a newer
 *	rivetctl has saved them; they are not overwritten
 * @out_of_memory: an item was lost
 */
struct apply {
	struct context *ctx;
	const char *root;
	bool dry_run;
	const char *ending;
	int root_fd;
	int folder_fd;
	struct apply_item *first;
	struct apply_item *last;
	bool loaded;
	bool enforced_before;
	bool sealed_before;
	bool wanted;
	bool confirmed;
	bool was_wanted;
	char old_certs[RIVET_DIGEST_TEXT_MAX];
	bool certs_changed;
	bool conf_changed;
	bool floors_missing;
	bool floors_damaged;
	bool out_of_memory;
};

/*
 * apply.c, apply_ready.c, apply_header.c. An item stays valid until apply_report(); NULL
 * without memory.
 */
struct apply_item *apply_tell(struct apply *a, enum apply_state state, const char *file,
			      const char *fmt, ...) __attribute__((format(printf, 4, 5)));
struct apply_item *apply_fault(struct apply *a, const char *file, const struct err *err);
const char *apply_path(const struct apply *a, const char *name, char buf[APPLY_PATH_MAX]);
int apply_status(struct status *out, struct err *err);
bool apply_is_in_root(const struct apply *a);
int apply_lacks_only_policy(struct err *err);
bool apply_take_header(struct apply *a, struct rivet_slice *text, struct rivet_slice *unknown);
bool apply_add_header(const struct apply *a, const struct buffer *floors, struct buffer *out);
size_t apply_each(struct apply *a, const char *sub, const char *suffix,
		  void (*apply_one)(struct apply *a, int folder, const char *name,
				    const char *shown));

/* The steps, in their order */
void apply_module(struct apply *a);
void apply_floors(struct apply *a);
void apply_trust(struct apply *a);
void apply_objects(struct apply *a);
void apply_pending(struct apply *a);
void apply_conf(struct apply *a);
void apply_surplus(struct apply *a);
void apply_compare(struct apply *a);
void apply_save_floors(struct apply *a);
void apply_mode(struct apply *a);
void apply_isolation(struct apply *a);
int apply_report(struct apply *a);

#endif /* RIVETCTL_APPLY_H */
