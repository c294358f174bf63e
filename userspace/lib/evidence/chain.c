// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - evidence: the event chain, computed as the kernel does
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <openssl/sha.h>

#include "lib/base/text.h"
#include "lib/evidence/chain.h"
#include "lib/event/fields.h"

#define NSEC_PER_SEC	UINT64_C(1000000000)

/**
 * event_link_parse() - parse a link
 * @text: "sha256:" and 64 hexadecimal digits; all zero before the first event
 * @link: filled
 *
 * Return: false for any other text.
 */
bool event_link_parse(struct rivet_slice text, uint8_t link[EVENT_LINK_SIZE])
{
	return rivet_slice_take_prefix(&text, "sha256:") &&
	       !rivet_parse_hex(text.ptr, text.len, link, EVENT_LINK_SIZE);
}

static void add_number(const struct event *event, const struct event_field *field,
		       struct buffer *out)
{
	uint64_t number = event_field_number(event, field);

	if (field->form == RIVET_FORM_TIME)
		text_add(out, "%" PRIu64 ".%09" PRIu64, number / NSEC_PER_SEC,
			 number % NSEC_PER_SEC);
	else if (field->form == RIVET_FORM_FLAGS)
		text_add(out, "%" PRIu64, number);
	else
		event_field_text(event, field, out);
}

static bool is_quoted(const struct event_field *field)
{
	return field->form == RIVET_FORM_COMM || field->form == RIVET_FORM_TEXT ||
	       field->form == RIVET_FORM_DETAIL;
}

static void add_word(const struct event *event, const struct event_field *field,
		     struct buffer *out)
{
	text_add(out, "%s%s=", out->len ? " " : "", field->key);
	if (is_quoted(field))
		buffer_add_text(out, "\"");
	if (event_field_is_slice(field))
		event_field_text(event, field, out);
	else
		add_number(event, field, out);
	if (is_quoted(field))
		buffer_add_text(out, "\"");
}

/* The kernel sends an errno with every event, event_load() forgets a zero. */
static bool is_hashed(const struct event *event, const struct event_field *field)
{
	return field->attr != RIVET_A_EVENT_SEQ && field->form != RIVET_FORM_LINK &&
	       (event_has(event, field->attr) || field->attr == RIVET_A_EVENT_ERRNO);
}

static int digest_words(const struct event *event, uint8_t digest[EVENT_LINK_SIZE])
{
	struct buffer words = { 0 };
	bool failed;
	size_t i;

	for (i = 0; i < event_fields_count; i++) {
		if (is_hashed(event, &event_fields[i]))
			add_word(event, &event_fields[i], &words);
	}
	failed = words.failed || !words.data;
	if (!failed)
		SHA256((const uint8_t *)words.data, words.len, digest);
	buffer_free(&words);
	return failed ? -ENOMEM : 0;
}

/**
 * event_link_make() - compute the chain up to an event
 * @before: the chain up to the event before
 * @event: the event
 * @link: filled
 *
 * Return: 0 or -ENOMEM.
 */
int event_link_make(const uint8_t before[EVENT_LINK_SIZE], const struct event *event,
		    uint8_t link[EVENT_LINK_SIZE])
{
	uint8_t bytes[EVENT_LINK_SIZE + sizeof(event->seq) + EVENT_LINK_SIZE], *to = bytes;
	unsigned int shift;

	memcpy(to, before, EVENT_LINK_SIZE);
	to += EVENT_LINK_SIZE;
	for (shift = 64; shift; shift -= 8)
		*to++ = event->seq >> (shift - 8);
	if (digest_words(event, to))
		return -ENOMEM;
	SHA256(bytes, sizeof(bytes), link);
	return 0;
}
