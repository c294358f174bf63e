/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - policy/active: the active rules
 */
#ifndef _RIVET_POLICY_ACTIVE_H
#define _RIVET_POLICY_ACTIVE_H

#include <linux/bits.h>
#include <linux/jump_label.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "policy/rules.h"
#include "text/digest.h"

/**
 * struct rivet_policy - a policy in memory
 *
 * Immutable once published, except for @refs. Readers dereference rivet_policy_active
 * under RCU; readers that sleep take a reference. The replacing task waits for a grace
 * period before it releases the active reference, so the last put may free at once.
 *
 * @refs: number of references; the active policy has one for being active
 * @rules: the rules; their strings point into @text
 * @text: signed text, terminated
 * @text_len: bytes of @text, without the terminator
 * @text_digest: SHA-256 of the text
 * @generation: number that increases with every policy published
 * @builtin: this is the policy that is active until another is loaded
 */
struct rivet_policy {
	refcount_t refs;
	struct rivet_rules rules;
	char *text;
	size_t text_len;
	struct rivet_digest text_digest;
	u64 generation;
	bool builtin;
};

extern struct rivet_policy __rcu *rivet_policy_active;

/* The active policy has rules for READ or SCRIPT that do not only allow. */
DECLARE_STATIC_KEY_FALSE(rivet_policy_reads);
/* The active policy has guards_programs set, see struct rivet_rules. */
DECLARE_STATIC_KEY_FALSE(rivet_policy_guards);

/* The active policy has SET quarantine-read=deny. */
DECLARE_STATIC_KEY_FALSE(rivet_policy_denies_quarantined);

int rivet_policy_init(void);
void rivet_policy_exit(void);
struct rivet_policy *rivet_policy_get(void);
void rivet_policy_put(struct rivet_policy *policy);
struct rivet_policy *rivet_policy_build(const void *data, size_t len, bool *same);
int rivet_policy_publish(struct rivet_policy *policy);
struct rivet_policy *rivet_policy_build_fallback(void);
int rivet_policy_fall_back(struct rivet_policy *policy);
bool rivet_policy_denies(const struct rivet_policy *policy, enum rivet_op op);

/**
 * rivet_policy_acts() - check whether the active policy can do more than allow an op
 * @op: the op
 *
 * Context: any.
 * Return: false if it allows the op in all circumstances.
 */
static inline bool rivet_policy_acts(enum rivet_op op)
{
	bool acts;

	rcu_read_lock_sched();
	acts = rcu_dereference_sched(rivet_policy_active)->rules.acts & BIT(op);
	rcu_read_unlock_sched();
	return acts;
}

/**
 * rivet_policy_uses_exe() - check whether rules of the active policy depend on the program
 *
 * Context: any.
 * Return: true if some rule has exe=.
 */
static inline bool rivet_policy_uses_exe(void)
{
	bool uses;

	rcu_read_lock_sched();
	uses = rcu_dereference_sched(rivet_policy_active)->rules.uses_exe;
	rcu_read_unlock_sched();
	return uses;
}

/**
 * rivet_policy_guards_programs() - check whether some program must not run under another name
 *
 * Context: any. A static branch, free of cost if there is no such program.
 * Return: true if there is such a program; rivet_rules_guards() checks a given one.
 */
static __always_inline bool rivet_policy_guards_programs(void)
{
	return static_branch_unlikely(&rivet_policy_guards);
}

/**
 * rivet_policy_has_running() - check whether the active policy has rules about running programs
 *
 * Context: any.
 * Return: true if some rule is of op RUNNING.
 */
static inline bool rivet_policy_has_running(void)
{
	bool running;

	rcu_read_lock_sched();
	running = rcu_dereference_sched(rivet_policy_active)->rules.running;
	rcu_read_unlock_sched();
	return running;
}

/**
 * rivet_policy_generation() - get the generation of the active policy
 *
 * Context: any.
 * Return: a number that increases with every policy.
 */
static inline u64 rivet_policy_generation(void)
{
	u64 generation;

	rcu_read_lock_sched();
	generation = rcu_dereference_sched(rivet_policy_active)->generation;
	rcu_read_unlock_sched();
	return generation;
}

/**
 * rivet_policy_speaks() - check whether the active policy mentions an op
 * @op: the op
 *
 * Context: any.
 * Return: true if it has a DEFAULT for the op.
 */
static inline bool rivet_policy_speaks(enum rivet_op op)
{
	bool speaks;

	rcu_read_lock_sched();
	speaks = rcu_dereference_sched(rivet_policy_active)->rules.defaults[op].line;
	rcu_read_unlock_sched();
	return speaks;
}

#endif /* _RIVET_POLICY_ACTIVE_H */
