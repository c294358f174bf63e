/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: v7.3 has batches of folios in a header of their own, v6.12 in that of pages
 */
#ifndef _RIVET_COMPAT_FOLIO_BATCH_H
#define _RIVET_COMPAT_FOLIO_BATCH_H

#ifdef RIVET_HAVE_FOLIO_BATCH_H
#include <linux/folio_batch.h>
#else
#include <linux/pagevec.h>
#endif

#endif /* _RIVET_COMPAT_FOLIO_BATCH_H */
