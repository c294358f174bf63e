// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/judge: judge a process by the files that it has mapped executable
 *
 * If a file could not be mapped now, the rules for RUNNING decide: it is reported, quarantined,
 * or the process is killed. A program that lacks a right because its start was not recorded is
 * reported too.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "control/judge.h"
#include "control/processes.h"
#include "decide/contain.h"
#include "decide/essential.h"
#include "decide/eval.h"
#include "event/event.h"
#include "measure/measure.h"
#include "mode/mode.h"
#include "policy/active.h"
#include "process/mapped.h"
#include "process/naming.h"
#include "process/program.h"
#include "process/starts.h"
#include "text/names.h"

#define NAME_SHOWN	96	/* bytes of a path in a line */

/**
 * struct process - a process that is looked at
 * @task: its first thread, which may have ended; referenced
 * @mm: its memory, which may be empty by now; a reference to the struct alone, so that the
 *	process can end while its files are read
 * @exe: its exe_file, referenced; or NULL
 */
struct process {
	struct task_struct *task;
	struct mm_struct *mm;
	struct file *exe;
};

static void fill_request(struct rivet_request *req, const struct process *p, enum rivet_op op,
			 struct file *file, u32 uses)
{
	*req = (struct rivet_request){
		.op = op,
		.hook = RIVET_HOOK_MMAP_FILE,
		.file = file,
		.inode = rivet_file_inode(file),
		.process = p->task,
		.process_exe = p->exe,
		.uses = uses,
		.may_read = true,
		.as_enforcing = true,
		.only_asks = !rivet_mode_is_enforce(),
	};
}

/* Returns false if there is no verdict. For want of memory, the file counts as missed. */
static bool judge(struct rivet_sweep *sweep, const struct rivet_request *req,
		  struct rivet_verdict *v)
{
	int err = rivet_eval(req, v);

	if (err == -ENOMEM)
		sweep->counts.missed++;
	return !err;
}

static void report_process(const struct process *p, struct file *file, const char *why,
			   const char *done)
{
	char comm[TASK_COMM_LEN], shown[4 * TASK_COMM_LEN], name[NAME_SHOWN];
	char *buffer = __getname(), *path = NULL;

	if (buffer)
		path = d_path(rivet_file_path(file), buffer, PATH_MAX);
	if (IS_ERR_OR_NULL(path))
		path = "?";
	memcpy(comm, p->task->comm, sizeof(comm));
	rivet_name_escape(comm, strnlen(comm, sizeof(comm)), shown, sizeof(shown));
	rivet_name_mark_cut(name, sizeof(name), rivet_name_escape(path, strlen(path), name,
								  sizeof(name)));
	rivet_event_change(RIVET_EVENT_RUNNING, 0, "already running: process %d (%s) has %s mapped: %s%s",
			   task_tgid_nr(p->task), shown, name, why, done);
	if (buffer)
		__putname(buffer);
}

/* Returns false if there were too many lines, so that the file is only counted. */
static bool report_file(struct rivet_sweep *sweep, const struct process *p, struct file *file,
			const struct rivet_verdict *v, const char *done)
{
	sweep->counts.files++;
	if (sweep->reported++ >= RIVET_SWEEP_LINES_MAX)
		return false;
	report_process(p, file, rivet_name_reason(v->reason), done);
	return true;
}

/* Copies of a program have its digest, so they are the same program. */
static struct rivet_running_program identify(const struct process *p)
{
	struct rivet_running_program program = {
		.uid = from_kuid(&init_user_ns, task_uid(p->task)),
	};
	struct rivet_measurement m;
	struct inode *inode;

	if (!p->exe)
		return program;
	inode = rivet_file_inode(p->exe);
	program.dev = inode->i_sb->s_dev;
	program.ino = inode->i_ino;
	if (rivet_measure_peek(inode, &m))
		program.digest = m.sha256.alg ? m.sha256 : m.verity;
	return program;
}

/* For an agent that started before rivet was loaded. Its file tells, also if it is revoked. */
static bool is_agent_by_file(struct rivet_sweep *sweep, const struct process *p)
{
	struct rivet_program *program;
	struct rivet_request req;
	struct rivet_verdict v;
	bool agent = false;

	fill_request(&req, p, RIVET_OP_EXECUTE, p->exe, RIVET_USE_EXEC);
	req.only_asks = true;
	if (!judge(sweep, &req, &v))
		return true;
	program = rivet_naming_find_one(p->exe, &v.measured);
	if (!IS_ERR_OR_NULL(program)) {
		agent = rivet_essential_is_agent(rivet_program_path(program));
		rivet_program_put(program);
	}
	rivet_eval_put(&v);
	return agent || IS_ERR(program);
}

/* The agent keeps one capability. A user who starts its program has not even that. */
static bool may_be_agent(const struct process *p)
{
	const struct cred *cred;
	bool may;

	rcu_read_lock();
	cred = __task_cred(p->task);
	may = cred->user_ns == &init_user_ns && cap_raised(cred->cap_effective, CAP_NET_ADMIN);
	rcu_read_unlock();
	return may;
}

/* Process 1 and the agent are never killed. Returns true also if memory for an answer lacks. */
static bool is_spared(struct rivet_sweep *sweep, const struct process *p,
		      const struct rivet_verdict *v)
{
	if (is_global_init(p->task))
		return true;
	if (!may_be_agent(p))
		return false;
	if (rivet_essential_is_agent(rivet_program_path(v->program)))
		return true;
	return p->exe && !rivet_starts_has(p->exe) && is_agent_by_file(sweep, p);
}

/* Returns false if it could not be killed any more. */
static bool kill_process(struct rivet_sweep *sweep, const struct process *p,
			 const struct file *file)
{
	const kuid_t uid = task_uid(p->task);

	if (!rivet_kill_process(&sweep->kill, p->task, p->mm))
		return false;
	sweep->counts.killed++;
	if (p->exe && rivet_file_inode(p->exe) == rivet_file_inode(file))
		rivet_kill_note_program(&sweep->kill, p->exe, uid);
	return true;
}

static void kill(struct rivet_sweep *sweep, const struct process *p, struct file *file,
		 const struct rivet_verdict *v)
{
	const struct rivet_running_program program = identify(p);
	const bool would = v->mode != RIVET_MODE_ENFORCE;

	if (would) {
		sweep->counts.would_kill++;
	} else if (!kill_process(sweep, p, file)) {
		report_file(sweep, p, file, v,
			    "; it ended, or became another program, before it was killed");
		return;
	}
	rivet_running_count(&sweep->brake, &program);
	sweep->counts.programs = sweep->brake.count;
	if (!report_file(sweep, p, file, v, would ? "; would be killed" : "; killed"))
		sweep->counts.unnamed++;
}

static void quarantine(struct rivet_sweep *sweep, const struct process *p, struct file *file,
		       const struct rivet_request *req, struct rivet_verdict *v)
{
	const bool would = v->mode != RIVET_MODE_ENFORCE;

	rivet_contain(req, v);
	if (v->action != RIVET_ACTION_QUARANTINE) {
		report_file(sweep, p, file, v, "; not quarantined: no entry could be made");
		return;
	}
	sweep->counts.quarantined++;
	if (!report_file(sweep, p, file, v, would ? "; would be quarantined" : "; quarantined"))
		sweep->counts.unnamed++;
}

static enum rivet_running_answer choose(struct rivet_sweep *sweep, const struct process *p,
					const struct rivet_verdict *v)
{
	const struct rivet_running_program program = identify(p);
	const struct rivet_running_case what = {
		.fails = v->fails,
		.action = v->action,
		.max = rivet_rules_kill_max(&v->policy->rules, v->rule_line),
		.spared = v->fails && v->action == RIVET_ACTION_KILL && is_spared(sweep, p, v),
	};

	return rivet_running_decide(&what, &sweep->brake, &program);
}

/* Returns false if the process need not be looked at any more. */
static bool act_on(struct rivet_sweep *sweep, const struct process *p, struct file *file,
		   const struct rivet_request *req, struct rivet_verdict *v)
{
	switch (choose(sweep, p, v)) {
	case RIVET_RUNNING_PASS:
		return true;
	case RIVET_RUNNING_REPORT:
		report_file(sweep, p, file, v, "");
		return true;
	case RIVET_RUNNING_QUARANTINE:
		quarantine(sweep, p, file, req, v);
		return true;
	case RIVET_RUNNING_KILL:
		kill(sweep, p, file, v);
		return false;
	case RIVET_RUNNING_HOLD:
		sweep->counts.held++;
		sweep->counts.root_held |= uid_eq(task_uid(p->task), GLOBAL_ROOT_UID);
		report_file(sweep, p, file, v, "; not killed: the brake of KILL max= holds");
		return true;
	case RIVET_RUNNING_SPARE:
		sweep->counts.spared++;
		report_file(sweep, p, file, v, is_global_init(p->task) ?
			    "; process 1 is never killed" : "; the agent is never killed");
		return true;
	}
	return true;
}

/* Returns false if the process need not be looked at any more. */
static bool look_at_file(struct rivet_sweep *sweep, const struct process *p, struct file *file)
{
	const bool is_exe = p->exe && rivet_file_inode(file) == rivet_file_inode(p->exe);
	struct rivet_request req;
	struct rivet_verdict v;
	bool more;

	fill_request(&req, p, RIVET_OP_RUNNING, file,
		     RIVET_USE_MMAP | (is_exe ? RIVET_USE_EXEC : 0));
	if (!judge(sweep, &req, &v))
		return true;
	more = act_on(sweep, p, file, &req, &v);
	rivet_eval_put(&v);
	return more;
}

/* Gets the next files without holding the memory of the process while they are read. */
static unsigned int next_files(const struct process *p, unsigned long *from, struct file **files)
{
	unsigned int n;

	if (!mmget_not_zero(p->mm))
		return 0;
	n = rivet_mapped_get(p->mm, from, files);
	mmput(p->mm);
	return n;
}

static void look_at_mapped(struct rivet_sweep *sweep, const struct process *p)
{
	struct file *files[RIVET_MAPPED_BATCH];
	unsigned long from = 0;
	unsigned int i, n;
	bool more = true;

	while (more && !sweep->stopped() && (n = next_files(p, &from, files))) {
		for (i = 0; i < n && more; i++)
			more = look_at_file(sweep, p, files[i]);
		rivet_mapped_put(files, n);
		cond_resched();
	}
}

/* A process without a recorded start has no program, so it lacks the right to JIT code. */
static void report_unseen(struct rivet_sweep *sweep, const struct process *p)
{
	struct rivet_request req;
	struct rivet_verdict v;

	if (rivet_starts_has(p->exe) || !rivet_policy_acts(RIVET_OP_ANON_EXEC))
		return;
	fill_request(&req, p, RIVET_OP_EXECUTE, p->exe, RIVET_USE_EXEC);
	if (!judge(sweep, &req, &v))
		return;
	if (v.reason == RIVET_REASON_MATCH && (v.voucher.uses & RIVET_USE_JIT))
		report_process(p, p->exe, "started before rivet was loaded: no jit", "");
	rivet_eval_put(&v);
}

/**
 * rivet_judge_process() - look at what a process has mapped, and act by the rules for RUNNING
 * @sweep: the sweep, which counts
 * @task: the first thread of the process, which may have ended; the caller holds a reference
 *
 * One that was killed may stay for some passes, and does not count as killed in each of them.
 *
 * Context: may sleep, and reads files.
 */
void rivet_judge_process(struct rivet_sweep *sweep, struct task_struct *task)
{
	struct process p = { .task = task };

	if (!rivet_kill_has_ended(task))
		p.mm = rivet_processes_memory(task);
	if (!p.mm)
		return;
	mmgrab(p.mm);
	p.exe = get_file_active((struct file **)&p.mm->exe_file);
	mmput(p.mm);
	sweep->counts.processes++;
	look_at_mapped(sweep, &p);
	if (p.exe) {
		report_unseen(sweep, &p);
		fput(p.exe);
	}
	mmdrop(p.mm);
}
