// SPDX-License-Identifier: GPL-2.0
/*
 * netdisk - serve an image as a network block device, from this program
 *
 * The kernel has the other end of a pair of sockets in the place of a connection.
 */
#include <endian.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <linux/nbd.h>

#include "helper.h"

#define USAGE	"netdisk DEVICE IMAGE    says 'ready' and serves until it is killed"

#define BLOCK		4096
#define REQUEST_MAX	(32 << 20)

static char data[REQUEST_MAX];
static int image, connection;

static void get(void *to, size_t len)
{
	if (recv(connection, to, len, MSG_WAITALL) != (ssize_t)len)
		exit(0);	/* the kernel has let go of it */
}

static void put(const void *from, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t sent = send(connection, (const char *)from + done, len - done, 0);

		if (sent < 0)
			fail("send");
		done += sent;
	}
}

static void serve(void)
{
	struct nbd_request request;
	struct nbd_reply reply = { .magic = htobe32(NBD_REPLY_MAGIC) };

	for (;;) {
		uint32_t command, len;
		uint64_t from;
		ssize_t done = 0;

		get(&request, sizeof(request));
		command = be32toh(request.type) & 0xffff;
		from = be64toh(request.from);
		len = be32toh(request.len);
		if (len > REQUEST_MAX || command == NBD_CMD_DISC)
			exit(0);
		if (command == NBD_CMD_WRITE) {
			get(data, len);
			done = pwrite(image, data, len, from) - (ssize_t)len;
		} else if (command == NBD_CMD_READ) {
			done = pread(image, data, len, from) - (ssize_t)len;
		}
		reply.error = done ? htobe32(EIO) : 0;
		/* The kernel's own cookie, which it knows the request by */
		memcpy((char *)&reply + 8, (char *)&request + 8, 8);
		put(&reply, sizeof(reply));
		if (command == NBD_CMD_READ && !done)
			put(data, len);
	}
}

/* As long as the device is served, this request does not return. */
static void lend_thread(int device)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ioctl(device, NBD_DO_IT);
	exit(0);
}

int main(int argc, char **argv)
{
	struct stat found;
	int device, ends[2];

	if (argc != 3)
		usage(USAGE);
	device = must_open(argv[1], O_RDONLY);
	image = must_open(argv[2], O_RDWR);
	if (fstat(image, &found) || socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		fail(argv[2]);
	if (ioctl(device, NBD_SET_SOCK, ends[0]) || ioctl(device, NBD_SET_BLKSIZE, BLOCK) ||
	    ioctl(device, NBD_SET_SIZE_BLOCKS, found.st_size / BLOCK))
		fail(argv[1]);
	connection = ends[1];
	switch (fork()) {
	case -1:
		fail("fork");
	case 0:
		close(connection);
		lend_thread(device);
	}
	close(ends[0]);
	close(device);
	/* A shell's background program: nothing it waits for is to stay open */
	close(STDIN_FILENO);
	puts("ready");
	fflush(stdout);
	serve();
	return 0;
}
