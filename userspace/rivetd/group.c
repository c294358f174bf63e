// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the group whose members may read the log and the state
 *
 * The agent is of that group itself: the owner of a file may give it to a group of his own
 * without any capability.
 */
#include <errno.h>
#include <grp.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "group.h"
#include "journal.h"

#define MEMBERS_SIZE	65536	/* for the names of its members; a group with more is for nobody */

/**
 * group_enter() - become a member of the group, and of no other
 * @name: the group; one that does not exist is for nobody
 *
 * Context: before the privileges are dropped; it needs CAP_SETGID.
 */
void group_enter(const char *name)
{
	struct group entry, *group = NULL;
	char members[MEMBERS_SIZE];

	if (!*name || getgrnam_r(name, &entry, members, sizeof(members), &group) ||
	    !group || !group->gr_gid)
		return;
	if (setresgid(group->gr_gid, group->gr_gid, group->gr_gid))
		journal_say(LOG_WARNING, "group %s may not read: without CAP_SETGID, files cannot be given to it",
			    name);
}

/**
 * group_is_there() - is there a group to share with?
 *
 * Return: true if so.
 */
bool group_is_there(void)
{
	return getegid();
}

/**
 * group_share() - give a file or folder of the agent to the group
 * @fd: the file
 * @mode: its mode then
 *
 * Return: 0 or -errno.
 */
int group_share(int fd, mode_t mode)
{
	if (fchown(fd, -1, getegid()) || fchmod(fd, mode))
		return -errno;
	return 0;
}
