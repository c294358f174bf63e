// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of the programs that run: a file at the address of one that has ended
 * is not that program, and naming all programs comes to an end
 */
#include <fcntl.h>
#include <unistd.h>

#define __FMODE_EXEC		0x20
#define PF_KTHREAD		1
#define raw_spinlock_t		int
#define refcount_t		atomic_t
#define raw_spin_lock_init(lock)			((void)0)
#define raw_spin_lock_irqsave(lock, flags)		((void)(flags))
#define raw_spin_unlock_irqrestore(lock, flags)		((void)(flags))
#define raw_spin_lock_irq(lock)				((void)(lock))
#define raw_spin_unlock_irq(lock)			((void)(lock))
#define refcount_inc(r)			((r)->counter++)
#define refcount_dec_and_test(r)	(!--(r)->counter)
#define refcount_set(r, n)		((r)->counter = (n))
#define task_lock(task)			((void)0)
#define task_unlock(task)		((void)0)
#define synchronize_rcu()		((void)0)
#define rcu_access_pointer(at)		(at)
#define hash_ptr(at, bits)		((unsigned long)(at) >> 4 & ((1 << (bits)) - 1))
#define IS_ERR_OR_NULL(at)		(!(at) || IS_ERR(at))
#define kmem_cache_create(name, size, align, flags, ctor)	((void *)(size))
#define kmem_cache_alloc(cache, flags)	stub_alloc((size_t)(cache))
#define kmem_cache_free(cache, at)	kfree(at)
#define kmem_cache_destroy(cache)	((void)0)
#define schedule_work(work)		((void)(work))
#define cancel_work_sync(work)		((void)(work))

typedef atomic_t atomic_long_t;
#define atomic_long_inc_return(a)	((long)((a)->counter += 1))
#define atomic_long_dec(a)		((void)(a)->counter--)
#define atomic_long_read(a)		((long)(a)->counter)

struct work_struct {
	void (*func)(struct work_struct *work);
};

#define DECLARE_WORK(name, f)	struct work_struct name = { f }

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

#define HLIST_HEAD(name)	struct hlist_head name = { NULL }
#define hlist_empty(head)	(!(head)->first)
#define hlist_entry(at, type, member) \
	((at) ? container_of(at, type, member) : NULL)
#define hlist_for_each_entry(at, head, member) \
	for (at = hlist_entry((head)->first, __typeof__(*at), member); at; \
	     at = hlist_entry(at->member.next, __typeof__(*at), member))
#define hlist_for_each_entry_safe(at, n, head, member) \
	for (at = hlist_entry((head)->first, __typeof__(*at), member); \
	     at && ((n) = at->member.next, true); \
	     at = hlist_entry(n, __typeof__(*at), member))

static void hlist_add_head(struct hlist_node *node, struct hlist_head *head)
{
	node->next = head->first;
	node->pprev = &head->first;
	if (node->next)
		node->next->pprev = &node->next;
	head->first = node;
}

static void hlist_del(struct hlist_node *node)
{
	*node->pprev = node->next;
	if (node->next)
		node->next->pprev = node->pprev;
}

struct file {
	unsigned int f_flags;
	int refs;
};

struct mm_struct {
	struct file *exe_file;
};

struct task_struct {
	struct mm_struct *mm;
	unsigned int flags;
};

#define TASKS	3

static struct file files[2];
static struct mm_struct mms[TASKS] = { { &files[0] }, { &files[1] }, { &files[1] } };
static struct task_struct tasks[TASKS] = { { &mms[0] }, { &mms[1] }, { &mms[2] } };
static struct task_struct *current = &tasks[0];

#define for_each_process(p)	for (p = tasks; p < tasks + TASKS; p++)
#define for_each_thread(p, t)	for (t = p; t; t = NULL)

static struct file *get_file_active(struct file **at)
{
	if (*at)
		(*at)->refs++;
	return *at;
}

static void fput(struct file *file)
{
	file->refs--;
}

#include "process/walk.c"
#include "process/starts.c"
#include "process/program.c"

struct mutex rivet_settings_lock;
static int named;
static const char *path = "/usr/bin/one";

bool rivet_riv_is_revoked(const struct rivet_digest *digest)
{
	return false;
}

static struct rivet_program *make_program(void)
{
	struct rivet_program *program = stub_alloc(sizeof(*program));

	if (!program)
		return ERR_PTR(-ENOMEM);
	refcount_set(&program->refs, 1);
	program->vouched = true;
	program->path_len = strlen(path);
	program->voucher.path = strdup(path);
	return program;
}

static struct rivet_program *name(struct file *file, const struct rivet_digest *sha256,
				  const struct rivet_digest *verity)
{
	named++;
	return sha256->alg ? make_program() : NULL;
}

static void start(struct file *file, enum rivet_digest_alg alg)
{
	const struct rivet_digest sha256 = { .alg = alg }, verity = { .alg = RIVET_DIGEST_NONE };

	file->f_flags = __FMODE_EXEC;
	rivet_starts_forget(file);
	if (rivet_starts_record(file, &sha256, &verity, NULL))
		exit(1);
}

/* Whether the acting process has a name */
static bool has_name(int task)
{
	struct rivet_program *program;
	bool revoked;

	current = &tasks[task];
	program = rivet_program_get(&revoked);
	rivet_program_put(program);
	return program;
}

static int name_all(void)
{
	named = 0;
	return rivet_program_name_all(name);
}

int main(void)
{
	if (rivet_starts_init())
		return 1;
	start(&files[0], RIVET_DIGEST_SHA256);
	start(&files[1], RIVET_DIGEST_SHA256);
	unit_eq(name_all(), 0, "two programs are named");
	unit_eq(named, 2, "each once, of three processes");
	unit_ok(has_name(0) && has_name(1) && has_name(2), "all processes have a name");
	name_all();
	unit_eq(named, 0, "who has a name is not named again");

	/* As by memfd_create(2) and PR_SET_MM_EXE_FILE: no hook tells of it */
	start(&files[1], RIVET_DIGEST_SHA256);
	files[1].f_flags = O_RDWR;
	alarm(20);
	name_all();
	alarm(0);
	unit_eq(named, 0, "another file at the address of one that has ended: is not named");
	unit_ok(!has_name(1) && !rivet_starts_has(&files[1]), "and is no program");
	unit_eq(files[1].refs, 0, "nor is it kept");

	/* As by binfmt_misc with the flag O: opened to be executed, and handed to a program */
	files[1].f_flags = __FMODE_EXEC;
	rivet_starts_forget(&files[1]);
	unit_ok(!has_name(1) && !rivet_starts_has(&files[1]),
		"one that is opened to be executed, but was not started: is no program");
	name_all();
	unit_eq(named, 0, "and is not named");
	start(&files[1], RIVET_DIGEST_NONE);
	name_all();
	unit_eq(named, 1, "one that was started there is looked up");
	unit_ok(!has_name(1), "by its own digests, not by those of the first");
	start(&files[1], RIVET_DIGEST_SHA256);
	name_all();
	unit_ok(has_name(1), "and has a name if it is known");

	start(&files[1], RIVET_DIGEST_SHA256);
	stub_memory = 0;
	unit_eq(name_all(), 1, "no memory for a name: it is counted, once");
	stub_memory = -1;
	unit_eq(name_all(), 0, "with memory");
	unit_ok(has_name(2), "it has its name");
	rivet_starts_exit();
	return unit_done();
}
