// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl doctor - rivet itself: module, trust, policy, RIV sets, agent
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "doctor.h"
#include "expiring.h"
#include "lib/base/config.h"
#include "lib/base/text.h"
#include "lib/kernel/nl.h"
#include "lib/kernel/secfs.h"
#include "lib/manifest/manifest.h"
#include "lib/object/expiry.h"
#include "text/names.h"

/* Without these, nothing is enforced under any policy. */
static const char * const vital_hooks[] = { "bprm_check_security", "mmap_file" };

static bool is_vital(struct rivet_slice hook)
{
	size_t i;

	for (i = 0; i < sizeof(vital_hooks) / sizeof(vital_hooks[0]); i++) {
		if (rivet_slice_equal(hook, vital_hooks[i]))
			return true;
	}
	return false;
}

/* "HOOK STATE WHY..." */
static bool check_hook(struct doctor *d, struct rivet_slice line)
{
	struct rivet_slice hook, state;
	bool vital;

	if (!text_next_word(&line, &hook) || !text_next_word(&line, &state))
		return true;
	vital = is_vital(hook);
	if (rivet_slice_equal(state, "live") ||
	    (!rivet_slice_equal(state, "missing") && !vital))
		return true;
	doctor_find(d, vital ? FINDING_FAIL : FINDING_WARN, "hooks",
		    vital ? "see why: dmesg | grep rivet:" : NULL, "%.*s is %.*s: %.*s",
		    (int)hook.len, hook.ptr, (int)state.len, state.ptr, (int)line.len, line.ptr);
	return false;
}

static void check_coverage(struct doctor *d)
{
	struct buffer text = { 0 };
	struct rivet_slice rest, line;
	struct err err = { 0 };
	bool all = true;

	if (secfs_read("coverage", &text, &err)) {
		doctor_find(d, FINDING_FAIL, "hooks", err.next, "%s", err.text);
	} else {
		rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
		while (text_next_line(&rest, &line))
			all = check_hook(d, line) && all;
		if (all)
			doctor_find(d, FINDING_OK, "hooks", NULL, "all that are needed are attached");
	}
	buffer_free(&text);
}

static void check_trust(struct doctor *d, const struct status *status)
{
	if (!status->signers)
		doctor_find(d, FINDING_FAIL, "trust", "rivetctl trust add SIGNER.pem",
			    "no signer is trusted: nothing signed can be loaded");
	else if (!status_has(status, RIVET_A_STATUS_SEALED))
		doctor_find(d, FINDING_FAIL, "trust", "rivetctl trust seal",
			    "not sealed: root can add signers");
	else
		doctor_find(d, FINDING_OK, "trust", NULL, "sealed, %" PRIu32 " signers, %" PRIu32
			    " CAs", status->signers, status->cas);
}

/* Without them root brings another signer, and all that this one signs, to the next boot. */
static void check_anchors(struct doctor *d, const struct status *status)
{
	if (!status_has(status, RIVET_A_STATUS_ANCHORS))
		doctor_find(d, FINDING_WARN, "anchors",
			    "build the module with the CA: make TRUST=ca.pem; or name it on the kernel command line: rivet.trust=DIGEST, from rivetctl trust list",
			    "no trust anchor is built in: root can change signer and policy at the next boot");
	else if (status_has(status, RIVET_A_STATUS_ANCHORS_BUILT_IN))
		doctor_find(d, FINDING_OK, "anchors", NULL, "%" PRIu32 " certificate%s built into "
			    "the module: have it signed with kernel, initramfs and command line (UKI), or measured",
			    status->anchors, status->anchors == 1 ? " is" : "s are");
	else if (!status->anchors)
		doctor_find(d, FINDING_FAIL, "anchors", "see why: dmesg | grep rivet:",
			    "rivet.trust= on the kernel command line means nothing: no certificate is admitted");
	else
		doctor_find(d, FINDING_OK, "anchors", NULL, "the kernel command line names %" PRIu32
			    " certificate%s: have it signed with the kernel (UKI), or measured",
			    status->anchors, status->anchors == 1 ? "" : "s");
}

static void check_policy(struct doctor *d, const struct status *status)
{
	uint32_t must = 1U << RIVET_OP_EXECUTE | 1U << RIVET_OP_MMAP;

	if (!status_has(status, RIVET_A_STATUS_POLICY_LOADED))
		doctor_find(d, FINDING_FAIL, "policy", "rivetctl policy load FILE.signed",
			    "none is loaded");
	else if ((status->policy_denies & must) != must)
		doctor_find(d, FINDING_FAIL, "policy", "rivetctl policy show",
			    "policy %s %s never denies EXECUTE or never denies MMAP",
			    status->policy, status->policy_version);
	else
		doctor_find(d, FINDING_OK, "policy", NULL, "%s %s", status->policy,
			    status->policy_version);
}

static void check_sets(struct doctor *d, const struct status *status)
{
	if (!status->riv_sets)
		doctor_find(d, FINDING_FAIL, "riv-sets", "rivetctl manifest load FILE.signed",
			    "none is loaded");
	else if (status->riv_expired)
		doctor_find(d, FINDING_WARN, "riv-sets", "rivetctl manifest list",
			    "%" PRIu32 " of %" PRIu32 " are expired", status->riv_expired,
			    status->riv_sets);
	else
		doctor_find(d, FINDING_OK, "riv-sets", NULL, "%" PRIu32 " with %" PRIu64 " values",
			    status->riv_sets, status->riv_values);
}

/* Reports the effect of the day when everything loaded has expired, or seems to have. */
static void check_survival(struct doctor *d, const struct expiring *expiring)
{
	if (!expiring->all || expiring->is_survivable)
		return;
	doctor_find(d, FINDING_WARN, "expiry", expiring_next,
		    "every set expires: then, or with a clock that is ahead, only programs that set the clock and "
		    "load sets still start, because no rule permits expired files");
}

static void check_expiry(struct doctor *d)
{
	struct buffer text = { 0 };
	struct expiring expiring;
	struct err unused;
	bool soon;

	if (expiring_find(&expiring, &unused) || !expiring.sets)
		return;
	if (expiring.first) {
		expiry_text(expiring.first, time(NULL), &text);
		soon = expiry_is_soon(expiring.first, time(NULL));
		doctor_find(d, soon ? FINDING_WARN : FINDING_OK, "expiry", soon ?
			    "load a newer version of it: rivetctl manifest load FILE.signed" : NULL,
			    "set %s %s", expiring.name, text.data ? text.data : "");
	}
	check_survival(d, &expiring);
	buffer_free(&text);
}

static void check_mode(struct doctor *d, const struct status *status)
{
	struct buffer sentence = { 0 };
	const char *next = "rivetctl mode enforce --confirm-within 5m";

	status_sentence(status, &sentence);
	if (status_is_enforcing(status))
		next = status_has(status, RIVET_A_STATUS_CONFIRM_LEFT) ? "rivetctl mode confirm" :
			NULL;
	doctor_find(d, next ? FINDING_WARN : FINDING_OK, "mode", next, "%s",
		    sentence.data ? sentence.data : "out of memory");
	buffer_free(&sentence);
}

/* Trust, policy and sets have findings of their own, with a command each. */
static bool is_said_elsewhere(struct rivet_slice line)
{
	return rivet_slice_take_prefix(&line, "trust:") || rivet_slice_take_prefix(&line, "riv:") ||
	       rivet_slice_take_prefix(&line, "policy");
}

static void check_precondition(struct doctor *d, struct rivet_slice line)
{
	bool missing = rivet_slice_take_prefix(&line, "missing ");

	if (!missing && !rivet_slice_take_prefix(&line, "ok "))
		return;
	if (!is_said_elsewhere(line))
		doctor_find(d, missing ? FINDING_FAIL : FINDING_OK, "precondition",
			    missing ? "have it listed: rivetctl check PATH" : NULL, "%.*s",
			    (int)line.len, line.ptr);
}

static void check_preconditions(struct doctor *d)
{
	struct buffer text = { 0 };
	struct rivet_slice rest, line;
	struct err err = { 0 };

	if (secfs_read("preconditions", &text, &err)) {
		doctor_find(d, FINDING_FAIL, "precondition", err.next, "%s", err.text);
	} else {
		rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
		while (text_next_line(&rest, &line))
			check_precondition(d, line);
	}
	buffer_free(&text);
}

static void check_isolation(struct doctor *d, const struct status *status)
{
	if (status_has(status, RIVET_A_STATUS_ISOLATED))
		doctor_find(d, FINDING_WARN, "isolation", "rivetctl rejoin request",
			    "the machine is isolated from the network: rivetctl isolation says why");
}

/* The clock may be right again, or wrong again, at any time. */
static void check_clock_floor(struct doctor *d, const struct status *status)
{
	char floor[MANIFEST_TIME_MAX];

	if (status_has(status, RIVET_A_STATUS_CLOCK_BEHIND))
		doctor_find(d, FINDING_FAIL, "clock-floor", "set it: timedatectl set-ntp true",
			    "the clock is wrong: it is before %s, when an object that is loaded was issued; sets expire as if it were that time",
			    manifest_time(status->clock_floor, floor));
}

static void check_faults(struct doctor *d, const struct status *status)
{
	if (status->faults)
		doctor_find(d, FINDING_FAIL, "etc-rivet", "rivetctl apply",
			    "%" PRIu32 " part%s of /etc/rivet %s not in force: a file is damaged or missing",
			    status->faults, status->faults == 1 ? "" : "s",
			    status->faults == 1 ? "is" : "are");
}

static void check_state(struct doctor *d, const struct status *status)
{
	doctor_find(d, FINDING_OK, "module", NULL, "version %s is loaded", status->version);
	check_faults(d, status);
	check_coverage(d);
	check_trust(d, status);
	check_anchors(d, status);
	check_policy(d, status);
	check_sets(d, status);
	check_expiry(d);
	check_clock_floor(d, status);
	check_preconditions(d);
	check_mode(d, status);
	check_isolation(d, status);
}

/**
 * doctor_check_module() - the module and what is loaded into it
 * @d: the run
 */
void doctor_check_module(struct doctor *d)
{
	struct err err = { 0 };
	struct status status;
	struct nl nl;

	if (!nl_open(&nl, &err) && !nl_status(&nl, &status, &err))
		check_state(d, &status);
	else
		doctor_find(d, FINDING_FAIL, "module", err.next, "%s", err.text);
	nl_close(&nl);
}

/* The agent holds a lock on its pid file until it ends. */
static pid_t lock_holder(const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	pid_t pid = -1;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (!fcntl(fd, F_GETLK, &lock))
		pid = lock.l_type == F_UNLCK ? 0 : lock.l_pid;
	close(fd);
	return pid;
}

/**
 * doctor_check_agent() - are events written to a log?
 * @d: the run
 */
void doctor_check_agent(struct doctor *d)
{
	struct err err = { 0 };
	struct config config;
	pid_t pid;

	if (config_read(NULL, &config, &err)) {
		doctor_find(d, FINDING_FAIL, "agent", err.next, "%s", err.text);
		return;
	}
	pid = lock_holder(config.pid_file);
	if (pid > 0)
		doctor_find(d, FINDING_OK, "agent", NULL, "rivetd is process %d, log %s", (int)pid,
			    *config.log ? config.log : "off");
	else
		doctor_find(d, FINDING_WARN, "agent", "systemctl enable --now rivetd",
			    "rivetd does not run: events are only in the kernel, and the oldest get lost");
}
