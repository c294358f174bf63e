// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the kernel's answer to a check of a file
 *
 * Lines of "key: value"; "op:" begins the lines about one operation. Keys that
 * a newer kernel adds are skipped.
 */
#include <errno.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/kernel/answer.h"
#include "text/names.h"

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
	if (rivet_slice_equal(key, "asked")) {
		op->asked = !rivet_slice_equal(value, "no");
	} else if (rivet_slice_equal(key, "set")) {
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
	int op = rivet_name_op_parse(word.ptr, word.len);

	if (op < 0)
		return NULL;
	answer->ops[op].present = true;
	answer->ops[op].asked = true;
	return &answer->ops[op];
}

static bool is_whole(const struct answer *answer)
{
	const struct answer_op *op;
	bool any = false;

	for (op = answer->ops; op < answer->ops + __RIVET_OP_MAX; op++) {
		if (op->present && (!op->action.len || !op->reason_word.len))
			return false;
		any |= op->present;
	}
	return any;
}

/**
 * answer_parse() - parse an answer
 * @text: the answer
 * @out: the parsed answer; points into @text
 *
 * Return: 0, or -EBADMSG if it is malformed or incomplete.
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
	return out->path.len && is_whole(out) ? 0 : -EBADMSG;
}

/* The kernel was asked about both uses of a file that may be a program or a library. */
static bool is_about_program(const struct answer *answer)
{
	return answer->ops[RIVET_OP_EXECUTE].present && answer->ops[RIVET_OP_MMAP].present;
}

/* A library is not executed: that it is not listed for EXECUTE is correct. */
static bool is_no_program(const struct answer *answer, bool has_x)
{
	return !has_x || answer->ops[RIVET_OP_EXECUTE].reason == RIVET_REASON_WRONG_USE;
}

static enum rivet_op main_of_program(const struct answer *answer, bool has_x)
{
	if (!answer->ops[RIVET_OP_EXECUTE].permitted && is_no_program(answer, has_x) &&
	    (answer->ops[RIVET_OP_MMAP].permitted || !has_x))
		return RIVET_OP_MMAP;
	return RIVET_OP_EXECUTE;
}

/**
 * answer_main() - choose the operation to report
 * @answer: the answer
 * @has_x: the file has an execute permission bit
 *
 * Return: the operation that matters for this file: for a program, a library or a file that
 * rules want listed, the operation it is meant for; else the first one refused, or asked
 * about.
 */
enum rivet_op answer_main(const struct answer *answer, bool has_x)
{
	int op, asked = -1, first = -1;

	/* A file that rules want listed for reading is meant to be read. */
	if (is_about_program(answer) && !answer->ops[RIVET_OP_READ].asked)
		return main_of_program(answer, has_x);
	if (is_about_program(answer))
		return RIVET_OP_READ;
	for (op = 0; op < __RIVET_OP_MAX; op++) {
		if (!answer->ops[op].present)
			continue;
		if (!answer->ops[op].permitted)
			return op;
		if (asked < 0 && answer->ops[op].asked)
			asked = op;
		if (first < 0)
			first = op;
	}
	return asked < 0 ? first : asked;
}

/**
 * answer_is_runnable() - can the file do its job?
 * @answer: the answer
 * @has_x: see answer_main()
 *
 * Return: true if every operation asked about is permitted; for a file that may be a
 * program or a library, if the operation it is meant for is.
 */
bool answer_is_runnable(const struct answer *answer, bool has_x)
{
	return answer->ops[answer_main(answer, has_x)].permitted;
}
