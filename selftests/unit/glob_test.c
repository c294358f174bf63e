// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - globs, tested: against examples and against a matcher that tries everything
 */
#include "policy/rules.h"
#include "unit.h"

static const struct {
	const char *pattern;
	const char *path;
	bool match;
} cases[] = {
	{ "", "", true },
	{ "", "/", false },
	{ "*", "", true },
	{ "**", "", true },
	{ "/", "", false },
	{ "/a", "/a", true },
	{ "/a", "/ab", false },
	{ "/ab", "/a", false },
	{ "/a", "/A", false },
	{ "/?", "/a", false },
	{ "/?", "/?", true },
	{ "/[ab]", "/a", false },
	{ "/[ab]", "/[ab]", true },
	{ "/\\*", "/*", false },
	{ "/\\*", "/\\x", true },
	{ "/*", "/", true },
	{ "/*", "/a", true },
	{ "/*", "/*", true },
	{ "/*", "/a/b", false },
	{ "/**", "/a/b", true },
	{ "/**", "/", true },
	{ "/***", "/a/b", true },
	{ "/opt/**", "/opt/m2m/bin/x", true },
	{ "/opt/**", "/opt", false },
	{ "/opt/**", "/opt/", true },
	{ "/opt/**", "/opt2/x", false },
	{ "/opt**", "/opt2/x", true },
	{ "/opt/*/bin/*", "/opt/m2m/bin/x", true },
	{ "/opt/*/bin/*", "/opt/m2m/v1/bin/x", false },
	{ "/opt/**/bin/*", "/opt/m2m/v1/bin/x", true },
	{ "/opt/**/bin/*", "/opt/bin/x", false },
	{ "/opt/**bin/*", "/opt/bin/x", true },
	{ "/**/lib*.so", "/usr/lib/libx.so", true },
	{ "/**/lib*.so", "/usr/lib/libx.so.1", false },
	{ "/**/lib*.so*", "/usr/lib/libx.so.1", true },
	{ "/**/lib*.so", "/usr/libx/y.so", false },
	{ "/usr/lib*", "/usr/lib64", true },
	{ "/usr/lib*", "/usr/lib/x", false },
	{ "/*a*b", "/xaxbxb", true },
	{ "/*a*b", "/xaxbxbx", false },
	{ "/**a*b", "/a/ab", true },
	{ "/**a*b/c", "/ab/ab/c", true },
	{ "/*.so.*.*", "/x.so.1.2", true },
	{ "/*.so.*.*", "/x.so.1", false },
	{ "/**a**b", "/xa/yb", true },
	{ "/**/x/**/y", "/1/x/2/3/y", true },
	{ "/**/x/**/y", "/1/x/y", false },
	{ "/**x", "/x\nx", true },
	{ "/*", "/\xff\x01", true },
};

static void test_cases(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rivet_slice pattern = unit_slice(cases[i].pattern);
		struct rivet_slice path = unit_slice(cases[i].path);

		pattern.ptr = unit_copy(pattern.ptr, pattern.len);
		path.ptr = unit_copy(path.ptr, path.len);
		unit_eq(rivet_glob_match(pattern, path), cases[i].match, "'%s' on '%s'",
			cases[i].pattern, cases[i].path);
	}
}

/* The definition, word for word: try every run that a wildcard could stand for */
static bool reference(struct rivet_slice pattern, struct rivet_slice path)
{
	bool across = false;
	size_t run;

	if (!pattern.len)
		return !path.len;
	if (pattern.ptr[0] != '*') {
		if (!path.len || pattern.ptr[0] != path.ptr[0])
			return false;
		return reference((struct rivet_slice){ pattern.ptr + 1, pattern.len - 1 },
				 (struct rivet_slice){ path.ptr + 1, path.len - 1 });
	}
	pattern.ptr++;
	pattern.len--;
	while (pattern.len && pattern.ptr[0] == '*') {
		across = true;
		pattern.ptr++;
		pattern.len--;
	}
	for (run = 0; run <= path.len; run++) {
		if (reference(pattern, (struct rivet_slice){ path.ptr + run, path.len - run }))
			return true;
		if (run < path.len && path.ptr[run] == '/' && !across)
			return false;
	}
	return false;
}

static size_t count_difference(struct rivet_slice pattern, struct rivet_slice path)
{
	if (rivet_glob_match(pattern, path) == reference(pattern, path))
		return 0;
	unit_note("differs: '%.*s' on '%.*s'", (int)pattern.len, pattern.ptr, (int)path.len,
		  path.ptr);
	return 1;
}

/* The word with this number among all words over an alphabet, in order of length */
static struct rivet_slice word(size_t number, const char *alphabet, char *buf)
{
	size_t letters = strlen(alphabet), len = 0, words = 1;

	for (; number >= words; words *= letters, len++)
		number -= words;
	for (size_t i = 0; i < len; i++, number /= letters)
		buf[i] = alphabet[number % letters];
	return (struct rivet_slice){ .ptr = buf, .len = len };
}

/* All words of up to 6 letters: (4^7 - 1) / 3 patterns on (3^7 - 1) / 2 paths */
static void test_exhaustive(void)
{
	size_t differences = 0, i, j;
	char pattern[8], path[8];

	for (i = 0; i < 5461; i++)
		for (j = 0; j < 1093; j++)
			differences += count_difference(word(i, "*a/b", pattern),
							word(j, "a/b", path));
	unit_eq(differences, 0, "all 5968873 short cases agree with the definition");
}

static struct rivet_slice random_word(const char *alphabet, size_t max, char *buf)
{
	size_t letters = strlen(alphabet), len = unit_random() % (max + 1), i;

	for (i = 0; i < len; i++)
		buf[i] = alphabet[unit_random() % letters];
	return (struct rivet_slice){ .ptr = buf, .len = len };
}

/* A path that the pattern should match, most of the time */
static struct rivet_slice random_expansion(struct rivet_slice pattern, char *buf)
{
	size_t len = 0, i, run;

	for (i = 0; i < pattern.len; i++) {
		if (pattern.ptr[i] != '*') {
			buf[len++] = pattern.ptr[i];
			continue;
		}
		for (run = unit_random() % 4; run; run--)
			buf[len++] = "aaab/"[unit_random() % 5];
	}
	return (struct rivet_slice){ .ptr = buf, .len = len };
}

static void test_random(void)
{
	size_t differences = 0, matches = 0, i;
	char pattern_buf[16], path_buf[64];

	for (i = 0; i < 2000000; i++) {
		struct rivet_slice pattern = random_word("***aab/", 12, pattern_buf);
		struct rivet_slice path;

		if (i % 2)
			path = random_expansion(pattern, path_buf);
		else
			path = random_word("aab/", 16, path_buf);
		differences += count_difference(pattern, path);
		matches += rivet_glob_match(pattern, path);
	}
	unit_eq(differences, 0, "2000000 random cases agree with the definition");
	unit_ok(matches > 100000 && matches < 1900000, "and a fair part of them match");
}

/* Patterns that keep recursive matchers busy for ever must be quick here */
static void test_hostile(void)
{
	static char pattern[4096], path[4096];
	size_t i;

	memset(path, 'a', sizeof(path));
	for (i = 0; i < sizeof(pattern); i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[sizeof(pattern) - 1] = 'b';
	unit_ok(!rivet_glob_match((struct rivet_slice){ pattern, sizeof(pattern) },
				  (struct rivet_slice){ path, sizeof(path) }), "*a*a*a...b");
	for (i = 0; i + 2 < sizeof(pattern); i += 3)
		memcpy(pattern + i, "**a", 3);
	unit_ok(!rivet_glob_match((struct rivet_slice){ pattern, sizeof(pattern) },
				  (struct rivet_slice){ path, sizeof(path) }), "**a**a**a...b");
	unit_ok(!rivet_glob_match(unit_slice("**a*ab"),
				  (struct rivet_slice){ path, sizeof(path) }), "**a*ab");
	for (i = 0; i < sizeof(path); i += 256)
		path[i] = '/';
	unit_ok(!rivet_glob_match(unit_slice("**a*a*aaaaaaaaaaaaaaaab"),
				  (struct rivet_slice){ path, sizeof(path) }),
		"**a*a*aa...b over components");
}

int main(void)
{
	test_cases();
	test_exhaustive();
	test_random();
	test_hostile();
	return unit_done();
}
