// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - keeping one piece of evidence, for evidence.test.sh to check and to kill amid it
 *
 * Arguments: STORE FILE UID BYTES. The digest of the entry is the first byte of the file, and 0.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rivetd/store.h"

int main(int argc, char **argv)
{
	struct rivet_quarantined entry = {
		.id = 7, .reason = RIVET_REASON_MISMATCH, .policy = "gw", .named = true,
		.path = { .ptr = "/opt/x", .len = 6 },
		.digest.alg = RIVET_DIGEST_SHA256,
	};
	struct err err = { 0 };
	int file, ret;

	if (argc != 5)
		return 99;
	file = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return 99;
	entry.uid = strtoul(argv[3], NULL, 10);
	if (pread(file, entry.digest.bytes, 1, 0) < 0)
		return 99;
	ret = store_keep(argv[1], strtoull(argv[4], NULL, 10), &entry, file, &err);
	if (ret)
		fprintf(stderr, "%s\n", err.text);
	return ret;
}
