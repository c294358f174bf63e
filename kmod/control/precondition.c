// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/precondition: check that the machine would survive enforcement
 *
 * An operator who is locked out by enforcement switches it off for good. Enforcement
 * therefore begins only after these checks, unless the policy says boot=enforce or there is
 * none, where a check that fails is only told: the trust keyrings are sealed, a policy
 * that can deny and a RIV set are loaded, and the essential files would be permitted.
 * These are init and its mapped files, a shell, modprobe, the agent, rivetctl, and the
 * requesting program with its libraries.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "control/precondition.h"
#include "decide/essential.h"
#include "decide/eval.h"
#include "measure/measure.h"
#include "measure/measuring.h"
#include "policy/active.h"
#include "process/mapped.h"
#include "riv/index.h"
#include "riv/lookup.h"
#include "trust/trust.h"

/**
 * struct readiness - state of a check
 * @tell: callback for each result
 * @arg: passed to @tell
 * @only_asks: enforcement is not about to begin
 * @ok: all preconditions checked so far are met
 */
struct readiness {
	void (*tell)(bool ok, const char *line, void *arg);
	void *arg;
	bool only_asks;
	bool ok;
};

static __printf(3, 4) void tell(struct readiness *r, bool ok, const char *fmt, ...)
{
	char line[RIVET_READY_LINE_MAX];
	va_list args;

	va_start(args, fmt);
	rivet_name_mark_cut(line, sizeof(line), vsnprintf(line, sizeof(line), fmt, args));
	va_end(args);
	r->ok &= ok;
	r->tell(ok, line, r->arg);
}

static void check_state(struct readiness *r)
{
	struct rivet_policy *policy = rivet_policy_get();
	struct rivet_riv_totals totals;
	bool sealed = rivet_trust_is_sealed();

	rivet_riv_count(&totals);
	tell(r, sealed, "trust: %s", sealed ? "sealed" : "not sealed: rivetctl trust seal");
	tell(r, totals.sets, "riv: %s", totals.sets ? "loaded" :
	     "no RIV set is loaded: rivetctl manifest load FILE.signed");
	tell(r, !policy->builtin, "policy: %s", policy->builtin ?
	     "none is loaded: rivetctl policy load FILE.signed" : "loaded");
	if (!policy->builtin) {
		bool denies = rivet_policy_denies(policy, RIVET_OP_EXECUTE) &&
			      rivet_policy_denies(policy, RIVET_OP_MMAP);

		tell(r, denies, "policy-denies: %s", denies ? "it can deny EXECUTE and MMAP" :
		     "it never denies EXECUTE or never denies MMAP: that would not be enforcement");
	}
	rivet_policy_put(policy);
}

static void check_file(struct readiness *r, const char *name, struct file *file,
		       enum rivet_op op, bool quiet)
{
	const struct rivet_request req = {
		.op = op,
		.hook = op == RIVET_OP_EXECUTE ? RIVET_HOOK_BPRM_CHECK_SECURITY :
						 RIVET_HOOK_MMAP_FILE,
		.file = file,
		.inode = rivet_file_inode(file),
		.uses = op == RIVET_OP_EXECUTE ? RIVET_USE_EXEC : RIVET_USE_MMAP | RIVET_USE_EXEC,
		.may_read = true,
		.as_enforcing = true,
		.only_asks = r->only_asks,
	};
	struct rivet_verdict v;
	char path[256];
	bool ok;
	int err;

	err = rivet_eval(&req, &v);
	if (err) {
		tell(r, false, "%s: %s", name, err == -ENOMEM ? "out of memory" : "interrupted");
		return;
	}
	/* A spared file does not count: with expired sets only spared files would run. */
	ok = !v.spared && !rivet_action_refuses(v.action);
	rivet_name_mark_cut(path, sizeof(path), rivet_name_escape(v.path, strlen(v.path), path,
								  sizeof(path)));
	if (!ok)
		tell(r, false, "%s: %s would be refused: %s", name, path,
		     rivet_name_reason(v.reason));
	else if (!quiet)
		tell(r, true, "%s: passes", name);
	rivet_eval_put(&v);
}

static struct file *open_as_init(const char *name)
{
	const struct cred *old = override_creds(rivet_measure_cred);
	struct file *file;
	struct path path;
	int err;

	err = rivet_lookup_from_init(name, &path);
	if (err) {
		file = ERR_PTR(err);
	} else {
		file = rivet_measuring_open(&path);
		path_put(&path);
	}
	revert_creds(old);
	return file;
}

static bool is_missing(const struct file *file)
{
	return PTR_ERR(file) == -ENOENT || PTR_ERR(file) == -ENOTDIR;
}

static void check_needed(struct readiness *r, const struct rivet_essential *n)
{
	struct file *file = ERR_PTR(-ENOENT);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(n->paths) && n->paths[i] && is_missing(file); i++)
		file = open_as_init(n->paths[i]);
	if (is_missing(file)) {
		tell(r, true, "%s: not installed at %s", n->name, n->paths[0]);
		return;
	}
	if (IS_ERR(file)) {
		tell(r, false, "%s: %s cannot be opened: error %ld", n->name, n->paths[i - 1],
		     -PTR_ERR(file));
		return;
	}
	check_file(r, n->name, file, RIVET_OP_EXECUTE, false);
	fput(file);
}

static void check_process(struct readiness *r, const char *name, struct mm_struct *mm)
{
	struct file *exe = get_file_active((struct file **)&mm->exe_file);
	struct file *files[RIVET_MAPPED_BATCH];
	unsigned long from = 0;
	unsigned int i, n;

	if (exe) {
		check_file(r, name, exe, RIVET_OP_EXECUTE, false);
		fput(exe);
	}
	while ((n = rivet_mapped_get(mm, &from, files))) {
		for (i = 0; i < n; i++)
			check_file(r, name, files[i], RIVET_OP_MMAP, true);
		rivet_mapped_put(files, n);
	}
}

static void check_init(struct readiness *r)
{
	struct task_struct *init;
	struct mm_struct *mm = NULL;

	rcu_read_lock();
	init = pid_task(find_pid_ns(1, &init_pid_ns), PIDTYPE_PID);
	if (init)
		get_task_struct(init);
	rcu_read_unlock();
	if (init) {
		mm = get_task_mm(init);
		put_task_struct(init);
	}
	if (!mm) {
		tell(r, false, "init: no process 1");
		return;
	}
	check_process(r, "init", mm);
	mmput(mm);
}

/**
 * rivet_ready_check() - check all preconditions of enforcement
 * @only_asks: false if enforcement is about to begin: the files that pass count as used as
 *	a match from now on, so that their writers are refused at once
 * @tell_one: callback for each result; a mapped file that passes has none
 * @arg: passed to @tell_one
 *
 * Context: process context; may sleep and read files.
 * Return: true if all are met.
 */
bool rivet_ready_check(bool only_asks, void (*tell_one)(bool ok, const char *line, void *arg),
		       void *arg)
{
	struct readiness r = { .tell = tell_one, .arg = arg, .only_asks = only_asks, .ok = true };
	unsigned int i;

	check_state(&r);
	check_init(&r);
	for (i = 0; i < __RIVET_ESSENTIAL_MAX; i++)
		check_needed(&r, &rivet_essential_needed[i]);
	if (current->mm)
		check_process(&r, "caller", current->mm);
	return r.ok;
}
