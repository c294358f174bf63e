// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - errors that library functions return to their callers
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "text/names.h"

#define NAME_BUFS 4

/**
 * err_set() - record an error
 * @err: destination; the last error wins
 * @code: exit status
 * @next: advice for the user, NULL if there is none; static
 * @fmt: "failure: reason"; pass names from outside through err_name()
 *
 * Return: @code, for the caller to return.
 */
int err_set(struct err *err, enum exit_code code, const char *next, const char *fmt, ...)
{
	va_list args;

	err->code = code;
	err->next = next;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return code;
}

/**
 * err_set_io() - record an errno about a file
 * @err: destination
 * @what: the attempt, "cannot read" for instance
 * @path: the file
 *
 * A missing file is a mistake in the command line or configuration; every other
 * errno is about permission or I/O.
 *
 * Return: EXIT_CONFIG or EXIT_IO.
 */
int err_set_io(struct err *err, const char *what, const char *path)
{
	int error = errno;
	enum exit_code code = EXIT_IO;

	if (error == ENOENT || error == ENOTDIR || error == EISDIR || error == ELOOP)
		code = EXIT_CONFIG;
	return err_set(err, code, NULL, "%s %s: %s", what, err_name(path), strerror(error));
}

/**
 * err_name() - escape a name from outside for a terminal
 * @name: file name, set name or any other text from the user
 *
 * Return: a text that stays valid until the fourth next call in this thread.
 */
const char *err_name(const char *name)
{
	static __thread char bufs[NAME_BUFS][ERR_TEXT_MAX / 2];
	static __thread unsigned int next;
	char *buf = bufs[next++ % NAME_BUFS];

	if (rivet_name_escape(name, strlen(name), buf, sizeof(bufs[0])) >= sizeof(bufs[0]))
		memcpy(buf + sizeof(bufs[0]) - 4, "...", 4);
	return buf;
}
