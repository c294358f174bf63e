// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - task: which verified program a process runs
 *
 * The record a rule's exe= is compared with. It is made when a program starts
 * and inherited by its threads and children; /proc/PID/exe, which a process can
 * change, plays no part. Kept only while a policy asks for it, and
 * without exe= rules only for programs that may make memory executable (jit). A
 * process that was there before such a policy is given its record by sweep.
 */
#include <linux/hash.h>
#include <linux/module.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "riv.h"
#include "task.h"

/**
 * struct task_record - the program of one task
 *
 * In the table from task_alloc or bprm_committed_creds until task_free. Only
 * the task itself, or its parent before it first runs, changes @program.
 *
 * @node: in the table
 * @rcu: frees it
 * @task: key
 * @program: referenced; NULL if what the task runs did not match
 */
struct task_record {
	struct rhash_head node;
	struct rcu_head rcu;
	const struct task_struct *task;
	struct rivet_program __rcu *program;
};

static u32 hash_task_key(const void *data, u32 len, u32 seed)
{
	return hash_ptr(*(const struct task_struct *const *)data, 32) ^ seed;
}

static const struct rhashtable_params task_params = {
	.head_offset = offsetof(struct task_record, node),
	.key_offset = offsetof(struct task_record, task),
	.key_len = sizeof(struct task_struct *),
	.hashfn = hash_task_key,
	.automatic_shrinking = true,
};

struct rhashtable rivet_task_table;

/**
 * rivet_task_put() - give a reference back
 * @program: the program or NULL
 *
 * Context: any.
 */
void rivet_task_put(struct rivet_program *program)
{
	if (program && refcount_dec_and_test(&program->refs))
		kfree_rcu(program, rcu);
}

static struct rivet_program *find_program(struct task_struct *task)
{
	struct rivet_program *program = NULL;
	struct task_record *record;

	rcu_read_lock();
	record = rhashtable_lookup(&rivet_task_table, &task, task_params);
	if (record)
		program = rcu_dereference(record->program);
	if (program && !refcount_inc_not_zero(&program->refs))
		program = NULL;
	rcu_read_unlock();
	return program;
}

/**
 * rivet_task_program() - what a task runs
 * @task: the task
 *
 * Context: any.
 * Return: the program with a reference for the caller, or NULL if it is not known
 * to have matched, or it or the certificate that signed its set was revoked since.
 */
struct rivet_program *rivet_task_program(struct task_struct *task)
{
	struct rivet_program *program = find_program(task);

	if (program && (rivet_riv_is_revoked(&program->digest) ||
			rivet_riv_is_revoked(&program->signer))) {
		rivet_task_put(program);
		return NULL;
	}
	return program;
}

static int insert_record(struct task_struct *task, struct rivet_program *program)
{
	struct task_record *record = kzalloc(sizeof(*record), GFP_KERNEL);
	int err;

	if (!record)
		return -ENOMEM;
	record->task = task;
	RCU_INIT_POINTER(record->program, program);
	err = rhashtable_lookup_insert_fast(&rivet_task_table, &record->node, task_params);
	if (err)
		kfree(record);
	return err;
}

static bool replace_program(struct task_struct *task, struct rivet_program *program)
{
	struct rivet_program *old = NULL;
	struct task_record *record;

	rcu_read_lock();
	record = rhashtable_lookup(&rivet_task_table, &task, task_params);
	if (record)
		old = rcu_replace_pointer(record->program, program, 1);
	rcu_read_unlock();
	rivet_task_put(old);
	return record;
}

/**
 * rivet_task_set() - a task starts a program
 * @task: the acting task
 * @program: what it runs, or NULL if that did not match; the reference passes on
 *
 * Without memory the task has no record, and so matches no exe= rule.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int rivet_task_set(struct task_struct *task, struct rivet_program *program)
{
	int err = 0;

	while (!replace_program(task, program)) {
		err = program ? insert_record(task, program) : 0;
		if (err != -EEXIST)	/* else somebody adopted the task just now */
			break;
	}
	if (err)
		rivet_task_put(program);
	return err;
}

/**
 * rivet_task_adopt() - give a running task that has no record its program
 * @task: the task, referenced by the caller
 * @program: what it runs; the caller keeps its own reference
 *
 * Context: any; does not sleep.
 * Return: 0 or an errno, -ENOMEM mostly.
 */
int rivet_task_adopt(struct task_struct *task, struct rivet_program *program)
{
	struct task_record *record = kzalloc(sizeof(*record), GFP_ATOMIC);
	int err;

	if (!record)
		return -ENOMEM;
	refcount_inc(&program->refs);
	record->task = task;
	RCU_INIT_POINTER(record->program, program);
	err = rhashtable_lookup_insert_fast(&rivet_task_table, &record->node, task_params);
	if (err) {
		kfree(record);
		rivet_task_put(program);
	}
	return err == -EEXIST ? 0 : err;
}

/**
 * rivet_task_inherit() - a task is being made
 * @child: the new task; its parent is the acting one
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int rivet_task_inherit(struct task_struct *child)
{
	struct rivet_program *program = find_program(current);
	int err;

	if (!program)
		return 0;
	err = insert_record(child, program);
	if (err)
		rivet_task_put(program);
	return err;
}

/**
 * rivet_task_forget() - a task is being freed
 * @task: the task
 *
 * Context: does not sleep; may be called in softirq (from RCU).
 */
void rivet_task_forget(struct task_struct *task)
{
	struct task_record *record;

	rcu_read_lock();
	record = rhashtable_lookup(&rivet_task_table, &task, task_params);
	if (record && !rhashtable_remove_fast(&rivet_task_table, &record->node, task_params)) {
		rivet_task_put(rcu_dereference(record->program));
		kfree_rcu(record, rcu);
	}
	rcu_read_unlock();
}

/**
 * rivet_task_disown() - take back what rivet_task_adopt() gave
 * @task: the task, referenced by the caller
 * @program: what it was given; a record of another program stays
 *
 * Context: any; does not sleep.
 */
void rivet_task_disown(struct task_struct *task, const struct rivet_program *program)
{
	struct task_record *record;
	struct rivet_program *old = NULL;

	rcu_read_lock();
	record = rhashtable_lookup(&rivet_task_table, &task, task_params);
	if (record)
		old = unrcu_pointer(cmpxchg(&record->program,
					    (struct rivet_program __force __rcu *)program, NULL));
	rcu_read_unlock();
	if (old == program)
		rivet_task_put(old);
}

/**
 * rivet_task_forget_all() - drop all records
 *
 * Context: may sleep; the task hooks are detached and their handlers have ended,
 * so that nobody inserts. Readers may still run.
 */
void rivet_task_forget_all(void)
{
	struct rhashtable_iter iter;
	struct task_record *record;

	rhashtable_walk_enter(&rivet_task_table, &iter);
	rhashtable_walk_start(&iter);
	while ((record = rhashtable_walk_next(&iter))) {
		if (IS_ERR(record))
			continue;
		if (rhashtable_remove_fast(&rivet_task_table, &record->node, task_params))
			continue;
		rivet_task_put(rcu_dereference(record->program));
		kfree_rcu(record, rcu);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

static void free_record(void *ptr, void *arg)
{
	struct task_record *record = ptr;

	rivet_task_put(rcu_dereference_protected(record->program, 1));
	kfree(record);
}

/**
 * rivet_task_init() - make the table
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int rivet_task_init(void)
{
	return rhashtable_init(&rivet_task_table, &task_params);
}

/**
 * rivet_task_exit() - free the table
 *
 * Context: may sleep; no hook uses it any more.
 */
void rivet_task_exit(void)
{
	rhashtable_free_and_destroy(&rivet_task_table, free_record, NULL);
}
