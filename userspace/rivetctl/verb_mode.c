// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl mode - audit or enforce
 */
#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "duration.h"
#include "expiring.h"
#include "lib/base/text.h"
#include "lib/kernel/nl.h"
#include "lib/kernel/secfs.h"
#include "text/names.h"
#include "verbs.h"

#define CONFIRM_MAX	(24 * 60 * 60)	/* seconds, the kernel's limit */
#define REQUEST_SIZE	32

static const char next_unlock[] =
	"enforce mode is left only by a signed token: rivetctl unlock request -o request; "
	"rivetctl unlock sign, where the signing key is; rivetctl unlock apply request.signed";

struct mode_options {
	const char *mode;
	uint64_t seconds;
};

static int take_operand(struct context *ctx, int argc, char **argv, struct mode_options *options)
{
	static const char * const modes[] = { "audit", "enforce", "confirm" };
	size_t i;

	if (argc - optind > 1)
		return err_usage(ctx, "too many words");
	if (argc == optind)
		return options->seconds ? err_usage(ctx, "--confirm-within is for enforce") : 0;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!strcmp(argv[optind], modes[i]))
			options->mode = modes[i];
	}
	if (!options->mode)
		return err_usage(ctx, "unknown mode \"%s\"", err_name(argv[optind]));
	if (options->seconds && strcmp(options->mode, "enforce"))
		return err_usage(ctx, "--confirm-within is for enforce");
	return EXIT_OK;
}

static int take_options(struct context *ctx, int argc, char **argv, struct mode_options *options)
{
	static const struct option longs[] = {
		{ "confirm-within", required_argument, NULL, 'c' },
		{ 0 },
	};
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt != 'c')
			return err_option(ctx, opt, argv);
		if (!duration_parse(optarg, CONFIRM_MAX, &options->seconds))
			return err_usage(ctx, "\"%s\" is no time: 300, 300s, 5m or 2h, at most 24h",
					 err_name(optarg));
	}
	return take_operand(ctx, argc, argv, options);
}

static int get_status(struct status *status, struct err *err)
{
	struct nl nl;
	int ret = nl_open(&nl, err);

	if (!ret)
		ret = nl_status(&nl, status, err);
	nl_close(&nl);
	return ret;
}

static void write_json(struct context *ctx, const struct status *status,
		       const struct buffer *sentence)
{
	struct json json;

	verb_json_begin(ctx, &json);
	json_text(&json, "mode", rivet_name_mode(status->mode));
	json_bool(&json, "enforcing", status_is_enforcing(status));
	if (status_has(status, RIVET_A_STATUS_CONFIRM_LEFT))
		json_u64(&json, "confirm_left", status->confirm_left);
	json_bool(&json, "waiting", status_has(status, RIVET_A_STATUS_WAITING));
	json_text(&json, "sentence", sentence->data);
	json_end(&json);
}

/* Reads the result back from the kernel. */
static int show(struct context *ctx)
{
	struct buffer sentence = { 0 };
	struct status status;
	struct err err = { 0 };
	int ret = get_status(&status, &err);

	if (ret)
		return err_report(ctx, &err);
	status_sentence(&status, &sentence);
	if (ctx->json)
		write_json(ctx, &status, &sentence);
	else
		printf("%s\n%s\n", rivet_name_mode(status.mode), sentence.data);
	buffer_free(&sentence);
	return EXIT_OK;
}

static unsigned int print_missing(const struct buffer *text)
{
	struct rivet_slice rest = { .ptr = text->data, .len = text->len }, line;
	unsigned int count = 0;

	while (text_next_line(&rest, &line)) {
		if (!rivet_slice_take_prefix(&line, "missing "))
			continue;
		fprintf(stderr, "rivetctl: missing: %.*s\n", (int)line.len, line.ptr);
		count++;
	}
	return count;
}

static void explain_enforce(struct buffer *text, struct err *err)
{
	struct err unused;
	unsigned int count;

	if (!secfs_read("preconditions", text, &unused)) {
		count = print_missing(text);
		if (count)
			err_set(err, EXIT_DENIED, "nothing was changed; see: rivetctl doctor",
				"cannot enforce: %u precondition%s not met", count,
				count == 1 ? " is" : "s are");
	}
}

static int change(const struct mode_options *options, struct buffer *preconditions,
		  struct err *err)
{
	char request[REQUEST_SIZE], what[2 * REQUEST_SIZE];
	int len, ret;

	if (options->seconds)
		len = snprintf(request, sizeof(request), "%s %" PRIu64, options->mode,
			       options->seconds);
	else
		len = snprintf(request, sizeof(request), "%s", options->mode);
	snprintf(what, sizeof(what), "cannot set mode %s", options->mode);
	ret = secfs_write("mode", request, len, what, err);
	if (ret != EXIT_DENIED)
		return ret;
	if (!strcmp(options->mode, "enforce"))
		explain_enforce(preconditions, err);
	else if (!strcmp(options->mode, "audit"))
		err->next = next_unlock;
	return ret;
}

/* Warn now: after expiry it is too late. */
static void warn_of_expiry(struct context *ctx)
{
	struct expiring expiring;
	struct err unused;

	if (expiring_find(&expiring, &unused) || !expiring.sets || !expiring.all ||
	    expiring.is_survivable)
		return;
	err_warn(ctx, "once every set has expired, or with a clock that is ahead, only programs that set the clock and load sets still start, because no rule permits expired files; %s",
		 expiring_next);
}

/* A needless confirmation is not an error, but it is not success either. */
static int check_confirm(struct context *ctx)
{
	struct err err = { 0 };
	struct status status;

	if (get_status(&status, &err))
		return err_report(ctx, &err);
	if (status_has(&status, RIVET_A_STATUS_CONFIRM_LEFT))
		return EXIT_OK;
	return err_fail(ctx, EXIT_NOTHING, NULL, "nothing to confirm: mode is %s%s",
			rivet_name_mode(status.mode),
			status.mode == RIVET_MODE_ENFORCE ? " and confirmed" : "");
}

int verb_mode(struct context *ctx, int argc, char **argv)
{
	struct mode_options options = { 0 };
	struct buffer preconditions = { 0 };
	struct rivet_slice missing;
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &options);
	if (ret)
		return ret;
	if (!options.mode)
		return show(ctx);
	if (!strcmp(options.mode, "confirm"))
		ret = check_confirm(ctx);
	if (ret)
		return ret;
	if (!strcmp(options.mode, "enforce"))
		warn_of_expiry(ctx);
	ret = change(&options, &preconditions, &err);
	missing = (struct rivet_slice){ .ptr = preconditions.data, .len = preconditions.len };
	if (ret)
		err_report_missing(ctx, &err, missing);
	buffer_free(&preconditions);
	return ret ? ret : show(ctx);
}
