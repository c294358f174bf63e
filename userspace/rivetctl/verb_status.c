// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl status - does rivet protect this machine?
 *
 * The first line is one true sentence; the exit status tells the same to
 * programs.
 */
#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/config.h"
#include "lib/base/text.h"
#include "lib/kernel/metrics.h"
#include "lib/kernel/nl.h"
#include "lib/kernel/told.h"
#include "text/names.h"
#include "verbs.h"

static void print_denies(const struct status *status)
{
	enum rivet_op op;
	const char *separator = "";

	for (op = 0; op < __RIVET_OP_MAX; op++) {
		if (!(status->policy_denies & 1U << op))
			continue;
		printf("%s%s", separator, rivet_name_op(op));
		separator = ", ";
	}
	puts(*separator ? "" : "nothing");
}

static void print_mode(const struct status *status)
{
	printf("mode             %s", rivet_name_mode(status->mode));
	if (status_has(status, RIVET_A_STATUS_CONFIRM_LEFT))
		printf(", unconfirmed, %" PRIu32 " s left", status->confirm_left);
	if (status_has(status, RIVET_A_STATUS_WAITING))
		printf(", waiting to enforce");
	if (status_has(status, RIVET_A_STATUS_ISOLATED))
		printf(", isolated from the network");
	putchar('\n');
}

static const char *tpm_in_words(const char *word)
{
	static const char * const words[][2] = {
		{ "none", "in no TPM: none of version 2.0 was there when the module was loaded" },
		{ "virtual", "in no TPM: a process plays one" },
		{ "extended", "in PCR 13 of the TPM" },
		{ "used", "in PCR 13 of the TPM, after a value that the first record names" },
		{ "failed", "in no TPM: it did not take a record, or give the value of PCR 13" },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(word, words[i][0]))
			return words[i][1];
	}
	return word;
}

static void print_details(const struct status *status)
{
	printf("module           %s\n", status->version);
	print_mode(status);
	printf("policy           %s %s%s\n", status->policy, status->policy_version,
	       status_has(status, RIVET_A_STATUS_POLICY_LOADED) ? "" : " (built in)");
	printf("policy can deny  ");
	print_denies(status);
	printf("RIV sets         %" PRIu32 ", %" PRIu64 " values, %" PRIu32 " expired\n",
	       status->riv_sets, status->riv_values, status->riv_expired);
	printf("revoked          %" PRIu64 " digests\n", status->revoked);
	printf("trust            %s, %" PRIu32 " signers, %" PRIu32 " CAs\n",
	       status_has(status, RIVET_A_STATUS_SEALED) ? "sealed" : "not sealed",
	       status->signers, status->cas);
	printf("hooks            %" PRIu32 " live, %" PRIu32 " derived, %" PRIu32 " missing\n",
	       status->hooks_live, status->hooks_derived, status->hooks_missing);
	printf("denials          %" PRIu64 " since the module was loaded\n", status->denials);
	printf("events           %" PRIu64 " to %" PRIu64 " held\n", status->events_oldest,
	       status->events_last);
	printf("event chain      %" PRIu64 ":%s\n", status->events_last, status->events_chain);
	printf("measurement list %s\n", tpm_in_words(status->tpm));
	printf("kernel memory    %" PRIu64 " KiB for RIV sets\n",
	       (status->kernel_memory + 1023) / 1024);
}

static void write_denies(struct json *json, const struct status *status)
{
	enum rivet_op op;

	json_array(json, "policy_denies");
	for (op = 0; op < __RIVET_OP_MAX; op++) {
		if (status->policy_denies & 1U << op)
			json_text(json, NULL, rivet_name_op(op));
	}
	json_close(json);
}

static void write_mode(struct json *json, const struct status *status)
{
	json_text(json, "mode", rivet_name_mode(status->mode));
	json_bool(json, "enforcing", status_is_enforcing(status));
	json_bool(json, "waiting", status_has(status, RIVET_A_STATUS_WAITING));
	if (*status->waiting_for)
		json_text(json, "waiting_for", status->waiting_for);
	if (status_has(status, RIVET_A_STATUS_CONFIRM_LEFT))
		json_u64(json, "confirm_left", status->confirm_left);
	json_bool(json, "isolated", status_has(status, RIVET_A_STATUS_ISOLATED));
}

static void write_basis(struct json *json, const struct status *status)
{
	json_bool(json, "sealed", status_has(status, RIVET_A_STATUS_SEALED));
	json_u64(json, "signers", status->signers);
	json_u64(json, "cas", status->cas);
	if (status_has(status, RIVET_A_STATUS_ANCHORS))
		json_u64(json, "anchors", status->anchors);
	json_bool(json, "anchors_built_in", status_has(status, RIVET_A_STATUS_ANCHORS_BUILT_IN));
	if (status_has(status, RIVET_A_STATUS_CLOCK_FLOOR))
		json_u64(json, "clock_floor", status->clock_floor);
	json_bool(json, "clock_behind", status_has(status, RIVET_A_STATUS_CLOCK_BEHIND));
	json_u64(json, "faults", status->faults);
	json_text(json, "policy", status->policy);
	json_text(json, "policy_version", status->policy_version);
	json_bool(json, "policy_loaded", status_has(status, RIVET_A_STATUS_POLICY_LOADED));
	write_denies(json, status);
	json_u64(json, "riv_sets", status->riv_sets);
	json_u64(json, "riv_values", status->riv_values);
	json_u64(json, "riv_expired", status->riv_expired);
	json_u64(json, "revoked_digests", status->revoked);
	json_u64(json, "riv_generation", status->riv_generation);
	json_u64(json, "policy_generation", status->policy_generation);
}

static void write_counts(struct json *json, const struct status *status)
{
	json_u64(json, "hooks_live", status->hooks_live);
	json_u64(json, "hooks_derived", status->hooks_derived);
	json_u64(json, "hooks_missing", status->hooks_missing);
	json_u64(json, "denials", status->denials);
	json_u64(json, "events_oldest", status->events_oldest);
	json_u64(json, "events_last", status->events_last);
	json_text(json, "events_chain", status->events_chain);
	json_text(json, "tpm", status->tpm);
	json_u64(json, "kernel_memory", status->kernel_memory);
}

static void write_json(struct context *ctx, const struct status *status,
		       const struct buffer *sentence)
{
	struct json json;

	verb_json_begin(ctx, &json);
	json_text(&json, "sentence", sentence->data);
	json_bool(&json, "loaded", true);
	json_text(&json, "module_version", status->version);
	write_mode(&json, status);
	write_basis(&json, status);
	write_counts(&json, status);
	json_u64(&json, "exit", status_exit(status));
	json_end(&json);
}

/* An unloaded module is an answer too, so this goes to standard output. */
static int say_not_loaded(struct context *ctx)
{
	static const char sentence[] =
		STATUS_NOT_LOADED;
	struct json json;

	if (!ctx->json) {
		puts(sentence);
		return EXIT_UNREACHABLE;
	}
	verb_json_begin(ctx, &json);
	json_text(&json, "sentence", sentence);
	json_bool(&json, "loaded", false);
	json_bool(&json, "enforcing", false);
	json_u64(&json, "exit", EXIT_UNREACHABLE);
	json_end(&json);
	return EXIT_UNREACHABLE;
}

static int print(struct context *ctx, const struct status *status)
{
	struct buffer sentence = { 0 };

	status_sentence(status, &sentence);
	if (sentence.failed || !sentence.data)
		return err_fail(ctx, EXIT_OTHER, NULL, "out of memory");
	if (ctx->json) {
		write_json(ctx, status, &sentence);
	} else {
		puts(sentence.data);
		print_details(status);
	}
	buffer_free(&sentence);
	return status_exit(status);
}

/* The agent asked the module, and is of root: as good as an answer of its own, but older. */
static int print_told(struct context *ctx, const struct told *told)
{
	struct json json;

	if (!ctx->json) {
		puts(told->sentence);
		printf("as rivetd saw it %" PRIu64 " s ago; more is for root\n", told->age);
		return told->exit;
	}
	verb_json_begin(ctx, &json);
	json_text(&json, "sentence", told->sentence);
	json_bool(&json, "loaded", true);
	json_bool(&json, "enforcing", told->enforcing);
	json_u64(&json, "age", told->age);
	json_u64(&json, "exit", told->exit);
	json_end(&json);
	return told->exit;
}

/* For a user who may not ask the module */
static int ask_agent(struct context *ctx, struct err *refusal)
{
	struct config config;
	struct err err = { 0 };
	struct told told;
	int ret;

	if (config_read(NULL, &config, &err) || !*config.status)
		return err_report(ctx, refusal);
	ret = told_read(config.status, &told, &err);
	if (!ret)
		return print_told(ctx, &told);
	if (ret == EXIT_UNREACHABLE)
		return err_report(ctx, &err);
	refusal->next = "run as root (CAP_NET_ADMIN in the initial user namespace), "
			"or as a member of the group rivet while rivetd runs";
	return err_report(ctx, refusal);
}

/* The same exit status as without the option, for scripts that look at it. */
static int print_metrics(struct context *ctx, const struct status *status)
{
	struct buffer text = { 0 };

	metrics_add_status(&text, status);
	if (text.failed)
		return err_fail(ctx, EXIT_OTHER, NULL, "out of memory");
	fwrite(text.data, 1, text.len, stdout);
	buffer_free(&text);
	return status ? status_exit(status) : EXIT_UNREACHABLE;
}

static int take_options(struct context *ctx, int argc, char **argv, bool *metrics)
{
	static const struct option longs[] = {
		{ "prometheus", no_argument, NULL, 'p' },
		{ 0 },
	};
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt != 'p')
			return err_option(ctx, opt, argv);
		*metrics = true;
	}
	if (*metrics && ctx->json)
		return err_usage(ctx, "--prometheus and --json are two formats: choose one");
	return argc == optind ? EXIT_OK : err_usage(ctx, "it takes no operand");
}

int verb_status(struct context *ctx, int argc, char **argv)
{
	struct err err = { 0 };
	struct status status;
	bool metrics = false;
	struct nl nl;
	int ret = take_options(ctx, argc, argv, &metrics);

	if (ret)
		return ret;
	ret = nl_open(&nl, &err);
	if (!ret)
		ret = nl_status(&nl, &status, &err);
	nl_close(&nl);
	if (ret == EXIT_UNREACHABLE && access("/sys/module/rivet", F_OK))
		return metrics ? print_metrics(ctx, NULL) : say_not_loaded(ctx);
	if (ret == EXIT_IO && !metrics)
		return ask_agent(ctx, &err);
	if (ret)
		return err_report(ctx, &err);
	return metrics ? print_metrics(ctx, &status) : print(ctx, &status);
}
