// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/pinned: pages of a file that are written to without it
 *
 * A task that has a file mapped writable can pin its pages: as a buffer registered with
 * io_uring, for a device, or for direct I/O under way. The pin outlives the mapping and the
 * descriptor, and no hook sees writes through it.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>

#include "compat/folio_batch.h"
#include "measure/pinned.h"

/**
 * rivet_pinned_is() - check whether a folio may be pinned for writing
 * @folio: of a file that is not open for writing, so that no pin is added; held
 *
 * Like folio_maybe_dma_pinned(), but without its false positive for pages mapped more than
 * 1024 times, as library pages are.
 *
 * Context: any.
 * Return: true if it may be.
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
 * rivet_pinned_check() - check whether pages of a file may be pinned for writing
 * @mapping: of a file that is not open for writing, so that no pin is added
 *
 * Context: may sleep; a fatal signal ends it.
 * Return: 0; -ETXTBSY if a page may be; -EINTR.
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
