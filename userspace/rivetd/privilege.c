// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - dropping needless privileges
 *
 * Only CAP_NET_ADMIN is left, which the netlink family requires at every
 * request; no child can have more. The user stays: root without capabilities is
 * merely the owner of the log.
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/securebits.h>

#include "privilege.h"

static void empty_bounding_set(void)
{
	int capability;

	for (capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
		/* EPERM: the service manager has already removed CAP_SETPCAP. */
		if (capability != CAP_NET_ADMIN)
			prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
	}
}

static int keep_one(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	data[CAP_TO_INDEX(CAP_NET_ADMIN)].effective = CAP_TO_MASK(CAP_NET_ADMIN);
	data[CAP_TO_INDEX(CAP_NET_ADMIN)].permitted = CAP_TO_MASK(CAP_NET_ADMIN);
	return syscall(SYS_capset, &header, data);
}

/**
 * privilege_drop() - keep CAP_NET_ADMIN only, for good
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_IO without CAP_NET_ADMIN.
 */
int privilege_drop(struct err *err)
{
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
	      SECBIT_NO_SETUID_FIXUP_LOCKED, 0, 0, 0);
	empty_bounding_set();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return err_set(err, EXIT_OTHER, NULL, "cannot set no_new_privs: %s",
			       strerror(errno));
	if (keep_one())
		return err_set(err, EXIT_IO, "run as root", "cannot keep CAP_NET_ADMIN: %s",
			       strerror(errno));
	return EXIT_OK;
}
