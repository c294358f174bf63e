// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - riv/lookup: which RIVs vouch for a measured file at its path
 *
 * The path of a RIV is a name in init's mount namespace, seen from init's
 * root. A file is at that path if looking the path up from there arrives at the
 * file's own directory entry. So a process in a chroot or in a mount namespace of its
 * own cannot rename its way to that path, and a hard link elsewhere does not pass.
 */
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "riv/index.h"
#include "riv/lookup.h"

#define CANDIDATES_MAX	16	/* RIVs with the digest and last name that are tried at a time */

static atomic64_t last_serial = ATOMIC64_INIT(0);	/* of a lookup */

/**
 * struct candidate - a RIV that vouches for the file if its path is the file's
 * @by: the RIV
 * @valid_until: expiry of its set
 * @expired: its set has expired: it would vouch, except for the time
 */
struct candidate {
	struct rivet_voucher by;
	s64 valid_until;
	bool expired;
};

/**
 * struct gathering - the RIVs with one digest
 *
 * The RIVs bound to a path are copied and tried in pieces, because looking a path up may
 * sleep, and walking the index may not.
 *
 * @cursor: the last RIV looked at
 * @generation: generation of the RIVs when the walk began; @cursor is valid as long as it holds
 * @more: there may be RIVs after @cursor
 * @count: number of @candidates
 * @any: a RIV for any path, or any RIV if paths do not matter, without its path. Empty set
 *	name if none
 * @expired: a RIV that would vouch for the use, except for the time. Empty set name if none
 * @elsewhere: the first RIV that names the digest for another name
 * @wrong_use: an expired RIV has the path, but not the use
 * @revoked: a RIV whose signer is revoked, without its path. Empty set name if none
 * @no_memory: a copy failed
 * @candidates: RIVs bound to a path, one piece of them; not filled in from @count on
 */
struct gathering {
	struct rivet_riv_cursor cursor;
	u64 generation;
	bool more;
	unsigned int count;
	struct candidate any;
	struct candidate expired;
	struct candidate elsewhere;
	bool wrong_use;
	struct candidate revoked;
	bool no_memory;
	struct candidate candidates[CANDIDATES_MAX];
};

/**
 * rivet_lookup_init_root() - take init's root
 * @root: the root, referenced
 *
 * Paths mean the names that init sees, not those of a container or chroot.
 *
 * Context: any but interrupts.
 * Return: true; false if there is none.
 */
bool rivet_lookup_init_root(struct path *root)
{
	struct task_struct *init;
	bool found = false;

	rcu_read_lock();
	init = pid_task(find_pid_ns(1, &init_pid_ns), PIDTYPE_PID);
	if (init)
		get_task_struct(init);
	rcu_read_unlock();
	if (!init)
		return false;
	task_lock(init);
	if (init->fs) {
		get_fs_root(init->fs, root);
		found = true;
	}
	task_unlock(init);
	put_task_struct(init);
	return found;
}

/* As rivet_lookup_names(). */
static int leads_to(const struct path *root, const char *name, const struct dentry *dentry,
		    bool may_wait)
{
	struct path found;
	bool same;
	int err;

	err = vfs_path_lookup(root->dentry, root->mnt, name, may_wait ? 0 : LOOKUP_CACHED, &found);
	if (err)
		return err == -ENOMEM ? err : 0;
	same = found.dentry == dentry;
	path_put(&found);
	return same;
}

/*
 * A replaced or removed file still counts as being at its old path, so that an update never
 * refuses a program that is open, mapped or just starting. The caller has compared the last
 * name.
 */
static int led_to(const struct path *root, const char *path, const struct dentry *dentry,
		  bool may_wait)
{
	const char *last = strrchr(path, '/');
	struct dentry *parent;
	char *folder;
	int same;

	folder = kstrndup(path, max_t(size_t, last - path, 1), GFP_KERNEL);
	if (!folder)
		return -ENOMEM;
	parent = dget_parent((struct dentry *)dentry);
	same = leads_to(root, folder, parent, may_wait);
	dput(parent);
	kfree(folder);
	return same;
}

/**
 * rivet_lookup_names() - check whether a path, seen by init, names a directory entry
 * @path: absolute path, whose last name is that of the entry
 * @dentry: the directory entry; if it was replaced or removed, its old place counts
 * @may_wait: false: answer only if the kernel can tell without waiting
 *
 * Context: may sleep, but without @may_wait never on a disk or a directory lock.
 * Return: 1 if it does, 0 if not, -ENOMEM.
 */
int rivet_lookup_names(const char *path, const struct dentry *dentry, bool may_wait)
{
	const struct cred *old;
	struct path root;
	int same;

	if (!rivet_lookup_init_root(&root))
		return 0;
	old = override_creds(rivet_measure_cred);
	same = leads_to(&root, path, dentry, may_wait);
	if (!same && d_unhashed(dentry))
		same = led_to(&root, path, dentry, may_wait);
	revert_creds(old);
	path_put(&root);
	return same;
}

/**
 * rivet_lookup_from_init() - look a path up as init would
 * @name: absolute path; symbolic links are followed
 * @path: the result, referenced
 *
 * Context: may sleep.
 * Return: 0 or an errno of path lookup.
 */
int rivet_lookup_from_init(const char *name, struct path *path)
{
	struct path root;
	int err;

	if (!rivet_lookup_init_root(&root))
		return -ENOENT;
	err = vfs_path_lookup(root.dentry, root.mnt, name, LOOKUP_FOLLOW, path);
	path_put(&root);
	return err;
}

/* Of two expiries, of which 0 is never. */
static s64 get_earlier(s64 a, s64 b)
{
	return a && b ? min(a, b) : a ?: b;
}

/* Copies a RIV, without its path. */
static void copy_candidate(struct candidate *to, const struct rivet_riv_cursor *c)
{
	to->by = (struct rivet_voucher){
		.set_version = c->set->version,
		.signer = c->set->signer,
		.uses = c->riv->uses,
	};
	strscpy(to->by.set, c->set->name, sizeof(to->by.set));
	to->valid_until = c->set->valid_until;
	to->expired = rivet_clock_is_past(c->set->valid_until);
}

static bool same_last_name(const char *path, const struct qstr *name)
{
	const char *last = strrchr(path, '/');

	return last && strlen(last + 1) == name->len && !memcmp(last + 1, name->name, name->len);
}

static void copy_with_path(struct gathering *g, struct candidate *to,
			   const struct rivet_riv_cursor *c, const char *path)
{
	copy_candidate(to, c);
	to->by.path = kstrdup(path, GFP_ATOMIC);
	if (!to->by.path)
		g->no_memory = true;
}

/*
 * Adds a RIV whose path does not matter. The first that allows the use vouches. The result
 * holds until the first of them expires, since its uses may then be missing.
 */
static void gather_any(struct gathering *g, const struct rivet_riv_cursor *c, u32 uses)
{
	struct candidate *any = &g->any;
	const u32 others = any->by.uses;
	const s64 until = any->valid_until;

	if (rivet_clock_is_past(c->set->valid_until)) {
		g->wrong_use |= !(c->riv->uses & uses);
		if ((c->riv->uses & uses) && !g->expired.by.set[0])
			copy_candidate(&g->expired, c);
		return;
	}
	if (!any->by.set[0] || (!(others & uses) && (c->riv->uses & uses)))
		copy_candidate(any, c);
	any->by.uses = others | c->riv->uses;
	any->valid_until = get_earlier(until, c->set->valid_until);
}

static void gather_one(struct gathering *g, const struct rivet_riv_cursor *c,
		       const struct qstr *name, u32 uses)
{
	const char *path = rivet_riv_set_path(c->set, c->riv);

	if (c->revoked)
		copy_candidate(&g->revoked, c);
	else if (!path || !name)
		gather_any(g, c, uses);
	else if (same_last_name(path, name))
		copy_with_path(g, &g->candidates[g->count++], c, path);
	else if (!g->elsewhere.by.path)
		copy_with_path(g, &g->elsewhere, c, path);
}

/* Gathers until a piece is full or the end is reached. Returns 0, -ENOMEM or -EAGAIN. */
static int gather(struct gathering *g, const struct rivet_digest *digest,
		  const struct dentry *dentry, u32 uses)
{
	struct name_snapshot name;
	bool more = false;
	int err = 0;

	if (dentry)
		take_dentry_name_snapshot(&name, (struct dentry *)dentry);
	rcu_read_lock();
	if (!g->more)
		more = rivet_riv_first(&g->cursor, digest);
	else if (rivet_riv_generation() == g->generation)
		more = rivet_riv_next(&g->cursor);
	else
		err = -EAGAIN;
	while (more) {
		gather_one(g, &g->cursor, dentry ? &name.name : NULL, uses);
		if (g->count == CANDIDATES_MAX)
			break;
		more = rivet_riv_next(&g->cursor);
	}
	rcu_read_unlock();
	if (dentry)
		release_dentry_name_snapshot(&name);
	g->more = more;
	return g->no_memory ? -ENOMEM : err;
}

static void put_candidates(struct gathering *g)
{
	while (g->count)
		rivet_voucher_put(&g->candidates[--g->count].by);
}

static void free_gathering(struct gathering *g)
{
	put_candidates(g);
	rivet_voucher_put(&g->elsewhere.by);
	rivet_voucher_put(&g->expired.by);
	kfree(g);
}

/* Keeps one RIV of a piece that did not vouch, in case none does. */
static void end_piece(struct gathering *g)
{
	if (g->count && !g->elsewhere.by.path) {
		g->elsewhere = g->candidates[0];
		g->candidates[0].by.path = NULL;
	}
	put_candidates(g);
}

static void move_voucher(struct rivet_finding *out, struct candidate *from)
{
	rivet_voucher_put(&out->voucher);
	out->voucher = from->by;
	from->by.path = NULL;
}

/* A RIV vouches: add its uses; the first RIV that allows the use gives its name. */
static void add_voucher(struct rivet_finding *out, struct candidate *from, u32 uses)
{
	struct rivet_lookup *keep = &out->keep;

	keep->uses |= from->by.uses;
	keep->valid_until = get_earlier(keep->valid_until, from->valid_until);
	if (out->reason == RIVET_REASON_MATCH)
		return;
	out->reason = from->by.uses & uses ? RIVET_REASON_MATCH : RIVET_REASON_WRONG_USE;
	move_voucher(out, from);
}

/* It is not known yet whether another RIV vouches. */
static void take_expired(struct gathering *g, struct candidate *c, u32 uses)
{
	g->wrong_use |= !(c->by.uses & uses);
	if (!(c->by.uses & uses) || g->expired.by.set[0])
		return;
	g->expired = *c;
	c->by.path = NULL;
}

static int try_candidates(struct gathering *g, const struct dentry *dentry, u32 uses,
			  bool may_wait, struct rivet_finding *out)
{
	unsigned int i;

	for (i = 0; i < g->count; i++) {
		struct candidate *c = &g->candidates[i];
		int named = rivet_lookup_names(c->by.path, dentry, may_wait);

		if (named < 0)
			return named;
		if (!named)
			continue;
		if (c->expired) {
			take_expired(g, c, uses);
			continue;
		}
		out->keep.dentry = dentry;
		out->keep.parent = READ_ONCE(dentry->d_parent);
		out->keep.hash_len = READ_ONCE(dentry->d_name.hash_len);
		add_voucher(out, c, uses);
	}
	return 0;
}

static void settle_without_match(struct gathering *g, struct rivet_finding *out)
{
	if (g->revoked.by.set[0]) {
		out->reason = RIVET_REASON_REVOKED;
		move_voucher(out, &g->revoked);
	} else if (g->expired.by.set[0]) {
		out->reason = RIVET_REASON_EXPIRED;
		move_voucher(out, &g->expired);
	} else if (g->wrong_use) {
		out->reason = RIVET_REASON_WRONG_USE;
	} else if (g->elsewhere.by.path) {
		out->reason = RIVET_REASON_MOVED;
		move_voucher(out, &g->elsewhere);
	}
}

static int look_up(struct gathering *g, const struct rivet_digest *digest,
		   const struct dentry *dentry, u32 uses, bool may_wait,
		   struct rivet_finding *out)
{
	int err;

	do {
		err = gather(g, digest, dentry, uses);
		if (!err)
			err = try_candidates(g, dentry, uses, may_wait, out);
		end_piece(g);
		if (!err && g->more && fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	} while (!err && g->more);
	if (err)
		return err;
	if (g->any.by.set[0])
		add_voucher(out, &g->any, uses);
	if (out->reason == RIVET_REASON_UNLISTED)
		settle_without_match(g, out);
	if (!(out->keep.uses & uses) && out->reason == RIVET_REASON_MATCH)
		out->reason = RIVET_REASON_WRONG_USE;
	out->voucher.uses = out->keep.uses;
	return 0;
}

/**
 * rivet_lookup_digest() - find the RIVs that vouch for a digest under a name
 * @digest: the measured digest
 * @dentry: the file's directory entry, held by the caller; NULL if paths do not matter
 * @uses: bits of enum rivet_use, any of which suffices
 * @may_wait: as for rivet_lookup_names()
 * @out: the finding, zeroed by this function; the caller puts @out->voucher in any case
 *
 * Examines all RIVs with the digest, regardless of their number.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM or, after a fatal signal, -EINTR, and then there is no result.
 */
int rivet_lookup_digest(const struct rivet_digest *digest, const struct dentry *dentry,
			u32 uses, bool may_wait, struct rivet_finding *out)
{
	struct gathering *g;
	int err;

	memset(out, 0, sizeof(*out));
	do {
		rivet_voucher_put(&out->voucher);
		memset(out, 0, sizeof(*out));
		out->reason = RIVET_REASON_UNLISTED;
		out->keep.serial = atomic64_inc_return(&last_serial);
		out->keep.generation = rivet_riv_generation();
		out->keep.rename_seq = read_seqbegin(&rename_lock);
		if (rivet_riv_is_revoked(digest)) {
			out->reason = RIVET_REASON_REVOKED;
			return 0;
		}
		g = kmalloc(sizeof(*g), GFP_KERNEL);
		if (!g)
			return -ENOMEM;
		memset(g, 0, offsetof(struct gathering, candidates));
		g->generation = out->keep.generation;
		err = look_up(g, digest, dentry, uses, may_wait, out);
		free_gathering(g);
	} while (err == -EAGAIN);	/* the RIVs changed in between */
	return err;
}

/**
 * rivet_lookup_path() - check whether a RIV names a path with another digest
 * @path: path in init's namespace
 * @out: an UNLISTED finding, which becomes MISMATCH if so
 *
 * Context: any.
 */
void rivet_lookup_path(const char *path, struct rivet_finding *out)
{
	struct rivet_riv_cursor c;

	rcu_read_lock();
	if (rivet_riv_find_path(&c, path)) {
		out->reason = RIVET_REASON_MISMATCH;
		out->expected.alg = c.riv->alg;
		memcpy(out->expected.bytes, c.riv->bytes, RIVET_DIGEST_SIZE);
		strscpy(out->voucher.set, c.set->name, sizeof(out->voucher.set));
		out->voucher.set_version = c.set->version;
	}
	rcu_read_unlock();
}
