// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - searches of a text eight bytes at a time, tested against one byte at a time
 */
#include "text/bytes.h"
#include "unit.h"

#define LEN_MAX	40
#define ROUNDS	20000

static size_t find_either_slowly(const char *text, size_t len, char one, char other)
{
	size_t at = 0;

	while (at < len && text[at] != one && text[at] != other)
		at++;
	return at;
}

static size_t ascii_slowly(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && !(text[at] & 0x80))
		at++;
	return at;
}

static size_t common_slowly(const char *a, const char *b, size_t len)
{
	size_t at = 0;

	while (at < len && a[at] == b[at])
		at++;
	return at;
}

/* Bytes beside which a borrow or a sign could deceive */
static char random_byte(void)
{
	static const u8 bytes[] = { 0x00, 0x01, 0x7f, 0x80, 0x81, 0xff, '/', '0', '.', '\n' };

	return bytes[unit_random() % ARRAY_SIZE(bytes)];
}

/* Mostly one byte, so that long texts have no difference either */
static void fill(char *text, size_t len)
{
	char usual = random_byte();
	size_t i;

	for (i = 0; i < len; i++)
		text[i] = unit_random() % 16 ? usual : random_byte();
}

/* At the end of their memory, so that the address sanitizer sees a byte too many */
static bool check_round(void)
{
	char one = random_byte(), other = random_byte(), text[LEN_MAX], changed[LEN_MAX];
	size_t len = unit_random() % (LEN_MAX + 1), i;
	char *a, *b;
	bool ok;

	fill(text, len);
	memcpy(changed, text, len);
	for (i = 0; i < len; i++)
		if (!(unit_random() % 32))
			changed[i] = random_byte();
	a = unit_copy(text, len);
	b = unit_copy(changed, len);
	ok = rivet_bytes_find(a, len, one) == find_either_slowly(a, len, one, one) &&
	     rivet_bytes_find_either(a, len, one, other) ==
	     find_either_slowly(a, len, one, other) &&
	     rivet_bytes_ascii(a, len) == ascii_slowly(a, len) &&
	     rivet_bytes_common(a, b, len) == common_slowly(a, b, len);
	free(a);
	free(b);
	return ok;
}

int main(void)
{
	unsigned int i;
	bool ok = true;

	unit_eq(rivet_bytes_find(NULL, 0, 'x'), 0, "nothing has no byte");
	unit_eq(rivet_bytes_ascii(NULL, 0), 0, "and no ASCII");
	unit_eq(rivet_bytes_common(NULL, NULL, 0), 0, "and nothing in common");
	unit_eq(rivet_bytes_find("\1\0\0\0\0\0\0\0", 8, '\0'), 1, "a byte after 1 borrows");
	for (i = 0; i < ROUNDS && ok; i++)
		ok = check_round();
	unit_ok(ok, "%u of %d texts are searched as one byte at a time", i, ROUNDS);
	return unit_done();
}
