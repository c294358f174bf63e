/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - quarantine/hold: the files of new entries, held until the agent has a copy
 */
#ifndef _RIVET_QUARANTINE_HOLD_H
#define _RIVET_QUARANTINE_HOLD_H

#include <linux/path.h>

#include "quarantine/line.h"

struct pid;

#define RIVET_HOLD_FILES	8
#define RIVET_HOLD_BYTES	(64ULL << 20)	/* of all together */
#define RIVET_HOLD_SHARE	2		/* users but root have this part of both */
#define RIVET_HOLD_SECONDS	10

/**
 * struct rivet_held - a file as the agent gets it
 * @path: the file, referenced for the caller
 * @line: the entry as rivet_quarantine_line_format() writes it; RIVET_QUARANTINE_LINE_MAX bytes
 *	that the caller has allocated
 * @len: bytes in @line, without the terminator
 */
struct rivet_held {
	struct path path;
	char *line;
	size_t len;
};

void rivet_hold_begin(void);
void rivet_hold_exit(void);
void rivet_hold_add(const struct rivet_quarantined *about, const struct path *path,
		    bool deny_writers);
int rivet_hold_take(struct pid *agent, struct rivet_held *held);
int rivet_hold_done(struct pid *agent, u64 id);
void rivet_hold_forget(u64 id);

#endif /* _RIVET_QUARANTINE_HOLD_H */
