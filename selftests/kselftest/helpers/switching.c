// SPDX-License-Identifier: GPL-2.0
/*
 * switching - load and unload a module without end while somebody switches the mode
 *
 * Two files of the same module in turn, of which a RIV lists one. At SIGTERM it tells how
 * many loads of each there were, and how many went as they should not.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>

#include "helper.h"

#define USAGE	"switching LISTED UNLISTED NAME FLAGS"
#define MODE	"/sys/kernel/security/rivet/mode"

static volatile sig_atomic_t ended;

static void end(int number)
{
	(void)number;
	ended = 1;
}

/* Returns 0, or the errno */
static int load(const char *path, int flags, const char *name)
{
	int fd = must_open(path, O_RDONLY), error = 0;

	if (syscall(SYS_finit_module, fd, "", flags))
		error = errno;
	else if (syscall(SYS_delete_module, name, 0))
		fail(name);
	close(fd);
	return error;
}

static int enforces(void)
{
	char text[16] = "";
	int fd = must_open(MODE, O_RDONLY);

	if (read(fd, text, sizeof(text) - 1) < 0)
		fail(MODE);
	close(fd);
	return !strncmp(text, "enforce", 7);
}

int main(int argc, char **argv)
{
	unsigned long loads = 0, refused = 0, live = 0;
	int flags, enforced;

	if (argc != 5)
		usage(USAGE);
	flags = atoi(argv[4]);
	signal(SIGTERM, end);
	printf("ready\n");
	fflush(stdout);
	for (; !ended; loads++) {
		refused += !!load(argv[1], flags, argv[3]);
		enforced = enforces();
		live += !load(argv[2], flags, argv[3]) && enforced;
	}
	printf("loads %lu refused %lu live %lu\n", loads, refused, live);
	return 0;
}
