// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - events counted by some of their fields
 *
 * The number of groups is bounded: whoever makes events chooses their paths.
 */
#include <inttypes.h>
#include <linux/kernel.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/event/fields.h"
#include "summary.h"

#define GROUPS_MAX	10000
#define FIRST_GROUPS	64
#define NONE		"-"	/* value of a field that an event does not have */
#define SEPARATOR	'\t'	/* values are escaped, so that none has one */
#define TIME_WIDTH	20

/**
 * struct summary_group - events that have the same values
 * @values: one for each field, with a separator between them
 * @count: verdicts and changes
 * @last: time of the latest
 */
struct summary_group {
	char *values;
	uint64_t count;
	uint64_t last;
};

/* A process can forge the program that is not verified. */
static void add_program(const struct event *event, const struct event_field *field,
			struct buffer *out)
{
	text_add_bytes(out, event->exe.len ? event->exe : event->exe_file);
	if (!event->exe.len && event->exe_file.len)
		buffer_add_text(out, " (unverified)");
}

static void add_outcome(const struct event *event, const struct event_field *field,
			struct buffer *out)
{
	buffer_add_text(out, event_outcome_word(event));
}

static void add_severity(const struct event *event, const struct event_field *field,
			 struct buffer *out)
{
	buffer_add_text(out, event_severity_word(event));
}

static void add_member(const struct event *event, const struct event_field *field,
		       struct buffer *out)
{
	if (event_has(event, field->attr))
		event_field_text(event, field, out);
}

static const struct summary_field composed[] = {
	{ .name = "program", .add = add_program },
	{ .name = "outcome", .add = add_outcome },
	{ .name = "severity", .add = add_severity },
};

/* These differ from event to event. */
static bool can_be_counted_by(enum rivet_a_event attr)
{
	return attr != RIVET_A_EVENT_SEQ && attr != RIVET_A_EVENT_TIME &&
	       attr != RIVET_A_EVENT_COUNT && attr != RIVET_A_EVENT_BEFORE &&
	       attr != RIVET_A_EVENT_CHAIN;
}

static bool find_field(struct rivet_slice name, struct summary_field *out)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(composed); i++) {
		*out = composed[i];
		if (rivet_slice_equal(name, composed[i].name))
			return true;
	}
	for (i = 0; i < event_fields_count; i++) {
		*out = (struct summary_field){ event_fields[i].key, add_member, &event_fields[i] };
		if (rivet_slice_equal(name, out->name))
			return can_be_counted_by(event_fields[i].attr);
	}
	return false;
}

/**
 * summary_take_fields() - parse the argument of --by
 * @ctx: context of the verb
 * @text: names of fields, with commas between them
 * @summary: its fields are set
 *
 * Return: EXIT_OK, or EXIT_USAGE after printing an error.
 */
int summary_take_fields(struct context *ctx, const char *text, struct summary *summary)
{
	struct summary_field field;
	struct rivet_slice name;

	for (summary->field_count = 0;; text++) {
		name = (struct rivet_slice){ .ptr = text, .len = strcspn(text, ",") };
		if (!find_field(name, &field))
			return err_usage(ctx, "--by %s: expected program, outcome, severity or members of an event: op, reason, path, uid, set ...",
					 err_name(text));
		if (summary->field_count == SUMMARY_FIELDS_MAX)
			return err_usage(ctx, "--by: at most %d fields", SUMMARY_FIELDS_MAX);
		summary->fields[summary->field_count++] = field;
		text += name.len;
		if (!*text)
			return EXIT_OK;
	}
}

static void add_values(const struct summary *summary, const struct event *event,
		       struct buffer *out)
{
	const struct summary_field *field;
	size_t i, before;

	for (i = 0; i < summary->field_count; i++) {
		field = &summary->fields[i];
		if (i)
			text_add(out, "%c", SEPARATOR);
		before = out->len;
		field->add(event, field->field, out);
		if (out->len == before)
			buffer_add_text(out, NONE);
	}
}

static int compare_values(const void *a, const void *b)
{
	return strcmp(((const struct summary_group *)a)->values,
		      ((const struct summary_group *)b)->values);
}

/* Takes over @values; NULL if memory ran out. */
static struct summary_group *make_group(struct summary *summary, char *values)
{
	size_t size = summary->group_size ? 2 * summary->group_size : FIRST_GROUPS;
	struct summary_group **groups = summary->groups, *group;

	if (summary->group_count == summary->group_size) {
		groups = reallocarray(groups, size, sizeof(*groups));
		if (!groups)
			return NULL;
		summary->groups = groups;
		summary->group_size = size;
	}
	group = calloc(1, sizeof(*group));
	if (!group)
		return NULL;
	group->values = values;
	if (!tsearch(group, &summary->tree, compare_values)) {
		free(group);
		return NULL;
	}
	groups[summary->group_count++] = group;
	return group;
}

static int count_in(struct summary *summary, const struct event *event, char *values)
{
	struct summary_group wanted = { .values = values }, *group, **found;

	found = tfind(&wanted, &summary->tree, compare_values);
	if (!found && summary->group_count == GROUPS_MAX) {
		summary->others += event->count;
		free(values);
		return EXIT_OK;
	}
	group = found ? *found : make_group(summary, values);
	if (!group || found)
		free(values);
	if (!group)
		return EXIT_OTHER;
	group->count += event->count;
	if (event->time > group->last)
		group->last = event->time;
	return EXIT_OK;
}

/**
 * summary_add() - count an event
 * @summary: with its fields
 * @event: the event
 * @err: filled on error
 *
 * Return: EXIT_OK, or EXIT_OTHER if memory ran out.
 */
int summary_add(struct summary *summary, const struct event *event, struct err *err)
{
	struct buffer values = { 0 };
	int ret = EXIT_OTHER;

	add_values(summary, event, &values);
	if (values.failed)
		buffer_free(&values);
	else
		ret = count_in(summary, event, values.data);
	return ret ? err_set(err, ret, NULL, "cannot count events: out of memory") : EXIT_OK;
}

/**
 * summary_add_gap() - count events that are lost
 * @summary: the summary
 * @gap: their numbers
 */
void summary_add_gap(struct summary *summary, const struct event_gap *gap)
{
	summary->lost += gap->last - gap->first + 1;
}

/* The most frequent first, of these the latest. */
static int compare_groups(const void *a, const void *b)
{
	const struct summary_group *x = *(struct summary_group *const *)a;
	const struct summary_group *y = *(struct summary_group *const *)b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	if (x->last != y->last)
		return x->last < y->last ? 1 : -1;
	return strcmp(x->values, y->values);
}

static struct rivet_slice next_value(const char **values)
{
	struct rivet_slice value = { .ptr = *values, .len = strcspn(*values, "\t") };

	*values += value.len;
	if (**values)
		(*values)++;
	return value;
}

static void write_group(struct json *json, const struct summary *summary,
			const struct summary_group *group)
{
	const char *values = group->values;
	char time[EVENT_TIME_MAX];
	struct rivet_slice value;
	size_t i;

	event_time(group->last, true, time);
	json_object(json, NULL);
	json_u64(json, "count", group->count);
	json_text(json, "time", time);
	json_array(json, "group");
	for (i = 0; i < summary->field_count; i++) {
		value = next_value(&values);
		json_bytes(json, NULL, value.ptr, value.len);
	}
	json_close(json);
	json_close(json);
}

static void write_json(struct context *ctx, const struct summary *summary)
{
	struct json json;
	size_t i;

	verb_json_begin(ctx, &json);
	json_array(&json, "by");
	for (i = 0; i < summary->field_count; i++)
		json_text(&json, NULL, summary->fields[i].name);
	json_close(&json);
	json_array(&json, "groups");
	for (i = 0; i < summary->group_count; i++)
		write_group(&json, summary, summary->groups[i]);
	json_close(&json);
	json_u64(&json, "others", summary->others);
	json_u64(&json, "lost", summary->lost);
	json_end(&json);
}

static void find_widths(const struct summary *summary, int widths[SUMMARY_FIELDS_MAX])
{
	const char *values;
	size_t at, i;
	int len;

	for (i = 0; i < summary->field_count; i++)
		widths[i] = strlen(summary->fields[i].name);
	for (at = 0; at < summary->group_count; at++) {
		values = summary->groups[at]->values;
		for (i = 0; i < summary->field_count; i++) {
			len = next_value(&values).len;
			if (len > widths[i])
				widths[i] = len;
		}
	}
}

static void print_group(const struct summary *summary, const struct summary_group *group,
			const int widths[SUMMARY_FIELDS_MAX])
{
	const char *values = group->values;
	size_t i, last = summary->field_count - 1;
	char time[EVENT_TIME_MAX];
	struct rivet_slice value;

	event_time(group->last, false, time);
	printf("%10" PRIu64 "  %-*s", group->count, TIME_WIDTH, time);
	for (i = 0; i < summary->field_count; i++) {
		value = next_value(&values);
		printf("  %-*.*s", i == last ? 0 : widths[i], (int)value.len, value.ptr);
	}
	putchar('\n');
}

static void print_text(const struct summary *summary)
{
	size_t at, last = summary->field_count - 1;
	int widths[SUMMARY_FIELDS_MAX];

	find_widths(summary, widths);
	if (summary->group_count) {
		printf("%10s  %-*s", "count", TIME_WIDTH, "last");
		for (at = 0; at <= last; at++)
			printf("  %-*s", at == last ? 0 : widths[at], summary->fields[at].name);
		putchar('\n');
	}
	for (at = 0; at < summary->group_count; at++)
		print_group(summary, summary->groups[at], widths);
	if (summary->others)
		printf("%10" PRIu64 "  in further groups\n", summary->others);
	if (summary->lost)
		printf("-- %" PRIu64 " events are lost, and not counted --\n", summary->lost);
}

/**
 * summary_print() - print it, the most frequent group first
 * @ctx: context of the verb
 * @summary: all events counted
 */
void summary_print(struct context *ctx, struct summary *summary)
{
	if (summary->group_count)
		qsort(summary->groups, summary->group_count, sizeof(*summary->groups),
		      compare_groups);
	if (ctx->json)
		write_json(ctx, summary);
	else
		print_text(summary);
}

static void leave_alone(void *group)
{
}

/**
 * summary_free() - release the groups
 * @summary: empty afterwards
 */
void summary_free(struct summary *summary)
{
	tdestroy(summary->tree, leave_alone);
	while (summary->group_count) {
		free(summary->groups[--summary->group_count]->values);
		free(summary->groups[summary->group_count]);
	}
	free(summary->groups);
	summary->tree = NULL;
	summary->groups = NULL;
	summary->group_size = 0;
}
