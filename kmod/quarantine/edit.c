// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - quarantine/edit: changes of the list by an operator
 *
 * Each line is the number of an entry that is to be forgotten, or "add" and a line as the list
 * has it: after a boot, or after the module was loaded again, the agent gives the list back.
 * Adding needs no signature, because an entry only refuses, and never a digest that a set
 * vouches for.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "event/event.h"
#include "quarantine/add.h"
#include "quarantine/edit.h"
#include "quarantine/end.h"
#include "riv/index.h"

#define ADD	"add "

/**
 * struct edit - a write in progress
 * @number: line, from 1
 * @path: room for the path of an entry
 * @added: entries that were given back
 * @left: entries that were not accepted
 * @adds_only: no entry may be forgotten
 */
struct edit {
	unsigned int number;
	char *path;
	unsigned int added;
	unsigned int left;
	bool adds_only;
};

static int refuse(const struct edit *edit, u32 column, const char *expected)
{
	rivet_event_change(RIVET_EVENT_QUARANTINE, -EBADMSG,
			   "the list is not changed from line %u on, column %u: expected %s",
			   edit->number, column, expected);
	return -EBADMSG;
}

/* The inode that a file had before a boot says nothing. */
static bool give_back(struct edit *edit, struct rivet_quarantined *about)
{
	static const struct rivet_quarantine_live none;
	ssize_t len = rivet_quarantine_line_path(about->path, edit->path, RIVET_PATH_MAX);

	if (len < 0 || rivet_riv_vouches(&about->digest))
		return false;
	about->path = (struct rivet_slice){ .ptr = edit->path, .len = len };
	if (about->file == RIVET_QUARANTINE_LIVE)
		about->file = RIVET_QUARANTINE_AWAY;
	return rivet_quarantine_add(about, &none) <= RIVET_QUARANTINE_KNOWN;
}

static int add(struct edit *edit, struct rivet_slice line)
{
	struct rivet_parse_error err = {};
	struct rivet_quarantined about;

	if (rivet_quarantine_line_parse(line.ptr, line.len, &about, &err))
		return refuse(edit, sizeof(ADD) - 1 + err.column, err.expected);
	if (give_back(edit, &about))
		edit->added++;
	else
		edit->left++;
	return 0;
}

static int take_line(struct edit *edit, struct rivet_slice line)
{
	u64 id;

	edit->number++;
	if (rivet_slice_take_prefix(&line, ADD))
		return add(edit, line);
	if (edit->adds_only) {
		rivet_event_change(RIVET_EVENT_QUARANTINE, -EPERM,
				   "the list is not changed from line %u on: without CAP_MAC_ADMIN each line is add and an entry",
				   edit->number);
		return -EPERM;
	}
	if (rivet_parse_u64(line.ptr, line.len, &id))
		return refuse(edit, 1, "the number of an entry to forget, or add and an entry");
	return rivet_quarantine_forget(id);
}

static int take_lines(struct edit *edit, struct rivet_slice rest)
{
	struct rivet_slice line;
	int ret = 0;

	while (!ret && rest.len) {
		if (!rivet_slice_take_until(&rest, '\n', &line)) {
			line = rest;
			rest.len = 0;
		}
		ret = take_line(edit, line);
		cond_resched();
	}
	return ret;
}

static int change(struct edit *edit, const char *text, size_t len)
{
	int ret;

	edit->path = kmalloc(RIVET_PATH_MAX, GFP_KERNEL);
	if (!edit->path)
		return -ENOMEM;
	ret = take_lines(edit, (struct rivet_slice){ .ptr = text, .len = len });
	kfree(edit->path);
	if (edit->added || edit->left)
		rivet_event_change(RIVET_EVENT_QUARANTINE, 0,
				   "given back: %u entries; %u not, because a set vouches for them or there is no room",
				   edit->added, edit->left);
	return ret;
}

/**
 * rivet_quarantine_edit() - change the list as an operator wants
 * @text: lines, each the number of an entry to forget, or "add " and an entry
 * @len: bytes of @text
 *
 * The lines before one that fails have taken effect. Entries that a set vouches for, and those
 * for which there is no room, are counted and reported, and do not fail.
 *
 * Context: process context of a task with CAP_MAC_ADMIN; may sleep.
 * Return: 0; -EBADMSG; -ENOMEM; or an errno of rivet_quarantine_forget().
 */
int rivet_quarantine_edit(const char *text, size_t len)
{
	struct edit edit = {};

	return change(&edit, text, len);
}

/**
 * rivet_quarantine_give_back() - take back entries that the agent has saved
 * @text: lines, each "add " and an entry
 * @len: bytes of @text
 *
 * As rivet_quarantine_edit(), but nothing is forgotten.
 *
 * Context: process context of a task with CAP_NET_ADMIN; may sleep.
 * Return: 0; -EPERM if a line does not add; -EBADMSG; or -ENOMEM.
 */
int rivet_quarantine_give_back(const char *text, size_t len)
{
	struct edit edit = { .adds_only = true };

	return change(&edit, text, len);
}
