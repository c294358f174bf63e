// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - reboots by rules of the policy, counted beyond a boot
 *
 * The file has a line for each reboot of the last day: seconds since 1970. The kernel is told
 * their number when the agent connects. When the kernel is about to reboot the machine, a line is
 * added, and the kernel told once it is on the disk. Without that the kernel does not reboot.
 */
#include <errno.h>
#include <stdio.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "journal.h"
#include "lib/base/durable.h"
#include "lib/kernel/secfs.h"
#include "reboots.h"

#define STATE		"reboot"	/* the module's file */
#define DAY		(24 * 60 * 60)
#define KEPT_MAX	64	/* lines; no rule permits as many reboots in a day */
#define SIZE_MAX_BYTES	4096
#define MODE		0600

/**
 * reboots_count() - count the reboots of the last day
 * @text: the file
 * @now: seconds since 1970
 * @kept: the lines that count are added
 *
 * A line that means nothing counts, and so does one from the future: a clock may be wrong. Too
 * many reboots counted isolate the machine, and too few reboot it for ever.
 *
 * Return: their number.
 */
unsigned int reboots_count(struct rivet_slice text, uint64_t now, struct buffer *kept)
{
	struct rivet_slice line;
	unsigned int count = 0;
	u64 when;

	while (count < KEPT_MAX && text_next_line(&text, &line)) {
		if (!rivet_parse_u64(line.ptr, line.len, &when) && when < now && now - when > DAY)
			continue;
		buffer_add(kept, line.ptr, line.len);
		buffer_add_text(kept, "\n");
		count++;
	}
	return count;
}

/* A folder in memory forgets each reboot, so the machine would reboot for ever. */
static bool is_in_memory(void)
{
	struct statfs fs;

	folder_make(REBOOTS_FILE);
	return !statfs(REBOOTS_FOLDER, &fs) &&
	       (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

/* Return: EXIT_OK, also without a file; or the exit status of the error. */
static int read_file(struct buffer *content, struct err *err)
{
	memset(content, 0, sizeof(*content));
	if (is_in_memory())
		return err_set(err, EXIT_OTHER, NULL, REBOOTS_FOLDER " is in memory");
	if (access(REBOOTS_FILE, F_OK) && errno == ENOENT)
		return EXIT_OK;
	return file_read(REBOOTS_FILE, SIZE_MAX_BYTES, content, err);
}

static int tell_kernel(const char *word, unsigned int count, struct err *err)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%s %u", word, count);

	return secfs_write(STATE, text, len, "cannot tell the kernel the number of reboots", err);
}

static int count_all(bool add, struct err *err)
{
	struct buffer content, kept = { 0 };
	const uint64_t now = time(NULL);
	unsigned int count = 0;
	int ret = read_file(&content, err);

	if (!ret)
		count = reboots_count((struct rivet_slice){ content.data, content.len }, now,
				      &kept);
	if (!ret && add) {
		count++;
		text_add(&kept, "%llu\n", (unsigned long long)now);
		ret = kept.failed ? err_set(err, EXIT_OTHER, NULL, "out of memory") :
				    durable_write(REBOOTS_FILE, MODE, kept.data, kept.len, err);
	}
	if (!ret)
		ret = tell_kernel(add ? "recorded" : "count", count, err);
	buffer_free(&content);
	buffer_free(&kept);
	return ret;
}

/**
 * reboots_tell() - tell the kernel the number of reboots, without which it reboots nothing
 *
 * A folder in memory is no error, and nothing is told.
 */
void reboots_tell(void)
{
	struct err err = { 0 };

	if (!is_in_memory() && count_all(false, &err))
		journal_say(LOG_ERR, "%s; rules with respond=REBOOT isolate the machine instead",
			    err.text);
}

static bool is_asked(void)
{
	static const char asked[] = "state: asked\n";
	struct buffer state;
	struct err unused;
	bool is;

	is = !secfs_read(STATE, &state, &unused) && state.len >= strlen(asked) &&
	     !memcmp(state.data, asked, strlen(asked));
	buffer_free(&state);
	return is;
}

/**
 * reboots_note() - an event tells of isolation or a reboot: record a reboot that is asked for
 */
void reboots_note(void)
{
	struct err err = { 0 };

	if (!is_asked())
		return;
	if (count_all(true, &err))
		journal_say(LOG_ERR, "%s; the machine is isolated instead of rebooted", err.text);
	else
		journal_say(LOG_ALERT, "ALARM: the machine reboots by a rule of the policy");
}
