// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/memo: permissions that depend on more than the file, from memory
 *
 * Rules with uid=, fsmagic=, path= or set= answer by more than the op and the reason. Each CPU
 * remembers what they permitted for a match, with all that the answer depends on: the policy,
 * the lookup, which stands for the bytes, the sets and the file's name and filesystem, the
 * use, the acting uid, the names of the file and its folders, and the mounts of init. If one of
 * these is another one, or anything was renamed, the rules are asked again. A refusal is never
 * remembered, nor is an answer that depends on the acting program (exe=).
 *
 * Only tasks with init's root have their permissions by path= and set= remembered: the mounts
 * of others may change without notice.
 */
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/path.h>
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <linux/uidgid.h>

#include "decide/memo.h"
#include "measure/measure.h"
#include "policy/active.h"
#include "riv/mount_watch.h"

#define KEPT_FOR	(60 * HZ)	/* with a path; its numbers of 32 bits come again later */
#define SET_BITS	7	/* of the number of a pair of places */

/* Of one CPU. Read and written with preemption disabled, never in interrupts. */
struct memos {
	struct rivet_memo pairs[1 << SET_BITS][2];
};

static struct memos __percpu *memos;	/* NULL until the first policy needs them */

static struct rivet_memo *pair_of(const struct rivet_memo *memo)
{
	const u64 mixed = memo->serial ^ (u64)memo->op << 56 ^ (u64)memo->uses << 40 ^
			  (u64)memo->uid << 8;

	return this_cpu_ptr(memos)->pairs[hash_64(mixed, SET_BITS)];
}

static bool is_same(const struct rivet_memo *a, const struct rivet_memo *b)
{
	return a->serial == b->serial && a->policy == b->policy && a->stamp == b->stamp &&
	       a->mount == b->mount && a->entries == b->entries && a->uid == b->uid &&
	       a->uses == b->uses && a->op == b->op;
}

/*
 * An entry and those above it cannot be freed while the file is open, but may have been freed
 * before. So names and inodes are mixed in, by which another entry at the same address differs:
 * user space cannot choose the generation of an inode. Returns 0 for an entry without a place.
 */
static u64 mix_entries(const struct dentry *dentry)
{
	const struct dentry *at = dentry, *parent;
	const struct inode *inode;
	u64 mix = 0;

	for (;;) {
		mix = (mix + (unsigned long)at) * GOLDEN_RATIO_64;
		mix = (mix ^ READ_ONCE(at->d_name.hash_len)) * GOLDEN_RATIO_64;
		inode = d_inode_rcu(at);
		if (!inode)
			return 0;
		mix = (mix ^ inode->i_ino ^ (u64)inode->i_generation << 32) * GOLDEN_RATIO_64;
		parent = READ_ONCE(at->d_parent);
		if (parent == at)
			return mix;
		if (d_unhashed(at))
			return 0;
		at = parent;
	}
}

/* Fills in what rules with path= and set= depend on; false if a change would not be noticed. */
static bool describe_place(struct rivet_memo *memo, const struct file *file)
{
	const struct path *used = rivet_file_path(file);

	if (d_unhashed(used->dentry) || !rivet_mount_watch_is_root())
		return false;
	memo->mount = used->mnt;
	memo->stamp = rivet_mount_watch_stamp();
	memo->entries = mix_entries(used->dentry);
	return memo->stamp && memo->entries;
}

/* Under rcu_read_lock_sched(). Fills in all but serial and rename_seq; false if it cannot. */
static bool describe(struct rivet_memo *memo, const struct rivet_policy *policy,
		     enum rivet_op op, const struct file *file, u32 uses)
{
	const u8 context = policy->rules.fast[op][RIVET_REASON_MATCH].context;

	*memo = (struct rivet_memo){ .policy = policy->generation, .uses = uses, .op = op };
	if (!READ_ONCE(memos) || !context || (context & RIVET_CONTEXT_PROGRAM))
		return false;
	if (context & RIVET_CONTEXT_ORIGIN)
		memo->uid = from_kuid(&init_user_ns, current_real_cred()->uid);
	return !(context & RIVET_CONTEXT_PLACE) || describe_place(memo, file);
}

/**
 * rivet_memo_prepare() - provide for memos, if the answers of a policy depend on a context
 * @policy: the policy, held by the caller
 * @op: requested operation
 *
 * If it fails, nothing is remembered.
 *
 * Context: may sleep and open files; no lock of a directory is held.
 */
void rivet_memo_prepare(const struct rivet_policy *policy, enum rivet_op op)
{
	const u8 context = policy->rules.fast[op][RIVET_REASON_MATCH].context;
	struct memos __percpu *more;

	if (context && !READ_ONCE(memos)) {
		more = alloc_percpu(struct memos);
		if (more && cmpxchg(&memos, NULL, more))
			free_percpu(more);
	}
	if (context & RIVET_CONTEXT_PLACE)
		rivet_mount_watch_start();
}

/**
 * rivet_memo_begin() - note what an answer of the rules will depend on, before it is made
 * @memo: filled in, except for its serial
 * @policy: the policy that will answer, held by the caller
 * @op: requested operation
 * @file: the file
 * @uses: bits of enum rivet_use, any of which the RIV must allow
 *
 * Context: any but interrupts.
 * Return: true if an answer that permits may be kept by rivet_memo_keep().
 */
bool rivet_memo_begin(struct rivet_memo *memo, const struct rivet_policy *policy,
		      enum rivet_op op, const struct file *file, u32 uses)
{
	unsigned int rename_seq;
	bool may_keep;

	rename_seq = read_seqbegin(&rename_lock);
	rcu_read_lock_sched();
	may_keep = describe(memo, policy, op, file, uses);
	rcu_read_unlock_sched();
	memo->rename_seq = rename_seq;
	return may_keep && (!memo->stamp || rivet_mount_watch_covers(rivet_file_path(file)));
}

/**
 * rivet_memo_keep() - remember a permission
 * @memo: from rivet_memo_begin(), with the serial of the lookup that is kept at the inode
 *
 * Context: any but interrupts.
 */
void rivet_memo_keep(const struct rivet_memo *memo)
{
	struct rivet_memo *pair;

	if (!memo->serial)
		return;
	rcu_read_lock_sched();
	pair = pair_of(memo);
	pair[1] = pair[0];
	pair[0] = *memo;
	pair[0].kept = jiffies;
	rcu_read_unlock_sched();
}

/**
 * rivet_memo_permits() - check whether the rules are known to permit the use of a match
 * @policy: the active policy
 * @op: requested operation
 * @file: the file
 * @uses: bits of enum rivet_use, any of which the RIV must allow
 * @found: its lookup, which is current
 *
 * Context: any but interrupts, under rcu_read_lock_sched().
 * Return: true if they permitted the same use in the same context, without a report.
 */
bool rivet_memo_permits(const struct rivet_policy *policy, enum rivet_op op,
			const struct file *file, u32 uses, const struct rivet_lookup *found)
{
	const struct rivet_memo *known;
	struct rivet_memo memo;

	if (!describe(&memo, policy, op, file, uses))
		return false;
	memo.serial = found->serial;
	known = pair_of(&memo);
	if (!is_same(known, &memo) && !is_same(++known, &memo))
		return false;
	return !memo.stamp || (time_before(jiffies, known->kept + KEPT_FOR) &&
			       !read_seqretry(&rename_lock, known->rename_seq));
}

/**
 * rivet_memo_exit() - free the memos
 *
 * Context: may sleep; no task decides any more, if any ever did.
 */
void rivet_memo_exit(void)
{
	free_percpu(memos);
}
