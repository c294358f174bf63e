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

#include "decide/decide.h"
#include "decide/report.h"
#include "mode/mode.h"

/* Sends SIGKILL to the acting thread group only, never to init or a kernel thread. */
static void kill_actor(void)
{
	if (!is_global_init(current) && !(current->flags & PF_KTHREAD))
		send_sig(SIGKILL, current, 1);
}

static bool is_refused(const struct rivet_verdict *v)
{
	return v->error || (v->mode == RIVET_MODE_ENFORCE && rivet_eval_refuses(v->action));
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

static int carry_out(const struct rivet_verdict *v)
{
	if (v->error)
		return rivet_decide_failed(v->error);
	if (!is_refused(v))
		return 0;
	if (v->action == RIVET_ACTION_KILL)
		kill_actor();
	return -EACCES;
}

/* A request allowed by a rule stays allowed in enforce mode, unlike one of audit mode. */
static void tell(const struct rivet_verdict *v, struct rivet_answer *answer)
{
	answer->reason = v->reason;
	answer->lasts = v->mode == RIVET_MODE_ENFORCE ? !is_refused(v) :
			!v->error && v->action == RIVET_ACTION_ALLOW;
}

static int report_and_carry_out(const struct rivet_request *req, const struct rivet_verdict *v)
{
	if (!v->error)
		rivet_report_verdict(req, v);
	return carry_out(v);
}

static int decide(const struct rivet_request *request, struct rivet_answer *answer)
{
	struct rivet_verdict *v;
	int ret;

	*answer = (struct rivet_answer){ .reason = RIVET_REASON_UNMEASURED };
	if (!try_module_get(THIS_MODULE))
		return rivet_decide_unloading();
	v = rivet_eval(request);
	ret = v ? report_and_carry_out(request, v) : rivet_decide_failed(-ENOMEM);
	if (v)
		tell(v, answer);
	rivet_eval_free(v);
	module_put(THIS_MODULE);
	return ret;
}

/**
 * rivet_decide() - decide on a request, report it, and carry the verdict out
 * @request: the request
 *
 * Holds a reference to the module during the decision, so that rmmod is refused instead
 * of waiting for a slow disk.
 *
 * Context: process context; may sleep, see rivet_eval().
 * Return: 0 if the request is permitted; -EACCES, in enforce mode only; -EINTR after a
 * fatal signal; -ENOMEM in enforce mode.
 */
int rivet_decide(const struct rivet_request *request)
{
	struct rivet_answer answer;

	return rivet_decide_telling(request, &answer);
}

/**
 * rivet_decide_telling() - like rivet_decide(), and return the outcome
 * @request: the request
 * @answer: filled in with the outcome
 *
 * Context: as rivet_decide().
 * Return: as rivet_decide().
 */
int rivet_decide_telling(const struct rivet_request *request, struct rivet_answer *answer)
{
	rivet_report_count(RIVET_COUNT_DECISIONS);
	return decide(request, answer);
}

static bool other_is_refused(const struct rivet_request *other)
{
	struct rivet_verdict *v = rivet_eval(other);
	bool refused = v ? is_refused(v) : rivet_decide_failed(-ENOMEM);

	rivet_eval_free(v);
	return refused;
}

/**
 * rivet_decide_if() - refuse and report a request only if another is refused too
 * @request: the request
 * @other: the other request, which is not reported
 *
 * For a hook that does not know yet which of two requests will follow. It refuses early
 * only if both would be refused, and leaves all else to later hooks. Files open for
 * writing are left to the kernel's own check. Only a refusal counts as a decision here.
 *
 * Context: process context; may sleep; the caller holds the module.
 * Return: as rivet_decide(); 0 if one of the requests is permitted.
 */
int rivet_decide_if(const struct rivet_request *request, const struct rivet_request *other)
{
	struct rivet_verdict *v = rivet_eval(request);
	int ret = 0;

	if (!v)
		return rivet_decide_failed(-ENOMEM);
	if (v->error || (is_refused(v) && v->reason != RIVET_REASON_WRITABLE &&
			 other_is_refused(other))) {
		rivet_report_count(RIVET_COUNT_DECISIONS);
		ret = report_and_carry_out(request, v);
	}
	rivet_eval_free(v);
	return ret;
}

#define LATER_MAX	1024	/* reports that wait for their tasks to return */

static atomic_t reports_waiting = ATOMIC_INIT(0);

/**
 * struct later - a deferred report of a request that was answered in atomic context
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
struct later {
	struct callback_head work;
	bool kill;
	enum rivet_op op;
	enum rivet_hook hook;
	struct rivet_cause cause;
	char detail[RIVET_DETAIL_MAX];
};

static struct later *alloc_later(void)
{
	struct later *later = NULL;

	if (!try_module_get(THIS_MODULE))
		return NULL;
	if (atomic_add_unless(&reports_waiting, 1, LATER_MAX)) {
		later = kzalloc(sizeof(*later), GFP_ATOMIC);
		if (!later)
			atomic_dec(&reports_waiting);
	}
	if (!later)
		module_put(THIS_MODULE);
	return later;
}

static void free_later(struct later *later)
{
	kfree(later);
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
static void report_later(struct callback_head *work)
{
	struct later *later = container_of(work, struct later, work);
	const struct rivet_request req = {
		.op = later->op,
		.hook = later->hook,
		.cause = later->cause,
		.detail = later->detail,
	};
	struct rivet_verdict *v = rivet_eval(&req);

	if (v)
		report_and_carry_out(&req, v);
	else
		lose_report(later->kill);
	rivet_eval_free(v);
	free_later(later);
}

/* Returns false if there will be no report. */
static bool defer_report(const struct rivet_request *req, bool kill)
{
	struct later *later = current->flags & PF_KTHREAD ? NULL : alloc_later();

	if (!later)
		return false;
	later->kill = kill;
	later->op = req->op;
	later->hook = req->hook;
	later->cause = req->cause;
	strscpy(later->detail, req->detail, sizeof(later->detail));
	init_task_work(&later->work, report_later);
	if (!task_work_add(current, &later->work, TWA_RESUME))
		return true;
	free_later(later);
	return false;
}

/**
 * rivet_decide_now() - decide on a request without a file, without sleeping
 * @request: request with a cause and a detail
 *
 * The report and an action KILL are deferred until the task returns to user mode. If
 * there is no room for the report, it is counted as lost and KILL is carried out at once.
 *
 * Context: any but interrupts; the kernel may hold its own spinlocks.
 * Return: 0 if the request is permitted; -EACCES, in enforce mode only.
 */
int rivet_decide_now(const struct rivet_request *request)
{
	struct rivet_rules_query query = {
		.op = request->op,
		.reason = request->cause.reason,
		.uid = from_kuid(&init_user_ns, current_real_cred()->uid),
	};
	struct rivet_program *program = rivet_task_program(&query.exe_revoked);
	struct rivet_decision d;
	bool refused, kill;

	rivet_report_count(RIVET_COUNT_DECISIONS);
	query.exe = rivet_task_path(program);
	rcu_read_lock();
	d = rivet_rules_decide(&rcu_dereference(rivet_policy_active)->rules, &query);
	rcu_read_unlock();
	rivet_task_put(program);
	if (d.action == RIVET_ACTION_ALLOW)
		return 0;
	refused = rivet_mode_is_enforce() && rivet_eval_refuses(d.action);
	kill = refused && d.action == RIVET_ACTION_KILL;
	if (!defer_report(request, kill))
		lose_report(kill);
	return refused ? -EACCES : 0;
}
