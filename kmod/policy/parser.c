// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - policies: the text form of rules
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "object/manifest.h"
#include "object/split.h"
#include "policy/parser.h"

#define EXPECTED_KEYS	"op=, riv=, path=, uid=, exe=, set=, fsmagic= or action="
#define EXPECTED_OP	"op=EXECUTE, MMAP, MPROTECT, ANON_EXEC, KMODULE, FIRMWARE, KEXEC, READ, SCRIPT or RUNNING"
#define EXPECTED_ACTION	"action=ALLOW, AUDIT, DENY, QUARANTINE or KILL"
#define EXPECTED_REASON	"MATCH or a reason: unlisted, mismatch, moved, wrong-use, revoked, expired, writable, unmeasured, anonymous, unverifiable, quarantined or io-error"
#define EXPECTED_GLOB	"an absolute path without empty, . and .. components; * stands for any part of a component, ** for any part of the path"
#define EXPECTED_EXE	"the absolute path of one program, without wildcards and empty, . and .. components"
#define EXPECTED_END	"the end of the line"
#define EXPECTED_LINE	"op= of a rule, DEFAULT or SET"
#define NEEDS_PATH	"path= before action=: op=READ and op=SCRIPT are asked about chosen paths only"
#define NEEDS_EXE	"exe= before action=: op=SCRIPT is about what one interpreter reads"
#define NO_ACTOR	"no uid= and exe= with op=RUNNING: nobody acts, a program is found running"
#define NO_DENY		"op=RUNNING with ALLOW, AUDIT, QUARANTINE or KILL: a program that runs cannot be denied any more"
#define RUNNING_DEFAULT	"ALLOW or AUDIT in the DEFAULT of op=RUNNING: only a rule kills or quarantines"
#define EXPECTED_MAX	"max= and the number of programs that one sweep may kill, 1 to 64"
#define PAUSE_BYTES	4096	/* read without letting others run */
#define PAUSE_LINES	64	/* the same of short ones */
#define NO_RESPOND	": this version has no respond= yet"

/**
 * struct policy_text - state of the parser
 * @rest: unread text after the current line
 * @line: unread part of the current line
 * @start: first byte of the current line
 * @number: number of the current line
 * @out: the policy being filled in
 * @rules: memory for the rules
 * @max: number of rules that fit in @rules
 * @count: number of rules read
 * @default_all: the DEFAULT of all ops; line 0 if none has been read
 * @first_use: line of the first rule of each op; 0 if none has been read
 * @err: position and reason of an error; may be NULL
 */
struct policy_text {
	struct rivet_slice rest;
	struct rivet_slice line;
	const char *start;
	u32 number;
	struct rivet_rules *out;
	struct rivet_rule *rules;
	size_t max;
	size_t count;
	struct rivet_decision default_all;
	u32 first_use[__RIVET_OP_MAX];
	struct rivet_parse_error *err;
};

static int fail_at(const struct policy_text *text, const char *where, const char *expected)
{
	return rivet_parse_fail(text->err, text->number, where - text->start + 1, expected);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Control characters, including C1 (U+0080 to U+009F), could make a displayed policy
 * differ from its meaning.
 */
static bool is_printable(struct rivet_slice line, size_t pos)
{
	u8 byte = line.ptr[pos];

	if (byte == 0xc2 && pos + 1 < line.len)
		return (u8)line.ptr[pos + 1] >= 0xa0;
	return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

/* Returns at most PAUSE_BYTES from the start of a line, without splitting a character. */
static struct rivet_slice first_piece(struct rivet_slice line)
{
	struct rivet_slice piece = { .ptr = line.ptr,
				     .len = line.len < PAUSE_BYTES ? line.len : PAUSE_BYTES };
	unsigned int i;

	for (i = 0; i < 3 && piece.len < line.len && ((u8)line.ptr[piece.len] & 0xc0) == 0x80; i++)
		piece.len--;
	return piece;
}

static int check_piece(const struct policy_text *text, struct rivet_slice piece)
{
	size_t bad;

	if (!rivet_parse_utf8_valid(piece.ptr, piece.len, &bad))
		return fail_at(text, piece.ptr + bad, "valid UTF-8");
	for (bad = 0; bad < piece.len; bad++)
		if (!is_printable(piece, bad))
			return fail_at(text, piece.ptr + bad, "printable characters");
	return 0;
}

/* Checks that the current line is printable UTF-8. */
static int check_line(const struct policy_text *text)
{
	struct rivet_slice rest = text->line, piece;
	int ret = 0;

	while (!ret && rest.len) {
		piece = first_piece(rest);
		ret = check_piece(text, piece);
		rest.ptr += piece.len;
		rest.len -= piece.len;
		if (rest.len)
			cond_resched();
	}
	return ret;
}

/* Advances to the next line. Returns 1, 0 at the end of the text, or an error. */
static int next_line(struct policy_text *text)
{
	int ret;

	if (!text->rest.len)
		return 0;
	if (!(++text->number % PAUSE_LINES))
		cond_resched();
	text->start = text->rest.ptr;
	if (!rivet_slice_take_until(&text->rest, '\n', &text->line))
		return fail_at(text, text->start + text->rest.len, EXPECTED_END);
	ret = check_line(text);
	return ret ? ret : 1;
}

/* Returns the next field of the line, or an empty one at its end or at a comment. */
static struct rivet_slice next_field(struct policy_text *text)
{
	struct rivet_slice *line = &text->line;
	struct rivet_slice field;

	while (line->len && is_blank(line->ptr[0])) {
		line->ptr++;
		line->len--;
	}
	field = (struct rivet_slice){ .ptr = line->ptr };
	if (line->len && line->ptr[0] == '#')
		return field;
	while (field.len < line->len && !is_blank(line->ptr[field.len]))
		field.len++;
	line->ptr += field.len;
	line->len -= field.len;
	return field;
}

static int expect_end(struct policy_text *text, const char *expected)
{
	struct rivet_slice field = next_field(text);

	return field.len ? fail_at(text, field.ptr, expected) : 0;
}

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
		return EXPECTED_ACTION;
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
	return EXPECTED_KEYS NO_RESPOND;
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

enum {
	KEY_OP,
	KEY_ACTION,
};

static const struct condition conditions[] = {
	[KEY_OP] = { "op=", read_op },
	[KEY_ACTION] = { "action=", read_action },
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

/*
 * Reads one field. The bit of its key must not be set in @seen yet, and is set.
 * Returns the key or an error.
 */
static int read_condition(struct policy_text *text, struct rivet_slice field, u32 *seen,
			  struct rivet_rule *rule)
{
	const char *where = field.ptr, *expected;
	int key = take_key(&field);

	if (key < 0)
		return fail_at(text, where, EXPECTED_KEYS);
	if (*seen & 1U << key)
		return fail_at(text, where, "each key at most once");
	*seen |= 1U << key;
	expected = conditions[key].read(rule, field);
	return expected ? fail_at(text, field.ptr, expected) : key;
}

/* The kernel itself finds programs that run already. They have got past the refusals. */
static const char *check_running(const struct rivet_rule *rule)
{
	if (rule->has_uid || rule->exe.len)
		return NO_ACTOR;
	return rule->action == RIVET_ACTION_DENY ? NO_DENY : NULL;
}

/* Reading is checked only for files that the operator chooses by path=. */
static const char *check_scope(const struct rivet_rule *rule)
{
	if (rule->op == RIVET_OP_RUNNING)
		return check_running(rule);
	if (rule->op != RIVET_OP_READ && rule->op != RIVET_OP_SCRIPT)
		return NULL;
	if (!rule->path.len)
		return NEEDS_PATH;
	return rule->op == RIVET_OP_SCRIPT && !rule->exe.len ? NEEDS_EXE : NULL;
}

/* Reads max= behind action=KILL of op=RUNNING, the only place for it. @field is emptied. */
static int read_max(struct policy_text *text, struct rivet_slice *field, struct rivet_rule *rule)
{
	u64 max;

	if (rule->op != RIVET_OP_RUNNING || rule->action != RIVET_ACTION_KILL)
		return 0;
	rule->max = RIVET_KILL_MAX_DEFAULT;
	if (!rivet_slice_take_prefix(field, "max="))
		return 0;
	if (rivet_parse_u64(field->ptr, field->len, &max) || !max || max > RIVET_KILL_MAX)
		return fail_at(text, field->ptr, EXPECTED_MAX);
	rule->max = max;
	*field = next_field(text);
	return 0;
}

/* Reads the fields from op= to action=. @field is the first of them. */
static int read_rule(struct policy_text *text, struct rivet_slice field, struct rivet_rule *rule)
{
	const char *missing;
	u32 seen = 0;
	int key;

	*rule = (struct rivet_rule){ .line = text->number };
	do {
		if (!field.len)
			return fail_at(text, field.ptr, EXPECTED_ACTION ", last on the line");
		key = read_condition(text, field, &seen, rule);
		if (key < 0)
			return key;
		if (!(seen & 1U << KEY_OP))
			return fail_at(text, field.ptr, EXPECTED_LINE);
		field = next_field(text);
	} while (key != KEY_ACTION);
	missing = check_scope(rule);
	if (missing)
		return fail_at(text, text->start, missing);
	key = read_max(text, &field, rule);
	if (key)
		return key;
	if (rivet_slice_take_prefix(&field, "respond="))
		return fail_at(text, field.ptr, EXPECTED_END NO_RESPOND);
	return field.len ? fail_at(text, field.ptr, EXPECTED_END ": action= is last") : 0;
}

static int keep_rule(struct policy_text *text, const struct rivet_rule *rule)
{
	if (text->count == RIVET_RULES_MAX)
		return fail_at(text, text->start, "at most 4096 rules");
	if (rule->has_fsmagic && !rivet_rules_add_fsmagic(text->out, rule->fsmagic))
		return fail_at(text, text->start, "at most 16 different values of fsmagic=");
	if (!text->first_use[rule->op])
		text->first_use[rule->op] = rule->line;
	if (text->count < text->max)
		text->rules[text->count] = *rule;
	text->count++;
	return 0;
}

/* Reads the rest of "DEFAULT action=A" or "DEFAULT op=OP action=A". */
static int read_default(struct policy_text *text)
{
	struct rivet_decision *slot = &text->default_all;
	struct rivet_slice field = next_field(text);
	struct rivet_rule rule = {};
	u32 seen = 0;
	int key = read_condition(text, field, &seen, &rule);

	if (key == KEY_OP) {
		slot = &text->out->defaults[rule.op];
		field = next_field(text);
		key = read_condition(text, field, &seen, &rule);
	}
	if (key < 0)
		return key;
	if (key != KEY_ACTION)
		return fail_at(text, field.ptr,
			       EXPECTED_ACTION ": a DEFAULT has no conditions");
	if (slot == &text->out->defaults[RIVET_OP_RUNNING] && rule.action > RIVET_ACTION_AUDIT)
		return fail_at(text, text->start, RUNNING_DEFAULT);
	if (slot->line)
		return fail_at(text, text->start, "one DEFAULT for all ops, and one for each op");
	*slot = (struct rivet_decision){ .action = rule.action, .line = text->number };
	return expect_end(text, EXPECTED_END ": action= is last");
}

/* Reads the rest of "SET name=value". */
static int read_setting(struct policy_text *text)
{
	struct rivet_slice field = next_field(text);
	const char *expected;

	expected = rivet_policy_settings_read(&text->out->settings, &field, text->number);
	return expected ? fail_at(text, field.ptr, expected) : expect_end(text, EXPECTED_END);
}

static int read_line(struct policy_text *text)
{
	struct rivet_slice field = next_field(text);
	struct rivet_rule rule;
	int ret;

	if (!field.len)
		return 0;
	if (rivet_slice_equal(field, "DEFAULT"))
		return read_default(text);
	if (rivet_slice_equal(field, "SET"))
		return read_setting(text);
	ret = read_rule(text, field, &rule);
	return ret ? ret : keep_rule(text, &rule);
}

/* Reads "policy_name=NAME policy_version=X.Y.Z [replaces=NAME]". */
static int read_first_line(struct policy_text *text)
{
	struct rivet_rules *out = text->out;
	struct rivet_slice field = text->line;

	if (!rivet_slice_take_prefix(&field, "policy_name="))
		return fail_at(text, text->start, "policy_name=NAME policy_version=X.Y.Z");
	field = next_field(text);
	rivet_slice_take_prefix(&field, "policy_name=");
	if (!rivet_name_is_valid(field.ptr, field.len))
		return fail_at(text, field.ptr, "a name: 1 to 64 of A-Z a-z 0-9 . _ -");
	out->name = field;

	field = next_field(text);
	if (!rivet_slice_take_prefix(&field, "policy_version=") ||
	    rivet_parse_version3(field.ptr, field.len, &out->version))
		return fail_at(text, field.ptr,
			       "policy_version=X.Y.Z with numbers from 0 to 65535");

	field = next_field(text);
	if (!field.len)
		return 0;
	if (!rivet_slice_take_prefix(&field, "replaces=") ||
	    !rivet_name_is_valid(field.ptr, field.len) || rivet_slice_same(field, out->name))
		return fail_at(text, field.ptr, "replaces= and the name of another policy");
	out->replaces = field;
	return expect_end(text, EXPECTED_END);
}

/*
 * Every op that has a rule needs a DEFAULT. The DEFAULT of all ops fills the gaps. It is about
 * requests, so for RUNNING it says nothing: without a DEFAULT of its own that is AUDIT.
 */
static int settle_defaults(struct policy_text *text)
{
	struct rivet_decision *defaults = text->out->defaults;
	int op;

	if (!defaults[RIVET_OP_RUNNING].line)
		defaults[RIVET_OP_RUNNING].action = RIVET_ACTION_AUDIT;
	for (op = 0; op < __RIVET_OP_MAX; op++) {
		if (op == RIVET_OP_RUNNING)
			continue;
		if (!defaults[op].line)
			defaults[op] = text->default_all;
		if (text->first_use[op] && !defaults[op].line)
			return rivet_parse_fail(text->err, text->first_use[op], 0,
						"a DEFAULT for the op of this rule somewhere");
	}
	return 0;
}

static int read_lines(struct policy_text *text)
{
	int ret = next_line(text);

	if (!ret)
		ret = rivet_parse_fail(text->err, 1, 1, "policy_name=NAME policy_version=X.Y.Z");
	if (ret > 0)
		ret = read_first_line(text);
	while (!ret) {
		ret = next_line(text);
		if (ret <= 0)
			break;
		ret = read_line(text);
	}
	return ret ? ret : settle_defaults(text);
}

/**
 * rivet_policy_parse() - parse the text of a policy
 * @text: the whole text, without a signature; the rules will point into it
 * @len: bytes of @text
 * @out: the policy; undefined on error. Has rules and is ready for use only if @max
 *	was large enough
 * @rules: memory for the rules; may be NULL if @max is 0
 * @max: number of rules that fit in @rules
 * @err: position and reason of an error; may be NULL
 *
 * Context: may sleep.
 * Return: number of rules in the text, which may be more than @max; -EBADMSG;
 * or -EFBIG if the text has more than RIVET_POLICY_MAX bytes.
 */
int rivet_policy_parse(const char *text, size_t len, struct rivet_rules *out,
		       struct rivet_rule *rules, size_t max,
		       struct rivet_parse_error *err)
{
	struct policy_text reader = {
		.rest = { .ptr = text, .len = len },
		.out = out,
		.rules = rules,
		.max = max,
		.err = err,
	};
	int ret;

	memset(out, 0, sizeof(*out));
	if (len > RIVET_POLICY_MAX) {
		rivet_parse_fail(err, 0, 0, "a policy of at most 1 MiB");
		return -EFBIG;
	}
	ret = read_lines(&reader);
	if (ret)
		return ret;
	if (reader.count <= max) {
		out->rules = rules;
		out->count = reader.count;
		rivet_rules_compile(out);
	}
	return reader.count;
}
