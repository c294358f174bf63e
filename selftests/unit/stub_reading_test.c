// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of the rules for reading without memory: no answer is given, neither
 * for the op that has rules nor for the one that has none
 */
#include <limits.h>

#define refcount_t		atomic_t
#define SB_KERNMOUNT		1
#define SB_NOUSER		2
#define LOOKUP_FOLLOW		1
#define LOOKUP_CACHED		2
#define __getname()		stub_alloc(PATH_MAX)
#define __putname(at)		kfree(at)
#define override_creds(cred)	(cred)
#define revert_creds(cred)	((void)(cred))
#define read_seqbegin(lock)		0
#define read_seqretry(lock, seq)	((seq) != 0)

struct rcu_head {
	int unused;
};

struct qstr {
	const char *name;
	unsigned int len;
};

struct name_snapshot {
	struct qstr name;
};

struct super_block {
	unsigned long s_flags;
	struct dentry *s_root;
	dev_t s_dev;
};

struct inode_operations {
	void *atomic_open;
};

struct inode {
	const struct inode_operations *i_op;
};

struct dentry {
	struct qstr d_name;
	struct dentry *d_parent;
	struct super_block *d_sb;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
};

struct cred {
	int unused;
};

static const struct cred *rivet_measure_cred;
static const struct inode_operations operations;
static struct inode inode = { &operations };

#define rivet_file_path(file)	(&(file)->f_path)
#define IS_ROOT(dentry)			((dentry) == (dentry)->d_parent)
#define dget_parent(dentry)		((dentry)->d_parent)
#define dput(dentry)			((void)(dentry))
#define d_inode(dentry)			((void)(dentry), &inode)
#define d_is_symlink(dentry)		((void)(dentry), false)
#define path_equal(a, b)		((a)->mnt == (b)->mnt && (a)->dentry == (b)->dentry)
#define path_get(path)			(references++)
#define path_put(path)			(references -= (path)->dentry ? 1 : 0)
#define follow_up(path)			false
#define take_dentry_name_snapshot(snapshot, dentry)	((snapshot)->name = (dentry)->d_name)
#define release_dentry_name_snapshot(snapshot)		((void)(snapshot))

static int references;

static char *kstrndup(const char *text, size_t len, int flags)
{
	char *at = stub_alloc(len + 1);

	return at ? memcpy(at, text, len) : NULL;
}

static char *kstrdup(const char *text, int flags)
{
	return kstrndup(text, strlen(text), flags);
}

static int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt, const char *name,
			   unsigned int flags, struct path *path);

#include "decide/reading.c"

static struct super_block disk;
static struct dentry root = { { "", 0 }, &root, &disk };
static struct dentry opt = { { "opt", 3 }, &root, &disk };
static struct dentry script = { { "script", 6 }, &opt, &disk };
static struct vfsmount inits = { &root }, own = { &root };

/* Knows /opt and /, and needs memory for that */
static int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt, const char *name,
			   unsigned int flags, struct path *path)
{
	void *memory = stub_alloc(1);

	if (!memory)
		return -ENOMEM;
	kfree(memory);
	*path = (struct path){ &inits, strcmp(name, "/opt") ? &root : &opt };
	path_get(path);
	return strcmp(name, "/opt") && strcmp(name, "/") ? -ENOENT : 0;
}

static bool no_root;

bool rivet_lookup_init_root(struct path *path)
{
	if (no_root)
		return false;
	*path = (struct path){ &inits, &root };
	path_get(path);
	return true;
}

bool rivet_fstype_opens_in_folder(const struct file *file)
{
	return false;
}

struct rivet_init_mounts *rivet_init_mounts_get(const struct path *path, bool with_paths)
{
	struct rivet_init_mounts *mounts = stub_alloc(sizeof(*mounts));

	return mounts ?: ERR_PTR(-ENOMEM);
}

void rivet_init_mounts_put(struct rivet_init_mounts *mounts)
{
	kfree(mounts);
}

struct rivet_program *rivet_program_get(bool *revoked)
{
	*revoked = false;
	return NULL;
}

void rivet_program_put(struct rivet_program *program)
{
}

#define WORD(text) { .ptr = text, .len = sizeof(text) - 1 }

static struct rivet_rule for_script = {
	.op = RIVET_OP_SCRIPT, .exe = WORD("/opt/run"), .path = WORD("/opt/**"),
};

static struct rivet_rule for_read = { .op = RIVET_OP_READ, .path = WORD("/opt/**") };
static struct rivet_policy policy;

struct rivet_policy *rivet_policy_get(void)
{
	return &policy;
}

void rivet_policy_put(struct rivet_policy *p)
{
}

static const struct {
	const char *label;
	struct rivet_rule *rule;
	const char *exe;
	struct vfsmount *mount;
	int chosen;
	bool needs_memory;
} cases[] = {
	{ "SCRIPT", &for_script, "/opt/run", &inits, 1, true },
	{ "SCRIPT, in another mount", &for_script, "/opt/run", &own, 1, true },
	{ "SCRIPT, another program", &for_script, "/opt/walk", &own, 0, false },
	{ "READ", &for_read, "/opt/run", &inits, 1, true },
	{ "READ, in another mount", &for_read, "/opt/run", &own, 1, true },
};

static int choose(size_t i, struct rivet_reading *reading)
{
	struct file file = { { cases[i].mount, &script } };
	int ret;

	policy.rules.rules = cases[i].rule;
	policy.rules.count = 1;
	ret = rivet_reading_choose(&file, cases[i].exe, reading);
	unit_eq(references, 0, "%s: references", cases[i].label);
	return ret;
}

static void check(size_t i)
{
	const char *label = cases[i].label;
	struct rivet_reading reading;
	int ret, memory, failures = 0;

	for (memory = 0; ; memory++) {
		stub_memory = memory;
		ret = choose(i, &reading);
		if (ret >= 0)
			break;
		unit_eq(ret, -ENOMEM, "%s: memory for %d", label, memory);
		failures++;
	}
	stub_memory = -1;
	unit_ok(cases[i].needs_memory == !!failures, "%s: needs memory", label);
	unit_eq(ret, cases[i].chosen, "%s: with enough of it", label);
	if (ret > 0) {
		unit_eq(reading.op, cases[i].rule->op, "%s: the op that has the rule", label);
		unit_text(reading.name, "/opt/script", "%s: the name", label);
	}
	rivet_reading_free(&reading);
	rivet_reading_free(&reading);
	no_root = true;
	ret = choose(i, &reading);
	no_root = false;
	unit_eq(ret, cases[i].chosen, "%s: no root of init", label);
	if (ret > 0) {
		unit_eq(reading.op, cases[i].rule->op, "%s: no root: the op", label);
		unit_ok(!reading.name, "%s: no root: no name", label);
	}
	rivet_reading_free(&reading);
}

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check(i);
	return unit_done();
}
