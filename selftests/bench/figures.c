// SPDX-License-Identifier: GPL-2.0
/*
 * figures - takes the figures of the benchmark in the guest
 *
 * usage: figures warm FOLDER      operations repeated many times
 *        figures map FOLDER NAME  only an executable mapping
 *        figures renamed FOLDER   the same, after a rename of another file
 *        figures count FOLDER     rivet's counters for the same
 *        figures cold FOLDER SIZE first use of FOLDER/cold-SIZE.0, .1, ...
 *        figures load FILE COUNT  one write of a signed object into rivet
 *        figures refused NAME FILE  a mapping that is refused
 *        figures sweep COUNT      one sweep, with that many more processes
 *        figures insmod FILE      loading a module
 *        figures send NAME ADDRESS  a datagram of UDP
 *        figures manifest COUNT   a manifest with that many values, on stdout
 *
 * The guest's time-stamp counter counts instructions. Each line printed is one
 * figure: its kind, its name, its value. Of several rounds the smallest counts:
 * the timer's interrupts only ever add.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define STATS		"/sys/kernel/security/rivet/stats"
#define RUNNING		"/sys/kernel/security/rivet/running"
#define RIV		"/sys/kernel/security/rivet/riv"
#define COUNTERS_MAX	64
#define COUNTED_OPS	64	/* operations between two looks at the counters */
#define LAYOUTS		48
#define COLD_MAX	16
#define SWEEPS		5
#define SLEEPERS_MAX	256
#define PAGE		4096
#define PORT		9999

struct counters {
	unsigned int count;
	struct {
		char name[48];
		uint64_t value;
	} of[COUNTERS_MAX];
};

/**
 * struct warm - one case
 * @name: as printed
 * @operation: done over and over
 * @rounds: how often in each layout
 */
struct warm {
	const char *name;
	void (*operation)(void);
	unsigned int rounds;
};

static const char *folder;
static char static_program[256], dynamic_program[256], plain_file[256];
static int library;	/* file that is mapped */
static int peer;	/* socket that is sent to */

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now(void)
{
	return __rdtsc();
}

/* --- the operations --------------------------------------------------------- */

static void wait_for(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child)
		fail("child");
	if (status) {
		fprintf(stderr, "child ended with status %#x\n", status);
		exit(1);
	}
}

static void spawn(const char *path)
{
	char *argv[] = { (char *)path, NULL }, *envp[] = { NULL };
	pid_t child = vfork();

	if (!child) {
		execve(path, argv, envp);
		_exit(127);
	}
	wait_for(child);
}

static void do_nothing(void)
{
}

static void spawn_static(void)
{
	spawn(static_program);
}

static void spawn_dynamic(void)
{
	spawn(dynamic_program);
}

static void map_and_unmap(int prot, int flags, int fd)
{
	void *at = mmap(NULL, PAGE, prot, flags, fd, 0);

	if (at == MAP_FAILED || munmap(at, PAGE))
		fail("mmap");
}

static void map_executable(void)
{
	map_and_unmap(PROT_READ | PROT_EXEC, MAP_PRIVATE, library);
}

static void map_readable(void)
{
	map_and_unmap(PROT_READ, MAP_PRIVATE, library);
}

static void map_anonymous(void)
{
	map_and_unmap(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static void open_and_close(void)
{
	int fd = open(plain_file, O_RDONLY);

	if (fd < 0 || close(fd))
		fail(plain_file);
}

static void fork_and_exit(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	wait_for(child);
}

static const struct warm warm_cases[] = {
	{ "spawn-static",	spawn_static,	44 },
	{ "spawn-dynamic",	spawn_dynamic,	33 },
	{ "map-executable",	map_executable,	440 },
	{ "map-readable",	map_readable,	440 },
	{ "map-anonymous",	map_anonymous,	440 },
	{ "open-close",		open_and_close,	440 },
	{ "fork-exit",		fork_and_exit,	44 },
};

#define WARM_CASES (sizeof(warm_cases) / sizeof(warm_cases[0]))

/* --- warm ------------------------------------------------------------------- */

static uint64_t time_least(void (*operation)(void), unsigned int rounds)
{
	uint64_t least = UINT64_MAX;

	while (rounds--) {
		uint64_t start = now(), took;

		operation();
		took = now() - start;
		if (took < least)
			least = took;
	}
	return least;
}

/* Without rivet there is no such file, and nothing to count. */
static bool read_counters(struct counters *c)
{
	FILE *file = fopen(STATS, "re");

	c->count = 0;
	if (!file)
		return false;
	while (c->count < COUNTERS_MAX &&
	       fscanf(file, "%47s %" SCNu64, c->of[c->count].name, &c->of[c->count].value) == 2)
		c->count++;
	fclose(file);
	return true;
}

static bool count_operations(void (*operation)(void), unsigned int times, struct counters *c)
{
	struct counters before;
	unsigned int i;

	if (!read_counters(&before))
		return false;
	for (i = 0; i < times; i++)
		operation();
	read_counters(c);
	for (i = 0; i < c->count; i++)
		c->of[i].value -= before.of[i].value;
	return true;
}

/* The cost of reading the counters is subtracted. */
static void print_counts(const struct warm *w)
{
	struct counters with, without;
	unsigned int i;

	if (!count_operations(do_nothing, COUNTED_OPS, &without) ||
	    !count_operations(w->operation, COUNTED_OPS, &with))
		return;
	for (i = 0; i < with.count; i++) {
		int64_t n = with.of[i].value - without.of[i].value;

		if (n)
			printf("count %s %s %.2f\n", w->name, with.of[i].name,
			       (double)n / COUNTED_OPS);
	}
}

static void open_warm_files(void)
{
	char path[256];

	snprintf(static_program, sizeof(static_program), "%s/nop-static", folder);
	snprintf(dynamic_program, sizeof(dynamic_program), "%s/nop-dynamic", folder);
	snprintf(plain_file, sizeof(plain_file), "%s/plain", folder);
	snprintf(path, sizeof(path), "%s/nop-dynamic", folder);
	library = open(path, O_RDONLY);
	if (library < 0)
		fail(path);
}

static pid_t start_sleeper(void)
{
	pid_t child = fork();

	if (!child) {
		pause();
		_exit(0);
	}
	if (child < 0)
		fail("fork");
	return child;
}

static int compare_figures(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Outliers on both sides are left out. */
static uint64_t average_of_middle_half(uint64_t *figures, unsigned int count)
{
	unsigned int i, from = count / 4, to = count - from;
	uint64_t sum = 0;

	qsort(figures, count, sizeof(*figures), compare_figures);
	for (i = from; i < to; i++)
		sum += figures[i];
	return sum / (to - from);
}

/*
 * The cost of starting a program depends by several hundred instructions on the
 * place where the kernel's allocators find room. So it is measured beside none,
 * one, two ... sleeping processes, each of which shifts that place a little,
 * and the counts are averaged.
 */
static void take_warm(void)
{
	uint64_t least[WARM_CASES][LAYOUTS], own = time_least(do_nothing, 1000);
	pid_t sleepers[LAYOUTS];
	unsigned int i, layout;

	for (layout = 0; layout < LAYOUTS; layout++) {
		for (i = 0; i < WARM_CASES; i++)
			least[i][layout] = time_least(warm_cases[i].operation,
						      warm_cases[i].rounds) - own;
		sleepers[layout] = start_sleeper();
	}
	for (layout = 0; layout < LAYOUTS; layout++) {
		kill(sleepers[layout], SIGKILL);
		waitpid(sleepers[layout], NULL, 0);
	}
	for (i = 0; i < WARM_CASES; i++)
		printf("warm %s %" PRIu64 "\n", warm_cases[i].name,
		       average_of_middle_half(least[i], LAYOUTS));
}

static void take_mapping(const char *name)
{
	uint64_t own = time_least(do_nothing, 1000);

	printf("map %s %" PRIu64 "\n", name, time_least(map_executable, 440) - own);
}

/* The cost of the rename itself is left out. */
static void take_renamed(void)
{
	uint64_t own = time_least(do_nothing, 1000), least = UINT64_MAX;
	char names[2][256];
	unsigned int i;

	snprintf(names[0], sizeof(names[0]), "%s/renamed.0", folder);
	snprintf(names[1], sizeof(names[1]), "%s/renamed.1", folder);
	if (close(open(names[0], O_WRONLY | O_CREAT, 0644)))
		fail(names[0]);
	for (i = 0; i < 100; i++) {
		uint64_t took;

		if (rename(names[i % 2], names[!(i % 2)]))
			fail("rename");
		took = time_least(map_executable, 1);
		least = took < least ? took : least;
	}
	printf("map renamed %" PRIu64 "\n", least - own);
}

static void take_counts(void)
{
	unsigned int i;

	for (i = 0; i < WARM_CASES; i++)
		print_counts(&warm_cases[i]);
}

/* --- cold ------------------------------------------------------------------- */

/* From opening to closing: IMA measures at one, rivet at the mapping in between. */
static uint64_t use_first(const char *path)
{
	uint64_t start = now();
	int fd = open(path, O_RDONLY);
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	if (fd < 0 || at == MAP_FAILED)
		fail(path);
	munmap(at, PAGE);
	close(fd);
	return now() - start;
}

static void take_cold(const char *size)
{
	uint64_t first = UINT64_MAX, again = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < COLD_MAX; i++) {
		char path[256];
		uint64_t took;

		snprintf(path, sizeof(path), "%s/cold-%s.%u", folder, size, i);
		if (access(path, F_OK))
			break;
		took = use_first(path);
		first = took < first ? took : first;
		took = use_first(path);
		again = took < again ? took : again;
	}
	printf("cold %s %" PRIu64 "\ncold-again %s %" PRIu64 "\n", size, first, size, again);
}

/* --- load ------------------------------------------------------------------- */

static void take_load(const char *path, const char *count)
{
	int from = open(path, O_RDONLY), to = open(RIV, O_WRONLY);
	struct stat st;
	uint64_t start;
	void *data;

	if (from < 0 || to < 0 || fstat(from, &st))
		fail(path);
	data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, from, 0);
	if (data == MAP_FAILED)
		fail(path);
	start = now();
	if (write(to, data, st.st_size) != st.st_size)
		fail(RIV);
	printf("load %s %" PRIu64 "\n", count, now() - start);
	close(from);
	close(to);
}

/* --- acting on what fails --------------------------------------------------- */

static void map_refused(void)
{
	if (mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, library, 0) != MAP_FAILED ||
	    errno != EACCES)
		fail("a mapping is not refused");
}

static void take_refused(const char *name, const char *file)
{
	library = open(file, O_RDONLY);
	if (library < 0)
		fail(file);
	map_refused();
	printf("act %s %" PRIu64 "\n", name, time_least(map_refused, 440));
}

static void send_datagram(void)
{
	static const char data[1024];

	if (send(peer, data, sizeof(data), 0) != sizeof(data))
		fail("send");
}

static void take_send(const char *name, const char *address)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	peer = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (peer < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
	    connect(peer, (struct sockaddr *)&to, sizeof(to)))
		fail(address);
	send_datagram();
	printf("act %s %" PRIu64 "\n", name,
	       time_least(send_datagram, 440) - time_least(do_nothing, 1000));
}

/* Nanoseconds that a kernel thread of the kind that sweeps has run; 0 for other processes. */
static uint64_t worker_time(const char *pid)
{
	char path[300], name[16] = "";
	uint64_t ran = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%15s", name) != 1)
		*name = '\0';
	fclose(file);
	snprintf(path, sizeof(path), "/proc/%s/schedstat", pid);
	file = strncmp(name, "kworker", 7) ? NULL : fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%" SCNu64, &ran) != 1)
		ran = 0;
	fclose(file);
	return ran;
}

static uint64_t workers_time(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	uint64_t sum = 0;

	if (!proc)
		fail("/proc");
	while ((entry = readdir(proc)))
		if (*entry->d_name >= '0' && *entry->d_name <= '9')
			sum += worker_time(entry->d_name);
	closedir(proc);
	return sum;
}

/* The guest's clock counts instructions as well. */
static double instructions_a_nanosecond(void)
{
	struct timespec from, to;
	uint64_t start = now(), took;

	clock_gettime(CLOCK_MONOTONIC_RAW, &from);
	usleep(100000);
	clock_gettime(CLOCK_MONOTONIC_RAW, &to);
	took = now() - start;
	return took / ((to.tv_sec - from.tv_sec) * 1e9 + to.tv_nsec - from.tv_nsec);
}

static bool is_swept(void)
{
	char text[64] = "";
	int fd = open(RUNNING, O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		fail(RUNNING);
	close(fd);
	return strstr(text, "state: done\nwaiting: no");
}

static uint64_t sweep(void)
{
	uint64_t before = workers_time();
	int fd = open(RUNNING, O_WRONLY);

	if (fd < 0 || write(fd, "start", 5) != 5)
		fail(RUNNING);
	close(fd);
	do
		usleep(10000);
	while (!is_swept());
	return workers_time() - before;
}

static void take_sweep(unsigned int count)
{
	double scale = instructions_a_nanosecond();
	pid_t sleepers[SLEEPERS_MAX];
	uint64_t least = UINT64_MAX;
	unsigned int i;

	if (count > SLEEPERS_MAX)
		count = SLEEPERS_MAX;
	for (i = 0; i < count; i++)
		sleepers[i] = start_sleeper();
	for (i = 0; i < SWEEPS; i++) {
		uint64_t took = sweep();

		least = took < least ? took : least;
	}
	for (i = 0; i < count; i++) {
		kill(sleepers[i], SIGKILL);
		waitpid(sleepers[i], NULL, 0);
	}
	printf("act sweep-%u %.0f\n", count, least * scale);
}

/* Only its own time: it also waits for the kernel. */
static void take_insmod(const char *file)
{
	char *argv[] = { "insmod", (char *)file, NULL };
	double scale = instructions_a_nanosecond(), ran;
	struct rusage usage;
	pid_t child = fork();
	int status;

	if (!child) {
		execvp(*argv, argv);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child || status)
		fail("insmod");
	ran = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e9 +
	      (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e3;
	printf("act insmod %.0f\n", ran * scale);
}

/* Paths as on a real machine: some 60 bytes, in the order of their bytes. */
static void print_manifest(unsigned int count)
{
	unsigned int i;

	printf("riv-manifest 1\nname: load-%u\nversion: 1\ncount: %u\n", count, count);
	for (i = 0; i < count; i++)
		printf("sha256:%08x%056x %u exec,mmap /usr/lib/x86_64-linux-gnu/bench/package%04u/library%07u.so\n",
		       i * 2654435761u, i + 1, 20000 + i * 16 % 1000000, i / 100, i);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "warm")) {
		folder = argv[2];
		open_warm_files();
		take_warm();
	} else if (argc == 3 && !strcmp(argv[1], "count")) {
		folder = argv[2];
		open_warm_files();
		take_counts();
	} else if (argc == 4 && !strcmp(argv[1], "map")) {
		folder = argv[2];
		open_warm_files();
		take_mapping(argv[3]);
	} else if (argc == 3 && !strcmp(argv[1], "renamed")) {
		folder = argv[2];
		open_warm_files();
		take_renamed();
	} else if (argc == 4 && !strcmp(argv[1], "cold")) {
		folder = argv[2];
		take_cold(argv[3]);
	} else if (argc == 4 && !strcmp(argv[1], "load")) {
		take_load(argv[2], argv[3]);
	} else if (argc == 4 && !strcmp(argv[1], "refused")) {
		take_refused(argv[2], argv[3]);
	} else if (argc == 3 && !strcmp(argv[1], "sweep")) {
		take_sweep(strtoul(argv[2], NULL, 10));
	} else if (argc == 4 && !strcmp(argv[1], "send")) {
		take_send(argv[2], argv[3]);
	} else if (argc == 3 && !strcmp(argv[1], "insmod")) {
		take_insmod(argv[2]);
	} else if (argc == 3 && !strcmp(argv[1], "manifest")) {
		print_manifest(strtoul(argv[2], NULL, 10));
	} else {
		fprintf(stderr, "usage: figures warm|map|renamed|count|cold|load|refused|sweep|send|insmod|manifest ...\n");
		return 2;
	}
	return 0;
}
