// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - RIV sets that expire, and the programs that then still start
 */
#include <inttypes.h>

#include "lib/base/text.h"
#include "lib/object/expiry.h"
#include "text/names.h"

#define DAY (24 * 60 * 60)

static bool permits_expired(const struct rivet_rule *rule, enum rivet_op op)
{
	return rule->op == op && !rivet_action_refuses(rule->action) &&
	       (!rule->reasons || rule->reasons & 1U << RIVET_REASON_EXPIRED);
}

static bool op_survives(const struct rivet_rules *rules, enum rivet_op op)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (permits_expired(&rules->rules[i], op))
			return true;
	}
	return !rivet_action_refuses(rules->defaults[op].action);
}

/**
 * expiry_is_survivable() - does the policy permit programs of expired sets?
 * @rules: a parsed policy
 *
 * Return: false if the policy permits no program, or no library, that is only listed by
 * an expired set: then only the programs spared by the kernel itself still start.
 */
bool expiry_is_survivable(const struct rivet_rules *rules)
{
	return op_survives(rules, RIVET_OP_EXECUTE) && op_survives(rules, RIVET_OP_MMAP);
}

/**
 * expiry_is_soon() - is it time to prepare a set's next version?
 * @until: expiry of the set, in seconds since 1970
 * @now: the time
 *
 * Return: true if it expires within EXPIRY_SOON_DAYS, or has expired.
 */
bool expiry_is_soon(s64 until, s64 now)
{
	return until < now || until - now < (s64)EXPIRY_SOON_DAYS * DAY;
}

/**
 * expiry_text() - "expires in N days"
 * @until: expiry, in seconds since 1970
 * @now: the time
 * @out: destination
 */
void expiry_text(s64 until, s64 now, struct buffer *out)
{
	s64 days = until < now ? 0 : (until - now) / DAY;

	if (until < now)
		buffer_add_text(out, "has expired");
	else if (!days)
		buffer_add_text(out, "expires in less than a day");
	else
		text_add(out, "expires in %" PRId64 " %s", (int64_t)days,
			 days == 1 ? "day" : "days");
}
