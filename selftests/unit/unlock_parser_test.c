// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unlock tokens, tested
 */
#include "object/unlock.h"
#include "unit.h"

static const struct {
	const char *label;
	const char *text;
	u32 line;	/* of the error; 0 if it is a good one */
	u32 column;
} tokens[] = {
	{ "good", "riv-unlock 1\nnonce: " HEX_A "\n", 0, 0 },
	{ "zero nonce", "riv-unlock 1\nnonce: " HEX_0 "\n", 0, 0 },
	{ "nothing", "", 1, 1 },
	{ "other version", "riv-unlock 2\nnonce: " HEX_A "\n", 1, 1 },
	{ "version 10", "riv-unlock 10\nnonce: " HEX_A "\n", 1, 1 },
	{ "CR LF", "riv-unlock 1\r\nnonce: " HEX_A "\r\n", 1, 1 },
	{ "byte order mark", "\xef\xbb\xbfriv-unlock 1\nnonce: " HEX_A "\n", 1, 1 },
	{ "first line alone", "riv-unlock 1\n", 2, 1 },
	{ "other key", "riv-unlock 1\nNonce: " HEX_A "\n", 2, 1 },
	{ "no space", "riv-unlock 1\nnonce:" HEX_A "\n", 2, 1 },
	{ "two spaces", "riv-unlock 1\nnonce:  " HEX_A "\n", 2, 8 },
	{ "no nonce", "riv-unlock 1\nnonce: \n", 2, 8 },
	{ "long nonce", "riv-unlock 1\nnonce: " HEX_A "00\n", 2, 8 },
	{ "letter", "riv-unlock 1\nnonce: z" HEX_A "\n", 2, 8 },
	{ "no end of line", "riv-unlock 1\nnonce: " HEX_A, 2, 8 },
	{ "CR", "riv-unlock 1\nnonce: " HEX_A "\r\n", 2, 8 },
	{ "empty line after it", "riv-unlock 1\nnonce: " HEX_A "\n\n", 3, 1 },
	{ "another nonce", "riv-unlock 1\nnonce: " HEX_A "\nnonce: " HEX_B "\n", 3, 1 },
};

static void test_cases(void)
{
	u8 nonce[RIVET_NONCE_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tokens); i++) {
		struct rivet_parse_error err = {};
		size_t len = strlen(tokens[i].text);
		char *text = unit_copy(tokens[i].text, len);
		int ret = rivet_token_parse(RIVET_TOKEN_UNLOCK, text, len, nonce, &err);

		unit_eq(ret, tokens[i].line ? -EBADMSG : 0, "parse: %s", tokens[i].label);
		if (ret)
			unit_place(&err, tokens[i].line, tokens[i].column, "place: %s",
				   tokens[i].label);
		unit_eq(rivet_token_parse(RIVET_TOKEN_UNLOCK, text, len, nonce, NULL), ret, "nobody asks: %s",
			tokens[i].label);
	}
}

static void test_round_trip(void)
{
	char buf[RIVET_UNLOCK_TEXT_MAX];
	u8 nonce[RIVET_NONCE_SIZE], back[RIVET_NONCE_SIZE];
	bool truncated = true;
	size_t len, i;

	for (i = 0; i < sizeof(nonce); i++)
		nonce[i] = unit_random();
	len = rivet_token_format(RIVET_TOKEN_UNLOCK, nonce, buf, sizeof(buf));
	unit_eq(len, strlen(buf), "format: length");
	unit_eq(rivet_token_parse(RIVET_TOKEN_UNLOCK, buf, len, back, NULL), 0, "round trip");
	unit_ok(!memcmp(nonce, back, sizeof(nonce)), "round trip: same nonce");
	unit_eq(rivet_token_format(RIVET_TOKEN_UNLOCK, nonce, NULL, 0), len, "format: no room");
	unit_eq(rivet_token_format(RIVET_TOKEN_UNLOCK, nonce, buf, 5), len, "format: little room");
	unit_text(buf, "riv-", "format: cut off");

	rivet_token_format(RIVET_TOKEN_UNLOCK, nonce, buf, sizeof(buf));
	for (i = 0; i < len; i++) {
		char *copy = unit_copy(buf, i);

		truncated &= rivet_token_parse(RIVET_TOKEN_UNLOCK, copy, i, back, NULL) == -EBADMSG;
		free(copy);
	}
	unit_ok(truncated, "every truncation is refused");
}

int main(void)
{
	test_cases();
	test_round_trip();
	return unit_done();
}
