// SPDX-License-Identifier: GPL-2.0
/*
 * evidence - ask the kernel for held files, as the agent does
 */
#include <sys/ioctl.h>

#include "../../../kmod/include/uapi/linux/rivet.h"
#include "helper.h"

#define EVIDENCE	"/sys/kernel/security/rivet/evidence"
#define USAGE		"evidence register|take|done ID|nonsense"

int main(int argc, char **argv)
{
	static char line[64 * 1024];
	struct rivet_evidence held = { .line = (unsigned long)line, .size = sizeof(line) };
	__u64 id = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
	int fd, ret;

	if (argc < 2)
		usage(USAGE);
	fd = must_open(EVIDENCE, O_RDONLY);
	if (!strcmp(argv[1], "register"))
		ret = ioctl(fd, RIVET_EVIDENCE_REGISTER);
	else if (!strcmp(argv[1], "take"))
		ret = ioctl(fd, RIVET_EVIDENCE_TAKE, &held);
	else if (!strcmp(argv[1], "done"))
		ret = ioctl(fd, RIVET_EVIDENCE_DONE, &id);
	else
		ret = ioctl(fd, _IO(0xbe, 77));
	if (ret < 0)
		fail(argv[1]);
	return 0;
}
