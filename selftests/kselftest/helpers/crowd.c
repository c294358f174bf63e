// SPDX-License-Identifier: GPL-2.0
/*
 * crowd - try to map a program for execution under many names, each an event of its own
 *
 * Mapped, not executed, because that is many times faster. Prints how many of them
 * could not be mapped.
 */
#include <stdbool.h>
#include <sys/mman.h>

#include "helper.h"

#define USAGE	"crowd PROGRAM FOLDER COUNT [PAUSE-IN-MICROSECONDS]"

static bool is_refused(const char *program, const char *name)
{
	void *map;
	int fd;

	if (link(program, name))
		fail(name);
	fd = open(name, O_RDONLY);
	if (fd < 0)
		fail(name);
	map = mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (map != MAP_FAILED)
		munmap(map, 1);
	close(fd);
	unlink(name);
	return map == MAP_FAILED;
}

int main(int argc, char **argv)
{
	int i, failures = 0;
	char name[4096];

	if (argc < 4 || argc > 5)
		usage(USAGE);
	for (i = 0; i < atoi(argv[3]); i++) {
		snprintf(name, sizeof(name), "%s/%d-%d", argv[2], (int)getpid(), i);
		failures += is_refused(argv[1], name);
		if (argc > 4)
			usleep(atoi(argv[4]));
	}
	printf("%d\n", failures);
	return 0;
}
