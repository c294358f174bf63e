// SPDX-License-Identifier: GPL-2.0
/*
 * libhello.so - the library that tests load
 */
#include <unistd.h>

static __attribute__((constructor)) void greet(void)
{
	static const char text[] = "hello from the library\n";

	if (write(1, text, sizeof(text) - 1) < 0)
		_exit(3);
}
