// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook: the handlers of the kernel's security hooks
 *
 * A handler translates what the kernel asks into a request, has it decided and
 * reported, and translates the verdict into an errno; it decides nothing.
 *
 * Handlers that may sleep hold a reference to the module while they do, so that
 * rmmod is refused instead of waiting behind a slow disk. The way from a hook
 * function into a handler and out again is covered by the grace period of
 * RCU-tasks that unloading waits for.
 */
#include <linux/binfmts.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "attach.h"
#include "eval.h"
#include "hold.h"
#include "hook.h"
#include "measure.h"
#include "mode.h"
#include "policy.h"
#include "probe.h"
#include "report.h"
#include "task.h"

/* SIGKILL for the acting thread group alone; never for init or a kernel thread. */
static void kill_actor(void)
{
	if (!is_global_init(current) && !(current->flags & PF_KTHREAD))
		send_sig(SIGKILL, current, 1);
}

static int carry_out(const struct rivet_verdict *v)
{
	if (v->error)
		return v->error;
	if (v->mode != RIVET_MODE_ENFORCE || !rivet_eval_refuses(v->action))
		return 0;
	if (v->action == RIVET_ACTION_KILL)
		kill_actor();
	return -EACCES;
}

static int decide_and_report(const struct rivet_request *req)
{
	struct rivet_verdict *v;
	int ret;

	if (!try_module_get(THIS_MODULE))
		return 0;	/* being unloaded, which only audit mode allows */
	v = kmalloc(sizeof(*v), GFP_KERNEL);
	if (!v) {
		ret = rivet_mode_is_enforce() ? -ENOMEM : 0;
		goto put;
	}
	rivet_eval(req, v);
	if (!v->error)
		rivet_report_verdict(req, v);
	ret = carry_out(v);
	rivet_eval_release(v);
	kfree(v);
put:
	module_put(THIS_MODULE);
	return ret;
}

static noinline int decide_execution(struct file *file, struct inode *inode)
{
	const struct rivet_request req = {
		.op = RIVET_OP_EXECUTE,
		.hook = RIVET_HOOK_BPRM_CHECK_SECURITY,
		.file = file,
		.inode = inode,
		.uses = RIVET_USE_EXEC,
		.may_sleep = true,
	};

	return decide_and_report(&req);
}

static int hook_bprm_check_security(struct linux_binprm *bprm)
{
	struct inode *inode;

	if (rivet_probe_sees(RIVET_HOOK_BPRM_CHECK_SECURITY))
		return -EPERM;
	rivet_report_count(RIVET_COUNT_HOOK_EXEC);
	rivet_report_count(RIVET_COUNT_DECISIONS);
	inode = rivet_measure_inode(bprm->file);
	if (!rivet_eval_cached(bprm->file, inode, RIVET_OP_EXECUTE, RIVET_USE_EXEC))
		return decide_execution(bprm->file, inode);
	rivet_report_count(RIVET_COUNT_DECISIONS_CACHED);
	return 0;
}

/* The kernel's own mapping of the program that is being executed needs no other use than exec. */
static u32 uses_for_mapping(const struct file *file)
{
	const struct mm_struct *mm = current->mm;

	if (unlikely(current->in_execve) && mm && rcu_access_pointer(mm->exe_file) == file)
		return RIVET_USE_MMAP | RIVET_USE_EXEC;
	return RIVET_USE_MMAP;
}

static noinline int decide_mapping_anew(enum rivet_op op, struct file *file, struct inode *inode,
					u32 uses, enum rivet_reason forced)
{
	const struct rivet_request req = {
		.op = op,
		.hook = op == RIVET_OP_MMAP ? RIVET_HOOK_MMAP_FILE : RIVET_HOOK_FILE_MPROTECT,
		.file = file,
		.inode = inode,
		.uses = uses,
		.forced = forced,
		.may_sleep = op == RIVET_OP_MMAP,
	};

	return decide_and_report(&req);
}

/* Decide on a mapping; in enforce mode keep writers away from before until it is in place. */
static __always_inline int decide_mapping(enum rivet_op op, struct file *file, u32 uses,
					  enum rivet_reason forced)
{
	struct inode *inode = rivet_measure_inode(file);
	struct rivet_hold *hold = NULL;
	int ret = 0;

	rivet_report_count(RIVET_COUNT_DECISIONS);
	if (rivet_mode_is_enforce()) {
		hold = rivet_hold_take(file, inode);
		if (IS_ERR(hold)) {
			if (hold == ERR_PTR(-ENOMEM))
				return -ENOMEM;
			hold = NULL;
			if (forced == RIVET_REASON_MATCH)
				forced = RIVET_REASON_WRITABLE;
		}
	}
	if (forced == RIVET_REASON_MATCH && rivet_eval_cached(file, inode, op, uses))
		rivet_report_count(RIVET_COUNT_DECISIONS_CACHED);
	else
		ret = decide_mapping_anew(op, file, inode, uses, forced);
	if (hold && ret)
		rivet_hold_drop(hold);
	else if (hold)
		rivet_hold_until_return(hold);
	return ret;
}

/* Out of line, so that mappings that are not executable do not pay for it. */
static noinline int decide_mmap(struct file *file, unsigned long prot)
{
	return decide_mapping(RIVET_OP_MMAP, file, uses_for_mapping(file),
			      prot & PROT_WRITE ? RIVET_REASON_WRITABLE : RIVET_REASON_MATCH);
}

static int hook_mmap_file(struct file *file, unsigned long reqprot, unsigned long prot,
			  unsigned long flags)
{
	if (rivet_probe_sees(RIVET_HOOK_MMAP_FILE))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_MMAP);
	if (!(prot & PROT_EXEC) || !file)
		return 0;
	return decide_mmap(file, prot);
}

/* Called under the mmap lock: answers from what is known, without reading. */
static int hook_file_mprotect(struct vm_area_struct *vma, unsigned long reqprot,
			      unsigned long prot)
{
	rivet_report_count(RIVET_COUNT_HOOK_MPROTECT);
	if (!(prot & PROT_EXEC) || !vma->vm_file)
		return 0;
	if ((vma->vm_flags & VM_EXEC) && (!(prot & PROT_WRITE) || (vma->vm_flags & VM_WRITE)))
		return 0;	/* gains nothing */
	return decide_mapping(RIVET_OP_MPROTECT, vma->vm_file, RIVET_USE_MMAP,
			      vma->anon_vma ? RIVET_REASON_ANONYMOUS :
			      prot & PROT_WRITE ? RIVET_REASON_WRITABLE : RIVET_REASON_MATCH);
}

/*
 * Somebody wants to change a file. While it is mapped executable as verified,
 * enforce mode refuses as the kernel does for running programs; else what was
 * measured no longer counts.
 */
static int let_change(struct inode *inode)
{
	struct rivet_inode *ri;
	bool known, matched;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	known = ri;
	matched = ri && READ_ONCE(ri->matched);
	rcu_read_unlock();
	if (!known)
		return 0;
	if (matched && rivet_mode_is_enforce() && rivet_hold_is_mapped_executable(inode)) {
		rivet_report_count(RIVET_COUNT_WRITERS_REFUSED);
		return -ETXTBSY;
	}
	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri)
		rivet_measure_invalidate(ri);
	rcu_read_unlock();
	return 0;
}

static int let_change_pinned(struct inode *inode)
{
	int ret;

	if (!try_module_get(THIS_MODULE))
		return 0;
	ret = let_change(inode);
	module_put(THIS_MODULE);
	return ret;
}

static int hook_file_open(struct file *file)
{
	if (rivet_probe_sees(RIVET_HOOK_FILE_OPEN))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_OPEN);
	/* O_TRUNC changes a file that is opened for reading only, too. */
	if (likely(!(file->f_mode & FMODE_WRITE) && !(file->f_flags & O_TRUNC)) ||
	    !S_ISREG(file_inode(file)->i_mode))
		return 0;
	return let_change_pinned(rivet_measure_inode(file));
}

/*
 * Only truncate(2) has no open file: all other ways to shorten a file open it
 * with O_TRUNC or for writing, which was seen when it was opened.
 */
static int hook_path_truncate(const struct path *path)
{
	if (rivet_probe_sees(RIVET_HOOK_PATH_TRUNCATE))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_TRUNCATE);
	return let_change_pinned(d_real_inode(path->dentry));
}

static void hook_inode_free_security(struct inode *inode)
{
	if (rivet_probe_sees(RIVET_HOOK_INODE_FREE_SECURITY))
		return;
	rivet_report_count(RIVET_COUNT_HOOK_INODE_FREE);
	rivet_measure_forget(inode);
}

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

#define HOOK(index, name) \
	[index] = { .function = "bpf_lsm_" #name, .handler = hook_##name }

/*
 * In the order of attaching: inode_free_security comes first and goes last, for a
 * missed free would make a reused pointer look verified.
 */
static struct rivet_attachment table[__RIVET_HOOK_MAX] = {
	HOOK(RIVET_HOOK_INODE_FREE_SECURITY, inode_free_security),
	HOOK(RIVET_HOOK_BPRM_CHECK_SECURITY, bprm_check_security),
	HOOK(RIVET_HOOK_MMAP_FILE, mmap_file),
	HOOK(RIVET_HOOK_FILE_MPROTECT, file_mprotect),
	HOOK(RIVET_HOOK_FILE_OPEN, file_open),
	HOOK(RIVET_HOOK_PATH_TRUNCATE, path_truncate),
	HOOK(RIVET_HOOK_BPRM_COMMITTED_CREDS, bprm_committed_creds),
	HOOK(RIVET_HOOK_TASK_ALLOC, task_alloc),
	HOOK(RIVET_HOOK_TASK_FREE, task_free),
};

#define ALWAYS_WANTED (BIT(RIVET_HOOK_INODE_FREE_SECURITY) | BIT(RIVET_HOOK_BPRM_CHECK_SECURITY) | \
		       BIT(RIVET_HOOK_MMAP_FILE) | BIT(RIVET_HOOK_FILE_OPEN) | \
		       BIT(RIVET_HOOK_PATH_TRUNCATE))
#define TASK_HOOKS (BIT(RIVET_HOOK_BPRM_COMMITTED_CREDS) | BIT(RIVET_HOOK_TASK_ALLOC) | \
		    BIT(RIVET_HOOK_TASK_FREE))

static u32 wanted_hooks(const struct rivet_rules *rules)
{
	u32 wanted = ALWAYS_WANTED;

	if (rules->defaults[RIVET_OP_MPROTECT].line)
		wanted |= BIT(RIVET_HOOK_FILE_MPROTECT);
	if (rules->uses_exe)
		wanted |= TASK_HOOKS;
	return wanted;
}

static u32 attached_hooks(void)
{
	u32 attached = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].attached)
			attached |= BIT(i);
	return attached;
}

/**
 * rivet_hook_add() - attach what a policy needs, and detach nothing
 * @rules: its rules
 *
 * For the time in which the policy before is still active and needs its own.
 *
 * Context: may sleep; callers serialise.
 * Return: 0, or an errno of rivet_attach_change().
 */
int rivet_hook_add(const struct rivet_rules *rules)
{
	u32 attached = attached_hooks(), wanted = wanted_hooks(rules);
	int err = 0;

	/* Before any record is made: one that outlives its task is taken for another's. */
	if (wanted & TASK_HOOKS)
		err = rivet_attach_change(table, ARRAY_SIZE(table),
					  attached | BIT(RIVET_HOOK_TASK_FREE));
	return err ?: rivet_attach_change(table, ARRAY_SIZE(table), attached | wanted);
}

/**
 * rivet_hook_want() - attach what a policy needs, and detach what it does not
 * @rules: its rules
 *
 * Context: may sleep; callers serialise.
 * Return: 0, or an errno of rivet_attach_change(); then what was attached before still is.
 */
int rivet_hook_want(const struct rivet_rules *rules)
{
	bool had_tasks = table[RIVET_HOOK_TASK_FREE].attached;
	int err;

	err = rivet_attach_change(table, ARRAY_SIZE(table), wanted_hooks(rules));
	if (err)
		return err;
	if (had_tasks && !table[RIVET_HOOK_TASK_FREE].attached) {
		synchronize_rcu_tasks();
		rivet_task_forget_all();
	}
	return 0;
}

/**
 * rivet_hook_state() - how sure it is that a hook works
 * @hook: the hook
 *
 * Context: any.
 * Return: the state.
 */
enum rivet_hook_state rivet_hook_state(enum rivet_hook hook)
{
	if (table[hook].missing)
		return RIVET_HOOK_MISSING;
	if (!table[hook].attached)
		return RIVET_HOOK_UNUSED;
	return rivet_probe_has_seen(hook) ? RIVET_HOOK_LIVE : RIVET_HOOK_DERIVED;
}

/**
 * rivet_hook_show() - print the coverage table
 * @m: where to; one line a hook: name, state, why
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_hook_show(struct seq_file *m)
{
	static const char * const states[] = {
		[RIVET_HOOK_UNUSED] = "unused the active policy has no rule that needs it",
		[RIVET_HOOK_DERIVED] = "derived attached; cannot be provoked while loading",
		[RIVET_HOOK_LIVE] = "live provoked while loading, and seen",
		[RIVET_HOOK_MISSING] = "missing this kernel has no such hook",
	};
	enum rivet_hook hook;

	for (hook = 0; hook < __RIVET_HOOK_MAX; hook++)
		seq_printf(m, "%s %s\n", rivet_name_hook(hook), states[rivet_hook_state(hook)]);
	seq_printf(m, "fsverity_digest %s\n", RIVET_FSVERITY_AVAILABLE ?
		   "live the kernel tells modules fs-verity digests" :
		   "missing this kernel does not export fsverity_get_digest; files are hashed whole");
	return 0;
}

static int check_proven(void)
{
	static const enum rivet_hook must[] = {
		RIVET_HOOK_INODE_FREE_SECURITY, RIVET_HOOK_BPRM_CHECK_SECURITY,
		RIVET_HOOK_MMAP_FILE, RIVET_HOOK_FILE_OPEN, RIVET_HOOK_PATH_TRUNCATE,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(must); i++) {
		if (rivet_probe_has_seen(must[i]))
			continue;
		pr_err("not loading: the hook %s does not answer; the BPF LSM is not active: boot with bpf in lsm= (lsm=...,bpf)\n",
		       rivet_name_hook(must[i]));
		return -EOPNOTSUPP;
	}
	return 0;
}

/**
 * rivet_hook_init() - attach what the active policy needs, and prove it live
 *
 * Context: process context of insmod; may sleep.
 * Return: 0; -EOPNOTSUPP if a hook does not answer; -ENOENT if the kernel has no
 * BPF LSM; another errno of rivet_attach_change().
 */
int rivet_hook_init(void)
{
	struct rivet_policy *policy = rivet_policy_get();
	int err;

	err = rivet_hook_want(&policy->rules);
	rivet_policy_put(policy);
	if (err == -ENOENT)
		pr_err("not loading: this kernel has no BPF LSM (CONFIG_BPF_LSM) to attach to\n");
	else if (err == -EBUSY)
		pr_err("not loading: ftrace is disabled (sysctl kernel.ftrace_enabled) or a livepatch holds a hook\n");
	if (err)
		return err;
	rivet_probe_run();
	err = check_proven();
	if (err)
		rivet_hook_exit();
	return err;
}

/**
 * rivet_hook_exit() - detach all hooks and wait until no handler runs any more
 *
 * Context: may sleep.
 */
void rivet_hook_exit(void)
{
	/* If ftrace cannot let go of a hook, its handler must stay: so does the module. */
	if (WARN_ON_ONCE(rivet_attach_change(table, ARRAY_SIZE(table), 0)))
		__module_get(THIS_MODULE);
	synchronize_rcu_tasks();
	rivet_hold_exit();
	synchronize_rcu_tasks();
}
