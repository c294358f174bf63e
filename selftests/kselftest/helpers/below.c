// SPDX-License-Identifier: GPL-2.0
/*
 * below - put other bytes below any filesystem mounted from a device, without a
 * descriptor that is open for writing
 */
#include <sys/ioctl.h>
#include <sys/quota.h>
#include <sys/syscall.h>

#include <linux/blkpg.h>
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
		"below quota|right-quota DEVICE FILE\n" \
		"below add|resize|delete DEVICE NUMBER:START:BYTES    a partition\n" \
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

/* Its content does not matter: the kernel asks before it looks */
static void set_quota(void)
{
	int cmd = QCMD(Q_QUOTAON, USRQUOTA);

	if (syscall(SYS_quotactl, cmd, path, 1 /* QFMT_VFS_OLD */, argument) && errno == EACCES)
		fail(argument);
}

static void set_right_quota(void)
{
	check(syscall(SYS_quotactl, QCMD(Q_QUOTAON, USRQUOTA), path, 1 /* QFMT_VFS_OLD */,
		      argument));
}

static void change_partition(int op)
{
	struct blkpg_partition partition = { 0 };
	struct blkpg_ioctl_arg request = {
		.op = op, .datalen = sizeof(partition), .data = &partition,
	};

	if (sscanf(argument, "%d:%lld:%lld", &partition.pno, &partition.start,
		   &partition.length) != 3)
		usage(USAGE);
	check(ioctl(device, BLKPG, &request));
}

static void add_partition(void)
{
	change_partition(BLKPG_ADD_PARTITION);
}

static void resize_partition(void)
{
	change_partition(BLKPG_RESIZE_PARTITION);
}

static void delete_partition(void)
{
	change_partition(BLKPG_DEL_PARTITION);
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
	{ "quota", 2, set_quota },
	{ "right-quota", 2, set_right_quota },
	{ "add", 2, add_partition },
	{ "resize", 2, resize_partition },
	{ "delete", 2, delete_partition },
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
