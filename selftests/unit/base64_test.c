// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - base64: known pairs, each other form refused, all bytes there and back
 */
#include <string.h>

#include "text/base64.h"
#include "unit.h"

static void test_vectors(void)
{
	static const char * const pairs[][2] = {
		{ "", "" }, { "a", "YQ==" }, { "ab", "YWI=" }, { "abc", "YWJj" },
		{ "abcd", "YWJjZA==" }, { "abcde", "YWJjZGU=" }, { "\xff\xef\xbf", "/++/" },
	};
	char text[16];
	size_t i, len;
	u8 bytes[8];

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		len = rivet_base64_encode((const u8 *)pairs[i][0], strlen(pairs[i][0]), text);
		text[len] = '\0';
		unit_text(text, pairs[i][1], "'%s' encoded", pairs[i][0]);
		unit_eq(len, RIVET_BASE64_LEN(strlen(pairs[i][0])), "the length is the predicted one");
		unit_eq(rivet_base64_decode(pairs[i][1], len, bytes, sizeof(bytes)),
			strlen(pairs[i][0]), "'%s' decoded", pairs[i][1]);
		unit_ok(!memcmp(bytes, pairs[i][0], strlen(pairs[i][0])), "to the same bytes");
	}
}

static void test_refused(void)
{
	static const char * const bad[] = {
		"Z", "Zg", "Zg=", "Zg==Zg==", "Zh==", "Zm9=", "Z===", "====", "Zm9\n", "Zm9-",
		"Z=9v", "=m9v", " Zm9", "Zm8=Zm9v",
	};
	size_t i;
	u8 bytes[8];

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *text = unit_copy(bad[i], strlen(bad[i]));

		unit_eq(rivet_base64_decode(text, strlen(bad[i]), bytes, sizeof(bytes)), -EINVAL,
			"'%s' is refused", bad[i]);
		free(text);
	}
	unit_eq(rivet_base64_decode("Zm9v", 4, bytes, 2), -E2BIG, "more bytes than there is room");
	unit_eq(rivet_base64_decode("Zm9\0", 4, bytes, 8), -EINVAL, "a zero is no letter");
}

static void test_all_bytes(void)
{
	u8 bytes[256], back[256];
	char text[RIVET_BASE64_LEN(256)];
	size_t i, len;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = unit_random();
	for (len = 0; len <= sizeof(bytes); len++) {
		char *exact = unit_copy(text, rivet_base64_encode(bytes, len, text));

		memcpy(exact, text, RIVET_BASE64_LEN(len));
		i = rivet_base64_decode(exact, RIVET_BASE64_LEN(len), back, len);
		free(exact);
		if (i != len || memcmp(bytes, back, len))
			break;
	}
	unit_eq(len, sizeof(bytes) + 1, "every length comes back");
}

int main(void)
{
	test_vectors();
	test_refused();
	test_all_bytes();
	return unit_done();
}
