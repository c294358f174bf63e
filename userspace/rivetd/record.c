// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the record of a piece of evidence
 *
 * The entry of the quarantine list, and the attributes of the file, as far as the agent may read
 * it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "lib/base/json.h"
#include "lib/base/text.h"
#include "lib/event/quarantine.h"
#include "lib/manifest/manifest.h"
#include "record.h"

#define NAMES_MAX	1024	/* bytes of the names of extended attributes */
#define VALUE_MAX	1024	/* bytes of the value of one */
#define VALUES_MAX	4096	/* bytes of all values together */

/* @left: bytes that values may still have; one that has more is left out. */
static void add_attribute(struct json *json, int file, const char *name, ssize_t *left)
{
	char value[VALUE_MAX], hex[2 * VALUE_MAX + 1] = "";
	ssize_t len = fgetxattr(file, name, value, sizeof(value)), i;

	if (len > *left)
		len = -1;
	else if (len > 0)
		*left -= len;
	json_object(json, NULL);
	json_bytes(json, "name", name, strlen(name));
	for (i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)value[i]);
	if (len >= 0)
		json_text(json, "value_hex", hex);
	else
		json_null(json, "value_hex");
	json_close(json);
}

static void add_attributes(struct json *json, int file)
{
	char names[NAMES_MAX];
	ssize_t len = flistxattr(file, names, sizeof(names)), left = VALUES_MAX;
	const char *name;

	if (len < 0) {
		json_null(json, "attributes");
		return;
	}
	json_array(json, "attributes");
	for (name = names; name < names + len; name += strlen(name) + 1)
		add_attribute(json, file, name, &left);
	json_close(json);
}

static void add_time(struct json *json, const char *key, time_t time)
{
	char text[32];

	manifest_time(time, text);
	json_text(json, key, text);
}

static void add_inode(struct json *json, int file, const struct stat *st)
{
	char mode[8], dev[24];

	snprintf(mode, sizeof(mode), "%04o", st->st_mode & 07777);
	snprintf(dev, sizeof(dev), "%u:%u", major(st->st_dev), minor(st->st_dev));
	json_object(json, "inode");
	json_u64(json, "size", st->st_size);
	json_u64(json, "uid", st->st_uid);
	json_u64(json, "gid", st->st_gid);
	json_text(json, "mode", mode);
	json_u64(json, "links", st->st_nlink);
	json_text(json, "dev", dev);
	json_u64(json, "ino", st->st_ino);
	add_time(json, "modified", st->st_mtime);
	add_time(json, "changed", st->st_ctime);
	add_attributes(json, file);
	json_close(json);
}

/**
 * record_make() - write the record about a file
 * @entry: the entry of the quarantine list
 * @file: descriptor of the file
 * @st: its attributes
 * @len: set to the length in bytes
 *
 * Return: the text, a JSON object and a line end, for free(); NULL without memory.
 */
char *record_make(const struct rivet_quarantined *entry, int file, const struct stat *st,
		  size_t *len)
{
	char host[TEXT_HOST_MAX], *text = NULL;
	FILE *out = open_memstream(&text, len);
	struct json json;

	if (!out)
		return NULL;
	text_host(host);
	json_begin(&json, out, "rivet.evidence/1");
	json_text(&json, "host", host);
	json_object(&json, "entry");
	quarantine_json(&json, entry);
	json_close(&json);
	add_inode(&json, file, st);
	json_end(&json);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}
