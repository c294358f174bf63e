// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events in userspace: reading the JSON form
 *
 * Reads lines written by event/json.c, for events that the kernel no longer
 * holds. A log file is untrusted input: any other line is refused, and nothing
 * outside the line is read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/event/decode.h"
#include "lib/event/fields.h"
#include "text/names.h"

#define NSEC_PER_SEC	1000000000ULL
#define SECONDS_LEN	(sizeof("2026-11-21T06:18:00") - 1)
#define FRACTION_LEN	(sizeof(".000000000Z") - 1)

/* The unread rest of a copy of the text; strings are unescaped in that copy. */
struct cursor {
	char *pos;
	char *end;
};

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

/* The writer uses \u00XX only for control characters. */
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

/* Unescapes in place: the result is never longer than its source. */
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

/* "8:1" as encoded by new_encode_dev(). */
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

/* A word of a newer version is kept as a value outside the enumeration. */
static uint8_t parse_word(enum rivet_field_form form, struct rivet_slice text)
{
	unsigned int value;

	for (value = 0; value < UINT8_MAX; value++) {
		if (rivet_slice_equal(text, rivet_field_word(form, value)))
			return value;
	}
	return UINT8_MAX;
}

static bool take_flags(struct cursor *c, uint8_t *out)
{
	struct rivet_slice word;
	const char *known;
	unsigned int bit;

	if (!take(c, '['))
		return false;
	while (!take(c, ']')) {
		if (!take_string(c, &word))
			return false;
		for (bit = 0; (known = event_field_flag(bit)); bit++) {
			if (rivet_slice_equal(word, known))
				*out |= 1 << bit;
		}
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

static bool take_value(struct cursor *c, const struct event_field *field, struct event *event)
{
	void *to = (char *)event + field->offset;
	struct rivet_slice text;

	if (event_field_is_slice(field))
		return take_string(c, to);
	switch (field->form) {
	case RIVET_FORM_U64:
		return take_number(c, to);
	case RIVET_FORM_U32:
		return take_u32(c, to);
	case RIVET_FORM_LOGINUID:
		return take_loginuid(c, to);
	case RIVET_FORM_FLAGS:
		return take_flags(c, to);
	case RIVET_FORM_TIME:
		return take_string(c, &text) && parse_time(text, to);
	case RIVET_FORM_DEV:
		return take_string(c, &text) && parse_dev(text, to);
	case RIVET_FORM_MAGIC:
		return take_string(c, &text) && parse_hex(text, to);
	default:
		if (!take_string(c, &text))
			return false;
		*(uint8_t *)to = parse_word(field->form, text);
		return true;
	}
}

/* Undoes rivet_name_escape(), in place. */
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

static bool is_escaped_mark(struct rivet_slice key, const struct event_field *field)
{
	static const char suffix[] = "_escaped";
	size_t len = strlen(field->key);

	return event_field_is_slice(field) && key.len == len + sizeof(suffix) - 1 &&
	       !memcmp(key.ptr, field->key, len) &&
	       !memcmp(key.ptr + len, suffix, sizeof(suffix) - 1);
}

/* Members that repeat others: "permitted", "error", "schema". */
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
	const struct event_field *field;

	if (!take_string(c, &key) || !take(c, ':'))
		return false;
	for (field = event_fields; field < event_fields + event_fields_count; field++) {
		if (rivet_slice_equal(key, field->key)) {
			if (event_has(event, field->attr) || !take_value(c, field, event))
				return false;
			event->present |= 1ULL << field->attr;
			return true;
		}
		if (is_escaped_mark(key, field) && event_has(event, field->attr)) {
			unescape_name(event_field_slice(event, field));
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
 * event_load() - read an event from a line of event_json_line()
 * @line: the line without its newline
 * @len: its length in bytes
 * @out: the event; its slices point into @storage
 * @storage: free with buffer_free(), also on error
 *
 * Return: 0; -ENOMEM; -EBADMSG for any other line.
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
