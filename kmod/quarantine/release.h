/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - quarantine/release: signed objects that end entries of the list
 */
#ifndef _RIVET_QUARANTINE_RELEASE_H
#define _RIVET_QUARANTINE_RELEASE_H

#include <linux/types.h>

#define RIVET_RELEASE_MAX	(1024 * 1024)	/* bytes of a release's text */

int rivet_quarantine_release(const void *data, size_t len);

#endif /* _RIVET_QUARANTINE_RELEASE_H */
