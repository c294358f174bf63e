/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - quarantine/end: the end of entries of the list
 */
#ifndef _RIVET_QUARANTINE_END_H
#define _RIVET_QUARANTINE_END_H

#include <linux/list.h>

#include "text/digest.h"

void rivet_quarantine_note_match(const struct rivet_digest *digest, const char *path);
unsigned int rivet_quarantine_end_digest(const struct rivet_digest *digest);
unsigned int rivet_quarantine_end_all(struct list_head *ended, const char *what);
int rivet_quarantine_forget(u64 id);
unsigned int rivet_quarantine_settle(void);

#endif /* _RIVET_QUARANTINE_END_H */
