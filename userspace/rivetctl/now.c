// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the kernel's present verdict on the request of an event
 */
#include <limits.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/kernel/secfs.h"
#include "now.h"
#include "purpose.h"
#include "text/names.h"

/*
 * True if the path leads to the file and the kernel's check makes the request of the event.
 * A program is refused by one of two hooks, depending on the kernel.
 */
static bool can_be_asked(const struct event *event)
{
	if (event->kind != RIVET_EVENT_VERDICT || event->path_flags || !event->path.len ||
	    event->path.len >= PATH_MAX || event->path.ptr[0] != '/')
		return false;
	switch (event->op) {
	case RIVET_OP_EXECUTE:
		return event->hook == RIVET_HOOK_BPRM_CHECK_SECURITY ||
		       event->hook == RIVET_HOOK_FILE_OPEN;
	case RIVET_OP_MMAP:
		return event->hook == RIVET_HOOK_MMAP_FILE;
	case RIVET_OP_KMODULE:
	case RIVET_OP_FIRMWARE:
	case RIVET_OP_KEXEC:
		/* Otherwise a BPF program's veto was lifted, which does not depend on the file. */
		return event->hook == RIVET_HOOK_KERNEL_POST_READ_FILE &&
		       event->reason != RIVET_REASON_UNMEASURED;
	default:
		return false;
	}
}

/* Does a rule depend on the acting program? The kernel answers for rivetctl, run by root. */
static bool is_about_others(struct rivet_slice line, const char *op)
{
	struct rivet_slice word;
	bool is_of_op = false, has_actor = false;

	while (text_next_word(&line, &word)) {
		if (rivet_slice_take_prefix(&word, "op="))
			is_of_op = rivet_slice_equal(word, op);
		else if (rivet_slice_take_prefix(&word, "exe=") ||
			 rivet_slice_take_prefix(&word, "uid="))
			has_actor = true;
	}
	return is_of_op && has_actor;
}

static bool depends_on_actor(enum rivet_op op)
{
	struct buffer text = { 0 };
	struct rivet_slice rest, line;
	struct err unused;
	bool depends = secfs_read("policy", &text, &unused);

	rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
	while (!depends && text_next_line(&rest, &line))
		depends = is_about_others(line, rivet_name_op(op));
	buffer_free(&text);
	return depends;
}

/* Copies the members that the answer renews; the others stay. */
static void make_event(const struct event *event, struct now *now)
{
	const struct answer *answer = &now->answer;

	now->event = *event;
	now->event.reason = now->op->reason < 0 ? UINT8_MAX : now->op->reason;
	now->event.expected_path = now->op->expected_path;
	now->event.set = now->op->set;
	now->event.rule_line = now->op->rule;
	now->event.size = answer->size;
	now->event.detail = (struct rivet_slice){ 0 };
	now->event.present &= ~(1ULL << RIVET_A_EVENT_MEASURED);
	if (!rivet_slice_equal(answer->measured, "-"))
		now->event.present |= 1ULL << RIVET_A_EVENT_MEASURED;
}

/**
 * now_ask() - ask the kernel for its present verdict
 * @event: an event
 * @now: filled; release with now_free(). @now->op stays NULL without an answer,
 *	or if the answer would differ for the acting program
 */
void now_ask(const struct event *event, struct now *now)
{
	struct purpose purpose = { .ops = 1U << event->op };
	struct buffer question = { 0 };
	struct err unused;
	char path[PATH_MAX];

	memset(now, 0, sizeof(*now));
	if (!can_be_asked(event) || depends_on_actor(event->op))
		return;
	memcpy(path, event->path.ptr, event->path.len);
	path[event->path.len] = '\0';
	purpose_ask(&purpose, path, &question);
	if (strlen(path) == event->path.len && !question.failed &&
	    !secfs_check(&question, path, &now->text, &unused) &&
	    !answer_parse(&now->text, &now->answer) && now->answer.ops[event->op].present) {
		now->op = &now->answer.ops[event->op];
		make_event(event, now);
	}
	buffer_free(&question);
}

/**
 * now_differs() - is the event's verdict outdated?
 * @now: from now_ask()
 * @event: the event
 *
 * Return: true if the kernel would permit it now, or refuse it for another reason.
 */
bool now_differs(const struct now *now, const struct event *event)
{
	return now->op && (now->op->permitted || now->event.reason != event->reason);
}

/**
 * now_free() - release an answer
 * @now: filled by now_ask()
 */
void now_free(struct now *now)
{
	buffer_free(&now->text);
}
