// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - fuzzer: manifests
 *
 * Accepted text is canonical: writing it again gives the same bytes. Skimming finds the paths
 * of the entries that are accepted.
 */
#include "fuzz.h"
#include "manifest_text.h"
#include "object/split.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static char again[1 << 20];
	struct rivet_parse_error err = {};
	const char *text = (const char *)data;
	int ret = manifest_rewrite(text, size, again, sizeof(again), &err);

	FUZZ_ASSERT(manifest_skims(text, size));
	if (ret) {
		fuzz_assert_error(ret, &err, size);
		return 0;
	}
	FUZZ_ASSERT(rivet_object_kind(text, size) == RIVET_OBJECT_MANIFEST);
	FUZZ_ASSERT(rivet_parse_utf8_valid(text, size, NULL));
	FUZZ_ASSERT(strlen(again) == size && !memcmp(again, text, size));
	return 0;
}
