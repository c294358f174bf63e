// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/keep: how many pages stay in memory, and when they are given back
 *
 * No hook reports the end of a file's last mapping. So this file determines whether pages
 * are in use only when it has a reason to. With resident=mapped, unused pages take at most an
 * eighth of the memory. With every setting, the kernel gets unused pages when memory is short,
 * that of a control group too. Used pages cannot be given back; they take at most half of the
 * memory.
 *
 * The pages unused for longest go first, as nearly as a clock algorithm tells: each walk
 * over the files continues where the last one ended. It skips a file that is in use, or was
 * used since the last look, and looks at it again after all others. So a decision from
 * memory writes to a file's record once in a round, and takes no lock.
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/list_lru.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat/shrinker.h"
#include "measure/end.h"
#include "measure/header.h"
#include "measure/keep.h"
#include "measure/resident.h"
#include "measure/table.h"

#define IN_USE_PART	2	/* of the memory may be held */
#define UNUSED_PART	8	/* of the memory may be held and not in use */
#define STEP_PART	64	/* of the memory has been added before the next look */
#define LOOK_AGAIN	msecs_to_jiffies(50)
#define LOOKED_AT	32	/* files that are looked at under keep_lock in one go */

/* Which pages are held. Changes under keep_lock. */
static enum rivet_resident_mode keep_mode = RIVET_RESIDENT_OFF;
static LIST_HEAD(held_list);		/* the next to be looked at first; under keep_lock */
static unsigned long held_files;	/* in held_list; changes under keep_lock */
/*
 * Protects the three above; taken inside rivet_inode.lock. The locks of held_lru are taken
 * inside it. A record's lock is only tried inside it.
 */
static DEFINE_SPINLOCK(keep_lock);

static struct list_lru held_lru;	/* by control group, for the shrinker alone */
static struct kmem_cache *resident_cache __ro_after_init;
static struct shrinker *keep_shrinker __ro_after_init;
/* held_lru is there: older kernels number shrinkers when they register. */
static bool lru_ready __ro_after_init;

static atomic_long_t held_pages;	/* also of files that are being measured */
static unsigned long looked_at;		/* held_pages at the last look for unused pages */
static unsigned long looked_when;	/* jiffies then */
static atomic64_t given_back, measured_again, refused;

static void look_for_torn(struct work_struct *work);
static DECLARE_DELAYED_WORK(look_work, look_for_torn);

/**
 * struct taking - a walk that gives pages back
 * @wanted: number of pages; the walk ends when it has found them
 * @found: number of pages found
 * @which: files whose pages may be taken
 * @gone: the residents that were unpublished
 */
struct taking {
	unsigned long wanted;
	unsigned long found;
	enum rivet_retire which;
	struct list_head gone;
};

/*
 * End the measurement of one file. The walks that share this find a file by two lists, each
 * with a lock of its own. The walk that ends the measurement records that in @r->ri.
 */
static bool take_back(struct rivet_resident *r, struct taking *taking)
{
	struct rivet_inode *ri = READ_ONCE(r->ri);
	bool taken = false;

	/* Elsewhere the record's lock is taken first. RCU keeps the record. */
	if (!ri || !spin_trylock(&ri->lock))
		return false;
	if (r->ri == ri && rivet_measure_retire(ri, taking->which)) {
		WRITE_ONCE(r->ri, NULL);
		taking->found += r->pages;
		taken = true;
	}
	spin_unlock(&ri->lock);
	return taken;
}

static void put_gone(struct taking *taking)
{
	struct rivet_resident *r, *next;

	list_for_each_entry_safe(r, next, &taking->gone, all)
		rivet_resident_put(r);
	INIT_LIST_HEAD(&taking->gone);
}

/*
 * Two rounds over the files, some at a time: the first round skips those that were used
 * recently.
 */
static void take_from_all(unsigned long wanted, enum rivet_retire which)
{
	unsigned long left = 2 * READ_ONCE(held_files) + LOOKED_AT;
	struct taking taking = {
		.wanted = wanted,
		.which = which,
		.gone = LIST_HEAD_INIT(taking.gone),
	};
	struct rivet_resident *r;
	unsigned int i;

	while (left && taking.found < wanted && READ_ONCE(held_files)) {
		left -= min_t(unsigned long, left, LOOKED_AT);
		rcu_read_lock();
		spin_lock(&keep_lock);
		for (i = 0; i < LOOKED_AT && !list_empty(&held_list) && taking.found < wanted;
		     i++) {
			r = list_first_entry(&held_list, struct rivet_resident, all);
			list_move_tail(&r->all, &held_list);
			if (!take_back(r, &taking))
				continue;
			list_lru_del_obj(&held_lru, &r->lru);
			list_move(&r->all, &taking.gone);
			held_files--;
		}
		spin_unlock(&keep_lock);
		rcu_read_unlock();
		put_gone(&taking);
		cond_resched();
	}
	atomic64_add(taking.found, &given_back);
}

static unsigned long mean_size(void)
{
	unsigned long pages = atomic_long_read(&held_pages);

	return max(pages / max(READ_ONCE(held_files), 1UL), 1UL);
}

static unsigned long count_held(struct shrinker *shrinker, struct shrink_control *sc)
{
	if (!smp_load_acquire(&lru_ready))	/* pairs with rivet_keep_init() */
		return 0;
	return list_lru_shrink_count(&held_lru, sc) * mean_size();
}

/* Under the lock of the list: a file that is taken out of it stays in held_list for now. */
static RIVET_LRU_WALK(take_from_lru, item, list, arg)
{
	struct rivet_resident *r = list_entry(item, struct rivet_resident, lru);
	struct taking *taking = arg;
	bool taken;

	if (taking->found >= taking->wanted)
		return LRU_SKIP;
	rcu_read_lock();
	taken = take_back(r, taking);
	rcu_read_unlock();
	if (!taken)
		return LRU_ROTATE;
	list_lru_isolate_move(list, item, &taking->gone);
	return LRU_REMOVED;
}

/* Take @gone, which has left held_lru, out of held_list too. */
static void leave_list(struct list_head *gone, struct taking *taking)
{
	struct rivet_resident *r, *next;

	spin_lock(&keep_lock);
	list_for_each_entry_safe(r, next, gone, lru) {
		list_del_init(&r->lru);
		list_move(&r->all, &taking->gone);
		held_files--;
	}
	spin_unlock(&keep_lock);
}

static unsigned long scan_held(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct taking taking = {
		.wanted = sc->nr_to_scan,
		.which = RIVET_RETIRE_UNUSED,
		.gone = LIST_HEAD_INIT(taking.gone),
	};
	LIST_HEAD(gone);

	/* The shrinker counts pages, but the walk is over files. */
	sc->nr_to_scan = max(sc->nr_to_scan / mean_size(), 16UL);
	list_lru_shrink_walk(&held_lru, sc, take_from_lru, &taking);
	sc->nr_to_scan = taking.wanted;
	sc->nr_scanned = taking.wanted;
	list_splice_init(&taking.gone, &gone);
	leave_list(&gone, &taking);
	put_gone(&taking);
	atomic64_add(taking.found, &given_back);
	return taking.found;	/* even if 0: the next walk takes the files skipped in this one */
}

/**
 * rivet_keep_make_room() - give back unused pages if too many would be held
 * @pages: number of pages that are about to be held; if 0, or too many, this does nothing
 *
 * Looks at all files only after many pages were added since the last look, or after some
 * time.
 *
 * Reserves nothing: pages that are measured at the same time are not seen. So there may be
 * more than an eighth unused until the next measurement looks, by those pages and by a
 * sixty-fourth of the memory. With them it is at most half, as reserve() tells. If the
 * measurement fails, the pages are given back for nothing; then their files are measured
 * again.
 *
 * Context: may sleep.
 */
void rivet_keep_make_room(unsigned long pages)
{
	const unsigned long memory = totalram_pages();
	unsigned long held = atomic_long_read(&held_pages) + pages, most = memory / IN_USE_PART;

	if (!pages || pages > most)
		return;
	if (READ_ONCE(keep_mode) == RIVET_RESIDENT_MAPPED)
		most = memory / UNUSED_PART;
	if (held < READ_ONCE(looked_at))
		WRITE_ONCE(looked_at, held);
	if (held <= most || (held < READ_ONCE(looked_at) + memory / STEP_PART &&
			     time_before(jiffies, READ_ONCE(looked_when) + LOOK_AGAIN)))
		return;
	take_from_all(held - most, RIVET_RETIRE_UNUSED);
	WRITE_ONCE(looked_at, atomic_long_read(&held_pages) + pages);
	WRITE_ONCE(looked_when, jiffies);
}

/* However many tasks do this at once, no more than half of the memory is held. */
static bool reserve(unsigned long pages, bool again)
{
	const unsigned long most = totalram_pages() / IN_USE_PART;
	long held = atomic_long_read(&held_pages);

	do {
		if (!again && held + pages > most)
			goto refuse;
	} while (!atomic_long_try_cmpxchg(&held_pages, &held, held + pages));
	return true;

refuse:
	atomic64_inc(&refused);
	pr_warn_once("half of the memory is pages of verified files in use: further files are measured at each use and do not stay in memory; see resident_refused in stats\n");
	return false;
}

/**
 * rivet_keep_alloc() - reserve memory for pages to be held
 * @pages: their number; rivet_keep_make_room() has been called for them
 * @again: another resident, which its holder will free, holds them already
 *
 * Context: may sleep.
 * Return: a resident without folios, for rivet_keep_free(); ERR_PTR(-ENOSPC) if too many
 * pages are in use; ERR_PTR(-ENOMEM).
 */
struct rivet_resident *rivet_keep_alloc(unsigned long pages, bool again)
{
	struct rivet_resident *r;

	if (!reserve(pages, again))
		return ERR_PTR(-ENOSPC);
	r = kmem_cache_alloc_lru(resident_cache, &held_lru, GFP_KERNEL);
	if (!r)
		goto unreserve;
	INIT_LIST_HEAD(&r->lru);
	INIT_LIST_HEAD(&r->all);
	r->ri = NULL;
	r->pages = pages;
	r->count = 0;
	r->folios = kvmalloc_array(max(pages, 1UL), sizeof(*r->folios), GFP_KERNEL | __GFP_NOWARN);
	if (r->folios)
		return r;
	kmem_cache_free(resident_cache, r);
unreserve:
	atomic_long_sub(pages, &held_pages);
	return ERR_PTR(-ENOMEM);
}

/**
 * rivet_keep_free() - free a resident whose folios were put
 * @r: the resident; in no list
 *
 * Context: process context, no lock held: freeing a large array may sleep.
 */
void rivet_keep_free(struct rivet_resident *r)
{
	atomic_long_sub(r->pages, &held_pages);
	kvfree(r->folios);
	kmem_cache_free(resident_cache, r);
}

/**
 * rivet_keep_add() - account for pages that are being published
 * @r: the pages; @r->ri is set, and its lock held
 *
 * Context: any but interrupts.
 * Return: true; false if no more pages are to be held, so that they are not published.
 */
bool rivet_keep_add(struct rivet_resident *r)
{
	bool wanted;

	lockdep_assert_held(&r->ri->lock);
	spin_lock(&keep_lock);
	wanted = keep_mode != RIVET_RESIDENT_OFF;
	if (wanted) {
		list_lru_add_obj(&held_lru, &r->lru);
		list_add_tail(&r->all, &held_list);
		held_files++;
	}
	spin_unlock(&keep_lock);
	return wanted;
}

/**
 * rivet_keep_remove() - account for pages that are no longer published
 * @r: the pages; the lock of their record is held
 *
 * Context: any but interrupts.
 */
void rivet_keep_remove(struct rivet_resident *r)
{
	lockdep_assert_held(&r->ri->lock);
	spin_lock(&keep_lock);
	list_lru_del_obj(&held_lru, &r->lru);
	list_del_init(&r->all);
	held_files--;
	spin_unlock(&keep_lock);
}

/**
 * rivet_keep_again() - count a measurement that giving pages back made necessary
 *
 * Context: any.
 */
void rivet_keep_again(void)
{
	atomic64_inc(&measured_again);
}

/* Give back the pages of each file that is not in use and lacks some of its pages. */
static void look_for_torn(struct work_struct *work)
{
	take_from_all(ULONG_MAX, RIVET_RETIRE_TORN);
}

/**
 * rivet_keep_look_soon() - schedule a look for files that lost pages by force
 *
 * Context: any.
 */
void rivet_keep_look_soon(void)
{
	schedule_delayed_work(&look_work, LOOK_AGAIN);
}

static void release_all(void)
{
	while (READ_ONCE(held_files))
		take_from_all(ULONG_MAX, RIVET_RETIRE_ALL);
}

/**
 * rivet_keep_set() - set which pages are held from now on
 * @mode: the setting; off also in audit mode
 *
 * Drops measurements whose pages are not held but should be. With off, lets go of all held
 * pages, whether in use or not.
 *
 * Context: may sleep; callers serialise.
 */
void rivet_keep_set(enum rivet_resident_mode mode)
{
	enum rivet_resident_mode before;

	spin_lock(&keep_lock);
	before = keep_mode;
	WRITE_ONCE(keep_mode, mode);
	spin_unlock(&keep_lock);
	if (mode == RIVET_RESIDENT_OFF)
		release_all();
	else if (before == RIVET_RESIDENT_OFF)
		rivet_measure_flush();
}

/**
 * rivet_keep_mode() - which pages are held
 *
 * Context: any.
 * Return: the last argument of rivet_keep_set().
 */
enum rivet_resident_mode rivet_keep_mode(void)
{
	return READ_ONCE(keep_mode);
}

/**
 * rivet_keep_figure() - a line of the statistics
 * @which: its number, from 0
 * @value: the figure: files whose pages are held now; their pages; pages that were given back
 *	since loading; files that were measured again for that; measurements whose pages were
 *	not held because too many already were; starts of programs whose first bytes had
 *	been read differently before
 *
 * Context: any.
 * Return: its name, or NULL if there are no more.
 */
const char *rivet_keep_figure(unsigned int which, u64 *value)
{
	const struct {
		const char *name;
		u64 value;
	} figures[] = {
		{ "resident_files", READ_ONCE(held_files) },
		{ "resident_pages", atomic_long_read(&held_pages) },
		{ "resident_given_back", atomic64_read(&given_back) },
		{ "resident_measured_again", atomic64_read(&measured_again) },
		{ "resident_refused", atomic64_read(&refused) },
		{ "resident_headers", rivet_header_replaced() },
	};

	if (which >= ARRAY_SIZE(figures))
		return NULL;
	*value = figures[which].value;
	return figures[which].name;
}

/**
 * rivet_keep_init() - prepare for holding pages
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init rivet_keep_init(void)
{
	int err = -ENOMEM;

	resident_cache = KMEM_CACHE(rivet_resident, SLAB_ACCOUNT);
	if (!resident_cache)
		return -ENOMEM;
	keep_shrinker = shrinker_alloc(SHRINKER_NUMA_AWARE | SHRINKER_MEMCG_AWARE, "rivet");
	if (!keep_shrinker)
		goto destroy_cache;
	keep_shrinker->count_objects = count_held;
	keep_shrinker->scan_objects = scan_held;
	keep_shrinker->seeks = DEFAULT_SEEKS;
	err = rivet_compat_shrinker_register(keep_shrinker);
	if (!err)
		err = list_lru_init_memcg(&held_lru, keep_shrinker);
	if (err)
		goto free_shrinker;
	smp_store_release(&lru_ready, true);	/* for count_held() */
	return 0;

free_shrinker:
	shrinker_free(keep_shrinker);
destroy_cache:
	kmem_cache_destroy(resident_cache);
	return err;
}

/**
 * rivet_keep_exit() - give everything back
 *
 * Context: may sleep; nothing is held any more.
 */
void rivet_keep_exit(void)
{
	cancel_delayed_work_sync(&look_work);
	shrinker_free(keep_shrinker);
	list_lru_destroy(&held_lru);
	kmem_cache_destroy(resident_cache);
}
