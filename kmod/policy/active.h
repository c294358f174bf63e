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
 * Immutable once published. Readers under RCU follow rivet_policy_active;
 * those that sleep take a reference. Who replaces it waits for a grace period
 * before it gives the active reference back, so the last put may free at once.
 *
 * @refs: references; the active policy has one for being active
 * @rules: the rules; their strings point into @text
 * @text: text as it was signed, terminated
 * @text_len: its bytes
 * @text_digest: SHA-256 of the text
 * @generation: rises with every policy published
 * @builtin: the one that is active until another is loaded
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

/* The active policy asks about the reading of some files. */
DECLARE_STATIC_KEY_FALSE(rivet_policy_reads);
/* The active policy asks more of some program than of others. */
DECLARE_STATIC_KEY_FALSE(rivet_policy_guards);

int rivet_policy_init(void);
void rivet_policy_exit(void);
struct rivet_policy *rivet_policy_get(void);
void rivet_policy_put(struct rivet_policy *policy);
struct rivet_policy *rivet_policy_build(const void *data, size_t len, bool *same);
int rivet_policy_publish(struct rivet_policy *policy);
bool rivet_policy_denies(const struct rivet_policy *policy, enum rivet_op op);

/**
 * rivet_policy_acts() - whether the active policy has anything to say about an op
 * @op: the op
 *
 * Context: any.
 * Return: false if it allows the op whatever the circumstances.
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
 * rivet_policy_uses_exe() - whether rules of the active policy ask for the acting program
 *
 * Context: any.
 * Return: true if so.
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
 * rivet_policy_guards_programs() - whether some program must not run under another's name
 *
 * Context: any. Costs nothing if none must not.
 * Return: true if so; rivet_rules_guards() knows which.
 */
static __always_inline bool rivet_policy_guards_programs(void)
{
	return static_branch_unlikely(&rivet_policy_guards);
}

/**
 * rivet_policy_generation() - which policy is active
 *
 * Context: any.
 * Return: a number that rises with every policy.
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
 * rivet_policy_speaks() - whether the active policy mentions an op
 * @op: the op
 *
 * Context: any.
 * Return: true if it has a DEFAULT for it.
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
