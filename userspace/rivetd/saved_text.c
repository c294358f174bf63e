// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the text of the saved quarantine list
 *
 * Of a damaged text, each line that is an entry counts: an entry only refuses.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "quarantine/line.h"
#include "saved_text.h"

#define MAGIC		"rivet-quarantine-list 1 "
#define END		"end "
#define SUM_DIGITS	16

static unsigned int count_lines(struct rivet_slice text)
{
	struct rivet_slice line;
	unsigned int count = 0;

	while (text_next_line(&text, &line))
		count++;
	return count;
}

static void format_end(char *to, size_t size, unsigned int count, struct rivet_slice before)
{
	snprintf(to, size, END "%u %0*" PRIx64, count, SUM_DIGITS, text_sum(before));
}

/**
 * saved_text_make() - compose the text
 * @out: the text is appended; was empty
 * @list: name of the list of the kernel, one word
 * @entries: content of the kernel's file
 */
void saved_text_make(struct buffer *out, const char *list, struct rivet_slice entries)
{
	char end[64];

	text_add(out, MAGIC "%s\n", list);
	buffer_add(out, entries.ptr, entries.len);
	if (out->failed)
		return;
	format_end(end, sizeof(end), count_lines(entries),
		   (struct rivet_slice){ .ptr = out->data, .len = out->len });
	text_add(out, "%s\n", end);
}

static void damage(struct saved_text *out, unsigned int line, const char *expected)
{
	if (out->damaged)
		return;
	out->damaged = line;
	out->expected = expected;
}

static void read_first(struct rivet_slice line, struct saved_text *out)
{
	if (!rivet_slice_take_prefix(&line, MAGIC) || !line.len || line.len >= SAVED_LIST_MAX) {
		damage(out, 1, MAGIC "and the name of a list");
		return;
	}
	memcpy(out->list, line.ptr, line.len);
}

static void read_entry(struct rivet_slice line, unsigned int number, struct saved_text *out)
{
	struct rivet_quarantined entry;
	struct rivet_parse_error error = { 0 };

	if (rivet_quarantine_line_parse(line.ptr, line.len, &entry, &error)) {
		damage(out, number, error.expected);
		return;
	}
	buffer_add_text(&out->add, "add ");
	buffer_add(&out->add, line.ptr, line.len);
	buffer_add_text(&out->add, "\n");
	out->entries++;
}

static bool is_end(struct rivet_slice line, struct rivet_slice before, unsigned int count)
{
	char end[64];

	format_end(end, sizeof(end), count, before);
	return rivet_slice_equal(line, end);
}

/**
 * saved_text_read() - read the text
 * @text: the text
 * @out: filled; free with saved_text_free(). @out->add.failed if memory ran out
 */
void saved_text_read(struct rivet_slice text, struct saved_text *out)
{
	struct rivet_slice rest = text, line, before;
	unsigned int number = 0;
	bool ended = false;

	memset(out, 0, sizeof(*out));
	while (!ended && text_next_line(&rest, &line)) {
		number++;
		before = (struct rivet_slice){ .ptr = text.ptr, .len = line.ptr - text.ptr };
		if (number == 1)
			read_first(line, out);
		else if (line.len >= sizeof(END) - 1 && !memcmp(line.ptr, END, sizeof(END) - 1))
			ended = is_end(line, before, number - 2);
		else
			read_entry(line, number, out);
	}
	if (!ended || rest.len)
		damage(out, number ? number : 1, "end, the number of entries, and the checksum of all before");
}

/**
 * saved_text_free() - release the entries
 * @text: from saved_text_read()
 */
void saved_text_free(struct saved_text *text)
{
	buffer_free(&text->add);
}
