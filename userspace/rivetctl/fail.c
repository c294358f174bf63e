// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - printing errors and warnings; no other file does
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#include "lib/base/text.h"
#include "verbs.h"

static void add_missing(struct json *json, struct rivet_slice preconditions)
{
	struct rivet_slice line;

	json_array(json, "missing");
	while (text_next_line(&preconditions, &line)) {
		if (rivet_slice_take_prefix(&line, "missing "))
			json_bytes(json, NULL, line.ptr, line.len);
	}
	json_close(json);
}

static void report_json(const struct err *err, struct rivet_slice preconditions)
{
	struct json json;

	json_begin(&json, stdout, "rivet.error/1");
	json_text(&json, "error", err->text);
	if (err->next)
		json_text(&json, "next", err->next);
	if (preconditions.len)
		add_missing(&json, preconditions);
	json_u64(&json, "exit", err->code);
	json_end(&json);
}

/**
 * err_print() - print an error for people only
 * @err: the error, filled in
 */
void err_print(const struct err *err)
{
	fflush(stdout);
	fprintf(stderr, "rivetctl: %s%s%s\n", err->text, err->next ? "; " : "",
		err->next ? err->next : "");
}

/**
 * err_report() - print an error
 * @ctx: context of the verb
 * @err: the error, filled in
 *
 * Return: the exit status of the error.
 */
int err_report(struct context *ctx, const struct err *err)
{
	return err_report_missing(ctx, err, (struct rivet_slice){ 0 });
}

/**
 * err_report_missing() - print an error, with the preconditions that are missing
 * @ctx: context of the verb
 * @err: the error, filled in
 * @preconditions: the kernel's list of preconditions; empty if it does not matter
 *
 * Return: the exit status of the error.
 */
int err_report_missing(struct context *ctx, const struct err *err,
		       struct rivet_slice preconditions)
{
	err_print(err);
	if (ctx->json)
		report_json(err, preconditions);
	return err->code;
}

/**
 * err_fail() - print an error composed by the caller
 * @ctx: context of the verb
 * @code: exit status
 * @next: advice for the user, NULL if there is none
 * @fmt: "failure: reason"; pass names from outside through err_name()
 *
 * Return: @code.
 */
int err_fail(struct context *ctx, enum exit_code code, const char *next, const char *fmt, ...)
{
	struct err err = { .code = code, .next = next };
	va_list args;

	va_start(args, fmt);
	vsnprintf(err.text, sizeof(err.text), fmt, args);
	va_end(args);
	return err_report(ctx, &err);
}

/**
 * err_usage() - report a wrong command line, and point to the help
 * @ctx: context of the verb, or of none yet
 * @fmt: the mistake
 *
 * Return: EXIT_USAGE.
 */
int err_usage(struct context *ctx, const char *fmt, ...)
{
	struct err err = { .code = EXIT_USAGE };
	char next[128] = "see rivetctl --help";
	const struct verb *verb = ctx->verb;
	va_list args;

	va_start(args, fmt);
	vsnprintf(err.text, sizeof(err.text), fmt, args);
	va_end(args);
	if (verb)
		snprintf(next, sizeof(next), "usage: rivetctl %s%s%s%s%s", verb->noun,
			 verb->verb ? " " : "", verb->verb ? verb->verb : "",
			 *verb->args ? " " : "", verb->args);
	err.next = next;
	return err_report(ctx, &err);
}

/**
 * err_option() - report an error of getopt_long()
 * @ctx: context of the verb, which set opterr to 0
 * @opt: result of getopt_long(): '?', or ':' for a missing argument
 * @argv: arguments of the verb
 *
 * Return: EXIT_USAGE.
 */
int err_option(struct context *ctx, int opt, char **argv)
{
	if (opt == ':')
		return err_usage(ctx, "option %s needs an argument", err_name(argv[optind - 1]));
	if (optopt)
		return err_usage(ctx, "unknown option -%c", optopt);
	return err_usage(ctx, "unknown option %s", err_name(argv[optind - 1]));
}

/**
 * err_warn() - print a line that does not change the exit status
 * @ctx: context of the verb
 * @fmt: the oddity, and its meaning
 */
void err_warn(struct context *ctx, const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("rivetctl: warning: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	putc('\n', stderr);
}
