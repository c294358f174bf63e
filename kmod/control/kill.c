// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/kill: kill processes that run a failing program
 *
 * SIGKILL goes to the whole thread group. From then on none of its threads can fork: fork(2)
 * looks for the signal after the child is complete, under the lock under which the child
 * appears in the list of processes. So one walk over that list under RCU, at whose end new
 * processes appear, meets all children of those that it kills.
 */
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "control/kill.h"

#define WAIT_MS		1000	/* for the end of a killed process, or of its execve(2) */
#define WAIT_STEP_MS	20

/* Compares only, so that no reference is needed. */
static bool uses_memory(struct task_struct *p, const struct mm_struct *mm)
{
	struct task_struct *t;
	bool uses = false;

	rcu_read_lock();
	for_each_thread(p, t)
		uses |= READ_ONCE(t->mm) == mm;
	rcu_read_unlock();
	return uses;
}

static void track(struct rivet_kill *kill, struct pid *pid)
{
	if (kill->pid_count < RIVET_KILL_TRACKED)
		kill->pids[kill->pid_count++] = get_pid(pid);
}

static bool lock_program(struct task_struct *p)
{
	unsigned int waited = 0;

	while (!down_read_trylock(&p->signal->exec_update_lock)) {
		if (waited >= WAIT_MS)
			return false;
		msleep(WAIT_STEP_MS);
		waited += WAIT_STEP_MS;
	}
	return true;
}

/**
 * rivet_kill_process() - kill a process, unless it has become another program meanwhile
 * @kill: gets the process
 * @p: a thread of it, referenced by the caller
 * @mm: the memory for which it is killed; held by the caller
 *
 * Waits a second for an execve(2) that is about to replace the memory, and no longer: the task
 * may be kept there by a filesystem that does not answer.
 *
 * Context: may sleep.
 * Return: true if SIGKILL was sent; false also for process 1 and kernel threads.
 */
bool rivet_kill_process(struct rivet_kill *kill, struct task_struct *p,
			const struct mm_struct *mm)
{
	struct pid *pid;
	bool sent = false;

	if (is_global_init(p) || (p->flags & PF_KTHREAD) || !lock_program(p))
		return false;
	pid = get_task_pid(p, PIDTYPE_TGID);
	if (pid && uses_memory(p, mm))
		sent = !kill_pid(pid, SIGKILL, 1);
	up_read(&p->signal->exec_update_lock);
	if (sent)
		track(kill, pid);
	put_pid(pid);
	return sent;
}

/**
 * rivet_kill_note_program() - have all processes of a program killed by rivet_kill_rest()
 * @kill: gets the program, unless it has it
 * @exe: exe_file of a process that was killed for this very file
 * @uid: uid of the process: for another one the policy may decide differently
 *
 * Context: any.
 */
void rivet_kill_note_program(struct rivet_kill *kill, struct file *exe, kuid_t uid)
{
	struct rivet_kill_program *program = kill->programs;
	unsigned int i;

	for (i = 0; i < kill->program_count; i++)
		if (file_inode(program[i].exe) == file_inode(exe) && uid_eq(program[i].uid, uid))
			return;
	if (kill->program_count == RIVET_KILL_MAX)
		return;
	program[kill->program_count++] = (struct rivet_kill_program){
		.exe = get_file(exe), .uid = uid,
	};
}

/* The file may end meanwhile; only its address within RCU is compared. */
static const struct inode *program_of(struct task_struct *p)
{
	const struct inode *inode = NULL;
	const struct file *exe;
	struct task_struct *t;

	for_each_thread(p, t) {
		task_lock(t);
		if (t->mm && !(t->flags & PF_KTHREAD)) {
			exe = rcu_dereference(t->mm->exe_file);
			inode = exe ? file_inode(exe) : NULL;
		}
		task_unlock(t);
		if (inode)
			break;
	}
	return inode;
}

static bool is_noted(const struct rivet_kill *kill, struct task_struct *p)
{
	const struct inode *inode = program_of(p);
	unsigned int i;

	for (i = 0; inode && i < kill->program_count; i++)
		if (file_inode(kill->programs[i].exe) == inode &&
		    uid_eq(kill->programs[i].uid, task_uid(p)))
			return true;
	return false;
}

/**
 * rivet_kill_has_ended() - check whether a process runs no more code of user space
 * @p: a thread of it, referenced by the caller
 *
 * It may still have its memory and its files.
 *
 * Context: any.
 * Return: true once it ends as a whole.
 */
bool rivet_kill_has_ended(const struct task_struct *p)
{
	return READ_ONCE(p->signal->flags) & SIGNAL_GROUP_EXIT;
}

static bool is_dying(struct task_struct *p)
{
	return rivet_kill_has_ended(p) || sigismember(&p->pending.signal, SIGKILL);
}

/* A process appears in the list of processes shortly before its pid leads to it. */
static bool send(struct task_struct *p, struct pid *pid)
{
	return !kill_pid(pid, SIGKILL, 1) || !send_sig(SIGKILL, p, 1);
}

/* One that is in execve(2) is about to be another program, and the hooks decide about that. */
static bool kill_noted(struct rivet_kill *kill, struct task_struct *p)
{
	struct pid *pid = task_tgid(p);
	bool sent = false;

	if (!pid || is_global_init(p) || is_dying(p) ||
	    !down_read_trylock(&p->signal->exec_update_lock))
		return false;
	if (is_noted(kill, p))
		sent = send(p, pid);
	up_read(&p->signal->exec_update_lock);
	if (sent)
		track(kill, pid);
	return sent;
}

/**
 * rivet_kill_rest() - kill all processes of the noted programs at once
 * @kill: has the programs
 *
 * Context: any but interrupts.
 * Return: number of processes that were killed.
 */
unsigned int rivet_kill_rest(struct rivet_kill *kill)
{
	struct task_struct *p;
	unsigned int n = 0;

	if (!kill->program_count)
		return 0;
	rcu_read_lock();
	for_each_process(p)
		n += kill_noted(kill, p);
	rcu_read_unlock();
	return n;
}

static unsigned int count_left(const struct rivet_kill *kill)
{
	struct task_struct *p, *t;
	unsigned int i, n = 0;

	rcu_read_lock();
	for (i = 0; i < kill->pid_count; i++) {
		bool left = false;

		p = pid_task(kill->pids[i], PIDTYPE_TGID);
		if (!p)
			continue;
		for_each_thread(p, t)
			left |= !!READ_ONCE(t->mm);
		n += left;
	}
	rcu_read_unlock();
	return n;
}

/**
 * rivet_kill_wait() - wait a second at most for the end of killed processes
 * @kill: has the processes
 * @stopped: ends the waiting when it returns true
 *
 * Context: may sleep.
 * Return: number of processes that still have memory, of the first RIVET_KILL_TRACKED.
 */
unsigned int rivet_kill_wait(const struct rivet_kill *kill, bool (*stopped)(void))
{
	unsigned int left, waited = 0;

	while ((left = count_left(kill)) && waited < WAIT_MS && !stopped()) {
		msleep(WAIT_STEP_MS);
		waited += WAIT_STEP_MS;
	}
	return left;
}

/**
 * rivet_kill_end() - release the references
 * @kill: filled by the functions above
 *
 * Context: may sleep.
 */
void rivet_kill_end(struct rivet_kill *kill)
{
	while (kill->program_count)
		fput(kill->programs[--kill->program_count].exe);
	while (kill->pid_count)
		put_pid(kill->pids[--kill->pid_count]);
}
