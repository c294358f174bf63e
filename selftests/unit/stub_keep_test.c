// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of the pages that are held: how many at most, also when several files
 * are measured at the same time
 */
#include <limits.h>

/* --- what measure/keep.c needs of the kernel, and no other file tested with stubs --- */

typedef struct {
	int unused;
} spinlock_t;

typedef struct {
	long counter;
} atomic_long_t, atomic64_t;

struct work_struct {
	int unused;
};

struct kmem_cache {
	int unused;
};

struct folio;

#define __cacheline_aligned
#define DEFINE_SPINLOCK(name)		spinlock_t name
#define spin_lock(lock)			((void)(lock))
#define spin_unlock(lock)		((void)(lock))
#define spin_trylock(lock)		((void)(lock), true)
#define cond_resched()			((void)0)
/* There is one processor */
#define smp_load_acquire(at)		(*(at))
/* The same */
#define smp_store_release(at, value)	(*(at) = (value))

#define atomic_long_read(a)		((a)->counter)
#define atomic_long_add(n, a)		((void)((a)->counter += (n)))
#define atomic_long_sub(n, a)		((void)((a)->counter -= (n)))
#define atomic_long_try_cmpxchg(a, old, new)	((void)(old), (a)->counter = (new), true)
#define atomic64_read(a)		((a)->counter)
#define atomic64_add(n, a)		((void)((a)->counter += (n)))
#define atomic64_inc(a)			((void)(a)->counter++)

#define min_t(type, a, b)		((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define pr_warn_once(...)		((void)0)
#define __GFP_NOWARN			0
#define SLAB_ACCOUNT			0
#define KMEM_CACHE(name, flags)		((struct kmem_cache *)stub_alloc(1))
#define kmem_cache_destroy(cache)	free(cache)
#define kmem_cache_alloc_lru(cache, lru, flags) \
	((struct rivet_resident *)stub_alloc(sizeof(struct rivet_resident)))
#define kmem_cache_free(cache, at)	free(at)
#define kvmalloc_array(n, size, flags)	stub_alloc((n) * (size))
#define kvfree(at)			free(at)

#define msecs_to_jiffies(ms)		(ms)
#define time_before(a, b)		((long)((a) - (b)) < 0)
#define DECLARE_DELAYED_WORK(name, f)	void (*name)(struct work_struct *) = (f)
#define schedule_delayed_work(work, in)	((void)*(work))
#define cancel_delayed_work_sync(work)	((void)*(work))

#define LIST_HEAD(name)			struct list_head name = LIST_HEAD_INIT(name)
#define INIT_LIST_HEAD(list)		((list)->next = (list)->prev = (list))
#define list_empty(list)		((list)->next == (list))
#define list_entry(at, type, member) container_of(at, type, member)
#define list_first_entry(list, type, member) container_of((list)->next, type, member)
#define list_del_init(at)		(list_del(at), INIT_LIST_HEAD(at))
#define list_move(at, list)		(list_del(at), list_add_rcu(at, list))
#define list_move_tail(at, list)	(list_del(at), list_add_tail(at, list))
#define list_splice_init(from, to)	((void)(from), (void)(to))

static unsigned long jiffies;

/* Of so many pages, half may be held, and an eighth unused */
#define MEMORY	6400UL

static unsigned long totalram_pages(void)
{
	return MEMORY;
}

static bool folio_test_hwpoison(struct folio *folio)
{
	return false;
}

#define folio_test_large(folio)			false
#define folio_test_has_hwpoisoned(folio)	false

#include "measure/keep.c"

/* --- files ---------------------------------------------------------------------- */

#define FILES	8

static struct file {
	struct rivet_inode ri;
	struct rivet_resident *r;
	bool in_use;
} files[FILES];

static unsigned long most_held;	/* at any moment when the measure was taken */
static struct rivet_resident *second;
static unsigned long second_pages;	/* another task measures these during the next walk */

static void note_most(void)
{
	unsigned long held = held_pages.counter;

	most_held = max(most_held, held);
}

static bool rivet_measure_retire(struct rivet_inode *ri, enum rivet_retire which)
{
	struct file *file = container_of(ri, struct file, ri);
	unsigned long pages = second_pages;

	second_pages = 0;
	if (pages) {
		rivet_keep_make_room(pages);
		second = rivet_keep_alloc(pages, false);
	}
	if (file->in_use || !file->r)
		return false;
	file->r = NULL;
	return true;
}

static void rivet_measure_flush(void)
{
}

static u64 rivet_header_replaced(void)
{
	return 0;
}

void rivet_resident_put(struct rivet_resident *r)
{
	rivet_keep_free(r);
}

/* A file of so many pages is measured, and its pages are published. */
static bool measure(unsigned int n, unsigned long pages, bool in_use)
{
	struct rivet_resident *r;

	rivet_keep_make_room(pages);
	r = rivet_keep_alloc(pages, false);
	if (IS_ERR(r))
		return false;
	note_most();
	r->ri = &files[n].ri;
	files[n].r = r;
	files[n].in_use = in_use;
	return rivet_keep_add(r);
}

static void start(enum rivet_resident_mode mode)
{
	unsigned int i;

	for (i = 0; i < FILES; i++)
		files[i].in_use = false;
	rivet_keep_set(RIVET_RESIDENT_OFF);
	rivet_keep_set(mode);
	jiffies += 1000;
	looked_at = 0;
	refused.counter = 0;
	given_back.counter = 0;
	most_held = 0;
	second = NULL;
}

/* --- tests ---------------------------------------------------------------------- */

static void test_bounds(void)
{
	start(RIVET_RESIDENT_MAPPED);
	unit_ok(measure(0, 400, false) && measure(1, 400, false), "an eighth is not used");
	unit_eq(held_pages.counter, 800, "all of it stays");
	unit_ok(measure(2, 400, true), "one more file");
	unit_ok(!files[0].r && files[1].r, "the one measured first is given back");
	unit_eq(held_pages.counter, 800, "an eighth stays");
	unit_ok(measure(3, 2000, true), "more than an eighth is used");
	unit_ok(!files[1].r, "then nothing unused stays");
	unit_ok(!measure(4, 801, true), "more than half is refused");
	unit_eq(refused.counter, 1, "which is counted");
	unit_eq(held_pages.counter, 2400, "and leaves nothing counted as held");
	unit_ok(measure(4, 800, true), "just half is not");
	unit_ok(most_held <= MEMORY / 2, "there was never more");

	start(RIVET_RESIDENT_ALL);
	unit_ok(measure(0, 1600, false) && measure(1, 1600, false), "all: half is not used");
	unit_eq(held_pages.counter, 3200, "all: it stays");
	unit_ok(measure(2, 1600, false) && !files[0].r && files[1].r, "all: more is given back");
}

static void test_too_large(void)
{
	start(RIVET_RESIDENT_MAPPED);
	measure(0, 700, false);
	unit_ok(!measure(1, MEMORY / 2 + 1, true), "a file of more than half is refused");
	unit_ok(files[0].r && !given_back.counter, "and takes nothing from others");
}

/* One task looks for unused pages when another reserves its own. */
static void test_two_at_once(void)
{
	start(RIVET_RESIDENT_MAPPED);
	measure(0, 700, false);
	measure(1, 1000, true);
	second_pages = 1200;
	unit_ok(!measure(2, 1500, true) && !IS_ERR(second), "of two too large together one is held");
	note_most();
	unit_ok(most_held <= MEMORY / 2, "never more than half");
	unit_eq(refused.counter, 1, "the other is refused");
	rivet_keep_free(second);
	unit_ok(measure(2, 1500, true), "later it is held");

	start(RIVET_RESIDENT_MAPPED);
	measure(0, 700, false);
	second_pages = 700;
	unit_ok(measure(1, 700, false) && !IS_ERR(second), "two that fit are both held");
	unit_eq(held_pages.counter, 1400, "not used, they are more than an eighth");
	rivet_keep_free(second);
	jiffies += 1000;
	unit_ok(measure(2, 100, false) && held_pages.counter == 800, "until the next look");
}

static void test_failing(void)
{
	int calls;

	start(RIVET_RESIDENT_MAPPED);
	for (calls = 0; calls < 2; calls++) {
		stub_memory = calls;
		unit_ok(rivet_keep_alloc(100, false) == ERR_PTR(-ENOMEM), "call %d: no memory",
			calls);
		stub_memory = -1;
		unit_eq(held_pages.counter, 0, "call %d: nothing is counted", calls);
	}
	measure(0, 3000, true);
	unit_ok(!IS_ERR(rivet_keep_alloc(3000, true)), "the same file again needs no room");
}

int main(void)
{
	unit_eq(rivet_keep_init(), 0, "it begins");
	test_bounds();
	test_too_large();
	test_two_at_once();
	test_failing();
	return unit_done();
}
