// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - rules that are legal, and yet likely a mistake, each looked at alone
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/object/lint_rule.h"

#define TEXT_MAX 256

/**
 * lint_warn() - give a warning to its receiver
 * @sink: the receiver
 * @line: line of the policy, 0 for none
 * @fmt: text, as of printf(3)
 */
void lint_warn(struct lint_sink *sink, u32 line, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	sink->warn(sink, line, text);
}

/* Warns about an op that is allowed for files without a RIV. */
static const char *consequence(enum rivet_op op)
{
	switch (op) {
	case RIVET_OP_ANON_EXEC:
		return "code that is in no file runs";
	case RIVET_OP_KMODULE:
		return "the kernel can be changed by code without a RIV";
	case RIVET_OP_FIRMWARE:
		return "firmware that no RIV vouches for is used";
	case RIVET_OP_KEXEC:
		return "kernels that no RIV vouches for are started";
	case RIVET_OP_RUNNING:
		return "what fails and runs already is not even reported";
	case RIVET_OP_SCRIPT:
		return "scripts that no RIV vouches for are read";
	default:
		return "files that no RIV vouches for run";
	}
}

static bool is_about_disks(const struct rivet_rule *rule)
{
	static const char devices[] = "/dev/";

	return rule->op == RIVET_OP_MMAP && rule->reasons == 1U << RIVET_REASON_WRITABLE &&
	       rule->path.len > strlen(devices) &&
	       !memcmp(rule->path.ptr, devices, strlen(devices));
}

/*
 * Only rules make the kernel ask about READ, and an ALLOW there is an exception to a
 * wider rule. For ANON_EXEC, and for tools that change the kernel or disks, a rule that
 * names the program is the intended way.
 */
static bool may_allow_unverified(const struct rivet_rule *rule)
{
	if (rule->op == RIVET_OP_READ)
		return true;
	if (!rule->exe.len)
		return false;
	return rule->op == RIVET_OP_ANON_EXEC || is_about_disks(rule) ||
	       (rule->op == RIVET_OP_KMODULE && rule->reasons == 1U << RIVET_REASON_ANONYMOUS);
}

static const char *condition_of(const struct rivet_rule *rule)
{
	return rule->path.len	 ? " by path" :
	       rule->exe.len	 ? " by acting program" :
	       rule->has_uid	 ? " by user" :
	       rule->has_fsmagic ? " by filesystem" :
	       rule->set.len	 ? " by set" : "";
}

static void lint_allow(const struct rivet_rule *rule, struct lint_sink *sink)
{
	const char *op = rivet_name_op(rule->op), *by = condition_of(rule);

	if (rule->action != RIVET_ACTION_ALLOW || rule->reasons == 1U << RIVET_REASON_MATCH ||
	    may_allow_unverified(rule))
		return;
	if (!rule->reasons && !*by)
		lint_warn(sink, rule->line, "%s is allowed for everything: %s", op,
			  consequence(rule->op));
	else
		lint_warn(sink, rule->line, "%s is allowed%s without riv=MATCH%s: %s", op, by,
			  rule->op == RIVET_OP_ANON_EXEC ? " or exe=" : "", consequence(rule->op));
}

/* What a rule for RUNNING does not do for reasons that happen to good files too. */
static void lint_running(const struct rivet_rule *rule, struct lint_sink *sink)
{
	if (rule->op != RIVET_OP_RUNNING || rule->reasons)
		return;
	if (rule->action == RIVET_ACTION_KILL)
		lint_warn(sink, rule->line,
			  "KILL holds for unlisted, mismatch, revoked and quarantined; for any other reason it acts as AUDIT, unless a rule names that with riv=");
	else if (rule->action == RIVET_ACTION_QUARANTINE)
		lint_warn(sink, rule->line,
			  "QUARANTINE holds for unlisted, mismatch and revoked; for any other reason it acts as AUDIT");
}

/**
 * lint_kill() - warn about KILL where it is no use
 * @line: of the rule or the DEFAULT
 * @op: its op
 * @action: its action
 * @sink: receives the warning
 */
void lint_kill(u32 line, u8 op, u8 action, struct lint_sink *sink)
{
	if (action != RIVET_ACTION_KILL)
		return;
	if (op == RIVET_OP_MMAP)
		lint_warn(sink, line,
			  "KILL on MMAP: one damaged library kills every program that loads it; DENY keeps it out as well");
	else if (op == RIVET_OP_ANON_EXEC)
		lint_warn(sink, line,
			  "KILL on ANON_EXEC: programs that only try, and do without, are killed, and so are tracers; DENY protects as well");
}

/* A reason that also happens to listed files must not quarantine: the kernel denies then. */
static void lint_quarantine(const struct rivet_rule *rule, struct lint_sink *sink)
{
	enum rivet_reason reason;

	if (rule->action != RIVET_ACTION_QUARANTINE)
		return;
	if (rule->op == RIVET_OP_ANON_EXEC) {
		lint_warn(sink, rule->line, "QUARANTINE acts as DENY: ANON_EXEC is about memory, not about a file");
		return;
	}
	for (reason = 0; reason < __RIVET_REASON_MAX; reason++) {
		if (rivet_reason_quarantines(reason) &&
		    (!rule->reasons || rule->reasons & 1U << reason))
			break;
	}
	if (reason == __RIVET_REASON_MAX)
		lint_warn(sink, rule->line,
			  "QUARANTINE acts as %s: this reason happens to good files too; unlisted, mismatch and revoked quarantine",
			  rule->op == RIVET_OP_RUNNING ? "AUDIT" : "DENY");
	else if (!rule->reasons && rule->op != RIVET_OP_RUNNING)
		lint_warn(sink, rule->line,
			  "QUARANTINE holds for unlisted, mismatch and revoked; for any other reason it acts as DENY");
}

static void lint_quarantined(const struct rivet_rule *rule, struct lint_sink *sink)
{
	if (rule->reasons == 1U << RIVET_REASON_QUARANTINED && !rule->exe.len &&
	    rule->op != RIVET_OP_RUNNING &&
	    !rivet_action_refuses(rule->action))
		lint_warn(sink, rule->line,
			  "quarantined files are permitted to every program: name one program with exe=");
}

/**
 * lint_rule() - warn about a rule
 * @rule: the rule
 * @sink: receives the warnings
 */
void lint_rule(const struct rivet_rule *rule, struct lint_sink *sink)
{
	lint_allow(rule, sink);
	lint_kill(rule->line, rule->op, rule->action, sink);
	lint_quarantine(rule, sink);
	lint_running(rule, sink);
	lint_quarantined(rule, sink);
}
