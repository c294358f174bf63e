/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the verbs, their arguments, and their way of reporting failure
 *
 * One function a verb, verb_<noun>_<verb>(), in a file of that name. It returns the exit
 * status. A verb without options gets its operands, already counted. A verb with options
 * gets argv as main() would: argv[0] is the verb's name, and getopt starts at 1. In both
 * cases, --json and --help are already removed.
 */
#ifndef RIVETCTL_VERBS_H
#define RIVETCTL_VERBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/base/err.h"
#include "lib/base/json.h"
#include "text/parse.h"

struct verb;

/**
 * struct context - the part of the command line common to all verbs
 * @json: print objects for programs, not lines for people
 * @verb: the running verb, for usage messages
 */
struct context {
	bool json;
	const struct verb *verb;
};

/**
 * struct verb - one line of the verb table
 * @noun: first word
 * @verb: second word; NULL for nouns with a single form
 * @args: arguments as the usage line shows them
 * @help: its purpose, one line without a full stop
 * @run: runs it; returns an exit status
 * @operands: for a verb without options, the number of its operands
 * @needs: the same in words, for the error message; NULL for a verb with options
 */
struct verb {
	const char *noun;
	const char *verb;
	const char *args;
	const char *help;
	int (*run)(struct context *ctx, int argc, char **argv);
	int operands;
	const char *needs;
};

/* fail.c: the only way to print an error; all return the exit status */
int err_fail(struct context *ctx, enum exit_code code, const char *next, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int err_report(struct context *ctx, const struct err *err);
int err_report_missing(struct context *ctx, const struct err *err,
		       struct rivet_slice preconditions);
void err_print(const struct err *err);
int err_usage(struct context *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int err_option(struct context *ctx, int opt, char **argv);
void err_warn(struct context *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* output.c */
void verb_json_begin(struct context *ctx, struct json *json);
int verb_show_file(struct context *ctx, const char *name,
		   void (*write_json)(struct context *ctx, struct rivet_slice text),
		   void (*print_text)(struct rivet_slice text));

int verb_keygen(struct context *ctx, int argc, char **argv);
int verb_trust_add(struct context *ctx, int argc, char **argv);
int verb_trust_list(struct context *ctx, int argc, char **argv);
int verb_trust_seal(struct context *ctx, int argc, char **argv);
int verb_manifest_build(struct context *ctx, int argc, char **argv);
int verb_verify(struct context *ctx, int argc, char **argv);
int verb_manifest_show(struct context *ctx, int argc, char **argv);
int verb_manifest_load(struct context *ctx, int argc, char **argv);
int verb_manifest_begin(struct context *ctx, int argc, char **argv);
int verb_manifest_commit(struct context *ctx, int argc, char **argv);
int verb_manifest_abort(struct context *ctx, int argc, char **argv);
int verb_manifest_list(struct context *ctx, int argc, char **argv);
int verb_manifest_diff(struct context *ctx, int argc, char **argv);
int verb_apply(struct context *ctx, int argc, char **argv);
int verb_attach(struct context *ctx, int argc, char **argv);
int verb_policy_check(struct context *ctx, int argc, char **argv);
int verb_policy_load(struct context *ctx, int argc, char **argv);
int verb_policy_show(struct context *ctx, int argc, char **argv);
int verb_policy_simulate(struct context *ctx, int argc, char **argv);
int verb_mode(struct context *ctx, int argc, char **argv);
int verb_token_request(struct context *ctx, int argc, char **argv);
int verb_sign(struct context *ctx, int argc, char **argv);
int verb_token_apply(struct context *ctx, int argc, char **argv);
int verb_quarantine_list(struct context *ctx, int argc, char **argv);
int verb_quarantine_show(struct context *ctx, int argc, char **argv);
int verb_quarantine_release(struct context *ctx, int argc, char **argv);
int verb_quarantine_forget(struct context *ctx, int argc, char **argv);
int verb_isolation(struct context *ctx, int argc, char **argv);
int verb_running(struct context *ctx, int argc, char **argv);
int verb_verify_files(struct context *ctx, int argc, char **argv);
int verb_status(struct context *ctx, int argc, char **argv);
int verb_check(struct context *ctx, int argc, char **argv);
int verb_why(struct context *ctx, int argc, char **argv);
int verb_learn(struct context *ctx, int argc, char **argv);
int verb_allow(struct context *ctx, int argc, char **argv);
int verb_events_verify(struct context *ctx, int argc, char **argv);
int verb_events(struct context *ctx, int argc, char **argv);
int verb_evidence_predict(struct context *ctx, int argc, char **argv);
int verb_evidence_log(struct context *ctx, int argc, char **argv);
int verb_evidence_report(struct context *ctx, int argc, char **argv);
int verb_evidence_verify(struct context *ctx, int argc, char **argv);
int verb_doctor(struct context *ctx, int argc, char **argv);

/* manifest show NAME: the loaded set of that name, from the kernel */
int verb_manifest_show_loaded(struct context *ctx, const char *name);

#endif /* RIVETCTL_VERBS_H */
