// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/decide: decide on a request of a hook, report it, carry the verdict out
 *
 * Only this file turns a verdict into the answer of a hook. If there is no verdict,
 * rivet_decide_failed() chooses the answer.
 */
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/task_work.h>

#include "decide/contain.h"
#include "decide/decide.h"
#include "decide/report.h"
#include "decide/respond.h"
#include "mode/mode.h"

/* Sends SIGKILL to the acting thread group only, never to init or a kernel thread. */
static void kill_actor(void)
{
	if (!is_global_init(current) && !(current->flags & PF_KTHREAD))
		send_sig(SIGKILL, current, 1);
}

/**
 * rivet_decide_failed() - get the answer of a hook after a failed decision
 * @error: cause of the failure: -EINTR for a fatal signal; otherwise mostly -ENOMEM
 *
 * After a fatal signal the request fails in either mode, because the task runs no more
 * user code. After any other failure enforce mode refuses and audit mode permits.
 *
 * Context: any.
 * Return: 0 or @error.
 */
int rivet_decide_failed(int error)
{
	return error == -EINTR || rivet_mode_is_enforce() ? error : 0;
}

/**
 * rivet_decide_failed_late() - handle a failed decision too late for a refusal
 *
 * Kills the acting process if rivet_decide_failed() would refuse, that is, in enforce mode.
 *
 * Context: process context; does not sleep.
 */
void rivet_decide_failed_late(void)
{
	if (rivet_decide_failed(-ENOMEM))
		kill_actor();
}

/* Returns the answer of the hook. */
static int carry_out(const struct rivet_request *req, const struct rivet_verdict *v)
{
	rivet_report_verdict(req, v);
	rivet_respond(req, v);
	if (!rivet_eval_is_refused(v))
		return 0;
	if (v->action == RIVET_ACTION_KILL)
		kill_actor();
	return -EACCES;
}

#define LATER_MAX	1024	/* reports that wait for their tasks to return */

static atomic_t reports_waiting = ATOMIC_INIT(0);

/**
 * struct deferred_report - report still to be made of a request answered in atomic context
 *
 * Owned by the task that made the request, until it returns to user mode. Holds a
 * reference to the module. One system call may make any number of requests, so at most
 * LATER_MAX reports exist.
 *
 * @work: runs then
 * @op: of the request
 * @hook: of the request
 * @cause: of the request
 * @detail: of the request
 * @kill: the task is to be killed for it
 */
struct deferred_report {
	struct callback_head work;
	bool kill;
	enum rivet_op op;
	enum rivet_hook hook;
	struct rivet_cause cause;
	char detail[RIVET_DETAIL_MAX];
};

static struct deferred_report *alloc_deferred(void)
{
	struct deferred_report *deferred = NULL;

	if (!try_module_get(THIS_MODULE))
		return NULL;
	if (atomic_add_unless(&reports_waiting, 1, LATER_MAX)) {
		deferred = kzalloc(sizeof(*deferred), GFP_ATOMIC);
		if (!deferred)
			atomic_dec(&reports_waiting);
	}
	if (!deferred)
		module_put(THIS_MODULE);
	return deferred;
}

static void free_deferred(struct deferred_report *deferred)
{
	kfree(deferred);
	atomic_dec(&reports_waiting);
	module_put(THIS_MODULE);
}

static void lose_report(bool kill)
{
	rivet_report_count(RIVET_COUNT_EVENTS_LOST);
	if (kill)
		kill_actor();
}

/* Decides again, for the report and for KILL; the answer has been given, and counted. */
static void report_deferred(struct callback_head *work)
{
	struct deferred_report *deferred = container_of(work, struct deferred_report, work);
	const struct rivet_request req = {
		.op = deferred->op,
		.hook = deferred->hook,
		.cause = deferred->cause,
		.detail = deferred->detail,
	};
	struct rivet_verdict v;

	if (!rivet_eval(&req, &v)) {
		carry_out(&req, &v);
		rivet_eval_put(&v);
	} else {
		lose_report(deferred->kill);
	}
	free_deferred(deferred);
}

/* Returns false if there will be no report. */
static bool defer_report(const struct rivet_request *req, bool kill)
{
	struct deferred_report *deferred = current->flags & PF_KTHREAD ? NULL : alloc_deferred();

	if (!deferred)
		return false;
	deferred->kill = kill;
	deferred->op = req->op;
	deferred->hook = req->hook;
	deferred->cause = req->cause;
	strscpy(deferred->detail, req->detail, sizeof(deferred->detail));
	init_task_work(&deferred->work, report_deferred);
	if (!task_work_add(current, &deferred->work, TWA_RESUME))
		return true;
	free_deferred(deferred);
	return false;
}

/* A request allowed by a rule stays allowed in enforce mode, unlike one of audit mode. */
static void tell(const struct rivet_verdict *v, struct rivet_answer *answer)
{
	answer->reason = v->reason;
	answer->lasts = v->mode == RIVET_MODE_ENFORCE ? !rivet_eval_is_refused(v) :
			v->action == RIVET_ACTION_ALLOW;
}

/*
 * Writers are left to the kernel's own check, which comes later. Where it would miss them, the
 * answer is the kernel's, without a report. What is not refused is left to later hooks.
 */
static int carry_out_early(const struct rivet_request *req, const struct rivet_verdict *v)
{
	if (!rivet_eval_is_refused(v))
		return 0;
	if (v->reason == RIVET_REASON_WRITABLE && !req->stays_open)
		return 0;
	if (v->reason == RIVET_REASON_WRITABLE && inode_is_open_for_write(req->inode))
		return -ETXTBSY;
	rivet_report_count(RIVET_COUNT_DECISIONS);
	return carry_out(req, v);
}

static int carry_out_later(const struct rivet_request *req, const struct rivet_verdict *v)
{
	const bool refused = rivet_eval_is_refused(v);
	const bool kill = refused && v->action == RIVET_ACTION_KILL;

	if (v->action != RIVET_ACTION_ALLOW && !defer_report(req, kill))
		lose_report(kill);
	return refused ? -EACCES : 0;
}

/*
 * An early request that is not refused is decided on again, unless it is a match, which is
 * remembered.
 */
static bool changes_list(const struct rivet_request *req, const struct rivet_verdict *v)
{
	return !req->is_atomic && (!req->is_early || rivet_eval_is_refused(v) ||
				   v->reason == RIVET_REASON_MATCH);
}

/**
 * rivet_decide() - decide on a request, report it, and carry the verdict out
 * @request: the request
 *
 * Holds a reference to the module during the decision, so that rmmod is refused instead
 * of waiting for a slow disk.
 *
 * If @request->is_atomic, the report and an action KILL are deferred until the task returns
 * to user mode. If there is no room for the report, it is counted as lost and KILL is
 * carried out at once.
 *
 * Context: process context; may sleep, see rivet_eval(). If @request->is_atomic, any but
 * interrupts.
 * Return: 0 if the request is permitted; -EACCES, in enforce mode only; -EINTR after a
 * fatal signal; -ENOMEM in enforce mode; -ETXTBSY if @request->is_early.
 */
int rivet_decide(const struct rivet_request *request)
{
	struct rivet_verdict v;
	int ret;

	if (request->answer)
		*request->answer = (struct rivet_answer){ .reason = RIVET_REASON_UNMEASURED };
	/* Hooks that are asked for other ops, too, leave this to the policy. */
	if (request->op == RIVET_OP_ANON_EXEC && !rivet_policy_acts(RIVET_OP_ANON_EXEC))
		return 0;
	if (!request->is_early)
		rivet_report_count(RIVET_COUNT_DECISIONS);
	if (!try_module_get(THIS_MODULE))
		return rivet_decide_unloading();
	ret = rivet_eval(request, &v);
	if (ret) {
		ret = rivet_decide_failed(ret);
		if (request->is_early && ret)
			rivet_report_count(RIVET_COUNT_DECISIONS);
		goto put_module;
	}
	if (request->answer)
		tell(&v, request->answer);
	if (changes_list(request, &v))
		rivet_contain(request, &v);
	if (request->is_atomic)
		ret = carry_out_later(request, &v);
	else if (request->is_early)
		ret = carry_out_early(request, &v);
	else
		ret = carry_out(request, &v);
	rivet_eval_put(&v);
put_module:
	module_put(THIS_MODULE);
	return ret;
}
