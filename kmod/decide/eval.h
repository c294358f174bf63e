/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/eval: from a request to a verdict
 */
#ifndef _RIVET_DECIDE_EVAL_H
#define _RIVET_DECIDE_EVAL_H

#include <linux/fs.h>
#include <uapi/linux/rivet.h>

#include "measure/measure.h"
#include "policy/active.h"
#include "process/program.h"
#include "riv/lookup.h"
#include "text/digest.h"
#include "text/names.h"

/**
 * struct rivet_cause - a reason that a hook has found itself, or none
 * @known: there is one; what is not set is none
 * @reason: it, and no file is measured then
 */
struct rivet_cause {
	bool known;
	enum rivet_reason reason;
};

#define RIVET_CAUSE(why) ((struct rivet_cause){ .known = true, .reason = (why) })

/**
 * struct rivet_request - what a hook asks about
 *
 * A file; bytes in a buffer, which may come from a file; or neither, when memory
 * or the kernel's own code is to change without one.
 *
 * @op: what is to be done
 * @hook: which hook asks
 * @file: the file, held by the caller; or NULL
 * @inode: its rivet_measure_inode(); NULL without @file
 * @buffer: the bytes that will be used; NULL: those of @file
 * @size: how many
 * @detail: what is to be done, where op and path do not say it; escaped; or NULL
 * @exe: RIV path of the program that would act; NULL: what the acting task runs
 * @uses: bits of enum rivet_use, any one of which the RIV must allow
 * @name: for READ and SCRIPT: init's name for the file, which rules go by; NULL if it could
 *	not be found out
 * @cause: a reason that the hook has found itself
 * @bytes: it is about the bytes that will be read of @file, not about its place: as @buffer is
 * @may_read: files may be read and paths be looked up on disk; false under the mmap lock
 * @folder_locked: the kernel may hold the lock of the file's folder: what is looked up
 *	must be in memory
 * @as_enforcing: answer as enforce mode would, whatever the mode
 */
struct rivet_request {
	enum rivet_op op;
	enum rivet_hook hook;
	struct file *file;
	struct inode *inode;
	const void *buffer;
	size_t size;
	const char *detail;
	const char *exe;
	const char *name;
	u32 uses;
	struct rivet_cause cause;
	bool bytes;
	bool may_read;
	bool folder_locked;
	bool as_enforcing;
};

/**
 * struct rivet_verdict - the answer, and all that explains it
 *
 * Made by rivet_eval(), freed by rivet_eval_free().
 *
 * @error: 0, or -EINTR if a fatal signal ended the measurement; never -ENOMEM
 * @mode: mode at that moment
 * @action: what the policy says
 * @reason: how the file compares with the RIVs
 * @rule_line: rule that decided
 * @policy: referenced
 * @measured: digest; RIVET_DIGEST_NONE if not measured
 * @expected: digest that a RIV names for the path; RIVET_DIGEST_NONE if none
 * @size: bytes of the file
 * @set: RIV set that vouches, or whose RIV is not met; empty if none
 * @set_version: its version
 * @signer: digest of the certificate that signed it
 * @uses: bits of enum rivet_use that the RIVs allow
 * @riv_generation: of the lookup
 * @path_flags: RIVET_PATH_*
 * @path_buffer: from __getname(), or NULL
 * @path: in @path_buffer; "" if it could not be had
 * @spared: the policy refuses it as expired, but nobody could repair the machine without it
 * @riv_path: path of the RIV that vouches, or that knows the digest elsewhere; kmalloc'ed or NULL
 * @program: what the acting task runs; referenced, or NULL
 * @exe_revoked: nothing vouches for @program any more, see rivet_task_program()
 */
struct rivet_verdict {
	int error;
	enum rivet_mode mode;
	enum rivet_action action;
	enum rivet_reason reason;
	u32 rule_line;
	struct rivet_policy *policy;
	struct rivet_digest measured;
	struct rivet_digest expected;
	u64 size;
	char set[RIVET_NAME_MAX + 1];
	u64 set_version;
	struct rivet_digest signer;
	u32 uses;
	u64 riv_generation;
	u8 path_flags;
	bool spared;
	char *path_buffer;
	const char *path;
	char *riv_path;
	struct rivet_program *program;
	bool exe_revoked;
};

struct rivet_verdict *rivet_eval(const struct rivet_request *request);
void rivet_eval_free(struct rivet_verdict *verdict);
bool rivet_eval_is_anonymous(const struct file *file, const struct inode *inode);
bool rivet_eval_runs_sealed(enum rivet_op op, const struct inode *inode);

/**
 * rivet_eval_refuses() - whether the policy's action refuses a request
 * @action: the action
 *
 * Context: any.
 * Return: see rivet_action_refuses().
 */
static inline bool rivet_eval_refuses(enum rivet_action action)
{
	return rivet_action_refuses(action);
}

/* What a hit costs: one table lookup, some comparisons, no lock, hardly ever a write. */
static __always_inline const struct rivet_measurement *
rivet_eval_find(struct inode *inode, const struct dentry *dentry, u32 *uses)
{
	const struct rivet_inode *ri = rivet_measure_find(inode);
	const struct rivet_lookup *found;
	struct rivet_measurement *m;

	*uses = 0;
	if (unlikely(!ri))
		return NULL;
	m = rcu_dereference_sched(ri->measurement);
	found = rcu_dereference_sched(ri->lookup);
	if (m && found && rivet_measure_is_current(m, inode) &&
	    rivet_lookup_is_current(found, m, dentry) && atomic_read(&inode->i_writecount) <= 0) {
		rivet_measure_note_use(m);
		*uses = found->uses;
		return m;
	}
	return NULL;
}

static __always_inline u32 rivet_eval_matches(struct inode *inode, const struct dentry *dentry,
					      u32 uses)
{
	u32 allowed;

	rivet_eval_find(inode, dentry, &allowed);
	return allowed & uses;
}

/**
 * rivet_eval_known_uses() - what the RIVs allow a file, from memory alone
 * @file: the file
 * @inode: its rivet_measure_inode()
 *
 * Context: any.
 * Return: bits of enum rivet_use; 0 if rivet_eval() has to find out.
 */
static inline u32 rivet_eval_known_uses(const struct file *file, struct inode *inode)
{
	u32 uses;

	rcu_read_lock_sched();
	uses = rivet_eval_matches(inode, rivet_measure_path(file)->dentry, ~0U);
	rcu_read_unlock_sched();
	return uses;
}

/**
 * rivet_eval_cached() - whether a request is permitted, from memory alone
 * @file: the file
 * @inode: its rivet_measure_inode()
 * @op: what is to be done
 * @uses: bits of enum rivet_use, any of which the RIV must allow
 *
 * In enforce mode the caller keeps writers away from before this call; else an
 * open writer makes it answer false.
 *
 * Inline, and under the RCU-sched flavour, whose read side is inline too: this is
 * what every program start and every executable mapping goes through.
 *
 * Context: any.
 * Return: true if it is permitted and there is nothing to report; false if
 * rivet_eval() has to find out.
 */
static __always_inline bool rivet_eval_cached(const struct file *file, struct inode *inode,
					      enum rivet_op op, u32 uses)
{
	const struct rivet_decision *d;
	bool allowed;

	rcu_read_lock_sched();
	d = &rcu_dereference_sched(rivet_policy_active)->rules.fast[op][RIVET_REASON_MATCH];
	allowed = d->action == RIVET_ACTION_ALLOW && !d->needs_context &&
		  rivet_eval_matches(inode, rivet_measure_path(file)->dentry, uses);
	rcu_read_unlock_sched();
	return allowed;
}

#endif /* _RIVET_DECIDE_EVAL_H */
