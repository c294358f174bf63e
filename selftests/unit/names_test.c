// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - the words of the enumerations, tested
 */
#include "text/names.h"
#include "unit.h"

/* The expected words of text/names.c for each value; the lists are as long as the enumerations */
static const char * const ops[] = {
	"EXECUTE", "MMAP", "MPROTECT", "ANON_EXEC", "KMODULE", "FIRMWARE", "KEXEC", "READ",
	"SCRIPT", "RUNNING",
};

static const char * const reasons[] = {
	"match", "unlisted", "mismatch", "moved", "wrong-use", "revoked", "expired", "writable",
	"unmeasured", "anonymous", "unverifiable", "quarantined", "io-error",
};

static const char * const actions[] = { "ALLOW", "AUDIT", "DENY", "QUARANTINE", "KILL" };

static void test_words(void)
{
	size_t i;

	unit_eq(ARRAY_SIZE(ops), __RIVET_OP_MAX, "as many ops");
	unit_eq(ARRAY_SIZE(reasons), __RIVET_REASON_MAX, "as many reasons");
	unit_eq(ARRAY_SIZE(actions), __RIVET_ACTION_MAX, "as many actions");
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		unit_text(rivet_name_op(i), ops[i], "op %zu", i);
		unit_eq(rivet_name_op_parse(ops[i], strlen(ops[i])), i, "op %s", ops[i]);
	}
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		unit_text(rivet_name_reason(i), reasons[i], "reason %zu", i);
		unit_eq(rivet_name_reason_parse(reasons[i], strlen(reasons[i])), i, "reason %s",
			reasons[i]);
	}
	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		unit_text(rivet_name_action(i), actions[i], "action %zu", i);
		unit_eq(rivet_name_action_parse(actions[i], strlen(actions[i])), i, "action %s",
			actions[i]);
	}
}

/* Words nobody parses: each exists and none twice */
static void test_word_table(const char *what, const char *(*word)(int value), int count)
{
	int i, j;

	for (i = 0; i < count; i++) {
		bool ok = strcmp(word(i), "unknown");

		for (j = 0; j < i; j++)
			ok &= !!strcmp(word(i), word(j));
		unit_ok(ok, "%s %d has a word of its own: %s", what, i, word(i));
	}
	unit_text(word(count), "unknown", "%s past the end", what);
	unit_text(word(-1), "unknown", "%s -1", what);
}

static const char *word_of_op(int value)
{
	return rivet_name_op(value);
}

static const char *word_of_reason(int value)
{
	return rivet_name_reason(value);
}

static const char *word_of_action(int value)
{
	return rivet_name_action(value);
}

static const char *word_of_mode(int value)
{
	return rivet_name_mode(value);
}

static const char *word_of_hook(int value)
{
	return rivet_name_hook(value);
}

static const char *word_of_event(int value)
{
	return rivet_name_event(value);
}

static void test_not_words(void)
{
	static const char * const words[] = {
		"", " ", "EXECUTE ", " EXECUTE", "execute", "Execute", "EXEC", "EXECUTEX", "allow",
		"Allow", "ALLOWED", "unknown", "wrong_use", "wronguse", "MATCHES", "matc",
		"match,unlisted", "unverifiable!", "unverifiableness",
		"a word that is far longer than any other word",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		size_t len = strlen(words[i]);
		char *word = unit_copy(words[i], len);

		unit_eq(rivet_name_op_parse(word, len), -EINVAL, "no op: '%s'", words[i]);
		unit_eq(rivet_name_reason_parse(word, len), -EINVAL, "no reason: '%s'", words[i]);
		unit_eq(rivet_name_action_parse(word, len), -EINVAL, "no action: '%s'", words[i]);
	}
	unit_eq(rivet_name_op_parse("MMAP\0", 5), -EINVAL, "no op: NUL at the end");
	unit_eq(rivet_name_reason_parse("MATCH", 5), RIVET_REASON_MATCH, "reason in upper case");
	unit_eq(rivet_name_reason_parse("Wrong-Use", 9), RIVET_REASON_WRONG_USE,
		"reason in both cases");
	unit_eq(rivet_name_reason_parse("IO-ERROR", 8), RIVET_REASON_IO_ERROR,
		"reason in upper case with a hyphen");
}

static const struct {
	const char *text;
	u32 uses;	/* 0 if it is to be refused */
} use_cases[] = {
	{ "exec", RIVET_USE_EXEC },
	{ "mmap", RIVET_USE_MMAP },
	{ "kmod", RIVET_USE_KMOD },
	{ "firmware", RIVET_USE_FIRMWARE },
	{ "read", RIVET_USE_READ },
	{ "script", RIVET_USE_SCRIPT },
	{ "exec,mmap", RIVET_USE_EXEC | RIVET_USE_MMAP },
	{ "exec,jit", RIVET_USE_EXEC | RIVET_USE_JIT },
	{ "mmap,jit", RIVET_USE_MMAP | RIVET_USE_JIT },
	{ "exec,mmap,kmod,firmware,read,script,jit", 0x7f },
	{ "exec,read,script", RIVET_USE_EXEC | RIVET_USE_READ | RIVET_USE_SCRIPT },
	{ "jit", 0 },
	{ "read,jit", 0 },
	{ "kmod,firmware,read,script,jit", 0 },
	{ "", 0 },
	{ ",", 0 },
	{ "exec,", 0 },
	{ ",exec", 0 },
	{ "exec,,mmap", 0 },
	{ "exec,exec", 0 },
	{ "exec,mmap,exec", 0 },
	{ "mmap,exec", 0 },
	{ "jit,exec", 0 },
	{ "exec, mmap", 0 },
	{ "exec mmap", 0 },
	{ "exec;mmap", 0 },
	{ "Exec", 0 },
	{ "EXEC", 0 },
	{ "execute", 0 },
	{ "exe", 0 },
	{ "none", 0 },
};

static void test_uses(void)
{
	char buf[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(use_cases); i++) {
		size_t len = strlen(use_cases[i].text);
		u32 uses = 0x55;
		int ret = rivet_name_uses_parse(unit_copy(use_cases[i].text, len), len, &uses);

		unit_eq(ret, use_cases[i].uses ? 0 : -EBADMSG, "uses: '%s'", use_cases[i].text);
		unit_eq(uses, ret ? 0x55 : use_cases[i].uses, "bits: '%s'", use_cases[i].text);
		if (ret)
			continue;
		unit_eq(rivet_name_uses_format(uses, buf, sizeof(buf)), len, "length: '%s'",
			use_cases[i].text);
		unit_text(buf, use_cases[i].text, "round trip: '%s'", use_cases[i].text);
	}
	unit_eq(rivet_name_uses_format(0, buf, sizeof(buf)), 0, "no uses");
	unit_text(buf, "", "no uses, terminated");
	unit_eq(rivet_name_uses_format(~0U, buf, sizeof(buf)), 39, "bits that are no uses");
	unit_eq(rivet_name_uses_format(3, buf, 6), 9, "uses: length in spite of little room");
	unit_text(buf, "exec,", "uses: cut off");
}

/* All sets of uses that make sense, there and back */
static void test_all_uses(void)
{
	unsigned int wrong = 0, refused = 0;
	u32 bits, back;
	char buf[64];

	for (bits = 1; bits < 0x80; bits++) {
		size_t len = rivet_name_uses_format(bits, buf, sizeof(buf));

		if (rivet_name_uses_parse(buf, len, &back))
			refused++;
		else
			wrong += back != bits;
	}
	unit_eq(wrong, 0, "uses: all sets come back");
	unit_eq(refused, 16, "uses: those with jit but neither exec nor mmap do not");
}

static const struct {
	const char *label;
	const char *text;
	bool valid;
} name_cases[] = {
	{ "one letter", "a", true },
	{ "digit first", "9a", true },
	{ "underscore first", "_a", true },
	{ "everything", "gateway-base_2.0-RC1", true },
	{ "only digits", "123", true },
	{ "dots inside", "a..b", true },
	{ "64 bytes", "0123456789012345678901234567890123456789012345678901234567890123", true },
	{ "65 bytes", "01234567890123456789012345678901234567890123456789012345678901234", false },
	{ "nothing", "", false },
	{ "dot first", ".a", false },
	{ "dot", ".", false },
	{ "dots", "..", false },
	{ "hyphen first", "-a", false },
	{ "space", "a b", false },
	{ "slash", "a/b", false },
	{ "colon", "a:b", false },
	{ "equals", "a=b", false },
	{ "line feed", "a\n", false },
	{ "percent", "a%s", false },
	{ "umlaut", "\xc3\xa4", false },
	{ "DEL", "a\x7f", false },
};

static void test_valid_names(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(name_cases); i++) {
		size_t len = strlen(name_cases[i].text);

		unit_eq(rivet_name_is_valid(unit_copy(name_cases[i].text, len), len),
			name_cases[i].valid, "name: %s", name_cases[i].label);
	}
	unit_ok(!rivet_name_is_valid("a\0b", 3), "name: NUL");
}

/* Every byte, first in a name and later in it */
static void test_name_bytes(void)
{
	static const char later[] =
		"-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
	unsigned int wrong = 0;
	int byte;

	for (byte = 1; byte < 256; byte++) {
		char name[2] = { 'a', byte };
		bool good = strchr(later, byte);

		wrong += rivet_name_is_valid(name, 2) != good;
		wrong += rivet_name_is_valid(name + 1, 1) != (good && byte != '-' && byte != '.');
	}
	unit_eq(wrong, 0, "name: every byte, first and later");
}

static const struct {
	const char *text;
	size_t len;
	const char *want;
} escape_cases[] = {
	{ "", 0, "" },
	{ "/usr/bin/x", 10, "/usr/bin/x" },
	{ "a b~", 4, "a b~" },
	{ "a\\b", 3, "a\\\\b" },
	{ "a\"b", 3, "a\\\"b" },
	{ "a\nb", 3, "a\\x0ab" },
	{ "\0", 1, "\\x00" },
	{ "\x1b[31m", 5, "\\x1b[31m" },
	{ "\x7f\x1f\xff", 3, "\\x7f\\x1f\\xff" },
	{ "\xc3\xa4", 2, "\\xc3\\xa4" },
};

static void test_escape(void)
{
	char buf[64];
	size_t i, size;

	for (i = 0; i < ARRAY_SIZE(escape_cases); i++) {
		char *text = unit_copy(escape_cases[i].text, escape_cases[i].len);
		size_t len = rivet_name_escape(text, escape_cases[i].len, buf, sizeof(buf));
		bool ok = true;

		unit_eq(len, strlen(escape_cases[i].want), "escape: length %zu", i);
		unit_text(buf, escape_cases[i].want, "escape: text %zu", i);
		for (size = 0; size <= len; size++) {
			char *small = unit_copy(buf, size);

			ok &= rivet_name_escape(text, escape_cases[i].len, small, size) == len;
			ok &= !size || strlen(small) == size - 1;
			free(small);
		}
		unit_ok(ok, "escape: cut off in every size %zu", i);
	}
}

static void test_cut(void)
{
	static const char text[16] = "0123456789";
	size_t size;

	for (size = 0; size <= 12; size++) {
		char *buf = unit_copy(text, size), want[sizeof(text)] = "";
		bool fits = size > strlen(text);

		memcpy(want, text, fits ? strlen(text) : size ? size - 1 : 0);
		if (!fits && size >= 4)
			memcpy(want + size - 4, "...", 3);
		if (size)
			buf[size - 1] = '\0';
		unit_eq(rivet_name_mark_cut(buf, size, strlen(text)), strlen(want), "cut: length in %zu",
			size);
		unit_text(size ? buf : "", want, "cut: text in %zu", size);
		free(buf);
	}
}

static void test_liftable(void)
{
	unit_ok(rivet_name_is_liftable("bpf_lsm_kernel_post_read_file"), "liftable: asked for a size");
	unit_ok(rivet_name_is_liftable("bpf_lsm_bpf"), "liftable: a name that another begins with");
	unit_ok(!rivet_name_is_liftable("bpf_lsm_bpf_"), "not liftable: one that begins so");
	unit_ok(!rivet_name_is_liftable("bpf_lsm_file_open"), "not liftable: an ordinary hook");
	unit_ok(!rivet_name_is_liftable(""), "not liftable: no name");
}

int main(void)
{
	test_words();
	test_word_table("op", word_of_op, __RIVET_OP_MAX);
	test_word_table("reason", word_of_reason, __RIVET_REASON_MAX);
	test_word_table("action", word_of_action, __RIVET_ACTION_MAX);
	test_word_table("mode", word_of_mode, __RIVET_MODE_MAX);
	test_word_table("hook", word_of_hook, __RIVET_HOOK_MAX);
	test_word_table("event", word_of_event, __RIVET_EVENT_MAX);
	test_not_words();
	test_uses();
	test_all_uses();
	test_valid_names();
	test_name_bytes();
	test_escape();
	test_cut();
	test_liftable();
	return unit_done();
}
