// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - isolation from the network, as before the boot
 *
 * It is a state of enforce mode, so this step comes after that of the mode.
 */
#include <unistd.h>

#include "apply.h"
#include "lib/base/protected.h"
#include "lib/kernel/isolated.h"

#define PART "isolation"

static bool is_enforcing(void)
{
	struct status status;
	struct err unused;

	return !apply_status(&status, &unused) && status.mode == RIVET_MODE_ENFORCE;
}

/* Return: false if rivet.service does it later. */
static bool is_due(struct apply *a)
{
	if (is_enforcing() || apply_is_in_root(a))
		return true;
	apply_tell(a, APPLY_NOTE, PART,
		   "the machine was isolated: left to rivet.service, since nothing enforces yet");
	return false;
}

static void fail(struct apply *a, const char *shown, struct err *err)
{
	char why[ERR_TEXT_MAX];

	snprintf(why, sizeof(why), "%.400s", err->text);
	err_set(err, err->code,
		"have it enforce a policy with respond=ISOLATE; isolation ends by a token: rivetctl rejoin request",
		"%s says that the machine is isolated: %s", err_name(shown), why);
	apply_fault(a, PART, err);
}

static void restore(struct apply *a, int folder, const char *shown)
{
	struct err err = { 0 };

	if (!a->dry_run && !is_due(a))
		return;
	if (!a->dry_run && isolated_take(folder, shown, ISOLATED_RESTORE, &err))
		fail(a, shown, &err);
	else
		apply_tell(a, APPLY_CHANGED, PART, "isolated from the network, as before");
}

static void take(struct apply *a, int folder, const char *shown, enum isolated_step step)
{
	struct err err = { 0 };

	if (step == ISOLATED_KEPT)
		apply_tell(a, APPLY_KEPT, PART, "isolated from the network");
	else if (step == ISOLATED_RESTORE)
		restore(a, folder, shown);
	else if (!a->dry_run && isolated_take(folder, shown, step, &err))
		apply_fault(a, shown, &err);
	else
		apply_tell(a, APPLY_CHANGED, shown, step == ISOLATED_SAVE ?
			   "the machine is isolated, which was not saved" :
			   "removed, since isolation has ended");
}

/**
 * apply_isolation() - isolate the machine again, if a file says so
 * @a: the run
 */
void apply_isolation(struct apply *a)
{
	char shown[APPLY_PATH_MAX], parent[APPLY_PATH_MAX];
	enum isolated_step step = ISOLATED_NOTHING;
	struct err err = { 0 };
	int folder = -1, ret;

	if (!a->loaded)
		return;
	apply_path(a, ISOLATED_FILE, shown);
	apply_path(a, "/" ISOLATED_FOLDER, parent);
	ret = protected_folder(a->root_fd, ISOLATED_FOLDER, parent, &folder, &err);
	if (ret && ret != EXIT_NOTHING)
		apply_fault(a, shown, &err);
	else if (isolated_look(folder, &step, &err))
		apply_fault(a, PART, &err);
	else if (step != ISOLATED_NOTHING && folder >= 0)
		take(a, folder, shown, step);
	if (folder >= 0)
		close(folder);
}
