// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - fuzzer: signed objects, signatures, unlock tokens and entries of quarantine
 *
 * The same bytes are tried as an object and as each of its parts. A split
 * object is put together again from its parts.
 */
#include "fuzz.h"
#include "object/split.h"
#include "object/unlock.h"
#include "quarantine/line.h"

static void check_signature(const u8 *der, size_t size)
{
	struct rivet_parse_error err = {};
	int ret = rivet_object_check_signature(der, size, &err);

	if (ret)
		fuzz_assert_error(ret, &err, size);
	else
		FUZZ_ASSERT(der[0] == 0x30 && size <= RIVET_SIGNATURE_MAX);
}

static void check_token(enum rivet_token token, const char *text, size_t size)
{
	u8 nonce[RIVET_NONCE_SIZE];
	struct rivet_parse_error err = {};
	char again[RIVET_UNLOCK_TEXT_MAX];
	int ret = rivet_token_parse(token, text, size, nonce, &err);

	if (ret) {
		fuzz_assert_error(ret, &err, size);
		return;
	}
	FUZZ_ASSERT(rivet_token_format(token, nonce, again, sizeof(again)) == size);
	FUZZ_ASSERT(!memcmp(again, text, size));
}

static void check_line(const char *text, size_t size)
{
	static char path[RIVET_PATH_MAX], again[RIVET_QUARANTINE_LINE_MAX];
	struct rivet_parse_error err = {};
	struct rivet_quarantined entry;
	int ret = rivet_quarantine_line_parse(text, size, &entry, &err);
	ssize_t len;

	if (ret) {
		fuzz_assert_error(ret, &err, size);
		return;
	}
	len = rivet_quarantine_line_path(entry.path, path, sizeof(path));
	FUZZ_ASSERT(len >= 0);
	entry.path = (struct rivet_slice){ .ptr = path, .len = len };
	FUZZ_ASSERT(rivet_quarantine_line_format(&entry, again, sizeof(again)) == size);
	FUZZ_ASSERT(!memcmp(again, text, size));
}

static void check_parts(const struct rivet_object *object, const u8 *data, size_t size)
{
	u8 trailer[RIVET_OBJECT_TRAILER];
	const u8 *end = object->signature + object->signature_len;

	FUZZ_ASSERT(object->kind != RIVET_OBJECT_UNKNOWN && object->text_len);
	FUZZ_ASSERT(object->text == (const char *)data);
	FUZZ_ASSERT(object->signature == data + object->text_len);
	FUZZ_ASSERT(object->signature_len && object->signature_len <= RIVET_SIGNATURE_MAX);
	rivet_object_trailer(object->signature_len, trailer);
	FUZZ_ASSERT(!memcmp(end, trailer, sizeof(trailer)));
	FUZZ_ASSERT(end + sizeof(trailer) + strlen(RIVET_OBJECT_MAGIC) == data + size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct rivet_parse_error err = {};
	struct rivet_object object;
	int ret = rivet_object_split(data, size, &object, &err);

	check_signature(data, size);
	check_token(RIVET_TOKEN_UNLOCK, (const char *)data, size);
	check_token(RIVET_TOKEN_REJOIN, (const char *)data, size);
	check_line((const char *)data, size);
	if (ret) {
		fuzz_assert_error(ret, &err, size);
		return 0;
	}
	check_parts(&object, data, size);
	check_signature(object.signature, object.signature_len);
	check_token(RIVET_TOKEN_UNLOCK, object.text, object.text_len);
	check_token(RIVET_TOKEN_REJOIN, object.text, object.text_len);
	return 0;
}
