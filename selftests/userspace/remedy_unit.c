// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - restoring one file, for remedy.test.sh to check and to kill amid it
 *
 * Arguments: ROOT PATH SOURCE sha256:DIGEST [rehearse], with a file or a folder of packages as
 * SOURCE; or ROOT PATH to clean up; or "confined": be one that reads packages, and try more.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rivet-remedy/confine.h"
#include "rivet-remedy/packages.h"
#include "rivet-remedy/restore.h"

#define LIMIT	20

static bool is_refused(long result)
{
	return result < 0 && errno == EPERM;
}

/* Return: 0 if all is refused but memory, reading and writing. */
static int try_confined(void)
{
	char byte, *const argv[] = { "/bin/true", NULL };
	void *memory;

	if (!confine_to(STDIN_FILENO, STDOUT_FILENO, LIMIT))
		return 1;
	if (!is_refused(open("/etc/passwd", O_RDONLY)) ||
	    !is_refused(socket(AF_UNIX, SOCK_STREAM, 0)))
		return 2;
	if (!is_refused(execv(argv[0], argv)) || !is_refused(unlink("/nothing")) ||
	    !is_refused(kill(1, 0)))
		return 3;
	memory = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory != MAP_FAILED || errno != EPERM)
		return 4;
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || !is_refused(mprotect(memory, 4096, PROT_READ | PROT_EXEC)))
		return 5;
	if (write(3, "x", 1) >= 0 || errno != EBADF)
		return 6;
	return read(STDIN_FILENO, &byte, 1) == 1 && write(STDOUT_FILENO, &byte, 1) == 1 ? 0 : 7;
}

int main(int argc, char **argv)
{
	struct restore restore = { 0 };
	struct err err = { 0 };
	struct stat st;
	int ret;

	if (argc == 2 && !strcmp(argv[1], "confined"))
		syscall(SYS_exit_group, try_confined());
	if (argc < 3)
		return 99;
	restore.root = open(argv[1], O_PATH | O_DIRECTORY);
	restore.path = argv[2];
	if (argc == 3) {
		restore_clean(restore.root, restore.path);
		return 0;
	}
	restore.source = open(argv[3], O_RDONLY);
	restore.rehearse = argc > 5;
	if (restore.source < 0 ||
	    rivet_digest_parse(argv[4], strlen(argv[4]), &restore.digest))
		return 99;
	if (!fstat(restore.source, &st) && S_ISDIR(st.st_mode))
		ret = packages_restore(argv[3], LIMIT, &restore, &err);
	else
		ret = restore_file(&restore, &err);
	if (ret)
		fprintf(stderr, "%s\n", err.text);
	return ret;
}
