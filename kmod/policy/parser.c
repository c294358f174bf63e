// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - policies: the text form of rules
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "object/split.h"
#include "policy/condition.h"
#include "policy/parser.h"
#include "policy/respond.h"

#define EXPECTED_LINE	"op= of a rule, DEFAULT or SET"
#define NEEDS_PATH	"path= before action=: op=READ and op=SCRIPT are asked about chosen paths only"
#define NEEDS_EXE	"exe= before action=: op=SCRIPT is about what one interpreter reads"
#define NO_ACTOR	"no uid= and exe= with op=RUNNING: nobody acts, a program is found running"
#define NO_DENY		"op=RUNNING with ALLOW, AUDIT, QUARANTINE or KILL: a program that runs cannot be denied any more"
#define RUNNING_DEFAULT	"ALLOW or AUDIT in the DEFAULT of op=RUNNING: only a rule kills or quarantines"
#define EXPECTED_MAX	"max= and the number of programs that one sweep may kill, 1 to 64"
#define MANY_RESPONDS	"at most 16 rules with respond="
#define NO_WAY_BACK	"SET isolate-uplink= and SET isolate-allow= with respond=, which may isolate the machine: without a device and a peer that are left, nobody can bring what ends it"

/**
 * struct policy_text - state of the parser
 * @lines: the text
 * @out: the policy being filled in
 * @rules: memory for the rules
 * @max: number of rules that fit in @rules
 * @count: number of rules read
 * @responds: those of them with respond=
 * @default_all: the DEFAULT of all ops; line 0 if none has been read
 * @first_use: line of the first rule of each op; 0 if none has been read
 */
struct policy_text {
	struct rivet_policy_lines lines;
	struct rivet_rules *out;
	struct rivet_rule *rules;
	size_t max;
	size_t count;
	u8 responds;
	struct rivet_decision default_all;
	u32 first_use[__RIVET_OP_MAX];
};

static int fail_at(const struct policy_text *text, const char *where, const char *expected)
{
	return rivet_policy_lines_fail(&text->lines, where, expected);
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
	*field = rivet_policy_lines_field(&text->lines);
	return 0;
}

/* Reads a field if it is the next one. @field is then the one behind it. */
static int read_part(struct policy_text *text, struct rivet_slice *field, const char *name,
		     const char *(*read)(struct rivet_rule *rule, struct rivet_slice value),
		     struct rivet_rule *rule)
{
	const char *where = field->ptr, *expected;

	if (!rivet_slice_take_prefix(field, name))
		return 0;
	expected = read(rule, *field);
	if (expected)
		return fail_at(text, where, expected);
	*field = rivet_policy_lines_field(&text->lines);
	return 0;
}

/* Reads respond=, after= and max= behind the action. @field is the one behind them, or empty. */
static int read_response(struct policy_text *text, struct rivet_slice *field,
			 struct rivet_rule *rule)
{
	int ret = read_part(text, field, "respond=", rivet_respond_read, rule);
	const char *expected;

	if (ret || !rule->response)
		return ret;
	ret = read_part(text, field, "after=", rivet_respond_read_after, rule);
	if (!ret)
		ret = read_part(text, field, "max=", rivet_respond_read_max, rule);
	if (ret)
		return ret;
	expected = rivet_respond_check(rule);
	return expected ? fail_at(text, text->lines.start, expected) : 0;
}

/* Reads the fields from op= to action=. @field is the first of them. */
static int read_rule(struct policy_text *text, struct rivet_slice field, struct rivet_rule *rule)
{
	const char *missing;
	u32 seen = 0;
	int key;

	*rule = (struct rivet_rule){ .line = text->lines.number };
	do {
		if (!field.len)
			return fail_at(text, field.ptr, RIVET_CONDITION_ACTIONS ", last on the line");
		key = rivet_condition_read(&text->lines, field, &seen, rule);
		if (key < 0)
			return key;
		if (!(seen & 1U << RIVET_CONDITION_OP))
			return fail_at(text, field.ptr, EXPECTED_LINE);
		field = rivet_policy_lines_field(&text->lines);
	} while (key != RIVET_CONDITION_ACTION);
	missing = check_scope(rule);
	if (missing)
		return fail_at(text, text->lines.start, missing);
	key = read_max(text, &field, rule);
	if (!key)
		key = read_response(text, &field, rule);
	if (key)
		return key;
	return field.len ? fail_at(text, field.ptr, RIVET_POLICY_LINE_END ": action= is last") : 0;
}

static int keep_response(struct policy_text *text, struct rivet_rule *rule)
{
	if (!rule->response)
		return 0;
	if (text->responds == RIVET_RESPONDS_MAX)
		return fail_at(text, text->lines.start, MANY_RESPONDS);
	rule->slot = text->responds++;
	if (!text->out->isolates)
		text->out->isolates = rule->line;
	if (rule->response == RIVET_RESPONSE_PANIC && !text->out->panics)
		text->out->panics = rule->line;
	return 0;
}

static int keep_rule(struct policy_text *text, struct rivet_rule *rule)
{
	int ret = keep_response(text, rule);

	if (ret)
		return ret;
	if (text->count == RIVET_RULES_MAX)
		return fail_at(text, text->lines.start, "at most 4096 rules");
	if (rule->has_fsmagic && !rivet_rules_add_fsmagic(text->out, rule->fsmagic))
		return fail_at(text, text->lines.start, "at most 16 different values of fsmagic=");
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
	struct rivet_slice field = rivet_policy_lines_field(&text->lines);
	struct rivet_rule rule = {};
	u32 seen = 0;
	int key = rivet_condition_read(&text->lines, field, &seen, &rule);

	if (key == RIVET_CONDITION_OP) {
		slot = &text->out->defaults[rule.op];
		field = rivet_policy_lines_field(&text->lines);
		key = rivet_condition_read(&text->lines, field, &seen, &rule);
	}
	if (key < 0)
		return key;
	if (key != RIVET_CONDITION_ACTION)
		return fail_at(text, field.ptr,
			       RIVET_CONDITION_ACTIONS ": a DEFAULT has no conditions");
	if (slot == &text->out->defaults[RIVET_OP_RUNNING] && rule.action > RIVET_ACTION_AUDIT)
		return fail_at(text, text->lines.start, RUNNING_DEFAULT);
	if (slot->line)
		return fail_at(text, text->lines.start, "one DEFAULT for all ops, and one for each op");
	*slot = (struct rivet_decision){ .action = rule.action, .line = text->lines.number };
	return rivet_policy_lines_end(&text->lines, RIVET_POLICY_LINE_END ": action= is last");
}

/* Reads the rest of "SET name=value". */
static int read_setting(struct policy_text *text)
{
	struct rivet_slice field = rivet_policy_lines_field(&text->lines);
	const char *expected;

	if (!rivet_isolation_read(&text->out->isolation, &field, text->lines.number, &expected))
		expected = rivet_policy_settings_read(&text->out->settings, &field,
						      text->lines.number);
	if (expected)
		return fail_at(text, field.ptr, expected);
	return rivet_policy_lines_end(&text->lines, RIVET_POLICY_LINE_END);
}

static int read_line(struct policy_text *text)
{
	struct rivet_slice field = rivet_policy_lines_field(&text->lines);
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

static int read_replaces(struct policy_text *text, struct rivet_slice name)
{
	if (!rivet_name_is_valid(name.ptr, name.len) || rivet_slice_same(name, text->out->name))
		return fail_at(text, name.ptr, "replaces= and the name of another policy");
	text->out->replaces = name;
	return 0;
}

static int read_issued(struct policy_text *text, struct rivet_slice value)
{
	s64 *issued = &text->out->issued;

	if (rivet_parse_time(value.ptr, value.len, issued) || *issued <= 0)
		return fail_at(text, value.ptr, "a time after 1970 began, as 2030-12-31T23:59:59Z");
	return 0;
}

/* Either may be absent. */
static int read_first_line_end(struct policy_text *text)
{
	struct rivet_slice field = rivet_policy_lines_field(&text->lines);
	int ret;

	if (rivet_slice_take_prefix(&field, "replaces=")) {
		ret = read_replaces(text, field);
		if (ret)
			return ret;
		field = rivet_policy_lines_field(&text->lines);
	}
	if (!field.len)
		return 0;
	if (!rivet_slice_take_prefix(&field, "issued="))
		return fail_at(text, field.ptr, "replaces= and the name of another policy, or issued= and a time");
	ret = read_issued(text, field);
	return ret ?: rivet_policy_lines_end(&text->lines, RIVET_POLICY_LINE_END);
}

/* Reads "policy_name=NAME policy_version=X.Y.Z [replaces=NAME] [issued=TIME]". */
static int read_first_line(struct policy_text *text)
{
	struct rivet_rules *out = text->out;
	struct rivet_slice field = text->lines.line;

	if (!rivet_slice_take_prefix(&field, "policy_name="))
		return fail_at(text, text->lines.start, "policy_name=NAME policy_version=X.Y.Z");
	field = rivet_policy_lines_field(&text->lines);
	rivet_slice_take_prefix(&field, "policy_name=");
	if (!rivet_name_is_valid(field.ptr, field.len))
		return fail_at(text, field.ptr, "a name: 1 to 64 of A-Z a-z 0-9 . _ -");
	out->name = field;

	field = rivet_policy_lines_field(&text->lines);
	if (!rivet_slice_take_prefix(&field, "policy_version=") ||
	    rivet_parse_version3(field.ptr, field.len, &out->version))
		return fail_at(text, field.ptr,
			       "policy_version=X.Y.Z with numbers from 0 to 65535");

	return read_first_line_end(text);
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
			return rivet_parse_fail(text->lines.err, text->first_use[op], 0,
						"a DEFAULT for the op of this rule somewhere");
	}
	return 0;
}

/* A rule that isolates needs something that is left. */
static int settle_isolation(struct policy_text *text)
{
	const struct rivet_isolation *isolation = &text->out->isolation;

	if (text->out->isolates && (!isolation->uplink_count || !isolation->peer_count))
		return rivet_parse_fail(text->lines.err, text->out->isolates, 0, NO_WAY_BACK);
	return 0;
}

static int read_lines(struct policy_text *text)
{
	int ret = rivet_policy_lines_next(&text->lines);

	if (!ret)
		ret = rivet_parse_fail(text->lines.err, 1, 1, "policy_name=NAME policy_version=X.Y.Z");
	if (ret > 0)
		ret = read_first_line(text);
	while (!ret) {
		ret = rivet_policy_lines_next(&text->lines);
		if (ret <= 0)
			break;
		ret = read_line(text);
	}
	if (!ret)
		ret = settle_defaults(text);
	return ret ? ret : settle_isolation(text);
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
		.lines = { .rest = { .ptr = text, .len = len }, .err = err },
		.out = out,
		.rules = rules,
		.max = max,
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
