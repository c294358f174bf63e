// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the questions to ask the kernel about a file
 *
 * They depend on the file's content and place, as the uses in a manifest do. A file
 * that cannot be opened may be a program or data; one that rules want listed for
 * reading is an example.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/manifest/kind.h"
#include "lib/manifest/script.h"
#include "purpose.h"
#include "text/names.h"

#define BIT(n)		(1U << (n))
#define PROGRAM_OPS	(BIT(RIVET_OP_EXECUTE) | BIT(RIVET_OP_MMAP))

static int open_to_look(const char *path)
{
	return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* Files that the kernel boots: an image for x86 or arm64, and an initramfs by its name. */
static bool is_for_booting(int fd, const char *path)
{
	char magic[4];

	if (pread(fd, magic, sizeof(magic), 0x202) == sizeof(magic) && !memcmp(magic, "HdrS", 4))
		return true;
	if (pread(fd, magic, sizeof(magic), 0x38) == sizeof(magic) && !memcmp(magic, "ARM\x64", 4))
		return true;
	return !strncmp(path, "/boot/initr", strlen("/boot/initr"));
}

static bool find_program(const char *path, char exe[PATH_MAX], unsigned int depth);

/* env(1) starts another program: find it. */
static bool find_in_path(const char *name, char exe[PATH_MAX], unsigned int depth)
{
	const char *at = getenv("PATH") ?: "/usr/sbin:/usr/bin:/sbin:/bin";
	char tried[PATH_MAX];
	size_t len;

	if (strchr(name, '/'))
		return find_program(name, exe, depth);
	for (; *at; at += len + (at[len] == ':')) {
		len = strcspn(at, ":");
		if (snprintf(tried, sizeof(tried), "%.*s/%s", (int)len, at, name) < PATH_MAX &&
		    !access(tried, X_OK))
			return find_program(tried, exe, depth);
	}
	return false;
}

/* The words behind -S, up to the first that is neither an option nor a variable. */
static bool find_split_by_env(const char *text, char exe[PATH_MAX], unsigned int depth)
{
	struct rivet_slice words = { .ptr = text, .len = strlen(text) }, word;
	char name[SCRIPT_HEAD];

	while (text_next_word(&words, &word)) {
		if (*word.ptr == '-' || memchr(word.ptr, '=', word.len))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)word.len, word.ptr);
		return find_in_path(name, exe, depth);
	}
	return false;
}

/* The kernel gives env(1) the whole rest as one argument; only -S splits it. */
static bool find_started_by_env(const char *arg, char exe[PATH_MAX], unsigned int depth)
{
	static const char * const splits[] = { "-S", "-vS", "--split-string=", "--split-string " };
	size_t i;

	for (i = 0; i < sizeof(splits) / sizeof(*splits); i++) {
		if (!strncmp(arg, splits[i], strlen(splits[i])))
			return find_split_by_env(arg + strlen(splits[i]), exe, depth);
	}
	return *arg && *arg != '-' && !strchr(arg, '=') && find_in_path(arg, exe, depth);
}

static bool is_env(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && !strcmp(name, "/env");
}

#define DEPTH_MAX	5	/* nested scripts that the kernel accepts */

/* The program that the kernel would start for a script; @depth scripts led to it. */
static bool find_interpreter(int fd, char exe[PATH_MAX], unsigned int depth)
{
	struct script script;

	if (depth > DEPTH_MAX || !script_read(fd, &script))
		return false;
	return is_env(script.name) ? find_started_by_env(script.arg, exe, depth) :
				     find_program(script.name, exe, depth);
}

/* A name that is not absolute depends on the working folder. */
static bool find_program(const char *path, char exe[PATH_MAX], unsigned int depth)
{
	int fd = *path == '/' && realpath(path, exe) ? open_to_look(exe) : -1;
	char head[2];
	bool found;

	if (fd < 0)
		return *path == '/' && realpath(path, exe);
	found = pread(fd, head, sizeof(head), 0) != sizeof(head) || memcmp(head, "#!", 2) ||
		find_interpreter(fd, exe, depth + 1);
	close(fd);
	return found;
}

static uint32_t ops_of_script(int fd, struct purpose *purpose)
{
	uint32_t ops = purpose->has_x ? BIT(RIVET_OP_EXECUTE) : 0;

	/*
	 * No rule can name a program whose path has a blank, so no rule is about the files it
	 * reads.
	 */
	if (find_interpreter(fd, purpose->exe, 0) && !strpbrk(purpose->exe, " \t\n"))
		ops |= BIT(RIVET_OP_SCRIPT);
	else
		*purpose->exe = '\0';
	return ops ?: PROGRAM_OPS;
}

static uint32_t ops_of_others(const struct purpose *purpose)
{
	return purpose->has_x ? PROGRAM_OPS : PROGRAM_OPS | BIT(RIVET_OP_READ);
}

static uint32_t find_ops(int fd, const char *path, struct purpose *purpose)
{
	uint32_t uses = kind_uses(fd, path);

	if (uses & RIVET_USE_KMOD)
		return BIT(RIVET_OP_KMODULE);
	if (uses & RIVET_USE_FIRMWARE)
		return BIT(RIVET_OP_FIRMWARE);
	if (uses & RIVET_USE_SCRIPT)
		return ops_of_script(fd, purpose);
	if (is_for_booting(fd, path))
		return BIT(RIVET_OP_KEXEC);
	return uses ? PROGRAM_OPS : ops_of_others(purpose);
}

/**
 * purpose_find() - find the uses of a file
 * @path: the file
 * @out: its uses
 */
void purpose_find(const char *path, struct purpose *out)
{
	char *real = realpath(path, NULL);
	int fd = open_to_look(path);
	struct stat st;

	memset(out, 0, sizeof(*out));
	out->has_x = !stat(path, &st) && st.st_mode & 0111;
	out->ops = ops_of_others(out);
	if (fd >= 0 && real && !fstat(fd, &st) && S_ISREG(st.st_mode)) {
		out->form = unpack_module_form(fd, real);
		out->ops = find_ops(fd, real, out);
	}
	if (fd >= 0)
		close(fd);
	free(real);
}

/**
 * purpose_ask() - the question for the kernel
 * @purpose: purpose of the file
 * @path: the file
 * @question: the question; free with buffer_free()
 */
void purpose_ask(const struct purpose *purpose, const char *path, struct buffer *question)
{
	int op;

	for (op = 0; op < __RIVET_OP_MAX; op++) {
		if (purpose->ops & BIT(op))
			text_add(question, "%s ", rivet_name_op(op));
	}
	if (*purpose->exe)
		text_add(question, "exe=%s ", purpose->exe);
	buffer_add(question, path, strlen(path));
}

/**
 * struct copy - a sink that writes to a memory file
 * @sink: embedded
 * @fd: the file
 */
struct copy {
	struct unpack_sink sink;
	int fd;
};

static int take_bytes(struct unpack_sink *sink, const void *bytes, size_t len, struct err *err)
{
	const struct copy *copy = (const struct copy *)sink;

	return file_write_all(copy->fd, "a memory file", bytes, len, err);
}

/* Reopen it, so that nobody has it open for writing. */
static int reopen(int fd, struct err *err)
{
	char path[64];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	if (again < 0)
		err_set_io(err, "cannot open", path);
	close(fd);
	return again;
}

/**
 * purpose_unpack() - unpack a module as modprobe would
 * @purpose: purpose of a compressed module
 * @path: the module
 * @fd: gets a memory file with the result, open for reading; -1 on error
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int purpose_unpack(const struct purpose *purpose, const char *path, int *fd, struct err *err)
{
	struct copy copy = { .sink.take = take_bytes };
	int from = open_to_look(path), ret;

	*fd = -1;
	if (from < 0)
		return err_set_io(err, "cannot open", path);
	copy.fd = memfd_create("module", MFD_CLOEXEC);
	ret = copy.fd < 0 ? err_set_io(err, "cannot unpack into", "memory") :
			    unpack_fd(from, path, purpose->form, &copy.sink, err);
	close(from);
	if (!ret)
		*fd = reopen(copy.fd, err);
	else if (copy.fd >= 0)
		close(copy.fd);
	return ret ?: *fd < 0 ? (int)err->code : EXIT_OK;
}
