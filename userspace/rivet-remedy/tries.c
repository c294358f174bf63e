// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - attempts for each file, counted beyond a crash and a boot
 *
 * An attempt is counted before it begins, so that one that brings the machine down is counted too.
 * One that succeeded counts as well: a file that is changed over and over is not restored, and its
 * unit not restarted, without end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/durable.h"
#include "lib/base/file.h"
#include "tries.h"

#define SIZE_MAX_BYTES	256
#define DOUBLED_MAX	10	/* a pause is doubled so often at most */

/**
 * tries_read() - read the attempts for a file
 * @file: the file that counts them
 * @tries: filled; none if the file is missing or malformed
 */
void tries_read(const char *file, struct tries *tries)
{
	struct buffer text = { 0 };
	unsigned int pending = 0;
	struct err unused;

	memset(tries, 0, sizeof(*tries));
	if (file_read(file, SIZE_MAX_BYTES, &text, &unused) ||
	    sscanf(text.data, "%78s %u %" SCNd64 " %u", tries->digest, &tries->count,
		   &tries->last, &pending) != 4)
		memset(tries, 0, sizeof(*tries));
	else
		tries->pending = pending;
	buffer_free(&text);
}

/**
 * tries_renew() - begin anew if the attempts were about other content, or long ago
 * @tries: the attempts
 * @digest: digest that a RIV names now
 * @now: the time, in seconds since 1970
 */
void tries_renew(struct tries *tries, const char *digest, int64_t now)
{
	if (!strcmp(tries->digest, digest) && now - tries->last < TRIES_SECONDS)
		return;
	memset(tries, 0, sizeof(*tries));
	snprintf(tries->digest, sizeof(tries->digest), "%s", digest);
}

/**
 * tries_write() - save the attempts
 * @file: the file that counts them
 * @tries: the attempts
 * @err: filled on error
 *
 * Return: EXIT_OK once they are on the disk, or the exit status of the error.
 */
int tries_write(const char *file, const struct tries *tries, struct err *err)
{
	char text[SIZE_MAX_BYTES];
	int len = snprintf(text, sizeof(text), "%s %u %" PRId64 " %u\n", tries->digest,
			   tries->count, tries->last, tries->pending);

	return durable_write(file, 0600, text, len, err);
}

/**
 * tries_wait() - how long to wait before the next attempt
 * @tries: the attempts
 * @pause: seconds between the first two
 * @now: the time, in seconds since 1970
 *
 * A clock that was set back never makes it wait longer than the pause.
 *
 * Return: seconds; 0 or less if it is due.
 */
int64_t tries_wait(const struct tries *tries, unsigned int pause, int64_t now)
{
	unsigned int doubled = tries->count ? tries->count - 1 : 0;
	int64_t wait;

	if (!tries->count)
		return 0;
	wait = (int64_t)pause << (doubled < DOUBLED_MAX ? doubled : DOUBLED_MAX);
	return tries->last > now ? wait : tries->last + wait - now;
}
