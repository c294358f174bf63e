// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - policies: the fields of a rule
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "object/manifest.h"
#include "policy/condition.h"

#define EXPECTED_KEYS	"op=, riv=, path=, uid=, exe=, set=, fsmagic= or action="
#define EXPECTED_OP	"op=EXECUTE, MMAP, MPROTECT, ANON_EXEC, KMODULE, FIRMWARE, KEXEC, READ, SCRIPT or RUNNING"
#define EXPECTED_REASON	"MATCH or a reason: unlisted, mismatch, moved, wrong-use, revoked, expired, writable, unmeasured, anonymous, unverifiable, quarantined or io-error"
#define EXPECTED_GLOB	"an absolute path without empty, . and .. components; * stands for any part of a component, ** for any part of the path"
#define EXPECTED_EXE	"the absolute path of one program, without wildcards and empty, . and .. components"

/* The read_*() functions return NULL for a valid value, else a text naming valid ones. */
static const char *read_op(struct rivet_rule *rule, struct rivet_slice value)
{
	int op = rivet_name_op_parse(value.ptr, value.len);

	if (op < 0)
		return EXPECTED_OP;
	rule->op = op;
	return NULL;
}

static const char *read_action(struct rivet_rule *rule, struct rivet_slice value)
{
	int action = rivet_name_action_parse(value.ptr, value.len);

	if (action < 0)
		return RIVET_CONDITION_ACTIONS;
	rule->action = action;
	return NULL;
}

static const char *read_reason(struct rivet_rule *rule, struct rivet_slice value)
{
	int reason = rivet_name_reason_parse(value.ptr, value.len);

	if (reason < 0)
		return EXPECTED_REASON;
	rule->reasons = 1U << reason;
	return NULL;
}

static const char *read_path(struct rivet_rule *rule, struct rivet_slice value)
{
	if (value.len >= RIVET_PATH_MAX || !rivet_path_is_canonical(value))
		return EXPECTED_GLOB;
	rule->path = value;
	return NULL;
}

static const char *read_exe(struct rivet_rule *rule, struct rivet_slice value)
{
	if (value.len >= RIVET_PATH_MAX || !rivet_path_is_canonical(value) ||
	    memchr(value.ptr, '*', value.len))
		return EXPECTED_EXE;
	rule->exe = value;
	return NULL;
}

static const char *read_set(struct rivet_rule *rule, struct rivet_slice value)
{
	if (!rivet_name_is_valid(value.ptr, value.len))
		return "the name of a RIV set: 1 to 64 of A-Z a-z 0-9 . _ -";
	rule->set = value;
	return NULL;
}

static const char *read_uid(struct rivet_rule *rule, struct rivet_slice value)
{
	u64 uid;

	if (rivet_parse_u64(value.ptr, value.len, &uid) || uid > U32_MAX)
		return "a decimal uid up to 4294967295";
	rule->uid = uid;
	rule->has_uid = true;
	return NULL;
}

static int parse_hex_number(struct rivet_slice digits, u64 *out)
{
	u64 value = 0;
	size_t i;

	if (!digits.len || digits.len > 16)
		return -EBADMSG;
	for (i = 0; i < digits.len; i++) {
		unsigned int digit = (u8)digits.ptr[i] - '0';
		unsigned int letter = (u8)(digits.ptr[i] | 0x20) - 'a';

		if (digit > 9 && letter > 5)
			return -EBADMSG;
		value = value << 4 | (digit > 9 ? letter + 10 : digit);
	}
	*out = value;
	return 0;
}

static const char *read_fsmagic(struct rivet_rule *rule, struct rivet_slice value)
{
	int ret;

	if (rivet_slice_take_prefix(&value, "0x"))
		ret = parse_hex_number(value, &rule->fsmagic);
	else
		ret = rivet_parse_u64(value.ptr, value.len, &rule->fsmagic);
	if (ret)
		return "a filesystem's magic number, decimal or in hexadecimal as 0x01021994";
	rule->has_fsmagic = true;
	return NULL;
}

static const char *read_respond(struct rivet_rule *rule, struct rivet_slice value)
{
	return EXPECTED_KEYS ": respond= stands behind action=";
}

/**
 * struct condition - a key of a rule or DEFAULT
 * @key: the key with its '='
 * @read: reads the value; returns NULL, or a text naming the valid values
 */
struct condition {
	const char *key;
	const char *(*read)(struct rivet_rule *rule, struct rivet_slice value);
};

static const struct condition conditions[] = {
	[RIVET_CONDITION_OP] = { "op=", read_op },
	[RIVET_CONDITION_ACTION] = { "action=", read_action },
	{ "riv=", read_reason },
	{ "path=", read_path },
	{ "uid=", read_uid },
	{ "exe=", read_exe },
	{ "set=", read_set },
	{ "fsmagic=", read_fsmagic },
	{ "respond=", read_respond },
};

static_assert(ARRAY_SIZE(conditions) <= 32, "keys are bits of seen");

/* Returns the key of a field, and leaves only the value in @field. */
static int take_key(struct rivet_slice *field)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(conditions); i++)
		if (rivet_slice_take_prefix(field, conditions[i].key))
			return i;
	return -EINVAL;
}

/**
 * rivet_condition_read() - read one field of a rule
 * @lines: the reader, for the place of an error
 * @field: the field: a key and its value
 * @seen: a bit for each key read so far; that of this key must not be set, and is set
 * @rule: gets the value
 *
 * Return: the key: RIVET_CONDITION_OP, RIVET_CONDITION_ACTION or a higher number; -EBADMSG.
 */
int rivet_condition_read(const struct rivet_policy_lines *lines, struct rivet_slice field,
			 u32 *seen, struct rivet_rule *rule)
{
	const char *where = field.ptr, *expected;
	int key = take_key(&field);

	if (key < 0)
		return rivet_policy_lines_fail(lines, where, EXPECTED_KEYS);
	if (*seen & 1U << key)
		return rivet_policy_lines_fail(lines, where, "each key at most once");
	*seen |= 1U << key;
	expected = conditions[key].read(rule, field);
	return expected ? rivet_policy_lines_fail(lines, field.ptr, expected) : key;
}
