// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl why - one event in plain words, and what to do
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "find_event.h"
#include "lib/base/text.h"
#include "lib/kernel/secfs.h"
#include "now.h"
#include "text/names.h"

#define NSEC_PER_SEC	1000000000ULL
#define FOLD_SECONDS	5	/* for which the kernel counts repeats of a verdict */

struct why_options {
	bool last;
	uint64_t seq;
};

static int take_options(struct context *ctx, int argc, char **argv, struct why_options *options)
{
	static const struct option longs[] = {
		{ "last", no_argument, NULL, 'l' },
		{ 0 },
	};
	u64 seq = 0;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt != 'l')
			return err_option(ctx, opt, argv);
		options->last = true;
	}
	if (argc - optind != !options->last)
		return err_usage(ctx, "one event number or --last is needed");
	if (options->last)
		return EXIT_OK;
	if (rivet_parse_u64(argv[optind], strlen(argv[optind]), &seq) || !seq)
		return err_usage(ctx, "\"%s\" is no event number", err_name(argv[optind]));
	options->seq = seq;
	return EXIT_OK;
}

static bool policy_is(struct rivet_slice header, const struct event *event)
{
	struct rivet_slice word;
	bool name = false, version = false;

	while (text_next_word(&header, &word)) {
		if (rivet_slice_take_prefix(&word, "policy_name="))
			name = rivet_slice_same(word, event->policy);
		else if (rivet_slice_take_prefix(&word, "policy_version="))
			version = rivet_slice_same(word, event->policy_version);
	}
	return name && version;
}

/* The rule itself, if the policy of the event is still active. */
static void get_rule(const struct event *event, struct buffer *out)
{
	struct buffer text = { 0 };
	struct rivet_slice rest, line;
	struct err unused;
	uint32_t number = 0;

	if (event->rule_line && !secfs_read("policy", &text, &unused)) {
		rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
		while (text_next_line(&rest, &line)) {
			if (!number++ && !policy_is(line, event))
				break;
			if (number == event->rule_line)
				buffer_add(out, line.ptr, line.len);
		}
	}
	buffer_free(&text);
}

static void print_slice(const char *label, struct rivet_slice value)
{
	struct buffer text = { 0 };

	text_add_bytes(&text, value);
	if (value.len && text.data)
		printf("%-16s %s\n", label, text.data);
	buffer_free(&text);
}

static void print_file(const struct event *event)
{
	print_slice("file", event->path);
	if (event_has(event, RIVET_A_EVENT_INO))
		printf("%-16s %" PRIu64 " bytes, device %u:%u, inode %" PRIu64
		       ", filesystem 0x%" PRIx64 "\n", "", event->size, event_dev_major(event),
		       event_dev_minor(event), event->ino, event->fsmagic);
	else if (event_has(event, RIVET_A_EVENT_SIZE))
		printf("%-16s %" PRIu64 " bytes\n", "content", event->size);
	print_slice("measured", event->measured);
	print_slice("expected", event->expected);
	print_slice("listed as", event->expected_path);
}

static void print_actor(const struct event *event)
{
	struct buffer text = { 0 };

	if (!event_has(event, RIVET_A_EVENT_PID))
		return;
	text_add_bytes(&text, event->comm);
	printf("%-16s %s, process %" PRIu32 ", uid %" PRIu32, "by", text.data ? text.data : "",
	       event->pid, event->uid);
	if (event_has(event, RIVET_A_EVENT_LOGINUID) && event->loginuid != UINT32_MAX)
		printf(", logged in as uid %" PRIu32, event->loginuid);
	putchar('\n');
	buffer_free(&text);
	print_slice("program", event->exe);
	if (!event->exe.len && event->exe_file.len) {
		print_slice("program", event->exe_file);
		printf("%-16s as the process itself says; nobody has verified that\n", "");
	}
}

static void print_basis(const struct event *event, const struct buffer *rule)
{
	if (event->set.len)
		printf("%-16s %.*s version %" PRIu64 "\n", "RIV set", (int)event->set.len,
		       event->set.ptr, event->set_version);
	if (!event_has(event, RIVET_A_EVENT_RULE_LINE))
		return;
	if (event->rule_line)
		printf("%-16s line %" PRIu32 " of policy %.*s %.*s\n", "rule", event->rule_line,
		       (int)event->policy.len, event->policy.ptr,
		       (int)event->policy_version.len, event->policy_version.ptr);
	else
		printf("%-16s the built-in policy\n", "rule");
	if (rule->len)
		printf("%-16s %s\n", "", rule->data);
}

static void print_paragraph(const char *label, const struct buffer *text)
{
	struct rivet_slice rest = { .ptr = text->data, .len = text->len }, line;

	while (text_next_line(&rest, &line)) {
		printf("%-16s %.*s\n", label, (int)line.len, line.ptr);
		label = "";
	}
}

/* The kernel counts repeats for some seconds, and tells them as one more event then. */
static void print_when(const struct event *event)
{
	int64_t now = time(NULL), age = now - (int64_t)(event->time / NSEC_PER_SEC);
	char when[EVENT_TIME_MAX];

	event_time(event->time, false, when);
	if (event->count > 1)
		printf("%-16s %" PRIu32 " times of the same kind, the last of them at %s", "repeated",
		       event->count, when);
	else
		printf("%-16s %s", "when", when);
	if (age >= 0)
		printf(", %" PRId64 " s ago", age);
	putchar('\n');
	if (age >= 0 && age <= FOLD_SECONDS && event->kind == RIVET_EVENT_VERDICT)
		printf("%-16s repeats within %d s are told later, as one event with their number\n",
		       "", FOLD_SECONDS);
}

/**
 * struct explanation - the explanation of an event
 * @found: the event
 * @then: its meaning at that time
 * @rule: text of the rule that decided, if it is still there
 * @now: the kernel's present verdict
 * @is_outdated: the present verdict differs
 * @next: advice for now
 */
struct explanation {
	const struct found_event *found;
	struct event_advice then;
	struct buffer rule;
	struct now now;
	bool is_outdated;
	struct event_advice next;
};

static void print_now(const struct explanation *e)
{
	const struct answer_op *op = e->now.op;

	if (!e->is_outdated)
		return;
	printf("%-16s it would be %s: %.*s", "now", op->permitted ? "permitted" : "refused",
	       (int)op->reason_word.len, op->reason_word.ptr);
	if (op->set.len)
		printf(", set %.*s %.*s", (int)op->set.len, op->set.ptr, (int)op->set_version.len,
		       op->set_version.ptr);
	putchar('\n');
	if (!op->permitted)
		print_paragraph("", &e->next.what);
}

static void print_text(const struct explanation *e)
{
	const struct found_event *found = e->found;
	const struct event *event = &found->event;
	struct buffer line = { 0 };

	event_text(event, &line);
	puts(line.data ? line.data : "");
	buffer_free(&line);
	print_paragraph("why", &e->then.what);
	if (event_outcome(event) == EVENT_WOULD_DENY)
		printf("%-16s it happened all the same: the mode was audit\n", "");
	print_when(event);
	print_file(event);
	print_actor(event);
	print_basis(event, &e->rule);
	print_now(e);
	print_paragraph("what to do", &e->next.next);
	if (found->from_log)
		printf("%-16s the kernel no longer holds this event; it is from the agent's log\n",
		       "note");
}

static void write_json(struct context *ctx, const struct explanation *e)
{
	const struct found_event *found = e->found;
	struct json json;

	verb_json_begin(ctx, &json);
	json_text(&json, "outcome", event_outcome_word(&found->event));
	json_text(&json, "what", e->then.what.data);
	json_text(&json, "next", e->next.next.data);
	if (e->rule.len)
		json_bytes(&json, "rule", e->rule.data, e->rule.len);
	json_text(&json, "source", found->from_log ? "log" : "kernel");
	if (e->now.op) {
		json_object(&json, "now");
		json_bool(&json, "permitted", e->now.op->permitted);
		json_bytes(&json, "reason", e->now.op->reason_word.ptr,
			   e->now.op->reason_word.len);
		json_close(&json);
	}
	json_object(&json, "event");
	event_json(&json, &found->event);
	json_end(&json);
}

/* Gives advice only if something is left to do now. */
static void find_next(struct explanation *e)
{
	e->is_outdated = now_differs(&e->now, &e->found->event);
	event_explain(e->is_outdated ? &e->now.event : &e->found->event, &e->next);
	if (!e->is_outdated || !e->now.op->permitted)
		return;
	buffer_free(&e->next.next);
	buffer_add_text(&e->next.next,
			"Nothing: it would be permitted now. Try again.");
}

static void explain(struct context *ctx, const struct found_event *found)
{
	enum event_outcome outcome = event_outcome(&found->event);
	struct explanation e = { .found = found };

	event_explain(&found->event, &e.then);
	get_rule(&found->event, &e.rule);
	if (outcome == EVENT_DENIED || outcome == EVENT_WOULD_DENY)
		now_ask(&found->event, &e.now);
	find_next(&e);
	if (ctx->json)
		write_json(ctx, &e);
	else
		print_text(&e);
	event_advice_free(&e.then);
	event_advice_free(&e.next);
	buffer_free(&e.rule);
	now_free(&e.now);
}

int verb_why(struct context *ctx, int argc, char **argv)
{
	struct why_options options = { 0 };
	struct found_event found;
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &options);
	if (ret)
		return ret;
	ret = options.last ? find_last_refusal(&found, &err) :
			     find_event(options.seq, &found, &err);
	if (!ret)
		explain(ctx, &found);
	free(found.storage);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
