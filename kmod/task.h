/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - task: which verified program a process runs
 */
#ifndef _RIVET_TASK_H
#define _RIVET_TASK_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/sched.h>

#include "digest.h"
#include "manifest_parser.h"
#include "names.h"

/**
 * struct rivet_program - a program that matched a RIV when it was executed
 *
 * Immutable, shared by all threads and children that run it. A process whose
 * program did not match has none.
 *
 * @rcu: frees it
 * @refs: one per task that runs it, one per reader
 * @digest: its measurement then
 * @set: RIV set that vouched
 * @set_version: its version
 * @signer: digest of the certificate that signed it
 * @uses: bits of enum rivet_use that the RIVs allow
 * @path_len: bytes of @path
 * @path: RIV path, terminated
 */
struct rivet_program {
	struct rcu_head rcu;
	refcount_t refs;
	struct rivet_digest digest;
	char set[RIVET_NAME_MAX + 1];
	u64 set_version;
	struct rivet_digest signer;
	u32 uses;
	size_t path_len;
	char path[];
};

int rivet_task_init(void);
void rivet_task_exit(void);
int rivet_task_set(struct task_struct *task, struct rivet_program *program);
int rivet_task_inherit(struct task_struct *child);
void rivet_task_forget(struct task_struct *task);
struct rivet_program *rivet_task_program(struct task_struct *task);
void rivet_task_put(struct rivet_program *program);
void rivet_task_forget_all(void);
int rivet_task_adopt(struct task_struct *task, struct rivet_program *program);
void rivet_task_disown(struct task_struct *task, const struct rivet_program *program);

extern struct rhashtable rivet_task_table;

/**
 * rivet_task_any() - whether any task has a record
 *
 * Inline: every task that is made and that ends goes through this.
 *
 * Context: any.
 * Return: false if all lookups would be in vain.
 */
static inline bool rivet_task_any(void)
{
	return atomic_read(&rivet_task_table.nelems);
}

#endif /* _RIVET_TASK_H */
