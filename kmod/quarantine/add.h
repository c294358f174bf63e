/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - quarantine/add: the making of an entry of the list, and the bounds of that
 */
#ifndef _RIVET_QUARANTINE_ADD_H
#define _RIVET_QUARANTINE_ADD_H

#include "quarantine/list.h"

#define RIVET_QUARANTINE_MAX		1024	/* entries */
#define RIVET_QUARANTINE_UID_MAX	64	/* entries made by one uid */

/** enum rivet_quarantine_added - outcome of the making of an entry */
enum rivet_quarantine_added {
	RIVET_QUARANTINE_MADE,
	RIVET_QUARANTINE_KNOWN,		/* the digest has an entry */
	RIVET_QUARANTINE_FULL,		/* a bound is reached */
	RIVET_QUARANTINE_NO_MEMORY,
};

enum rivet_quarantine_added rivet_quarantine_add(struct rivet_quarantined *about,
						 const struct rivet_quarantine_live *live);

#endif /* _RIVET_QUARANTINE_ADD_H */
