// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events as userspace sees them: decoding
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/genetlink.h>

#include "lib/base/attrs.h"
#include "lib/event/decode.h"
#include "text/names.h"

#define NSEC_PER_SEC 1000000000ULL

#define FIELD(attr, kind, member) \
	[RIVET_A_EVENT_##attr] = { MNL_TYPE_##kind, offsetof(struct event, member) }

static const struct attr_field fields[__RIVET_A_EVENT_MAX] = {
	FIELD(SEQ, U64, seq),
	FIELD(TIME, U64, time),
	FIELD(KIND, U8, kind),
	FIELD(COUNT, U32, count),
	FIELD(DETAIL, NUL_STRING, detail),
	FIELD(ERRNO, U32, error),
	FIELD(OP, U8, op),
	FIELD(HOOK, U8, hook),
	FIELD(MODE, U8, mode),
	FIELD(ACTION, U8, action),
	FIELD(REASON, U8, reason),
	FIELD(PATH, BINARY, path),
	FIELD(PATH_FLAGS, U8, path_flags),
	FIELD(MEASURED, NUL_STRING, measured),
	FIELD(EXPECTED, NUL_STRING, expected),
	FIELD(EXPECTED_PATH, BINARY, expected_path),
	FIELD(SIZE, U64, size),
	FIELD(DEV, U32, dev),
	FIELD(INO, U64, ino),
	FIELD(FSMAGIC, U64, fsmagic),
	FIELD(PID, U32, pid),
	FIELD(UID, U32, uid),
	FIELD(LOGINUID, U32, loginuid),
	FIELD(COMM, BINARY, comm),
	FIELD(EXE, BINARY, exe),
	FIELD(EXE_FILE, BINARY, exe_file),
	FIELD(SET, NUL_STRING, set),
	FIELD(SET_VERSION, U64, set_version),
	FIELD(POLICY_NAME, NUL_STRING, policy),
	FIELD(POLICY_VERSION, NUL_STRING, policy_version),
	FIELD(RULE_LINE, U32, rule_line),
	FIELD(RIV_GENERATION, U64, riv_generation),
	FIELD(POLICY_GENERATION, U64, policy_generation),
};

static_assert(__RIVET_A_EVENT_MAX <= 64, "struct event.present has a bit for each attribute");

static void forget(struct event *event, enum rivet_a_event attr)
{
	event->present &= ~(1ULL << attr);
}

/* What a verdict without a file has nothing to say of, the kernel says as zeros. */
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
 * event_decode() - an event from a RIVET_CMD_EVENT message
 * @nlh: the message, of attrs_next_message()
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
	if (attrs_decode_genl(nlh, fields, __RIVET_A_EVENT_MAX, out, &out->present))
		return -EBADMSG;
	if (!event_has(out, RIVET_A_EVENT_TIME) || !event_has(out, RIVET_A_EVENT_KIND) || !out->seq)
		return -EBADMSG;
	if (!out->count)
		out->count = 1;
	forget_missing_file(out);
	return 0;
}

static void copy_slice(struct event *event, size_t offset, char **to)
{
	struct rivet_slice *slice = (void *)((char *)event + offset);

	if (slice->len)
		memcpy(*to, slice->ptr, slice->len);
	slice->ptr = *to;
	*to += slice->len;
}

/**
 * event_copy() - keep an event beyond its message
 * @event: the event
 * @out: the copy
 * @storage: what the copy points into; to be freed with free()
 *
 * Return: 0 or -ENOMEM.
 */
int event_copy(const struct event *event, struct event *out, char **storage)
{
	static const size_t slices[] = {
		offsetof(struct event, path), offsetof(struct event, measured),
		offsetof(struct event, expected), offsetof(struct event, expected_path),
		offsetof(struct event, comm), offsetof(struct event, exe),
		offsetof(struct event, exe_file),
		offsetof(struct event, set), offsetof(struct event, policy),
		offsetof(struct event, policy_version), offsetof(struct event, detail),
	};
	size_t i, size = 1;
	char *to;

	for (i = 0; i < sizeof(slices) / sizeof(slices[0]); i++)
		size += ((const struct rivet_slice *)((const char *)event + slices[i]))->len;
	to = *storage = malloc(size);
	if (!to)
		return -ENOMEM;
	*out = *event;
	for (i = 0; i < sizeof(slices) / sizeof(slices[0]); i++)
		copy_slice(out, slices[i], &to);
	return 0;
}

/**
 * event_outcome() - what became of the request
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
 * event_errno_name() - symbol of an errno that rivet gives
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
 * event_time() - a time as RFC 3339 has it, in UTC
 * @time: nanoseconds since 1970
 * @fraction: with nanoseconds
 * @buf: where to
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
