// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/reading: the files covered by the rules for reading
 *
 * The path= of a rule is a pattern for names in init's mount namespace, seen from init's
 * root. One file may have several such names. It may also be opened under a name that
 * init does not have: from another root or namespace, through a mount of the opener's
 * own, or by a handle. The search therefore tries three ways:
 *
 * - the name that leads from init's root to the file, if it is opened through a mount of
 *   init's;
 * - the directory that a rule names: init finds a directory there and the file is in it,
 *   independent of the mount through which the file is opened;
 * - init's mounts of the file's filesystem.
 *
 * A rule covers the file if its path= matches one of these names. A container's own file
 * has no name that a rule for the host matches. The exception is a rule with path=/ and
 * two asterisks, which also covers files without a name.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "decide/reading.h"
#include "measure/fstype.h"
#include "measure/measure.h"
#include "policy/active.h"
#include "process/init_mounts.h"
#include "process/program.h"
#include "riv/lookup.h"

#define RENAMES_MAX	1000	/* attempts to read a name before it counts as unknown */

/**
 * struct search - a search for a name of a file that a rule covers
 * @path: the file
 * @root: init's root
 * @rules: rules of the active policy
 * @exe: as in struct rivet_rules_query, of the acting program
 * @exe_revoked: as in struct rivet_rules_query
 * @op: op whose rules are searched
 * @buffer: memory for a name, PATH_MAX bytes
 * @own: result of the first way: 0; -EXDEV if the file is not opened through a mount of
 *	init's; -ESTALE if it has no name at all; -ENAMETOOLONG; -EAGAIN after too many renames
 * @name: the name found, in @buffer
 * @unknown: some name could not be determined
 * @no_memory: some name could not be determined for want of memory
 * @nowhere: the file is in no mount namespace, like a memory file
 * @cached: the directory of the file may be locked, so lookups in such directories must be
 *	served from memory
 */
struct search {
	const struct path *path;
	struct path root;
	const struct rivet_rules *rules;
	struct rivet_slice exe;
	bool exe_revoked;
	enum rivet_op op;
	char *buffer;
	int own;
	const char *name;
	bool unknown;
	bool no_memory;
	bool nowhere;
	bool cached;
};

static struct rivet_slice slice_of(const char *text)
{
	return (struct rivet_slice){ .ptr = text, .len = strlen(text) };
}

/**
 * struct writer - a name that is written from its end
 * @buffer: memory for the name, PATH_MAX bytes
 * @at: first byte written so far
 */
struct writer {
	char *buffer;
	char *at;
};

static struct writer begin_name(char *buffer)
{
	buffer[PATH_MAX - 1] = '\0';
	return (struct writer){ .buffer = buffer, .at = buffer + PATH_MAX - 1 };
}

static int prepend(struct writer *w, const char *text, size_t len)
{
	if (len > w->at - w->buffer)
		return -ENAMETOOLONG;
	w->at -= len;
	memcpy(w->at, text, len);
	return 0;
}

static int prepend_component(struct writer *w, struct dentry *dentry)
{
	struct name_snapshot name;
	int err;

	take_dentry_name_snapshot(&name, dentry);
	err = prepend(w, name.name.name, name.name.len) ?: prepend(w, "/", 1);
	release_dentry_name_snapshot(&name);
	return err;
}

static void go_to_parent(struct path *at)
{
	struct dentry *parent = dget_parent(at->dentry);

	dput(at->dentry);
	at->dentry = parent;
}

/* Writes the names from @at up to @top, and moves @at to @top. */
static int climb(struct writer *w, struct path *at, const struct path *top)
{
	int err = 0;

	while (!err && !path_equal(at, top)) {
		if (at->dentry == at->mnt->mnt_root) {
			err = follow_up(at) ? 0 : -EXDEV;
		} else if (IS_ROOT(at->dentry)) {
			/* The file was moved out of the mounted tree, or opened by a handle. */
			err = at->dentry == at->dentry->d_sb->s_root ? -EXDEV : -ESTALE;
		} else {
			err = prepend_component(w, at->dentry);
			go_to_parent(at);
		}
	}
	return err;
}

/* Like climb(), but within one filesystem and up to the entry @top. */
static int climb_entries(struct writer *w, struct path *at, const struct dentry *top)
{
	int err = 0;

	while (!err && at->dentry != top) {
		if (IS_ROOT(at->dentry))
			return -EXDEV;
		err = prepend_component(w, at->dentry);
		go_to_parent(at);
	}
	return err;
}

/* Writes the file's name below @top, through its mount or only by its entries. */
static int write_name(struct search *s, const struct path *top, bool entries, struct writer *w)
{
	unsigned int tries, seq;
	int err;

	for (tries = 0; tries < RENAMES_MAX; tries++) {
		struct path at = *s->path;

		path_get(&at);
		*w = begin_name(s->buffer);
		seq = read_seqbegin(&rename_lock);
		err = entries ? climb_entries(w, &at, top->dentry) : climb(w, &at, top);
		path_put(&at);
		if (!read_seqretry(&rename_lock, seq))
			return err;
		cond_resched();
	}
	return -EAGAIN;
}

static bool try_own_name(struct search *s)
{
	struct writer w;

	s->own = write_name(s, &s->root, false, &w);
	if (s->own == -EXDEV)
		return false;
	s->unknown |= s->own;
	if (s->own || !rivet_rules_choose(s->rules, s->op, slice_of(w.at), s->exe, s->exe_revoked))
		return false;
	s->name = w.at;
	return true;
}

/* Checks whether a path of init is the file, or a directory that contains it. */
static bool try_place(struct search *s, const struct path *place, const char *name)
{
	struct writer w;
	int err;

	if (place->dentry->d_sb != s->path->dentry->d_sb)
		return false;
	err = write_name(s, place, true, &w);
	if (!err && strcmp(name, "/"))
		err = prepend(&w, name, strlen(name));
	s->unknown |= err && err != -EXDEV;
	if (err || !rivet_rules_choose(s->rules, s->op, slice_of(w.at), s->exe, s->exe_revoked))
		return false;
	s->name = w.at;
	return true;
}

/* Looks up one name in a directory. Follows a link only if its whole way is in memory. */
static int step(const struct path *folder, const char *name, unsigned int flags, struct path *next)
{
	unsigned int cached = d_inode(folder->dentry)->i_op->atomic_open ? LOOKUP_CACHED : 0;
	int err;

	err = vfs_path_lookup(folder->dentry, folder->mnt, name, cached, next);
	if (err || !(flags & LOOKUP_FOLLOW) || !d_is_symlink(next->dentry))
		return err;
	path_put(next);
	return vfs_path_lookup(folder->dentry, folder->mnt, name, LOOKUP_FOLLOW | LOOKUP_CACHED,
			       next);
}

/* Returns -EAGAIN if a lookup would need the lock of a directory, see @cached. */
static int walk(const struct search *s, const char *name, unsigned int flags, struct path *place)
{
	char *copy = kstrdup(name, GFP_KERNEL), *rest = copy, *part;
	struct path next;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	*place = s->root;
	path_get(place);
	while (!err && (part = strsep(&rest, "/"))) {
		if (!*part)
			continue;
		err = step(place, part, rest ? LOOKUP_FOLLOW : flags, &next);
		if (err)
			break;
		path_put(place);
		*place = next;
	}
	if (err)
		path_put(place);
	kfree(copy);
	return err;
}

static int find_place(struct search *s, const char *name, unsigned int flags, struct path *place)
{
	int err = vfs_path_lookup(s->root.dentry, s->root.mnt, name, flags | LOOKUP_CACHED, place);

	if (err == -EAGAIN)
		err = s->cached ? walk(s, name, flags, place) :
				  vfs_path_lookup(s->root.dentry, s->root.mnt, name, flags, place);
	s->no_memory |= err == -ENOMEM;
	s->unknown |= err == -EAGAIN;
	return err;
}

/* Returns the directory that contains all files of a pattern, or its only file verbatim. */
static char *fixed_part(struct rivet_slice pattern, bool *is_folder)
{
	size_t len, end = 0;

	for (len = 0; len < pattern.len && pattern.ptr[len] != '*'; len++)
		if (pattern.ptr[len] == '/')
			end = len;
	*is_folder = len < pattern.len;
	return kstrndup(pattern.ptr, *is_folder ? max_t(size_t, end, 1) : len, GFP_KERNEL);
}

static bool try_rule(struct search *s, const struct rivet_rule *rule)
{
	struct path place;
	bool folder, found;
	char *name;
	int err;

	name = fixed_part(rule->path, &folder);
	if (!name) {
		s->no_memory = true;
		return false;
	}
	err = find_place(s, name, folder ? LOOKUP_FOLLOW : 0, &place);
	found = !err && try_place(s, &place, name);
	if (!err)
		path_put(&place);
	kfree(name);
	return found;
}

static bool try_mount(struct search *s, const struct rivet_init_mount *mount)
{
	struct path place;
	bool found;

	if (mount->dev != s->path->dentry->d_sb->s_dev)
		return false;
	if (find_place(s, mount->path, LOOKUP_FOLLOW, &place))
		return false;
	found = try_place(s, &place, mount->path);
	path_put(&place);
	return found;
}

/*
 * If the file has a name through a mount of init's, and init has only one mount of its
 * filesystem, that is the name which was tried first. Else the paths of the mounts matter.
 */
static struct rivet_init_mounts *get_mounts(const struct search *s)
{
	struct rivet_init_mounts *mounts = rivet_init_mounts_get(&s->root, s->own);
	size_t i, same = 0;

	if (IS_ERR(mounts) || s->own)
		return mounts;
	for (i = 0; i < mounts->count; i++)
		same += mounts->mounts[i].dev == s->path->dentry->d_sb->s_dev;
	rivet_init_mounts_put(mounts);
	return same > 1 ? rivet_init_mounts_get(&s->root, true) : NULL;
}

static bool try_mounts(struct search *s)
{
	struct rivet_init_mounts *mounts = get_mounts(s);
	bool found = false;
	size_t i;

	if (!mounts)
		return false;
	if (mounts == ERR_PTR(-ENOMEM)) {
		s->no_memory = true;
		return false;
	}
	if (IS_ERR(mounts)) {
		/* Without procfs, assume that a file has only its own name. */
		s->unknown |= s->own;
		return false;
	}
	for (i = 0; i < mounts->count && !found; i++)
		found = try_mount(s, &mounts->mounts[i]);
	rivet_init_mounts_put(mounts);
	return found;
}

static bool concerns(const struct search *s, const struct rivet_rule *rule)
{
	return rule->op == s->op && rivet_rules_is_about(rule, s->exe, s->exe_revoked);
}

static bool try_rules(struct search *s, bool *patterns)
{
	size_t i;

	for (i = 0; i < s->rules->count; i++) {
		const struct rivet_rule *rule = &s->rules->rules[i];

		if (!concerns(s, rule))
			continue;
		if (try_rule(s, rule))
			return true;
		*patterns |= !!memchr(rule->path.ptr, '*', rule->path.len);
	}
	return false;
}

static bool has_rules(const struct search *s)
{
	size_t i;

	for (i = 0; i < s->rules->count; i++)
		if (concerns(s, &s->rules->rules[i]))
			return true;
	return false;
}

/* A rule for all paths also covers files for which init has no name. */
static bool is_about_all(const struct search *s)
{
	size_t i;

	for (i = 0; i < s->rules->count; i++) {
		const struct rivet_rule *rule = &s->rules->rules[i];

		if (concerns(s, rule) && rivet_slice_equal(rule->path, "/**"))
			return true;
	}
	return false;
}

/* Memory for a name, and init's root, are needed only if there is a rule to compare with. */
static int prepare(struct search *s)
{
	if (!s->root.dentry)
		rivet_lookup_init_root(&s->root);
	if (!s->buffer)
		s->buffer = __getname();
	return s->buffer ? 0 : -ENOMEM;
}

/* Returns 1 if some rule of the op covers the file, or may cover it, 0 if not, or -ENOMEM. */
static int search_op(struct search *s, enum rivet_op op)
{
	bool patterns = false, found;
	int err;

	s->op = op;
	s->unknown = false;
	if (!has_rules(s))
		return 0;
	if (s->nowhere)
		return is_about_all(s);
	err = prepare(s);
	if (err || !s->root.dentry)
		return err ?: 1;
	found = try_own_name(s) || try_rules(s, &patterns) || (patterns && try_mounts(s));
	/* An earlier rule may cover the file by another name that there was no memory for. */
	if (s->no_memory)
		return -ENOMEM;
	return found || s->unknown || (s->own && is_about_all(s));
}

/**
 * rivet_reading_choose() - check whether some rule covers the reading of a file
 * @file: file that is being opened
 * @exe: RIV path of the program that would read; NULL for the acting program
 * @out: filled in with the match, for rivet_reading_free(); it holds memory only if the
 *	result is 1
 *
 * Without memory there is no answer, neither for SCRIPT nor for READ: the rules of the one
 * may permit a file that those of the other refuse.
 *
 * Context: may sleep; no lock may be held, except that of the file's directory if
 * rivet_fstype_opens_in_folder().
 * Return: 1 if some rule covers the file, or if its names cannot be determined; 0 if none
 * does; -ENOMEM.
 */
int rivet_reading_choose(struct file *file, const char *exe, struct rivet_reading *out)
{
	struct rivet_policy *policy = rivet_policy_get();
	struct search s = { .path = rivet_file_path(file), .rules = &policy->rules };
	struct rivet_program *program = rivet_program_get(&s.exe_revoked);
	const struct cred *old = override_creds(rivet_measure_cred);
	int found;

	s.exe = exe ? slice_of(exe) : rivet_program_path(program);
	s.nowhere = s.path->dentry->d_sb->s_flags & (SB_KERNMOUNT | SB_NOUSER);
	s.cached = rivet_fstype_opens_in_folder(file);
	/* SCRIPT depends on the reading program and takes precedence over READ. */
	found = search_op(&s, RIVET_OP_SCRIPT) ?: search_op(&s, RIVET_OP_READ);
	revert_creds(old);
	rivet_policy_put(policy);
	rivet_program_put(program);
	path_put(&s.root);
	*out = (struct rivet_reading){ .op = s.op, .name = s.name, .buffer = s.buffer };
	if (found <= 0)
		rivet_reading_free(out);
	return found;
}

/**
 * rivet_reading_free() - free the memory of a match
 * @reading: match filled in by rivet_reading_choose(), in any case; may be freed twice
 *
 * Context: may sleep.
 */
void rivet_reading_free(struct rivet_reading *reading)
{
	if (reading->buffer)
		__putname(reading->buffer);
	*reading = (struct rivet_reading){ .op = reading->op };
}
