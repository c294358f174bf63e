// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - paths as manifests write them, tested
 */
#include "text/path.h"
#include "unit.h"

static const struct {
	const char *label;
	const char *escaped;
	const char *real;	/* NULL if the escape is none */
} path_cases[] = {
	{ "nothing", "", "" },
	{ "plain", "/a/b", "/a/b" },
	{ "backslash", "/a\\\\b", "/a\\b" },
	{ "newline", "/a\\nb", "/a\nb" },
	{ "backslash and n", "/a\\\\nb", "/a\\nb" },
	{ "only escapes", "\\n\\\\\\n", "\n\\\n" },
	{ "any path", "*", "*" },
	{ "backslash at the end", "/a\\", NULL },
	{ "unknown escape", "/a\\t", NULL },
	{ "three backslashes", "/a\\\\\\", NULL },
};

static void test_escapes(void)
{
	char buf[64];
	size_t i, size;

	for (i = 0; i < ARRAY_SIZE(path_cases); i++) {
		struct rivet_slice path = unit_slice(path_cases[i].escaped);
		const char *real = path_cases[i].real;
		bool ok = true;

		path.ptr = unit_copy(path.ptr, path.len);
		unit_eq(rivet_path_unescape(path, buf, sizeof(buf)),
			real ? (ssize_t)strlen(real) : -EBADMSG, "unescape: %s",
			path_cases[i].label);
		if (!real)
			continue;
		unit_text(buf, real, "real: %s", path_cases[i].label);
		unit_eq(rivet_path_escape(real, strlen(real), buf, sizeof(buf)), path.len,
			"escape: %s", path_cases[i].label);
		unit_text(buf, path_cases[i].escaped, "escaped: %s", path_cases[i].label);
		for (size = 0; size <= strlen(real); size++) {
			char *small = malloc(size);

			ok &= rivet_path_unescape(path, small, size) == -ENAMETOOLONG;
			free(small);
		}
		for (size = 0; size <= path.len; size++) {
			char *small = malloc(size);

			ok &= rivet_path_escape(real, strlen(real), small, size) == -ENAMETOOLONG;
			free(small);
		}
		unit_ok(ok, "no room: %s", path_cases[i].label);
	}
}

/* In ascending order of their real bytes */
static const char * const sorted_paths[] = {
	"", "*", "/", "/\x01", "/\\n", "/\\na", "/\x0b", "/a", "/a/b", "/a[", "/a\\\\",
	"/a\\\\n", "/a]", "/aa", "/b", "/\xc3\xa4", "/\xf0\x9f\x98\x80",
};

static void test_compare(void)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(sorted_paths); i++) {
		for (j = 0; j < ARRAY_SIZE(sorted_paths); j++) {
			int order = rivet_path_compare(unit_slice(sorted_paths[i]),
						       unit_slice(sorted_paths[j]));

			unit_eq((order > 0) - (order < 0), (i > j) - (i < j), "order %zu %zu", i,
				j);
		}
	}
	unit_eq(rivet_path_compare(unit_slice("/\\x"), unit_slice("/\\y")), 0,
		"order of two that are no paths ends");
}

#define REAL_MAX	24

/* Many are the same for long, and full of escapes */
static size_t make_path(char real[REAL_MAX])
{
	static const char bytes[] = "aaaaaa\\\\\nn\x01";
	size_t len = unit_random() % REAL_MAX, i;

	for (i = 0; i < len; i++)
		real[i] = unit_random() % 4 ? 'a' : bytes[unit_random() % (sizeof(bytes) - 1)];
	return len;
}

static struct rivet_slice escape(const char *real, size_t len)
{
	char buf[2 * REAL_MAX + 1];
	ssize_t written = rivet_path_escape(real, len, buf, sizeof(buf));

	return (struct rivet_slice){ .ptr = unit_copy(buf, written), .len = written };
}

/* Two random paths, of which the second begins like the first */
static bool compare_pair(void)
{
	char a[REAL_MAX], b[REAL_MAX];
	size_t a_len = make_path(a), b_len = make_path(b), same;
	struct rivet_slice x, y;
	int want, got;

	same = unit_random() % REAL_MAX;
	same = same < a_len ? same : a_len;
	same = same < b_len ? same : b_len;
	memcpy(b, a, same);
	same = a_len < b_len ? a_len : b_len;
	want = memcmp(a, b, same);
	if (!want)
		want = a_len < b_len ? -1 : a_len > b_len;
	x = escape(a, a_len);
	y = escape(b, b_len);
	got = rivet_path_compare(x, y);
	free((char *)x.ptr);
	free((char *)y.ptr);
	return (got > 0) - (got < 0) == (want > 0) - (want < 0);
}

static void test_compare_random(void)
{
	unsigned int i;

	for (i = 0; i < 100000 && compare_pair(); i++)
		;
	unit_eq(i, 100000, "random pairs are in the order of their real bytes");
}

static const struct {
	const char *path;
	bool canonical;
} forms[] = {
	{ "", false }, { "a", false }, { "/", false }, { "//", false }, { "/a/", false },
	{ "/a//b", false }, { "/.", false }, { "/a/..", false }, { "/./a", false },
	{ "*", false }, { "/a", true }, { "/a/b", true }, { "/...", true }, { "/.a", true },
	{ "/a.", true }, { "/./", false }, { "/../a", false }, { "/.a/b", true },
	{ "/a./b", true },
};

static void test_canonical(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		unit_eq(rivet_path_is_canonical(unit_slice(forms[i].path)), forms[i].canonical,
			"canonical: %s", forms[i].path);
}

/* 4095 bytes are accepted, 4096 not; escaped, each is two characters */
static void test_longest(char byte)
{
	static char real[RIVET_PATH_MAX], text[2 * RIVET_PATH_MAX + 1];
	struct rivet_slice path;

	memset(real, byte, sizeof(real));
	path.ptr = text;
	path.len = rivet_path_escape(real, sizeof(real) - 1, text, sizeof(text));
	unit_ok(!rivet_path_find_fault(&path), "4095 of %c are a path", byte);
	path.ptr = text;
	path.len = rivet_path_escape(real, sizeof(real), text, sizeof(text));
	unit_text(rivet_path_find_fault(&path), "a path of at most 4095 bytes",
		  "4096 of %c are none", byte);
}

static void test_faults(void)
{
	struct rivet_slice path = BYTES("/a\0b");

	unit_ok(rivet_path_find_fault(&path) && path.len == 2, "a NUL is a fault");
	path = unit_slice("/a\\tb");
	unit_ok(rivet_path_find_fault(&path) && path.len == 3, "so is an unknown escape");
	path = unit_slice("/a\\\\\\nb");
	unit_ok(!rivet_path_find_fault(&path) && !path.len, "known ones are none");
	test_longest('a');
	test_longest('\\');
}

int main(void)
{
	test_escapes();
	test_compare();
	test_compare_random();
	test_canonical();
	test_faults();
	return unit_done();
}
