/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - floors: the lowest version of each named object that may be loaded
 */
#ifndef _RIVET_OBJECT_VERSION_H
#define _RIVET_OBJECT_VERSION_H

#include <linux/types.h>

#include "text/digest.h"
#include "text/parse.h"

struct seq_file;

#define RIVET_FLOORS_MAX	1024	/* names that have a floor; bounds kernel memory */

/** enum rivet_floor_kind - name spaces of versions */
enum rivet_floor_kind {
	RIVET_FLOOR_RIV,
	RIVET_FLOOR_REVOKE,
	RIVET_FLOOR_POLICY,
	RIVET_FLOOR_RELEASE,
	RIVET_FLOOR_CLOCK,	/* of one name: the time before which no clock is right */
	__RIVET_FLOOR_MAX,
};

#define RIVET_FLOOR_RETIRED	U64_MAX	/* version of a name that was replaced for good */

int rivet_floor_check(enum rivet_floor_kind kind, struct rivet_slice name, u64 version,
		      const struct rivet_digest *text);
int rivet_floor_reserve(enum rivet_floor_kind kind, struct rivet_slice name);
void rivet_floor_accept(enum rivet_floor_kind kind, struct rivet_slice name, u64 version,
			const struct rivet_digest *text);
int rivet_floor_reserve_issued(s64 issued);
void rivet_floor_accept_issued(s64 issued);
int rivet_floor_write(const char *text, size_t len);
u32 rivet_floor_count(void);
int rivet_floor_show(struct seq_file *m);
void rivet_floor_exit(void);

#endif /* _RIVET_OBJECT_VERSION_H */
