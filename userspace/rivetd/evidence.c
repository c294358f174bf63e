// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the files of new entries of the quarantine list, which the kernel holds for a while
 *
 * The kernel's file is closed again each time: an open one would keep the module from going. One
 * file is copied a turn, since other work is more urgent than a large file on a slow disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <syslog.h>
#include <unistd.h>

#include <uapi/linux/rivet.h>

#include "evidence.h"
#include "journal.h"
#include "lib/event/evidence.h"
#include "lib/kernel/secfs.h"
#include "store.h"

static void keep(const struct config *config, const struct rivet_quarantined *entry, int file)
{
	char name[EVIDENCE_NAME_MAX];
	struct err err = { 0 };
	bool is_other;
	int ret = store_keep(config->evidence, config->evidence_max, entry, file, &is_other, &err);

	evidence_name(&entry->digest, is_other, name);
	if (!ret)
		journal_say(LOG_NOTICE, "the file of entry %llu of quarantine is kept in %s/%s%s",
			    (unsigned long long)entry->id, config->evidence, name,
			    is_other ? ", but has OTHER bytes than those that failed" : "");
	else if (ret == EXIT_NOTHING && is_other)
		journal_say(LOG_ERR, "no copy of the file of entry %llu of quarantine: it has other bytes than those that failed, and %s/%s has such a copy",
			    (unsigned long long)entry->id, config->evidence, name);
	else if (ret != EXIT_NOTHING)
		journal_say(LOG_ERR, "no copy of the file of entry %llu of quarantine: %s",
			    (unsigned long long)entry->id, err.text);
}

/* Return: false if there is no further file. */
static bool take_one(int kernel, const struct config *config)
{
	static char line[RIVET_QUARANTINE_LINE_MAX];
	struct rivet_evidence held = { .line = (uintptr_t)line, .size = sizeof(line) };
	struct rivet_quarantined entry;

	if (ioctl(kernel, RIVET_EVIDENCE_TAKE, &held))
		return false;
	if (rivet_quarantine_line_parse(line, strlen(line), &entry, NULL)) {
		journal_say(LOG_ERR, "the kernel's list has an entry of a form that is not known");
	} else {
		if (held.fd >= 0)
			keep(config, &entry, held.fd);
		else
			journal_say(LOG_ERR, "no copy of the file of entry %llu of quarantine: cannot open it: %s",
				    (unsigned long long)entry.id, strerror(-held.fd));
		ioctl(kernel, RIVET_EVIDENCE_DONE, &entry.id);
	}
	if (held.fd >= 0)
		close(held.fd);
	return true;
}

static void complain(struct evidence *evidence, int error, const char *why)
{
	if (evidence->said != error)
		journal_say(LOG_ERR, "no copies of quarantined files are kept: %s", why);
	evidence->said = error;
}

/* Return: a descriptor of the kernel's file, for the agent; or -1. */
static int open_kernel(struct evidence *evidence)
{
	struct err err = { 0 };
	int kernel = secfs_open("evidence", O_RDONLY, &err), error;
	char why[128];

	if (kernel < 0) {
		complain(evidence, errno, err.text);
		return -1;
	}
	if (!ioctl(kernel, RIVET_EVIDENCE_REGISTER)) {
		evidence->said = 0;
		return kernel;
	}
	error = errno;
	close(kernel);
	snprintf(why, sizeof(why), SECFS_DIR "/evidence: %s", error == EPERM ?
		 "the kernel says that this is not a listed agent" : strerror(error));
	complain(evidence, error, why);
	return -1;
}

/**
 * evidence_connected() - a module is there: be its agent, so that it holds files
 * @evidence: filled
 * @config: contents of rivetd.conf
 *
 * Copies nothing. A failure is reported.
 */
void evidence_connected(struct evidence *evidence, const struct config *config)
{
	int kernel;

	*evidence = (struct evidence){ 0 };
	if (!*config->evidence)
		return;
	kernel = open_kernel(evidence);
	evidence->due = kernel >= 0;
	if (kernel >= 0)
		close(kernel);
}

/**
 * evidence_work() - copy the next file that the kernel holds
 * @evidence: the state; nothing is done unless it is due, and it is due again until there is none
 * @config: contents of rivetd.conf
 *
 * A failure is reported.
 */
void evidence_work(struct evidence *evidence, const struct config *config)
{
	const bool due = evidence->due;
	int kernel;

	evidence->due = false;
	if (!due || !*config->evidence)
		return;
	kernel = open_kernel(evidence);
	if (kernel < 0)
		return;
	evidence->due = take_one(kernel, config);
	close(kernel);
}
