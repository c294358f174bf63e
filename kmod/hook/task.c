// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/task: the program that a process runs, and access to the process
 */
#include <linux/binfmts.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "decide/decide.h"
#include "decide/report.h"
#include "hook/handlers.h"
#include "hook/probe.h"
#include "hook/task.h"
#include "measure/measure.h"
#include "policy/active.h"
#include "process/program.h"
#include "riv/index.h"
#include "riv/lookup.h"
#include "text/names.h"

static struct rivet_program *make_program(const struct rivet_digest *digest,
					  const struct rivet_finding *found)
{
	/* A RIV for any path gives no name: the program could pick that of another for exe=. */
	const char *path = found->riv_path ?: "";
	size_t len = strlen(path);
	struct rivet_program *program = kzalloc(sizeof(*program) + len + 1, GFP_KERNEL);

	if (!program)
		return ERR_PTR(-ENOMEM);
	refcount_set(&program->refs, 1);
	program->digest = *digest;
	program->set_version = found->set_version;
	program->signer = found->signer;
	program->uses = found->keep.uses;
	program->path_len = len;
	program->vouched = found->reason == RIVET_REASON_MATCH;
	memcpy(program->set, found->set, sizeof(program->set));
	memcpy(program->path, path, len);
	return program;
}

/* Refusals by name still apply to a program that was listed. */
static bool was_listed(enum rivet_reason reason)
{
	return reason == RIVET_REASON_MATCH || reason == RIVET_REASON_REVOKED ||
	       reason == RIVET_REASON_EXPIRED;
}

/* Returns a reference, NULL if no RIV knows the digest, or ERR_PTR(-ENOMEM). */
static struct rivet_program *find_by_digest(const struct file *file,
					    const struct rivet_digest *digest)
{
	struct rivet_program *program = NULL;
	struct rivet_finding found;
	int err;

	if (!digest->alg)
		return NULL;
	err = rivet_lookup_digest(digest, rivet_measure_path(file)->dentry, RIVET_USE_EXEC, true,
				  &found);
	if (!err && was_listed(found.reason))
		program = make_program(digest, &found);
	kfree(found.riv_path);
	return err ? ERR_PTR(err) : program;
}

/**
 * rivet_hook_task_name() - find the RIV match of a program by its digests
 * @file: the program
 * @sha256: measurement at its start; RIVET_DIGEST_NONE if not measured
 * @verity: fs-verity digest at its start; RIVET_DIGEST_NONE if there is none
 *
 * Context: may sleep; reads no file.
 * Return: the program with a reference for the caller; NULL if no RIV knows it;
 * ERR_PTR(-ENOMEM).
 */
struct rivet_program *rivet_hook_task_name(struct file *file, const struct rivet_digest *sha256,
					   const struct rivet_digest *verity)
{
	return find_by_digest(file, verity) ?: find_by_digest(file, sha256);
}

/* Like rivet_hook_task_name(), for a file whose measurement is not kept. */
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
	struct rivet_verdict *v = rivet_eval(&req);

	if (!v)
		return ERR_PTR(-ENOMEM);
	if (!v->error && was_listed(v->reason))
		program = find_by_digest(file, &v->measured);
	rivet_eval_free(v);
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
	struct rivet_program *program = rivet_hook_task_name(file, sha256, verity);

	if (!IS_ERR_OR_NULL(program))
		rivet_task_set_program(file, program);
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
		program = rivet_hook_task_name(file, &m.sha256, &m.verity);
	else
		program = name_by_reading(file, inode);
	err = rivet_task_start(file, &m.sha256, &m.verity, IS_ERR(program) ? NULL : program);
	return IS_ERR(program) ? PTR_ERR(program) : err;
}

/*
 * Fast path for a program whose name no decision depends on and whose file address is in
 * the table: one lookup, no allocation, no sleep. Returns false if note_start() must run.
 */
static bool note_known(struct file *file, struct inode *inode)
{
	const u64 rivs = rivet_riv_generation();
	const struct rivet_measurement *m;
	const struct rivet_policy *policy;
	struct rivet_digest sha256, verity;
	u64 generation;
	bool uses_exe;
	u32 uses;

	rcu_read_lock_sched();
	policy = rcu_dereference_sched(rivet_policy_active);
	generation = policy->generation;
	uses_exe = policy->rules.uses_exe;
	m = rivet_eval_find(inode, rivet_measure_path(file)->dentry, &uses);
	if (m) {
		sha256 = m->sha256;
		verity = m->verity;
	}
	rcu_read_unlock_sched();
	return m && !uses_exe && !(uses & RIVET_USE_JIT) &&
	       rivet_task_start_again(file, &sha256, &verity, NULL) &&
	       generation == rivet_policy_generation() && rivs == rivet_riv_generation();
}

/* Returns 0 or -ENOMEM. */
static int note_start(struct file *file, struct inode *inode)
{
	const u64 policy = rivet_policy_generation(), rivs = rivet_riv_generation();
	struct rivet_digest sha256, verity;
	bool measured;
	int err;

	if (needs_name(file, inode))
		return note_named(file, inode);
	sha256.alg = RIVET_DIGEST_NONE;
	verity.alg = RIVET_DIGEST_NONE;
	measured = atomic_read(&inode->i_writecount) <= 0 &&
		   rivet_measure_peek_digests(inode, &sha256, &verity);
	err = rivet_task_start(file, &sha256, &verity, NULL);
	/* The lock of the table orders this after the walk that may have missed it. */
	if (err || (policy == rivet_policy_generation() && rivs == rivet_riv_generation()) ||
	    !needs_name(file, inode))
		return err;
	return measured ? name_late(file, &sha256, &verity) : note_named(file, inode);
}

/*
 * Rules with exe= would not apply to an unknown program, so an interpreter could read
 * files that the rules forbid it. As execve(2) cannot fail any more, a failure here kills
 * the process in enforce mode. execve(2) opens files only with __FMODE_EXEC, by which the
 * table distinguishes programs from other files at the same address.
 */
static void hook_bprm_committed_creds(struct linux_binprm *bprm)
{
	struct file *file = bprm->file;
	struct inode *inode;

	rivet_report_count(RIVET_COUNT_HOOK_START);
	if (!(file->f_flags & __FMODE_EXEC))
		return;
	inode = rivet_measure_inode(file);
	if (note_known(file, inode) || !try_module_get(THIS_MODULE))
		return;
	if (note_start(file, inode))
		rivet_decide_failed_late();
	module_put(THIS_MODULE);
}

/* A tracer can make its tracee run any code, so tracing is decided as ANON_EXEC. */
static int decide_tracing(enum rivet_hook hook, const struct task_struct *tracee)
{
	char comm[TASK_COMM_LEN], escaped[4 * TASK_COMM_LEN], detail[RIVET_DETAIL_MAX];
	const struct rivet_request req = {
		.op = RIVET_OP_ANON_EXEC,
		.hook = hook,
		.cause = RIVET_CAUSE(RIVET_REASON_ANONYMOUS),
		.detail = detail,
	};

	rivet_report_count(RIVET_COUNT_HOOK_PTRACE);
	memcpy(comm, tracee->comm, sizeof(comm));
	rivet_name_escape(comm, strnlen(comm, sizeof(comm)), escaped, sizeof(escaped));
	snprintf(detail, sizeof(detail), "tracing of process %d (%s)", task_tgid_nr((void *)tracee),
		 escaped);
	return rivet_decide_now(&req);
}

/*
 * Called with the tracee's alloc_lock held. Read-only access is always allowed. procfs
 * uses the filesystem credentials for the information that it shows of a process. Writing
 * through /proc/PID/mem is decided when the file is opened for writing.
 */
static int hook_ptrace_access_check(struct task_struct *child, unsigned int mode)
{
	return (mode & PTRACE_MODE_ATTACH) && !(mode & PTRACE_MODE_FSCREDS) ?
		decide_tracing(RIVET_HOOK_PTRACE_ACCESS_CHECK, child) : 0;
}

/* Called with tasklist_lock held for writing. */
static int hook_ptrace_traceme(struct task_struct *parent)
{
	return decide_tracing(RIVET_HOOK_PTRACE_TRACEME, current);
}

/**
 * rivet_hook_task_refuses_uprobe() - decide on the registration of a uprobe
 * @fregs: registers at the entry of the kernel's function
 *
 * A breakpoint replaces one byte of code in every process that has the file mapped. On
 * amd64 the byte may be inside an instruction, which then becomes another instruction.
 * Uprobes are therefore decided like tracing. The kernel has no hook for them.
 *
 * Context: process context; called by ftrace; does not sleep.
 * Return: true if the uprobe is refused.
 */
bool notrace rivet_hook_task_refuses_uprobe(struct ftrace_regs *fregs)
{
	const struct rivet_request req = {
		.op = RIVET_OP_ANON_EXEC,
		.hook = RIVET_HOOK_UPROBE_REGISTER,
		.cause = RIVET_CAUSE(RIVET_REASON_ANONYMOUS),
		.detail = "a uprobe, which changes code of programs",
	};

	rivet_report_count(RIVET_COUNT_HOOK_PTRACE);
	return rivet_decide_now(&req);
}

/* Newer kernels return a pointer, older kernels a number. */
static long hook_uprobe_register(void)
{
	return -EACCES;
}

const struct rivet_handler rivet_hook_task_handlers[] = {
	RIVET_HANDLER(RIVET_HOOK_BPRM_COMMITTED_CREDS, bprm_committed_creds),
	RIVET_HANDLER(RIVET_HOOK_PTRACE_ACCESS_CHECK, ptrace_access_check),
	RIVET_HANDLER(RIVET_HOOK_PTRACE_TRACEME, ptrace_traceme),
	RIVET_HANDLER(RIVET_HOOK_UPROBE_REGISTER, uprobe_register),
	RIVET_HANDLERS_END
};
