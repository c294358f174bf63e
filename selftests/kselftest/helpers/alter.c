// SPDX-License-Identifier: GPL-2.0
/*
 * alter - change a file in one of the less usual ways
 *
 * FILE.evil is a copy of FILE of the same size with another last byte; ways that
 * move bytes from one file to another take them from there. FILE is a multiple of
 * a block long.
 */
#define _GNU_SOURCE
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "helper.h"
#include "ring.h"

#define USAGE	"alter WAY FILE; WAY is append direct collapse insert zero swap-boot\n" \
		"  move-extent move-extent-lazily clone clone-range dedupe copy-range splice\n" \
		"  vmsplice sendfile uring-write uring-open aio process-vm handle handle-exec\n" \
		"alter where FILE; alter exchange FILE OTHER\n" \
		"alter hold-map-read|hold-in-flight|hold-registered|hold-pinned|hold-piped FILE"

#define BLOCK	4096

struct ext4_move_extent {
	__u32 reserved;
	__u32 donor_fd;
	__u64 orig_start;
	__u64 donor_start;
	__u64 len;
	__u64 moved_len;
};

#define EXT4_IOC_SWAP_BOOT	_IO('f', 17)
#define EXT4_IOC_MOVE_EXT	_IOWR('f', 15, struct ext4_move_extent)

static const char *file;
static off_t size;

static off_t size_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		fail("fstat");
	return st.st_size;
}

static void check(long done, long wanted, const char *what)
{
	if (done < 0)
		fail(what);
	if (done != wanted) {
		fprintf(stderr, "%s: %ld instead of %ld\n", what, done, wanted);
		exit(3);
	}
}

/*
 * Opened first: a caller without permission to change FILE learns it before anything
 * else is done
 */
static int open_file(int flags)
{
	int fd = must_open(file, flags);

	size = size_of(fd);
	if (size < 2 * BLOCK || size % BLOCK) {
		fprintf(stderr, "%s: not some blocks long\n", file);
		exit(3);
	}
	return fd;
}

static int open_evil(int flags)
{
	char name[4096], byte;
	int from = must_open(file, O_RDONLY), fd;

	snprintf(name, sizeof(name), "%s.evil", file);
	fd = must_open(name, O_RDWR | O_CREAT | O_TRUNC);
	copy_bytes(from, fd);
	close(from);
	check(pread(fd, &byte, 1, size - 1), 1, "pread");
	byte ^= 1;
	check(pwrite(fd, &byte, 1, size - 1), 1, "pwrite");
	check(fsync(fd), 0, "fsync");
	close(fd);
	return must_open(name, flags);
}

static char *evil_bytes(void)
{
	char *at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, open_evil(O_RDONLY), 0);

	if (at == MAP_FAILED)
		fail("mmap");
	return at;
}

/* --- writing --- */

static void append(void)
{
	check(write(open_file(O_WRONLY | O_APPEND), "x", 1), 1, "write");
}

static void write_directly(void)
{
	int fd = open_file(O_RDWR | O_DIRECT);
	char *block = aligned_alloc(BLOCK, BLOCK);

	check(pread(fd, block, BLOCK, size - BLOCK), BLOCK, "pread");
	block[BLOCK - 1] ^= 1;
	check(pwrite(fd, block, BLOCK, size - BLOCK), BLOCK, "pwrite");
}

static void allocate(int mode, off_t from)
{
	int fd = open_file(O_RDWR);

	check(fallocate(fd, mode, size - from, BLOCK), 0, "fallocate");
}

/* --- from another file, in the kernel --- */

static void copy_range(void)
{
	int to = open_file(O_WRONLY);
	off_t left = size;
	int from = open_evil(O_RDONLY);
	ssize_t done;

	while (left && (done = copy_file_range(from, NULL, to, NULL, left, 0)) > 0)
		left -= done;
	check(size - left, size, "copy_file_range");
}

static void send_file(void)
{
	int to = open_file(O_WRONLY);
	off_t left = size;
	int from = open_evil(O_RDONLY);
	ssize_t done;

	while (left && (done = sendfile(to, from, NULL, left)) > 0)
		left -= done;
	check(size - left, size, "sendfile");
}

static void clone_whole(void)
{
	int to = open_file(O_WRONLY);

	check(ioctl(to, FICLONE, open_evil(O_RDONLY)), 0, "FICLONE");
}

static void clone_range(void)
{
	int to = open_file(O_WRONLY);
	struct file_clone_range range = {
		.src_fd = open_evil(O_RDONLY),
		.src_offset = size - BLOCK,
		.src_length = BLOCK,
		.dest_offset = size - BLOCK,
	};

	check(ioctl(to, FICLONERANGE, &range), 0, "FICLONERANGE");
}

/* The one that needs no descriptor to write with; the kernel compares before it shares */
static void dedupe(void)
{
	union {
		struct file_dedupe_range range;
		char space[sizeof(struct file_dedupe_range) +
			   sizeof(struct file_dedupe_range_info)];
	} of = { .range.dest_count = 1 };
	int to = open_file(O_RDONLY);

	of.range.src_length = size;
	of.range.info[0].dest_fd = to;
	check(ioctl(open_evil(O_RDONLY), FIDEDUPERANGE, &of.range), 0, "FIDEDUPERANGE");
	if (of.range.info[0].status != FILE_DEDUPE_RANGE_DIFFERS) {
		fprintf(stderr, "FIDEDUPERANGE: status %d\n", of.range.info[0].status);
		exit(3);
	}
}

/* Through a pipe whose pages are those of the other file, or of our memory */
static void splice_through(int user_memory)
{
	int to = open_file(O_WRONLY), pipes[2], from = -1;
	struct iovec iov = { NULL, BLOCK };
	loff_t in = size - BLOCK, out = size - BLOCK;

	if (pipe2(pipes, O_CLOEXEC))
		fail("pipe");
	if (user_memory) {
		iov.iov_base = evil_bytes() + size - BLOCK;
		check(vmsplice(pipes[1], &iov, 1, 0), BLOCK, "vmsplice");
	} else {
		from = open_evil(O_RDONLY);
		check(splice(from, &in, pipes[1], NULL, BLOCK, 0), BLOCK, "splice");
	}
	check(splice(pipes[0], NULL, to, &out, BLOCK, 0), BLOCK, "splice");
}

static void swap_boot(void)
{
	int fd = open_file(O_RDWR);

	/* The inode for boot loaders gets the other file's content, then gives it away */
	check(ioctl(open_evil(O_RDWR), EXT4_IOC_SWAP_BOOT), 0, "EXT4_IOC_SWAP_BOOT");
	check(ioctl(fd, EXT4_IOC_SWAP_BOOT), 0, "EXT4_IOC_SWAP_BOOT");
}

/* FILE is the donor: its blocks become those of the other file */
static void move_extent(int lazily)
{
	int fd = open_file(O_RDWR);
	struct ext4_move_extent move = { .donor_fd = fd, .len = size / BLOCK };

	int evil = open_evil(O_RDWR);

	/* Busy until the journal has let go of both files' pages */
	sync();
	check(ioctl(evil, EXT4_IOC_MOVE_EXT, &move), 0, "EXT4_IOC_MOVE_EXT");
	sync();
	if (!lazily)
		check(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0, "posix_fadvise");
}

/* --- beneath --- */

/* Print the offset of FILE's last byte on the device of its filesystem */
static void where(void)
{
	int fd = open_file(O_RDONLY), block, length;

	sync();
	check(ioctl(fd, FIGETBSZ, &length), 0, "FIGETBSZ");
	block = size / length - 1;
	check(ioctl(fd, FIBMAP, &block), 0, "FIBMAP");
	if (!block) {
		fprintf(stderr, "%s: its last block is nowhere\n", file);
		exit(3);
	}
	printf("%lld\n", (block + 1LL) * length - 1);
}

/* --- asynchronous --- */

/* @opens: a worker of the ring opens the file too */
static void write_by_ring(int opens)
{
	struct ring r = { 0 };
	struct io_uring_sqe open_it = {
		.opcode = IORING_OP_OPENAT, .flags = IOSQE_ASYNC, .fd = AT_FDCWD,
		.addr = (unsigned long)file, .open_flags = O_WRONLY,
	};
	struct io_uring_sqe write_it = { .opcode = IORING_OP_WRITE, .len = 1 };
	int fd;

	set_up_ring(&r);
	if (opens) {
		fd = submit(&r, &open_it);
		if (fd < 0) {
			errno = -fd;
			fail("IORING_OP_OPENAT");
		}
		size = size_of(fd);
	} else {
		fd = open_file(O_WRONLY);
	}
	write_it.fd = fd;
	write_it.addr = (unsigned long)(evil_bytes() + size - 1);
	write_it.off = size - 1;
	check(submit(&r, &write_it), 1, "IORING_OP_WRITE");
}

static void write_by_aio(void)
{
	int fd = open_file(O_WRONLY);
	char *byte = evil_bytes() + size - 1;
	struct iocb iocb = {
		.aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = fd,
		.aio_buf = (unsigned long)byte, .aio_nbytes = 1, .aio_offset = size - 1,
	};
	struct iocb *iocbs[] = { &iocb };
	aio_context_t context = 0;
	struct io_event event;

	check(syscall(SYS_io_setup, 1, &context), 0, "io_setup");
	check(syscall(SYS_io_submit, context, 1, iocbs), 1, "io_submit");
	check(syscall(SYS_io_getevents, context, 1, 1, &event, NULL), 1, "io_getevents");
	check(event.res, 1, "AIO write");
}

/* --- into memory --- */

/* Another task's executable mapping is not writable, even for root */
static void write_into_process(void)
{
	char *at = mmap(NULL, BLOCK, PROT_READ | PROT_EXEC, MAP_PRIVATE, open_file(O_RDONLY), 0);
	char byte = 'x';
	struct iovec from = { &byte, 1 }, to = { at, 1 };
	pid_t pid;

	if (at == MAP_FAILED)
		fail("mmap");
	pid = fork();
	if (!pid) {
		close(1);
		close(2);
		for (;;)
			pause();
	}
	if (process_vm_writev(pid, &from, 1, &to, 1, 0) != 1) {
		byte = errno;
		kill(pid, SIGKILL);
		errno = byte;
		fail("process_vm_writev");
	}
	kill(pid, SIGKILL);
}

/* --- who still can write, though no descriptor shows it --- */

static void hold_map_read(void)
{
	int fd = open_file(O_RDWR);

	if (mmap(NULL, BLOCK, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		fail("mmap");
	close(fd);
	hold();
}

/* Sent, but not received yet */
static void hold_in_flight(void)
{
	int sockets[2], fd = open_file(O_RDWR);
	char control[CMSG_SPACE(sizeof(fd))] = "", byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&msg);

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		fail("socketpair");
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	check(sendmsg(sockets[0], &msg, 0), 1, "sendmsg");
	close(fd);
	hold();
}

static void hold_registered(void)
{
	struct ring r = { 0 };
	int fd = open_file(O_RDWR);

	set_up_ring(&r);
	check(syscall(SYS_io_uring_register, r.fd, IORING_REGISTER_FILES, &fd, 1), 0,
	      "io_uring_register");
	close(fd);
	hold();
}

/* A byte for the buffer that is pinned, at SIGUSR1 */
static struct ring pin_ring;
static struct io_uring_sqe pin_write = { .opcode = IORING_OP_READ_FIXED, .len = 1 };

static void write_through_pin(int number)
{
	(void)number;
	submit(&pin_ring, &pin_write);
}

/* Neither a descriptor nor a mapping is left: only the pages, for the ring to write to */
static void hold_pinned(void)
{
	int fd = open_file(O_RDWR), fds[2];
	struct iovec buffer = {
		.iov_base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0),
		.iov_len = size,
	};

	if (buffer.iov_base == MAP_FAILED)
		fail("mmap");
	set_up_ring(&pin_ring);
	check(syscall(SYS_io_uring_register, pin_ring.fd, IORING_REGISTER_BUFFERS, &buffer, 1),
	      0, "io_uring_register");
	munmap(buffer.iov_base, size);
	close(fd);
	if (pipe(fds))
		fail("pipe");
	check(write(fds[1], "!", 1), 1, "write");
	pin_write.fd = fds[0];
	pin_write.addr = (unsigned long)buffer.iov_base + size - 1;
	signal(SIGUSR1, write_through_pin);
	hold();
}

#define PIN	1024	/* references that the kernel takes for a pin */

/* As many references to the first page as a pin is, by a user who may only read */
static void hold_piped(void)
{
	int fd, fds[2], left, have = 0;

	if (setgid(65534) || setuid(65534))
		fail("setuid");
	fd = open_file(O_RDONLY);
	while (have < PIN + 64) {
		if (pipe(fds))
			fail("pipe");
		for (left = 16; left; left--, have++) {
			loff_t at = 0;

			check(splice(fd, &at, fds[1], NULL, 1, SPLICE_F_NONBLOCK), 1, "splice");
		}
	}
	close(fd);
	hold();
}

/* Of XFS: a handle of a file, and a file opened by one, with any flags */
struct xfs_handle_request {
	__u32 fd;
	void *path;
	__u32 open_flags;
	void *handle_in;
	__u32 handle_in_len;
	void *handle_out;
	__u32 *handle_out_len;
};

#define XFS_PATH_TO_HANDLE	_IOWR('X', 105, struct xfs_handle_request)
#define XFS_OPEN_BY_HANDLE	_IOWR('X', 107, struct xfs_handle_request)
#define EXEC_FLAG		0x20	/* the flag with which the kernel opens a program */

static void open_by_handle(int flags)
{
	char handle[64], last = 'X';
	__u32 len = sizeof(handle);
	struct xfs_handle_request get = {
		.path = (void *)file, .handle_out = handle, .handle_out_len = &len,
	}, open = { .open_flags = O_RDWR | flags, .handle_in = handle };
	char copy[PATH_MAX];
	int dir, fd;

	snprintf(copy, sizeof(copy), "%s", file);
	dir = must_open(dirname(copy), O_RDONLY | O_DIRECTORY);
	if (ioctl(dir, XFS_PATH_TO_HANDLE, &get))
		fail("XFS_IOC_PATH_TO_HANDLE");
	open.handle_in_len = len;
	fd = ioctl(dir, XFS_OPEN_BY_HANDLE, &open);
	if (fd < 0)
		fail("XFS_IOC_OPEN_BY_HANDLE");
	if (pwrite(fd, &last, 1, lseek(fd, 0, SEEK_END) - 1) != 1)
		fail("pwrite");
}

static const struct {
	const char *name;
	void (*take)(void);
} ways[] = {
	{ "where", where },
	{ "append", append },
	{ "direct", write_directly },
	{ "copy-range", copy_range },
	{ "sendfile", send_file },
	{ "clone", clone_whole },
	{ "clone-range", clone_range },
	{ "dedupe", dedupe },
	{ "swap-boot", swap_boot },
	{ "aio", write_by_aio },
	{ "process-vm", write_into_process },
	{ "hold-map-read", hold_map_read },
	{ "hold-in-flight", hold_in_flight },
	{ "hold-registered", hold_registered },
	{ "hold-pinned", hold_pinned },
	{ "hold-piped", hold_piped },
};

static void take(const char *way)
{
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (!strcmp(way, ways[i].name)) {
			ways[i].take();
			return;
		}
	}
	if (!strcmp(way, "collapse"))
		allocate(FALLOC_FL_COLLAPSE_RANGE, 2 * BLOCK);
	else if (!strcmp(way, "insert"))
		allocate(FALLOC_FL_INSERT_RANGE, BLOCK);
	else if (!strcmp(way, "zero"))
		allocate(FALLOC_FL_ZERO_RANGE, BLOCK);
	else if (!strcmp(way, "handle") || !strcmp(way, "handle-exec"))
		open_by_handle(way[6] ? EXEC_FLAG : 0);
	else if (!strcmp(way, "splice") || !strcmp(way, "vmsplice"))
		splice_through(way[0] == 'v');
	else if (!strcmp(way, "move-extent") || !strcmp(way, "move-extent-lazily"))
		move_extent(!strcmp(way, "move-extent-lazily"));
	else if (!strcmp(way, "uring-write") || !strcmp(way, "uring-open"))
		write_by_ring(!strcmp(way, "uring-open"));
	else
		usage(USAGE);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "exchange")) {
		if (renameat2(AT_FDCWD, argv[2], AT_FDCWD, argv[3], RENAME_EXCHANGE))
			fail("renameat2");
		return 0;
	}
	if (argc != 3)
		usage(USAGE);
	file = argv[2];
	take(argv[1]);
	return 0;
}
