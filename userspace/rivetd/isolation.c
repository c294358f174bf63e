// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - isolation from the network, saved beyond the boot
 *
 * When the kernel isolates the machine, a file says so, from which rivetctl apply isolates it
 * again after a boot; the agent does it too, where enforcement begins later. While the machine is
 * isolated, the agent looks after the file: root may have removed it.
 */
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "isolation.h"
#include "journal.h"
#include "lib/base/protected.h"
#include "lib/kernel/isolated.h"

#define LOOK_MSEC	10000	/* between looks after the file */
#define PAUSE_MSEC	5000	/* after a failure */

/**
 * isolation_init() - begin without a connection
 * @isolation: filled
 */
void isolation_init(struct isolation *isolation)
{
	memset(isolation, 0, sizeof(*isolation));
	isolation->due = -1;
}

/**
 * isolation_connected() - a module is there, the one of before or another one
 * @isolation: filled before
 */
void isolation_connected(struct isolation *isolation)
{
	isolation_init(isolation);
	isolation_note(isolation, true);
}

/**
 * isolation_note() - an event tells of a change, or may have been lost
 * @isolation: filled before
 * @may_restore: the change may permit a step that was refused. A refusal is an event, too, which
 *	does not
 */
void isolation_note(struct isolation *isolation, bool may_restore)
{
	isolation->may_restore |= may_restore;
	isolation->due = 0;
}

static int open_folder(int *folder, struct err *err)
{
	int root = -1, ret;

	ret = protected_root("/", &root, err);
	if (!ret)
		ret = protected_make_folder(root, ISOLATED_FOLDER, "/" ISOLATED_FOLDER, folder,
					    err);
	if (root >= 0)
		close(root);
	return ret;
}

static void tell(const struct isolation *isolation, enum isolated_step step)
{
	if (step == ISOLATED_SAVE && isolation->is_saved)
		journal_say(LOG_ALERT, "ALARM: %s was removed while the machine is isolated; it is there again",
			    ISOLATED_FILE);
	else if (step == ISOLATED_SAVE)
		journal_say(LOG_NOTICE, "the machine is isolated, and will be after a reboot: %s",
			    ISOLATED_FILE);
	else if (step == ISOLATED_RESTORE)
		journal_say(LOG_ALERT, "ALARM: the machine is isolated again, as before");
	else if (step == ISOLATED_REMOVE)
		journal_say(LOG_NOTICE, "isolation has ended; %s is removed", ISOLATED_FILE);
}

static int take(struct isolation *isolation, int folder, struct err *err)
{
	enum isolated_step step = ISOLATED_NOTHING;
	int ret = isolated_look(folder, &step, err);

	if (!ret && step == ISOLATED_RESTORE && !isolation->may_restore) {
		isolation->is_saved = false;
		return EXIT_OK;
	}
	isolation->may_restore = false;
	if (!ret)
		ret = isolated_take(folder, ISOLATED_FILE, step, err);
	if (!ret)
		tell(isolation, step);
	/* Refused: the next change of mode or policy may permit it. */
	if (ret && step == ISOLATED_RESTORE) {
		journal_say(LOG_ERR, "%s says that the machine is isolated: %s", ISOLATED_FILE,
			    err->text);
		return EXIT_OK;
	}
	isolation->is_saved = !ret && (step == ISOLATED_SAVE || step == ISOLATED_KEPT ||
				       step == ISOLATED_RESTORE);
	return ret;
}

/**
 * isolation_work() - bring the file and the kernel together if that is due
 * @isolation: filled before, of a module that is there
 * @now: the time in milliseconds
 */
void isolation_work(struct isolation *isolation, int64_t now)
{
	struct err err = { 0 };
	int folder = -1, ret;

	if (isolation->due < 0 || now < isolation->due)
		return;
	isolation->due = -1;
	ret = open_folder(&folder, &err);
	if (!ret)
		ret = take(isolation, folder, &err);
	if (folder >= 0)
		close(folder);
	if (ret && !isolation->complained)
		journal_say(LOG_ERR, "%s; a reboot would end isolation", err.text);
	isolation->complained = ret;
	if (ret)
		isolation->due = now + PAUSE_MSEC;
	else if (isolation->is_saved)
		isolation->due = now + LOOK_MSEC;
}
