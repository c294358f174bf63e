/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/report: counters, and events of verdicts
 */
#ifndef _RIVET_DECIDE_REPORT_H
#define _RIVET_DECIDE_REPORT_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "decide/eval.h"

/** enum rivet_counter - counters; their names are in decide/report.c */
enum rivet_counter {
	RIVET_COUNT_HOOK_EXEC,
	RIVET_COUNT_HOOK_MMAP,
	RIVET_COUNT_HOOK_MPROTECT,
	RIVET_COUNT_HOOK_OPEN,
	RIVET_COUNT_HOOK_TRUNCATE,
	RIVET_COUNT_HOOK_INODE_FREE,
	RIVET_COUNT_HOOK_START,
	RIVET_COUNT_HOOK_KERNEL,
	RIVET_COUNT_HOOK_PTRACE,
	RIVET_COUNT_HOOK_GUARD,
	RIVET_COUNT_DECISIONS,		/* answered requests; those from memory are added later */
	RIVET_COUNT_DECISIONS_CACHED,	/* decisions made from memory */
	RIVET_COUNT_DENIALS,
	RIVET_COUNT_AUDITED,
	RIVET_COUNT_WRITERS_REFUSED,
	RIVET_COUNT_EVENTS_FOLDED,
	RIVET_COUNT_EVENTS_LOST,
	__RIVET_COUNT_MAX,
};

/**
 * struct rivet_counters - one CPU's counters
 * @value: by enum rivet_counter
 */
struct rivet_counters {
	u64 value[__RIVET_COUNT_MAX];
};

DECLARE_PER_CPU(struct rivet_counters, rivet_report_counters);

/**
 * rivet_report_count() - increment a counter
 * @which: the counter
 *
 * Context: any. Writes only memory of the current CPU.
 */
static inline void rivet_report_count(enum rivet_counter which)
{
	this_cpu_inc(rivet_report_counters.value[which]);
}

/**
 * rivet_report_count_cached() - count a decision made from memory
 *
 * decide/decide.c counts all other decisions.
 *
 * Context: any.
 */
static inline void rivet_report_count_cached(void)
{
	rivet_report_count(RIVET_COUNT_DECISIONS_CACHED);
}

u64 rivet_report_counter(enum rivet_counter which);
const char *rivet_report_counter_name(enum rivet_counter which);
void rivet_report_verdict(const struct rivet_request *request, const struct rivet_verdict *verdict);
void rivet_report_change(const struct path *path, const struct dentry *dentry, const char *detail,
			 int error);
void rivet_report_exit(void);

#endif /* _RIVET_DECIDE_REPORT_H */
