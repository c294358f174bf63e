// SPDX-License-Identifier: GPL-2.0
/*
 * load_library - dlopen() a library
 */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: load_library FILE\n", stderr);
		return 2;
	}
	if (dlopen(argv[1], RTLD_NOW))
		return 0;
	fprintf(stderr, "%s\n", dlerror());
	return 1;
}
