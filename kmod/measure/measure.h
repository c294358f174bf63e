/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/measure: digests of the bytes of a file
 */
#ifndef _RIVET_MEASURE_H
#define _RIVET_MEASURE_H

#include <linux/fs.h>
#include <linux/types.h>

#include "measure/real.h"
#include "measure/table.h"

#define RIVET_MEASURE_MAX	(4ULL << 30)	/* bytes; a larger file is not hashed */

/**
 * struct rivet_measure_how - options of a measurement
 * @deny_writers: refuse writers while the file is read, and fail if there is one
 * @want_sha256: read the file even if it has an fs-verity digest
 * @keep: the filesystem is one whose files change only through this kernel, so
 *	the result may be used again
 * @may_read: the file may be read if there is no measurement in memory
 */
struct rivet_measure_how {
	bool deny_writers;
	bool want_sha256;
	bool keep;
	bool may_read;
};

extern const struct cred *rivet_measure_cred;

int rivet_measure_init(void);
void rivet_measure_exit(void);

int rivet_measure_file(struct file *file, struct inode *inode,
		       const struct rivet_measure_how *how, struct rivet_measurement *out);
int rivet_measure_buffer(const void *data, size_t len, struct rivet_digest *out);
void rivet_measure_verity(struct inode *inode, struct rivet_digest *out);

/**
 * rivet_file_path() - the path under which a file is used
 * @file: an open or mapped file
 *
 * Overlayfs maps a file of a layer; the file is used under the overlay's name.
 *
 * Context: any.
 * Return: the path, referenced by @file.
 */
static inline const struct path *rivet_file_path(const struct file *file)
{
	return file_user_path(file);
}

/**
 * rivet_file_inode() - the inode whose pages a mapping of a file maps
 * @file: an open file
 *
 * Context: any.
 * Return: under overlayfs the inode of the layer, else the file's inode.
 */
static __always_inline struct inode *rivet_file_inode(const struct file *file)
{
	return file_inode(rivet_real_file(file));
}

#endif /* _RIVET_MEASURE_H */
