// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events as userspace sees them: back from the JSON form
 *
 * Reads lines that event/json.c wrote, for events that the kernel no longer
 * holds. A log file is input from outside: a line that is anything else is
 * refused, and nothing outside it is read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/event/decode.h"
#include "text/names.h"

#define NSEC_PER_SEC	1000000000ULL
#define SECONDS_LEN	(sizeof("2026-11-21T06:18:00") - 1)
#define FRACTION_LEN	(sizeof(".000000000Z") - 1)

/* What is left of the text, which is a copy that strings are unescaped in. */
struct cursor {
	char *pos;
	char *end;
};

/* How a member's value becomes the struct's. */
enum form {
	FORM_SLICE, FORM_U64, FORM_U32, FORM_TIME, FORM_DEV, FORM_FSMAGIC, FORM_LOGINUID,
	FORM_KIND, FORM_OP, FORM_HOOK, FORM_MODE, FORM_ACTION, FORM_REASON, FORM_FLAGS,
};

struct member {
	const char *key;
	enum rivet_a_event attr;
	enum form form;
	size_t offset;
};

#define MEMBER(key, attr, form, member) \
	{ key, RIVET_A_EVENT_##attr, FORM_##form, offsetof(struct event, member) }

static const struct member members[] = {
	MEMBER("seq", SEQ, U64, seq),
	MEMBER("time", TIME, TIME, time),
	MEMBER("kind", KIND, KIND, kind),
	MEMBER("count", COUNT, U32, count),
	MEMBER("errno", ERRNO, U32, error),
	MEMBER("op", OP, OP, op),
	MEMBER("hook", HOOK, HOOK, hook),
	MEMBER("mode", MODE, MODE, mode),
	MEMBER("action", ACTION, ACTION, action),
	MEMBER("reason", REASON, REASON, reason),
	MEMBER("path", PATH, SLICE, path),
	MEMBER("path_flags", PATH_FLAGS, FLAGS, path_flags),
	MEMBER("measured", MEASURED, SLICE, measured),
	MEMBER("expected", EXPECTED, SLICE, expected),
	MEMBER("expected_path", EXPECTED_PATH, SLICE, expected_path),
	MEMBER("size", SIZE, U64, size),
	MEMBER("dev", DEV, DEV, dev),
	MEMBER("ino", INO, U64, ino),
	MEMBER("fsmagic", FSMAGIC, FSMAGIC, fsmagic),
	MEMBER("pid", PID, U32, pid),
	MEMBER("uid", UID, U32, uid),
	MEMBER("loginuid", LOGINUID, LOGINUID, loginuid),
	MEMBER("comm", COMM, SLICE, comm),
	MEMBER("exe", EXE, SLICE, exe),
	MEMBER("exe_file", EXE_FILE, SLICE, exe_file),
	MEMBER("set", SET, SLICE, set),
	MEMBER("set_version", SET_VERSION, U64, set_version),
	MEMBER("policy", POLICY_NAME, SLICE, policy),
	MEMBER("policy_version", POLICY_VERSION, SLICE, policy_version),
	MEMBER("rule_line", RULE_LINE, U32, rule_line),
	MEMBER("riv_generation", RIV_GENERATION, U64, riv_generation),
	MEMBER("policy_generation", POLICY_GENERATION, U64, policy_generation),
	MEMBER("detail", DETAIL, SLICE, detail),
};

#define MEMBER_COUNT (sizeof(members) / sizeof(members[0]))

static bool take(struct cursor *c, char wanted)
{
	if (c->pos == c->end || *c->pos != wanted)
		return false;
	c->pos++;
	return true;
}

static bool take_word(struct cursor *c, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(c->end - c->pos) < len || memcmp(c->pos, word, len))
		return false;
	c->pos += len;
	return true;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The writer has only control characters as \u00XX. */
static bool take_unicode(struct cursor *c, char *out)
{
	int high, low;

	if (!take_word(c, "00") || c->end - c->pos < 2)
		return false;
	high = hex_value(c->pos[0]);
	low = hex_value(c->pos[1]);
	if (high < 0 || high > 7 || low < 0)
		return false;
	*out = high << 4 | low;
	c->pos += 2;
	return true;
}

static bool take_escape(struct cursor *c, char *out)
{
	if (c->pos == c->end)
		return false;
	switch (*c->pos++) {
	case '"':
		*out = '"';
		return true;
	case '\\':
		*out = '\\';
		return true;
	case 'n':
		*out = '\n';
		return true;
	case 'u':
		return take_unicode(c, out);
	default:
		return false;
	}
}

/* Unescapes in place: what comes out is never longer than what went in. */
static bool take_string(struct cursor *c, struct rivet_slice *out)
{
	char *to;

	if (!take(c, '"'))
		return false;
	to = c->pos;
	*out = (struct rivet_slice){ .ptr = to };
	while (c->pos < c->end && *c->pos != '"') {
		char byte = *c->pos++;

		if (byte == '\\' && !take_escape(c, &byte))
			return false;
		*to++ = byte;
	}
	out->len = to - out->ptr;
	return take(c, '"');
}

static bool take_number(struct cursor *c, uint64_t *out)
{
	struct rivet_slice digits = { .ptr = c->pos };
	u64 value;

	while (c->pos < c->end && *c->pos >= '0' && *c->pos <= '9')
		c->pos++;
	digits.len = c->pos - digits.ptr;
	if (rivet_parse_u64(digits.ptr, digits.len, &value))
		return false;
	*out = value;
	return true;
}

static bool parse_time(struct rivet_slice text, uint64_t *out)
{
	char seconds[SECONDS_LEN + sizeof("Z")];
	u64 nanoseconds = 0;
	s64 value;
	size_t i;

	if (text.len != SECONDS_LEN + FRACTION_LEN || text.ptr[SECONDS_LEN] != '.' ||
	    text.ptr[text.len - 1] != 'Z')
		return false;
	memcpy(seconds, text.ptr, SECONDS_LEN);
	seconds[SECONDS_LEN] = 'Z';
	if (rivet_parse_time(seconds, SECONDS_LEN + 1, &value) || value < 0)
		return false;
	for (i = SECONDS_LEN + 1; i < text.len - 1; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		nanoseconds = nanoseconds * 10 + text.ptr[i] - '0';
	}
	return !__builtin_mul_overflow((uint64_t)value, NSEC_PER_SEC, out) &&
	       !__builtin_add_overflow(*out, nanoseconds, out);
}

/* "8:1" as new_encode_dev() has it. */
static bool parse_dev(struct rivet_slice text, uint32_t *out)
{
	const char *colon = memchr(text.ptr, ':', text.len);
	u64 major, minor;

	if (!colon || rivet_parse_u64(text.ptr, colon - text.ptr, &major) ||
	    rivet_parse_u64(colon + 1, text.ptr + text.len - colon - 1, &minor) ||
	    major > 0xfff || minor > 0xfffff)
		return false;
	*out = (minor & 0xff) | major << 8 | (minor & ~0xffULL) << 12;
	return true;
}

static bool parse_hex(struct rivet_slice text, uint64_t *out)
{
	size_t i;

	if (text.len < 3 || text.len > 18 || memcmp(text.ptr, "0x", 2))
		return false;
	*out = 0;
	for (i = 2; i < text.len; i++) {
		int digit = hex_value(text.ptr[i]);

		if (digit < 0)
			return false;
		*out = *out << 4 | digit;
	}
	return true;
}

static const char *word_of(enum form form, unsigned int value)
{
	switch (form) {
	case FORM_KIND:
		return rivet_name_event(value);
	case FORM_HOOK:
		return rivet_name_hook(value);
	case FORM_MODE:
		return rivet_name_mode(value);
	case FORM_OP:
		return rivet_name_op(value);
	case FORM_ACTION:
		return rivet_name_action(value);
	default:
		return rivet_name_reason(value);
	}
}

/* A word of a newer version stays what it is: a value outside the enumeration. */
static uint8_t parse_word(enum form form, struct rivet_slice text)
{
	unsigned int value;

	for (value = 0; value < UINT8_MAX; value++) {
		if (rivet_slice_equal(text, word_of(form, value)))
			return value;
	}
	return UINT8_MAX;
}

static bool take_flags(struct cursor *c, uint8_t *out)
{
	struct rivet_slice word;

	if (!take(c, '['))
		return false;
	while (!take(c, ']')) {
		if (!take_string(c, &word))
			return false;
		if (rivet_slice_equal(word, "deleted"))
			*out |= RIVET_PATH_DELETED;
		else if (rivet_slice_equal(word, "foreign"))
			*out |= RIVET_PATH_FOREIGN;
		else if (rivet_slice_equal(word, "truncated"))
			*out |= RIVET_PATH_TRUNCATED;
		take(c, ',');
	}
	return true;
}

static bool take_u32(struct cursor *c, uint32_t *out)
{
	uint64_t value;

	if (!take_number(c, &value) || value > UINT32_MAX)
		return false;
	*out = value;
	return true;
}

static bool take_loginuid(struct cursor *c, uint32_t *out)
{
	if (take_word(c, "null")) {
		*out = UINT32_MAX;
		return true;
	}
	return take_u32(c, out);
}

static bool take_value(struct cursor *c, const struct member *m, struct event *event)
{
	void *to = (char *)event + m->offset;
	struct rivet_slice text;

	switch (m->form) {
	case FORM_U64:
		return take_number(c, to);
	case FORM_U32:
		return take_u32(c, to);
	case FORM_LOGINUID:
		return take_loginuid(c, to);
	case FORM_FLAGS:
		return take_flags(c, to);
	case FORM_SLICE:
		return take_string(c, to);
	case FORM_TIME:
		return take_string(c, &text) && parse_time(text, to);
	case FORM_DEV:
		return take_string(c, &text) && parse_dev(text, to);
	case FORM_FSMAGIC:
		return take_string(c, &text) && parse_hex(text, to);
	default:
		if (!take_string(c, &text))
			return false;
		*(uint8_t *)to = parse_word(m->form, text);
		return true;
	}
}

/* Undo rivet_name_escape(), in place. */
static void unescape_name(struct rivet_slice *name)
{
	char *to = (char *)name->ptr;
	const char *from = name->ptr, *end = from + name->len;

	while (from < end) {
		if (*from != '\\' || end - from < 2) {
			*to++ = *from++;
		} else if (from[1] == 'x' && end - from >= 4 && hex_value(from[2]) >= 0 &&
			   hex_value(from[3]) >= 0) {
			*to++ = hex_value(from[2]) << 4 | hex_value(from[3]);
			from += 4;
		} else {
			*to++ = from[1];
			from += 2;
		}
	}
	name->len = to - name->ptr;
}

static bool is_escaped_mark(struct rivet_slice key, const struct member *m)
{
	static const char suffix[] = "_escaped";
	size_t len = strlen(m->key);

	return m->form == FORM_SLICE && key.len == len + sizeof(suffix) - 1 &&
	       !memcmp(key.ptr, m->key, len) &&
	       !memcmp(key.ptr + len, suffix, sizeof(suffix) - 1);
}

/* Members that say nothing that others do not: "permitted", "error", "schema". */
static bool skip_value(struct cursor *c)
{
	struct rivet_slice text;
	uint64_t number;

	if (c->pos < c->end && *c->pos == '"')
		return take_string(c, &text);
	return take_word(c, "true") || take_word(c, "false") || take_word(c, "null") ||
	       take_number(c, &number);
}

static bool take_member(struct cursor *c, struct event *event)
{
	struct rivet_slice key;
	const struct member *m;

	if (!take_string(c, &key) || !take(c, ':'))
		return false;
	for (m = members; m < members + MEMBER_COUNT; m++) {
		if (rivet_slice_equal(key, m->key)) {
			if (event_has(event, m->attr) || !take_value(c, m, event))
				return false;
			event->present |= 1ULL << m->attr;
			return true;
		}
		if (is_escaped_mark(key, m) && event_has(event, m->attr)) {
			unescape_name((struct rivet_slice *)((char *)event + m->offset));
			break;
		}
	}
	return skip_value(c);
}

static bool take_event(struct cursor *c, struct event *event)
{
	if (!take_word(c, "{\"schema\":\"rivet.event/1\""))
		return false;
	while (take(c, ',')) {
		if (!take_member(c, event))
			return false;
	}
	return take(c, '}') && c->pos == c->end;
}

/**
 * event_load() - an event from a line that event_json_line() wrote
 * @line: the line without its newline
 * @len: its bytes
 * @out: the event; its slices point into @storage
 * @storage: to be freed with buffer_free(), also on error
 *
 * Return: 0; -ENOMEM; -EBADMSG if the line is anything else.
 */
int event_load(const char *line, size_t len, struct event *out, struct buffer *storage)
{
	struct cursor c;

	memset(out, 0, sizeof(*out));
	memset(storage, 0, sizeof(*storage));
	buffer_add(storage, line, len);
	if (storage->failed)
		return -ENOMEM;
	c = (struct cursor){ .pos = storage->data, .end = storage->data + len };
	if (!take_event(&c, out))
		return -EBADMSG;
	if (!out->seq || !out->count || !event_has(out, RIVET_A_EVENT_TIME))
		return -EBADMSG;
	if (!out->error)
		out->present &= ~(1ULL << RIVET_A_EVENT_ERRNO);
	return 0;
}
