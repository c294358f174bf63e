// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - one agent at a time, and its process
 *
 * The lock counts, not the number in the file: the kernel drops it when the
 * agent ends, in any way. rivetctl doctor asks for its holder.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "pidfile.h"

#define PID_MODE 0644

static int write_pid(int fd)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	return ftruncate(fd, 0) || pwrite(fd, text, len, 0) != len ? -1 : 0;
}

/**
 * pidfile_lock() - become the only agent, until this process ends
 * @path: the file
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_OTHER if there is another agent; EXIT_IO.
 */
int pidfile_lock(const char *path, struct err *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd;

	errno = -folder_make_shared(path);
	if (errno)
		return err_set_io(err, "cannot make the folder of", path);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, PID_MODE);
	if (fd < 0)
		return err_set_io(err, "cannot open", path);
	if (!fcntl(fd, F_SETLK, &lock) && !fchmod(fd, PID_MODE) && !write_pid(fd))
		return EXIT_OK;
	if (errno == EACCES || errno == EAGAIN)
		err_set(err, EXIT_OTHER, NULL, "another rivetd is running: %s is locked", path);
	else
		err_set_io(err, "cannot write", path);
	close(fd);
	return err->code;
}
