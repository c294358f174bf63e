// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the agent's configuration, read by rivetctl too
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/config.h"
#include "lib/base/file.h"
#include "lib/base/keyed.h"

#define CONFIG_SIZE_MAX	(64 * 1024)
#define MIB		(1024 * 1024)
#define EVIDENCE_MIB	256
#define EVIDENCE_MIB_MAX	(1024 * 1024)

/**
 * config_default() - the configuration without a file
 * @config: filled
 */
void config_default(struct config *config)
{
	memset(config, 0, sizeof(*config));
	strcpy(config->log, "/var/log/rivet/events.jsonl");
	strcpy(config->state, "/var/lib/rivet/last");
	strcpy(config->pid_file, "/run/rivet/rivetd.pid");
	strcpy(config->quarantine_list, "/var/lib/rivet/quarantine.list");
	strcpy(config->group, "rivet");
	strcpy(config->status, "/run/rivet/status");
	strcpy(config->evidence, "/var/lib/rivet/quarantine");
	config->evidence_max = (uint64_t)EVIDENCE_MIB * MIB;
	config->syslog = true;
}

static const char *take_path(char to[CONFIG_PATH_MAX], struct rivet_slice value, bool may_be_empty)
{
	if (!value.len && may_be_empty) {
		*to = '\0';
		return NULL;
	}
	if (!value.len || *value.ptr != '/' || value.len >= CONFIG_PATH_MAX ||
	    memchr(value.ptr, '\0', value.len))
		return "an absolute path";
	memcpy(to, value.ptr, value.len);
	to[value.len] = '\0';
	return NULL;
}

static const char *take_group(char to[CONFIG_NAME_MAX], struct rivet_slice value)
{
	if (value.len >= CONFIG_NAME_MAX || memchr(value.ptr, '\0', value.len))
		return "the name of a group";
	memcpy(to, value.ptr, value.len);
	to[value.len] = '\0';
	return NULL;
}

static const char *take_switch(bool *to, struct rivet_slice value)
{
	*to = rivet_slice_equal(value, "yes");
	return *to || rivet_slice_equal(value, "no") ? NULL : "yes or no";
}

static const char *take_mib(uint64_t *to, struct rivet_slice value)
{
	u64 number;

	if (rivet_parse_u64(value.ptr, value.len, &number) || !number || number > EVIDENCE_MIB_MAX)
		return "MiB, from 1 to 1048576";
	*to = number * MIB;
	return NULL;
}

/* Return: NULL, or a description of the expected text. */
static const char *take(struct rivet_slice key, struct rivet_slice value, void *arg)
{
	struct config *config = arg;

	if (rivet_slice_equal(key, "log"))
		return take_path(config->log, value, true);
	if (rivet_slice_equal(key, "state"))
		return take_path(config->state, value, false);
	if (rivet_slice_equal(key, "pid-file"))
		return take_path(config->pid_file, value, false);
	if (rivet_slice_equal(key, "quarantine-list"))
		return take_path(config->quarantine_list, value, true);
	if (rivet_slice_equal(key, "evidence"))
		return take_path(config->evidence, value, true);
	if (rivet_slice_equal(key, "evidence-max"))
		return take_mib(&config->evidence_max, value);
	if (rivet_slice_equal(key, "remedy"))
		return take_path(config->remedy, value, true);
	if (rivet_slice_equal(key, "group"))
		return take_group(config->group, value);
	if (rivet_slice_equal(key, "status"))
		return take_path(config->status, value, true);
	if (rivet_slice_equal(key, "metrics"))
		return take_path(config->metrics, value, true);
	if (rivet_slice_equal(key, "syslog"))
		return take_switch(&config->syslog, value);
	return "log, state, pid-file, quarantine-list, evidence, evidence-max, remedy, group, status, "
	       "metrics or syslog";
}

/**
 * config_parse() - read a configuration
 * @text: the text
 * @len: its length in bytes
 * @path: name of the file for errors
 * @config: updated from the text; undefined on error
 * @err: filled on error
 *
 * Return: EXIT_OK or EXIT_CONFIG.
 */
int config_parse(const char *text, size_t len, const char *path, struct config *config,
		 struct err *err)
{
	const struct rivet_slice all = { .ptr = text, .len = len };

	return keyed_parse(all, path, take, config, err);
}

/**
 * config_read() - read the configuration file
 * @path: the file; NULL for CONFIG_FILE, which may be absent
 * @config: filled
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int config_read(const char *path, struct config *config, struct err *err)
{
	struct buffer text;
	int ret;

	config_default(config);
	if (!path && access(CONFIG_FILE, F_OK) && errno == ENOENT)
		return EXIT_OK;
	if (!path)
		path = CONFIG_FILE;
	ret = file_read(path, CONFIG_SIZE_MAX, &text, err);
	if (!ret)
		ret = config_parse(text.data, text.len, path, config, err);
	buffer_free(&text);
	return ret;
}
