// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl running - the last sweep over the programs that run already; start or cancel one
 */
#include <getopt.h>
#include <string.h>

#include "lib/kernel/secfs.h"
#include "lib/manifest/manifest.h"
#include "values.h"
#include "verbs.h"

static void write_json(struct context *ctx, struct rivet_slice text)
{
	static const char *const numbers[] = {
		"passes", "processes", "files", "killed", "would-kill", "programs", "held",
		"spared", "quarantined", "unnamed", "missed", "pending",
	};
	static const char *const keys[] = {
		"passes", "processes", "files", "killed", "would_kill", "programs", "held",
		"spared", "quarantined", "unnamed", "missed", "pending",
	};
	struct json json;
	size_t i;

	verb_json_begin(ctx, &json);
	values_json_word(&json, "state", values_find(text, "state"));
	json_bool(&json, "waiting", values_is(text, "waiting", "yes"));
	json_bool(&json, "brake_holds", values_is(text, "brake", "holds"));
	if (!values_is(text, "state", "none")) {
		values_json_word(&json, "cause", values_find(text, "cause"));
		values_json_word(&json, "mode", values_find(text, "mode"));
		values_json_time(&json, "started", values_number(text, "started"));
		values_json_time(&json, "ended", values_number(text, "ended"));
		for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
			json_u64(&json, keys[i], values_number(text, numbers[i]));
		json_bool(&json, "incomplete", values_is(text, "incomplete", "yes"));
	}
	json_end(&json);
}

static const char *state_sentence(struct rivet_slice text)
{
	if (values_is(text, "state", "running"))
		return "A sweep goes on";
	if (values_is(text, "state", "stopped"))
		return "The last sweep was stopped";
	return "The last sweep is done";
}

static const char *cause_sentence(struct rivet_slice text)
{
	if (values_is(text, "cause", "mode"))
		return "because enforcement began";
	if (values_is(text, "cause", "riv"))
		return "because a set was replaced or withdrawn, or something was revoked";
	if (values_is(text, "cause", "verify"))
		return "because a verification found files that fail";
	return "on request";
}

static void print_advice(struct rivet_slice text)
{
	if (values_is(text, "brake", "holds"))
		puts("The brake holds: nothing is killed until you ask for it: rivetctl running --start");
	if (values_is(text, "incomplete", "yes"))
		puts("Not all that runs was looked at: rivetctl events says why; again: rivetctl running --start");
	if (values_number(text, "files"))
		puts("Each file is an event: rivetctl events");
}

static void print_number(struct rivet_slice text, const char *name, const char *words)
{
	uint64_t number = values_number(text, name);

	if (number)
		printf("  %llu %s\n", (unsigned long long)number, words);
}

static void print_text(struct rivet_slice text)
{
	char started[MANIFEST_TIME_MAX];

	if (values_is(text, "state", "none")) {
		puts("There was no sweep since the module was loaded: rivetctl running --start");
		return;
	}
	manifest_time(values_number(text, "started"), started);
	printf("%s. It began at %s, %s.\n", state_sentence(text), started, cause_sentence(text));
	printf("  %llu processes looked at, %llu mapped files fail\n",
	       (unsigned long long)values_number(text, "processes"),
	       (unsigned long long)values_number(text, "files"));
	print_number(text, "killed", "processes killed");
	print_number(text, "would-kill", "processes would have been killed in enforce mode");
	print_number(text, "held", "mapped files whose process the brake let live");
	print_number(text, "spared", "mapped files of process 1 or the agent, which are never killed");
	print_number(text, "quarantined", "mapped files quarantined");
	print_number(text, "unnamed", "of these without an event of their own");
	print_number(text, "missed", "mapped files for which memory ran out");
	print_number(text, "pending", "killed processes that have not ended yet");
	print_advice(text);
}

static int take_options(struct context *ctx, int argc, char **argv, const char **word)
{
	static const struct option longs[] = {
		{ "start", no_argument, NULL, 's' },
		{ "cancel", no_argument, NULL, 'c' },
		{ 0 },
	};
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt != 's' && opt != 'c')
			return err_option(ctx, opt, argv);
		if (*word)
			return err_usage(ctx, "--start or --cancel, once");
		*word = opt == 's' ? "start" : "cancel";
	}
	return optind == argc ? EXIT_OK : err_usage(ctx, "it takes no operand");
}

static void print_done(struct context *ctx, const char *word)
{
	struct json json;

	if (ctx->json) {
		verb_json_begin(ctx, &json);
		json_text(&json, "request", word);
		json_end(&json);
		return;
	}
	puts(!strcmp(word, "start") ?
	     "A sweep has been started; its result: rivetctl running" :
	     "What goes on of a sweep ends with the next file: rivetctl running");
}

static int request(struct context *ctx, const char *word)
{
	struct err err = { 0 };
	char what[64];

	snprintf(what, sizeof(what), "cannot %s a sweep", word);
	if (secfs_write("running", word, strlen(word), what, &err))
		return err_report(ctx, &err);
	print_done(ctx, word);
	return EXIT_OK;
}

int verb_running(struct context *ctx, int argc, char **argv)
{
	const char *word = NULL;
	int ret = take_options(ctx, argc, argv, &word);

	if (ret)
		return ret;
	return word ? request(ctx, word) :
		      verb_show_file(ctx, "running", write_json, print_text);
}
