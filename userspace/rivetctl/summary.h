/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - events counted by some of their fields
 */
#ifndef RIVETCTL_SUMMARY_H
#define RIVETCTL_SUMMARY_H

#include "lib/event/decode.h"
#include "verbs.h"

#define SUMMARY_FIELDS_MAX 6

struct event_field;
struct summary_group;

/**
 * struct summary_field - a field to count by
 * @name: as on the command line
 * @add: appends its value; nothing if the event has none
 * @field: the member of an event; NULL if it is composed
 */
struct summary_field {
	const char *name;
	void (*add)(const struct event *event, const struct event_field *field,
		    struct buffer *out);
	const struct event_field *field;
};

/**
 * struct summary - a summary in progress; all zero but for the fields is empty
 * @fields: fields that tell one group from another
 * @field_count: how many; 0 for no summary
 * @tree: the groups, by their values
 * @groups: the same, in the order in which they were found
 * @group_count: how many
 * @group_size: groups allocated
 * @others: verdicts and changes beyond those groups
 * @lost: events that nobody holds any more
 */
struct summary {
	struct summary_field fields[SUMMARY_FIELDS_MAX];
	size_t field_count;
	void *tree;
	struct summary_group **groups;
	size_t group_count;
	size_t group_size;
	uint64_t others;
	uint64_t lost;
};

int summary_take_fields(struct context *ctx, const char *text, struct summary *summary);
int summary_add(struct summary *summary, const struct event *event, struct err *err);
void summary_add_gap(struct summary *summary, const struct event_gap *gap);
void summary_print(struct context *ctx, struct summary *summary);
void summary_free(struct summary *summary);

#endif /* RIVETCTL_SUMMARY_H */
