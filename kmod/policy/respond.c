// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - policy/respond: the part of a rule about the whole machine
 *
 * A response must not be a weapon: a user who can cause the failure that a rule names can have
 * the machine isolated. So a rule has to name a failure that only root or a disk can cause.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "policy/respond.h"

#define NEEDS_REFUSAL	"action=DENY, QUARANTINE or KILL before respond=: a file that is permitted is no failure"
#define NO_RUNNING	"no respond= with op=RUNNING: a revocation alone would isolate the machine; put it behind the op that the program needs to start"
#define NEEDS_LISTED	"path= of listed files with respond=: any user can cause a failure elsewhere"
#define NEEDS_REASON	"riv=mismatch or riv=revoked with respond=: any user can cause the other reasons, with a file of his own or a good one"
#define NEEDS_ROOTS	"path= below a folder that only root writes to, named from the root on (/usr/bin/**): any user can put a file that fails into this one"
#define ONCE_ONLY	"no after= of more than 1 with action=QUARANTINE: the second time the reason is quarantined, and this rule does not see it"
#define NEEDS_MAX	"max=N behind respond=REBOOT or PANIC, the reboots in a day after which the machine is isolated instead: a file that fails does so again after a reboot, so the machine would reboot in a loop"
#define NO_MAX		"no max= with respond=ISOLATE: it counts reboots"
#define EXPECTED_MAX	"max= and the number of reboots in a day, 1 to 24"
#define EXPECTED_AFTER	"after=N/SECONDS: N failures, 1 to 16, within 1 to 86400 seconds"

/**
 * rivet_respond_read() - read the value of respond=
 * @rule: receives it
 * @value: the word
 *
 * Context: Any.
 * Return: NULL, or a description of the expected text.
 */
const char *rivet_respond_read(struct rivet_rule *rule, struct rivet_slice value)
{
	static const char * const names[__RIVET_RESPONSE_MAX] = {
		[RIVET_RESPONSE_ISOLATE] = "ISOLATE",
		[RIVET_RESPONSE_REBOOT] = "REBOOT",
		[RIVET_RESPONSE_PANIC] = "PANIC",
	};
	u8 i = RIVET_RESPONSE_ISOLATE;

	while (i < __RIVET_RESPONSE_MAX && !rivet_slice_equal(value, names[i]))
		i++;
	if (i == __RIVET_RESPONSE_MAX)
		return "respond=ISOLATE, REBOOT or PANIC";
	rule->response = i;
	rule->after = 1;
	rule->within = 1;
	return NULL;
}

/**
 * rivet_respond_read_after() - read the value of after=
 * @rule: receives it
 * @value: N/SECONDS
 *
 * Context: Any.
 * Return: NULL, or a description of the expected text.
 */
const char *rivet_respond_read_after(struct rivet_rule *rule, struct rivet_slice value)
{
	struct rivet_slice count;
	u64 number, seconds;

	if (!rivet_slice_take_until(&value, '/', &count) ||
	    rivet_parse_u64(count.ptr, count.len, &number) || !number ||
	    number > RIVET_AFTER_MAX || rivet_parse_u64(value.ptr, value.len, &seconds) ||
	    !seconds || seconds > RIVET_WITHIN_MAX)
		return EXPECTED_AFTER;
	rule->after = number;
	rule->within = seconds;
	return NULL;
}

/**
 * rivet_respond_read_max() - read the value of max= behind respond=
 * @rule: receives it
 * @value: the number
 *
 * Context: Any.
 * Return: NULL, or a description of the expected text.
 */
const char *rivet_respond_read_max(struct rivet_rule *rule, struct rivet_slice value)
{
	u64 number;

	if (rule->response == RIVET_RESPONSE_ISOLATE)
		return NO_MAX;
	if (rivet_parse_u64(value.ptr, value.len, &number) || !number ||
	    number > RIVET_REBOOTS_MAX)
		return EXPECTED_MAX;
	rule->max = number;
	return NULL;
}

static bool begins_with(struct rivet_slice path, const char *folder)
{
	return rivet_slice_take_prefix(&path, folder);
}

/* Number of components before the first one with a wildcard */
static size_t get_named(struct rivet_slice path)
{
	size_t i, named = 0;

	for (i = 1; i < path.len && path.ptr[i] != '*'; i++)
		named += path.ptr[i] == '/';
	return named + (i == path.len);
}

/* The first folder has to be named, and must not be one that users put files into. */
static bool is_roots(struct rivet_slice path)
{
	static const char * const open[] = {
		"/tmp/", "/var/tmp/", "/dev/", "/home/", "/run/", "/var/run/", "/var/lock/",
		"/var/crash/", "/var/mail/", "/proc/", "/media/", "/mnt/",
	};
	size_t i, named = get_named(path);

	/* A wildcard in the second component of /var covers /var/tmp. */
	if (!named || (begins_with(path, "/var/") && named < 2))
		return false;
	for (i = 0; i < ARRAY_SIZE(open); i++)
		if (begins_with(path, open[i]))
			return false;
	return true;
}

/**
 * rivet_respond_check() - check that a rule with respond= may have it
 * @rule: the whole rule
 *
 * Context: Any.
 * Return: NULL, or a sentence about the part that it lacks, and why.
 */
const char *rivet_respond_check(const struct rivet_rule *rule)
{
	const u32 roots = 1U << RIVET_REASON_MISMATCH | 1U << RIVET_REASON_REVOKED;

	if (rule->op == RIVET_OP_RUNNING)
		return NO_RUNNING;
	if (!rivet_action_refuses(rule->action))
		return NEEDS_REFUSAL;
	if (!rule->path.len)
		return NEEDS_LISTED;
	if (!rule->reasons || rule->reasons & ~roots)
		return NEEDS_REASON;
	if (!is_roots(rule->path))
		return NEEDS_ROOTS;
	if (rule->action == RIVET_ACTION_QUARANTINE && rule->after > 1)
		return ONCE_ONLY;
	if (rule->response != RIVET_RESPONSE_ISOLATE && !rule->max)
		return NEEDS_MAX;
	return NULL;
}
