// SPDX-License-Identifier: GPL-2.0
/*
 * libforge.so - make /proc/self/exe name another program, then execute something, or
 * make code when SIGUSR1 comes
 *
 * The kernel lets a task forge it once its own program is no longer mapped, so
 * this is a library: its constructor unmaps the program that loaded it. From then
 * on nothing of that program may be used, nor any symbol be bound.
 *
 *   FORGE=exe-file|map FORGE_AS=FILE [FORGE_RUN=FILE] load_library libforge.so
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "helper.h"

#define PAGE	4096

static char maps[65536], name[PAGE];

static __attribute__((noreturn)) void give_up(const char *what)
{
	dprintf(2, "%s: %s\n", what, strerror(errno));
	_exit(1);
}

static void read_maps(void)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got;

	while ((got = read(fd, maps + len, sizeof(maps) - 1 - len)) > 0)
		len += got;
	maps[len] = '\0';
	close(fd);
}

static void unmap_program(void)
{
	unsigned long from, to;
	char *line, *next;

	for (line = maps; *line; line = next + 1) {
		next = strchr(line, '\n');
		*next = '\0';
		if (!strchr(line, '/') || strcmp(strchr(line, '/'), name))
			continue;
		from = strtoul(line, &line, 16);
		to = strtoul(line + 1, NULL, 16);
		munmap((void *)from, to - from);
	}
}

/* The other values about the address space need not be true, only in order */
static int forge_map(int fd)
{
	unsigned long at = (unsigned long)maps & ~(PAGE - 1UL);
	struct prctl_mm_map map = {
		.start_code = at, .end_code = at + PAGE,
		.start_data = at, .end_data = at + PAGE,
		.start_brk = at, .brk = at,
		.start_stack = at,
		.arg_start = at, .arg_end = at,
		.env_start = at, .env_end = at,
		.exe_fd = fd,
	};

	return prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0);
}

static void forge(const char *how, const char *as)
{
	int fd = open(as, O_RDONLY | O_CLOEXEC);
	int err;

	if (!strcmp(how, "map"))
		err = forge_map(fd);
	else
		err = prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, fd, 0, 0);
	if (err)
		give_up(how);
}

/* As the program that it names would, which has itself mapped */
static __attribute__((noreturn)) void make_code(const char *as)
{
	int fd = open(as, O_RDONLY | O_CLOEXEC);
	sigset_t set;
	int which;

	if (mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		give_up(as);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	write(1, "ready\n", 6);
	sigwait(&set, &which);
	if (mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		 0) == MAP_FAILED)
		give_up("mmap");
	_exit(0);
}

static __attribute__((constructor)) void run_as_another(void)
{
	const char *how = getenv("FORGE"), *as = getenv("FORGE_AS"), *run = getenv("FORGE_RUN");
	char *const argv[] = { (char *)run, NULL }, *const envp[] = { NULL };
	ssize_t len;

	if (!how || !as || readlink("/proc/self/exe", name, sizeof(name) - 1) < 0)
		return;
	read_maps();
	unmap_program();
	forge(how, as);
	len = readlink("/proc/self/exe", name, sizeof(name) - 1);
	if (len < 0)
		give_up("readlink");
	name[len] = '\0';
	if (strcmp(name, as)) {
		dprintf(2, "/proc/self/exe is still %s\n", name);
		_exit(1);
	}
	if (!run)
		make_code(as);
	execve(run, argv, envp);
	give_up(run);
}
