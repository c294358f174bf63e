// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - telling the service manager (sd_notify(3), without its library)
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "notify.h"
#include "text/names.h"
#include "text/parse.h"

#define USEC_PER_MSEC 1000

/**
 * notify_send() - send assignments, READY=1 for instance
 * @fmt: the assignments, one a line
 *
 * Does nothing if no service manager listens.
 */
void notify_send(const char *fmt, ...)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char text[512];
	va_list args;
	int fd;

	if (!path || (*path != '/' && *path != '@') || strlen(path) >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, strlen(path));
	if (*path == '@')
		to.sun_path[0] = '\0';
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* The agent cannot help it if the service manager does not listen. */
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL, (void *)&to,
		   offsetof(struct sockaddr_un, sun_path) + strlen(path)) < 0)
		unsetenv("NOTIFY_SOCKET");
	close(fd);
}

/**
 * notify_watchdog_interval() - interval at which the service manager expects a
 * notice
 *
 * Return: milliseconds between two WATCHDOG=1, half the interval it asks for;
 * -1 without a watchdog.
 */
int notify_watchdog_interval(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	u64 value, process;

	if (pid && (rivet_parse_u64(pid, strlen(pid), &process) || process != (u64)getpid()))
		return -1;
	if (!usec || rivet_parse_u64(usec, strlen(usec), &value) || !value ||
	    value / USEC_PER_MSEC / 2 > INT32_MAX)
		return -1;
	return value / USEC_PER_MSEC / 2 + 1;
}
