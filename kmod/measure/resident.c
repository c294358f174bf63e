// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/resident: keeping the measured pages in use
 *
 * struct rivet_resident explains how, and why it holds.
 */
#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/shmem_fs.h>

#include "compat/folio_batch.h"
#include "measure/closed.h"
#include "measure/keep.h"
#include "measure/pinned.h"
#include "measure/resident.h"
#include "measure/slack.h"

#define CHUNK_SIZE	(64 * 1024)	/* bytes hashed at a time */

/**
 * rivet_resident_is_possible() - check whether the pages of a file can be held
 * @inode: a regular file
 *
 * Files with DAX have no pages to hold.
 *
 * Context: any.
 * Return: true if they can.
 */
bool rivet_resident_is_possible(const struct inode *inode)
{
	const struct address_space *mapping = inode->i_mapping;

	return (shmem_mapping(inode->i_mapping) || mapping->a_ops->read_folio) &&
	       mapping == &inode->i_data && !IS_DAX(inode);
}

/**
 * struct walk - a file whose folios are being taken
 * @mapping: of the file
 * @ra: state of reading ahead
 * @next: first index that is not held yet
 * @end: the index behind the last
 * @r: the folios held so far
 */
struct walk {
	struct address_space *mapping;
	struct file_ra_state ra;
	pgoff_t next;
	pgoff_t end;
	struct rivet_resident *r;
};

/* Keeps a folio, and takes over its reference, if it is the next one. */
static bool take_folio(struct walk *w, struct folio *folio)
{
	if (folio->index > w->next || folio_next_index(folio) <= w->next)
		return false;
	w->r->folios[w->r->count++] = folio;
	w->next = folio_next_index(folio);
	return true;
}

/* Reads the next folio and those behind it into memory if they are not there. */
static struct folio *bring_in(struct walk *w)
{
	struct folio *folio;
	struct page *page;

	if (shmem_mapping(w->mapping)) {
		page = shmem_read_mapping_page_gfp(w->mapping, w->next,
						   mapping_gfp_mask(w->mapping));
		folio = IS_ERR(page) ? ERR_CAST(page) : page_folio(page);
	} else {
		if (w->mapping->a_ops->readahead)
			page_cache_sync_readahead(w->mapping, &w->ra, NULL, w->next,
						  w->end - w->next);
		folio = read_mapping_folio(w->mapping, w->next, NULL);
	}
	if (!IS_ERR(folio) || folio == ERR_PTR(-ENOMEM) || folio == ERR_PTR(-EINTR))
		return folio;
	return ERR_PTR(-EIO);
}

/* Takes the folios in memory up to the first gap, reads there, and so on. */
static int take_all(struct walk *w)
{
	struct folio_batch batch;
	struct folio *folio;
	pgoff_t at, start;
	unsigned int i;

	folio_batch_init(&batch);
	while (w->next < w->end) {
		if (fatal_signal_pending(current))
			return -EINTR;
		at = w->next;
		start = at;
		filemap_get_folios(w->mapping, &start, w->end - 1, &batch);
		for (i = 0; i < folio_batch_count(&batch); i++) {
			folio = batch.folios[i];
			if (!folio_test_uptodate(folio) || !take_folio(w, folio))
				folio_put(folio);
		}
		folio_batch_init(&batch);
		if (w->next == at) {
			folio = bring_in(w);
			if (IS_ERR(folio))
				return PTR_ERR(folio);
			if (!take_folio(w, folio)) {
				folio_put(folio);
				return -EIO;
			}
		}
		cond_resched();
	}
	return 0;
}

/* Checks that nobody else may write to the folios taken. */
static int check_pins(const struct walk *w)
{
	unsigned long i;

	for (i = 0; i < w->r->count; i++)
		if (rivet_pinned_is(w->r->folios[i]))
			return -ETXTBSY;
	return 0;
}

/* Checks that the page cache still holds the folios taken, and that nobody fills them again. */
static int check_places(const struct walk *w)
{
	unsigned long i;

	for (i = 0; i < w->r->count; i++)
		if (READ_ONCE(w->r->folios[i]->mapping) != w->mapping ||
		    !folio_test_uptodate(w->r->folios[i]) ||
		    rivet_resident_is_poisoned(w->r->folios[i]))
			return -EIO;
	return 0;
}

/**
 * rivet_resident_take() - hold the pages of a file and admit no others
 * @inode: a file whose rivet_resident_is_possible() is true, of a filesystem on a local disk
 *	or in memory which reads without an open file; no task can open it for
 *	writing, and the caller is the task that measures it
 * @size: its size
 *
 * If it fails, the mapping may be closed; the caller opens it again.
 *
 * Context: may sleep, and read the file; a fatal signal ends it. No lock may be held.
 * Return: the pages, for rivet_resident_put() or to be published; ERR_PTR: -ETXTBSY if pages
 * are pinned for writing, -ENOSPC if there would be too many in memory, -EIO, -EINTR, -ENOMEM.
 */
struct rivet_resident *rivet_resident_take(struct inode *inode, u64 size)
{
	struct walk w = {
		.mapping = inode->i_mapping,
		.end = DIV_ROUND_UP_ULL(size, PAGE_SIZE),
	};
	int err;

	w.r = rivet_keep_alloc(w.end, rivet_closed_is(w.mapping));
	if (IS_ERR(w.r))
		return w.r;
	file_ra_state_init(&w.ra, w.mapping);
	err = take_all(&w) ?: check_pins(&w);
	if (!err && w.r->count)
		err = rivet_slack_zero(inode, w.r->folios[w.r->count - 1]);
	if (!err && !shmem_mapping(w.mapping))
		err = rivet_closed_close(w.mapping);
	if (!err)
		err = check_places(&w);
	if (!err)
		return w.r;
	rivet_resident_put(w.r);
	return ERR_PTR(err == -EAGAIN ? -EIO : err);
}

/* Hash @len bytes of a folio from @at on, page by page where memory needs mapping. */
static int hash_folio(struct folio *folio, size_t at, size_t len, struct shash_desc *desc)
{
	const size_t step = IS_ENABLED(CONFIG_HIGHMEM) ? PAGE_SIZE : CHUNK_SIZE;
	int err = 0;

	while (!err && len) {
		size_t part = min(len, step);
		void *data = kmap_local_folio(folio, at);

		err = crypto_shash_update(desc, data, part);
		kunmap_local(data);
		at += part;
		len -= part;
		cond_resched();
	}
	return err;
}

/**
 * rivet_resident_hash() - hash the held pages
 * @r: the pages
 * @size: bytes of the file
 * @desc: the hash, begun
 *
 * Context: may sleep; a fatal signal ends it after at most one folio.
 * Return: 0, -EINTR, or an errno of the hash.
 */
int rivet_resident_hash(const struct rivet_resident *r, u64 size, struct shash_desc *desc)
{
	unsigned long i;
	u64 pos = 0;
	int err = 0;

	for (i = 0; i < r->count && !err; i++) {
		struct folio *folio = r->folios[i];
		size_t at = pos - folio_pos(folio);
		size_t len = min_t(u64, size - pos, folio_size(folio) - at);

		if (fatal_signal_pending(current))
			return -EINTR;
		err = hash_folio(folio, at, len, desc);
		pos += len;
	}
	return err;
}

/**
 * rivet_resident_put() - let go of pages
 * @r: the pages, published nowhere any more, or NULL
 *
 * Context: process context, no lock held: freeing a large array may sleep.
 */
void rivet_resident_put(struct rivet_resident *r)
{
	unsigned long i;

	if (!r)
		return;
	for (i = 0; i < r->count; i++)
		folio_put(r->folios[i]);
	rivet_keep_free(r);
}
