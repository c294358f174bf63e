/* SPDX-License-Identifier: GPL-2.0 */
/*
 * helper.h - common code of the test programs: failing with an errno's text
 */
#ifndef RIVET_HELPER_H
#define RIVET_HELPER_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Report a failure as the shell would, and end */
static inline __attribute__((noreturn)) void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static inline __attribute__((noreturn)) void usage(const char *text)
{
	fprintf(stderr, "usage: %s\n", text);
	exit(2);
}

/* Tell the parent that all is in place, and stay until killed */
static inline __attribute__((noreturn)) void hold(void)
{
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

static inline long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static inline long long now_ms(void)
{
	return now_ns() / 1000000;
}

static inline int must_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0755);

	if (fd < 0)
		fail(path);
	return fd;
}

static inline void copy_bytes(int from, int to)
{
	char buf[65536];
	ssize_t got;

	while ((got = read(from, buf, sizeof(buf))) > 0)
		if (write(to, buf, got) != got)
			fail("write");
	if (got < 0)
		fail("read");
}

#endif
