// SPDX-License-Identifier: GPL-2.0
/*
 * names - give a file many names: hard links 0, 1, 2 and so on in a folder
 */
#include "helper.h"

int main(int argc, char **argv)
{
	char name[4096];
	int i;

	if (argc != 4)
		usage("names COUNT FILE FOLDER");
	for (i = 0; i < atoi(argv[1]); i++) {
		snprintf(name, sizeof(name), "%s/%d", argv[3], i);
		if (link(argv[2], name))
			fail(name);
	}
	return 0;
}
