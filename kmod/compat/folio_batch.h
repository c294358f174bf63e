/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: struct folio_batch, in its own header in v7.3, in pagevec.h in v6.12
 */
#ifndef _RIVET_COMPAT_FOLIO_BATCH_H
#define _RIVET_COMPAT_FOLIO_BATCH_H

#ifdef RIVET_HAVE_FOLIO_BATCH_H
#include <linux/folio_batch.h>
#else
#include <linux/pagevec.h>
#endif

#endif /* _RIVET_COMPAT_FOLIO_BATCH_H */
