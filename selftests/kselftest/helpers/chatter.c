// SPDX-License-Identifier: GPL-2.0
/*
 * chatter - several tasks write two objects to a file and read it, at the same time
 *
 * No answer may be lost, good or bad: every write returns, whole or with an
 * errno. Prints how many of each.
 */
#include <sys/wait.h>

#include "helper.h"

static char *load(const char *path, size_t *len)
{
	int fd = must_open(path, O_RDONLY);
	char *data = malloc(1 << 20);

	*len = data ? read(fd, data, 1 << 20) : 0;
	close(fd);
	return data;
}

static void talk(char *const paths[2], const char *to, int rounds)
{
	char buf[4096];
	size_t len[2];
	char *data[2];
	int i, fd;

	for (i = 0; i < 2; i++)
		data[i] = load(paths[i], &len[i]);
	for (i = 0; i < rounds; i++) {
		fd = open(to, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			_exit(1);
		if (write(fd, data[i & 1], len[i & 1]) >= 0 && errno == EFAULT)
			_exit(2);
		while (read(fd, buf, sizeof(buf)) > 0)
			;
		close(fd);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	int i, n, status, bad = 0;

	if (argc != 6)
		usage("chatter TASKS ROUNDS FILE FILE TO");
	n = atoi(argv[1]);
	for (i = 0; i < n; i++)
		if (!fork())
			talk(argv + 3, argv[5], atoi(argv[2]));
	while (wait(&status) > 0)
		bad += status != 0;
	printf("bad %d\n", bad);
	return bad != 0;
}
