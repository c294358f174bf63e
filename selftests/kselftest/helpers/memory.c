// SPDX-License-Identifier: GPL-2.0
/*
 * memory - execute code that comes from no file
 *
 * Makes one function in memory and calls it: it was possible if this ends with 0.
 * As memory goes by the program that asks, the tests copy this one.
 */
#define _GNU_SOURCE
#include <linux/perf_event.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "helper.h"

#define USAGE	"memory rwx|rw-rx|shared|zero|memfd|stack|heap|brk|brk-compat|norandom\n" \
		"memory traceme|attach|seize|read-other|write-other|mem-other|mem-self|uprobe\n" \
		"memory fork|vfork|thread WAY, memory exec PROGRAM WAY, memory wait WAY"

#define LENGTH	4096

/* A function that returns 0 */
#if defined(__x86_64__)
static const unsigned char code[] = { 0x31, 0xc0, 0xc3 };
#elif defined(__aarch64__)
static const unsigned char code[] = { 0x00, 0x00, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6 };
#endif

static char heap_like[2 * LENGTH] __attribute__((aligned(4096)));

static void call(void *at)
{
	int (*function)(void) = (int (*)(void))at;

	__builtin___clear_cache(at, (char *)at + sizeof(code));
	if (function())
		exit(3);
}

static void *map(int prot, int flags, int fd)
{
	void *at = mmap(NULL, LENGTH, prot, flags, fd, 0);

	if (at == MAP_FAILED)
		fail("mmap");
	return at;
}

static void protect(void *at)
{
	if (mprotect(at, LENGTH, PROT_READ | PROT_EXEC))
		fail("mprotect");
}

static void make_and_protect(void *at)
{
	memcpy(at, code, sizeof(code));
	protect(at);
	call(at);
}

static void from_memfd(void)
{
	int fd = memfd_create("code", 0);

	if (fd < 0 || write(fd, code, sizeof(code)) != sizeof(code))
		fail("memfd");
	call(map(PROT_READ | PROT_EXEC, MAP_PRIVATE, fd));
}

static void on_stack(void)
{
	char room[3 * LENGTH];
	char *page = (char *)(((unsigned long)room + LENGTH - 1) & ~(LENGTH - 1UL));

	make_and_protect(page);
}

/* As a 32-bit program, where there are such: the kernel has another function for it */
static long personality_compat(unsigned int wanted)
{
#ifdef __x86_64__
	long ret;

	__asm__ volatile("int $0x80" : "=a" (ret) : "a" (136), "b" (wanted)
			 : "r8", "r9", "r10", "r11", "memory");
	if ((int)ret < 0 && (int)ret > -4096) {
		errno = -(int)ret;
		return -1;
	}
	return (unsigned int)ret;
#else
	return personality(wanted);
#endif
}

/* No hook is asked: memory added to the heap is executable at once */
static void grow_heap(bool compat)
{
	unsigned int wanted = personality(0xffffffff) | READ_IMPLIES_EXEC;
	char *end;

	if ((compat ? personality_compat(wanted) : personality(wanted)) < 0)
		fail("personality");
	end = sbrk(3 * LENGTH);
	if (end == (void *)-1)
		fail("sbrk");
	end = (char *)(((unsigned long)end + LENGTH) & ~(LENGTH - 1UL));
	memcpy(end, code, sizeof(code));
	call(end);
}

static void writable(void)
{
	void *at = map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	memcpy(at, code, sizeof(code));
	call(at);
}

/* The target of changes by others: text of this program, mapped read-only */
static __attribute__((noinline, aligned(64))) int answer(void)
{
	__asm__ volatile("");
	return 7;
}

static pid_t start_victim(int traced)
{
	int pipes[2], status;
	pid_t pid;

	if (pipe(pipes))
		fail("pipe");
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (traced && ptrace(PTRACE_TRACEME, 0, 0, 0))
			fail("traceme");
		if (traced)
			raise(SIGSTOP);
		write(pipes[1], "", 1);
		for (;;)
			pause();
	}
	if (traced) {
		waitpid(pid, &status, 0);
		if (!WIFSTOPPED(status))
			exit(1);
	} else if (read(pipes[0], &status, 1) != 1) {
		exit(1);
	}
	return pid;
}

static void poke(pid_t pid)
{
	long word;

	memcpy(&word, code, sizeof(word) < sizeof(code) ? sizeof(word) : sizeof(code));
	if (ptrace(PTRACE_POKETEXT, pid, answer, word))
		fail("poke");
}

static void transfer(pid_t pid, int write_it, void *where)
{
	char buf[16] = {};
	struct iovec here = { buf, sizeof(buf) }, there = { where, sizeof(buf) };
	ssize_t done = write_it ? process_vm_writev(pid, &here, 1, &there, 1, 0) :
				  process_vm_readv(pid, &here, 1, &there, 1, 0);

	if (done != sizeof(buf))
		fail("process_vm");
}

static void write_mem(const char *name)
{
	int fd = must_open(name, O_RDWR);

	/* Newer kernels may leave text alone, unless who writes is a tracer */
	if (pwrite(fd, code, sizeof(code), (long)answer) != sizeof(code) &&
	    pwrite(fd, code, sizeof(code), (long)heap_like) != sizeof(code))
		fail(name);
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int reach_for_others(const char *way)
{
	int traced = !strcmp(way, "traceme");
	char name[64];
	pid_t pid;

	if (!strcmp(way, "mem-self")) {
		write_mem("/proc/self/mem");
		return answer() && heap_like[0] != (char)code[0];
	}
	pid = start_victim(traced);
	if (traced) {
		poke(pid);
	} else if (!strcmp(way, "attach")) {
		if (ptrace(PTRACE_ATTACH, pid, 0, 0))
			fail("attach");
		waitpid(pid, NULL, 0);
		poke(pid);
	} else if (!strcmp(way, "seize")) {
		if (ptrace(PTRACE_SEIZE, pid, 0, 0))
			fail("seize");
	} else if (!strcmp(way, "read-other")) {
		transfer(pid, 0, heap_like);
	} else if (!strcmp(way, "write-other")) {
		transfer(pid, 1, heap_like);
	} else if (!strcmp(way, "mem-other")) {
		snprintf(name, sizeof(name), "/proc/%d/mem", pid);
		write_mem(name);
	} else {
		usage(USAGE);
	}
	end(pid);
	return 0;
}

/* A function with a probe inside its first instruction; where that cannot be, before it */
#if defined(__x86_64__)
asm("probed: mov $7, %eax; ret");
#define PROBE_AT	2
#elif defined(__aarch64__)
asm("probed: mov w0, #7; ret");
#define PROBE_AT	0
#endif

extern int probed(void);
extern const char __executable_start[];

/* Returns 0 if the probe is set, and has replaced the instruction there */
static int set_uprobe(void)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	FILE *type = fopen("/sys/bus/event_source/devices/uprobe/type", "re");
	unsigned int number;

	if (!type || fscanf(type, "%u", &number) != 1)
		fail("the number of uprobes");
	fclose(type);
	attr.type = number;
	attr.config1 = (unsigned long)"/proc/self/exe";
	attr.config2 = (const char *)probed - __executable_start + PROBE_AT;
	if (probed() != 7)
		return 1;
	if (syscall(SYS_perf_event_open, &attr, getpid(), -1, -1, PERF_FLAG_FD_CLOEXEC) < 0)
		fail("uprobe");
	return PROBE_AT && probed() == 7;
}

static int make_code(const char *way)
{
	if (!strcmp(way, "rwx"))
		writable();
	else if (!strcmp(way, "rw-rx"))
		make_and_protect(map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1));
	else if (!strcmp(way, "shared"))
		make_and_protect(map(PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1));
	else if (!strcmp(way, "zero"))
		make_and_protect(map(PROT_READ | PROT_WRITE, MAP_PRIVATE,
				     must_open("/dev/zero", O_RDWR)));
	else if (!strcmp(way, "memfd"))
		from_memfd();
	else if (!strcmp(way, "stack"))
		on_stack();
	else if (!strcmp(way, "heap"))
		make_and_protect(heap_like);
	else if (!strcmp(way, "brk") || !strcmp(way, "brk-compat"))
		grow_heap(way[3]);
	else if (!strcmp(way, "uprobe"))
		return set_uprobe();
	else if (!strcmp(way, "norandom"))
		return personality(personality(0xffffffff) | ADDR_NO_RANDOMIZE) < 0;
	else
		return reach_for_others(way);
	return 0;
}

static void wait_for_signal(void)
{
	sigset_t set;
	int which;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	puts("ready");
	fflush(stdout);
	sigwait(&set, &which);
}

static void *make_code_in_thread(void *way)
{
	return (void *)(long)make_code(way);
}

static int in_thread(char *way)
{
	pthread_t thread;
	void *result;

	if (pthread_create(&thread, NULL, make_code_in_thread, way) ||
	    pthread_join(thread, &result))
		fail("thread");
	return !!result;
}

int main(int argc, char **argv)
{
	int status;

	if (argc == 3 && !strcmp(argv[1], "thread"))
		return in_thread(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "vfork")) {
		if (!vfork())
			_exit(make_code(argv[2]));
		wait(&status);
		return status != 0;
	}

	if (argc == 3 && !strcmp(argv[1], "fork")) {
		if (!fork())
			exit(make_code(argv[2]));
		wait(&status);
		return status != 0;
	}
	if (argc == 4 && !strcmp(argv[1], "exec")) {
		execl(argv[2], argv[2], argv[3], NULL);
		fail(argv[2]);
	}
	if (argc == 3 && !strcmp(argv[1], "wait")) {
		wait_for_signal();
		return make_code(argv[2]);
	}
	if (argc != 2)
		usage(USAGE);
	return make_code(argv[1]);
}
