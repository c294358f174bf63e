/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - policy/respond: the part of a rule about the whole machine
 *
 *	... action=DENY respond=ISOLATE after=3/60
 *	... action=DENY respond=REBOOT after=3/60 max=2
 */
#ifndef _RIVET_POLICY_RESPOND_H
#define _RIVET_POLICY_RESPOND_H

#include "policy/rules.h"

const char *rivet_respond_read(struct rivet_rule *rule, struct rivet_slice value);
const char *rivet_respond_read_after(struct rivet_rule *rule, struct rivet_slice value);
const char *rivet_respond_read_max(struct rivet_rule *rule, struct rivet_slice value);
const char *rivet_respond_check(const struct rivet_rule *rule);

#endif /* _RIVET_POLICY_RESPOND_H */
