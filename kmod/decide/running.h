/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/running: the answer to a failing file that a running process has mapped
 */
#ifndef _RIVET_DECIDE_RUNNING_H
#define _RIVET_DECIDE_RUNNING_H

#include <linux/types.h>
#include <uapi/linux/rivet.h>

#include "policy/rules.h"
#include "text/digest.h"

/** enum rivet_running_answer - the answer; each but PASS is reported */
enum rivet_running_answer {
	RIVET_RUNNING_PASS,		/* nothing: it could be mapped, or the policy allows it */
	RIVET_RUNNING_REPORT,
	RIVET_RUNNING_QUARANTINE,	/* the file is quarantined, the process goes on */
	RIVET_RUNNING_KILL,		/* the process is killed */
	RIVET_RUNNING_HOLD,		/* the process goes on, because the brake holds */
	RIVET_RUNNING_SPARE,		/* the process goes on, because it is never killed */
};

/**
 * struct rivet_running_program - a program, as the brake tells them apart
 * @digest: its digest; RIVET_DIGEST_NONE if it was not measured
 * @dev: device of its file
 * @ino: inode number of its file
 * @uid: uid of the process, in the initial user namespace
 *
 * Copies of a program that was measured are the same program.
 */
struct rivet_running_program {
	struct rivet_digest digest;
	u64 dev;
	u64 ino;
	u32 uid;
};

/**
 * struct rivet_running_brake - the programs that a sweep has killed
 *
 * Programs are counted, and not processes: a program that starts itself over and over does
 * not reach the limit by that, and a library that many programs use does. They are counted for
 * each uid, so that a user does not spare others, and root has room of its own.
 *
 * @locked: the brake of an earlier sweep held, and no operator has asked for another since
 * @count: number of @programs
 * @programs: the programs
 */
struct rivet_running_brake {
	bool locked;
	unsigned int count;
	struct rivet_running_program programs[RIVET_KILL_MAX];
};

/**
 * struct rivet_running_case - a mapped file and its process
 * @fails: mapping the file would be refused
 * @action: answer of the rules for RUNNING
 * @max: number of programs of one uid that the rule lets one sweep kill
 * @spared: the process is never killed
 */
struct rivet_running_case {
	bool fails;
	enum rivet_action action;
	unsigned int max;
	bool spared;
};

enum rivet_running_answer rivet_running_decide(const struct rivet_running_case *what,
					       const struct rivet_running_brake *brake,
					       const struct rivet_running_program *program);
void rivet_running_count(struct rivet_running_brake *brake,
			 const struct rivet_running_program *program);

#endif /* _RIVET_DECIDE_RUNNING_H */
