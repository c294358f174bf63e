// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook_task: which program a process runs, and who may get at it
 */
#include <linux/binfmts.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "decide.h"
#include "handlers.h"
#include "hook_task.h"
#include "measure.h"
#include "names.h"
#include "policy.h"
#include "report.h"
#include "task.h"

static struct rivet_program *make_program(const struct rivet_verdict *v)
{
	/* What a RIV vouches for under any path has no name that it could not choose. */
	const char *path = v->riv_path ?: "";
	size_t len = strlen(path);
	struct rivet_program *program = kzalloc(sizeof(*program) + len + 1, GFP_KERNEL);

	if (!program)
		return ERR_PTR(-ENOMEM);
	refcount_set(&program->refs, 1);
	program->digest = v->measured;
	program->set_version = v->set_version;
	program->signer = v->signer;
	program->uses = v->uses;
	program->path_len = len;
	memcpy(program->set, v->set, sizeof(program->set));
	memcpy(program->path, path, len);
	return program;
}

/**
 * rivet_hook_task_program() - what a task will be known by that runs a file
 * @file: the program
 *
 * Context: may sleep and read the file.
 * Return: the program with a reference for the caller; NULL if it does not match;
 * ERR_PTR(-ENOMEM).
 */
struct rivet_program *rivet_hook_task_program(struct file *file)
{
	const struct rivet_request req = {
		.op = RIVET_OP_EXECUTE,
		.hook = RIVET_HOOK_BPRM_COMMITTED_CREDS,
		.file = file,
		.inode = rivet_measure_inode(file),
		.uses = RIVET_USE_EXEC,
		.may_sleep = true,
	};
	struct rivet_program *program = NULL;
	struct rivet_verdict *v = rivet_eval(&req);

	if (!v)
		return ERR_PTR(-ENOMEM);
	if (!v->error && v->reason == RIVET_REASON_MATCH)
		program = make_program(v);
	rivet_eval_free(v);
	return program;
}

/**
 * rivet_hook_task_matters() - whether it has to be known that a task runs a program
 * @program: the program
 *
 * Context: any.
 * Return: false if no decision of the active policy depends on it.
 */
bool rivet_hook_task_matters(const struct rivet_program *program)
{
	return (program->uses & RIVET_USE_JIT) || rivet_policy_uses_exe();
}

/* Without exe= rules only what may make memory executable has to be known. */
static bool needs_record(struct file *file)
{
	u32 uses;

	if (rivet_policy_uses_exe())
		return true;
	uses = rivet_eval_known_uses(file, rivet_measure_inode(file));
	return !uses || (uses & RIVET_USE_JIT);
}

/*
 * A program without a record would be asked about as if no rule named it: an interpreter
 * could read what it may not. Nor can execve(2) fail any more.
 */
static void hook_bprm_committed_creds(struct linux_binprm *bprm)
{
	bool needed = needs_record(bprm->file);
	struct rivet_program *program;

	if ((!needed && !rivet_task_any()) || !try_module_get(THIS_MODULE))
		return;
	program = needed ? rivet_hook_task_program(bprm->file) : NULL;
	if (rivet_task_set(current, IS_ERR(program) ? NULL : program) || IS_ERR(program))
		rivet_decide_without_memory();
	module_put(THIS_MODULE);
}

static int hook_task_alloc(struct task_struct *task, unsigned long clone_flags)
{
	int ret;

	if (!rivet_task_any() || !try_module_get(THIS_MODULE))
		return 0;
	ret = rivet_task_inherit(task);
	module_put(THIS_MODULE);
	return ret;
}

static void hook_task_free(struct task_struct *task)
{
	if (rivet_task_any())
		rivet_task_forget(task);
}

/* Who is traced can be made to run anything: decided as memory that becomes executable. */
static int decide_tracing(enum rivet_hook hook, const struct task_struct *tracee)
{
	char comm[TASK_COMM_LEN], escaped[4 * TASK_COMM_LEN], detail[RIVET_DETAIL_MAX];
	const struct rivet_request req = {
		.op = RIVET_OP_ANON_EXEC,
		.hook = hook,
		.forced = RIVET_REASON_ANONYMOUS,
		.detail = detail,
	};

	rivet_report_count(RIVET_COUNT_HOOK_PTRACE);
	memcpy(comm, tracee->comm, sizeof(comm));
	rivet_name_escape(comm, strnlen(comm, sizeof(comm)), escaped, sizeof(escaped));
	snprintf(detail, sizeof(detail), "tracing of process %d (%s)", task_tgid_nr((void *)tracee),
		 escaped);
	return rivet_decide_now(&req);
}

/* Called with the tracee's alloc_lock held. Who only reads may. */
static int hook_ptrace_access_check(struct task_struct *child, unsigned int mode)
{
	return mode & PTRACE_MODE_ATTACH ?
		decide_tracing(RIVET_HOOK_PTRACE_ACCESS_CHECK, child) : 0;
}

/* Called with tasklist_lock held for writing. */
static int hook_ptrace_traceme(struct task_struct *parent)
{
	return decide_tracing(RIVET_HOOK_PTRACE_TRACEME, current);
}

const struct rivet_handler rivet_hook_task_handlers[] = {
	RIVET_HANDLER(RIVET_HOOK_BPRM_COMMITTED_CREDS, bprm_committed_creds),
	RIVET_HANDLER(RIVET_HOOK_TASK_ALLOC, task_alloc),
	RIVET_HANDLER(RIVET_HOOK_TASK_FREE, task_free),
	RIVET_HANDLER(RIVET_HOOK_PTRACE_ACCESS_CHECK, ptrace_access_check),
	RIVET_HANDLER(RIVET_HOOK_PTRACE_TRACEME, ptrace_traceme),
	RIVET_HANDLERS_END
};
