/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/cause: why a rule changes the state of the machine
 */
#ifndef _RIVET_RESPOND_CAUSE_H
#define _RIVET_RESPOND_CAUSE_H

#include "policy/rules.h"

/**
 * struct rivet_response_cause - why a rule changes the state of the machine
 * @policy: name of the policy, terminated
 * @version: its version
 * @line: line of the rule; 0 if isolation was restored
 * @response: the response of the rule
 * @max: for REBOOT and PANIC: reboots in a day
 * @after: number of failures
 * @within: seconds in which they came
 * @mode: mode at the last of them
 */
struct rivet_response_cause {
	char policy[RIVET_NAME_MAX + 1];
	u64 version;
	u32 line;
	enum rivet_response response;
	u8 max;
	u8 after;
	u32 within;
	enum rivet_mode mode;
};

#endif /* _RIVET_RESPOND_CAUSE_H */
