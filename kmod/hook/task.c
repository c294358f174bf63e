// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/task: the start of a program, and access to a process
 */
#include <linux/binfmts.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "decide/decide.h"
#include "decide/report.h"
#include "decide/start.h"
#include "hook/handlers.h"
#include "hook/probe.h"
#include "hook/task.h"
#include "measure/measure.h"
#include "text/names.h"

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
	inode = rivet_file_inode(file);
	if (rivet_start_note_known(file, inode) || !try_module_get(THIS_MODULE))
		return;
	if (rivet_start_note(file, inode))
		rivet_decide_failed_late();
	module_put(THIS_MODULE);
}

/* A tracer can make its tracee run any code, so tracing is decided as ANON_EXEC. */
static int ask_tracing(enum rivet_hook hook, const struct task_struct *tracee)
{
	char comm[TASK_COMM_LEN], escaped[4 * TASK_COMM_LEN], detail[RIVET_DETAIL_MAX];
	const struct rivet_request req = {
		.op = RIVET_OP_ANON_EXEC,
		.hook = hook,
		.cause = RIVET_CAUSE(RIVET_REASON_ANONYMOUS),
		.detail = detail,
		.is_atomic = true,
	};

	rivet_report_count(RIVET_COUNT_HOOK_PTRACE);
	memcpy(comm, tracee->comm, sizeof(comm));
	rivet_name_escape(comm, strnlen(comm, sizeof(comm)), escaped, sizeof(escaped));
	snprintf(detail, sizeof(detail), "tracing of process %d (%s)", task_tgid_nr((void *)tracee),
		 escaped);
	return rivet_decide(&req);
}

/*
 * Called with the tracee's alloc_lock held. Read-only access is always allowed. procfs
 * uses the filesystem credentials for the information that it shows of a process. Writing
 * through /proc/PID/mem is decided when the file is opened for writing.
 */
static int hook_ptrace_access_check(struct task_struct *child, unsigned int mode)
{
	return (mode & PTRACE_MODE_ATTACH) && !(mode & PTRACE_MODE_FSCREDS) ?
		ask_tracing(RIVET_HOOK_PTRACE_ACCESS_CHECK, child) : 0;
}

/* Called with tasklist_lock held for writing. */
static int hook_ptrace_traceme(struct task_struct *parent)
{
	return ask_tracing(RIVET_HOOK_PTRACE_TRACEME, current);
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
		.is_atomic = true,
	};

	rivet_report_count(RIVET_COUNT_HOOK_PTRACE);
	return rivet_decide(&req);
}

/* Newer kernels return a pointer, older kernels a number. */
static long hook_uprobe_register(void)
{
	return -EACCES;
}

RIVET_HANDLER(bprm_committed_creds);
RIVET_HANDLER(ptrace_access_check);
RIVET_HANDLER(ptrace_traceme);
RIVET_HANDLER(uprobe_register);
