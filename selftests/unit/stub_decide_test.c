// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of decisions where nothing may sleep: that no report and no KILL is lost
 * without being counted, and that nothing is asked of the memory until the task returns
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

static struct callback_head *work;
static int kills, task_work_error;
static bool has_writer;

#define current			(&task)
#define is_global_init(task)	false
#define inode_is_open_for_write(inode) ((void)(inode), has_writer)

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

#include "decide/decide.c"

bool rivet_mode_enforce_value;

static int lost, reported, counted, verdicts;
static bool acts;
static enum rivet_action action;

void rivet_report_count(enum rivet_counter which)
{
	lost += which == RIVET_COUNT_EVENTS_LOST;
	counted += which == RIVET_COUNT_DECISIONS;
}

void rivet_contain(const struct rivet_request *request, struct rivet_verdict *verdict)
{
}

void rivet_respond(const struct rivet_request *request, const struct rivet_verdict *verdict)
{
}

void rivet_report_verdict(const struct rivet_request *request, const struct rivet_verdict *verdict)
{
	reported++;
}

/* Needs memory unless nothing may sleep */
int rivet_eval(const struct rivet_request *request, struct rivet_verdict *verdict)
{
	void *memory = request->is_atomic ? NULL : kzalloc(1, GFP_KERNEL);

	if (!request->is_atomic && !memory)
		return -ENOMEM;
	kfree(memory);
	verdict->mode = rivet_mode_is_enforce() ? RIVET_MODE_ENFORCE : RIVET_MODE_AUDIT;
	verdict->action = action;
	verdict->reason = request->cause.reason;
	verdicts++;
	return 0;
}

void rivet_eval_put(struct rivet_verdict *verdict)
{
	verdicts--;
}

bool rivet_policy_acts(enum rivet_op op)
{
	return acts;
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
	const struct rivet_request req = {
		.op = RIVET_OP_ANON_EXEC,
		.detail = "x",
		.is_atomic = true,
	};
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
	ret = rivet_decide(&req);
	if (work)
		work->func(work);
	stub_memory = -1;
	unit_eq(ret, enforcing ? -EACCES : 0, "%s: the answer", cases[i].label);
	unit_eq(lost, cases[i].lost, "%s: lost", cases[i].label);
	unit_eq(reported, !cases[i].lost, "%s: reported", cases[i].label);
	unit_eq(kills, enforcing && wanted == RIVET_ACTION_KILL, "%s: killed", cases[i].label);
	unit_eq(verdicts, 0, "%s: verdicts that were not put", cases[i].label);
	unit_eq(this_module.refs, 0, "%s: references to the module", cases[i].label);
	unit_eq(reports_waiting.counter, 0, "%s: reports that wait", cases[i].label);
}

/* What a request that may sleep is answered, and what is told of it */
static const struct {
	const char *label;
	enum rivet_mode mode;
	enum rivet_action action;
	enum rivet_reason reason;
	bool is_early;
	bool has_writer;
	int memory;
	int ret;
	int reported;
	int counted;
	bool lasts;
	bool stays_open;
} answers[] = {
	{ "refused", RIVET_MODE_ENFORCE, RIVET_ACTION_DENY, RIVET_REASON_UNLISTED, false, false, -1,
	  -EACCES, 1, 1, false },
	{ "in audit mode", RIVET_MODE_AUDIT, RIVET_ACTION_DENY, RIVET_REASON_UNLISTED, false, false,
	  -1, 0, 1, 1, false },
	{ "allowed", RIVET_MODE_ENFORCE, RIVET_ACTION_ALLOW, RIVET_REASON_MATCH, false, false, -1,
	  0, 1, 1, true },
	{ "allowed in audit mode", RIVET_MODE_AUDIT, RIVET_ACTION_ALLOW, RIVET_REASON_MATCH, false,
	  false, -1, 0, 1, 1, true },
	{ "audited in audit mode", RIVET_MODE_AUDIT, RIVET_ACTION_AUDIT, RIVET_REASON_UNLISTED,
	  false, false, -1, 0, 1, 1, false },
	{ "audited", RIVET_MODE_ENFORCE, RIVET_ACTION_AUDIT, RIVET_REASON_UNLISTED, false, false,
	  -1, 0, 1, 1, true },
	{ "no memory", RIVET_MODE_ENFORCE, RIVET_ACTION_ALLOW, RIVET_REASON_MATCH, false, false, 0,
	  -ENOMEM, 0, 1, false },
	{ "no memory in audit mode", RIVET_MODE_AUDIT, RIVET_ACTION_DENY, RIVET_REASON_MATCH, false,
	  false, 0, 0, 0, 1, false },
	{ "early: refused", RIVET_MODE_ENFORCE, RIVET_ACTION_DENY, RIVET_REASON_UNLISTED, true,
	  false, -1, -EACCES, 1, 1, false },
	{ "early: audited", RIVET_MODE_ENFORCE, RIVET_ACTION_AUDIT, RIVET_REASON_UNLISTED, true,
	  false, -1, 0, 0, 0, true },
	{ "early: a writer", RIVET_MODE_ENFORCE, RIVET_ACTION_DENY, RIVET_REASON_WRITABLE, true,
	  true, -1, -ETXTBSY, 0, 0, false, true },
	{ "early: a writer before", RIVET_MODE_ENFORCE, RIVET_ACTION_DENY, RIVET_REASON_WRITABLE,
	  true, false, -1, -EACCES, 1, 1, false, true },
	{ "early: a writer that the kernel sees", RIVET_MODE_ENFORCE, RIVET_ACTION_DENY,
	  RIVET_REASON_WRITABLE, true, true, -1, 0, 0, 0, false, false },
};

static void check_answer(size_t i)
{
	struct rivet_answer answer;
	const struct rivet_request req = {
		.op = RIVET_OP_EXECUTE,
		.cause = { .reason = answers[i].reason },
		.is_early = answers[i].is_early,
		.stays_open = answers[i].stays_open,
		.answer = &answer,
	};

	rivet_mode_enforce_value = answers[i].mode == RIVET_MODE_ENFORCE;
	action = answers[i].action;
	has_writer = answers[i].has_writer;
	stub_memory = answers[i].memory;
	reported = 0;
	counted = 0;
	unit_eq(rivet_decide(&req), answers[i].ret, "%s: the answer", answers[i].label);
	stub_memory = -1;
	unit_eq(reported, answers[i].reported, "%s: reported", answers[i].label);
	unit_eq(counted, answers[i].counted, "%s: counted", answers[i].label);
	unit_eq(answer.lasts, answers[i].lasts, "%s: lasts", answers[i].label);
	unit_eq(verdicts, 0, "%s: verdicts that were not put", answers[i].label);
	unit_eq(this_module.refs, 0, "%s: references to the module", answers[i].label);
}

static void check_silence(void)
{
	const struct rivet_request req = { .op = RIVET_OP_ANON_EXEC };

	acts = false;
	action = RIVET_ACTION_DENY;
	rivet_mode_enforce_value = true;
	counted = 0;
	unit_eq(rivet_decide(&req), 0, "a policy that only allows: the answer");
	unit_eq(counted, 0, "a policy that only allows: counted");
}

int main(void)
{
	size_t i;

	acts = true;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		check(i, RIVET_MODE_ENFORCE, RIVET_ACTION_KILL);
		check(i, RIVET_MODE_ENFORCE, RIVET_ACTION_DENY);
		check(i, RIVET_MODE_AUDIT, RIVET_ACTION_KILL);
	}
	for (i = 0; i < ARRAY_SIZE(answers); i++)
		check_answer(i);
	check_silence();
	return unit_done();
}
