// SPDX-License-Identifier: GPL-2.0
/*
 * rawmount - mount(2), read-only, as it is told: mount(8) puts a loop device below an image
 */
#include <sys/mount.h>

#include "helper.h"

int main(int argc, char **argv)
{
	if (argc != 4)
		usage("rawmount TYPE SOURCE TARGET");
	if (mount(argv[2], argv[3], argv[1], MS_RDONLY, NULL))
		fail(argv[2]);
	return 0;
}
