/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/resident: the pages that were measured are the pages that are used
 */
#ifndef _RIVET_MEASURE_RESIDENT_H
#define _RIVET_MEASURE_RESIDENT_H

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/types.h>

struct inode;
struct rivet_inode;
struct shash_desc;

/**
 * struct rivet_resident - the pages of a measured file
 *
 * While it is published with a measurement, the page cache of the inode holds at each
 * index of the file the folio that is held here and was hashed, or a hole that faults: none
 * is read in. For that, each folio is referenced (so it is not evicted, migrated, swapped out,
 * split or collapsed), and the mapping is closed (so that what is removed by force is not
 * replaced, see measure/closed.c). Mappings of shmem are not closed: what is removed there by force is
 * replaced by nothing but zeros or, after a memory failure, by an error.
 *
 * Order of making: writers are kept out - each folio is brought in and referenced - what lies
 * behind the end of file is zeroed - the mapping is closed - each folio is found still in
 * place - the held folios are hashed - published. Whoever was inserted before the closing is
 * found by the check after it; who comes later is not filled.
 *
 * It is owned by the measurement in rivet_inode.measurement and ends with it: when another
 * one is published, which takes over the closing; when a write open, truncation or the end of
 * the inode drops it; in audit mode; with resident=off; or when the shrinker or the bounds of
 * measure/keep.c take back what nobody uses. The last is the only one that may meet a user, so: the
 * measurement is unpublished - full barrier - is a denial of write access pending, the file
 * mapped executable, or being read as verified? - then it is published again. Users deny
 * write access, or are counted as readers, before they look for a measurement.
 *
 * It pins neither inode nor filesystem. @ri and what is published change under @ri->lock.
 *
 * @lru: in the list of its control group (measure/keep.c) while it is published; charged, as this is,
 *	to that of the task that measures
 * @all: in the list of all files, from when it is published until the lock of that list has
 *	been taken afterwards
 * @ri: the record that it is published in; NULL as soon as its pages have been taken back
 * @pages: of the file; room in @folios; what is counted as held
 * @count: folios held
 * @folios: in their order, each once
 */
struct rivet_resident {
	struct list_head lru;
	struct list_head all;
	struct rivet_inode *ri;
	unsigned long pages;
	unsigned long count;
	struct folio **folios;
};

bool rivet_resident_is_possible(const struct inode *inode);
struct rivet_resident *rivet_resident_take(struct inode *inode, u64 size);
int rivet_resident_hash(const struct rivet_resident *r, u64 size, struct shash_desc *desc);
void rivet_resident_put(struct rivet_resident *r);

/**
 * rivet_resident_is_poisoned() - has the memory of a folio failed?
 * @folio: held
 *
 * Context: any.
 * Return: whether any page of it has.
 */
static inline bool rivet_resident_is_poisoned(struct folio *folio)
{
	return folio_test_hwpoison(folio) ||
	       (folio_test_large(folio) && folio_test_has_hwpoisoned(folio));
}

#endif /* _RIVET_MEASURE_RESIDENT_H */
