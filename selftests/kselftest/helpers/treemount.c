// SPDX-License-Identifier: GPL-2.0
/*
 * treemount - mount a copy of a tree elsewhere with open_tree and move_mount, and
 * run a command
 */
#define _GNU_SOURCE
#include <sys/syscall.h>

#include "helper.h"

#define CLONE		1	/* OPEN_TREE_CLONE */
#define EMPTY_PATH	4	/* MOVE_MOUNT_F_EMPTY_PATH */

int main(int argc, char **argv)
{
	int tree;

	if (argc < 4)
		usage("treemount FROM TO COMMAND...");
	tree = syscall(SYS_open_tree, AT_FDCWD, argv[1], CLONE | O_CLOEXEC);
	if (tree < 0)
		fail("open_tree");
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, argv[2], EMPTY_PATH))
		fail("move_mount");
	execvp(argv[3], argv + 3);
	fail(argv[3]);
}
