// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of decisions where nothing may sleep: whose uid counts, and that no
 * report and no KILL is lost without being counted
 */
#define PF_KTHREAD	1
#define SIGKILL		9
#define TWA_RESUME	0

struct callback_head {
	void (*func)(struct callback_head *work);
};

static struct task_struct {
	unsigned int flags;
} task;

static const struct cred {
	u32 uid;
} real = { 1000 };

static int init_user_ns;
static struct callback_head *work;
static int kills, task_work_error;

#define current			(&task)
#define current_real_cred()	(&real)
#define current_uid()		0U	/* the effective one */
#define from_kuid(ns, uid)	((void)(ns), (uid))
#define is_global_init(task)	false

static void send_sig(int sig, struct task_struct *to, int priv)
{
	kills += sig == SIGKILL;
}

static void init_task_work(struct callback_head *head, void (*func)(struct callback_head *work))
{
	head->func = func;
}

static int task_work_add(struct task_struct *to, struct callback_head *head, int how)
{
	if (!task_work_error)
		work = head;
	return task_work_error;
}

#include "policy/rules.h"

/* In the place of the function in rules.c, which other pure files need */
static struct rivet_decision answer(const struct rivet_rules *rules,
				    const struct rivet_rules_query *query);

#define rivet_rules_decide answer
#include "decide/decide.c"

bool rivet_mode_enforce_value;

static int lost, reported, uid_asked;
static enum rivet_action action;
static struct rivet_policy policy;
struct rivet_policy *rivet_policy_active = &policy;

void rivet_report_count(enum rivet_counter which)
{
	lost += which == RIVET_COUNT_EVENTS_LOST;
}

void rivet_report_verdict(const struct rivet_request *request, const struct rivet_verdict *verdict)
{
	reported++;
}

struct rivet_verdict *rivet_eval(const struct rivet_request *request)
{
	struct rivet_verdict *v = kzalloc(sizeof(*v), GFP_KERNEL);

	if (!v)
		return NULL;
	v->mode = rivet_mode_is_enforce() ? RIVET_MODE_ENFORCE : RIVET_MODE_AUDIT;
	v->action = action;
	return v;
}

void rivet_eval_free(struct rivet_verdict *verdict)
{
	kfree(verdict);
}

struct rivet_program *rivet_task_program(bool *revoked)
{
	*revoked = false;
	return NULL;
}

struct rivet_slice rivet_task_path(const struct rivet_program *program)
{
	return (struct rivet_slice){ 0 };
}

void rivet_task_put(struct rivet_program *program)
{
}

static struct rivet_decision answer(const struct rivet_rules *rules,
				    const struct rivet_rules_query *query)
{
	uid_asked = query->uid;
	return (struct rivet_decision){ .action = action };
}

/* The resources that may run out, and the moment */
static const struct {
	const char *label;
	int memory;
	int task_work_error;
	int lost;
} cases[] = {
	{ "memory for all", -1, 0, 0 },
	{ "no memory for the report", 0, 0, 1 },
	{ "no memory for its verdict", 1, 0, 1 },
	{ "a task that ends", -1, -ESRCH, 1 },
};

static void check(size_t i, enum rivet_mode mode, enum rivet_action wanted)
{
	const struct rivet_request req = { .op = RIVET_OP_ANON_EXEC, .detail = "x" };
	bool enforcing = mode == RIVET_MODE_ENFORCE;
	int ret;

	rivet_mode_enforce_value = enforcing;
	action = wanted;
	stub_memory = cases[i].memory;
	task_work_error = cases[i].task_work_error;
	kills = 0;
	lost = 0;
	reported = 0;
	work = NULL;
	ret = rivet_decide_now(&req);
	if (work)
		work->func(work);
	stub_memory = -1;
	unit_eq(ret, enforcing ? -EACCES : 0, "%s: the answer", cases[i].label);
	unit_eq(lost, cases[i].lost, "%s: lost", cases[i].label);
	unit_eq(reported, !cases[i].lost, "%s: reported", cases[i].label);
	unit_eq(kills, enforcing && wanted == RIVET_ACTION_KILL, "%s: killed", cases[i].label);
	unit_eq(uid_asked, 1000, "%s: the real uid", cases[i].label);
	unit_eq(this_module.refs, 0, "%s: references to the module", cases[i].label);
	unit_eq(reports_waiting.counter, 0, "%s: reports that wait", cases[i].label);
}

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		check(i, RIVET_MODE_ENFORCE, RIVET_ACTION_KILL);
		check(i, RIVET_MODE_ENFORCE, RIVET_ACTION_DENY);
		check(i, RIVET_MODE_AUDIT, RIVET_ACTION_KILL);
	}
	return unit_done();
}
