/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - events in userspace: from netlink, to JSON and to text
 *
 * event/decode.c decodes, event/json.c and event/load.c write and read JSON,
 * event/text.c writes one line for logs and terminals, event/explain.c explains in
 * plain words. All are pure.
 */
#ifndef RIVET_USER_EVENT_H
#define RIVET_USER_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>
#include <uapi/linux/rivet.h>

#include "lib/base/file.h"
#include "lib/base/json.h"
#include "text/parse.h"

/**
 * struct event - one event, decoded
 *
 * The slices point into the message or text that the event was decoded from;
 * they hold raw bytes and are not terminated. Members of absent attributes are
 * 0.
 *
 * @present: one bit per enum rivet_a_event that was present
 * @seq: sequence number, from 1
 * @time: nanoseconds since 1970
 * @count: number of occurrences it stands for, at least 1
 * @error: positive errno of a refusal, 0 if permitted or done
 * @kind: enum rivet_event_kind
 * @op: enum rivet_op
 * @hook: enum rivet_hook
 * @mode: enum rivet_mode
 * @action: enum rivet_action
 * @reason: enum rivet_reason
 * @path_flags: RIVET_PATH_*
 * @path: path of the file; a verdict about memory or the kernel's own code has
 * none
 * @measured: digest as in a manifest
 * @expected: digest that a RIV names for the path
 * @expected_path: path that a RIV names for the digest
 * @size: bytes of the file
 * @dev: device, new_encode_dev()
 * @ino: inode number
 * @fsmagic: type of the filesystem
 * @pid: thread group
 * @uid: initial user namespace
 * @loginuid: UINT32_MAX if unset
 * @rule_line: line in the policy, 0 for the built-in one
 * @comm: name of the acting task
 * @exe: RIV path of the acting program
 * @exe_file: without @exe, the program named by the acting process; it can be forged
 * @set: RIV set
 * @set_version: its version
 * @policy: name of the policy
 * @policy_version: its version
 * @riv_generation: of the lookup
 * @policy_generation: of the decision
 * @detail: description of the change; for a verdict, anything that @op and
 * @path leave out
 * @before: event chain up to the event before
 * @chain: event chain up to this event
 */
struct event {
	uint64_t present;
	uint64_t seq;
	uint64_t time;
	uint32_t count;
	uint32_t error;
	uint8_t kind;
	uint8_t op;
	uint8_t hook;
	uint8_t mode;
	uint8_t action;
	uint8_t reason;
	uint8_t path_flags;
	struct rivet_slice path;
	struct rivet_slice measured;
	struct rivet_slice expected;
	struct rivet_slice expected_path;
	uint64_t size;
	uint32_t dev;
	uint64_t ino;
	uint64_t fsmagic;
	uint32_t pid;
	uint32_t uid;
	uint32_t loginuid;
	uint32_t rule_line;
	struct rivet_slice comm;
	struct rivet_slice exe;
	struct rivet_slice exe_file;
	struct rivet_slice set;
	uint64_t set_version;
	struct rivet_slice policy;
	struct rivet_slice policy_version;
	uint64_t riv_generation;
	uint64_t policy_generation;
	struct rivet_slice detail;
	struct rivet_slice before;
	struct rivet_slice chain;
};

/** struct event_gap - events that are lost everywhere: @first to @last */
struct event_gap {
	uint64_t first;
	uint64_t last;
};

/**
 * event_has() - is this attribute present in the event?
 * @event: the event
 * @attr: the attribute
 *
 * Return: true if so.
 */
static inline bool event_has(const struct event *event, enum rivet_a_event attr)
{
	return event->present & 1ULL << attr;
}

/**
 * event_dev_major() - major number of the event's device
 * @event: the event
 *
 * Return: the number.
 */
static inline unsigned int event_dev_major(const struct event *event)
{
	return (event->dev & 0xfff00) >> 8;
}

/**
 * event_dev_minor() - minor number of the event's device
 * @event: the event
 *
 * Return: the number.
 */
static inline unsigned int event_dev_minor(const struct event *event)
{
	return (event->dev & 0xff) | ((event->dev >> 12) & 0xfff00);
}

/** enum event_outcome - the outcome of the request */
enum event_outcome {
	EVENT_DONE,		/* not a verdict: a change that was made */
	EVENT_REFUSED,		/* not a verdict: a change that was refused */
	EVENT_PERMITTED,	/* the policy permits it */
	EVENT_WOULD_DENY,	/* the policy denies it, the mode permits it */
	EVENT_DENIED,
};

/** struct event_advice - an event in plain words: meaning and advice; see event_explain() */
struct event_advice {
	struct buffer what;
	struct buffer next;
};

#define EVENT_TIME_MAX sizeof("2554-07-21T23:34:33.709551615Z")

int event_decode(const struct nlmsghdr *nlh, struct event *out);
int event_copy(const struct event *event, struct event *out, char **storage);
enum event_outcome event_outcome(const struct event *event);
int event_severity(const struct event *event);
const char *event_severity_word(const struct event *event);
const char *event_outcome_word(const struct event *event);
const char *event_errno_name(unsigned int error);
void event_time(uint64_t time, bool fraction, char buf[EVENT_TIME_MAX]);

void event_json(struct json *json, const struct event *event);
void event_json_line(FILE *out, const char *host, const struct event *event);
void event_gap_json_line(FILE *out, const char *host, const struct event_gap *gap);
int event_load(const char *line, size_t len, struct event *out, struct buffer *storage);

void event_text(const struct event *event, struct buffer *out);
void event_explain(const struct event *event, struct event_advice *out);
void event_advice_free(struct event_advice *advice);

#endif /* RIVET_USER_EVENT_H */
