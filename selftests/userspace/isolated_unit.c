// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit test of saved isolation: the step that brings the file and the kernel together
 */
#include "unit.h"

#include "lib/kernel/isolated.h"

static enum isolated_step step(const char *state, bool is_saved)
{
	char *copy = unit_copy(state, strlen(state));
	enum isolated_step found;

	found = isolated_find_step((struct rivet_slice){ .ptr = copy, .len = strlen(state) },
				   is_saved);
	free(copy);
	return found;
}

int main(void)
{
	static const char isolated[] = "state: isolated\nended: 0\nsince: 17\npolicy: gw\n";
	static const char again[] = "state: isolated\nended: 2\n";
	static const char booted[] = "state: ready\nended: 0\nuplink: eth0\n";
	static const char ended[] = "state: ready\nended: 1\n";

	unit_eq(step(isolated, false), ISOLATED_SAVE, "isolated, and no file: it is saved");
	unit_eq(step(isolated, true), ISOLATED_KEPT, "with the file it is left alone");
	unit_eq(step(again, true), ISOLATED_KEPT, "also when isolation has ended before");
	unit_eq(step(again, false), ISOLATED_SAVE, "and saved then");
	unit_eq(step(booted, false), ISOLATED_NOTHING, "not isolated, and no file: nothing");
	unit_eq(step(booted, true), ISOLATED_RESTORE, "a file of before the boot: isolated again");
	unit_eq(step("state: none\nended: 0\n", true), ISOLATED_RESTORE,
		"also without a rule that isolates, which the kernel then refuses");
	unit_eq(step(ended, true), ISOLATED_REMOVE, "isolation has ended: the file goes");
	unit_eq(step(ended, false), ISOLATED_NOTHING, "and is gone");
	unit_eq(step("state: ready\nended: 0\npolicy: state: isolated\n", false), ISOLATED_NOTHING,
		"a name that looks like a line is none");
	return unit_done();
}
