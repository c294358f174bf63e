// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events in userspace: decoding
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include <linux/genetlink.h>

#include "lib/base/attrs.h"
#include "lib/event/decode.h"
#include "lib/event/fields.h"
#include "text/names.h"

#define NSEC_PER_SEC 1000000000ULL

#define MNL_TYPE_OF(type)					\
	((type) == RIVET_FIELD_U64 ? MNL_TYPE_U64 :		\
	 (type) == RIVET_FIELD_U32 ? MNL_TYPE_U32 :		\
	 (type) == RIVET_FIELD_U8 ? MNL_TYPE_U8 :		\
	 (type) == RIVET_FIELD_STRING ? MNL_TYPE_NUL_STRING : MNL_TYPE_BINARY)

static const struct attr_field attributes[__RIVET_A_EVENT_MAX] = {
#define RIVET_FIELD(id, key, member, form, when) \
	[RIVET_A_EVENT_##id] = { MNL_TYPE_OF(RIVET_FIELD_TYPE(RIVET_FORM_##form)), \
				 offsetof(struct event, member) },
#include "text/fields.def"
};

static_assert(__RIVET_A_EVENT_MAX <= 64, "struct event.present has a bit for each attribute");

static void forget(struct event *event, enum rivet_a_event attr)
{
	event->present &= ~(1ULL << attr);
}

/* The kernel sends zeros for members that a verdict without a file does not have. */
static void forget_missing_file(struct event *event)
{
	if (event->dev || event->ino)
		return;
	forget(event, RIVET_A_EVENT_DEV);
	forget(event, RIVET_A_EVENT_INO);
	forget(event, RIVET_A_EVENT_FSMAGIC);
	if (!event->size)
		forget(event, RIVET_A_EVENT_SIZE);
	if (!event->path_flags)
		forget(event, RIVET_A_EVENT_PATH_FLAGS);
}

/**
 * event_decode() - decode an event from a RIVET_CMD_EVENT message
 * @nlh: the message, from attrs_next_message()
 * @out: the event; its slices point into the message
 *
 * Return: 0; -ENOMSG if the message is another command; -EBADMSG if it is
 * malformed or lacks number, time or kind.
 */
int event_decode(const struct nlmsghdr *nlh, struct event *out)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	memset(out, 0, sizeof(*out));
	if (mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
		return -EBADMSG;
	if (genl->cmd != RIVET_CMD_EVENT)
		return -ENOMSG;
	if (attrs_decode_genl(nlh, attributes, __RIVET_A_EVENT_MAX, out, &out->present))
		return -EBADMSG;
	if (!event_has(out, RIVET_A_EVENT_TIME) || !event_has(out, RIVET_A_EVENT_KIND) || !out->seq)
		return -EBADMSG;
	if (!out->count)
		out->count = 1;
	out->present |= 1ULL << RIVET_A_EVENT_COUNT;
	forget_missing_file(out);
	return 0;
}

static void copy_slice(struct rivet_slice *slice, char **to)
{
	if (slice->len)
		memcpy(*to, slice->ptr, slice->len);
	slice->ptr = *to;
	*to += slice->len;
}

/**
 * event_copy() - keep an event beyond its message
 * @event: the event
 * @out: the copy
 * @storage: the bytes that the copy points into; free with free()
 *
 * Return: 0 or -ENOMEM.
 */
int event_copy(const struct event *event, struct event *out, char **storage)
{
	size_t i, size = 1;
	char *to;

	*out = *event;
	for (i = 0; i < event_fields_count; i++) {
		if (event_field_is_slice(&event_fields[i]))
			size += event_field_slice(out, &event_fields[i])->len;
	}
	to = *storage = malloc(size);
	if (!to)
		return -ENOMEM;
	for (i = 0; i < event_fields_count; i++) {
		if (event_field_is_slice(&event_fields[i]))
			copy_slice(event_field_slice(out, &event_fields[i]), &to);
	}
	return 0;
}

/**
 * event_outcome() - the outcome of the request
 * @event: the event
 *
 * Return: see enum event_outcome.
 */
enum event_outcome event_outcome(const struct event *event)
{
	if (event->kind != RIVET_EVENT_VERDICT)
		return event->error ? EVENT_REFUSED : EVENT_DONE;
	if (event->error)
		return EVENT_DENIED;
	return rivet_action_refuses(event->action) ? EVENT_WOULD_DENY : EVENT_PERMITTED;
}

/**
 * event_severity() - the priority of an event in the system's log
 * @event: the event
 *
 * A refusal ranks above one that audit mode would have made, and that above the rest.
 *
 * Return: LOG_WARNING, LOG_NOTICE or LOG_INFO.
 */
int event_severity(const struct event *event)
{
	switch (event_outcome(event)) {
	case EVENT_DENIED:
	case EVENT_REFUSED:
		return LOG_WARNING;
	case EVENT_WOULD_DENY:
	case EVENT_DONE:
		return LOG_NOTICE;
	default:
		return LOG_INFO;
	}
}

/**
 * event_severity_word() - event_severity() for programs
 * @event: the event
 *
 * Return: a static string, as syslog(3) names it.
 */
const char *event_severity_word(const struct event *event)
{
	switch (event_severity(event)) {
	case LOG_WARNING:
		return "warning";
	case LOG_NOTICE:
		return "notice";
	default:
		return "info";
	}
}

/**
 * event_outcome_word() - event_outcome() for people
 * @event: the event
 *
 * Return: a static string.
 */
const char *event_outcome_word(const struct event *event)
{
	static const char * const words[] = {
		[EVENT_DONE] = "done",
		[EVENT_REFUSED] = "refused",
		[EVENT_PERMITTED] = "permitted",
		[EVENT_WOULD_DENY] = "would be denied",
		[EVENT_DENIED] = "denied",
	};

	return words[event_outcome(event)];
}

/**
 * event_errno_name() - symbol of an errno that rivet returns
 * @error: positive errno
 *
 * Return: a static string, "EACCES" for instance; NULL if it has no name.
 */
const char *event_errno_name(unsigned int error)
{
	static const struct {
		unsigned int error;
		const char *name;
	} names[] = {
		{ EPERM, "EPERM" }, { ENOENT, "ENOENT" }, { EINTR, "EINTR" }, { EIO, "EIO" },
		{ E2BIG, "E2BIG" }, { ENOMEM, "ENOMEM" }, { EACCES, "EACCES" },
		{ EBUSY, "EBUSY" }, { EEXIST, "EEXIST" }, { EINVAL, "EINVAL" },
		{ ETXTBSY, "ETXTBSY" }, { EFBIG, "EFBIG" }, { ENOSPC, "ENOSPC" },
		{ ERANGE, "ERANGE" }, { ELOOP, "ELOOP" }, { EBADMSG, "EBADMSG" },
		{ EOVERFLOW, "EOVERFLOW" }, { EOPNOTSUPP, "EOPNOTSUPP" }, { EALREADY, "EALREADY" },
		{ ESTALE, "ESTALE" }, { ENOKEY, "ENOKEY" }, { EKEYREVOKED, "EKEYREVOKED" },
		{ EKEYREJECTED, "EKEYREJECTED" }, { ENOPKG, "ENOPKG" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].error == error)
			return names[i].name;
	}
	return NULL;
}

/**
 * event_time() - format a time as in RFC 3339, in UTC
 * @time: nanoseconds since 1970
 * @fraction: with nanoseconds
 * @buf: destination
 */
void event_time(uint64_t time, bool fraction, char buf[EVENT_TIME_MAX])
{
	time_t seconds = time / NSEC_PER_SEC;
	unsigned long nanoseconds = time % NSEC_PER_SEC;
	struct tm tm = { 0 };
	size_t len;

	gmtime_r(&seconds, &tm);
	len = strftime(buf, EVENT_TIME_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	if (fraction)
		snprintf(buf + len, EVENT_TIME_MAX - len, ".%09luZ", nanoseconds);
	else
		snprintf(buf + len, EVENT_TIME_MAX - len, "Z");
}
