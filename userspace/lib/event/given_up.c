// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - a mark that a file has been given up: from rivet-remedy, for rivetd
 *
 * Each use of a file that fails is an event. Without the mark, each event would start rivet-remedy
 * for a job that it drops.
 */
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/durable.h"
#include "lib/base/file.h"
#include "lib/event/given_up.h"
#include "text/digest.h"

/**
 * given_up_write() - mark a file as given up from now on
 * @file: the mark; ends in GIVEN_UP_SUFFIX
 * @digest: digest that a RIV names for the file; for another one there may be attempts
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int given_up_write(const char *file, const char *digest, struct err *err)
{
	return durable_write(file, 0600, digest, strlen(digest), err);
}

/**
 * given_up_is() - has a file been given up, and is that not over?
 * @file: the mark
 * @digest: digest that a RIV names now
 *
 * Return: true if so. False if the mark cannot be read, or is from the future, after the clock
 * was set back: one job too many does no harm.
 */
bool given_up_is(const char *file, struct rivet_slice digest)
{
	struct buffer text = { 0 };
	struct err unused;
	struct stat st;
	time_t age;
	bool is;

	if (stat(file, &st))
		return false;
	age = time(NULL) - st.st_mtime;
	if (age < 0 || age >= GIVEN_UP_SECONDS ||
	    file_read(file, RIVET_DIGEST_TEXT_MAX, &text, &unused))
		return false;
	is = text.len == digest.len && !memcmp(text.data, digest.ptr, digest.len);
	buffer_free(&text);
	return is;
}
