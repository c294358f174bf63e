// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - surface/written: who may write to a file, and the copy of the bytes written
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

#include "surface/written.h"

#define COPIED_AT_ONCE	(256 * 1024)	/* bytes of an object copied without a pause */

/**
 * rivet_written_by() - did opener and writer of a file have a capability?
 * @file: the file
 * @cap: the capability
 *
 * Both need it: passing on a descriptor grants no privilege.
 *
 * Context: any.
 * Return: true if both have it.
 */
bool rivet_written_by(const struct file *file, int cap)
{
	return capable(cap) && file_ns_capable(file, &init_user_ns, cap);
}

/**
 * rivet_written_line() - the length of a text without its line end
 * @data: the text
 * @len: its bytes
 *
 * Context: any.
 * Return: @len, or one less if the text ends with a newline.
 */
size_t rivet_written_line(const char *data, size_t len)
{
	return len && data[len - 1] == '\n' ? len - 1 : len;
}

/* Copies in pieces and reschedules in between, because an object may have 64 MiB. */
static int copy_pieces(char *to, const char __user *from, size_t count)
{
	size_t done, piece;

	for (done = 0; done < count; done += piece) {
		piece = min_t(size_t, count - done, COPIED_AT_ONCE);
		if (copy_from_user(to + done, from + done, piece))
			return -EFAULT;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/**
 * rivet_written_copy() - copy an object out of user memory
 * @buf: the object
 * @count: its bytes; the caller has compared them with a bound
 *
 * Context: may sleep.
 * Return: the object with a terminator after its last byte, for kvfree(), or an errno:
 * ENOMEM, EFAULT, EINTR.
 */
char *rivet_written_copy(const char __user *buf, size_t count)
{
	char *data = kvmalloc(count + 1, GFP_KERNEL | __GFP_NOWARN);
	int err;

	if (!data)
		return ERR_PTR(-ENOMEM);
	err = copy_pieces(data, buf, count);
	if (err) {
		kvfree(data);
		return ERR_PTR(err);
	}
	data[count] = '\0';
	return data;
}
