/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/again: read a file once more, beside the measurement that is kept
 */
#ifndef _RIVET_MEASURE_AGAIN_H
#define _RIVET_MEASURE_AGAIN_H

#include <linux/types.h>

#include "text/digest.h"

struct file;
struct inode;

/**
 * struct rivet_again - one more reading of a file
 * @fresh: read from the device; false afterwards if the file has no direct reads, and the page
 *	cache was read instead
 * @go_on: called after each piece with its bytes; the reading ends if it returns false
 * @arg: for @go_on
 * @sha256: the digest of the bytes
 */
struct rivet_again {
	bool fresh;
	bool (*go_on)(void *arg, size_t bytes);
	void *arg;
	struct rivet_digest sha256;
};

int rivet_again_read(struct file *file, const struct inode *inode, struct rivet_again *again);

#endif /* _RIVET_MEASURE_AGAIN_H */
