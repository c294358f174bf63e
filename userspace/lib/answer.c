// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the kernel's answer to a check of a file
 *
 * Lines of "key: value"; "op:" begins what is said about one operation. Keys
 * that a newer kernel adds are passed over.
 */
#include <errno.h>
#include <string.h>

#include "answer.h"
#include "names.h"
#include "text.h"

static bool take_about_file(struct answer *answer, struct rivet_slice key,
			    struct rivet_slice value)
{
	if (rivet_slice_equal(key, "path"))
		answer->path = value;
	else if (rivet_slice_equal(key, "measured"))
		answer->measured = value;
	else if (rivet_slice_equal(key, "fsmagic"))
		answer->fsmagic = value;
	else if (rivet_slice_equal(key, "size"))
		return !rivet_parse_u64(value.ptr, value.len, &answer->size);
	return true;
}

static void take_set(struct answer_op *op, struct rivet_slice value)
{
	text_next_word(&value, &op->set);
	text_next_word(&value, &op->set_version);
}

static bool take_verdict(struct answer_op *op, struct rivet_slice value)
{
	op->permitted = rivet_slice_equal(value, "permitted");
	return op->permitted || rivet_slice_equal(value, "refused");
}

static bool take_about_op(struct answer_op *op, struct rivet_slice key, struct rivet_slice value)
{
	if (rivet_slice_equal(key, "verdict"))
		return take_verdict(op, value);
	if (rivet_slice_equal(key, "rule"))
		return !rivet_parse_u64(value.ptr, value.len, &op->rule);
	if (rivet_slice_equal(key, "set")) {
		take_set(op, value);
	} else if (rivet_slice_equal(key, "action")) {
		op->action = value;
	} else if (rivet_slice_equal(key, "expected")) {
		op->expected = value;
	} else if (rivet_slice_equal(key, "expected-path")) {
		op->expected_path = value;
	} else if (rivet_slice_equal(key, "reason")) {
		op->reason_word = value;
		op->reason = rivet_name_reason_parse(value.ptr, value.len);
	}
	return true;
}

static struct answer_op *find_op(struct answer *answer, struct rivet_slice word)
{
	struct answer_op *op = NULL;

	if (rivet_slice_equal(word, "EXECUTE"))
		op = &answer->execute;
	else if (rivet_slice_equal(word, "MMAP"))
		op = &answer->mmap;
	if (op)
		op->present = true;
	return op;
}

static bool is_whole(const struct answer_op *op)
{
	return op->present && op->action.len && op->reason_word.len;
}

/**
 * answer_parse() - take an answer apart
 * @text: the answer
 * @out: what it says; points into @text
 *
 * Return: 0, or -EBADMSG if it is not understood or says too little.
 */
int answer_parse(const struct buffer *text, struct answer *out)
{
	struct rivet_slice rest = { .ptr = text->data, .len = text->len }, line, key;
	struct answer_op other, *op = NULL;
	bool in_op = false;

	memset(out, 0, sizeof(*out));
	memset(&other, 0, sizeof(other));
	while (text_next_line(&rest, &line)) {
		if (!rivet_slice_take_until(&line, ':', &key) ||
		    !rivet_slice_take_prefix(&line, " "))
			return -EBADMSG;
		if (rivet_slice_equal(key, "op")) {
			in_op = true;
			op = find_op(out, line);
		} else if (!in_op && !take_about_file(out, key, line)) {
			return -EBADMSG;
		} else if (in_op && !take_about_op(op ? op : &other, key, line)) {
			return -EBADMSG;
		}
	}
	return out->path.len && is_whole(&out->execute) && is_whole(&out->mmap) ? 0 : -EBADMSG;
}

/* A library is not to be run: that it is not listed for it is as it should be. */
static bool is_no_program(const struct answer *answer, bool has_x)
{
	return !has_x || answer->execute.reason == RIVET_REASON_WRONG_USE;
}

/**
 * answer_is_runnable() - would the file do what it is there for?
 * @answer: the answer
 * @has_x: the file may be executed as far as its mode is concerned
 *
 * Return: true if running it is permitted; or, if it is no program, mapping it.
 */
bool answer_is_runnable(const struct answer *answer, bool has_x)
{
	if (answer->execute.permitted)
		return true;
	return is_no_program(answer, has_x) && answer->mmap.permitted;
}

/**
 * answer_main() - which of the two operations to talk about
 * @answer: the answer
 * @has_x: see answer_is_runnable()
 *
 * Return: the one that matters for this file.
 */
const struct answer_op *answer_main(const struct answer *answer, bool has_x)
{
	if (!answer->execute.permitted && is_no_program(answer, has_x) &&
	    (answer->mmap.permitted || !has_x))
		return &answer->mmap;
	return &answer->execute;
}
