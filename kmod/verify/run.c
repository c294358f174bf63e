// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - verify/run: one verification from its first path to its last
 *
 * Only paths that a set lists are opened.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "event/event.h"
#include "text/names.h"
#include "verify/file.h"
#include "verify/run.h"

#define FAILURE_BYTES_MAX	(64 * 1024)	/* memory of the failures of one report */
#define REPORTED_MAX		100		/* events of one verification about files */
#define SHOWN_MAX		256		/* bytes of a path in an event */

/* The budget of a scheduled verification: 4 MiB a second. A file costs as much as 16 KiB. */
#define PAUSE_BYTES		(1024 * 1024)
#define PAUSE_MS		250
#define FILE_BYTES		(16 * 1024)

/**
 * struct run - a verification that goes on; belongs to its work item
 * @v: the verification
 * @lock: protects its counts
 * @walk: its sets
 */
struct run {
	struct rivet_verify *v;
	spinlock_t *lock;	/* verify_lock */
	struct rivet_verify_walk walk;
};

static bool is_cancelled(const struct run *run)
{
	return READ_ONCE(run->v->cancelled);
}

static void keep_to_budget(struct rivet_verify *v, size_t bytes)
{
	v->debt += bytes;
	if (!v->order.scheduled || v->debt < PAUSE_BYTES)
		return;
	v->debt = 0;
	msleep(PAUSE_MS);
}

static bool go_on(void *arg, size_t bytes)
{
	struct run *run = arg;

	spin_lock(run->lock);
	run->v->counts.bytes_read += bytes;
	spin_unlock(run->lock);
	keep_to_budget(run->v, bytes);
	return !is_cancelled(run);
}

static void report_failure(const struct rivet_verify *v, const char *path, const char *why)
{
	char shown[SHOWN_MAX];

	if (v->counts.failed > REPORTED_MAX)
		return;
	rivet_name_mark_cut(shown, sizeof(shown),
			    rivet_name_escape(path, strlen(path), shown, sizeof(shown)));
	rivet_event_change(RIVET_EVENT_VERIFY, -EBADMSG, "verification %u: %s: %s", v->ticket,
			   shown, why);
}

/* Returns false if the report has no room for it. */
static bool list_failure(struct rivet_verify *v, const char *path,
			 const struct rivet_verify_result *result,
			 const struct rivet_digest *measured)
{
	const size_t len = strlen(path) + 1, bytes = sizeof(struct rivet_verify_failure) + len;
	struct rivet_verify_failure *failure;

	if (v->failure_count == RIVET_VERIFY_FAILURES_MAX ||
	    v->failure_bytes + bytes > FAILURE_BYTES_MAX)
		return false;
	failure = kmalloc(bytes, GFP_KERNEL);
	if (!failure)
		return false;
	failure->reason = result->reason;
	failure->missing = result->missing;
	failure->forgotten = result->forgotten;
	failure->measured = *measured;
	failure->expected = result->expected;
	memcpy(failure->path, path, len);
	v->failure_bytes += bytes;
	v->failures[v->failure_count] = failure;
	smp_store_release(&v->failure_count, v->failure_count + 1);	/* readers: acquire */
	return true;
}

static void fail(struct run *run, const char *path, const struct rivet_verify_result *result,
		 const struct rivet_digest *measured)
{
	const bool listed = list_failure(run->v, path, result, measured);

	spin_lock(run->lock);
	run->v->counts.failed++;
	run->v->counts.unlisted += !listed;
	spin_unlock(run->lock);
	report_failure(run->v, path, result->missing ? "missing" :
		       rivet_name_reason(result->reason));
}

static void count_done(struct run *run, const struct rivet_verify_result *result, u64 size,
		       bool not_fresh)
{
	struct rivet_verify_counts *counts = &run->v->counts;

	spin_lock(run->lock);
	counts->done++;
	counts->bytes_done += size;
	counts->matched += !result->missing && result->reason == RIVET_REASON_MATCH;
	counts->missing += result->missing;
	counts->not_fresh += not_fresh;
	spin_unlock(run->lock);
}

static void note_incomplete(struct run *run)
{
	spin_lock(run->lock);
	run->v->counts.incomplete = true;
	spin_unlock(run->lock);
}

/* A listed path with nothing there fails only if the asker has named it. */
static void verify_path(struct run *run, const char *path, u64 size)
{
	const bool fresh = run->v->order.fresh, named = run->v->order.path_count;
	struct rivet_again again = { .fresh = fresh, .go_on = go_on, .arg = run };
	struct rivet_verify_result result;

	keep_to_budget(run->v, FILE_BYTES);
	if (rivet_verify_file(path, &again, &result)) {
		note_incomplete(run);
		return;
	}
	count_done(run, &result, size, fresh && again.sha256.alg && !again.fresh);
	if (result.missing ? named : result.reason != RIVET_REASON_MATCH || result.forgotten)
		fail(run, path, &result, &again.sha256);
}

static void verify_unlisted(struct run *run, const char *path)
{
	const struct rivet_verify_result result = { .reason = RIVET_REASON_UNLISTED };
	const struct rivet_digest none = {};

	count_done(run, &result, 0, false);
	fail(run, path, &result, &none);
}

static void verify_named(struct run *run)
{
	const struct rivet_verify_order *order = &run->v->order;
	unsigned int i;
	u64 size;

	for (i = 0; i < order->path_count && !is_cancelled(run); i++) {
		if (rivet_verify_walk_find(&run->walk, order->paths[i], &size))
			verify_path(run, order->paths[i], size);
		else
			verify_unlisted(run, order->paths[i]);
	}
}

static void verify_sets(struct run *run)
{
	rivet_verify_walk_rewind(&run->walk);
	while (!is_cancelled(run) && rivet_verify_walk_next(&run->walk))
		verify_path(run, run->walk.path, run->walk.size);
}

static void count_total(struct run *run)
{
	const struct rivet_verify_order *order = &run->v->order;
	u64 files = order->path_count, bytes = 0, size;
	unsigned int i;

	for (i = 0; i < order->path_count; i++)
		if (rivet_verify_walk_find(&run->walk, order->paths[i], &size))
			bytes += size;
	while (!order->path_count && !is_cancelled(run) && rivet_verify_walk_next(&run->walk)) {
		files++;
		bytes += run->walk.size;
	}
	spin_lock(run->lock);
	run->v->counts.files = files;
	run->v->counts.bytes_total = bytes;
	run->v->counts.any_path = run->walk.any_path;
	spin_unlock(run->lock);
}

/**
 * rivet_verify_run() - do a verification
 * @v: the verification
 * @lock: protects its counts
 *
 * Context: may sleep and read files; no lock is held.
 */
void rivet_verify_run(struct rivet_verify *v, spinlock_t *lock)
{
	struct run run = { .v = v, .lock = lock };

	if (rivet_verify_walk_begin(&run.walk, v->order.set)) {
		note_incomplete(&run);
		return;
	}
	count_total(&run);
	if (v->order.path_count)
		verify_named(&run);
	else
		verify_sets(&run);
	rivet_verify_walk_end(&run.walk);
}
