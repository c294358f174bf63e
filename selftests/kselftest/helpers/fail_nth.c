// SPDX-License-Identifier: GPL-2.0
/*
 * fail_nth - do something again and again while memory runs out a step later each time
 *
 * The first time the first allocation on the way fails, then the second, until no more is
 * left. The request must fail with ENOMEM (or EFAULT, since copies to and from a program
 * fail as well) and leave all as it was, or be done. Memory that runs out never permits
 * anything.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "helper.h"

#define USAGE	"fail_nth [-1] [-k FILE] [-s STEP] WAY...\n" \
		"  -1         can be done once: that is the end\n" \
		"  -k FILE    is to read the same after each failure\n" \
		"  -s STEP    every so many allocations only\n" \
		"ways:\n" \
		"  write FROM TO          the bytes of FROM in one write(2)\n" \
		"  key NAME RING FROM     a RIV of them; RING is a serial number\n" \
		"  read FILE              all of it\n" \
		"  ask PATH               what rivet would say of a file\n" \
		"  map FILE [refused]     executable\n" \
		"  exec PROGRAM [refused]    a copy of this one\n" \
		"  script PROGRAM FILE    a copy of this one, which may not read FILE\n" \
		"  module FILE            loaded, and unloaded again"

#define ENOUGH	5000	/* allocations; more are a loop */

struct content {
	char *data;
	size_t len;
};

static int counter;	/* descriptor of /proc/self/fail-nth */
static struct content content, file_before;
static int from, ring;
static char **argument;
static const char *forbidden;	/* to a program that is executed */

/* the request */
static const char *keep;
static int step = 1, once;
static size_t refused;

/* --- the failing allocation --- */

static void set_counter(int nth)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", nth);
	/* This one write is before, or after, the failing request */
	while (pwrite(counter, text, strlen(text), 0) < 0)
		if (errno != EFAULT && errno != ENOMEM)
			fail("/proc/self/fail-nth");
}

/* Has it failed? Leftovers are removed. */
static int has_failed(void)
{
	char text[16] = "";
	int failed;

	failed = pread(counter, text, sizeof(text) - 1, 0) > 0 && !atoi(text);
	set_counter(0);
	return failed;
}

/* --- requests --- */

static struct content read_all(const char *path)
{
	struct content c = { malloc(1 << 20), 0 };
	int fd = must_open(path, O_RDONLY);
	ssize_t got;

	while (c.data && (got = read(fd, c.data + c.len, (1 << 20) - c.len)) > 0)
		c.len += got;
	close(fd);
	if (!c.data)
		fail(path);
	return c;
}

static int write_object(void)
{
	int err = 0, fd = open(argument[1], O_WRONLY);

	if (fd < 0)
		return -errno;
	if (write(fd, content.data, content.len) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int add_riv(void)
{
	return syscall(SYS_add_key, "riv", argument[0], content.data, content.len, ring) < 0 ?
		-errno : 0;
}

static int read_file(void)
{
	static char buf[65536];
	ssize_t got;
	int err = 0, fd = open(argument[0], O_RDONLY);

	if (fd < 0)
		return -errno;
	while ((got = read(fd, buf, sizeof(buf))) > 0)
		;
	if (got < 0)
		err = -errno;
	close(fd);
	return err;
}

static int ask(void)
{
	static char answer[65536];
	int err = 0, fd = open("/sys/kernel/security/rivet/check", O_RDWR);

	if (fd < 0)
		return -errno;
	if (write(fd, argument[0], strlen(argument[0])) < 0 ||
	    read(fd, answer, sizeof(answer)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int map(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, from, 0);

	if (at == MAP_FAILED)
		return -errno;
	munmap(at, 4096);
	return 0;
}

static int load_module(void)
{
	if (syscall(SYS_finit_module, from, "", 0))
		return -errno;
	while (syscall(SYS_delete_module, "rivet", O_NONBLOCK))
		if (errno != EAGAIN && errno != EBUSY && errno != ENOMEM)
			return -errno;
	return 0;
}

/* --- again and again --- */

static void check_unchanged(const char *path)
{
	struct content now = read_all(path);

	if (now.len != file_before.len || memcmp(now.data, file_before.data, now.len)) {
		printf("%s changed though it failed\n", path);
		exit(1);
	}
	free(now.data);
}

/* Of the exit status of a copy: did it run, and had something failed until then? */
#define RAN		64
#define RAN_UNFAILED	65
#define RAN_BARELY	127	/* the C library's own start failed */
#define RAN_AND_READ	66	/* it had the file that it may not have */

/*
 * The counter belongs to the task, and stays with it across execve(2). A task that did
 * not get so far was killed, or reports the errno.
 */
static int execute(int nth, int *failed)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (!pid) {
		dup2(must_open("/dev/null", O_WRONLY), STDERR_FILENO);
		counter = must_open("/proc/self/fail-nth", O_RDWR);
		set_counter(nth);
		execl(argument[0], argument[0], "report", forbidden, NULL);
		status = errno;
		_exit(has_failed() ? status : 128 + status);
	}
	waitpid(pid, &status, 0);
	*failed = 1;
	if (WIFSIGNALED(status))
		return -ENOMEM;
	status = WEXITSTATUS(status);
	if (status == RAN_AND_READ) {
		printf("%s was read, at allocation %d\n", forbidden, nth);
		exit(1);
	}
	if (status == RAN || status == RAN_UNFAILED || status == RAN_BARELY) {
		*failed = status != RAN_UNFAILED;
		return 0;
	}
	*failed = status < 128;
	return -(status & 127);
}

/* The running copy does this */
static int report(const char *file)
{
	counter = open("/proc/self/fail-nth", O_RDWR);
	if (file && open(file, O_RDONLY) >= 0)
		return RAN_AND_READ;
	return counter < 0 || has_failed() ? RAN : RAN_UNFAILED;
}

static const struct {
	const char *name;
	size_t arguments;
	int (*carry_out)(void);
} ways[] = {
	{ "write", 2, write_object },
	{ "key", 3, add_riv },
	{ "read", 1, read_file },
	{ "ask", 1, ask },
	{ "map", 1, map },
	{ "exec", 1, NULL },
	{ "script", 2, NULL },
	{ "module", 1, load_module },
};

static size_t way;	/* index of ways[] */

static size_t find_way(char **argv)
{
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (!argv[0] || strcmp(argv[0], ways[i].name))
			continue;
		argument = argv + 1;
		return i;
	}
	usage(USAGE);
}

static void prepare(const char *name)
{
	if (!strcmp(name, "write")) {
		content = read_all(argument[0]);
	} else if (!strcmp(name, "key")) {
		content = read_all(argument[2]);
		ring = atoi(argument[1]);
	} else if (!strcmp(name, "script")) {
		forbidden = argument[1];
	} else if (!strcmp(name, "map") || !strcmp(name, "module")) {
		from = must_open(argument[0], O_RDONLY);
	}
}

/* Allocations of the kernel itself while it checks a signature or copies arguments */
static int is_no_memory(int err)
{
	return err == -ENOMEM || err == -EFAULT || (content.data && err == -EKEYREJECTED) ||
	       (!ways[way].carry_out && err == -E2BIG);
}

/* Ends the program if it is not as it is to be */
static void judge(int nth, int err, int failed)
{
	if (err && keep)
		check_unchanged(keep);
	if (refused && !err) {
		printf("done though it is to be refused, at allocation %d\n", nth);
		exit(1);
	}
	if (refused && err == -EACCES)
		return;
	if (err && !(failed && is_no_memory(err))) {
		printf("allocation %d %s, and yet: %s\n", nth,
		       failed ? "failed" : "did not fail", strerror(-err));
		exit(1);
	}
}

/* Returns whether there was an end */
static int do_again_and_again(void)
{
	int nth, err, failed, survived = 0, failures = 0;

	for (nth = step; nth < ENOUGH * step; nth += step) {
		if (keep) {
			free(file_before.data);
			file_before = read_all(keep);
		}
		if (ways[way].carry_out) {
			set_counter(nth);
			err = ways[way].carry_out();
			failed = has_failed();
		} else {
			err = execute(nth, &failed);
		}
		judge(nth, err, failed);
		failures += failed;
		survived += failed && !err;
		if (!failed || (once && !err))
			break;
	}
	printf("failed %d times, done nevertheless %d times\n", failures, survived);
	return nth < ENOUGH * step;
}

int main(int argc, char **argv)
{
	size_t count;
	int opt;

	if (argc >= 2 && !strcmp(argv[1], "report"))
		return report(argv[2]);
	while ((opt = getopt(argc, argv, "+1k:s:")) != -1) {
		if (opt == '1')
			once = 1;
		else if (opt == 'k')
			keep = optarg;
		else if (opt == 's')
			step = atoi(optarg);
		else
			usage(USAGE);
	}
	way = find_way(argv + optind);
	count = argc - optind - 1;
	refused = count > ways[way].arguments &&
		  !strcmp(argument[ways[way].arguments], "refused");
	if (count != ways[way].arguments + refused || step < 1)
		usage(USAGE);
	counter = must_open("/proc/self/fail-nth", O_RDWR);
	prepare(ways[way].name);
	return !do_again_and_again();
}
