// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the quarantine list, saved beyond the module and the boot
 *
 * The kernel's list is in memory. It is saved when an event tells of a change, several changes at
 * once, and given back to a kernel that has another list than the saved one: after a boot, or
 * after the module was loaded again. A restarted agent gives nothing back, since entries may have
 * ended meanwhile.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "folder.h"
#include "journal.h"
#include "lib/base/durable.h"
#include "lib/kernel/secfs.h"
#include "saved.h"
#include "state.h"

#define LIST_MODE	0600
#define SIZE_MAX_BYTES	(64UL << 20)	/* the kernel's list is shorter, whatever its paths */
#define WRITE_MAX	(1024UL * 1024)	/* bytes that the kernel takes at once */
#define GATHER_MSEC	500		/* changes within this time are saved at once */
#define PAUSE_MSEC	5000		/* after a failure; twice as long after each further one */
#define PAUSE_MAX_MSEC	(600 * 1000)
#define KEPT_ASIDE	".damaged"

/**
 * saved_init() - begin without a connection
 * @saved: filled
 * @path: the file; empty for none. Stays the caller's
 */
void saved_init(struct saved *saved, const char *path)
{
	memset(saved, 0, sizeof(*saved));
	saved->path = path;
	saved->due = -1;
}

/* The kernel's file has a number of its own in each load of the module. */
static int name_list(struct saved *saved, struct err *err)
{
	char boot_id[STATE_BOOT_ID_MAX];
	struct stat st;

	if (stat(SECFS_DIR "/quarantine", &st))
		return err_set_io(err, "cannot find", SECFS_DIR "/quarantine");
	state_get_boot_id(boot_id);
	snprintf(saved->list, sizeof(saved->list), "%s/%" PRIu64, boot_id, (uint64_t)st.st_ino);
	return EXIT_OK;
}

/**
 * saved_connected() - a module is there, the one of before or another one
 * @saved: the saved list
 */
void saved_connected(struct saved *saved)
{
	saved->pause = PAUSE_MSEC;
	saved->owed = true;
	saved->changed = true;
	saved->due = *saved->path ? 0 : -1;
}

/**
 * saved_disconnected() - the module is gone
 * @saved: the saved list
 */
void saved_disconnected(struct saved *saved)
{
	saved->changed = false;
	saved->owed = false;
	saved->due = -1;
}

/**
 * saved_note() - an event tells of a change, or may have been lost
 * @saved: the saved list
 */
void saved_note(struct saved *saved)
{
	saved->changed = true;
}

static const char *name_in(const char *path)
{
	return strrchr(path, '/') + 1;
}

static void keep_aside(const struct saved *saved)
{
	char to[NAME_MAX + 1];
	struct err err = { 0 };

	if (snprintf(to, sizeof(to), "%s" KEPT_ASIDE, name_in(saved->path)) >= (int)sizeof(to) ||
	    durable_rename(saved->path, to, &err))
		journal_say(LOG_ERR, "%s; the next change of the quarantine list replaces it",
			    *err.text ? err.text : "its name is too long to keep it aside");
}

static void tell_damage(const struct saved *saved, const char *why)
{
	journal_say(LOG_ERR, "the saved quarantine list %s is damaged: %s; it is kept as %s"
		    KEPT_ASIDE, err_name(saved->path), why, name_in(saved->path));
	keep_aside(saved);
}

/*
 * Return: EXIT_OK; EXIT_NOTHING if there is no file, or it is not to be believed, which is said
 * then; or the exit status of an error: a file may be there, and is not to be replaced.
 */
static int check_own(const struct saved *saved, struct err *err)
{
	struct stat st;

	if (lstat(saved->path, &st))
		return errno == ENOENT ? EXIT_NOTHING :
					 err_set_io(err, "cannot examine", saved->path);
	if (S_ISREG(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 022))
		return EXIT_OK;
	tell_damage(saved, "it is not a file of its own that others cannot write");
	return EXIT_NOTHING;
}

/* Bytes up to the last whole line that fits. */
static size_t piece_of(struct rivet_slice text)
{
	const char *newline;

	if (text.len <= WRITE_MAX)
		return text.len;
	newline = memrchr(text.ptr, '\n', WRITE_MAX);
	return newline ? (size_t)(newline - text.ptr + 1) : text.len;
}

static int write_pieces(const struct buffer *add, struct err *err)
{
	struct rivet_slice rest = { .ptr = add->data, .len = add->len };
	size_t len;
	int ret = EXIT_OK;

	while (!ret && rest.len) {
		len = piece_of(rest);
		ret = secfs_write("quarantine", rest.ptr, len,
				  "cannot give the quarantine list back", err);
		rest.ptr += len;
		rest.len -= len;
	}
	return ret;
}

static void tell_line(const struct saved *saved, const struct saved_text *text)
{
	char why[ERR_TEXT_MAX];

	snprintf(why, sizeof(why), "line %u: expected %s; %u entries of it are valid",
		 text->damaged, text->expected, text->entries);
	tell_damage(saved, why);
}

static int give_back_text(const struct saved *saved, const struct saved_text *text,
			  struct err *err)
{
	bool is_same = !strcmp(text->list, saved->list);
	int ret;

	if (text->add.failed)
		return err_set(err, EXIT_OTHER, NULL,
			       "cannot give the quarantine list back: out of memory");
	ret = is_same ? EXIT_OK : write_pieces(&text->add, err);
	if (ret && ret != EXIT_INVALID)
		return ret;
	if (ret)
		tell_damage(saved, err->text);
	else if (text->damaged)
		tell_line(saved, text);
	if (!ret && !is_same && text->entries)
		journal_say(LOG_NOTICE, "gave %u entries of quarantine back to the kernel",
			    text->entries);
	return EXIT_OK;
}

static int give_back(const struct saved *saved, struct err *err)
{
	struct saved_text text;
	struct buffer content;
	int ret;

	ret = check_own(saved, err);
	if (ret)
		return ret == EXIT_NOTHING ? EXIT_OK : ret;
	ret = file_read(saved->path, SIZE_MAX_BYTES, &content, err);
	if (ret == EXIT_OTHER)
		return ret;
	if (ret) {
		buffer_free(&content);
		tell_damage(saved, err->text);
		return EXIT_OK;
	}
	saved_text_read((struct rivet_slice){ .ptr = content.data, .len = content.len }, &text);
	ret = give_back_text(saved, &text, err);
	saved_text_free(&text);
	buffer_free(&content);
	return ret;
}

static int save(const struct saved *saved, struct err *err)
{
	struct buffer entries, text = { 0 };
	int ret = secfs_read("quarantine", &entries, err);

	if (!ret) {
		saved_text_make(&text, saved->list,
				(struct rivet_slice){ .ptr = entries.data, .len = entries.len });
		if (text.failed)
			ret = err_set(err, EXIT_OTHER, NULL,
				      "cannot save the quarantine list: out of memory");
	}
	buffer_free(&entries);
	folder_make(saved->path);
	if (!ret)
		ret = durable_write(saved->path, LIST_MODE, text.data, text.len, err);
	buffer_free(&text);
	return ret;
}

static int try(struct saved *saved, struct err *err)
{
	int ret = name_list(saved, err);

	if (!ret && saved->owed)
		ret = give_back(saved, err);
	if (ret)
		return ret;
	saved->owed = false;
	return save(saved, err);
}

/**
 * saved_work() - give back or save the list if that is due
 * @saved: the saved list, of a module that is there
 * @now: the time in milliseconds
 *
 * A failure is reported once, and tried again after a pause that gets longer.
 */
void saved_work(struct saved *saved, int64_t now)
{
	struct err err = { 0 };

	if (!*saved->path)
		return;
	if (saved->changed && saved->due < 0)
		saved->due = now + GATHER_MSEC;
	if (saved->due < 0 || now < saved->due)
		return;
	if (!try(saved, &err)) {
		saved->changed = false;
		saved->due = -1;
		if (saved->pause != PAUSE_MSEC)
			journal_say(LOG_NOTICE, "%s is written again", saved->path);
		saved->pause = PAUSE_MSEC;
		return;
	}
	if (saved->pause == PAUSE_MSEC)
		journal_say(LOG_ERR, "%s; the quarantine list is saved later", err.text);
	saved->due = now + saved->pause;
	saved->pause = saved->pause * 2 < PAUSE_MAX_MSEC ? saved->pause * 2 : PAUSE_MAX_MSEC;
}

/**
 * saved_finish() - save changes before the agent ends
 * @saved: the saved list
 */
void saved_finish(struct saved *saved)
{
	struct err err = { 0 };

	if (*saved->path && saved->changed && try(saved, &err))
		journal_say(LOG_ERR, "%s; the last changes of the quarantine list are not saved",
			    err.text);
}
