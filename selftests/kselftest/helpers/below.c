// SPDX-License-Identifier: GPL-2.0
/*
 * below - put other bytes below whatever is mounted from a loop device, without a
 * descriptor that is open for writing
 */
#include <sys/ioctl.h>

#include <linux/loop.h>
#include <linux/major.h>
#include <linux/raid/md_u.h>

#include "helper.h"

#define USAGE	"below exchange DEVICE IMAGE\n" \
		"below offset DEVICE BYTES\n" \
		"below bitmap DEVICE FILE    DEVICE is an array, or does not know the request"

static void set_offset(int device, const char *path, const char *bytes)
{
	struct loop_info64 info;

	if (ioctl(device, LOOP_GET_STATUS64, &info))
		fail(path);
	info.lo_offset = strtoull(bytes, NULL, 0);
	if (ioctl(device, LOOP_SET_STATUS64, &info))
		fail(path);
}

int main(int argc, char **argv)
{
	int device;

	if (argc != 4)
		usage(USAGE);
	device = must_open(argv[2], O_RDONLY);
	if (!strcmp(argv[1], "exchange")) {
		if (ioctl(device, LOOP_CHANGE_FD, must_open(argv[3], O_RDONLY)))
			fail(argv[2]);
	} else if (!strcmp(argv[1], "offset")) {
		set_offset(device, argv[2], argv[3]);
	} else if (!strcmp(argv[1], "bitmap")) {
		if (ioctl(device, SET_BITMAP_FILE, must_open(argv[3], O_RDWR)) && errno != ENOTTY)
			fail(argv[2]);
	} else {
		usage(USAGE);
	}
	return 0;
}
