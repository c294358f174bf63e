// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/start: which program a process starts, as far as decisions depend on it
 *
 * The digests of a program are always recorded (process/starts.c). Its name and uses are
 * looked up only if the active policy depends on them.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "decide/eval.h"
#include "decide/start.h"
#include "measure/measure.h"
#include "policy/active.h"
#include "process/naming.h"
#include "process/program.h"
#include "process/starts.h"
#include "riv/index.h"
#include "riv/mount_watch.h"

/* Like rivet_naming_find(), for a file whose measurement is not kept. */
static struct rivet_program *name_by_reading(struct file *file, struct inode *inode)
{
	const struct rivet_request req = {
		.op = RIVET_OP_EXECUTE,
		.hook = RIVET_HOOK_BPRM_COMMITTED_CREDS,
		.file = file,
		.inode = inode,
		.uses = RIVET_USE_EXEC,
		.may_read = true,
	};
	struct rivet_program *program = NULL;
	struct rivet_verdict v;
	int err;

	err = rivet_eval(&req, &v);
	if (err)
		return err == -ENOMEM ? ERR_PTR(err) : NULL;
	if (rivet_naming_was_listed(v.reason))
		program = rivet_naming_find_one(file, &v.measured);
	rivet_eval_put(&v);
	return program;
}

/* Checks whether the active policy depends on the name. If not, the digest is enough. */
static bool needs_name(const struct file *file, struct inode *inode)
{
	u32 uses;

	if (rivet_policy_uses_exe())
		return true;
	if (!rivet_policy_acts(RIVET_OP_ANON_EXEC))
		return false;
	uses = rivet_eval_known_uses(file, inode);
	return !uses || (uses & RIVET_USE_JIT);
}

/*
 * A policy that depends on names may have become active since needs_name() was checked.
 * It has named only the programs in the table, which did not have this start yet. Returns
 * 0 or -ENOMEM.
 */
static int name_late(struct file *file, const struct rivet_digest *sha256,
		     const struct rivet_digest *verity)
{
	struct rivet_program *program = rivet_naming_find(file, sha256, verity);

	if (!IS_ERR_OR_NULL(program))
		rivet_starts_name(file, program);
	return PTR_ERR_OR_ZERO(program);
}

/* Returns 0 or -ENOMEM. */
static int note_named(struct file *file, struct inode *inode)
{
	struct rivet_program *program;
	struct rivet_measurement m;
	int err;

	m.sha256.alg = RIVET_DIGEST_NONE;
	m.verity.alg = RIVET_DIGEST_NONE;
	if (atomic_read(&inode->i_writecount) <= 0 && rivet_measure_peek(inode, &m))
		program = rivet_naming_find(file, &m.sha256, &m.verity);
	else
		program = name_by_reading(file, inode);
	err = rivet_starts_record(file, &m.sha256, &m.verity, IS_ERR(program) ? NULL : program);
	return IS_ERR(program) ? PTR_ERR(program) : err;
}

/**
 * rivet_start_note_known() - record a start without allocation and sleep, if that is possible
 * @file: as for rivet_start_note()
 * @inode: as for rivet_start_note()
 *
 * Fast path for a program whose name no decision depends on and whose file address is in
 * the table: one lookup.
 *
 * Context: any but interrupts.
 * Return: false if rivet_start_note() must run.
 */
bool rivet_start_note_known(struct file *file, struct inode *inode)
{
	const u64 rivs = rivet_riv_generation();
	const struct rivet_measurement *m;
	const struct rivet_policy *policy;
	const struct rivet_lookup *found;
	bool noted;

	if (is_global_init(current))
		return false;
	rcu_read_lock_sched();
	policy = rcu_dereference_sched(rivet_policy_active);
	m = rivet_eval_find(inode, rivet_file_path(file)->dentry, &found);
	/* The open of @file has put the program of an earlier file: none is put here. */
	noted = m && !policy->rules.uses_exe && !(found->uses & RIVET_USE_JIT) &&
		rivet_starts_record_again(file, &m->sha256, &m->verity, NULL) &&
		/* Under RCU, no other policy gets the address of this one. */
		policy == rcu_access_pointer(rivet_policy_active) &&
		rivs == rivet_riv_generation();
	rcu_read_unlock_sched();
	return noted;
}

/**
 * rivet_start_note() - record that the acting process starts a program
 * @file: file that execve(2) opened, with __FMODE_EXEC
 * @inode: rivet_file_inode() of @file
 *
 * Finds its name too, if a decision of the active policy may depend on it. Init has changed its
 * root, if at all, before it executes a program there, so the watch of its mounts begins anew.
 *
 * Context: may sleep and read the file; the caller holds the module.
 * Return: 0 or -ENOMEM.
 */
int rivet_start_note(struct file *file, struct inode *inode)
{
	const u64 policy = rivet_policy_generation(), rivs = rivet_riv_generation();
	struct rivet_digest sha256, verity;
	bool measured;
	int err;

	if (is_global_init(current))
		rivet_mount_watch_forget();
	if (needs_name(file, inode))
		return note_named(file, inode);
	sha256.alg = RIVET_DIGEST_NONE;
	verity.alg = RIVET_DIGEST_NONE;
	measured = atomic_read(&inode->i_writecount) <= 0 &&
		   rivet_measure_peek_digests(inode, &sha256, &verity);
	err = rivet_starts_record(file, &sha256, &verity, NULL);
	/* The lock of the table orders this after the walk that may have missed it. */
	if (err || (policy == rivet_policy_generation() && rivs == rivet_riv_generation()) ||
	    !needs_name(file, inode))
		return err;
	return measured ? name_late(file, &sha256, &verity) : note_named(file, inode);
}
