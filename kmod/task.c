// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - task: which verified program a process runs
 *
 * The name that a rule's exe= is compared with, and the right to make memory
 * executable (jit), belong to a program that was seen to start. The kernel keeps
 * the struct file that execve(2) opened in the memory of the process (exe_file),
 * and passes it on to threads and children. User space never gets a descriptor of
 * that struct file. So a table by its address tells which program was started:
 * prctl(PR_SET_MM_EXE_FILE) can only put another file in its place, which is in
 * no table, and the process has lost its program.
 *
 * The table is kept from load to unload, whatever the policy asks. A process that
 * ran before has no program, nor do its children.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "measure.h"
#include "riv.h"
#include "settings.h"
#include "task.h"

#define BUCKET_BITS	10

/**
 * struct start - a program that was seen to start
 *
 * In its bucket from bprm_committed_creds until file_free_security, when no
 * process can run it any more; freed then. The bucket's lock protects all of it.
 * Nothing changes but @program, until it is one that was vouched for, and @round.
 * A reader that holds a reference to @file keeps the start from going away.
 *
 * @node: in the bucket
 * @file: key: the struct file that execve(2) opened. Not referenced: a process that
 *	ends must not keep its filesystem busy
 * @sha256: what it was when it started; RIVET_DIGEST_NONE if not measured
 * @verity: the same as fs-verity digest
 * @program: what the RIVs said; referenced; NULL: none knew it up to now
 * @round: the last round of rivet_task_name_all() that has looked at it
 */
struct start {
	struct hlist_node node;
	struct file *file;
	struct rivet_digest sha256;
	struct rivet_digest verity;
	struct rivet_program *program;
	unsigned long round;
};

/**
 * struct bucket - starts whose files have the same hash
 * @lock: protects the list and its starts; a leaf lock, held for a few instructions,
 *	also under the kernel's own spinlocks, some of which the kernel takes in interrupts;
 *	so interrupts are off meanwhile
 * @starts: the list
 */
struct bucket {
	raw_spinlock_t lock;	/* see above */
	struct hlist_head starts;
};

static struct bucket buckets[1 << BUCKET_BITS];
static struct kmem_cache *start_cache;
/* One unused start on each CPU, so that most allocate nothing. */
static DEFINE_PER_CPU(struct start *, spare_start);

static struct bucket *bucket_of(const struct file *file)
{
	return &buckets[hash_ptr(file, BUCKET_BITS)];
}

static struct start *find_start(struct bucket *b, const struct file *file)
{
	struct start *s;

	lockdep_assert_held(&b->lock);
	hlist_for_each_entry(s, &b->starts, node)
		if (s->file == file)
			return s;
	return NULL;
}

/**
 * rivet_task_put() - give a reference back
 * @program: the program or NULL
 *
 * Context: any.
 */
void rivet_task_put(struct rivet_program *program)
{
	if (program && refcount_dec_and_test(&program->refs))
		kfree(program);
}

static struct rivet_program *find_program(const struct file *file)
{
	struct bucket *b = bucket_of(file);
	struct rivet_program *program = NULL;
	const struct start *s;
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_start(b, file);
	if (s && s->program) {
		program = s->program;
		refcount_inc(&program->refs);
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return program;
}

static bool is_revoked(const struct rivet_program *program)
{
	return !program->vouched || rivet_riv_is_revoked(&program->digest) ||
	       rivet_riv_is_revoked(&program->signer);
}

/* What nothing vouched for may have been listed anew since. */
static bool is_settled(const struct start *s)
{
	return s->program && s->program->vouched;
}

/**
 * rivet_task_exe() - the file that the acting process names as its program
 *
 * Another thread may change it meanwhile: with a reference, its address stays that
 * of one file. A kernel thread that works in the memory of a process is not it.
 *
 * Context: any but interrupts.
 * Return: the file with a reference for the caller, or NULL.
 */
struct file *rivet_task_exe(void)
{
	struct mm_struct *mm = current->mm;

	if (!mm || (current->flags & PF_KTHREAD))
		return NULL;
	return get_file_active((struct file **)&mm->exe_file);
}

/**
 * rivet_task_program() - what the acting process runs
 * @revoked: set to whether it, or the certificate that signed its set, is revoked, or the
 *	set was expired. Then it is permitted nothing for what it is, but what is refused to
 *	it still is
 *
 * Context: any but interrupts; does not sleep.
 * Return: the program with a reference for the caller; NULL if it was not seen to
 * start or no RIV knows it.
 */
struct rivet_program *rivet_task_program(bool *revoked)
{
	struct file *exe = rivet_task_exe();
	struct rivet_program *program;

	*revoked = false;
	if (!exe)
		return NULL;
	program = find_program(exe);
	fput(exe);
	*revoked = program && is_revoked(program);
	return program;
}

/**
 * rivet_task_was_seen() - whether a program was seen to start
 * @exe: exe_file of a process, referenced by the caller
 *
 * Context: any but interrupts; does not sleep.
 * Return: true if so.
 */
bool rivet_task_was_seen(const struct file *exe)
{
	struct bucket *b = bucket_of(exe);
	unsigned long flags;
	bool seen;

	raw_spin_lock_irqsave(&b->lock, flags);
	seen = find_start(b, exe);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return seen;
}

static struct start *alloc_start(void)
{
	return this_cpu_xchg(spare_start, NULL) ?: kmem_cache_alloc(start_cache, GFP_KERNEL);
}

static void free_start(struct start *s)
{
	rivet_task_put(s->program);
	if (this_cpu_cmpxchg(spare_start, NULL, s))
		kmem_cache_free(start_cache, s);
}

/**
 * rivet_task_start() - the acting process starts a program
 * @file: what execve(2) opened, which is its exe_file from now on
 * @sha256: what was measured; RIVET_DIGEST_NONE if nothing was
 * @verity: the same as fs-verity digest
 * @program: what the RIVs say; the reference passes on. NULL if none knows it, or
 *	nobody has asked them yet
 *
 * Context: may sleep; file_free_security is attached.
 * Return: 0 or -ENOMEM.
 */
int rivet_task_start(struct file *file, const struct rivet_digest *sha256,
		     const struct rivet_digest *verity, struct rivet_program *program)
{
	struct start *s = alloc_start();
	struct bucket *b = bucket_of(file);
	unsigned long flags;

	if (!s) {
		rivet_task_put(program);
		return -ENOMEM;
	}
	s->file = file;
	s->sha256 = *sha256;
	s->verity = *verity;
	s->program = program;
	s->round = 0;
	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_add_head(&s->node, &b->starts);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return 0;
}

/**
 * rivet_task_forget() - a file that was opened to be executed is being freed
 * @file: the file; nobody has a reference
 *
 * Context: any but interrupts; does not sleep.
 */
void rivet_task_forget(const struct file *file)
{
	struct bucket *b = bucket_of(file);
	unsigned long flags;
	struct start *s;

	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_start(b, file);
	if (s)
		hlist_del(&s->node);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	if (s)
		free_start(s);
}

/* The next of a bucket that nothing vouched for yet, with a reference to its file. */
static struct file *next_nameless(struct bucket *b, unsigned long round,
				  struct rivet_digest *sha256, struct rivet_digest *verity)
{
	struct file *file = NULL;
	unsigned long flags;
	struct start *s;

	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_for_each_entry(s, &b->starts, node) {
		if (is_settled(s) || s->round == round)
			continue;
		s->round = round;
		file = get_file_active(&s->file);	/* NULL: it is about to be freed */
		if (!file)
			continue;
		*sha256 = s->sha256;
		*verity = s->verity;
		break;
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return file;
}

/**
 * rivet_task_set_program() - what a program is that was seen to start
 * @file: what execve(2) opened, held by the caller
 * @program: it; the reference passes on. One that was vouched for stays
 *
 * Context: any; does not sleep.
 */
void rivet_task_set_program(struct file *file, struct rivet_program *program)
{
	struct bucket *b = bucket_of(file);
	unsigned long flags;
	struct start *s;

	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_start(b, file);
	if (s && !is_settled(s))
		swap(s->program, program);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	rivet_task_put(program);
}

/**
 * rivet_task_name_all() - ask the RIVs again about programs that none has vouched for yet
 * @name: asks them about a file that had these digests when it started: returns a
 *	reference to the program, NULL, or an ERR_PTR
 *
 * Context: may sleep; rivet_settings_lock held.
 * Return: how many of them @name had an error for.
 */
unsigned int rivet_task_name_all(struct rivet_program *(*name)(struct file *file,
							       const struct rivet_digest *sha256,
							       const struct rivet_digest *verity))
{
	static unsigned long round;
	struct rivet_digest sha256, verity;
	struct rivet_program *program;
	unsigned int i, errors = 0;
	struct file *file;

	lockdep_assert_held(&rivet_settings_lock);
	round++;
	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		while ((file = next_nameless(&buckets[i], round, &sha256, &verity))) {
			program = name(file, &sha256, &verity);
			if (IS_ERR(program))
				errors++;
			else if (program)
				rivet_task_set_program(file, program);
			fput(file);
			cond_resched();
		}
	}
	return errors;
}

/**
 * rivet_task_init() - make the table
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int rivet_task_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		raw_spin_lock_init(&buckets[i].lock);
	start_cache = kmem_cache_create("rivet_start", sizeof(struct start), 0, 0, NULL);
	return start_cache ? 0 : -ENOMEM;
}

/**
 * rivet_task_exit() - free the table
 *
 * Context: may sleep; the hooks are detached and no handler runs any more.
 */
void rivet_task_exit(void)
{
	struct hlist_node *next;
	struct start *s;
	unsigned int i;
	int cpu;

	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		hlist_for_each_entry_safe(s, next, &buckets[i].starts, node)
			free_start(s);
	for_each_possible_cpu(cpu)
		if (per_cpu(spare_start, cpu))
			kmem_cache_free(start_cache, per_cpu(spare_start, cpu));
	kmem_cache_destroy(start_cache);
}
