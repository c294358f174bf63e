// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events as userspace sees them: the JSON form
 *
 * One function for rivetd, rivetctl events and rivetctl why. A member is there
 * only if the kernel said it. event/load.c reads it back; keep them in step.
 */
#include "lib/event/decode.h"
#include "text/names.h"

static void put_slice(struct json *json, const struct event *event, enum rivet_a_event attr,
		      const char *key, struct rivet_slice value)
{
	if (event_has(event, attr))
		json_bytes(json, key, value.ptr, value.len);
}

static void put_u64(struct json *json, const struct event *event, enum rivet_a_event attr,
		    const char *key, uint64_t value)
{
	if (event_has(event, attr))
		json_u64(json, key, value);
}

static void put_word(struct json *json, const struct event *event, enum rivet_a_event attr,
		     const char *key, const char *value)
{
	if (event_has(event, attr))
		json_text(json, key, value);
}

static void put_time(struct json *json, const struct event *event)
{
	char text[EVENT_TIME_MAX];

	event_time(event->time, true, text);
	json_text(json, "time", text);
}

static void put_path_flags(struct json *json, const struct event *event)
{
	if (!event_has(event, RIVET_A_EVENT_PATH_FLAGS))
		return;
	json_array(json, "path_flags");
	if (event->path_flags & RIVET_PATH_DELETED)
		json_text(json, NULL, "deleted");
	if (event->path_flags & RIVET_PATH_FOREIGN)
		json_text(json, NULL, "foreign");
	if (event->path_flags & RIVET_PATH_TRUNCATED)
		json_text(json, NULL, "truncated");
	json_close(json);
}

static void put_dev(struct json *json, const struct event *event)
{
	char text[32];

	if (!event_has(event, RIVET_A_EVENT_DEV))
		return;
	snprintf(text, sizeof(text), "%u:%u", event_dev_major(event), event_dev_minor(event));
	json_text(json, "dev", text);
}

static void put_fsmagic(struct json *json, const struct event *event)
{
	char text[32];

	if (!event_has(event, RIVET_A_EVENT_FSMAGIC))
		return;
	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)event->fsmagic);
	json_text(json, "fsmagic", text);
}

/* null: nobody logged in */
static void put_loginuid(struct json *json, const struct event *event)
{
	if (event_has(event, RIVET_A_EVENT_LOGINUID) && event->loginuid == UINT32_MAX)
		json_null(json, "loginuid");
	else
		put_u64(json, event, RIVET_A_EVENT_LOGINUID, "loginuid", event->loginuid);
}

static void put_outcome(struct json *json, const struct event *event)
{
	json_bool(json, "permitted", !event->error);
	json_u64(json, "errno", event->error);
	if (event->error && event_errno_name(event->error))
		json_text(json, "error", event_errno_name(event->error));
}

static void put_request(struct json *json, const struct event *event)
{
	put_word(json, event, RIVET_A_EVENT_OP, "op", rivet_name_op(event->op));
	put_word(json, event, RIVET_A_EVENT_HOOK, "hook", rivet_name_hook(event->hook));
	put_word(json, event, RIVET_A_EVENT_MODE, "mode", rivet_name_mode(event->mode));
	put_word(json, event, RIVET_A_EVENT_ACTION, "action", rivet_name_action(event->action));
	put_word(json, event, RIVET_A_EVENT_REASON, "reason", rivet_name_reason(event->reason));
}

static void put_file(struct json *json, const struct event *event)
{
	put_slice(json, event, RIVET_A_EVENT_PATH, "path", event->path);
	put_path_flags(json, event);
	put_slice(json, event, RIVET_A_EVENT_MEASURED, "measured", event->measured);
	put_slice(json, event, RIVET_A_EVENT_EXPECTED, "expected", event->expected);
	put_slice(json, event, RIVET_A_EVENT_EXPECTED_PATH, "expected_path", event->expected_path);
	put_u64(json, event, RIVET_A_EVENT_SIZE, "size", event->size);
	put_dev(json, event);
	put_u64(json, event, RIVET_A_EVENT_INO, "ino", event->ino);
	put_fsmagic(json, event);
}

static void put_actor(struct json *json, const struct event *event)
{
	put_u64(json, event, RIVET_A_EVENT_PID, "pid", event->pid);
	put_u64(json, event, RIVET_A_EVENT_UID, "uid", event->uid);
	put_loginuid(json, event);
	put_slice(json, event, RIVET_A_EVENT_COMM, "comm", event->comm);
	put_slice(json, event, RIVET_A_EVENT_EXE, "exe", event->exe);
	put_slice(json, event, RIVET_A_EVENT_EXE_FILE, "exe_file", event->exe_file);
}

static void put_basis(struct json *json, const struct event *event)
{
	put_slice(json, event, RIVET_A_EVENT_SET, "set", event->set);
	put_u64(json, event, RIVET_A_EVENT_SET_VERSION, "set_version", event->set_version);
	put_slice(json, event, RIVET_A_EVENT_POLICY_NAME, "policy", event->policy);
	put_slice(json, event, RIVET_A_EVENT_POLICY_VERSION, "policy_version",
		  event->policy_version);
	put_u64(json, event, RIVET_A_EVENT_RULE_LINE, "rule_line", event->rule_line);
	put_u64(json, event, RIVET_A_EVENT_RIV_GENERATION, "riv_generation",
		event->riv_generation);
	put_u64(json, event, RIVET_A_EVENT_POLICY_GENERATION, "policy_generation",
		event->policy_generation);
	put_slice(json, event, RIVET_A_EVENT_DETAIL, "detail", event->detail);
}

/**
 * event_json() - write an event's members into an open object
 * @json: being written
 * @event: the event
 */
void event_json(struct json *json, const struct event *event)
{
	json_u64(json, "seq", event->seq);
	put_time(json, event);
	json_text(json, "kind", rivet_name_event(event->kind));
	json_u64(json, "count", event->count);
	put_outcome(json, event);
	put_request(json, event);
	put_file(json, event);
	put_actor(json, event);
	put_basis(json, event);
}

/**
 * event_json_line() - write an event as one line, schema rivet.event/1
 * @out: where to
 * @event: the event
 */
void event_json_line(FILE *out, const struct event *event)
{
	struct json json;

	json_begin(&json, out, "rivet.event/1");
	event_json(&json, event);
	json_end(&json);
}

/**
 * event_gap_json_line() - write what is missing as one line, schema rivet.gap/1
 * @out: where to
 * @gap: what is missing
 */
void event_gap_json_line(FILE *out, const struct event_gap *gap)
{
	struct json json;

	json_begin(&json, out, "rivet.gap/1");
	json_u64(&json, "first", gap->first);
	json_u64(&json, "last", gap->last);
	json_u64(&json, "missing", gap->last - gap->first + 1);
	json_end(&json);
}
