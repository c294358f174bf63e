// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the agent's progress, saved beyond its end
 *
 * One line of fixed length, overwritten in place with one pwrite(2): the file
 * has the old line or the new one, whenever the agent ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "state.h"

#define STATE_MODE	0600
#define BOOT_ID_FILE	"/proc/sys/kernel/random/boot_id"
#define LINE_MAX_BYTES	128

/**
 * state_open() - open or make the file
 * @path: the file
 * @fd: set to its descriptor, -1 on error
 *
 * Return: 0 or -errno.
 */
int state_open(const char *path, int *fd)
{
	int ret = folder_make(path);

	*fd = -1;
	if (ret)
		return ret;
	*fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, STATE_MODE);
	return *fd < 0 ? -errno : 0;
}

/**
 * state_read() - read the saved state
 * @fd: from state_open()
 * @state: filled; all 0 if the file is malformed
 */
void state_read(int fd, struct state *state)
{
	char line[LINE_MAX_BYTES];
	ssize_t len = pread(fd, line, sizeof(line) - 1, 0);

	memset(state, 0, sizeof(*state));
	line[len > 0 ? len : 0] = '\0';
	if (sscanf(line, "%39s %" SCNu64 " %" SCNu64, state->boot_id, &state->seq,
		   &state->time) != 3)
		memset(state, 0, sizeof(*state));
}

/**
 * state_write() - save the state
 * @fd: from state_open()
 * @state: the state
 *
 * Return: 0 or -errno.
 */
int state_write(int fd, const struct state *state)
{
	char line[LINE_MAX_BYTES];
	int len = snprintf(line, sizeof(line), "%s %020" PRIu64 " %020" PRIu64 "\n",
			   state->boot_id, state->seq, state->time);
	ssize_t done = pwrite(fd, line, len, 0);

	if (done < 0)
		return -errno;
	return done == len ? 0 : -EIO;
}

/**
 * state_get_boot_id() - identifier of this boot
 * @boot_id: filled; "unknown" if the kernel does not tell
 */
void state_get_boot_id(char boot_id[STATE_BOOT_ID_MAX])
{
	int fd = open(BOOT_ID_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, boot_id, STATE_BOOT_ID_MAX - 1);

	if (fd >= 0)
		close(fd);
	if (len > 0 && boot_id[len - 1] == '\n')
		len--;
	if (len > 0)
		boot_id[len] = '\0';
	else
		strcpy(boot_id, "unknown");
}
