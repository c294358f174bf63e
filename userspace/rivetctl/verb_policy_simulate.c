// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl policy simulate - which recorded verdicts would differ under another policy
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/object/object.h"
#include "recorded.h"
#include "simulate.h"
#include "text/version3.h"
#include "verbs.h"

#define SHOWN_MAX	(4 * 4096 + 1)	/* bytes of a path or of a rule, escaped */

/**
 * struct simulate_options - the command line
 * @events: file with events; NULL for those that the kernel holds
 * @live: those that the kernel holds
 * @policy: file of the policy
 */
struct simulate_options {
	const char *events;
	bool live;
	const char *policy;
};

static int take_options(struct context *ctx, int argc, char **argv,
			struct simulate_options *options)
{
	static const struct option longs[] = {
		{ "events", required_argument, NULL, 'e' },
		{ "live", no_argument, NULL, 'l' },
		{ 0 },
	};
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt == 'e')
			options->events = optarg;
		else if (opt == 'l')
			options->live = true;
		else
			return err_option(ctx, opt, argv);
	}
	if (options->live == !!options->events)
		return err_usage(ctx, "--events FILE or --live, one of them");
	if (argc - optind != 1)
		return err_usage(ctx, "one policy is needed");
	options->policy = argv[optind];
	if (options->events && !strcmp(options->events, "-") && !strcmp(options->policy, "-"))
		return err_usage(ctx, "standard input is the events or the policy, not both");
	return EXIT_OK;
}

static int take_event(const struct event *event, void *data)
{
	return simulate_add(data, event);
}

static int check_recorded(const struct recorded *recorded, const char *name, struct err *err)
{
	const struct simulation *sim = recorded->data;

	if (sim->verdicts)
		return EXIT_OK;
	if (recorded->others)
		return err_set(err, EXIT_CONFIG,
			       "events are lines of the log of rivetd, or of: rivetctl --json events",
			       "%s: no line is an event about a decision", err_name(name));
	return err_set(err, EXIT_NOTHING, NULL, "%s: no event about a decision", err_name(name));
}

/* The text of a line of the policy; empty for line 0, the answer without a rule. */
static struct rivet_slice rule_text(const struct object_file *file, uint32_t number)
{
	struct rivet_slice rest = { .ptr = file->parts.text, .len = file->parts.text_len }, line;

	while (number && text_next_line(&rest, &line)) {
		if (!--number)
			return line;
	}
	return (struct rivet_slice){ .ptr = "" };
}

static void write_group(struct json *json, const struct simulated_group *group,
			const struct object_file *file)
{
	struct rivet_slice rule = rule_text(file, group->line);

	json_object(json, NULL);
	if (group->program.len) {
		json_bytes(json, "program", group->program.ptr, group->program.len);
		json_bool(json, "program_verified", group->verified);
	}
	json_text(json, "op", rivet_name_op(group->op));
	json_text(json, "reason", rivet_name_reason(group->reason));
	json_text(json, "from", rivet_name_action(group->from));
	json_text(json, "to", rivet_name_action(group->to));
	json_u64(json, "line", group->line);
	if (rule.len)
		json_bytes(json, "rule", rule.ptr, rule.len);
	if (group->path.len)
		json_bytes(json, "path", group->path.ptr, group->path.len);
	json_u64(json, "events", group->events);
	json_u64(json, "count", group->times);
	json_close(json);
}

static void write_json(struct context *ctx, const struct recorded *recorded,
		       const struct object_file *file)
{
	const struct simulation *sim = recorded->data;
	char version[RIVET_VERSION3_MAX];
	struct json json;
	size_t i;

	rivet_version3_text(sim->rules->version, version);
	verb_json_begin(ctx, &json);
	json_bytes(&json, "name", sim->rules->name.ptr, sim->rules->name.len);
	json_text(&json, "policy_version", version);
	json_u64(&json, "verdicts", sim->verdicts);
	json_u64(&json, "same", sim->same);
	json_u64(&json, "unknown", sim->unknown);
	json_u64(&json, "newly_refused", sim->refused);
	json_u64(&json, "newly_permitted", sim->permitted);
	json_u64(&json, "ungrouped", sim->ungrouped);
	json_u64(&json, "gaps", recorded->gaps);
	json_u64(&json, "other_lines", recorded->others);
	json_array(&json, "differences");
	for (i = 0; i < sim->count; i++)
		write_group(&json, &sim->groups[i], file);
	json_end(&json);
}

static const char *escape(struct rivet_slice text, char shown[SHOWN_MAX])
{
	rivet_name_mark_cut(shown, SHOWN_MAX,
			    rivet_name_escape(text.ptr, text.len, shown, SHOWN_MAX));
	return shown;
}

static void print_group(const struct simulated_group *group, const struct object_file *file)
{
	struct rivet_slice rule = rule_text(file, group->line);
	char shown[SHOWN_MAX];

	printf("%s%s\n", group->program.len ? escape(group->program, shown) : "unknown program",
	       group->program.len && !group->verified ? " (its own word)" : "");
	printf("    %s %s: %s becomes %s, %" PRIu64 " times", rivet_name_op(group->op),
	       rivet_name_reason(group->reason), rivet_name_action(group->from),
	       rivet_name_action(group->to), group->times);
	if (group->path.len)
		printf(", such as %s", escape(group->path, shown));
	if (rule.len)
		printf("\n    by line %" PRIu32 ": %s\n", group->line, escape(rule, shown));
	else
		puts("\n    no rule is about it");
}

static void print_text(const struct simulation *sim, const struct object_file *file)
{
	size_t i;

	for (i = 0; i < sim->count; i++)
		print_group(&sim->groups[i], file);
	printf("%" PRIu64 " recorded verdicts: %" PRIu64 " stay, %" PRIu64 " would newly be refused, %"
	       PRIu64 " no longer\n", sim->verdicts, sim->same, sim->refused, sim->permitted);
	puts("Requests that the recorded policy permits silently left no event, so they are not judged.");
}

static void warn(struct context *ctx, const struct recorded *recorded)
{
	const struct simulation *sim = recorded->data;

	if (recorded->others)
		err_warn(ctx, "%" PRIu64 " lines are no events", recorded->others);
	if (recorded->gaps)
		err_warn(ctx, "events are missing in %" PRIu64 " places", recorded->gaps);
	if (sim->unknown)
		err_warn(ctx, "%" PRIu64 " verdicts are about filesystems that the policy names with fsmagic=: the kernel would measure their files, and the events do not tell the result",
			 sim->unknown);
	if (sim->ungrouped)
		err_warn(ctx, "%" PRIu64 " more verdicts differ; they are counted, not listed",
			 sim->ungrouped);
}

static int simulate(struct context *ctx, const struct simulate_options *options,
		    const struct object_file *file, struct simulation *sim, struct err *err)
{
	const char *name = options->live ? "the kernel" : options->events;
	struct recorded recorded = { .take = take_event, .data = sim };
	int ret;

	ret = options->live ? recorded_kernel(&recorded, err) :
			      recorded_file(&recorded, options->events, err);
	if (!ret)
		ret = check_recorded(&recorded, name, err);
	if (ret)
		return ret;
	warn(ctx, &recorded);
	if (ctx->json)
		write_json(ctx, &recorded, file);
	else
		print_text(sim, file);
	return EXIT_OK;
}

int verb_policy_simulate(struct context *ctx, int argc, char **argv)
{
	struct simulate_options options = { 0 };
	struct simulation sim = { 0 };
	struct object_file file = { 0 };
	struct rivet_rules rules = { 0 };
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &options);
	if (ret)
		return ret;
	ret = object_open(&file, options.policy, RIVET_OBJECT_POLICY, &err);
	if (!ret)
		ret = object_read_policy(&file, &rules, &err);
	if (!ret) {
		sim.rules = &rules;
		ret = simulate(ctx, &options, &file, &sim, &err);
	}
	if (!ret && sim.refused)
		ret = EXIT_DENIED;
	else if (ret)
		ret = err_report(ctx, &err);
	simulate_free(&sim);
	free(rules.rules);
	object_close(&file);
	return ret;
}
