/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/memo: permissions that depend on more than the file, from memory
 */
#ifndef _RIVET_DECIDE_MEMO_H
#define _RIVET_DECIDE_MEMO_H

#include <linux/types.h>
#include <uapi/linux/rivet.h>

struct file;
struct rivet_lookup;
struct rivet_policy;

/**
 * struct rivet_memo - a permission for a match, and all that it depends on
 * @serial: serial of the lookup that matched; 0 if there is nothing to remember
 * @policy: generation of the policy that permitted
 * @stamp: rivet_mount_watch_stamp() before the path was looked at; 0 if no rule asks for it
 * @mount: mount through which the file is used; compared only; NULL if no rule asks for it
 * @entries: mix of the file's directory entry and those above it, with their names; 0 if no
 *	rule asks for it
 * @kept: jiffies when it was kept; valid in its place only
 * @rename_seq: with @stamp, sequence of the kernel's rename_lock before @entries was made
 * @uid: acting uid; 0 if no rule asks for it
 * @uses: bits of enum rivet_use of the request
 * @op: enum rivet_op
 */
struct rivet_memo {
	u64 serial;
	u64 policy;
	u64 stamp;
	const void *mount;
	u64 entries;
	unsigned long kept;
	unsigned int rename_seq;
	u32 uid;
	u32 uses;
	u8 op;
};

void rivet_memo_prepare(const struct rivet_policy *policy, enum rivet_op op);
void rivet_memo_exit(void);
bool rivet_memo_begin(struct rivet_memo *memo, const struct rivet_policy *policy,
		      enum rivet_op op, const struct file *file, u32 uses);
void rivet_memo_keep(const struct rivet_memo *memo);
bool rivet_memo_permits(const struct rivet_policy *policy, enum rivet_op op,
			const struct file *file, u32 uses, const struct rivet_lookup *found);

#endif /* _RIVET_DECIDE_MEMO_H */
