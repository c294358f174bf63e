// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - surface/evidence: the file by which the agent takes the files of new entries
 *
 * The agent opens it, asks, and closes it again; an open file keeps the module from going. A
 * held file is opened anew, for reading only: the struct file of the program that failed may
 * be a user's, and its address names a program.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/path.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <uapi/linux/rivet.h>

#include "compat/receive_fd.h"
#include "decide/essential.h"
#include "event/event.h"
#include "measure/measuring.h"
#include "process/naming.h"
#include "process/program.h"
#include "quarantine/agent.h"
#include "quarantine/hold.h"
#include "surface/evidence.h"
#include "surface/written.h"

/* Never waits for the holder of a lease, and leaves the time of the last access as it is. */
static struct file *open_held(const struct path *path)
{
	struct rivet_measuring mark;
	struct file *file;

	rivet_measuring_begin(&mark);
	file = dentry_open(path, O_RDONLY | O_LARGEFILE | O_NOATIME | O_NONBLOCK, current_cred());
	rivet_measuring_end(&mark);
	return file;
}

/* Returns the number of the descriptor, or an errno: the caller still gets the line then. */
static int hand_over(const struct path *path)
{
	struct file *file = open_held(path);
	int fd;

	if (IS_ERR(file))
		return PTR_ERR(file);
	fd = receive_fd(file, NULL, O_CLOEXEC);
	fput(file);
	return fd;
}

static int give(const struct rivet_held *held, struct rivet_evidence __user *to)
{
	struct rivet_evidence evidence;

	if (copy_from_user(&evidence, to, sizeof(evidence)))
		return -EFAULT;
	if (evidence.size <= held->len)
		return -ERANGE;
	if (copy_to_user(u64_to_user_ptr(evidence.line), held->line, held->len + 1))
		return -EFAULT;
	evidence.fd = hand_over(&held->path);
	return copy_to_user(to, &evidence, sizeof(evidence)) ? -EFAULT : 0;
}

static int take(struct pid *agent, struct rivet_evidence __user *to)
{
	struct rivet_held held = { .line = kvmalloc(RIVET_QUARANTINE_LINE_MAX, GFP_KERNEL) };
	int ret;

	if (!held.line)
		return -ENOMEM;
	ret = rivet_hold_take(agent, &held);
	if (!ret) {
		ret = give(&held, to);
		path_put(&held.path);
	}
	kvfree(held.line);
	return ret;
}

static int done(struct pid *agent, const __u64 __user *from)
{
	u64 id;

	if (copy_from_user(&id, from, sizeof(id)))
		return -EFAULT;
	return rivet_hold_done(agent, id);
}

/* The program of the acting process, as rivet saw it start: it may have executed another one. */
static bool runs_agent(void)
{
	struct rivet_program *program;
	bool revoked, runs;

	program = rivet_program_get_named(rivet_naming_find, &revoked);
	if (IS_ERR_OR_NULL(program))
		return false;
	runs = !revoked && rivet_essential_is_agent(rivet_program_path(program));
	rivet_program_put(program);
	return runs;
}

static int enter(void)
{
	if (runs_agent())
		return rivet_agent_register();
	rivet_event_change(RIVET_EVENT_QUARANTINE, -EPERM,
			   "evidence: process %d gets none: no RIV says that it runs the agent, or it started before rivet was loaded",
			   task_tgid_nr(current));
	return -EPERM;
}

static long ask(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (!rivet_written_by(file, CAP_NET_ADMIN))
		return -EPERM;
	if (cmd == RIVET_EVIDENCE_REGISTER)
		return enter();
	if (cmd != RIVET_EVIDENCE_TAKE && cmd != RIVET_EVIDENCE_DONE)
		return -ENOTTY;
	if (!rivet_agent_is_current() || !runs_agent())
		return -EPERM;
	if (cmd == RIVET_EVIDENCE_TAKE)
		return take(task_tgid(current), (void __user *)arg);
	return done(task_tgid(current), (const void __user *)arg);
}

const struct file_operations rivet_evidence_ops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.unlocked_ioctl = ask,
	.compat_ioctl = compat_ptr_ioctl,
};
