// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - loading the module
 *
 * The module takes the best SHA-256 that the kernel has when it is loaded. The kernel does
 * not look for a faster one while it has any, so the fast ones are asked for first.
 */
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply.h"
#include "lib/kernel/secfs.h"

#define PART "module"

static bool is_there(void)
{
	return !access(SECFS_DIR, F_OK);
}

/* Return: the exit status of modprobe; -1 if it cannot be run. */
static int run_modprobe(char * const argv[])
{
	static const char * const places[] = { "/sbin/modprobe", "/usr/sbin/modprobe" };
	static char * const environment[] = { NULL };
	pid_t pid = -1;
	int status;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (!posix_spawn(&pid, places[i], NULL, NULL, argv, environment))
			break;
		pid = -1;
	}
	if (pid < 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void mount_securityfs(void)
{
	if (!secfs_is_mounted())
		mount("securityfs", SECFS_ROOT, "securityfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		      NULL);
}

static void load(struct apply *a)
{
	static char * const fast[] = { "modprobe", "-q", "-a", "crypto-sha256", NULL };
	static char * const rivet[] = { "modprobe", "rivet", NULL };
	struct err err = { 0 };
	int status;

	run_modprobe(fast);
	status = run_modprobe(rivet);
	if (is_there()) {
		apply_tell(a, APPLY_CHANGED, PART, "loaded");
		return;
	}
	if (status < 0)
		err_set(&err, EXIT_UNREACHABLE, "install kmod",
			"the module is not loaded: modprobe cannot be run");
	else if (status)
		err_set(&err, EXIT_UNREACHABLE, "see why: dmesg | grep rivet:",
			"the module is not loaded: modprobe rivet ended with %d", status);
	else
		err_set(&err, EXIT_UNREACHABLE,
			"mount it: mount -t securityfs securityfs " SECFS_ROOT,
			"the module is loaded, but securityfs is not mounted");
	apply_fault(a, PART, &err);
}

/**
 * apply_module() - load the module, if it is not there
 * @a: the run
 */
void apply_module(struct apply *a)
{
	struct status status;
	struct err unused;

	if (!a->dry_run)
		mount_securityfs();
	if (is_there())
		apply_tell(a, APPLY_KEPT, PART, "loaded");
	else if (a->dry_run)
		apply_tell(a, APPLY_CHANGED, PART, "to be loaded");
	else
		load(a);
	a->loaded = is_there();
	if (!a->loaded || apply_status(&status, &unused))
		return;
	a->enforced_before = status.mode == RIVET_MODE_ENFORCE;
	a->sealed_before = status_has(&status, RIVET_A_STATUS_SEALED);
	/* Then the floors, which are on the disk, need not remember it. */
	a->confirmed = status_has(&status, RIVET_A_STATUS_ANCHORS);
}
