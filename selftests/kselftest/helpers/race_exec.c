// SPDX-License-Identifier: GPL-2.0
/*
 * race_exec - a writer against tasks that execute the file it changes
 *
 * FILE is a copy of answer, listed as it is: executed, it ends with 0. The writer
 * makes its answer EVIL and GOOD again, in the file itself or by exchanging it with
 * another that is EVIL. Nobody may ever execute one of those; and whenever the writer
 * did nothing from before an execution until after it, that was a GOOD one.
 *
 * With OTHER, which is GOOD too, FILE is replaced by copies of the one and the other
 * in turn, as package managers do it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "helper.h"

#define USAGE	"race_exec FILE ROUNDS [OTHER]"
#define GOOD	'G'
#define EVIL	'E'
#define RUNNERS	2
#define REFUSED	-1
#define KILLED	-2

extern char **environ;

static const char *path, *other;
static char evil_path[4096];	/* with OTHER, only a copy */
static off_t at;	/* of the answer in the file */
/* Shared with the writer, which is a process of its own: a child of ours, on its way to
 * execute something, would have inherited a thread's descriptor and be a writer too
 */
static struct {
	int stop;
	int rounds;	/* that are left */
	unsigned int turn;	/* odd while the writer is at it */
	int ran;	/* the GOOD one */
	int refused;
	int killed;	/* refused only when execve(2) could not return any more */
	int wrong;	/* anything else */
	int false_denials;	/* refused although nobody was writing */
	int undisturbed;	/* rounds in which nobody was */
	int writes;
	int exchanges;
	int kept_out;
} *shared;

static void add(int *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static void find_answer(void)
{
	static const char mark[] = "rivet-answer:";
	static char bytes[1 << 20];
	ssize_t len = read(must_open(path, O_RDONLY), bytes, sizeof(bytes));
	char *found = len > 0 ? memmem(bytes, len, mark, sizeof(mark) - 1) : NULL;

	if (!found) {
		fprintf(stderr, "%s: not a copy of answer\n", path);
		exit(3);
	}
	at = found + sizeof(mark) - 1 - bytes;
}

static void put_answer(int fd, char answer)
{
	if (pwrite(fd, &answer, 1, at) != 1)
		fail("pwrite");
}

static void make_evil(void)
{
	int to;

	snprintf(evil_path, sizeof(evil_path), "%s.evil", path);
	to = must_open(evil_path, O_RDWR | O_CREAT | O_TRUNC);
	copy_bytes(must_open(path, O_RDONLY), to);
	put_answer(to, other ? GOOD : EVIL);
	close(to);
}

/* --- the writer --- */

/* Through the mapping or the descriptor; either way a moment with the wrong answer */
static void write_once(unsigned int round)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char *page;

	if (fd < 0) {
		if (errno != ETXTBSY)
			fail("open for writing");
		add(&shared->kept_out);
		return;
	}
	add(&shared->writes);
	if (round % 2) {
		page = mmap(NULL, at + 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (page == MAP_FAILED)
			fail("mmap for writing");
		close(fd);
		page[at] = EVIL;
		sched_yield();
		page[at] = GOOD;
		munmap(page, at + 1);
		return;
	}
	put_answer(fd, EVIL);
	sched_yield();
	put_answer(fd, GOOD);
	close(fd);
}

/* The evil one is found by the name for a moment, while others execute the good one */
static void exchange_once(void)
{
	if (renameat2(AT_FDCWD, path, AT_FDCWD, evil_path, RENAME_EXCHANGE))
		fail("renameat2");
	usleep(300);
	if (renameat2(AT_FDCWD, path, AT_FDCWD, evil_path, RENAME_EXCHANGE))
		fail("renameat2");
	add(&shared->exchanges);
}

/* By a new file that is renamed: nobody ever finds half of it */
static void update_once(unsigned int round)
{
	const char *from = round % 2 ? other : evil_path;
	char new_path[4096];
	int in = must_open(from, O_RDONLY), to;

	snprintf(new_path, sizeof(new_path), "%s.new", path);
	to = must_open(new_path, O_WRONLY | O_CREAT | O_TRUNC);
	copy_bytes(in, to);
	close(in);
	close(to);
	if (rename(new_path, path))
		fail("rename");
	add(&shared->exchanges);
}

static __attribute__((noreturn)) void write_on(void)
{
	unsigned int round;

	for (round = 0; !__atomic_load_n(&shared->stop, __ATOMIC_RELAXED); round++) {
		__atomic_fetch_add(&shared->turn, 1, __ATOMIC_SEQ_CST);
		if (other)
			update_once(round);
		else if (round % 3)
			write_once(round);
		else
			exchange_once();
		__atomic_fetch_add(&shared->turn, 1, __ATOMIC_SEQ_CST);
		if (round % 8 == 0)
			usleep(round % 20000);
	}
	exit(0);
}

/* --- those who execute --- */

/* How it ended, or REFUSED or KILLED */
static int execute(void)
{
	char *const argv[] = { "answer", NULL };
	int status, err;
	pid_t pid;

	err = posix_spawn(&pid, path, NULL, NULL, argv, environ);
	if (err == EACCES || err == ETXTBSY)
		return REFUSED;
	errno = err;
	if (err)
		fail(path);
	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED;
}

static void execute_once(void)
{
	unsigned int before = __atomic_load_n(&shared->turn, __ATOMIC_SEQ_CST);
	int end = execute(), undisturbed;

	undisturbed = before % 2 == 0 && before == __atomic_load_n(&shared->turn, __ATOMIC_SEQ_CST);
	if (undisturbed)
		add(&shared->undisturbed);
	if (!end) {
		add(&shared->ran);
	} else if (end > 0) {
		add(&shared->wrong);
	} else {
		add(end == KILLED ? &shared->killed : &shared->refused);
		if (undisturbed)
			add(&shared->false_denials);
	}
}

static void *execute_on(void *arg)
{
	(void)arg;
	while (__atomic_fetch_sub(&shared->rounds, 1, __ATOMIC_RELAXED) > 0)
		execute_once();
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t runners[RUNNERS];
	int i, status;
	pid_t writer;

	if (argc != 3 && argc != 4)
		usage(USAGE);
	path = argv[1];
	other = argv[3];
	find_answer();
	make_evil();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED)
		fail("mmap");
	shared->rounds = atoi(argv[2]);
	writer = fork();
	if (!writer)
		write_on();
	for (i = 0; i < RUNNERS; i++)
		pthread_create(&runners[i], NULL, execute_on, NULL);
	for (i = 0; i < RUNNERS; i++)
		pthread_join(runners[i], NULL);
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELAXED);
	if (waitpid(writer, &status, 0) != writer || status)
		exit(3);
	for (i = 0; i < 200; i++)
		execute_once();
	printf("ran %d refused %d killed %d wrong %d false-denials %d undisturbed %d ",
	       shared->ran, shared->refused, shared->killed, shared->wrong, shared->false_denials,
	       shared->undisturbed);
	printf("writes %d exchanges %d kept-out %d\n", shared->writes, shared->exchanges,
	       shared->kept_out);
	return shared->wrong || shared->false_denials;
}
