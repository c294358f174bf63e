// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the meaning of an errno of the module: exit status, words, advice
 *
 * The only table of errnos. If the kernel gave its own reason in an event, that
 * reason is shown instead.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "lib/base/text.h"
#include "lib/kernel/nl.h"
#include "lib/kernel/secfs.h"

struct meaning {
	int error;
	enum exit_code code;
	const char *why;
	const char *next;
};

static const struct meaning meanings[] = {
	{ EKEYREJECTED, EXIT_INVALID, "its signature does not verify",
	  "sign the unchanged text again: rivetctl manifest sign, policy sign, unlock sign or "
	  "rejoin sign" },
	{ ENOKEY, EXIT_INVALID, "its signer is not trusted on this machine",
	  "see who is: rivetctl trust list" },
	{ EKEYREVOKED, EXIT_INVALID, "the key was revoked", "see: rivetctl trust list" },
	{ ESTALE, EXIT_INVALID,
	  "something newer was loaded before, or other content under the same version",
	  "raise its version (or make a new unlock or rejoin request) and sign it again" },
	{ EBADMSG, EXIT_INVALID, "it is malformed", "see the reason: dmesg | grep rivet:" },
	{ EINVAL, EXIT_INVALID, "the kernel does not understand it",
	  "see the reason: dmesg | grep rivet:" },
	{ EFBIG, EXIT_INVALID, "it is larger than the kernel takes", "split it" },
	{ ENAMETOOLONG, EXIT_INVALID, "a name in it is too long", NULL },
	{ EACCES, EXIT_DENIED, "denied by the policy", "see: rivetctl why --last" },
	{ EPERM, EXIT_DENIED, "not allowed in this state: it would lower protection, or "
	  "something is missing", "see: rivetctl status; rivetctl doctor" },
	{ ENOSPC, EXIT_OTHER, "a limit of the kernel is reached",
	  "withdraw sets that are not needed: rivetctl manifest list" },
	{ ENOMEM, EXIT_OTHER, "the kernel is out of memory", NULL },
	{ ENOPKG, EXIT_INVALID, "this kernel lacks an algorithm that it uses",
	  "use RSA with SHA-256, which every kernel has" },
};

static const struct meaning unprivileged = {
	EPERM, EXIT_IO, "it needs CAP_MAC_ADMIN in the initial user namespace", "run as root",
};

/**
 * kernel_may_change() - would the kernel obey this process?
 *
 * Return: true if it has CAP_MAC_ADMIN; the user namespace is not checked.
 */
bool kernel_may_change(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &header, data))
		return false;
	return data[CAP_TO_INDEX(CAP_MAC_ADMIN)].effective & CAP_TO_MASK(CAP_MAC_ADMIN);
}

static const struct meaning *find_meaning(int error)
{
	const struct meaning *m;

	if (error == EPERM && !kernel_may_change())
		return &unprivileged;
	for (m = meanings; m < meanings + sizeof(meanings) / sizeof(meanings[0]); m++) {
		if (m->error == error)
			return m;
	}
	return NULL;
}

/**
 * kernel_error() - describe an errno of the module
 * @err: filled
 * @what: the attempt, "cannot load FILE" for instance
 * @detail: the kernel's own reason, NULL if there is none
 * @error: positive errno
 *
 * Return: exit status.
 */
int kernel_error(struct err *err, const char *what, const char *detail, int error)
{
	const struct meaning *m = find_meaning(error);

	if (!m)
		return err_set(err, EXIT_OTHER, NULL, "%s: %s", what,
			       detail ? detail : strerror(error));
	return err_set(err, m->code, m->next, "%s: %s", what, detail ? detail : m->why);
}

/**
 * attempt_begin() - note the last event before asking for a change
 * @attempt: filled
 *
 * Best effort: without netlink only the reasons are missing.
 */
void attempt_begin(struct attempt *attempt)
{
	struct status status;
	struct err unused;
	struct nl nl;

	memset(attempt, 0, sizeof(*attempt));
	if (!nl_open(&nl, &unused) && !nl_status(&nl, &status, &unused)) {
		attempt->since = status.events_last;
		attempt->known = true;
	}
	nl_close(&nl);
}

struct reason {
	struct buffer text;
	bool own;
};

/* The last refusal of a change, preferably one of this process. */
static int take_reason(const struct event *event, void *data)
{
	struct reason *reason = data;
	bool own = event->pid == (uint32_t)getpid();

	if (event->kind == RIVET_EVENT_VERDICT || !event->error || !event->detail.len ||
	    (reason->own && !own))
		return 0;
	buffer_free(&reason->text);
	text_add_bytes(&reason->text, event->detail);
	reason->own = own;
	return 0;
}

/**
 * attempt_fail() - say why the kernel refused a change
 * attempt_fail() - report why the kernel refused a change
 * @attempt: begun before
 * @what: the attempt
 * @error: positive errno of the refusal
 *
 * Return: exit status.
 */
int attempt_fail(const struct attempt *attempt, struct err *err, const char *what, int error)
{
	struct reason reason = { 0 };
	struct err unused;
	struct nl nl;
	int ret;

	if (attempt->known && !nl_open(&nl, &unused)) {
		nl_events(&nl, attempt->since, take_reason, &reason, &unused);
		nl_close(&nl);
	}
	ret = kernel_error(err, what, reason.text.len ? reason.text.data : NULL, error);
	buffer_free(&reason.text);
	return ret;
}
