// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/pinned: pages of a file that are written to without it
 *
 * Who has a file mapped writable can have its pages pinned: as a buffer registered
 * with io_uring, for a device, for direct I/O that is under way. The pin outlives the
 * mapping and the descriptor, and what is written through it no hook sees.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>

#include "compat/folio_batch.h"
#include "measure/pinned.h"

/**
 * rivet_pinned_is() - may somebody write to a folio by a pin?
 * @folio: of a file that nobody has open for writing, so that no pin is added; held
 *
 * As folio_maybe_dma_pinned(), which takes a page that is mapped a thousand times for a
 * pinned one: libraries are.
 *
 * Context: any.
 * Return: whether somebody may.
 */
bool rivet_pinned_is(struct folio *folio)
{
	if (folio_test_large(folio))
		return folio_maybe_dma_pinned(folio);
	return folio_ref_count(folio) - (atomic_read(&folio->_mapcount) + 1) >=
	       GUP_PIN_COUNTING_BIAS;
}

static bool any_is_pinned(struct folio_batch *batch)
{
	bool pinned = false;
	unsigned int i;

	for (i = 0; i < folio_batch_count(batch); i++) {
		pinned |= rivet_pinned_is(batch->folios[i]);
		folio_put(batch->folios[i]);
	}
	folio_batch_init(batch);
	return pinned;
}

/**
 * rivet_pinned_check() - may somebody write to pages of a file by a pin?
 * @mapping: of a file that nobody has open for writing, so that no pin is added
 *
 * Context: may sleep; a fatal signal ends it.
 * Return: 0; -ETXTBSY if somebody may; -EINTR.
 */
int rivet_pinned_check(struct address_space *mapping)
{
	struct folio_batch batch;
	pgoff_t next = 0;

	folio_batch_init(&batch);
	while (filemap_get_folios(mapping, &next, ULONG_MAX, &batch)) {
		if (any_is_pinned(&batch))
			return -ETXTBSY;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}
