// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - entries of the quarantine list as lines, tested: one form of each, and no other
 */
#include "quarantine/line.h"
#include "unit.h"

#define START "7 denied live sha256:" HEX_A
#define MIDDLE " 9 unlisted EXECUTE 1000 5 6 7 gateway 1.0.0 12 "
#define GOOD START MIDDLE "init /opt/x"

static const struct {
	const char *label;
	const char *text;
	u32 column;		/* 0: it is good */
} cases[] = {
	{ "good", GOOD, 0 },
	{ "no path", START MIDDLE "other -", 0 },
	{ "relative path", START MIDDLE "other (unreachable)/x", 0 },
	{ "escapes", START MIDDLE "init /a\\x0a\\\\\\\"\\xff b", 0 },
	{ "would", "1 would away verity:sha256:" HEX_A MIDDLE "init /a", 0 },
	{ "largest numbers", "18446744073709551615 denied gone sha256:" HEX_A
	  " 18446744073709551615 mismatch KMODULE 4294967295 18446744073709551615 0 0 p 0.0.0 0 init /",
	  0 },
	{ "empty", "", 1 },
	{ "id 0", "0 denied live sha256:" HEX_A MIDDLE "init /a", 1 },
	{ "another word", "7 asked live sha256:" HEX_A MIDDLE "init /a", 3 },
	{ "another file", "7 denied dead sha256:" HEX_A MIDDLE "init /a", 10 },
	{ "certificate", "7 denied live cert:sha256:" HEX_A MIDDLE "init /a", 15 },
	{ "zero digest", "7 denied live sha256:0 9", 15 },
	{ "reason of listed bytes", START " 9 moved EXECUTE 1000", 89 },
	{ "reason in capitals", START " 9 UNLISTED EXECUTE 1000", 89 },
	{ "unknown op", START " 9 unlisted RUN 1000", 98 },
	{ "large uid", START " 9 unlisted EXECUTE 4294967296 5", 106 },
	{ "name with a slash", START " 9 unlisted EXECUTE 1 5 6 7 a/b 1.0.0 1 init /a", 114 },
	{ "empty path", START MIDDLE "init ", 139 },
	{ "init sees no path", START MIDDLE "init -", 139 },
	{ "init sees a relative path", START MIDDLE "init a", 139 },
	{ "needless escape", START MIDDLE "init /\\x41", 139 },
	{ "NUL", START MIDDLE "init /\\x00", 139 },
	{ "escape cut off", START MIDDLE "init /\\x0", 139 },
	{ "no digit", START MIDDLE "init /\\xg0", 139 },
	{ "capital digit", START MIDDLE "init /\\x0A", 139 },
	{ "control character", START MIDDLE "init /\n", 139 },
	{ "quote", START MIDDLE "init /\"", 139 },
};

static void test_cases(void)
{
	static char path[RIVET_PATH_MAX], again[RIVET_QUARANTINE_LINE_MAX];
	struct rivet_quarantined entry;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rivet_parse_error err = {};
		size_t len = strlen(cases[i].text);
		char *text = unit_copy(cases[i].text, len);
		int ret = rivet_quarantine_line_parse(text, len, &entry, &err), want = 0;
		ssize_t path_len;

		if (cases[i].column)
			want = -EBADMSG;
		unit_eq(ret, want, "parse: %s", cases[i].label);
		if (ret) {
			unit_place(&err, 1, cases[i].column, "place: %s", cases[i].label);
			free(text);
			continue;
		}
		path_len = rivet_quarantine_line_path(entry.path, path, sizeof(path));
		entry.path = (struct rivet_slice){ .ptr = path, .len = path_len };
		unit_eq(rivet_quarantine_line_format(&entry, again, sizeof(again)), len,
			"length: %s", cases[i].label);
		unit_text(again, cases[i].text, "again: %s", cases[i].label);
		free(text);
	}
}

static void test_values(void)
{
	static const char text[] = GOOD;
	struct rivet_quarantined e;

	unit_eq(rivet_quarantine_line_parse(text, strlen(text), &e, NULL), 0, "nobody asks why");
	unit_ok(e.id == 7 && !e.would && e.file == RIVET_QUARANTINE_LIVE && e.size == 9 &&
		e.reason == RIVET_REASON_UNLISTED && e.op == RIVET_OP_EXECUTE && e.uid == 1000 &&
		e.time == 5 && e.riv_generation == 6 && e.policy_generation == 7 &&
		e.policy_version == 1ULL << 32 && e.rule_line == 12 && e.named, "its values");
	unit_text(e.policy, "gateway", "its policy");
	unit_ok(rivet_slice_equal(e.path, "/opt/x"), "its path");
}

static void test_truncations(void)
{
	static const char text[] = GOOD;
	struct rivet_quarantined entry;
	bool refused = true;
	size_t i;

	/* Up to "init /", behind which every path is one. */
	for (i = 0; i < strlen(text) - strlen("opt/x"); i++) {
		char *copy = unit_copy(text, i);

		refused &= rivet_quarantine_line_parse(copy, i, &entry, NULL) == -EBADMSG;
		free(copy);
	}
	unit_ok(refused, "every truncation before the path is refused");
}

static void test_long_path(void)
{
	static char text[8 * RIVET_PATH_MAX], path[RIVET_PATH_MAX];
	struct rivet_quarantined entry;
	size_t len = sprintf(text, "%s", START MIDDLE "init /"), i;

	for (i = 1; i < RIVET_PATH_MAX - 1; i++)
		len += sprintf(text + len, "\\xff");
	unit_eq(rivet_quarantine_line_parse(text, len, &entry, NULL), 0, "path of 4095 bytes");
	unit_eq(rivet_quarantine_line_path(entry.path, path, sizeof(path)), RIVET_PATH_MAX - 1,
		"its length");
	unit_eq(rivet_quarantine_line_path(entry.path, path, 100), -ENAMETOOLONG, "no room");
	len += sprintf(text + len, "a");
	unit_eq(rivet_quarantine_line_parse(text, len, &entry, NULL), -EBADMSG, "of 4096 bytes");
}

int main(void)
{
	test_cases();
	test_values();
	test_truncations();
	test_long_path();
	return unit_done();
}
