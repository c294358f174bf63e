// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - process/program: which verified program a process runs
 *
 * The name that a rule's exe= is compared with, and the right to make memory
 * executable (jit), belong to a program that was seen to start. The kernel keeps
 * the struct file that execve(2) opened in the memory of the process (exe_file),
 * and passes it on to threads and children. User space never gets a descriptor of
 * that struct file. So a table by its address tells which program was started:
 * prctl(PR_SET_MM_EXE_FILE) can only put another file in its place, which is in
 * no table, and the process has lost its program.
 *
 * Nothing tells cheaply when the kernel frees a struct file, and another may get its
 * address. But what execve(2) opens has a flag that user space cannot set afterwards, and
 * each file that is opened with it passes file_open first, whoever opens it: there a start
 * at its address ends. A file without the flag is no program.
 *
 * The table is kept from load to unload, whatever the policy asks. A process that
 * ran before has no program, nor do its children.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "measure/measure.h"
#include "mode/settings.h"
#include "process/program.h"
#include "riv/index.h"

#define BUCKET_BITS	10
#define STARTS_MIN	1024	/* so few are not worth a search for those that have ended */
#define NAMED_AT_ONCE	32

/**
 * struct start - a program that was seen to start
 *
 * In its bucket from bprm_committed_creds until drop_ended() finds that no process runs it,
 * or unloading; freed then. The next program whose file has the same address takes it
 * over. The bucket's lock protects all of it. While @is_running, nothing changes but @program,
 * until it is one that was vouched for, @round and @search.
 *
 * @node: in the bucket
 * @file: key: address of the struct file that execve(2) opened. Not referenced: a process
 *	that ends must not keep its filesystem busy; so it is never followed
 * @sha256: what it was when it started; RIVET_DIGEST_NONE if not measured
 * @verity: the same as fs-verity digest
 * @program: what the RIVs said; referenced; NULL: none knew it up to now
 * @round: the last round of rivet_task_name_all() that has looked at it
 * @search: the last search of drop_ended() that has met it
 * @is_running: false from when another file is opened at the address until that starts
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
static atomic_long_t start_count;
static long starts_searched_from = STARTS_MIN;	/* as many, and drop_ended() is due */
static unsigned int last_search;	/* written by drop_ended() alone */

static void drop_ended(struct work_struct *work);
static DECLARE_WORK(drop_work, drop_ended);

static struct bucket *bucket_of(const struct file *file)
{
	return &buckets[hash_ptr(file, BUCKET_BITS)];
}

/* What is known by the address, which may be of a program that has ended. */
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

/* No other file can be one that execve(2) has opened. */
static bool may_be_program(const struct file *file)
{
	return file->f_flags & __FMODE_EXEC;
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

/* With the bucket's lock held, so that a search that begins later meets it as running. */
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
 * rivet_task_start_again() - as rivet_task_start(), if the file's address is known
 * @file: as there
 * @sha256: as there
 * @verity: as there
 * @program: as there, but the reference passes on only if it is
 *
 * Context: any but interrupts; does not sleep.
 * Return: true if so, and all is done.
 */
bool rivet_task_start_again(const struct file *file, const struct rivet_digest *sha256,
			    const struct rivet_digest *verity, struct rivet_program *program)
{
	struct bucket *b = bucket_of(file);
	struct rivet_program *before = NULL;
	unsigned long flags;
	struct start *s;

	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_any(b, file);
	if (s) {
		before = s->program;
		fill_in(s, sha256, verity, program);
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	rivet_task_put(before);
	return s;
}

/**
 * rivet_task_start() - the acting process starts a program
 * @file: what execve(2) opened, which is its exe_file from now on
 * @sha256: what was measured; RIVET_DIGEST_NONE if nothing was
 * @verity: the same as fs-verity digest
 * @program: what the RIVs say; the reference passes on. NULL if none knows it, or
 *	nobody has asked them yet
 *
 * Context: may sleep; file_open is attached.
 * Return: 0 or -ENOMEM.
 */
int rivet_task_start(const struct file *file, const struct rivet_digest *sha256,
		     const struct rivet_digest *verity, struct rivet_program *program)
{
	struct bucket *b = bucket_of(file);
	unsigned long flags;
	struct start *s;

	if (rivet_task_start_again(file, sha256, verity, program))
		return 0;
	s = kmem_cache_alloc(start_cache, GFP_KERNEL);
	if (!s) {
		rivet_task_put(program);
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
 * rivet_task_forget() - a file is being opened to be executed
 * @file: the file; nobody else knows it yet
 *
 * What was known by its address was another.
 *
 * Context: any but interrupts; does not sleep.
 */
void rivet_task_forget(const struct file *file)
{
	struct rivet_program *program = NULL;
	struct bucket *b = bucket_of(file);
	unsigned long flags;
	struct start *s;

	/* Nobody adds this file: who added the one before did so before that was freed. */
	if (hlist_empty(&b->starts))
		return;
	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_start(b, file);
	if (s) {
		s->is_running = false;
		swap(s->program, program);
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	rivet_task_put(program);
}

/* The first thread may have ended while others run; they all have the same memory. */
static void look_at_process(struct task_struct *leader,
			    void (*look)(struct mm_struct *mm, void *data), void *data)
{
	struct task_struct *t;
	bool found = false;

	for_each_thread(leader, t) {
		task_lock(t);
		if (t->mm) {
			look(t->mm, data);
			found = true;
		}
		task_unlock(t);
		if (found)
			return;
	}
}

/*
 * None is missed that has its program from before the call: a child that is made
 * meanwhile comes last in the list, or shares the program of a parent that was looked at.
 */
static void look_at_processes(void (*look)(struct mm_struct *mm, void *data), void *data)
{
	struct task_struct *p;

	rcu_read_lock();
	for_each_process(p)
		look_at_process(p, look, data);
	rcu_read_unlock();
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
		rivet_task_put(s->program);
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
 * Of all starts whose program no process runs. A process that starts one meanwhile and was
 * met before has noted this search itself: after the grace period nobody notes an older.
 */
static void drop_ended(struct work_struct *work)
{
	unsigned int i;

	WRITE_ONCE(last_search, last_search + 1);
	synchronize_rcu();
	look_at_processes(note_met, NULL);
	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		drop_ended_of(&buckets[i]);
		cond_resched();
	}
	WRITE_ONCE(starts_searched_from, max(2 * atomic_long_read(&start_count), STARTS_MIN));
}

/**
 * struct nameless - programs that are to be named
 * @round: of rivet_task_name_all()
 * @files: they, referenced, each once
 * @count: how many
 */
struct nameless {
	unsigned long round;
	struct file *files[NAMED_AT_ONCE];
	unsigned int count;
};

static bool is_nameless(const struct file *file, unsigned long round,
			struct rivet_digest *sha256, struct rivet_digest *verity)
{
	struct bucket *b = bucket_of(file);
	unsigned long flags;
	struct start *s;
	bool nameless;

	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_start(b, file);
	nameless = s && !is_settled(s) && s->round != round;
	if (nameless) {
		*sha256 = s->sha256;
		*verity = s->verity;
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return nameless;
}

static bool has(const struct nameless *some, const struct file *file)
{
	unsigned int i;

	for (i = 0; i < some->count; i++)
		if (some->files[i] == file)
			return true;
	return false;
}

static void take_nameless(struct mm_struct *mm, void *data)
{
	struct rivet_digest sha256, verity;
	struct nameless *some = data;
	struct file *file;

	if (some->count == ARRAY_SIZE(some->files))
		return;
	file = get_file_active((struct file **)&mm->exe_file);
	if (!file)
		return;
	/* Any other file may have the address of a program that has ended. */
	if (may_be_program(file) && !has(some, file) &&
	    is_nameless(file, some->round, &sha256, &verity))
		some->files[some->count++] = file;
	else
		fput(file);
}

static void note_round(const struct file *file, unsigned long round)
{
	struct bucket *b = bucket_of(file);
	unsigned long flags;
	struct start *s;

	raw_spin_lock_irqsave(&b->lock, flags);
	s = find_start(b, file);
	if (s)
		s->round = round;
	raw_spin_unlock_irqrestore(&b->lock, flags);
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

/* Returns 0, or 1 for an error. */
static unsigned int name_one(struct file *file, unsigned long round,
			     struct rivet_program *(*name)(struct file *file,
							   const struct rivet_digest *sha256,
							   const struct rivet_digest *verity))
{
	struct rivet_digest sha256, verity;
	struct rivet_program *program;

	if (!is_nameless(file, round, &sha256, &verity))
		return 0;
	program = name(file, &sha256, &verity);
	note_round(file, round);
	if (IS_ERR(program))
		return 1;
	if (program)
		rivet_task_set_program(file, program);
	return 0;
}

/**
 * rivet_task_name_all() - ask the RIVs again about programs that none has vouched for yet
 * @name: asks them about a file that had these digests when it started: returns a
 *	reference to the program, NULL, or an ERR_PTR
 *
 * Who starts a program after it was asked for by a new policy or new RIVs names it himself.
 *
 * Context: may sleep; rivet_settings_lock held.
 * Return: how many of them @name had an error for.
 */
unsigned int rivet_task_name_all(struct rivet_program *(*name)(struct file *file,
							       const struct rivet_digest *sha256,
							       const struct rivet_digest *verity))
{
	static unsigned long round;
	struct nameless some = { .round = ++round };
	unsigned int errors = 0;

	lockdep_assert_held(&rivet_settings_lock);
	/* Who has seen what was before has its program, for all to see, when this is over. */
	synchronize_rcu();
	do {
		some.count = 0;
		look_at_processes(take_nameless, &some);
		for (unsigned int i = 0; i < some.count; i++) {
			errors += name_one(some.files[i], round, name);
			fput(some.files[i]);
		}
		cond_resched();
	} while (some.count);
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
	unsigned int i;

	cancel_work_sync(&drop_work);
	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		free_starts(&buckets[i].starts);
	kmem_cache_destroy(start_cache);
}
