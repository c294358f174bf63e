// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the files of new entries of the quarantine list, which the kernel holds for a while
 *
 * The kernel's file is closed again each time: an open one would keep the module from going.
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
	int ret = store_keep(config->evidence, config->evidence_max, entry, file, &err);

	evidence_name(&entry->digest, name);
	if (!ret)
		journal_say(LOG_NOTICE, "the file of entry %llu of quarantine is kept in %s/%s",
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

static void complain(struct evidence *evidence, int error)
{
	if (evidence->said != error)
		journal_say(LOG_ERR, "no copies of quarantined files are kept: %s: %s",
			    SECFS_DIR "/evidence", error == EPERM ?
			    "the kernel says that this is not a listed agent" : strerror(error));
	evidence->said = error;
}

/**
 * evidence_take() - copy the files that the kernel holds
 * @evidence: the state; nothing is done unless it is due
 * @config: contents of rivetd.conf
 *
 * A failure is reported.
 */
void evidence_take(struct evidence *evidence, const struct config *config)
{
	int kernel;

	if (!evidence->due || !*config->evidence)
		return;
	evidence->due = false;
	kernel = open(SECFS_DIR "/evidence", O_RDONLY | O_CLOEXEC);
	if (kernel < 0) {
		complain(evidence, errno);
		return;
	}
	if (ioctl(kernel, RIVET_EVIDENCE_REGISTER)) {
		complain(evidence, errno);
	} else {
		evidence->said = 0;
		while (take_one(kernel, config))
			;
	}
	close(kernel);
}
