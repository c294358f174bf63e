// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl running - the last sweep over the programs that run already; start or cancel one
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/kernel/secfs.h"
#include "lib/manifest/manifest.h"
#include "verbs.h"

/* Takes the next line of the kernel's file as a name and a value. */
static bool next_value(struct rivet_slice *text, struct rivet_slice *name,
		       struct rivet_slice *value)
{
	struct rivet_slice line;

	while (text_next_line(text, &line)) {
		if (!rivet_slice_take_until(&line, ':', name))
			continue;
		rivet_slice_take_prefix(&line, " ");
		*value = line;
		return true;
	}
	return false;
}

/* A value of the file; "" if it has none of that name, as that of an older kernel. */
static struct rivet_slice find_value(struct rivet_slice text, const char *wanted)
{
	struct rivet_slice name, value;

	while (next_value(&text, &name, &value)) {
		if (rivet_slice_equal(name, wanted))
			return value;
	}
	return (struct rivet_slice){ .ptr = "" };
}

static uint64_t find_number(struct rivet_slice text, const char *wanted)
{
	struct rivet_slice value = find_value(text, wanted);
	u64 number;

	return rivet_parse_u64(value.ptr, value.len, &number) ? 0 : number;
}

static bool is_set(struct rivet_slice text, const char *wanted, const char *word)
{
	return rivet_slice_equal(find_value(text, wanted), word);
}

static void json_word(struct json *json, const char *key, struct rivet_slice value)
{
	char *copy = text_dup(value);

	json_text(json, key, copy);
	free(copy);
}

static void json_time(struct json *json, const char *key, uint64_t seconds)
{
	char text[MANIFEST_TIME_MAX];

	if (!seconds)
		return;
	manifest_time(seconds, text);
	json_text(json, key, text);
}

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
	json_word(&json, "state", find_value(text, "state"));
	json_bool(&json, "waiting", is_set(text, "waiting", "yes"));
	json_bool(&json, "brake_holds", is_set(text, "brake", "holds"));
	if (!is_set(text, "state", "none")) {
		json_word(&json, "cause", find_value(text, "cause"));
		json_word(&json, "mode", find_value(text, "mode"));
		json_time(&json, "started", find_number(text, "started"));
		json_time(&json, "ended", find_number(text, "ended"));
		for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
			json_u64(&json, keys[i], find_number(text, numbers[i]));
		json_bool(&json, "incomplete", is_set(text, "incomplete", "yes"));
	}
	json_end(&json);
}

static const char *state_sentence(struct rivet_slice text)
{
	if (is_set(text, "state", "running"))
		return "A sweep goes on";
	if (is_set(text, "state", "stopped"))
		return "The last sweep was stopped";
	return "The last sweep is done";
}

static const char *cause_sentence(struct rivet_slice text)
{
	if (is_set(text, "cause", "mode"))
		return "because enforcement began";
	if (is_set(text, "cause", "riv"))
		return "because a set was replaced or withdrawn, or something was revoked";
	return "on request";
}

static void print_advice(struct rivet_slice text)
{
	if (is_set(text, "brake", "holds"))
		puts("The brake holds: nothing is killed until you ask for it: rivetctl running --start");
	if (is_set(text, "incomplete", "yes"))
		puts("Not all that runs was looked at: rivetctl events says why; again: rivetctl running --start");
	if (find_number(text, "files"))
		puts("Each file is an event: rivetctl events");
}

static void print_number(struct rivet_slice text, const char *name, const char *words)
{
	uint64_t number = find_number(text, name);

	if (number)
		printf("  %llu %s\n", (unsigned long long)number, words);
}

static void print_text(struct rivet_slice text)
{
	char started[MANIFEST_TIME_MAX];

	if (is_set(text, "state", "none")) {
		puts("There was no sweep since the module was loaded: rivetctl running --start");
		return;
	}
	manifest_time(find_number(text, "started"), started);
	printf("%s. It began at %s, %s.\n", state_sentence(text), started, cause_sentence(text));
	printf("  %llu processes looked at, %llu mapped files fail\n",
	       (unsigned long long)find_number(text, "processes"),
	       (unsigned long long)find_number(text, "files"));
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
