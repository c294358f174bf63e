// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events in userspace: plain words and advice
 *
 * event/words.c has the templates; this file fills them in.
 */
#include <inttypes.h>
#include <linux/kernel.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/event/decode.h"
#include "lib/event/words.h"
#include "text/names.h"

static const char *use_of(enum rivet_op op)
{
	switch (op) {
	case RIVET_OP_EXECUTE:
		return "exec";
	case RIVET_OP_MMAP:
	case RIVET_OP_MPROTECT:
		return "mmap";
	case RIVET_OP_ANON_EXEC:
		return "jit";
	case RIVET_OP_KMODULE:
	case RIVET_OP_KEXEC:
		return "kmod";
	case RIVET_OP_FIRMWARE:
		return "firmware";
	case RIVET_OP_SCRIPT:
		return "script";
	default:
		return "read";
	}
}

static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       strchr("/._+,:@%=-", c);
}

static bool is_quotable(char c)
{
	return c >= ' ' && c < 0x7f && c != '\'';
}

/* Quotes a name from outside for a command that someone may paste into a shell. */
static void add_path(struct buffer *out, struct rivet_slice path, const char *unnamed)
{
	bool plain = true, quotable = path.len > 0;
	size_t i;

	for (i = 0; i < path.len; i++) {
		plain = plain && path.ptr[i] && is_plain(path.ptr[i]);
		quotable = quotable && is_quotable(path.ptr[i]);
	}
	if (!quotable) {
		buffer_add_text(out, unnamed);
		return;
	}
	if (!plain)
		buffer_add_text(out, "'");
	buffer_add(out, path.ptr, path.len);
	if (!plain)
		buffer_add_text(out, "'");
}

static void add_set(struct buffer *out, struct rivet_slice set, const char *unnamed)
{
	if (set.len) {
		buffer_add_text(out, "RIV set ");
		text_add_bytes(out, set);
	} else {
		buffer_add_text(out, unnamed);
	}
}

static bool begins_with(struct rivet_slice path, const char *prefix)
{
	return rivet_slice_take_prefix(&path, prefix);
}

static bool is_temporary(struct rivet_slice path)
{
	static const char * const folders[] = { "/tmp/", "/var/tmp/", "/dev/shm/", "/run/" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		if (begins_with(path, folders[i]))
			return true;
	}
	return false;
}

static enum event_place place_of(const struct event *event)
{
	if (event->path_flags & RIVET_PATH_DELETED)
		return EVENT_PLACE_GONE;
	if (event->path_flags & RIVET_PATH_TRUNCATED)
		return EVENT_PLACE_SHORT;
	if (event->path_flags & RIVET_PATH_FOREIGN)
		return EVENT_PLACE_ELSEWHERE;
	return is_temporary(event->path) ? EVENT_PLACE_TEMPORARY : EVENT_PLACE_HERE;
}

/* For these reasons the path must be the one that the RIV names. */
static bool path_matters(const struct event *event)
{
	return event->op == RIVET_OP_EXECUTE || event->op == RIVET_OP_MMAP ||
	       event->op == RIVET_OP_MPROTECT || event->op == RIVET_OP_READ ||
	       event->op == RIVET_OP_SCRIPT;
}

/* The manifest lacks an entry. */
static bool lacks_entry(const struct event *event)
{
	return event->kind == RIVET_EVENT_VERDICT && path_matters(event) &&
	       (event->reason == RIVET_REASON_UNLISTED || event->reason == RIVET_REASON_MOVED);
}

static void add_file(struct buffer *out, const struct event *event)
{
	enum event_place place = place_of(event);

	if (place == EVENT_PLACE_HERE || place == EVENT_PLACE_TEMPORARY)
		add_path(out, event->path, "PATH");
	else
		buffer_add_text(out, "FILE");
}

static void add_build(struct buffer *out, const struct event *event)
{
	enum event_place place = place_of(event);

	buffer_add_text(out, "rivetctl manifest build -n NAME -v VERSION -o NAME.riv");
	if (lacks_entry(event) && place != EVENT_PLACE_HERE && place != EVENT_PLACE_SHORT)
		buffer_add_text(out, " --any-path");
}

static void add_value(struct buffer *out, const struct event *event, char letter)
{
	switch (letter) {
	case 'b':
		add_build(out, event);
		break;
	case 'm':
		text_add(out, "0x%" PRIx64, event->fsmagic);
		break;
	case 'p':
		add_file(out, event);
		break;
	case 'e':
		add_path(out, event->expected_path, "PATH");
		break;
	case 'x':
		add_path(out, event->exe.len ? event->exe : event->exe_file, "PROGRAM");
		break;
	case 's':
		if (event->set.len)
			text_add_bytes(out, event->set);
		else
			buffer_add_text(out, "SET");
		break;
	case 'A':
		add_set(out, event->set, "A RIV set");
		break;
	case 'a':
		add_set(out, event->set, "a RIV set");
		break;
	case 'o':
		buffer_add_text(out, rivet_name_op(event->op));
		break;
	case 'u':
		buffer_add_text(out, use_of(event->op));
		break;
	case 'l':
		text_add(out, "%" PRIu32, event->rule_line);
		break;
	case 'd':
		text_add_bytes(out, event->detail);
		break;
	}
}

static void expand(struct buffer *out, const struct event *event, const char *text)
{
	const char *mark;

	while ((mark = strchr(text, '%'))) {
		buffer_add(out, text, mark - text);
		add_value(out, event, mark[1]);
		text = mark + 2;
	}
	buffer_add_text(out, text);
}

/* In enforce mode a file is not even read if no RIV has its size. */
static bool was_not_read(const struct event *event)
{
	return event->kind == RIVET_EVENT_VERDICT && event->reason == RIVET_REASON_UNLISTED &&
	       !event_has(event, RIVET_A_EVENT_MEASURED);
}

/* A program identified only by its own word may use the name of another. */
static bool names_unverified(const struct event *event, const struct template *template)
{
	return !event->exe.len && event->exe_file.len && strstr(template->next, "%x");
}

/**
 * event_explain() - explain an event and give advice
 * @event: the event
 * @out: both texts; free with event_advice_free(); printable ASCII, lines of
 *	@out->next separated by newlines
 */
void event_explain(const struct event *event, struct event_advice *out)
{
	const struct template *template = event_words(event, place_of(event));
	const char *place = lacks_entry(event) ? event_words_of_place(place_of(event)) : NULL;

	memset(out, 0, sizeof(*out));
	expand(&out->what, event, template->what);
	expand(&out->next, event, template->next);
	if (names_unverified(event, template))
		buffer_add_text(&out->next,
				"\nThe process itself says that it runs this program: make sure of it first.");
	if (place) {
		buffer_add_text(&out->next, "\n");
		buffer_add_text(&out->next, place);
	}
	if (was_not_read(event))
		buffer_add_text(&out->what,
				" No RIV has a file of this size, so that it was not even read.");
}

/**
 * event_advice_free() - release the texts
 * @advice: filled by event_explain()
 */
void event_advice_free(struct event_advice *advice)
{
	buffer_free(&advice->what);
	buffer_free(&advice->next);
}
