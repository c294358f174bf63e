// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - the answers about programs that run, tested: the actions, and the brake
 */
#include "decide/running.h"
#include "unit.h"

static struct rivet_running_program program(u64 ino, u8 digest)
{
	struct rivet_running_program out = { .dev = 1, .ino = ino };

	if (digest) {
		out.digest.alg = RIVET_DIGEST_SHA256;
		out.digest.bytes[0] = digest;
	}
	return out;
}

static const struct {
	const char *label;
	struct rivet_running_case what;
	bool locked;
	enum rivet_running_answer answer;
} cases[] = {
	{ "a listed file, and KILL", { false, RIVET_ACTION_KILL, 16, false }, false,
	  RIVET_RUNNING_PASS },
	{ "a listed file, and QUARANTINE", { false, RIVET_ACTION_QUARANTINE, 0, false }, false,
	  RIVET_RUNNING_PASS },
	{ "ALLOW", { true, RIVET_ACTION_ALLOW, 0, false }, false, RIVET_RUNNING_PASS },
	{ "AUDIT", { true, RIVET_ACTION_AUDIT, 0, false }, false, RIVET_RUNNING_REPORT },
	{ "an entry that could not be made", { true, RIVET_ACTION_DENY, 0, false }, false,
	  RIVET_RUNNING_REPORT },
	{ "QUARANTINE", { true, RIVET_ACTION_QUARANTINE, 0, false }, false,
	  RIVET_RUNNING_QUARANTINE },
	{ "KILL", { true, RIVET_ACTION_KILL, 16, false }, false, RIVET_RUNNING_KILL },
	{ "KILL of none", { true, RIVET_ACTION_KILL, 0, false }, false, RIVET_RUNNING_HOLD },
	{ "KILL of process 1", { true, RIVET_ACTION_KILL, 16, true }, false,
	  RIVET_RUNNING_SPARE },
	{ "KILL of process 1 while the brake holds", { true, RIVET_ACTION_KILL, 16, true }, true,
	  RIVET_RUNNING_SPARE },
	{ "KILL after the brake held", { true, RIVET_ACTION_KILL, 16, false }, true,
	  RIVET_RUNNING_HOLD },
};

static void test_answers(void)
{
	const struct rivet_running_program one = program(1, 1);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rivet_running_brake brake = { .locked = cases[i].locked };

		unit_eq(rivet_running_decide(&cases[i].what, &brake, &one), cases[i].answer, "%s",
			cases[i].label);
		unit_eq(brake.count, 0, "nothing is counted: %s", cases[i].label);
	}
}

/* Kills the program if it may, as a sweep does */
static bool may_kill(struct rivet_running_brake *brake, unsigned int max,
		     struct rivet_running_program it)
{
	const struct rivet_running_case what = { true, RIVET_ACTION_KILL, max, false };

	if (rivet_running_decide(&what, brake, &it) != RIVET_RUNNING_KILL)
		return false;
	rivet_running_count(brake, &it);
	return true;
}

static void test_brake(void)
{
	struct rivet_running_brake brake = {};
	unsigned int i;

	unit_ok(may_kill(&brake, 2, program(1, 1)), "the first program");
	unit_ok(may_kill(&brake, 2, program(2, 2)), "the second");
	unit_ok(!may_kill(&brake, 2, program(3, 3)), "not the third");
	unit_ok(may_kill(&brake, 2, program(1, 1)), "the first again, in another process");
	unit_ok(may_kill(&brake, 2, program(9, 1)), "a copy of it");
	unit_ok(!may_kill(&brake, 2, program(1, 3)), "not other bytes in the same file");
	unit_ok(may_kill(&brake, 2, program(2, 0)), "the same file, not measured");
	unit_ok(!may_kill(&brake, 2, program(4, 0)), "not another one, not measured");
	unit_ok(may_kill(&brake, 3, program(3, 3)), "the third by a rule with more");
	unit_eq(brake.count, 3, "each is counted once");
	for (i = 0; i < 2 * RIVET_KILL_MAX; i++)
		may_kill(&brake, 1000, program(100 + i, 0));
	unit_eq(brake.count, RIVET_KILL_MAX, "there is room for so many");
}

static struct rivet_running_program of_uid(u32 uid, u64 ino)
{
	struct rivet_running_program out = program(ino, 0);

	out.uid = uid;
	return out;
}

static void test_users(void)
{
	struct rivet_running_brake brake = {};
	unsigned int i;

	unit_ok(may_kill(&brake, 1, of_uid(1000, 1)), "a user's program");
	unit_ok(!may_kill(&brake, 1, of_uid(1000, 2)), "not another of his");
	unit_ok(may_kill(&brake, 1, of_uid(1001, 1)), "the same of another user");
	unit_ok(may_kill(&brake, 1, of_uid(0, 1)), "and of root");
	for (i = 0; i < 2 * RIVET_KILL_MAX; i++)
		may_kill(&brake, RIVET_KILL_MAX, of_uid(2000 + i, 1));
	unit_eq(brake.count, RIVET_KILL_MAX - RIVET_KILL_MAX_DEFAULT, "many users leave room");
	unit_ok(may_kill(&brake, RIVET_KILL_MAX, of_uid(0, 2)), "for root");
}

int main(void)
{
	test_answers();
	test_brake();
	test_users();
	return unit_done();
}
