// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/report: counters, and events of verdicts
 *
 * The first verdict of a kind becomes an event at once. Repeats within FOLD_SECONDS
 * are only counted. One more event with that count follows when the time is over, or
 * when another kind needs the slot. The counts of all events thus add up to all
 * reported verdicts. A loop that is refused a million times neither fills the event
 * buffer nor stays unseen.
 */
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/once.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "decide/report.h"
#include "event/event.h"
#include "policy/active.h"
#include "process/program.h"

#define FOLD_SECONDS	5
#define FOLD_SLOTS	256	/* kinds of verdicts that are folded at the same time */

DEFINE_PER_CPU(struct rivet_counters, rivet_report_counters);

static const char * const counter_names[] = {
	[RIVET_COUNT_HOOK_EXEC]		= "hook_bprm_check_security",
	[RIVET_COUNT_HOOK_MMAP]		= "hook_mmap_file",
	[RIVET_COUNT_HOOK_MPROTECT]	= "hook_file_mprotect",
	[RIVET_COUNT_HOOK_OPEN]		= "hook_file_open",
	[RIVET_COUNT_HOOK_TRUNCATE]	= "hook_path_truncate",
	[RIVET_COUNT_HOOK_INODE_FREE]	= "hook_inode_free_security",
	[RIVET_COUNT_HOOK_START]	= "hook_bprm_committed_creds",
	[RIVET_COUNT_HOOK_KERNEL]	= "hook_kernel_read",
	[RIVET_COUNT_HOOK_PTRACE]	= "hook_ptrace",
	[RIVET_COUNT_HOOK_GUARD]	= "hook_guard",
	[RIVET_COUNT_DECISIONS]		= "decisions",
	[RIVET_COUNT_DECISIONS_CACHED]	= "decisions_cached",
	[RIVET_COUNT_DENIALS]		= "denials",
	[RIVET_COUNT_AUDITED]		= "audited",
	[RIVET_COUNT_WRITERS_REFUSED]	= "writers_refused",
	[RIVET_COUNT_EVENTS_FOLDED]	= "events_folded",
	[RIVET_COUNT_EVENTS_LOST]	= "events_lost",
};

/**
 * struct fold - a kind of verdict whose repeats are counted
 * @key: hash of the values that identify the kind
 * @event: first event of the kind, referenced; NULL if the slot is free
 * @repeats: number of repeats
 * @last: time of the last repeat, CLOCK_REALTIME in nanoseconds
 * @expires: end of the time in jiffies
 */
struct fold {
	u64 key;
	struct rivet_event *event;
	u32 repeats;
	u64 last;
	unsigned long expires;
};

static struct fold folds[FOLD_SLOTS];
/* Protects folds. Dropped before calls of rivet_event_add(). */
static DEFINE_SPINLOCK(fold_lock);
static siphash_aligned_key_t fold_secret;

static void flush_folds(struct work_struct *work);
static DECLARE_DELAYED_WORK(fold_work, flush_folds);

/**
 * rivet_report_counter() - sum a counter over all CPUs
 * @which: the counter
 *
 * Context: any.
 * Return: the sum; not exact while other CPUs count.
 */
u64 rivet_report_counter(enum rivet_counter which)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(rivet_report_counters, cpu).value[which];
	/* Those from memory are counted once, where they are made. */
	if (which == RIVET_COUNT_DECISIONS)
		sum += rivet_report_counter(RIVET_COUNT_DECISIONS_CACHED);
	return sum;
}

/**
 * rivet_report_counter_name() - get the name of a counter
 * @which: the counter
 *
 * Context: any.
 * Return: the name, as in the stats file.
 */
const char *rivet_report_counter_name(enum rivet_counter which)
{
	return counter_names[which];
}

static void add_event(struct rivet_event *event)
{
	if (!event)
		rivet_report_count(RIVET_COUNT_EVENTS_LOST);
	rivet_event_add(event);
}

/* Makes the event for the repeats of @first. @last is the time of the last repeat. */
static struct rivet_event *make_summary(const struct rivet_event *first, u32 repeats, u64 last)
{
	size_t text_len = rivet_event_text_len(first);
	struct rivet_event *event = rivet_event_alloc(text_len);

	if (!event)
		return NULL;
	memcpy(event, first, sizeof(*first) + text_len);
	refcount_set(&event->refs, 1);
	event->time = last;
	event->count = repeats;
	return event;
}

static void end_fold(struct rivet_event *first, u32 repeats, u64 last)
{
	if (first && repeats)
		add_event(make_summary(first, repeats, last));
	rivet_event_put(first);
}

static void end_expired(struct fold *fold, bool all, bool *more)
{
	struct rivet_event *first = NULL;
	u32 repeats = 0;
	u64 last = 0;

	spin_lock(&fold_lock);
	if (fold->event && (all || time_after_eq(jiffies, fold->expires))) {
		first = fold->event;
		repeats = fold->repeats;
		last = fold->last;
		fold->event = NULL;
	} else if (fold->event && fold->repeats) {
		*more = true;
	}
	spin_unlock(&fold_lock);
	end_fold(first, repeats, last);
}

static void flush_folds(struct work_struct *work)
{
	bool more = false;
	unsigned int i;

	for (i = 0; i < FOLD_SLOTS; i++)
		end_expired(&folds[i], false, &more);
	if (more)
		schedule_delayed_work(&fold_work, HZ);
}

static u64 hash_verdict(const struct rivet_request *req, const struct rivet_verdict *v)
{
	struct {
		u64 words[8];
		u8 digest[RIVET_DIGEST_SIZE];
		char comm[TASK_COMM_LEN];
		u64 path;
		u64 detail;
	} same = {};

	get_random_once(&fold_secret, sizeof(fold_secret));
	same.words[0] = req->op | req->hook << 8 | v->mode << 16 | v->action << 24;
	same.words[1] = v->reason;
	same.words[2] = req->inode ? req->inode->i_sb->s_dev : 0;
	same.words[3] = req->inode ? req->inode->i_ino : 0;
	same.words[4] = v->policy->generation;
	same.words[5] = v->riv_generation;
	same.words[6] = from_kuid(&init_user_ns, current_real_cred()->uid);
	same.words[7] = v->rule_line;
	memcpy(same.digest, v->measured.bytes, sizeof(same.digest));
	memcpy(same.comm, current->comm, sizeof(same.comm) - 1);
	same.path = siphash(v->path, strlen(v->path), &fold_secret);
	if (req->detail)
		same.detail = siphash(req->detail, strlen(req->detail), &fold_secret);
	return siphash(&same, sizeof(same), &fold_secret);
}

static bool fold_repeat(u64 key)
{
	struct fold *fold = &folds[key % FOLD_SLOTS];
	u64 now = ktime_get_real_ns();
	bool folded, first = false;

	spin_lock(&fold_lock);
	folded = fold->event && fold->key == key && time_before(jiffies, fold->expires);
	if (folded) {
		first = !fold->repeats++;
		fold->last = now;
	}
	spin_unlock(&fold_lock);
	if (folded)
		rivet_report_count(RIVET_COUNT_EVENTS_FOLDED);
	if (first)
		schedule_delayed_work(&fold_work, FOLD_SECONDS * HZ);
	return folded;
}

static void start_fold(u64 key, struct rivet_event *event)
{
	struct fold *fold = &folds[key % FOLD_SLOTS];
	struct rivet_event *first;
	u32 repeats;
	u64 last;

	refcount_inc(&event->refs);
	spin_lock(&fold_lock);
	first = fold->event;
	repeats = fold->repeats;
	last = fold->last;
	fold->key = key;
	fold->event = event;
	fold->repeats = 0;
	fold->expires = jiffies + FOLD_SECONDS * HZ;
	spin_unlock(&fold_lock);
	end_fold(first, repeats, last);
}

static u16 append_text(struct rivet_event *event, size_t *at, const char *text, size_t len)
{
	memcpy(event->text + *at, text, len);
	*at += len;
	return len;
}

/* Appends a text that has no flag for truncation: if it is cut, it ends in "...". */
static u16 append_cut(struct rivet_event *event, size_t *at, const char *text, size_t kept)
{
	char *start = event->text + *at;

	append_text(event, at, text, kept);
	if (kept > 3 && text[kept])
		memcpy(start + kept - 3, "...", 3);
	return kept;
}

/*
 * Returns the path of the exe_file of a process without a known program. It is for
 * human readers only; no decision depends on it. Returns "" if there is none, else
 * a text in @buffer.
 */
static const char *find_exe_file(const struct rivet_program *program, char *buffer)
{
	struct file *exe = rivet_program_path(program).len ? NULL : rivet_program_file();
	const char *path;

	if (!exe || !buffer)
		path = "";
	else
		path = d_path(&exe->f_path, buffer, PATH_MAX);
	if (exe)
		fput(exe);
	return IS_ERR(path) ? "" : path;
}

static size_t shown_len(const char *text, size_t max)
{
	return text ? min_t(size_t, strlen(text), max) : 0;
}

static void fill_decision(struct rivet_event *event, const struct rivet_request *req,
			  const struct rivet_verdict *v)
{
	const struct rivet_rules *rules = &v->policy->rules;

	event->kind = RIVET_EVENT_VERDICT;
	event->op = req->op;
	event->hook = req->hook;
	event->mode = v->mode;
	event->action = v->action;
	event->reason = v->reason;
	event->error = rivet_eval_is_refused(v) ? EACCES : 0;
	event->measured = v->measured;
	event->expected = v->expected;
	event->rule_line = v->policy->builtin ? 0 : v->rule_line;
	event->riv_generation = v->riv_generation;
	event->policy_generation = v->policy->generation;
	event->policy_version = rules->version;
	memcpy(event->policy, rules->name.ptr, min_t(size_t, rules->name.len, RIVET_NAME_MAX));
	memcpy(event->set, v->voucher.set, sizeof(event->set));
	event->set_version = v->voucher.set_version;
}

static void fill_inode(struct rivet_event *event, const struct inode *inode)
{
	event->dev = inode->i_sb->s_dev;
	event->ino = inode->i_ino;
	event->fsmagic = inode->i_sb->s_magic;
}

static struct rivet_event *make_event(const struct rivet_request *req,
				      const struct rivet_verdict *v, const char *exe_file)
{
	const char *exe = v->program && v->program->voucher.path ? v->program->voucher.path : "";
	size_t kept = shown_len(v->path, RIVET_EVENT_PATH_MAX);
	size_t riv_len = shown_len(v->voucher.path, RIVET_EVENT_PATH_MAX);
	size_t exe_len = shown_len(exe, RIVET_EVENT_PATH_MAX);
	size_t file_len = shown_len(exe_file, RIVET_EVENT_PATH_MAX);
	size_t detail_len = shown_len(req->detail, RIVET_EVENT_DETAIL_MAX - 1);
	struct rivet_event *event = rivet_event_alloc(kept + riv_len + exe_len + file_len +
						      detail_len);
	size_t at = 0;

	if (!event)
		return NULL;
	fill_decision(event, req, v);
	event->size = v->size;
	event->path_flags = v->path_flags;
	if (req->inode)
		fill_inode(event, req->inode);
	rivet_event_set_actor(event);
	if (v->path[kept])
		event->path_flags |= RIVET_PATH_TRUNCATED;
	event->path_len = append_text(event, &at, v->path, kept);
	event->expected_path_len = append_cut(event, &at, v->voucher.path ?: "", riv_len);
	event->exe_len = append_cut(event, &at, exe, exe_len);
	event->exe_file_len = append_cut(event, &at, exe_file ?: "", file_len);
	event->detail_len = append_cut(event, &at, req->detail ?: "", detail_len);
	return event;
}

static void add_and_fold(u64 key, struct rivet_event *event)
{
	if (event)
		start_fold(key, event);
	add_event(event);
}

/**
 * rivet_report_verdict() - count a verdict and make an event of it, unless it is an ALLOW
 * @request: the request
 * @verdict: the verdict
 *
 * Never waits for a reader.
 *
 * Context: may sleep to allocate.
 */
void rivet_report_verdict(const struct rivet_request *request, const struct rivet_verdict *verdict)
{
	char *buffer;
	u64 key;

	if (verdict->action == RIVET_ACTION_ALLOW)
		return;
	if (rivet_eval_is_refused(verdict))
		rivet_report_count(RIVET_COUNT_DENIALS);
	else
		rivet_report_count(RIVET_COUNT_AUDITED);
	key = hash_verdict(request, verdict);
	if (fold_repeat(key))
		return;
	buffer = __getname();
	add_and_fold(key, make_event(request, verdict, find_exe_file(verdict->program, buffer)));
	if (buffer)
		__putname(buffer);
}

static u64 hash_change(const struct dentry *dentry, const char *detail)
{
	struct {
		u64 words[4];
		char comm[TASK_COMM_LEN];
	} same = {};

	get_random_once(&fold_secret, sizeof(fold_secret));
	same.words[0] = (unsigned long)dentry;
	same.words[1] = d_inode(dentry)->i_ino;
	same.words[2] = from_kuid(&init_user_ns, current_real_cred()->uid);
	same.words[3] = (unsigned long)detail;
	memcpy(same.comm, current->comm, sizeof(same.comm) - 1);
	return siphash(&same, sizeof(same), &fold_secret);
}

/* Without @path the event has the name within the filesystem. */
static struct rivet_event *make_change_event(const struct path *path, const struct dentry *dentry,
					     const char *detail, int error, char *buffer)
{
	const char *name = path ? d_path(path, buffer, PATH_MAX) :
				  dentry_path_raw(dentry, buffer, PATH_MAX);
	struct rivet_event *event;
	size_t len, kept, at = 0;

	if (IS_ERR(name))
		name = "";
	len = strlen(name);
	kept = min_t(size_t, len, RIVET_EVENT_PATH_MAX);
	event = rivet_event_alloc(kept + strlen(detail));
	if (!event)
		return NULL;
	event->kind = RIVET_EVENT_CHANGE;
	event->error = -error;
	event->mode = RIVET_MODE_ENFORCE;
	fill_inode(event, d_inode(dentry));
	event->path_flags = kept < len || !len ? RIVET_PATH_TRUNCATED : 0;
	if (!path)
		event->path_flags |= RIVET_PATH_FOREIGN;
	rivet_event_set_actor(event);
	event->path_len = append_text(event, &at, name, kept);
	event->detail_len = append_text(event, &at, detail, strlen(detail));
	return event;
}

/**
 * rivet_report_change() - report a refused change of a file that is in use as verified
 * @path: the file; NULL if its mount is unknown
 * @dentry: directory entry of the file
 * @detail: reason of the refusal; a static string
 * @error: negative errno that was returned
 *
 * Context: may sleep to allocate.
 */
void rivet_report_change(const struct path *path, const struct dentry *dentry, const char *detail,
			 int error)
{
	u64 key = hash_change(dentry, detail);
	char *buffer;

	rivet_report_count(RIVET_COUNT_WRITERS_REFUSED);
	if (fold_repeat(key))
		return;
	buffer = __getname();
	add_and_fold(key, buffer ? make_change_event(path, dentry, detail, error, buffer) : NULL);
	if (buffer)
		__putname(buffer);
}

/**
 * rivet_report_exit() - stop folding, and add the events of counted repeats
 *
 * Context: may sleep; no task reports any more.
 */
void rivet_report_exit(void)
{
	unsigned int i;
	bool more;

	cancel_delayed_work_sync(&fold_work);
	for (i = 0; i < FOLD_SLOTS; i++)
		end_expired(&folds[i], true, &more);
}
