// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - a process that may do nothing but read one file and write to another
 *
 * Archives are read by a library, with the rights of root, and anybody may have written them. So
 * a process of its own reads them: an error of the library that an archive exploits gains the
 * right to write to a pipe. All other system calls end with EPERM.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/kernel.h>
#include <linux/seccomp.h>

#include "confine.h"

/* Decompression by zstd needs 128 MiB at most; the tables of a sanitizer are terabytes. */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_MAX	RLIM_INFINITY
#else
#define MEMORY_MAX	(512UL << 20)
#endif

#if defined(__x86_64__)
#define ARCH		AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH		AUDIT_ARCH_AARCH64
#else
#define ARCH		0	/* fits none: the process is killed at its first system call */
#endif

#define LOAD(member)	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define IF_EQUAL(value)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1)
#define RETURN(what)	BPF_STMT(BPF_RET | BPF_K, what)

static const unsigned int permitted[] = {
	SYS_read, SYS_write, SYS_lseek, SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_futex,
	SYS_exit_group,
};

/* Another architecture numbers its calls otherwise. */
static const struct sock_filter head[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
};

/* Memory is for data; the lower half of an argument comes first on these processors. */
static const struct sock_filter tail[] = {
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 3),
	LOAD(args[2]),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),
	RETURN(SECCOMP_RET_ALLOW),
	RETURN(SECCOMP_RET_ERRNO | EPERM),
};

static bool set_filter(void)
{
	struct sock_filter filter[ARRAY_SIZE(head) + 2 * ARRAY_SIZE(permitted) + ARRAY_SIZE(tail)];
	struct sock_fprog program = { .len = ARRAY_SIZE(filter), .filter = filter };
	struct sock_filter *next = filter + ARRAY_SIZE(head);
	size_t i;

	memcpy(filter, head, sizeof(head));
	for (i = 0; i < ARRAY_SIZE(permitted); i++) {
		*next++ = (struct sock_filter)IF_EQUAL(permitted[i]);
		*next++ = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	}
	memcpy(next, tail, sizeof(tail));
	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static bool set_limit(__rlimit_resource_t resource, rlim_t most)
{
	struct rlimit limit = { .rlim_cur = most, .rlim_max = most };

	return !setrlimit(resource, &limit);
}

/**
 * confine_to() - take from this process all but two files and its memory
 * @in: file that it may read, from then on its standard input
 * @out: file that it may write to, from then on its standard output
 * @seconds: time of the processor after which it is killed
 *
 * To be called in a process that ends with the work, and that ends if its parent does.
 *
 * Return: false if something of that failed: then it must not go on.
 */
bool confine_to(int in, int out, unsigned int seconds)
{
	return !prctl(PR_SET_PDEATHSIG, SIGKILL) && dup2(in, STDIN_FILENO) >= 0 &&
	       dup2(out, STDOUT_FILENO) >= 0 && !syscall(SYS_close_range, 2, ~0U, 0) &&
	       set_limit(RLIMIT_CORE, 0) && set_limit(RLIMIT_CPU, seconds) &&
	       set_limit(RLIMIT_AS, MEMORY_MAX) && set_filter();
}
