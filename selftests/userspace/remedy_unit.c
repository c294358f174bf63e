// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - restoring one file, for remedy.test.sh to check and to kill amid it
 *
 * Arguments: ROOT PATH SOURCE sha256:DIGEST [rehearse], or ROOT PATH to clean up.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "rivet-remedy/restore.h"

int main(int argc, char **argv)
{
	struct restore restore = { 0 };
	struct err err = { 0 };
	int ret;

	if (argc < 3)
		return 99;
	restore.root = open(argv[1], O_PATH | O_DIRECTORY);
	restore.path = argv[2];
	if (argc == 3) {
		restore_clean(restore.root, restore.path);
		return 0;
	}
	restore.source = open(argv[3], O_RDONLY);
	restore.rehearse = argc > 5;
	if (restore.source < 0 ||
	    rivet_digest_parse(argv[4], strlen(argv[4]), &restore.digest))
		return 99;
	ret = restore_file(&restore, &err);
	if (ret)
		fprintf(stderr, "%s\n", err.text);
	return ret;
}
