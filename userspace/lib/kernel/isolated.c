// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - isolation from the network, saved beyond a boot
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/durable.h"
#include "lib/base/protected.h"
#include "lib/kernel/isolated.h"
#include "lib/kernel/secfs.h"

#define STATE	"isolation"	/* the module's file */

static bool has_line(struct rivet_slice text, const char *wanted)
{
	struct rivet_slice line;

	while (text_next_line(&text, &line)) {
		if (rivet_slice_equal(line, wanted))
			return true;
	}
	return false;
}

/**
 * isolated_find_step() - find the step that brings the file and the kernel together
 * @state: text of the module's file isolation
 * @is_saved: the file is there
 *
 * Return: the step.
 */
enum isolated_step isolated_find_step(struct rivet_slice state, bool is_saved)
{
	if (has_line(state, "state: isolated"))
		return is_saved ? ISOLATED_KEPT : ISOLATED_SAVE;
	if (!is_saved)
		return ISOLATED_NOTHING;
	return has_line(state, "ended: 0") ? ISOLATED_RESTORE : ISOLATED_REMOVE;
}

/* A name that cannot be examined counts as there: that only refuses. */
static bool is_there(int folder)
{
	struct stat st;

	return folder >= 0 &&
	       (!fstatat(folder, ISOLATED_NAME, &st, AT_SYMLINK_NOFOLLOW) || errno != ENOENT);
}

/**
 * isolated_look() - compare the file with the kernel
 * @folder: its folder; -1 if there is none
 * @step: set to the step that is to be taken
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_UNREACHABLE without the module; or the exit status of another error.
 */
int isolated_look(int folder, enum isolated_step *step, struct err *err)
{
	struct buffer state;
	int ret = secfs_read(STATE, &state, err);

	if (!ret)
		*step = isolated_find_step((struct rivet_slice){ state.data, state.len },
					   is_there(folder));
	buffer_free(&state);
	return ret;
}

static int save(int folder, const char *shown, struct err *err)
{
	struct buffer state;
	int ret = secfs_read(STATE, &state, err);

	if (!ret)
		ret = protected_write(folder, ISOLATED_NAME, shown, &state, err);
	buffer_free(&state);
	return ret;
}

static int remove_file(int folder, const char *shown, struct err *err)
{
	if (unlinkat(folder, ISOLATED_NAME, 0) && errno != ENOENT)
		return err_set_io(err, "cannot remove", shown);
	return durable_sync(folder) ? err_set_io(err, "cannot remove", shown) : EXIT_OK;
}

/**
 * isolated_take() - take a step
 * @folder: the folder of the file, root's alone
 * @shown: name of the file in errors
 * @step: from isolated_look()
 * @err: filled on error
 *
 * Return: EXIT_OK once it is done, and on the disk; or the exit status of the error.
 */
int isolated_take(int folder, const char *shown, enum isolated_step step, struct err *err)
{
	static const char word[] = "begin";

	switch (step) {
	case ISOLATED_SAVE:
		return save(folder, shown, err);
	case ISOLATED_RESTORE:
		return secfs_write(STATE, word, strlen(word),
				   "cannot isolate the machine again", err);
	case ISOLATED_REMOVE:
		return remove_file(folder, shown, err);
	default:
		return EXIT_OK;
	}
}

/**
 * isolated_settle() - remove the file of this machine once isolation has ended, or make it
 * @err: filled on error
 *
 * Isolates nothing.
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int isolated_settle(struct err *err)
{
	enum isolated_step step = ISOLATED_NOTHING;
	int root = -1, folder = -1, ret;

	ret = protected_root("/", &root, err);
	if (!ret)
		ret = protected_make_folder(root, ISOLATED_FOLDER, "/" ISOLATED_FOLDER, &folder,
					    err);
	if (!ret)
		ret = isolated_look(folder, &step, err);
	if (!ret && step != ISOLATED_RESTORE)
		ret = isolated_take(folder, ISOLATED_FILE, step, err);
	if (folder >= 0)
		close(folder);
	if (root >= 0)
		close(root);
	return ret;
}
