// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide: have a hook's request decided, reported and carried out
 */
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "decide.h"
#include "mode.h"
#include "report.h"

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

/**
 * rivet_decide() - have a request decided and reported, and carry the verdict out
 * @request: the request
 *
 * Holds a reference to the module meanwhile, so that rmmod is refused instead of
 * waiting behind a slow disk.
 *
 * Context: process context; may sleep, see rivet_eval().
 * Return: 0 if it is permitted; -EACCES, in enforce mode only; -EINTR after a
 * fatal signal; -ENOMEM in enforce mode.
 */
int rivet_decide(const struct rivet_request *request)
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
	rivet_eval(request, v);
	if (!v->error)
		rivet_report_verdict(request, v);
	ret = carry_out(v);
	rivet_eval_release(v);
	kfree(v);
put:
	module_put(THIS_MODULE);
	return ret;
}
