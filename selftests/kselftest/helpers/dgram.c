// SPDX-License-Identifier: GPL-2.0
/*
 * dgram - a unix datagram socket that prints its datagrams, as a stand-in for
 * the journal and the service manager
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "helper.h"

int main(int argc, char **argv)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	static char buf[65536];
	ssize_t len;
	int fd;

	if (argc != 2 || strlen(argv[1]) >= sizeof(to.sun_path))
		usage("dgram PATH");
	strcpy(to.sun_path, argv[1]);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (void *)&to, sizeof(to)))
		fail(argv[1]);
	puts("ready");
	fflush(stdout);
	while ((len = recv(fd, buf, sizeof(buf), 0)) >= 0) {
		fwrite(buf, 1, len, stdout);
		puts("\n--");
		fflush(stdout);
	}
	fail("recv");
}
