// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/running: the answer to a failing file that a running process has mapped
 *
 * Pure. The limit keeps one signed revocation of an old libc from killing all of user space.
 */
#include <linux/string.h>

#include "decide/running.h"

static bool is_same(const struct rivet_running_program *a, const struct rivet_running_program *b)
{
	if (a->uid != b->uid)
		return false;
	if (a->digest.alg && a->digest.alg == b->digest.alg)
		return rivet_digest_equal(&a->digest, &b->digest);
	return a->dev == b->dev && a->ino == b->ino;
}

static bool is_counted(const struct rivet_running_brake *brake,
		       const struct rivet_running_program *program)
{
	unsigned int i;

	for (i = 0; i < brake->count; i++)
		if (is_same(&brake->programs[i], program))
			return true;
	return false;
}

static unsigned int count_of(const struct rivet_running_brake *brake, u32 uid)
{
	unsigned int i, n = 0;

	for (i = 0; i < brake->count; i++)
		n += brake->programs[i].uid == uid;
	return n;
}

static bool holds(const struct rivet_running_brake *brake, unsigned int max,
		  const struct rivet_running_program *program)
{
	unsigned int room = RIVET_KILL_MAX - (program->uid ? RIVET_KILL_MAX_DEFAULT : 0);

	if (brake->locked)
		return true;
	if (is_counted(brake, program))
		return false;
	return count_of(brake, program->uid) >= max || brake->count >= room;
}

/**
 * rivet_running_decide() - decide about a mapped file
 * @what: the file and its process
 * @brake: the programs that this sweep has killed
 * @program: the program of the process
 *
 * Context: Any.
 * Return: the answer, which is the same in either mode; audit mode does not carry it out.
 */
enum rivet_running_answer rivet_running_decide(const struct rivet_running_case *what,
					       const struct rivet_running_brake *brake,
					       const struct rivet_running_program *program)
{
	if (!what->fails || what->action == RIVET_ACTION_ALLOW)
		return RIVET_RUNNING_PASS;
	if (what->action == RIVET_ACTION_QUARANTINE)
		return RIVET_RUNNING_QUARANTINE;
	if (what->action != RIVET_ACTION_KILL)
		return RIVET_RUNNING_REPORT;
	if (what->spared)
		return RIVET_RUNNING_SPARE;
	return holds(brake, what->max, program) ? RIVET_RUNNING_HOLD : RIVET_RUNNING_KILL;
}

/**
 * rivet_running_count() - count a program that is killed
 * @brake: gets the program, unless it has it
 * @program: the program
 *
 * Context: Any; after rivet_running_decide() has answered RIVET_RUNNING_KILL.
 */
void rivet_running_count(struct rivet_running_brake *brake,
			 const struct rivet_running_program *program)
{
	if (brake->count < RIVET_KILL_MAX && !is_counted(brake, program))
		brake->programs[brake->count++] = *program;
}
