// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of the first line of a script: this machine's kernel starts each
 * script, and its interpreter, this program, tells how it was called
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#include "lib/manifest/script.h"

#define RANDOM_HEADS	60

static char folder[] = "/tmp/rivet-script-XXXXXX";
static char interpreter[64];	/* another name of this program */
static char file[64];		/* the script */

struct head {
	char bytes[2 * SCRIPT_HEAD];
	size_t len;
};

/* Called by the kernel as NAME [ARGUMENT] SCRIPT */
static int report(int argc, char **argv)
{
	printf("%s\n%s\n", argv[0], argc == 3 ? argv[1] : "");
	return 0;
}

static void write_script(const struct head *head)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0700);

	if (fd < 0 || write(fd, head->bytes, head->len) != (ssize_t)head->len)
		exit(1);
	close(fd);
}

/* Returns 0 and the interpreter's output, or the errno of execve(2). */
static int start(char *said, size_t size)
{
	int ends[2], status;
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	if (pipe(ends))
		exit(1);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(ends[1], STDOUT_FILENO);
		execl(file, file, NULL);
		_exit(errno);
	}
	close(ends[1]);
	while ((got = read(ends[0], said + len, size - 1 - len)) > 0)
		len += got;
	said[len] = '\0';
	close(ends[0]);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void check(const struct head *head, const char *label)
{
	char said[4 * SCRIPT_HEAD], parsed[4 * SCRIPT_HEAD] = "";
	struct script script;
	bool is_script;
	int error, fd;

	write_script(head);
	error = start(said, sizeof(said));
	fd = open(file, O_RDONLY);
	is_script = script_read(fd, &script);
	close(fd);
	if (is_script)
		snprintf(parsed, sizeof(parsed), "%s\n%s\n", script.name, script.arg);
	if (!error)
		unit_text(parsed, said, "%s", label);
	else if (error == ENOEXEC)
		unit_ok(!is_script, "%s: none", label);
	else
		unit_ok(!is_script || access(script.name, X_OK), "%s: none is there", label);
}

static void add(struct head *head, const char *bytes, size_t len)
{
	if (head->len + len > sizeof(head->bytes))
		return;
	memcpy(head->bytes + head->len, bytes, len);
	head->len += len;
}

static void add_text(struct head *head, const char *text)
{
	add(head, text, strlen(text));
}

static void fill(struct head *head, char byte, size_t len)
{
	while (len--)
		add(head, &byte, 1);
}

static struct head begin(const char *between)
{
	struct head head = { .len = 0 };

	add_text(&head, "#!");
	add_text(&head, between);
	add_text(&head, interpreter);
	return head;
}

/* The bytes before the name, and behind it */
static const struct {
	const char *label;
	const char *before;
	struct rivet_slice after;
} cases[] = {
	{ "a name", "", BYTES("\n") },
	{ "blanks before it", " \t ", BYTES("\n") },
	{ "blanks behind it", "", BYTES(" \t \n") },
	{ "an argument", "", BYTES(" -u\n") },
	{ "a tab before the argument", "", BYTES("\t-u\n") },
	{ "an argument with blanks", "", BYTES(" -u  -v\tx \n") },
	{ "a backslash quotes nothing", "", BYTES("\\ tool\n") },
	{ "nor does a quote", "\"", BYTES("\"\n") },
	{ "a carriage return belongs to the name", "", BYTES("\r\n") },
	{ "a NUL ends the name", "", BYTES("\0tool\n") },
	{ "a NUL ends the argument", "", BYTES(" a\0b\n") },
	{ "a NUL behind a blank", "", BYTES(" \0b\n") },
	{ "no line feed", "", BYTES("") },
	{ "no line feed, and an argument", "", BYTES(" x") },
};

static void check_cases(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct head head = begin(cases[i].before);

		add(&head, cases[i].after.ptr, cases[i].after.len);
		check(&head, cases[i].label);
	}
}

static void check_long_lines(void)
{
	int len;

	for (len = SCRIPT_HEAD - 3; len <= SCRIPT_HEAD + 2; len++) {
		char label[64];
		struct head head = begin("");

		fill(&head, 'x', len - head.len);
		snprintf(label, sizeof(label), "a name that ends at byte %d", len);
		check(&head, label);
		head = begin("");
		add_text(&head, " ");
		fill(&head, 'x', len - head.len);
		add_text(&head, "\n");
		snprintf(label, sizeof(label), "an argument that ends at byte %d", len);
		check(&head, label);
		head = (struct head){ .len = 0 };
		add_text(&head, "#!");
		fill(&head, ' ', len - strlen(interpreter) - head.len);
		add_text(&head, interpreter);
		snprintf(label, sizeof(label), "a name behind blanks that ends at byte %d", len);
		check(&head, label);
	}
}

static void check_random(void)
{
	static const char bytes[] = { ' ', ' ', '\t', '\n', '\0', 'x', '/', '\\' };
	int i;

	for (i = 0; i < RANDOM_HEADS; i++) {
		struct head head = begin(unit_random() % 2 ? " " : "");
		char label[32];

		while (unit_random() % 8)
			fill(&head, bytes[unit_random() % sizeof(bytes)],
			     unit_random() % 16 ? 1 : unit_random() % SCRIPT_HEAD);
		snprintf(label, sizeof(label), "random line %d", i);
		check(&head, label);
	}
}

static void check_others(void)
{
	struct head head = { .len = 0 };

	add_text(&head, "#!");
	fill(&head, ' ', SCRIPT_HEAD);
	check(&head, "nothing but blanks");
	head.len = 2;
	check(&head, "nothing behind it");
	add_text(&head, "\n");
	check(&head, "an empty line");
}

int main(int argc, char **argv)
{
	if (strstr(argv[0], "/rivet-script-"))
		return report(argc, argv);
	if (!mkdtemp(folder))
		return 1;
	snprintf(interpreter, sizeof(interpreter), "%s/int", folder);
	snprintf(file, sizeof(file), "%s/script", folder);
	if (link(argv[0], interpreter))
		return 1;
	check_cases();
	check_long_lines();
	check_others();
	check_random();
	unlink(interpreter);
	unlink(file);
	rmdir(folder);
	return unit_done();
}
