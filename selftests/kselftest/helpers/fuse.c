// SPDX-License-Identifier: GPL-2.0
/*
 * fuse - a FUSE server of one file, without any library, that can misbehave
 *
 * The file is called program and has the bytes of a given one, and a mebibyte of
 * zeros behind them: errors occur only there, so that the program itself would
 * run.
 */
#include <linux/fuse.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "helper.h"

#define USAGE	"fuse FOLDER FILE good|vary|eio|stall|stall-sync|writer\n" \
		"  good        serves the file\n" \
		"  vary        each time it is opened while nobody has it open its last byte is another\n" \
		"  eio         its tail cannot be read\n" \
		"  stall       reads of its tail are never answered\n" \
		"  writer      while its tail is first read it is opened for writing, and closed\n" \
		"  stall-sync  nor does the kernel let more than one wait, or be killed while it does"

#define TAIL	(1 << 20)
#define FILE_ID	2	/* node of the file; FUSE_ROOT_ID is the folder's */
#define BUFFER	(FUSE_MIN_READ_BUFFER + (1 << 20))

static char *content;
static size_t size;
static int device;
static const char *how, *folder;

static void load(const char *path)
{
	int fd = must_open(path, O_RDONLY);
	struct stat st;

	if (fstat(fd, &st))
		fail(path);
	size = st.st_size + TAIL;
	content = calloc(1, size);
	if (!content || read(fd, content, st.st_size) != st.st_size)
		fail(path);
	close(fd);
}

static void answer(const struct fuse_in_header *in, int error, const void *data, size_t len)
{
	static char buf[sizeof(struct fuse_out_header) + BUFFER];
	struct fuse_out_header *out = (void *)buf;

	out->len = sizeof(*out) + len;
	out->error = -error;
	out->unique = in->unique;
	if (len)
		memcpy(buf + sizeof(*out), data, len);
	/* The requester may be gone */
	if (write(device, buf, out->len) < 0 && errno != ENOENT)
		fail("answer");
}

static void say_init(const struct fuse_in_header *in, const struct fuse_init_in *init)
{
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = init->max_readahead,
		.flags = strcmp(how, "stall-sync") ? FUSE_ASYNC_READ : 0,
		.max_write = 4096,
	};

	answer(in, 0, &out, sizeof(out));
}

static struct fuse_attr attributes(unsigned long node)
{
	struct fuse_attr attr = { .ino = node, .nlink = 1, .blksize = 4096 };

	attr.mode = node == FILE_ID ? S_IFREG | 0755 : S_IFDIR | 0755;
	attr.size = node == FILE_ID ? size : 0;
	attr.blocks = (attr.size + 511) / 512;
	return attr;
}

static void say_entry(const struct fuse_in_header *in, const char *name)
{
	struct fuse_entry_out out = {
		.nodeid = FILE_ID, .entry_valid = 60, .attr_valid = 60,
		.attr = attributes(FILE_ID),
	};

	if (strcmp(name, "program"))
		answer(in, ENOENT, NULL, 0);
	else
		answer(in, 0, &out, sizeof(out));
}

static void say_attr(const struct fuse_in_header *in)
{
	struct fuse_attr_out out = { .attr_valid = 60, .attr = attributes(in->nodeid) };

	answer(in, 0, &out, sizeof(out));
}

static int users;	/* who have the file open: some kernels' measuring is one more */

/*
 * Without FOPEN_KEEP_CACHE the kernel forgets the file's pages now, and waits
 * for those that are being read.
 */
static void say_open(const struct fuse_in_header *in)
{
	struct fuse_open_out out = { .fh = 1, .open_flags = FOPEN_KEEP_CACHE };
	static int opened;

	if (!strcmp(how, "vary")) {
		out.open_flags = 0;
		if (!users)
			content[size - 1] = opened++;
	}
	users++;
	answer(in, 0, &out, sizeof(out));
}

#define KEPT_MAX	64

struct request {
	struct fuse_in_header in;
	struct fuse_read_in read;
};

static struct request kept[KEPT_MAX];	/* reads that wait until the writer is gone */
static size_t kept_count;
static enum { NO_WRITER, WRITING, WRITTEN } writer;

static void open_and_close(void)
{
	char path[256];

	if (fork())
		return;
	snprintf(path, sizeof(path), "%s/program", folder);
	close(must_open(path, O_WRONLY));
	_exit(0);
}

/* Returns whether the read is answered later. */
static int keep_for_later(const struct fuse_in_header *in, const struct fuse_read_in *read)
{
	if (strcmp(how, "writer") || writer == WRITTEN || kept_count == KEPT_MAX)
		return 0;
	kept[kept_count++] = (struct request){ *in, *read };
	if (writer == NO_WRITER)
		open_and_close();
	writer = WRITING;
	return 1;
}

static void say_bytes(const struct fuse_in_header *in, const struct fuse_read_in *read)
{
	size_t from = read->offset < size ? read->offset : size;
	size_t len = read->size < size - from ? read->size : size - from;

	/* Far beyond the reach of read-ahead for the program itself */
	if (from + len > size - TAIL / 4) {
		if (!strncmp(how, "stall", 5))
			return;
		if (!strcmp(how, "eio")) {
			answer(in, EIO, NULL, 0);
			return;
		}
		if (keep_for_later(in, read))
			return;
	}
	answer(in, 0, content + from, len);
}

static void say_closed(const struct fuse_in_header *in, const struct fuse_release_in *release)
{
	size_t i;

	answer(in, 0, NULL, 0);
	users--;
	if (writer != WRITING || (release->flags & O_ACCMODE) != O_WRONLY)
		return;
	writer = WRITTEN;
	sleep(1);	/* until the kernel has counted it out */
	for (i = 0; i < kept_count; i++)
		say_bytes(&kept[i].in, &kept[i].read);
}

static void serve(const struct fuse_in_header *in, const void *body)
{
	switch (in->opcode) {
	case FUSE_INIT:
		say_init(in, body);
		break;
	case FUSE_LOOKUP:
		say_entry(in, body);
		break;
	case FUSE_GETATTR:
		say_attr(in);
		break;
	case FUSE_OPEN:
		say_open(in);
		break;
	case FUSE_READ:
		say_bytes(in, body);
		break;
	case FUSE_RELEASE:
		say_closed(in, body);
		break;
	case FUSE_FLUSH:
		answer(in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;	/* never answered */
	default:
		answer(in, EOPNOTSUPP, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	static char buf[BUFFER];
	char options[128];
	ssize_t got;

	if (argc != 4)
		usage(USAGE);
	how = argv[3];
	folder = argv[1];
	signal(SIGCHLD, SIG_IGN);
	load(argv[2]);
	device = must_open("/dev/fuse", O_RDWR);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 device);
	if (mount("rivet", argv[1], "fuse", MS_NOSUID | MS_NODEV, options))
		fail("mount");
	puts("ready");
	fflush(stdout);
	for (;;) {
		got = read(device, buf, sizeof(buf));
		if (got >= (ssize_t)sizeof(struct fuse_in_header))
			serve((void *)buf, buf + sizeof(struct fuse_in_header));
		else if (got < 0 && errno == ENODEV)
			return 0;	/* unmounted */
		else if (got < 0 && errno != EINTR && errno != ENOENT)
			fail("request");
	}
}
