// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/essential: the files needed to repair a machine
 *
 * Sets expire, and clocks go wrong: a battery fails, a time server lies. Then all files
 * of the sets expire at once, including the tools that set the clock and load a new set.
 * The files that these tools need stay permitted and are reported, unless the policy has
 * a rule of its own for expired files. A signed set lists each of them with that digest,
 * at that path and for that use; only its validity has ended.
 */
#include <linux/dcache.h>
#include <linux/kernel.h>
#include <linux/path.h>
#include <linux/string.h>

#include "decide/essential.h"
#include "riv/lookup.h"

/* Programs checked by the preconditions of enforcement, besides init and its mapped files. */
const struct rivet_essential rivet_essential_needed[__RIVET_ESSENTIAL_MAX] = {
#define RIVET_NEEDED(id, word, ...)	{ word, { __VA_ARGS__ } },
#include "text/needed.def"
};

/* Init, a login with a shell, and programs that set the clock. */
static const struct rivet_essential others[] = {
	{ "init", { "/sbin/init", "/init" } },
	{ "systemd", { "/usr/lib/systemd/systemd", "/lib/systemd/systemd" } },
	{ "systemd-executor", { "/usr/lib/systemd/systemd-executor" } },
	{ "bash", { "/bin/bash", "/usr/bin/bash" } },
	{ "busybox", { "/bin/busybox", "/usr/bin/busybox" } },
	{ "getty", { "/sbin/agetty", "/usr/sbin/agetty" } },
	{ "login", { "/bin/login", "/usr/bin/login" } },
	{ "date", { "/bin/date", "/usr/bin/date" } },
	{ "hwclock", { "/sbin/hwclock", "/usr/sbin/hwclock" } },
	{ "timedatectl", { "/usr/bin/timedatectl" } },
	{ "timedated", { "/usr/lib/systemd/systemd-timedated", "/lib/systemd/systemd-timedated" } },
	{ "timesyncd", { "/usr/lib/systemd/systemd-timesyncd", "/lib/systemd/systemd-timesyncd" } },
	{ "chronyd", { "/usr/sbin/chronyd" } },
	{ "chronyc", { "/usr/bin/chronyc" } },
	{ "ntpd", { "/usr/sbin/ntpd" } },
	{ "ntpdate", { "/usr/sbin/ntpdate", "/usr/bin/ntpdate", "/usr/sbin/ntpdig" } },
};

/* Directories of distributions for the loader and shared libraries. */
static const char * const library_folders[] = {
	"/lib/", "/lib32/", "/lib64/", "/libx32/", "/usr/lib/", "/usr/lib32/", "/usr/lib64/",
	"/usr/libx32/", "/usr/local/lib/",
};

static bool is_at(const char *name, const struct dentry *dentry)
{
	struct path path;
	bool same;

	if (rivet_lookup_from_init(name, &path))
		return false;
	same = path.dentry == dentry;
	path_put(&path);
	return same;
}

static bool is_one_of(const struct rivet_essential *programs, unsigned int count,
		      const struct dentry *dentry)
{
	unsigned int i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < RIVET_ESSENTIAL_PATHS && programs[i].paths[j]; j++)
			if (is_at(programs[i].paths[j], dentry))
				return true;
	return false;
}

static bool is_library(const char *riv_path)
{
	unsigned int i;

	for (i = 0; riv_path && i < ARRAY_SIZE(library_folders); i++)
		if (str_has_prefix(riv_path, library_folders[i]))
			return true;
	return false;
}

/**
 * rivet_essential_is_agent() - check whether a program is the agent
 * @path: RIV path of the program
 *
 * Context: any.
 * Return: true if the agent is installed at that path.
 */
bool rivet_essential_is_agent(struct rivet_slice path)
{
	const char * const *agent = rivet_essential_needed[RIVET_ESSENTIAL_AGENT].paths;
	unsigned int i;

	for (i = 0; i < RIVET_ESSENTIAL_PATHS && agent[i]; i++)
		if (rivet_slice_equal(path, agent[i]))
			return true;
	return false;
}

/**
 * rivet_essential_spares() - check whether an expired file must stay permitted
 * @op: requested operation
 * @dentry: the file; an expired set lists it at this path and for this use
 * @riv_path: path of the RIV; NULL if the RIV is for any path
 *
 * Context: may sleep; no lock may be held.
 * Return: true for the programs above and for libraries, including the loader.
 */
bool rivet_essential_spares(enum rivet_op op, const struct dentry *dentry, const char *riv_path)
{
	if (op == RIVET_OP_MMAP && is_library(riv_path))
		return true;
	if (op != RIVET_OP_EXECUTE && op != RIVET_OP_MMAP)
		return false;
	return is_one_of(rivet_essential_needed, __RIVET_ESSENTIAL_MAX, dentry) ||
	       is_one_of(others, ARRAY_SIZE(others), dentry);
}
