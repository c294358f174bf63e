/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - verify/verify: verifications on request and by schedule
 */
#ifndef _RIVET_VERIFY_VERIFY_H
#define _RIVET_VERIFY_VERIFY_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <uapi/linux/rivet.h>

#include "text/digest.h"
#include "text/names.h"
#include "verify/walk.h"

#define RIVET_VERIFY_PATHS_MAX		64	/* paths of one request */
#define RIVET_VERIFY_FAILURES_MAX	256	/* failures that a report lists */

/**
 * struct rivet_verify_order - the scope of a verification
 * @set: name of the only set; "" for all sets, or if there are @paths
 * @paths: copies of the paths, kmalloc'ed
 * @path_count: number of @paths; 0 to verify sets
 * @fresh: read from the device where a filesystem can
 * @scheduled: begun by SET reverify=, not by an operator
 * @nonce: of the asker
 * @nonce_len: bytes of it; 0 without one
 */
struct rivet_verify_order {
	char set[RIVET_NAME_MAX + 1];
	char *paths[RIVET_VERIFY_PATHS_MAX];
	unsigned int path_count;
	bool fresh;
	bool scheduled;
	u8 nonce[RIVET_VERIFY_NONCE_MAX];
	unsigned int nonce_len;
};

/**
 * struct rivet_verify_failure - a file that fails
 * @reason: why; never RIVET_REASON_MATCH
 * @missing: it was named by the asker, and nothing is there
 * @forgotten: its kept measurement had another digest and is not used any more
 * @measured: the digest; RIVET_DIGEST_NONE if it was not read
 * @expected: digest that a RIV names; RIVET_DIGEST_NONE if none
 * @path: its path, terminated
 */
struct rivet_verify_failure {
	enum rivet_reason reason;
	bool missing;
	bool forgotten;
	struct rivet_digest measured;
	struct rivet_digest expected;
	char path[];
};

/**
 * struct rivet_verify_counts - progress and result
 * @files: paths in all
 * @done: paths that were looked at
 * @matched: files that match
 * @failed: files that do not
 * @missing: listed paths with nothing there, which can harm nobody
 * @any_path: RIVs for any path, which name no file to look at
 * @not_fresh: files that were to be read from the device, and were read from the page cache
 * @unlisted: failures beyond those that the report lists
 * @bytes_total: bytes that the RIVs name, of all paths
 * @bytes_done: the same, of those that were looked at
 * @bytes_read: bytes that were read
 * @incomplete: memory ran out for a file, or it was cancelled
 */
struct rivet_verify_counts {
	u64 files;
	u64 done;
	u64 matched;
	u64 failed;
	u64 missing;
	u64 any_path;
	u64 not_fresh;
	u64 unlisted;
	u64 bytes_total;
	u64 bytes_done;
	u64 bytes_read;
	bool incomplete;
};

/**
 * struct rivet_verify - one verification
 *
 * The list of those that are kept has one reference, its work item another until it has ended,
 * and a reader one. @order, @ticket and the values of the beginning never change. @state,
 * @ended and @counts change under verify_lock. A failure is never changed once
 * @failure_count, written with release, says that it is there.
 *
 * @node: in the list, the oldest first
 * @refs: number of references
 * @work: does it
 * @order: its scope
 * @ticket: its number, from 1
 * @cancelled: it is to end
 * @state: its state
 * @mode: mode when it was asked for
 * @riv_generation: of the RIVs when it was asked for
 * @policy_generation: of the policy when it was asked for
 * @started: nanoseconds since 1970
 * @ended: nanoseconds since 1970; 0 while it goes on
 * @counts: see there
 * @debt: bytes that were read since the last pause; used by the work item alone
 * @failure_bytes: memory of @failures
 * @failure_count: number of @failures
 * @failures: those that are listed
 */
struct rivet_verify {
	struct list_head node;
	refcount_t refs;
	struct work_struct work;
	struct rivet_verify_order order;
	u32 ticket;
	bool cancelled;
	enum rivet_verify_state state;
	enum rivet_mode mode;
	u64 riv_generation;
	u64 policy_generation;
	u64 started;
	u64 ended;
	struct rivet_verify_counts counts;
	size_t debt;
	size_t failure_bytes;
	unsigned int failure_count;
	struct rivet_verify_failure *failures[RIVET_VERIFY_FAILURES_MAX];
};

int rivet_verify_init(void);
void rivet_verify_exit(void);
void rivet_verify_listen(void (*failed)(void));
struct rivet_verify *rivet_verify_alloc(void);
int rivet_verify_add_path(struct rivet_verify *v, const char *path);
int rivet_verify_start(struct rivet_verify *v);
int rivet_verify_cancel(u32 ticket);
struct rivet_verify *rivet_verify_get(u32 ticket);
void rivet_verify_put(struct rivet_verify *v);
void rivet_verify_read(struct rivet_verify *v, struct rivet_verify_counts *counts,
		       enum rivet_verify_state *state, u64 *ended);

#endif /* _RIVET_VERIFY_VERIFY_H */
