/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/eval: from a request to a verdict
 */
#ifndef _RIVET_DECIDE_EVAL_H
#define _RIVET_DECIDE_EVAL_H

#include <linux/fs.h>
#include <uapi/linux/rivet.h>

#include "decide/memo.h"
#include "measure/measure.h"
#include "policy/active.h"
#include "process/program.h"
#include "riv/lookup.h"
#include "text/digest.h"
#include "text/names.h"

/**
 * struct rivet_cause - a reason determined by the hook itself, or none
 * @known: @reason is valid; false in a zeroed struct
 * @reason: the reason; if it is known, no file is measured
 */
struct rivet_cause {
	bool known;
	enum rivet_reason reason;
};

#define RIVET_CAUSE(why) ((struct rivet_cause){ .known = true, .reason = (why) })

/**
 * struct rivet_answer - the outcome of a verdict that was carried out
 * @reason: reason of the verdict; RIVET_REASON_UNMEASURED if there was none
 * @lasts: the request is permitted in either mode, not only because of audit mode
 */
struct rivet_answer {
	enum rivet_reason reason;
	bool lasts;
};

/**
 * struct rivet_request - the input of a decision
 *
 * Concerns a file, bytes in a buffer (which may come from a file), or neither. The last
 * case is a change of memory or of the kernel's own code without a file.
 *
 * @op: requested operation
 * @hook: hook that makes the request
 * @file: the file, held by the caller; or NULL
 * @inode: rivet_file_inode() of @file; without @file, the inode concerned or NULL
 * @process: for RUNNING: the process that has @file mapped, whose uid and program count; held
 *	by the caller. NULL for the acting task
 * @process_exe: exe_file of @process, held by the caller; or NULL
 * @buffer: the bytes that will be used; NULL if those of @file will be used
 * @size: bytes of @buffer
 * @detail: description of the operation if op and path do not describe it; escaped; or NULL
 * @exe: RIV path of the program that would act; NULL for the program of the acting task
 * @uses: bits of enum rivet_use, any one of which the RIV must allow
 * @name: for READ and SCRIPT: init's name of the file, for path= of rules; NULL if it could
 *	not be determined
 * @cause: reason determined by the hook itself
 * @bytes: concerns the bytes that will be read from @file, independent of its path, like a
 *	request with @buffer
 * @may_read: files may be read and paths may be looked up on disk; false under the mmap lock
 * @folder_locked: the kernel may hold the lock of the file's directory, so lookups must be
 *	served from memory
 * @stays_open: the kernel has @file open for reading, reads from it until the use that is
 *	decided on later, and does not keep writers out: so nobody may write to it, as with READ
 * @as_enforcing: answer as in enforce mode, in any mode
 * @is_early: execve(2) has not told yet whether it opens a program or a loader. Refused only
 *	if the file would be refused as both; only a refusal counts as a decision
 * @is_atomic: the kernel may hold spinlocks of its own: there is a cause, and no file; the
 *	report waits until the task returns to user mode
 * @only_asks: nothing is permitted by the answer, so a match leaves no trace at the file. Its
 *	measurement may be kept, like any other: as long as nothing was permitted by it, no
 *	change of the file meets an obstacle
 * @answer: filled in with the outcome by rivet_decide(); or NULL
 */
struct rivet_request {
	enum rivet_op op;
	enum rivet_hook hook;
	struct file *file;
	struct inode *inode;
	struct task_struct *process;
	const struct file *process_exe;
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
	bool stays_open;
	bool as_enforcing;
	bool is_early;
	bool is_atomic;
	bool only_asks;
	struct rivet_answer *answer;
};

/**
 * struct rivet_verdict - the result of a decision, with its explanation
 *
 * Filled in by rivet_eval(), put by rivet_eval_put().
 *
 * @mode: mode at the time of the decision
 * @action: action of the policy
 * @reason: result of the comparison with the RIVs
 * @op: op whose rules decided
 * @rule_line: line of the rule that decided
 * @policy: policy that decided; referenced
 * @measured: digest; RIVET_DIGEST_NONE if not measured
 * @expected: digest that a RIV names for the path; RIVET_DIGEST_NONE if none
 * @size: bytes of the file
 * @voucher: RIV that vouches, or that has the digest at another path, or whose set is not met
 * @riv_generation: generation of the RIVs at the lookup
 * @path_flags: RIVET_PATH_*
 * @path_buffer: from __getname(), or NULL
 * @path: path of the file, in @path_buffer; "" if it could not be determined
 * @spared: the policy refuses the file as expired, but it is permitted because the machine
 *	could not be repaired without it
 * @fails: for RUNNING: mapping the file would be refused. If false, the action is ALLOW
 * @program: program that the acting task runs; referenced, or NULL
 * @exe_revoked: no RIV vouches for @program any more, see rivet_program_get()
 */
struct rivet_verdict {
	enum rivet_mode mode;
	enum rivet_action action;
	enum rivet_reason reason;
	enum rivet_op op;
	u32 rule_line;
	struct rivet_policy *policy;
	struct rivet_digest measured;
	struct rivet_digest expected;
	u64 size;
	struct rivet_voucher voucher;
	u64 riv_generation;
	u8 path_flags;
	bool spared;
	bool fails;
	char *path_buffer;
	const char *path;
	struct rivet_program *program;
	bool exe_revoked;
};

int rivet_eval(const struct rivet_request *request, struct rivet_verdict *verdict);
void rivet_eval_put(struct rivet_verdict *verdict);
bool rivet_eval_is_anonymous(const struct file *file, const struct inode *inode);
bool rivet_eval_runs_sealed(enum rivet_op op, const struct inode *inode);
u32 rivet_eval_uid(const struct rivet_request *request);

/**
 * rivet_eval_is_refused() - check whether a verdict refuses its request
 * @verdict: the verdict
 *
 * Context: any.
 * Return: true if so, in enforce mode only.
 */
static inline bool rivet_eval_is_refused(const struct rivet_verdict *verdict)
{
	return verdict->mode == RIVET_MODE_ENFORCE && rivet_action_refuses(verdict->action);
}

/**
 * rivet_eval_path_is_inits() - check whether init sees the file at the path of a verdict
 * @verdict: the verdict
 *
 * Context: any.
 * Return: true if it does; false also if the path was not looked for.
 */
static inline bool rivet_eval_path_is_inits(const struct rivet_verdict *verdict)
{
	return verdict->path[0] == '/' &&
	       !(verdict->path_flags & (RIVET_PATH_DELETED | RIVET_PATH_FOREIGN));
}

/* Cost of a hit: one table lookup, some comparisons, no lock, hardly ever a write. */
static __always_inline const struct rivet_measurement *
rivet_eval_find(struct inode *inode, const struct dentry *dentry,
		const struct rivet_lookup **lookup)
{
	const struct rivet_inode *ri = rivet_measure_find(inode);
	const struct rivet_lookup *found;
	struct rivet_measurement *m;

	if (unlikely(!ri))
		return NULL;
	m = rcu_dereference_sched(ri->measurement);
	found = rcu_dereference_sched(ri->lookup);
	if (m && found && rivet_measure_is_current(m, inode) &&
	    rivet_lookup_is_current(found, m, dentry) && atomic_read(&inode->i_writecount) <= 0) {
		rivet_measure_note_use(m);
		*lookup = found;
		return m;
	}
	return NULL;
}

/**
 * rivet_eval_known_uses() - get the uses that the RIVs allow a file, from memory
 * @file: the file
 * @inode: rivet_file_inode() of @file
 *
 * Context: any.
 * Return: bits of enum rivet_use; 0 if only rivet_eval() can determine them.
 */
static inline u32 rivet_eval_known_uses(const struct file *file, struct inode *inode)
{
	const struct rivet_lookup *found;
	u32 uses = 0;

	rcu_read_lock_sched();
	if (rivet_eval_find(inode, rivet_file_path(file)->dentry, &found))
		uses = found->uses;
	rcu_read_unlock_sched();
	return uses;
}

/*
 * A program that rules name must be executed under that name, see runs_as_another() in
 * decide/reason.c. During execve(2) the kernel itself maps the program, whose use is EXEC, and
 * the loader that the program's own bytes name. The loader is exempt: a rule about it is meant
 * for the loader executed by hand, and would otherwise refuse each program. In a chroot, or for
 * a relative name, user space chooses the file that serves as the loader; so programs that
 * rules name are to be listed with exec alone, and are then no loaders.
 */
static __always_inline bool rivet_eval_may_be_guarded(enum rivet_op op, u32 uses, u32 allowed)
{
	return rivet_policy_guards_programs() && !current->in_execve && op != RIVET_OP_EXECUTE &&
	       !(uses & RIVET_USE_EXEC) && (allowed & RIVET_USE_EXEC);
}

/**
 * rivet_eval_find_permitted() - rivet_eval_cached(), for a caller that needs the measurement
 * @file: as for rivet_eval_cached()
 * @inode: as for rivet_eval_cached()
 * @op: as for rivet_eval_cached()
 * @uses: as for rivet_eval_cached()
 *
 * Context: any, under rcu_read_lock_sched().
 * Return: the measurement by which the request is permitted; or NULL.
 */
static __always_inline const struct rivet_measurement *
rivet_eval_find_permitted(const struct file *file, struct inode *inode, enum rivet_op op, u32 uses)
{
	const struct rivet_policy *policy = rcu_dereference_sched(rivet_policy_active);
	const struct rivet_decision *d = &policy->rules.fast[op][RIVET_REASON_MATCH];
	const struct rivet_lookup *found;
	const struct rivet_measurement *m;

	if (d->action != RIVET_ACTION_ALLOW && !d->needs_context)
		return NULL;
	m = rivet_eval_find(inode, rivet_file_path(file)->dentry, &found);
	if (!m || !(found->uses & uses) || rivet_eval_may_be_guarded(op, uses, found->uses))
		return NULL;
	if (unlikely(d->needs_context) && !rivet_memo_permits(policy, op, file, uses, found))
		return NULL;
	return m;
}

/**
 * rivet_eval_cached() - decide on a request from memory
 * @file: the file
 * @inode: rivet_file_inode() of @file
 * @op: requested operation
 * @uses: bits of enum rivet_use, any of which the RIV must allow
 *
 * In enforce mode the caller denies writers before this call. Otherwise an open writer
 * makes it return false.
 *
 * Every program start and every executable mapping calls this function. It is therefore
 * inline and uses the RCU-sched flavour, whose read side is inline too.
 *
 * Context: any.
 * Return: true if the request is permitted without a report; false if rivet_eval() must
 * decide.
 */
static __always_inline bool rivet_eval_cached(const struct file *file, struct inode *inode,
					      enum rivet_op op, u32 uses)
{
	bool allowed;

	rcu_read_lock_sched();
	allowed = rivet_eval_find_permitted(file, inode, op, uses);
	rcu_read_unlock_sched();
	return allowed;
}

#endif /* _RIVET_DECIDE_EVAL_H */
