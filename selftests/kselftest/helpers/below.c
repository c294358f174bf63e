// SPDX-License-Identifier: GPL-2.0
/*
 * below - put other bytes below whatever is mounted from a device, without a descriptor
 * that is open for writing
 */
#include <sys/ioctl.h>

#include <linux/loop.h>
#include <linux/major.h>
#include <linux/mmc/ioctl.h>
#include <linux/nvme_ioctl.h>
#include <linux/raid/md_u.h>

#include "helper.h"
#include "ring.h"

#define USAGE	"below exchange DEVICE IMAGE\n" \
		"below offset DEVICE BYTES\n" \
		"below bitmap DEVICE FILE\n" \
		"below mmc|nvme|ring DEVICE    a command handed to a disk\n" \
		"A device that does not know the request is content with it."

static int device;
static const char *path;
static const char *argument;

static void check(int result)
{
	if (result < 0 && errno != ENOTTY)
		fail(path);
}

static void exchange(void)
{
	check(ioctl(device, LOOP_CHANGE_FD, must_open(argument, O_RDONLY)));
}

static void set_offset(void)
{
	struct loop_info64 info;

	check(ioctl(device, LOOP_GET_STATUS64, &info));
	info.lo_offset = strtoull(argument, NULL, 0);
	check(ioctl(device, LOOP_SET_STATUS64, &info));
}

static void set_bitmap(void)
{
	check(ioctl(device, SET_BITMAP_FILE, must_open(argument, O_RDWR)));
}

static void command_mmc(void)
{
	struct mmc_ioc_cmd command = { 0 };

	check(ioctl(device, MMC_IOC_CMD, &command));
}

static void command_nvme(void)
{
	struct nvme_passthru_cmd command = { 0 };

	check(ioctl(device, NVME_IOCTL_IO_CMD, &command));
}

static void command_by_ring(void)
{
	struct io_uring_sqe command = {
		.opcode = IORING_OP_URING_CMD, .fd = device, .cmd_op = NVME_URING_CMD_IO,
	};
	struct ring ring = { 0 };
	int result;

	set_up_ring(&ring);
	result = submit(&ring, &command);
	if (result < 0)
		errno = -result;
	check(result);
}

static const struct {
	const char *name;
	int arguments;
	void (*carry_out)(void);
} ways[] = {
	{ "exchange", 2, exchange },
	{ "offset", 2, set_offset },
	{ "bitmap", 2, set_bitmap },
	{ "mmc", 1, command_mmc },
	{ "nvme", 1, command_nvme },
	{ "ring", 1, command_by_ring },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (argc < 2 || strcmp(argv[1], ways[i].name) || argc != ways[i].arguments + 2)
			continue;
		path = argv[2];
		argument = argv[3];
		device = must_open(path, O_RDONLY);
		ways[i].carry_out();
		return 0;
	}
	usage(USAGE);
}
