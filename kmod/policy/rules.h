/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - policy/rules: a policy in memory, and the pure decision over it
 */
#ifndef _RIVET_POLICY_RULES_H
#define _RIVET_POLICY_RULES_H

#include "object/isolation.h"
#include "object/policy_settings.h"
#include "text/names.h"
#include "text/parse.h"

#define RIVET_RULES_MAX		4096	/* rules of one policy */
#define RIVET_KILL_MAX		64	/* highest max= of a rule with op=RUNNING action=KILL */
#define RIVET_KILL_MAX_DEFAULT	16	/* its max= if the rule has none */
#define RIVET_RESPONDS_MAX	16	/* rules of one policy with respond= */
#define RIVET_REBOOTS_MAX	24	/* highest max= of a rule with respond=REBOOT or PANIC */
#define RIVET_AFTER_MAX		16	/* failures that after= counts */
#define RIVET_WITHIN_MAX	86400	/* seconds in which it does */
#define RIVET_FSMAGICS_MAX	16	/* different fsmagic= values of one policy */

/** enum rivet_response - the change of the whole machine by a rule */
enum rivet_response {
	RIVET_RESPONSE_NONE,
	RIVET_RESPONSE_ISOLATE,
	RIVET_RESPONSE_REBOOT,
	RIVET_RESPONSE_PANIC,
	__RIVET_RESPONSE_MAX,
};

/**
 * struct rivet_rule - one line of a policy
 * @line: its line in the text
 * @op: enum rivet_op
 * @action: enum rivet_action
 * @max: for RUNNING with KILL: programs that one sweep may kill; with @response REBOOT or PANIC:
 *	reboots in a day
 * @response: enum rivet_response
 * @after: with @response: number of failures that are enough
 * @slot: with @response: number of the rule among these, from 0
 * @within: with @response: seconds within which @after failures come
 * @has_uid: @uid is a condition
 * @has_fsmagic: @fsmagic is a condition
 * @reasons: bit per enum rivet_reason that @riv= admits; 0 if not a condition
 * @uid: uid in the initial user namespace
 * @fsmagic: f_type of the filesystem
 * @path: glob over the path of the file; length 0 if not a condition
 * @exe: RIV path of the acting program; length 0 if not a condition
 * @set: name of the RIV set; length 0 if not a condition
 */
struct rivet_rule {
	u32 line;
	u8 op;
	u8 action;
	u8 max;
	u8 response;
	u8 after;
	u8 slot;
	u32 within;
	bool has_uid;
	bool has_fsmagic;
	u32 reasons;
	u32 uid;
	u64 fsmagic;
	struct rivet_slice path;
	struct rivet_slice exe;
	struct rivet_slice set;
};

/** enum rivet_context - on what an answer may depend, besides op and reason; bits */
enum rivet_context {
	RIVET_CONTEXT_ORIGIN	= 1,	/* uid= and fsmagic= */
	RIVET_CONTEXT_PLACE	= 2,	/* path= and set= */
	RIVET_CONTEXT_PROGRAM	= 4,	/* exe= */
};

/**
 * struct rivet_decision - the answer of the rules to a request
 * @action: enum rivet_action
 * @needs_context: only in rivet_rules.fast: the answer depends on more than op
 *	and reason, so rivet_rules_decide() must be called
 * @line: line of the rule that matched; 0 if no rule or DEFAULT mentions the op
 * @context: only in rivet_rules.fast: bits of enum rivet_context, all that it depends on
 */
struct rivet_decision {
	u8 action;
	bool needs_context;
	u32 line;
	u8 context;
};

/**
 * struct rivet_rules - a parsed policy; its strings point into the policy's text
 * @name: policy_name
 * @replaces: name of the policy that this policy may replace under enforcement; length 0 if
 *	none
 * @version: X << 32 | Y << 16 | Z
 * @issued: seconds since 1970 when it was issued; 0 if it does not say
 * @count: number of @rules
 * @rules: rules in the order of the text, without the DEFAULT lines
 * @defaults: the DEFAULT of each op; line 0 if the policy does not mention the op
 * @fast: decision for each op and reason, if the first rule that could match has no
 *	other condition; filled in by rivet_rules_compile()
 * @uses_path: some rule of the op has a path= condition
 * @uses_exe: some rule has an exe= condition, so process records are needed
 * @guards_programs: some rule demands more of the program in its exe= than of other
 *	programs, or denies it something; that program must not run under another name
 * @running: some rule is of op RUNNING
 * @denies: bit per enum rivet_op for which some rule or DEFAULT denies or kills; never that
 *	of RUNNING, which refuses no request
 * @quarantines: bit per enum rivet_op for which some rule quarantines; a file of any size is
 *	then measured, because an entry of the list is a digest
 * @tells_revoked: bit per enum rivet_op for which some rule names riv=revoked; if files are
 *	revoked, one of any size is then measured
 * @acts: bit per enum rivet_op for which some rule or DEFAULT is not ALLOW, or some rule is
 *	about quarantined files; other ops need no decision
 * @fsmagics: values of fsmagic= in the rules
 * @fsmagic_count: number of @fsmagics
 * @settings: the SET lines that are said once
 * @isolates: line of the first rule with respond=, each of which may isolate the machine; 0 if
 *	there is none
 * @panics: line of the first rule with respond=PANIC; 0 if there is none
 * @isolation: the lines SET isolate-uplink= and SET isolate-allow=
 */
struct rivet_rules {
	struct rivet_slice name;
	struct rivet_slice replaces;
	u64 version;
	s64 issued;
	size_t count;
	struct rivet_rule *rules;
	struct rivet_decision defaults[__RIVET_OP_MAX];
	struct rivet_decision fast[__RIVET_OP_MAX][__RIVET_REASON_MAX];
	bool uses_path[__RIVET_OP_MAX];
	bool uses_exe;
	bool guards_programs;
	bool running;
	u32 denies;
	u32 quarantines;
	u32 tells_revoked;
	u32 acts;
	u64 fsmagics[RIVET_FSMAGICS_MAX];
	size_t fsmagic_count;
	struct rivet_policy_settings settings;
	u32 isolates;
	u32 panics;
	struct rivet_isolation isolation;
};

/**
 * struct rivet_rules_query - the inputs of a decision
 * @op: enum rivet_op
 * @reason: enum rivet_reason
 * @uid: acting uid, initial user namespace
 * @fsmagic: f_type of the file's filesystem
 * @path: path of the file in init's mount namespace; length 0 if it has none there
 * @path_unknown: the path in init's mount namespace could not be determined
 * @exe: RIV path of the acting program; length 0 if unknown
 * @exe_revoked: the program was listed, but is revoked or was expired when it started.
 *	Permissions by its name do not apply, refusals do. If @exe is unknown too, the
 *	refusals for any program apply
 * @set: RIV set that vouches for the file; length 0 if none
 */
struct rivet_rules_query {
	enum rivet_op op;
	enum rivet_reason reason;
	u32 uid;
	u64 fsmagic;
	struct rivet_slice path;
	struct rivet_slice exe;
	struct rivet_slice set;
	bool path_unknown;
	bool exe_revoked;
};

void rivet_rules_compile(struct rivet_rules *rules);
struct rivet_decision rivet_rules_decide(const struct rivet_rules *rules,
					 const struct rivet_rules_query *query);
bool rivet_rules_choose(const struct rivet_rules *rules, enum rivet_op op,
			struct rivet_slice path, struct rivet_slice exe, bool exe_revoked);
bool rivet_rules_is_about(const struct rivet_rule *rule, struct rivet_slice exe, bool exe_revoked);
bool rivet_rules_guards(const struct rivet_rules *rules, struct rivet_slice exe);
const struct rivet_rule *rivet_rules_at(const struct rivet_rules *rules, u32 line);
unsigned int rivet_rules_kill_max(const struct rivet_rules *rules, u32 line);
bool rivet_rules_names_fsmagic(const struct rivet_rules *rules, u64 fsmagic);
bool rivet_rules_add_fsmagic(struct rivet_rules *rules, u64 fsmagic);
bool rivet_glob_match(struct rivet_slice pattern, struct rivet_slice path);

#endif /* _RIVET_POLICY_RULES_H */
