/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: batches of folios were in the header of those of pages until v7.1 at least
 */
#ifndef _RIVET_COMPAT_FOLIO_BATCH_H
#define _RIVET_COMPAT_FOLIO_BATCH_H

#ifdef RIVET_HAVE_FOLIO_BATCH_H
#include <linux/folio_batch.h>
#else
#include <linux/pagevec.h>
#endif

#endif /* _RIVET_COMPAT_FOLIO_BATCH_H */
