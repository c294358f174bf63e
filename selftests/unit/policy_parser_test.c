// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - policies, tested
 */
#include <linux/limits.h>

#include "object/split.h"
#include "policy/parser.h"
#include "unit.h"

#define FIRST "policy_name=p policy_version=1.0.0\n"
#define ALL FIRST "DEFAULT action=DENY\n"	/* rules after it are on line 3 */

static struct rivet_rule rules[RIVET_RULES_MAX];
static struct rivet_rules policy;

static const struct {
	const char *label;
	struct rivet_slice text;
	int count;
} good_cases[] = {
	{ "no rules", BYTES(FIRST), 0 },
	{ "default alone", BYTES(ALL), 0 },
	{ "replaces", BYTES("policy_name=p policy_version=0.0.0 replaces=q\n"), 0 },
	{ "issued", BYTES("policy_name=p policy_version=0.0.0 issued=2029-01-01T00:00:00Z\n"), 0 },
	{ "replaces and issued", BYTES("policy_name=p policy_version=0.0.0 replaces=q "
				       "issued=2029-01-01T00:00:00Z # x\n"), 0 },
	{ "blanks at the end", BYTES("policy_name=p policy_version=1.0.0 \t\n"), 0 },
	{ "many blanks", BYTES("policy_name=p\t \tpolicy_version=1.0.0\t replaces=q\n"), 0 },
	{ "comment in the first line", BYTES("policy_name=p policy_version=1.0.0 # x\n"), 0 },
	{ "comments and empty lines", BYTES(FIRST "# a\n\n  \t\n  # b\n#\n#=\n"), 0 },
	{ "rule", BYTES(ALL "op=EXECUTE action=ALLOW\n"), 1 },
	{ "rule before its default", BYTES(FIRST "op=EXECUTE action=ALLOW\nDEFAULT action=DENY\n"),
	  1 },
	{ "default of one op", BYTES(FIRST "DEFAULT op=MMAP action=DENY\nop=MMAP action=ALLOW\n"),
	  1 },
	{ "both defaults", BYTES(ALL "DEFAULT op=MMAP action=KILL\nop=EXECUTE action=ALLOW\n"), 1 },
	{ "comment after a rule", BYTES(ALL "op=EXECUTE action=ALLOW # x\n"), 1 },
	{ "comment after a tab", BYTES(ALL "op=EXECUTE action=ALLOW\t#\n"), 1 },
	{ "comment after a default", BYTES(FIRST "DEFAULT action=DENY #x\n"), 0 },
	{ "comment in UTF-8", BYTES(ALL "# \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\n"), 0 },
	{ "comment with U+00A0", BYTES(ALL "#\xc2\xa0\n"), 0 },
	{ "rule with blanks in front", BYTES(ALL " \top=EXECUTE action=ALLOW\n"), 1 },
	{ "all conditions", BYTES(ALL "op=MMAP riv=MATCH path=/a uid=0 exe=/b set=c fsmagic=0x1 "
				  "action=AUDIT\n"), 1 },
	{ "in another order", BYTES(ALL "op=MMAP fsmagic=1 set=c exe=/b uid=0 path=/a riv=match "
				    "action=AUDIT\n"), 1 },
	{ "all ops", BYTES(ALL "op=EXECUTE action=ALLOW\nop=MMAP action=ALLOW\n"
			   "op=MPROTECT action=ALLOW\n"), 3 },
	{ "all actions", BYTES(ALL "op=MMAP action=ALLOW\nop=MMAP action=AUDIT\n"
			       "op=MMAP action=DENY\nop=MMAP action=KILL\n"), 4 },
	{ "all reasons", BYTES(ALL
		"op=MMAP riv=match action=DENY\nop=MMAP riv=unlisted action=DENY\n"
		"op=MMAP riv=mismatch action=DENY\nop=MMAP riv=moved action=DENY\n"
		"op=MMAP riv=wrong-use action=DENY\nop=MMAP riv=revoked action=DENY\n"
		"op=MMAP riv=expired action=DENY\nop=MMAP riv=writable action=DENY\n"
		"op=MMAP riv=unmeasured action=DENY\nop=MMAP riv=anonymous action=DENY\n"
		"op=MMAP riv=unverifiable action=DENY\nop=MMAP riv=io-error action=DENY\n"), 12 },
	{ "reason in upper case", BYTES(ALL "op=MMAP riv=WRONG-USE action=DENY\n"), 1 },
	{ "setting", BYTES(FIRST "SET resident=mapped\n"), 0 },
	{ "setting before a rule", BYTES(ALL " SET\tresident=all # x\nop=MMAP action=DENY\n"), 1 },
	{ "setting at the end", BYTES(ALL "op=MMAP action=DENY\nSET resident=off\n"), 1 },
	{ "hash in a path", BYTES(ALL "op=MMAP path=/a#b action=DENY\n"), 1 },
	{ "path in UTF-8", BYTES(ALL "op=MMAP path=/\xc3\xa4 action=DENY\n"), 1 },
	{ "path of stars", BYTES(ALL "op=MMAP path=/** action=DENY\n"), 1 },
	{ "path with an equals sign", BYTES(ALL "op=MMAP path=/a=b action=DENY\n"), 1 },
	{ "highest uid", BYTES(ALL "op=MMAP uid=4294967295 action=DENY\n"), 1 },
	{ "highest fsmagic", BYTES(ALL "op=MMAP fsmagic=18446744073709551615 action=DENY\n"), 1 },
	{ "fsmagic of 16 digits", BYTES(ALL "op=MMAP fsmagic=0xffffFFFF00000000 action=DENY\n"),
	  1 },
	{ "16 fsmagics", BYTES(ALL
		"op=MMAP fsmagic=0 action=DENY\nop=MMAP fsmagic=1 action=DENY\n"
		"op=MMAP fsmagic=2 action=DENY\nop=MMAP fsmagic=3 action=DENY\n"
		"op=MMAP fsmagic=4 action=DENY\nop=MMAP fsmagic=5 action=DENY\n"
		"op=MMAP fsmagic=6 action=DENY\nop=MMAP fsmagic=7 action=DENY\n"
		"op=MMAP fsmagic=8 action=DENY\nop=MMAP fsmagic=9 action=DENY\n"
		"op=MMAP fsmagic=10 action=DENY\nop=MMAP fsmagic=11 action=DENY\n"
		"op=MMAP fsmagic=12 action=DENY\nop=MMAP fsmagic=13 action=DENY\n"
		"op=MMAP fsmagic=14 action=DENY\nop=MMAP fsmagic=15 action=DENY\n"
		"op=MMAP fsmagic=0x0f action=DENY\n"), 17 },
};

static const struct {
	const char *label;
	struct rivet_slice text;
	u32 line;
	u32 column;
} bad_cases[] = {
	{ "nothing", BYTES(""), 1, 1 },
	{ "NUL", BYTES("\0\n"), 1, 1 },
	{ "empty line", BYTES("\n"), 1, 1 },
	{ "comment first", BYTES("# x\n" FIRST), 1, 1 },
	{ "empty line first", BYTES("\n" FIRST), 1, 1 },
	{ "blank in front", BYTES(" " FIRST), 1, 1 },
	{ "byte order mark", BYTES("\xef\xbb\xbf" FIRST), 1, 1 },
	{ "IPE's way round", BYTES("policy_version=1.0.0 policy_name=p\n"), 1, 1 },
	{ "Policy_name", BYTES("Policy_name=p policy_version=1.0.0\n"), 1, 1 },
	{ "empty name", BYTES("policy_name= policy_version=1.0.0\n"), 1, 13 },
	{ "name and no more", BYTES("policy_name=p\n"), 1, 14 },
	{ "name with a slash", BYTES("policy_name=p/q policy_version=1.0.0\n"), 1, 13 },
	{ "name with a hyphen first", BYTES("policy_name=-p policy_version=1.0.0\n"), 1, 13 },
	{ "comment instead of version", BYTES("policy_name=p # policy_version=1.0.0\n"), 1, 15 },
	{ "two numbers", BYTES("policy_name=p policy_version=1.0\n"), 1, 30 },
	{ "four numbers", BYTES("policy_name=p policy_version=1.0.0.0\n"), 1, 30 },
	{ "number too high", BYTES("policy_name=p policy_version=1.65536.0\n"), 1, 30 },
	{ "leading zero", BYTES("policy_name=p policy_version=1.0.00\n"), 1, 30 },
	{ "version without key", BYTES("policy_name=p version=1.0.0\n"), 1, 15 },
	{ "unknown field", BYTES("policy_name=p policy_version=1.0.0 x=y\n"), 1, 36 },
	{ "replaces nothing", BYTES("policy_name=p policy_version=1.0.0 replaces=\n"), 1, 45 },
	{ "replaces itself", BYTES("policy_name=p policy_version=1.0.0 replaces=p\n"), 1, 45 },
	{ "replaces twice", BYTES("policy_name=p policy_version=1.0.0 replaces=q replaces=r\n"),
	  1, 47 },
	{ "issued at no time", BYTES("policy_name=p policy_version=1.0.0 issued=now\n"), 1, 43 },
	{ "issued in 1970", BYTES("policy_name=p policy_version=1.0.0 "
				  "issued=1970-01-01T00:00:00Z\n"), 1, 43 },
	{ "issued before replaces", BYTES("policy_name=p policy_version=1.0.0 "
					  "issued=2029-01-01T00:00:00Z replaces=q\n"), 1, 64 },
	{ "no end of line", BYTES("policy_name=p policy_version=1.0.0"), 1, 35 },
	{ "CR LF", BYTES("policy_name=p policy_version=1.0.0\r\n"), 1, 35 },

	{ "CR LF in a rule", BYTES(ALL "op=MMAP action=DENY\r\n"), 3, 20 },
	{ "CR in a comment", BYTES(ALL "# a\rop=MMAP action=DENY\n"), 3, 4 },
	{ "NUL in a comment", BYTES(ALL "# a\0\n"), 3, 4 },
	{ "escape sequence in a comment", BYTES(ALL "# \x1b[1A\n"), 3, 3 },
	{ "DEL", BYTES(ALL "#\x7f\n"), 3, 2 },
	{ "vertical tab", BYTES(ALL "op=MMAP\x0b action=DENY\n"), 3, 8 },
	{ "C1 control", BYTES(ALL "# \xc2\x9b\n"), 3, 3 },
	{ "ISO 8859-1 in a comment", BYTES(ALL "# caf\xe9\n"), 3, 6 },
	{ "surrogate", BYTES(ALL "#\xed\xa0\x80\n"), 3, 2 },
	{ "no end of the last line", BYTES(ALL "op=MMAP action=DENY"), 3, 20 },
	{ "NUL at the end", BYTES(ALL "\0"), 3, 2 },

	{ "default without action", BYTES(FIRST "DEFAULT\n"), 2, 8 },
	{ "default of an op without action", BYTES(FIRST "DEFAULT op=MMAP\n"), 2, 16 },
	{ "default with riv", BYTES(FIRST "DEFAULT riv=MATCH action=ALLOW\n"), 2, 9 },
	{ "default with path", BYTES(FIRST "DEFAULT op=MMAP path=/a action=DENY\n"), 2, 17 },
	{ "default, action first", BYTES(FIRST "DEFAULT action=DENY op=MMAP\n"), 2, 21 },
	{ "default with two ops", BYTES(FIRST "DEFAULT op=MMAP op=EXECUTE action=DENY\n"), 2, 17 },
	{ "default twice", BYTES(ALL "DEFAULT action=DENY\n"), 3, 1 },
	{ "default of an op twice", BYTES(FIRST "DEFAULT op=MMAP action=DENY\n"
					  "DEFAULT op=MMAP action=ALLOW\n"), 3, 1 },
	{ "default in lower case", BYTES(FIRST "default action=DENY\n"), 2, 1 },
	{ "default with more", BYTES(FIRST "DEFAULT action=DENY x\n"), 2, 21 },

	{ "word", BYTES(ALL "x\n"), 3, 1 },
	{ "unknown key first", BYTES(ALL "x=y op=MMAP action=DENY\n"), 3, 1 },
	{ "action first", BYTES(ALL "action=DENY op=MMAP\n"), 3, 1 },
	{ "condition first", BYTES(ALL "riv=MATCH op=MMAP action=DENY\n"), 3, 1 },
	{ "op in lower case", BYTES(ALL "op=mmap action=DENY\n"), 3, 4 },
	{ "OP in upper case", BYTES(ALL "OP=MMAP action=DENY\n"), 3, 1 },
	{ "empty op", BYTES(ALL "op= action=DENY\n"), 3, 4 },
	{ "blank after op=", BYTES(ALL "op= MMAP action=DENY\n"), 3, 4 },
	{ "SET alone", BYTES(ALL "SET\n"), 3, 4 },
	{ "SET and a comment", BYTES(ALL "SET # resident=off\n"), 3, 5 },
	{ "set in lower case", BYTES(ALL "set resident=off\n"), 3, 1 },
	{ "unknown setting", BYTES(ALL "SET residents=off\n"), 3, 5 },
	{ "setting without a value", BYTES(ALL "SET resident\n"), 3, 5 },
	{ "boot with an unknown value", BYTES(ALL "SET boot=off\n"), 3, 10 },
	{ "setting with an empty value", BYTES(ALL "SET resident=\n"), 3, 14 },
	{ "setting with an unknown value", BYTES(ALL "SET resident=offs\n"), 3, 14 },
	{ "setting in upper case", BYTES(ALL "SET resident=OFF\n"), 3, 14 },
	{ "setting twice", BYTES(ALL "SET resident=off\nSET resident=off\n"), 4, 5 },
	{ "two settings on a line", BYTES(ALL "SET resident=off resident=all\n"), 3, 18 },
	{ "setting in the first line", BYTES("policy_name=p policy_version=1.0.0 SET\n"), 1, 36 },
	{ "setting before a rule's op", BYTES(ALL "SET op=MMAP action=DENY\n"), 3, 5 },
	{ "setting after a rule", BYTES(ALL "op=MMAP action=DENY SET resident=off\n"), 3, 21 },
	{ "no action", BYTES(ALL "op=MMAP\n"), 3, 8 },
	{ "no action but a comment", BYTES(ALL "op=MMAP # action=DENY\n"), 3, 9 },
	{ "no action but a condition", BYTES(ALL "op=MMAP riv=MATCH\n"), 3, 18 },
	{ "action in lower case", BYTES(ALL "op=MMAP action=deny\n"), 3, 16 },
	{ "empty action", BYTES(ALL "op=MMAP action=\n"), 3, 16 },
	{ "unknown action", BYTES(ALL "op=MMAP action=LOG\n"), 3, 16 },
	{ "quarantine in lower case", BYTES(ALL "op=MMAP action=quarantine\n"), 3, 16 },
	{ "respond", BYTES(ALL "op=MMAP action=DENY respond=HALT\n"), 3, 21 },
	{ "respond everywhere", BYTES(ALL "op=MMAP action=DENY respond=REBOOT\n"), 3, 1 },
	{ "respond before action", BYTES(ALL "op=MMAP respond=REBOOT action=DENY\n"), 3, 17 },
	{ "condition after action", BYTES(ALL "op=MMAP action=DENY riv=MATCH\n"), 3, 21 },
	{ "hash glued to action", BYTES(ALL "op=MMAP action=DENY# x\n"), 3, 16 },
	{ "READ without path", BYTES(ALL "op=READ riv=MATCH action=ALLOW\n"), 3, 1 },
	{ "SCRIPT without path", BYTES(ALL "op=SCRIPT exe=/bin/sh action=DENY\n"), 3, 1 },
	{ "SCRIPT without exe", BYTES(ALL "op=SCRIPT path=/opt/** action=DENY\n"), 3, 1 },
	{ "RUNNING with DENY", BYTES(ALL "op=RUNNING riv=revoked action=DENY\n"), 3, 1 },
	{ "RUNNING with exe", BYTES(ALL "op=RUNNING exe=/bin/sh action=KILL\n"), 3, 1 },
	{ "RUNNING with uid", BYTES(ALL "op=RUNNING uid=0 action=KILL\n"), 3, 1 },
	{ "max of 0", BYTES(ALL "op=RUNNING action=KILL max=0\n"), 3, 28 },
	{ "max of 65", BYTES(ALL "op=RUNNING action=KILL max=65\n"), 3, 28 },
	{ "empty max", BYTES(ALL "op=RUNNING action=KILL max=\n"), 3, 28 },
	{ "max 07", BYTES(ALL "op=RUNNING action=KILL max=07\n"), 3, 28 },
	{ "max beyond all numbers",
	  BYTES(ALL "op=RUNNING action=KILL max=18446744073709551617\n"), 3, 28 },
	{ "max twice", BYTES(ALL "op=RUNNING action=KILL max=1 max=2\n"), 3, 30 },
	{ "max before action", BYTES(ALL "op=RUNNING max=1 action=KILL\n"), 3, 12 },
	{ "max of AUDIT", BYTES(ALL "op=RUNNING action=AUDIT max=1\n"), 3, 25 },
	{ "max of QUARANTINE", BYTES(ALL "op=RUNNING action=QUARANTINE max=1\n"), 3, 30 },
	{ "max of another op", BYTES(ALL "op=MMAP action=KILL max=1\n"), 3, 21 },
	{ "max in a DEFAULT", BYTES(FIRST "DEFAULT action=KILL max=1\n"), 2, 21 },
	{ "DEFAULT of RUNNING with KILL", BYTES(FIRST "DEFAULT op=RUNNING action=KILL\n"), 2, 1 },
	{ "DEFAULT of RUNNING with DENY", BYTES(FIRST "DEFAULT op=RUNNING action=DENY\n"), 2, 1 },
	{ "DEFAULT of RUNNING with QUARANTINE",
	  BYTES(FIRST "DEFAULT op=RUNNING action=QUARANTINE\n"), 2, 1 },
	{ "DEFAULT of RUNNING twice",
	  BYTES(FIRST "DEFAULT op=RUNNING action=ALLOW\nDEFAULT op=RUNNING action=ALLOW\n"), 3, 1 },
	{ "op twice", BYTES(ALL "op=MMAP op=MMAP action=DENY\n"), 3, 9 },
	{ "riv twice", BYTES(ALL "op=MMAP riv=MATCH riv=moved action=DENY\n"), 3, 19 },
	{ "path twice", BYTES(ALL "op=MMAP path=/a path=/b action=DENY\n"), 3, 17 },
	{ "unknown condition", BYTES(ALL "op=MMAP gid=0 action=DENY\n"), 3, 9 },
	{ "unknown reason", BYTES(ALL "op=MMAP riv=good action=DENY\n"), 3, 13 },
	{ "list of reasons", BYTES(ALL "op=MMAP riv=match,moved action=DENY\n"), 3, 13 },
	{ "empty reason", BYTES(ALL "op=MMAP riv= action=DENY\n"), 3, 13 },
	{ "quarantine is no reason", BYTES(ALL "op=MMAP riv=quarantine action=DENY\n"), 3, 13 },
	{ "relative path", BYTES(ALL "op=MMAP path=a action=DENY\n"), 3, 14 },
	{ "path that is a star", BYTES(ALL "op=MMAP path=* action=DENY\n"), 3, 14 },
	{ "empty path", BYTES(ALL "op=MMAP path= action=DENY\n"), 3, 14 },
	{ "path with a slash at the end", BYTES(ALL "op=MMAP path=/a/ action=DENY\n"), 3, 14 },
	{ "path that is the root", BYTES(ALL "op=MMAP path=/ action=DENY\n"), 3, 14 },
	{ "path with two slashes", BYTES(ALL "op=MMAP path=/a//b action=DENY\n"), 3, 14 },
	{ "path with dot dot", BYTES(ALL "op=MMAP path=/a/../b action=DENY\n"), 3, 14 },
	{ "quoted path", BYTES(ALL "op=MMAP path=\"/a\" action=DENY\n"), 3, 14 },
	{ "exe with a star", BYTES(ALL "op=MMAP exe=/usr/* action=DENY\n"), 3, 13 },
	{ "relative exe", BYTES(ALL "op=MMAP exe=sh action=DENY\n"), 3, 13 },
	{ "exe with a dot", BYTES(ALL "op=MMAP exe=/./sh action=DENY\n"), 3, 13 },
	{ "uid -1", BYTES(ALL "op=MMAP uid=-1 action=DENY\n"), 3, 13 },
	{ "uid too high", BYTES(ALL "op=MMAP uid=4294967296 action=DENY\n"), 3, 13 },
	{ "uid 00", BYTES(ALL "op=MMAP uid=00 action=DENY\n"), 3, 13 },
	{ "uid by name", BYTES(ALL "op=MMAP uid=root action=DENY\n"), 3, 13 },
	{ "empty set", BYTES(ALL "op=MMAP set= action=DENY\n"), 3, 13 },
	{ "set with a star", BYTES(ALL "op=MMAP set=a* action=DENY\n"), 3, 13 },
	{ "fsmagic by name", BYTES(ALL "op=MMAP fsmagic=ext4 action=DENY\n"), 3, 17 },
	{ "fsmagic 0x", BYTES(ALL "op=MMAP fsmagic=0x action=DENY\n"), 3, 17 },
	{ "fsmagic 0X1", BYTES(ALL "op=MMAP fsmagic=0X1 action=DENY\n"), 3, 17 },
	{ "fsmagic 0xg", BYTES(ALL "op=MMAP fsmagic=0xg action=DENY\n"), 3, 17 },
	{ "fsmagic of 17 digits", BYTES(ALL "op=MMAP fsmagic=0x00000000000000001 action=DENY\n"),
	  3, 17 },
	{ "fsmagic too high", BYTES(ALL "op=MMAP fsmagic=18446744073709551616 action=DENY\n"),
	  3, 17 },
	{ "17 fsmagics", BYTES(ALL
		"op=MMAP fsmagic=0 action=DENY\nop=MMAP fsmagic=1 action=DENY\n"
		"op=MMAP fsmagic=2 action=DENY\nop=MMAP fsmagic=3 action=DENY\n"
		"op=MMAP fsmagic=4 action=DENY\nop=MMAP fsmagic=5 action=DENY\n"
		"op=MMAP fsmagic=6 action=DENY\nop=MMAP fsmagic=7 action=DENY\n"
		"op=MMAP fsmagic=8 action=DENY\nop=MMAP fsmagic=9 action=DENY\n"
		"op=MMAP fsmagic=10 action=DENY\nop=MMAP fsmagic=11 action=DENY\n"
		"op=MMAP fsmagic=12 action=DENY\nop=MMAP fsmagic=13 action=DENY\n"
		"op=MMAP fsmagic=14 action=DENY\nop=MMAP fsmagic=15 action=DENY\n"
		"op=MMAP fsmagic=16 action=DENY\n"), 19, 1 },
	{ "op without default", BYTES(FIRST "op=MMAP action=ALLOW\n"), 2, 0 },
	{ "default of another op", BYTES(FIRST "DEFAULT op=EXECUTE action=DENY\n"
					 "op=EXECUTE action=ALLOW\n# x\nop=MMAP action=ALLOW\n"
					 "op=MMAP action=DENY\n"), 5, 0 },
};

static void test_good(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good_cases); i++) {
		struct rivet_parse_error err = {};
		size_t len = good_cases[i].text.len;
		char *text = unit_copy(good_cases[i].text.ptr, len);

		unit_eq(rivet_policy_parse(text, len, &policy, NULL, 0, &err), good_cases[i].count,
			"count: %s", good_cases[i].label);
		if (err.expected)
			unit_note("%u:%u expected %s", err.line, err.column, err.expected);
		unit_eq(rivet_policy_parse(text, len, &policy, rules, RIVET_RULES_MAX, NULL),
			good_cases[i].count, "fill in: %s", good_cases[i].label);
		unit_eq(policy.count, good_cases[i].count, "rules: %s", good_cases[i].label);
		unit_ok(policy.rules == rules, "memory: %s", good_cases[i].label);
	}
}

static void test_bad(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad_cases); i++) {
		struct rivet_parse_error err = {};
		size_t len = bad_cases[i].text.len;
		char *text = unit_copy(bad_cases[i].text.ptr, len);

		unit_eq(rivet_policy_parse(text, len, &policy, NULL, 0, &err), -EBADMSG, "%s",
			bad_cases[i].label);
		unit_place(&err, bad_cases[i].line, bad_cases[i].column, "place: %s",
			   bad_cases[i].label);
		unit_eq(rivet_policy_parse(text, len, &policy, rules, RIVET_RULES_MAX, NULL),
			-EBADMSG, "nobody asks: %s", bad_cases[i].label);
	}
}

static const char sample[] =
	"policy_name=gateway policy_version=1.2.3 replaces=laboratory\n"	/* line 1 */
	"# what may run here\n"
	"DEFAULT action=AUDIT\n"
	"DEFAULT op=MMAP action=DENY\n"
	"\n"									/* line 5 */
	"op=EXECUTE riv=MATCH action=ALLOW\n"
	"op=EXECUTE path=/opt/m2m/** uid=1000 action=KILL	# not these\n"
	"op=MMAP riv=wrong-use exe=/usr/bin/node set=gateway-base fsmagic=0xEF53 action=AUDIT\n"
	"op=MMAP fsmagic=61267 action=ALLOW\n";

static void test_values(void)
{
	struct rivet_parse_error err = {};
	int op;

	unit_eq(rivet_policy_parse(sample, sizeof(sample) - 1, &policy, rules, 4, &err), 4,
		"sample");
	unit_ok(rivet_slice_equal(policy.name, "gateway"), "name");
	unit_ok(rivet_slice_equal(policy.replaces, "laboratory"), "replaces");
	unit_eq(policy.version, 1ULL << 32 | 2 << 16 | 3, "version");

	unit_eq(rules[0].line, 6, "line of the first rule");
	unit_eq(rules[0].op, RIVET_OP_EXECUTE, "its op");
	unit_eq(rules[0].action, RIVET_ACTION_ALLOW, "its action");
	unit_eq(rules[0].reasons, 1 << RIVET_REASON_MATCH, "its reason");
	unit_ok(!rules[0].has_uid && !rules[0].has_fsmagic, "it has no other condition");
	unit_ok(!rules[0].path.len && !rules[0].exe.len && !rules[0].set.len, "nor strings");
	unit_eq(rules[1].reasons, 0, "second rule: any reason");
	unit_ok(rivet_slice_equal(rules[1].path, "/opt/m2m/**"), "its path");
	unit_ok(rules[1].has_uid && rules[1].uid == 1000, "its uid");
	unit_eq(rules[1].action, RIVET_ACTION_KILL, "its action");
	unit_eq(rules[2].reasons, 1 << RIVET_REASON_WRONG_USE, "third rule: its reason");
	unit_ok(rivet_slice_equal(rules[2].exe, "/usr/bin/node"), "its exe");
	unit_ok(rivet_slice_equal(rules[2].set, "gateway-base"), "its set");
	unit_ok(rules[2].has_fsmagic && rules[2].fsmagic == 0xef53, "its fsmagic");
	unit_eq(rules[3].line, 9, "line of the fourth rule");
	unit_eq(rules[3].fsmagic, 0xef53, "its fsmagic in decimal");

	for (op = 0; op < __RIVET_OP_MAX; op++) {
		bool own = op == RIVET_OP_MMAP;

		unit_eq(policy.defaults[op].action, own ? RIVET_ACTION_DENY : RIVET_ACTION_AUDIT,
			"default of op %d", op);
		unit_eq(policy.defaults[op].line, own ? 4 : op == RIVET_OP_RUNNING ? 0 : 3,
			"its line, op %d", op);
	}
	unit_eq(policy.denies, 1 << RIVET_OP_EXECUTE | 1 << RIVET_OP_MMAP, "what it denies");
	unit_ok(policy.uses_exe && policy.uses_path[RIVET_OP_EXECUTE], "what it needs");
	unit_ok(!policy.uses_path[RIVET_OP_MMAP], "what it does not need");
	unit_eq(policy.fsmagic_count, 1, "one filesystem");
	unit_ok(rivet_rules_names_fsmagic(&policy, 0xef53), "which one");
	unit_ok(!policy.fast[RIVET_OP_EXECUTE][RIVET_REASON_MATCH].needs_context, "compiled");
}

static void test_no_mention(void)
{
	static const char text[] = FIRST "DEFAULT op=MMAP action=DENY\n";
	int op;

	rivet_policy_parse(text, sizeof(text) - 1, &policy, NULL, 0, NULL);
	for (op = 0; op < __RIVET_OP_MAX; op++) {
		bool own = op == RIVET_OP_MMAP;

		if (op == RIVET_OP_RUNNING)
			continue;
		unit_eq(policy.fast[op][RIVET_REASON_UNLISTED].action,
			own ? RIVET_ACTION_DENY : RIVET_ACTION_ALLOW, "alone: op %d", op);
		unit_eq(policy.fast[op][RIVET_REASON_UNLISTED].line, own ? 2 : 0,
			"alone: line, op %d", op);
	}
}

static enum rivet_action running(enum rivet_reason reason)
{
	const struct rivet_rules_query query = { .op = RIVET_OP_RUNNING, .reason = reason };

	return rivet_rules_decide(&policy, &query).action;
}

/* The DEFAULT of all ops is about requests; what runs is only killed or quarantined by a rule */
static void test_running(void)
{
	static const char none[] = FIRST "DEFAULT action=KILL\n";
	static const char silent[] = FIRST "DEFAULT op=RUNNING action=ALLOW\n";
	static const char kills[] = FIRST "op=RUNNING riv=expired action=KILL max=3\n"
		"op=RUNNING riv=mismatch action=QUARANTINE\nop=RUNNING riv=moved action=QUARANTINE\n"
		"op=RUNNING riv=unlisted action=ALLOW\nop=RUNNING action=KILL\n";
	int reason;

	rivet_policy_parse(none, sizeof(none) - 1, &policy, NULL, 0, NULL);
	for (reason = 0; reason < __RIVET_REASON_MAX; reason++)
		unit_eq(running(reason), RIVET_ACTION_AUDIT, "no line about it: reason %d", reason);
	unit_ok(!policy.running, "no rule about it");
	unit_ok(!(policy.denies & 1U << RIVET_OP_RUNNING), "it refuses no request");
	rivet_policy_parse(silent, sizeof(silent) - 1, &policy, NULL, 0, NULL);
	unit_eq(running(RIVET_REASON_REVOKED), RIVET_ACTION_ALLOW, "its own DEFAULT");

	unit_eq(rivet_policy_parse(kills, sizeof(kills) - 1, &policy, rules, 8, NULL), 5, "rules");
	unit_ok(policy.running && !policy.denies, "rules about it refuse no request");
	unit_eq(running(RIVET_REASON_REVOKED), RIVET_ACTION_KILL, "revoked");
	unit_eq(running(RIVET_REASON_QUARANTINED), RIVET_ACTION_KILL, "quarantined");
	unit_eq(running(RIVET_REASON_EXPIRED), RIVET_ACTION_KILL, "expired, which a rule names");
	unit_eq(running(RIVET_REASON_MISMATCH), RIVET_ACTION_QUARANTINE, "mismatch");
	unit_eq(running(RIVET_REASON_MOVED), RIVET_ACTION_AUDIT, "good bytes are not quarantined");
	unit_eq(running(RIVET_REASON_UNLISTED), RIVET_ACTION_ALLOW, "unlisted");
	unit_eq(running(RIVET_REASON_IO_ERROR), RIVET_ACTION_AUDIT, "a bad disk kills nobody");
	unit_eq(running(RIVET_REASON_WRITABLE), RIVET_ACTION_AUDIT, "nor does a writer");
	unit_eq(rivet_rules_kill_max(&policy, 2), 3, "max=");
	unit_eq(rivet_rules_kill_max(&policy, 6), RIVET_KILL_MAX_DEFAULT, "max= by default");
	unit_eq(rivet_rules_kill_max(&policy, 3), 0, "of another action");
	unit_eq(rivet_rules_kill_max(&policy, 1), 0, "of a line without a rule");
}

/* With too little room nothing is written past it, and the policy has no rules */
static void test_room(void)
{
	size_t max;

	for (max = 0; max < 4; max++) {
		struct rivet_rule *room = malloc(max * sizeof(*room));

		unit_eq(rivet_policy_parse(sample, sizeof(sample) - 1, &policy, room, max, NULL), 4,
			"room for %zu: still counted", max);
		unit_ok(!policy.count && !policy.rules, "room for %zu: not filled in", max);
		free(room);
	}
}

static void test_truncations(void)
{
	unsigned int accepted = 0, boundaries = 0, unplaced = 0;
	size_t len;

	for (len = 0; len < sizeof(sample) - 1; len++) {
		struct rivet_parse_error err = {};
		char *text = unit_copy(sample, len);
		int ret = rivet_policy_parse(text, len, &policy, rules, RIVET_RULES_MAX, &err);

		accepted += ret >= 0;
		boundaries += len && text[len - 1] == '\n';
		unplaced += ret < 0 && (!err.line || !err.expected);
		free(text);
	}
	unit_eq(accepted, boundaries, "a policy can only be cut between lines");
	unit_eq(unplaced, 0, "and the place is named");
}

static void test_flips(void)
{
	char *text = unit_copy(sample, sizeof(sample) - 1);
	unsigned int wrong = 0;
	const size_t len = sizeof(sample) - 1;
	size_t pos;
	int byte;

	for (pos = 0; pos < len; pos++) {
		for (byte = 0; byte < 256; byte++) {
			struct rivet_parse_error err = {};
			int count, again;

			text[pos] = byte;
			count = rivet_policy_parse(text, len, &policy, NULL, 0, &err);
			again = rivet_policy_parse(text, len, &policy, rules, RIVET_RULES_MAX,
						   NULL);
			wrong += count != again || (count < 0 && !err.line);
		}
		text[pos] = sample[pos];
	}
	unit_eq(wrong, 0, "every byte changed: the same answer twice");
}

static void test_limits(void)
{
	static const char rule[] = "op=MMAP action=DENY\n";
	size_t len = sizeof(ALL) - 1, i;
	struct rivet_parse_error err = {};
	char *text = malloc(RIVET_POLICY_MAX + 1);

	memcpy(text, ALL, len);
	for (i = 0; i < RIVET_RULES_MAX; i++, len += sizeof(rule) - 1)
		memcpy(text + len, rule, sizeof(rule) - 1);
	unit_eq(rivet_policy_parse(text, len, &policy, rules, RIVET_RULES_MAX, &err),
		RIVET_RULES_MAX, "4096 rules");
	memcpy(text + len, rule, sizeof(rule) - 1);
	unit_eq(rivet_policy_parse(text, len + sizeof(rule) - 1, &policy, rules, RIVET_RULES_MAX,
				   &err), -EBADMSG, "4097 rules");
	unit_place(&err, 3 + RIVET_RULES_MAX, 1, "place of the last one");

	memset(text, '#', RIVET_POLICY_MAX + 1);
	memcpy(text, ALL, sizeof(ALL) - 1);
	text[RIVET_POLICY_MAX - 1] = '\n';
	unit_eq(rivet_policy_parse(text, RIVET_POLICY_MAX, &policy, NULL, 0, &err), 0, "1 MiB");
	text[RIVET_POLICY_MAX] = '\n';
	unit_eq(rivet_policy_parse(text, RIVET_POLICY_MAX + 1, &policy, NULL, 0, &err), -EFBIG,
		"1 MiB and a byte");
	unit_place(&err, 0, 0, "the object as a whole is too large");
	unit_eq(rivet_policy_parse(NULL, 0, &policy, NULL, 0, &err), -EBADMSG, "no text at all");
	free(text);
}

/* A long line is read in pieces, at any of whose ends a character may stand. */
static void test_long_lines(void)
{
	static const char letters[] = "\xf0\x9f\x98\x80";
	static char text[sizeof(ALL) + 9000];
	const size_t start = sizeof(ALL) - 1, len = start + 9000;
	struct rivet_parse_error err = {};
	size_t at, good = 0, bad = 0;

	memcpy(text, ALL, start);
	for (at = 4080; at < 4110; at++) {
		memset(text + start, '#', 9000);
		text[len - 1] = '\n';
		memcpy(text + start + at, letters, 4);
		good += rivet_policy_parse(text, len, &policy, NULL, 0, &err) == 0;
		text[start + at + 2] = '#';
		bad += rivet_policy_parse(text, len, &policy, NULL, 0, &err) == -EBADMSG &&
		       err.line == 3 && err.column == at + 1;
	}
	unit_eq(good, 30, "a character at any place of a long line");
	unit_eq(bad, 30, "half of one there");
	memset(text + start + 1, 0x80, 8998);
	unit_eq(rivet_policy_parse(text, len, &policy, NULL, 0, &err), -EBADMSG, "none at all");
	unit_place(&err, 3, 2, "its place");
}

static int parse_long_path(const char *key, size_t path_len)
{
	static char text[8192];
	size_t len = sprintf(text, ALL "op=MMAP %s/", key);

	memset(text + len, 'a', path_len - 1);
	len += path_len - 1;
	len += sprintf(text + len, " action=DENY\n");
	return rivet_policy_parse(text, len, &policy, rules, RIVET_RULES_MAX, NULL);
}

static void test_long_paths(void)
{
	unit_eq(parse_long_path("path=", 4095), 1, "path of 4095 bytes");
	unit_eq(parse_long_path("path=", 4096), -EBADMSG, "path of 4096 bytes");
	unit_eq(parse_long_path("exe=", 4095), 1, "exe of 4095 bytes");
	unit_eq(parse_long_path("exe=", 4096), -EBADMSG, "exe of 4096 bytes");
}

static void test_quarantine(void)
{
	static const char text[] = FIRST "DEFAULT action=QUARANTINE\n"
		"SET quarantine-read=deny\n"
		"op=MMAP path=/opt/** action=QUARANTINE\n"
		"op=READ riv=quarantined path=/opt/** exe=/usr/sbin/a action=ALLOW\n";

	unit_eq(rivet_policy_parse(text, strlen(text), &policy, rules, 2, NULL), 2, "quarantine");
	unit_eq(policy.rules[0].action, RIVET_ACTION_QUARANTINE, "its action");
	unit_eq(policy.rules[1].reasons, 1U << RIVET_REASON_QUARANTINED, "its reason");
	unit_eq(policy.settings.value[RIVET_SETTING_QUARANTINE_READ], RIVET_QUARANTINE_READ_DENY,
		"its setting");
	unit_eq(policy.quarantines, 1U << RIVET_OP_MMAP, "its op");
	unit_ok(policy.denies & 1U << RIVET_OP_EXECUTE, "as a DEFAULT it denies");
}

#define LEFT "SET isolate-uplink=eth0\nSET isolate-allow=192.0.2.7:8883/tcp\n"
#define FAILS "op=MMAP riv=mismatch path=/usr/** action=DENY "

/* A response is for what only root or a disk can cause, and leaves a way back. */
static void test_respond(void)
{
	static const struct {
		const char *text;
		const char *expected;
	} bad[] = {
		{ ALL FAILS "respond=ISOLATE\n", "nobody can bring what ends it" },
		{ ALL "SET isolate-uplink=eth0\n" FAILS "respond=ISOLATE\n",
		  "nobody can bring what ends it" },
		{ ALL LEFT "op=MMAP riv=mismatch action=DENY respond=ISOLATE\n",
		  "path= of listed files" },
		{ ALL LEFT "op=MMAP path=/usr/** action=DENY respond=ISOLATE\n",
		  "riv=mismatch or riv=revoked" },
		{ ALL LEFT "op=MMAP riv=unlisted path=/usr/** action=DENY respond=ISOLATE\n",
		  "riv=mismatch or riv=revoked" },
		{ ALL LEFT "op=MMAP riv=revoked path=/** action=DENY respond=ISOLATE\n",
		  "only root writes to" },
		{ ALL LEFT "op=MMAP riv=revoked path=/home/** action=DENY respond=ISOLATE\n",
		  "only root writes to" },
		{ ALL LEFT "op=MMAP riv=revoked path=/var/** action=DENY respond=ISOLATE\n",
		  "only root writes to" },
		{ ALL LEFT "op=MMAP riv=revoked path=/var/t*/a action=DENY respond=ISOLATE\n",
		  "only root writes to" },
		{ ALL LEFT "op=MMAP riv=revoked path=/t*/a action=DENY respond=ISOLATE\n",
		  "only root writes to" },
		{ ALL LEFT "op=MMAP riv=mismatch path=/usr/** action=ALLOW respond=ISOLATE\n",
		  "a file that is permitted is no failure" },
		{ ALL LEFT "op=RUNNING riv=revoked path=/usr/** action=KILL respond=ISOLATE\n",
		  "op=RUNNING" },
		{ ALL LEFT "op=MMAP riv=mismatch path=/usr/** action=QUARANTINE respond=ISOLATE after=2/9\n",
		  "the reason is quarantined" },
		{ ALL LEFT FAILS "respond=REBOOT after=3/60\n", "reboot in a loop" },
		{ ALL LEFT FAILS "respond=PANIC\n", "reboot in a loop" },
		{ ALL LEFT FAILS "respond=REBOOT max=0\n", "1 to 24" },
		{ ALL LEFT FAILS "respond=REBOOT max=25\n", "1 to 24" },
		{ ALL LEFT FAILS "respond=REBOOT max=2 after=3/60\n", "the end of the line" },
		{ ALL LEFT FAILS "respond=ISOLATE max=2\n", "it counts reboots" },
		{ ALL LEFT FAILS "respond=HALT\n", "ISOLATE, REBOOT or PANIC" },
		{ ALL FAILS "respond=REBOOT max=2\n", "nobody can bring what ends it" },
		{ ALL LEFT "op=MMAP riv=unlisted path=/usr/** action=DENY respond=REBOOT max=2\n",
		  "riv=mismatch or riv=revoked" },
		{ ALL LEFT "op=MMAP riv=mismatch action=DENY respond=PANIC max=2\n",
		  "path= of listed files" },
		{ ALL LEFT FAILS "respond=ISOLATE after=17/60\n", "after=N/SECONDS" },
		{ ALL LEFT FAILS "respond=ISOLATE after=0/60\n", "after=N/SECONDS" },
		{ ALL LEFT FAILS "respond=ISOLATE after=3/86401\n", "after=N/SECONDS" },
		{ ALL LEFT FAILS "after=3/60\n", "the end of the line" },
		{ ALL "SET isolate-uplink=lo\n", "one network device" },
		{ ALL "SET isolate-uplink=sixteen-letters-\n", "one network device" },
		{ ALL "SET isolate-allow=0.0.0.0/0:443/tcp\n", "ADDR[/LEN]:PORT" },
		{ ALL "SET isolate-allow=192.0.2.7/24:443/tcp\n", "ADDR[/LEN]:PORT" },
		{ ALL "SET isolate-allow=192.0.2.7:0/tcp\n", "ADDR[/LEN]:PORT" },
		{ ALL "SET isolate-allow=192.0.2.7:443/sctp\n", "ADDR[/LEN]:PORT" },
		{ ALL "SET isolate-allow=192.0.2:443/tcp\n", "ADDR[/LEN]:PORT" },
		{ ALL "SET isolate-allow=[2001:db8:::1]:443/tcp\n", "ADDR[/LEN]:PORT" },
		{ ALL "SET isolate-allow=[1:2:3:4:5:6:7:8:9]:443/tcp\n", "ADDR[/LEN]:PORT" },
		{ ALL "SET isolate-allow=[1:2:3:4:5:6:7]:443/tcp\n", "ADDR[/LEN]:PORT" },
		{ ALL LEFT "SET isolate-allow=192.0.2.7:8883/tcp\n", "once" },
		{ ALL "SET isolate-notify=bin/told\n", "the path of one program" },
		{ ALL "SET isolate-notify=\n", "the path of one program" },
		{ ALL "SET isolate-notify=/a\nSET isolate-notify=/b\n", "one isolate-notify=" },
	};
	static const char good[] = ALL LEFT "SET isolate-allow=[2001:db8::/32]:53/udp\n"
		"SET isolate-notify=/usr/lib/m2m/told\n"
		FAILS "respond=ISOLATE after=3/60\n"
		"op=EXECUTE riv=revoked path=/usr/bin/a action=KILL respond=ISOLATE\n"
		FAILS "respond=REBOOT after=3/60 max=2\n"
		FAILS "respond=PANIC max=24\n";
	struct rivet_rule rules[4];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct rivet_parse_error err = {};

		unit_eq(rivet_policy_parse(bad[i].text, strlen(bad[i].text), &policy, NULL, 0,
					   &err), -EBADMSG, "refused: %s", bad[i].text);
		unit_ok(err.expected && strstr(err.expected, bad[i].expected), "says: %s",
			err.expected);
	}
	unit_eq(rivet_policy_parse(good, strlen(good), &policy, rules, 4, NULL), 4, "respond");
	unit_ok(rules[0].response == RIVET_RESPONSE_ISOLATE && rules[0].after == 3 &&
		rules[0].within == 60, "after");
	unit_ok(rules[1].response && rules[1].after == 1 && rules[1].slot == 1, "no after");
	unit_ok(rules[2].response == RIVET_RESPONSE_REBOOT && rules[2].after == 3 &&
		rules[2].max == 2, "REBOOT");
	unit_ok(rules[3].response == RIVET_RESPONSE_PANIC && rules[3].max == 24, "PANIC");
	unit_eq(policy.isolates, rules[0].line, "its line");
	unit_eq(policy.panics, rules[3].line, "that of PANIC");
	unit_eq(policy.isolation.peer_count, 2, "peers");
	unit_eq(policy.isolation.peers[1].address[1], 1, "an IPv6 address");
	unit_eq(policy.isolation.peers[1].bits, 32, "its length");
	unit_text(policy.isolation.uplinks[0], "eth0", "an uplink");
	unit_text(policy.isolation.notify, "/usr/lib/m2m/told", "the program that is told");
}

int main(void)
{
	test_respond();
	test_good();
	test_quarantine();
	test_bad();
	test_values();
	test_no_mention();
	test_running();
	test_room();
	test_truncations();
	test_flips();
	test_limits();
	test_long_lines();
	test_long_paths();
	return unit_done();
}
