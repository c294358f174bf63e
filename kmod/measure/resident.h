/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/resident: keeping the measured pages in use
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
 * While it is published with a measurement, each index of the file in the page cache holds
 * the folio that is held here and was hashed, or a hole that faults: none is read in. For
 * that, each folio is referenced, so that it is not evicted, migrated, swapped out, split or
 * collapsed. And the mapping is closed, so that no folio replaces one that is removed by
 * force, see measure/closed.c. Mappings of shmem are not closed: a folio removed there by
 * force is replaced by zeros only or, after a memory failure, by an error.
 *
 * Order of making: writers are kept out - each folio is brought in and referenced - the bytes
 * behind the end of file are zeroed - the mapping is closed - each folio is found still in
 * place - the held folios are hashed - published. The check after the closing finds every
 * folio that was inserted before it; a later folio is not filled.
 *
 * The measurement in rivet_inode.measurement owns it, and it ends with that measurement:
 * when another one is published, which takes over the closing; when a write open, truncation
 * or the end of the inode drops it; in audit mode; with resident=off; or when the shrinker or
 * the bounds of measure/keep.c take back unused pages. Only the last can meet a user, so: the
 * measurement is unpublished - full barrier - if a denial of write access is pending, or the
 * file is mapped executable or being read as verified, it is published again. Users deny
 * write access, or are counted as readers, before they look for a measurement.
 *
 * It pins neither inode nor filesystem. @ri and the published pointer change under @ri->lock.
 *
 * @lru: in the list of its control group (measure/keep.c) while it is published; charged,
 *	like this struct, to the control group of the task that measures
 * @all: in the list of all files, from when it is published until the lock of that list has
 *	been taken afterwards
 * @ri: the record that it is published in; NULL as soon as its pages have been taken back
 * @pages: pages of the file; the room in @folios, and the number counted as held
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
 * rivet_resident_is_poisoned() - check whether the memory of a folio has failed
 * @folio: a held folio
 *
 * Context: any.
 * Return: true if any page of it has.
 */
static inline bool rivet_resident_is_poisoned(struct folio *folio)
{
	return folio_test_hwpoison(folio) ||
	       (folio_test_large(folio) && folio_test_has_hwpoisoned(folio));
}

#endif /* _RIVET_MEASURE_RESIDENT_H */
