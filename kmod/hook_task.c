// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook_task: which program a process runs
 */
#include <linux/binfmts.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "eval.h"
#include "handlers.h"
#include "measure.h"
#include "task.h"

static struct rivet_program *make_program(const struct rivet_verdict *v)
{
	const char *path = v->riv_path ?: v->path;
	size_t len = strlen(path);
	struct rivet_program *program = kzalloc(sizeof(*program) + len + 1, GFP_KERNEL);

	if (!program)
		return NULL;
	refcount_set(&program->refs, 1);
	program->digest = v->measured;
	program->set_version = v->set_version;
	program->uses = v->uses;
	program->path_len = len;
	memcpy(program->set, v->set, sizeof(program->set));
	memcpy(program->path, path, len);
	return program;
}

static void record_program(struct linux_binprm *bprm)
{
	const struct rivet_request req = {
		.op = RIVET_OP_EXECUTE,
		.hook = RIVET_HOOK_BPRM_COMMITTED_CREDS,
		.file = bprm->file,
		.inode = rivet_measure_inode(bprm->file),
		.uses = RIVET_USE_EXEC,
		.may_sleep = true,
	};
	struct rivet_program *program = NULL;
	struct rivet_verdict *v = kmalloc(sizeof(*v), GFP_KERNEL);

	if (v) {
		rivet_eval(&req, v);
		if (!v->error && v->reason == RIVET_REASON_MATCH)
			program = make_program(v);
		rivet_eval_release(v);
		kfree(v);
	}
	rivet_task_set(current, program);
}

static void hook_bprm_committed_creds(struct linux_binprm *bprm)
{
	if (!try_module_get(THIS_MODULE))
		return;
	record_program(bprm);
	module_put(THIS_MODULE);
}

static int hook_task_alloc(struct task_struct *task, unsigned long clone_flags)
{
	int ret;

	if (!try_module_get(THIS_MODULE))
		return 0;
	ret = rivet_task_inherit(task);
	module_put(THIS_MODULE);
	return ret;
}

static void hook_task_free(struct task_struct *task)
{
	rivet_task_forget(task);
}

const struct rivet_handler rivet_hook_task_handlers[] = {
	RIVET_HANDLER(RIVET_HOOK_BPRM_COMMITTED_CREDS, bprm_committed_creds),
	RIVET_HANDLER(RIVET_HOOK_TASK_ALLOC, task_alloc),
	RIVET_HANDLER(RIVET_HOOK_TASK_FREE, task_free),
	RIVET_HANDLERS_END
};
