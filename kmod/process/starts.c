// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - process/starts: the recorded starts of programs
 *
 * The kernel keeps the struct file that execve(2) opened in the memory of the process
 * (exe_file) and passes it on to threads and children. User space never gets a descriptor
 * of that struct file. A table keyed by its address therefore identifies the program.
 * prctl(PR_SET_MM_EXE_FILE) can only set another file. That file is not in the
 * table, so the process loses its program.
 *
 * No cheap notification exists for the freeing of a struct file, and a new one may get
 * the same address. But every file opened by execve(2) has a flag that user space cannot
 * set later. Each open with this flag passes the file_open hook first, in any task. That
 * hook ends a start recorded at the same address. A file without the flag is no program.
 *
 * The table is kept from load to unload, independently of the policy. A process that
 * ran before the load has no program, nor do its children.
 */
#include <linux/cache.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "process/program.h"
#include "process/starts.h"
#include "process/walk.h"

#define BUCKET_BITS	10
#define STARTS_MIN	1024	/* do not search fewer starts for ended ones */

/**
 * struct start - the recorded start of a program
 *
 * Stays in its bucket from bprm_committed_creds until drop_ended() finds no process that
 * runs the program, or until unloading. It is then freed. The next program whose file has
 * the same address reuses the entry. The bucket's lock protects all members. While
 * @is_running, only @round, @search and @program change, and @program only until it is
 * one that was vouched for.
 *
 * @node: entry in the bucket
 * @file: key: address of the struct file that execve(2) opened. Holds no reference, because
 *	a process that ends must not keep its filesystem busy. It is never dereferenced
 * @sha256: measurement at the start; RIVET_DIGEST_NONE if not measured
 * @verity: fs-verity digest at the start; RIVET_DIGEST_NONE if not measured
 * @program: RIV match; referenced; NULL while no RIV knows the program
 * @round: last round of rivet_program_name_all() that has visited it
 * @search: last search of drop_ended() that has found a process running it
 * @is_running: false from the open of another file at the address until that file starts
 */
struct start {
	struct hlist_node node;
	const struct file *file;
	struct rivet_digest sha256;
	struct rivet_digest verity;
	struct rivet_program *program;
	unsigned long round;
	unsigned int search;
	bool is_running;
};

/**
 * struct bucket - starts whose files have the same hash
 * @lock: protects the list and its starts. A leaf lock, held for a few instructions. It is
 *	also taken under the kernel's own spinlocks, some of which the kernel takes in
 *	interrupts, so interrupts are disabled while it is held
 * @starts: list of starts
 */
struct bucket {
	raw_spinlock_t lock;	/* see above */
	struct hlist_head starts;
};

static struct bucket buckets[1 << BUCKET_BITS];
static struct kmem_cache *start_cache __ro_after_init;
static atomic_long_t start_count;
static long starts_searched_from = STARTS_MIN;	/* more starts than this schedule drop_ended() */
static unsigned int last_search;	/* written only by drop_ended() */

static void drop_ended(struct work_struct *work);
static DECLARE_WORK(drop_work, drop_ended);

static struct bucket *bucket_of(const struct file *file)
{
	return &buckets[hash_ptr(file, BUCKET_BITS)];
}

/* Finds the start at an address. Its program may have ended. */
static struct start *find_any(struct bucket *b, const struct file *file)
{
	struct start *s;

	lockdep_assert_held(&b->lock);
	hlist_for_each_entry(s, &b->starts, node)
		if (s->file == file)
			return s;
	return NULL;
}

static struct start *find_start(struct bucket *b, const struct file *file)
{
	struct start *s = find_any(b, file);

	return s && s->is_running ? s : NULL;
}

/* Only files with this flag can have been opened by execve(2). */
static bool may_be_program(const struct file *file)
{
	return file->f_flags & __FMODE_EXEC;
}

/* A program that no RIV vouched for may have been listed since. */
static bool is_settled(const struct start *s)
{
	return s->program && s->program->vouched;
}

/**
 * rivet_starts_find() - find the program that was started from a file
 * @file: exe_file of a process, referenced by the caller
 *
 * Context: any but interrupts; does not sleep.
 * Return: the program with a reference for the caller; NULL if its start was not
 * recorded or no RIV knows it.
 */
struct rivet_program *rivet_starts_find(const struct file *file)
{
	struct bucket *b = bucket_of(file);
	struct rivet_program *program = NULL;
	const struct start *s;
	unsigned long flags;

	if (!may_be_program(file))
		return NULL;
	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_start(b, file);
	if (s && s->program) {
		program = s->program;
		refcount_inc(&program->refs);
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return program;
}

/**
 * rivet_starts_has() - check whether the start of a program was recorded
 * @exe: exe_file of a process, referenced by the caller
 *
 * Context: any but interrupts; does not sleep.
 * Return: true if the start was recorded.
 */
bool rivet_starts_has(const struct file *exe)
{
	struct bucket *b = bucket_of(exe);
	unsigned long flags;
	bool seen;

	if (!may_be_program(exe))
		return false;
	raw_spin_lock_irqsave(&b->lock, flags);
	seen = find_start(b, exe);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return seen;
}

static void copy_digest(struct rivet_digest *to, const struct rivet_digest *from)
{
	if (from->alg)
		*to = *from;
	else
		to->alg = RIVET_DIGEST_NONE;
}

/* Called with the bucket's lock held, so that a search that begins later finds it running. */
static void fill_in(struct start *s, const struct rivet_digest *sha256,
		    const struct rivet_digest *verity, struct rivet_program *program)
{
	copy_digest(&s->sha256, sha256);
	copy_digest(&s->verity, verity);
	s->program = program;
	s->round = 0;
	s->search = READ_ONCE(last_search);
	s->is_running = true;
}

/**
 * rivet_starts_record_again() - record a start in an existing entry of the table
 * @file: as for rivet_starts_record()
 * @sha256: as for rivet_starts_record()
 * @verity: as for rivet_starts_record()
 * @program: as for rivet_starts_record(), but the reference passes on only on success
 *
 * Context: task context, with interrupts enabled; does not sleep.
 * Return: true if the table has an entry for the file's address and the start is
 * recorded in it.
 */
bool rivet_starts_record_again(const struct file *file, const struct rivet_digest *sha256,
			       const struct rivet_digest *verity, struct rivet_program *program)
{
	struct bucket *b = bucket_of(file);
	struct rivet_program *before = NULL;
	struct start *s;

	raw_spin_lock_irq(&b->lock);
	s = find_any(b, file);
	if (s) {
		before = s->program;
		fill_in(s, sha256, verity, program);
	}
	raw_spin_unlock_irq(&b->lock);
	if (before)
		rivet_program_put(before);
	return s;
}

/**
 * rivet_starts_record() - record that the acting process starts a program
 * @file: file that execve(2) opened; exe_file of the process from now on
 * @sha256: measurement; RIVET_DIGEST_NONE if not measured
 * @verity: fs-verity digest; RIVET_DIGEST_NONE if there is none
 * @program: RIV match; the reference passes on. NULL if no RIV knows the program or
 *	the RIVs have not been searched yet
 *
 * Context: may sleep; file_open is attached.
 * Return: 0 or -ENOMEM.
 */
int rivet_starts_record(const struct file *file, const struct rivet_digest *sha256,
			const struct rivet_digest *verity, struct rivet_program *program)
{
	struct bucket *b = bucket_of(file);
	unsigned long flags;
	struct start *s;

	if (rivet_starts_record_again(file, sha256, verity, program))
		return 0;
	s = kmem_cache_alloc(start_cache, GFP_KERNEL);
	if (!s) {
		rivet_program_put(program);
		return -ENOMEM;
	}
	s->file = file;
	raw_spin_lock_irqsave(&b->lock, flags);
	fill_in(s, sha256, verity, program);
	hlist_add_head(&s->node, &b->starts);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	if (atomic_long_inc_return(&start_count) > READ_ONCE(starts_searched_from))
		schedule_work(&drop_work);
	return 0;
}

/**
 * rivet_starts_forget() - end a start recorded at the address of a newly opened file
 * @file: file being opened for execution; not visible to other tasks yet
 *
 * An entry with this address describes an earlier file.
 *
 * Context: task context, with interrupts enabled; does not sleep.
 */
void rivet_starts_forget(const struct file *file)
{
	struct rivet_program *program = NULL;
	struct bucket *b = bucket_of(file);
	struct start *s;

	/* No task adds this file yet. An earlier file at this address was added before its free. */
	if (hlist_empty(&b->starts))
		return;
	raw_spin_lock_irq(&b->lock);
	s = find_start(b, file);
	if (s) {
		s->is_running = false;
		swap(s->program, program);
	}
	raw_spin_unlock_irq(&b->lock);
	if (program)
		rivet_program_put(program);
}

static void note_met(struct mm_struct *mm, void *data)
{
	const struct file *exe = rcu_access_pointer(mm->exe_file);
	struct bucket *b = bucket_of(exe);
	unsigned long flags;
	struct start *s;

	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_any(b, exe);
	if (s)
		s->search = last_search;
	raw_spin_unlock_irqrestore(&b->lock, flags);
}

static void free_starts(struct hlist_head *list)
{
	struct hlist_node *next;
	struct start *s;

	hlist_for_each_entry_safe(s, next, list, node) {
		rivet_program_put(s->program);
		kmem_cache_free(start_cache, s);
		atomic_long_dec(&start_count);
	}
}

static void drop_ended_of(struct bucket *b)
{
	HLIST_HEAD(ended);
	struct hlist_node *next;
	unsigned long flags;
	struct start *s;

	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_for_each_entry_safe(s, next, &b->starts, node) {
		if (s->search == last_search)
			continue;
		hlist_del(&s->node);
		hlist_add_head(&s->node, &ended);
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	free_starts(&ended);
}

/*
 * Frees all starts whose program no process runs. A process may have been visited before
 * it starts another program. Its new start then has the number of this search, because
 * after the grace period no task stores an older one.
 */
static void drop_ended(struct work_struct *work)
{
	unsigned int i;

	WRITE_ONCE(last_search, last_search + 1);
	synchronize_rcu();
	rivet_walk_memories(note_met, NULL);
	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		drop_ended_of(&buckets[i]);
		cond_resched();
	}
	WRITE_ONCE(starts_searched_from, max(2 * atomic_long_read(&start_count), STARTS_MIN));
}

/**
 * rivet_starts_take() - take a program that no RIV has vouched for, once per round
 * @file: exe_file of a process, referenced by the caller
 * @round: number of the round
 *
 * Context: any but interrupts; does not sleep.
 * Return: true once per round for each such program.
 */
bool rivet_starts_take(const struct file *file, unsigned long round)
{
	struct bucket *b = bucket_of(file);
	unsigned long flags;
	struct start *s;
	bool taken;

	/* Any other file may have the address of a program that has ended. */
	if (!may_be_program(file))
		return false;
	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_start(b, file);
	taken = s && !is_settled(s) && s->round != round;
	if (taken)
		s->round = round;
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return taken;
}

/**
 * rivet_starts_digests() - get the digests of a program at its start
 * @file: exe_file of a process, referenced by the caller
 * @sha256: filled in; RIVET_DIGEST_NONE if not measured
 * @verity: filled in; RIVET_DIGEST_NONE if there was none
 *
 * Context: any but interrupts; does not sleep.
 * Return: false if no start is recorded.
 */
bool rivet_starts_digests(const struct file *file, struct rivet_digest *sha256,
			  struct rivet_digest *verity)
{
	struct bucket *b = bucket_of(file);
	unsigned long flags;
	struct start *s;

	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_start(b, file);
	if (s) {
		*sha256 = s->sha256;
		*verity = s->verity;
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return s;
}

/**
 * rivet_starts_name() - set the RIV match of a recorded start
 * @file: file that execve(2) opened, held by the caller
 * @program: RIV match; the reference passes on. Does not replace a match that vouched
 *
 * Context: any; does not sleep.
 */
void rivet_starts_name(struct file *file, struct rivet_program *program)
{
	struct bucket *b = bucket_of(file);
	unsigned long flags;
	struct start *s;

	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_start(b, file);
	if (s && !is_settled(s))
		swap(s->program, program);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	rivet_program_put(program);
}

/**
 * rivet_starts_init() - create the table of starts
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init rivet_starts_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		raw_spin_lock_init(&buckets[i].lock);
	start_cache = kmem_cache_create("rivet_start", sizeof(struct start), 0, 0, NULL);
	return start_cache ? 0 : -ENOMEM;
}

/**
 * rivet_starts_exit() - free the table of starts
 *
 * Context: may sleep; the hooks are detached and no handler runs any more.
 */
void rivet_starts_exit(void)
{
	unsigned int i;

	cancel_work_sync(&drop_work);
	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		free_starts(&buckets[i].starts);
	kmem_cache_destroy(start_cache);
}
