// SPDX-License-Identifier: GPL-2.0
/*
 * ways_file - let the kernel itself write to a file, or below it
 *
 * Reports the failed step, as change does; exit status 77 means that the facility is
 * missing.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/btrfs.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <linux/loop.h>

#include "helper.h"
#include "ring.h"

#define USAGE	"ways_file account|fanotify|core|map-files|handle|path-fd|poller|rings FILE\n" \
		"ways_file verity|defragment|trim|zero-range|remove FILE\n" \
		"ways_file block-size|capacity|configure|zero-out|discard-ring|set-size DEVICE"

#define BLOCK	4096
#define LACKING	77

static const char *file;

static void check(long result)
{
	if (result < 0)
		fail(file);
}

static void need(int there, const char *what)
{
	if (there)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(LACKING);
}

/* Writes to a descriptor that should not be one for writing */
static void write_to(int fd)
{
	check(fd);
	check(pwrite(fd, "X", 1, BLOCK));
}

/* --- the kernel opens it -------------------------------------------------------------- */

static void way_account(void)
{
	check(acct(file));
	if (!fork())
		_exit(0);
	wait(NULL);
	check(acct(NULL));
}

/* A descriptor comes with an event, opened by the kernel as was asked for once */
static void way_fanotify(void)
{
	struct fanotify_event_metadata event;
	int group = fanotify_init(FAN_CLASS_NOTIF, O_RDWR);
	struct pollfd ready = { group, POLLIN, 0 };

	need(group >= 0, "fanotify_init");
	check(fanotify_mark(group, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, file));
	close(must_open(file, O_RDONLY));
	need(poll(&ready, 1, 5000) == 1, "an event");
	check(read(group, &event, sizeof(event)));
	write_to(event.fd);
}

static void write_text(const char *path, const char *text)
{
	int fd = must_open(path, O_WRONLY | O_TRUNC);

	if (write(fd, text, strlen(text)) < 0)
		fail(path);
	close(fd);
}

static void way_core(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	struct stat before, after;
	int status;
	pid_t pid;

	check(stat(file, &before));
	write_text("/proc/sys/kernel/core_pattern", file);
	write_text("/proc/sys/kernel/core_uses_pid", "0");
	check(setrlimit(RLIMIT_CORE, &limit));
	pid = fork();
	if (!pid)
		abort();
	check(waitpid(pid, &status, 0));
	write_text("/proc/sys/kernel/core_pattern", "core");
	check(stat(file, &after));
	if (!WCOREDUMP(status) || after.st_size == before.st_size) {
		errno = ETXTBSY;
		fail(file);
	}
}

/* The file behind a mapping, by the address of that */
static void way_map_files(void)
{
	unsigned long at, from = 0, to = 0;
	char line[4096], path[128];
	FILE *maps;

	at = (unsigned long)mmap(NULL, BLOCK, PROT_READ, MAP_PRIVATE, must_open(file, O_RDONLY), 0);
	maps = fopen("/proc/self/maps", "r");
	need(!!maps, "/proc/self/maps");
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 && from <= at && at < to)
			break;
	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx", from, to);
	write_to(open(path, O_RDWR));
}

static void way_handle(void)
{
	struct {
		struct file_handle handle;
		unsigned char bytes[MAX_HANDLE_SZ];
	} at = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount_id;

	need(!name_to_handle_at(AT_FDCWD, file, &at.handle, &mount_id, 0), "name_to_handle_at");
	write_to(open_by_handle_at(must_open(file, O_RDONLY), &at.handle, O_RDWR));
}

static void way_path_fd(void)
{
	char path[64];
	int fd = open(file, O_PATH);

	check(fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	write_to(open(path, O_RDWR));
}

/* A thread of the kernel opens it, while the program sleeps */
static void way_poller(void)
{
	struct io_uring_sqe open_it = {
		.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (unsigned long)file,
		.open_flags = O_RDWR,
	};
	struct ring r = { .params = { .flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 10000 } };
	int result;

	set_up_ring(&r);
	result = submit(&r, &open_it);
	if (result < 0)
		errno = -result;
	write_to(result < 0 ? -1 : result);
}

/* With a descriptor that is open for reading: truncation and allocation by a ring */
static void way_rings(void)
{
	int fd = must_open(file, O_RDONLY);
	struct io_uring_sqe allocate = {
		.opcode = IORING_OP_FALLOCATE, .fd = fd, .len = 3 /* KEEP_SIZE, PUNCH_HOLE */,
		.addr = BLOCK,
	};
	struct ring r = { 0 };
	int result;

	set_up_ring(&r);
	result = submit(&r, &allocate);
	errno = -result;
	check(result < 0 ? -1 : 0);
}

/* --- requests for which a descriptor for reading will do ------------------------------ */

static void way_verity(void)
{
	struct fsverity_enable_arg arg = {
		.version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256, .block_size = BLOCK,
	};

	check(ioctl(must_open(file, O_RDONLY), FS_IOC_ENABLE_VERITY, &arg));
}

static void way_defragment(void)
{
	struct btrfs_ioctl_defrag_range_args args = {
		.len = (__u64)-1, .extent_thresh = 1, .compress_type = 1,
		.flags = BTRFS_DEFRAG_RANGE_COMPRESS | BTRFS_DEFRAG_RANGE_START_IO,
	};

	check(ioctl(must_open(file, O_RDONLY), BTRFS_IOC_DEFRAG_RANGE, &args));
}

static void way_trim(void)
{
	struct fstrim_range range = { .len = (__u64)-1 };

	check(ioctl(must_open(file, O_RDONLY), FITRIM, &range));
}

static void way_zero_range(void)
{
	struct {
		__s16 type, whence;
		__s64 start, len;
		__s32 sysid;
		__u32 pid;
		__s32 pad[4];
	} range = { .start = BLOCK, .len = BLOCK };

	check(ioctl(must_open(file, O_RDWR), _IOW('X', 57, range), &range));
}

/* Of a shared mapping that may only be read */
static void way_remove(void)
{
	void *at = mmap(NULL, BLOCK, PROT_READ, MAP_SHARED, must_open(file, O_RDONLY), 0);

	if (at == MAP_FAILED)
		fail("mmap");
	check(madvise(at, BLOCK, MADV_REMOVE));
}

/* --- requests to a device --------------------------------------------------------------- */

static void way_block_size(void)
{
	check(ioctl(must_open(file, O_RDONLY), LOOP_SET_BLOCK_SIZE, 1024UL));
}

static void way_capacity(void)
{
	check(ioctl(must_open(file, O_RDONLY), LOOP_SET_CAPACITY, 0));
}

static void way_configure(void)
{
	struct loop_config config = { .fd = must_open("/dev/null", O_RDONLY) };

	check(ioctl(must_open(file, O_RDONLY), LOOP_CONFIGURE, &config));
}

static void way_zero_out(void)
{
	__u64 range[2] = { 0, BLOCK };

	check(ioctl(must_open(file, O_RDONLY), BLKZEROOUT, range));
}

/* Discards, by a ring (6.12 and later) */
static void way_discard_ring(void)
{
	struct io_uring_sqe discard = {
		.opcode = IORING_OP_URING_CMD, .fd = must_open(file, O_RDONLY),
		.cmd_op = _IO(0x12, 0), .addr = 0, .addr3 = BLOCK,
	};
	struct ring r = { 0 };
	int result;

	set_up_ring(&r);
	result = submit(&r, &discard);
	errno = -result;
	need(result >= 0 || (errno != EOPNOTSUPP && errno != EINVAL), "discarding by a ring");
	check(result < 0 ? -1 : 0);
}

static void way_set_size(void)
{
	int size = 512;

	check(ioctl(must_open(file, O_RDONLY), BLKBSZSET, &size));
}

static const struct {
	const char *name;
	void (*go)(void);
} ways[] = {
	{ "account", way_account }, { "fanotify", way_fanotify }, { "core", way_core },
	{ "map-files", way_map_files }, { "handle", way_handle }, { "path-fd", way_path_fd },
	{ "poller", way_poller }, { "rings", way_rings }, { "verity", way_verity },
	{ "defragment", way_defragment }, { "trim", way_trim },
	{ "zero-range", way_zero_range }, { "remove", way_remove },
	{ "block-size", way_block_size }, { "capacity", way_capacity },
	{ "configure", way_configure }, { "zero-out", way_zero_out },
	{ "discard-ring", way_discard_ring }, { "set-size", way_set_size },
};

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc != 3)
		usage(USAGE);
	file = argv[2];
	/* None waits for long */
	alarm(60);
	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (strcmp(argv[1], ways[i].name))
			continue;
		ways[i].go();
		return 0;
	}
	usage(USAGE);
}
