/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the agent's configuration, read by rivetctl too
 */
#ifndef RIVET_CONFIG_H
#define RIVET_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"

#define CONFIG_FILE	"/etc/rivet/rivetd.conf"
#define CONFIG_PATH_MAX	1024
#define CONFIG_NAME_MAX	64

/**
 * struct config - the contents of rivetd.conf
 * @log: file that receives events as JSON lines; empty for none
 * @state: file that stores how far @log has got
 * @pid_file: file that the agent keeps locked
 * @quarantine_list: file that the kernel's quarantine list is saved in; empty for none
 * @evidence: folder of copies of quarantined files; empty for none
 * @evidence_max: bytes that these may have together
 * @remedy: folder of the jobs for rivet-remedy; empty for none
 * @group: members of it may read the log and @status; empty for none
 * @status: file that tells them the module's state; empty for none
 * @metrics: file of metrics, written anew from time to time; empty for none
 * @syslog: events go to the journal or syslog too
 */
struct config {
	char log[CONFIG_PATH_MAX];
	char state[CONFIG_PATH_MAX];
	char pid_file[CONFIG_PATH_MAX];
	char quarantine_list[CONFIG_PATH_MAX];
	char evidence[CONFIG_PATH_MAX];
	uint64_t evidence_max;
	char remedy[CONFIG_PATH_MAX];
	char group[CONFIG_NAME_MAX];
	char status[CONFIG_PATH_MAX];
	char metrics[CONFIG_PATH_MAX];
	bool syslog;
};

void config_default(struct config *config);
int config_read(const char *path, struct config *config, struct err *err);
int config_parse(const char *text, size_t len, const char *path, struct config *config,
		 struct err *err);

#endif /* RIVET_CONFIG_H */
