// SPDX-License-Identifier: GPL-2.0
/*
 * hog - take memory until only so much is available, and keep it so
 *
 * Memory that others free is taken too. The last of it is never taken: the test
 * is about the kernel with little memory, not about its choice of a victim.
 */
#include <sys/mman.h>

#include "helper.h"

#define STEP	(1UL << 20)

static long available_mib(void)
{
	char text[8192], *at;
	int fd = must_open("/proc/meminfo", O_RDONLY);
	ssize_t got = read(fd, text, sizeof(text) - 1);

	close(fd);
	if (got < 0)
		fail("meminfo");
	text[got] = '\0';
	at = strstr(text, "MemAvailable:");
	return at ? atol(at + 13) / 1024 : 0;
}

static void take(void)
{
	char *at = mmap(NULL, STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		fail("mmap");
	memset(at, 1, STEP);
}

int main(int argc, char **argv)
{
	long keep;

	if (argc != 2)
		usage("hog MEBIBYTES-TO-LEAVE");
	keep = atol(argv[1]);
	while (available_mib() > keep)
		take();
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (available_mib() > keep)
			take();
		else
			usleep(50000);
	}
}
