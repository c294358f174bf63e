// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - the state of a file, by the kernel
 *
 * The kernel is asked, not the event: the event is from before, and it was read from a file.
 */
#include <string.h>

#include "ask.h"
#include "lib/base/text.h"
#include "lib/kernel/answer.h"
#include "lib/kernel/secfs.h"

static bool is_mismatch(const struct answer_op *op, struct rivet_digest *expected)
{
	return (op->reason == RIVET_REASON_MISMATCH || op->reason == RIVET_REASON_QUARANTINED) &&
	       op->expected.len &&
	       !rivet_digest_parse(op->expected.ptr, op->expected.len, expected);
}

/* A library that is listed as one is no program, and good all the same. */
static bool is_good(const struct answer_op *op)
{
	return op->reason == RIVET_REASON_MATCH || op->reason == RIVET_REASON_WRONG_USE;
}

static enum ask_state judge(const struct answer *answer, struct rivet_digest *expected)
{
	enum ask_state state = ASK_GOOD;
	const struct answer_op *op;

	for (op = answer->ops; op < answer->ops + __RIVET_OP_MAX; op++) {
		if (!op->present)
			continue;
		if (is_mismatch(op, expected))
			return ASK_MISMATCH;
		if (!is_good(op))
			state = ASK_OTHER;
	}
	return state;
}

/**
 * ask_about() - ask the kernel about a file
 * @path: the file
 * @state: set to its state
 * @expected: set to the digest that a RIV names, if that is ASK_MISMATCH
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_UNREACHABLE if the module is not loaded; or the exit status of another
 * error.
 */
int ask_about(const char *path, enum ask_state *state, struct rivet_digest *expected,
	      struct err *err)
{
	struct buffer question = { 0 }, text = { 0 };
	struct answer answer;
	int ret;

	buffer_add_text(&question, path);
	if (question.failed)
		return err_set(err, EXIT_OTHER, NULL, "cannot ask: out of memory");
	ret = secfs_check(&question, path, &text, err);
	if (!ret && answer_parse(&text, &answer))
		ret = err_set(err, EXIT_OTHER, "use the rivet-remedy of the module's version",
			      "cannot ask about %s: the kernel's answer is not understood",
			      err_name(path));
	if (!ret)
		*state = judge(&answer, expected);
	buffer_free(&question);
	buffer_free(&text);
	return ret;
}

/**
 * ask_is_enforcing() - ask the kernel for the mode
 * @enforcing: set to whether it enforces
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int ask_is_enforcing(bool *enforcing, struct err *err)
{
	struct buffer text = { 0 };
	int ret = secfs_read("mode", &text, err);

	if (!ret)
		*enforcing = text.len >= 7 && !memcmp(text.data, "enforce", 7);
	buffer_free(&text);
	return ret;
}
