/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - quarantine/list: the digests that are refused until good content, a signed object
 * or the operator ends that
 */
#ifndef _RIVET_QUARANTINE_LIST_H
#define _RIVET_QUARANTINE_LIST_H

#include <linux/compiler.h>
#include <linux/fs.h>

#include "quarantine/line.h"

struct seq_file;

/**
 * enum rivet_quarantine_close - whether SET quarantine-read=deny closes an inode to readers
 * @RIVET_QUARANTINE_OPEN: no, since a user has had a file of others measured
 * @RIVET_QUARANTINE_CLOSES_OWN: yes, the file is the user's own
 * @RIVET_QUARANTINE_CLOSES: yes, root has had it measured, or a RIV is about it
 *
 * A later one counts for more: of several files with the same bytes, a user's own does not open
 * another.
 */
enum rivet_quarantine_close {
	RIVET_QUARANTINE_OPEN,
	RIVET_QUARANTINE_CLOSES_OWN,
	RIVET_QUARANTINE_CLOSES,
};

/**
 * struct rivet_quarantine_live - the inode in memory that has the bytes of an entry
 * @inode: the inode, held by the caller; NULL if there is none
 * @changes: rivet_measurement.changes when its bytes were measured
 * @close: whether it may be closed to readers
 */
struct rivet_quarantine_live {
	const struct inode *inode;
	u32 changes;
	enum rivet_quarantine_close close;
};

extern unsigned int rivet_quarantine_count_value;

/**
 * rivet_quarantine_is_any() - check whether the list has entries
 *
 * Context: any. One read.
 * Return: true if there are.
 */
static inline bool rivet_quarantine_is_any(void)
{
	return READ_ONCE(rivet_quarantine_count_value);
}

bool rivet_quarantine_has(const struct rivet_digest *digest, bool would_too);
bool rivet_quarantine_may_have(u64 size);
bool rivet_quarantine_closes(const struct inode *inode, bool would_too);
void rivet_quarantine_see(const struct rivet_digest *digest,
			  const struct rivet_quarantine_live *live);
void rivet_quarantine_inode_ends(const struct inode *inode);
int rivet_quarantine_show(struct seq_file *m);
void rivet_quarantine_exit(void);

#endif /* _RIVET_QUARANTINE_LIST_H */
