// SPDX-License-Identifier: GPL-2.0
/*
 * life - two tasks use and change one file, in every state that they can bring about
 *
 * The tasks are two processes. A state is the files that each has open and mapped, and
 * whether the file is as listed and has been measured since. From each state each of
 * their steps is taken once, on a new file brought into that state, and must end as
 * expected: while enforcing, a file is not opened for writing, or made shorter, while it
 * is mapped executable; and it is not made executable while it is open for writing, or
 * unless it is as listed. In audit mode everything works.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "helper.h"

#define USAGE	"life make FILE; life audit|enforce FILE"
#define SIZE	4096
#define TASKS	2
#define STATES	(1 << (2 * TASKS + 2))

enum step { WRITE, READ_TRUNCATE, TRUNCATE, CLOSE, MAP, UNMAP, PROTECT, STEPS };

static const char * const names[] = {
	"open for writing", "open with O_RDONLY|O_TRUNC", "truncate", "close", "map", "unmap",
	"mprotect",
};

struct state {
	int writing[TASKS], mapped[TASKS];
	int listed, known;
};

/* How a state is arrived at: from another, by a step of a task */
static struct {
	int from, who;
	enum step step;
	int found;
} ways[STATES];

static char good[SIZE];
static const char *path;
static int enforcing, transitions, wrong;
static int task_at[TASKS];

static int number(const struct state *s)
{
	return s->writing[0] | s->writing[1] << 1 | s->mapped[0] << 2 | s->mapped[1] << 3 |
	       s->listed << 4 | s->known << 5;
}

static struct state state_of(int n)
{
	return (struct state){ { n & 1, n >> 1 & 1 }, { n >> 2 & 1, n >> 3 & 1 }, n >> 4 & 1,
			       n >> 5 & 1 };
}

/* --- expected results --- */

static int makes_sense(const struct state *s, int who, enum step step)
{
	switch (step) {
	case WRITE:
		return !s->writing[who];
	case CLOSE:
		return s->writing[who];
	case MAP:
	case PROTECT:
		return !s->mapped[who];
	case UNMAP:
		return s->mapped[who];
	default:
		return 1;
	}
}

/* The negative errno that the step ends with, or 0; it changes the state accordingly */
static int expect(struct state *s, int who, enum step step)
{
	int busy = enforcing && (s->mapped[0] || s->mapped[1]);
	int open = s->writing[0] || s->writing[1];

	switch (step) {
	case WRITE:
	case READ_TRUNCATE:
	case TRUNCATE:
		if (busy)
			return -ETXTBSY;
		s->writing[who] |= step == WRITE;
		s->listed = 0;
		s->known = 0;
		return 0;
	case CLOSE:
		s->writing[who] = 0;
		return 0;
	case UNMAP:
		s->mapped[who] = 0;
		return 0;
	case MAP:
		if (enforcing && (open || !s->listed))
			return -EACCES;
		s->known |= s->listed && !open;
		s->mapped[who] = 1;
		return 0;
	default:
		if (enforcing && (open || !s->known))
			return -EACCES;
		s->mapped[who] = 1;
		return 0;
	}
}

/* --- the tasks --- */

static int result(int failed)
{
	return failed ? errno : 0;
}

static int truncate_reading(void)
{
	int fd = open(path, O_RDONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int open_to_write(int *fd)
{
	static const char other = 'E';

	*fd = open(path, O_RDWR | O_CLOEXEC);
	if (*fd < 0)
		return errno;
	return result(pwrite(*fd, &other, 1, 0) != 1);
}

static int map(void **at, int protection)
{
	int fd = must_open(path, O_RDONLY);

	*at = mmap(NULL, SIZE, protection, MAP_PRIVATE, fd, 0);
	close(fd);
	return result(*at == MAP_FAILED);
}

static int protect(void **at)
{
	int error;

	if (map(at, PROT_READ))
		return errno;
	error = result(mprotect(*at, SIZE, PROT_READ | PROT_EXEC));
	if (error)
		munmap(*at, SIZE);
	return error;
}

static int take(enum step step)
{
	static void *at;
	static int fd;

	switch (step) {
	case WRITE:
		return open_to_write(&fd);
	case READ_TRUNCATE:
		return truncate_reading();
	case TRUNCATE:
		return result(truncate(path, SIZE / 2));
	case CLOSE:
		return result(close(fd));
	case MAP:
		return map(&at, PROT_READ | PROT_EXEC);
	case UNMAP:
		return result(munmap(at, SIZE));
	default:
		return protect(&at);
	}
}

static void start_task(int who)
{
	int pair[2], order;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		fail("socketpair");
	task_at[who] = pair[0];
	switch (fork()) {
	case -1:
		fail("fork");
	case 0:
		close(pair[0]);
		while (read(pair[1], &order, sizeof(order)) == sizeof(order)) {
			order = take(order);
			if (write(pair[1], &order, sizeof(order)) != sizeof(order))
				break;
		}
		_exit(0);
	}
	close(pair[1]);
}

static int tell(int who, int order)
{
	if (write(task_at[who], &order, sizeof(order)) != sizeof(order) ||
	    read(task_at[who], &order, sizeof(order)) != sizeof(order))
		fail("a task");
	return order;
}

/* --- the search --- */

static void make(void)
{
	int fd;

	unlink(path);
	fd = must_open(path, O_RDWR | O_CREAT | O_EXCL);
	if (write(fd, good, SIZE) != SIZE)
		fail(path);
	close(fd);
}

static void arrive_at(int n)
{
	if (ways[n].from < 0) {
		make();
		return;
	}
	arrive_at(ways[n].from);
	if (tell(ways[n].who, ways[n].step)) {
		printf("a step that worked does not: %s\n", names[ways[n].step]);
		wrong++;
	}
}

static void leave(const struct state *s)
{
	int who;

	for (who = 0; who < TASKS; who++) {
		if (s->writing[who])
			tell(who, CLOSE);
		if (s->mapped[who])
			tell(who, UNMAP);
	}
}

static void try(int n, int who, enum step step)
{
	struct state s = state_of(n), before = s;
	int expected, got, to;

	if (!makes_sense(&s, who, step))
		return;
	arrive_at(n);
	expected = -expect(&s, who, step);
	got = tell(who, step);
	transitions++;
	if (got != expected) {
		printf("%s: %s, expected %s; writing %d %d mapped %d %d listed %d known %d\n",
		       names[step], strerror(got), strerror(expected), before.writing[0],
		       before.writing[1], before.mapped[0], before.mapped[1], before.listed,
		       before.known);
		wrong++;
		s = before;
	}
	leave(&s);
	to = number(&s);
	if (!ways[to].found && got == expected) {
		ways[to].from = n;
		ways[to].who = who;
		ways[to].step = step;
		ways[to].found = 2;
	}
}

static int explore(void)
{
	const struct state first = { .listed = 1 };
	int n, who, states = 0, more = 1;
	enum step step;

	ways[number(&first)].from = -1;
	ways[number(&first)].found = 2;	/* 1: its steps were taken, too */
	while (more) {
		more = 0;
		for (n = 0; n < STATES; n++) {
			if (ways[n].found != 2)
				continue;
			ways[n].found = 1;
			more = 1;
			states++;
			for (who = 0; who < TASKS; who++)
				for (step = 0; step < STEPS; step++)
					try(n, who, step);
		}
	}
	return states;
}

int main(int argc, char **argv)
{
	int who, states;

	memset(good, 'G', SIZE);
	if (argc != 3)
		usage(USAGE);
	path = argv[2];
	if (!strcmp(argv[1], "make")) {
		make();
		return 0;
	}
	enforcing = !strcmp(argv[1], "enforce");
	for (who = 0; who < TASKS; who++)
		start_task(who);
	states = explore();
	printf("states %d transitions %d wrong %d\n", states, transitions, wrong);
	return wrong || transitions < 50;
}
