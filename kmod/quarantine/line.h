/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - quarantine/line: an entry of the quarantine list as a line of text
 *
 *	7 denied live sha256:... 16384 unlisted EXECUTE 0 1764342900 5 3 gw 1.0.0 12 init /opt/x
 *
 * The list is read and given back in this form. The line has no line end here.
 */
#ifndef _RIVET_QUARANTINE_LINE_H
#define _RIVET_QUARANTINE_LINE_H

#include "text/digest.h"
#include "text/names.h"
#include "text/parse.h"
#include "text/path.h"

/* An escaped path, and all else; terminated. */
#define RIVET_QUARANTINE_LINE_MAX	(4 * RIVET_PATH_MAX + 512)

/** enum rivet_quarantine_file - state of the file of an entry */
enum rivet_quarantine_file {
	RIVET_QUARANTINE_LIVE,	/* its inode is in memory, with these bytes */
	RIVET_QUARANTINE_AWAY,	/* unknown: not in memory, or no file was seen */
	RIVET_QUARANTINE_GONE,	/* it was removed */
	__RIVET_QUARANTINE_FILE_MAX,
};

/**
 * struct rivet_quarantined - the contents of an entry
 * @id: number of the entry, from 1
 * @would: made in audit mode, so it refuses nothing
 * @file: state of the file
 * @digest: of the bytes: SHA-256 or fs-verity
 * @size: bytes
 * @reason: why, one of rivet_reason_quarantines()
 * @op: operation that was refused
 * @uid: who asked for it, in the initial user namespace
 * @time: seconds since 1970
 * @riv_generation: of the lookup
 * @policy_generation: of the decision
 * @policy: name of the policy that decided, terminated
 * @policy_version: X << 32 | Y << 16 | Z
 * @rule_line: line of the rule
 * @named: @path is a name that init sees
 * @path: of the file; length 0 if none is known. Raw bytes in the kernel's own entries, escaped
 *	in the result of rivet_quarantine_line_parse()
 */
struct rivet_quarantined {
	u64 id;
	bool would;
	enum rivet_quarantine_file file;
	struct rivet_digest digest;
	u64 size;
	enum rivet_reason reason;
	enum rivet_op op;
	u32 uid;
	u64 time;
	u64 riv_generation;
	u64 policy_generation;
	char policy[RIVET_NAME_MAX + 1];
	u64 policy_version;
	u32 rule_line;
	bool named;
	struct rivet_slice path;
};

const char *rivet_quarantine_file_name(enum rivet_quarantine_file file);
size_t rivet_quarantine_line_format(const struct rivet_quarantined *entry, char *buf, size_t size);
int rivet_quarantine_line_parse(const char *text, size_t len, struct rivet_quarantined *out,
				struct rivet_parse_error *err);
ssize_t rivet_quarantine_line_path(struct rivet_slice escaped, char *buf, size_t size);

#endif /* _RIVET_QUARANTINE_LINE_H */
