// SPDX-License-Identifier: GPL-2.0
/*
 * observe - run a command and check the events and counters of rivet
 *
 * One process instead of a dozen shell commands for each case. Every
 * expectation must hold; else it prints the one that does not, and the actual
 * value.
 */
#define _GNU_SOURCE
#include <sys/wait.h>

#include "helper.h"

#define USAGE	"observe [-o TEXT] [-s] [-q] [WORD...] -- COMMAND...\n" \
		"  -o TEXT  it fails, and TEXT is in what it prints\n" \
		"  -s       it succeeds\n" \
		"  -q       no verdict was reported of it\n" \
		"  WORD...  some one event of it has all these words"

#define RIVET	"/sys/kernel/security/rivet/"
#define WORDS	16

static char *read_all(const char *path)
{
	size_t size = 1 << 16, len = 0;
	char *data = malloc(size);
	int fd = must_open(path, O_RDONLY);
	ssize_t got;

	while (data && (got = read(fd, data + len, size - len - 1)) > 0) {
		len += got;
		if (size - len < 4096)
			data = realloc(data, size *= 2);
	}
	close(fd);
	if (!data)
		fail(path);
	data[len] = '\0';
	return data;
}

static unsigned long long counter(const char *stats, const char *name)
{
	const char *at = strstr(stats, name);

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* Verdicts that were reported, folded ones too */
static unsigned long long reported(void)
{
	char *stats = read_all(RIVET "stats");
	unsigned long long sum = counter(stats, "denials ") + counter(stats, "audited ");

	free(stats);
	return sum;
}

static unsigned long long last_seq(void)
{
	char *events = read_all(RIVET "events"), *line, *next;
	unsigned long long seq = 0;

	for (line = events; line; line = next ? next + 1 : NULL) {
		next = strchr(line, '\n');
		if (!strncmp(line, "seq=", 4))
			seq = strtoull(line + 4, NULL, 10);
	}
	free(events);
	return seq;
}

/* The words begin where a word begins */
static int has_words(const char *line, char *const *words, int count)
{
	char word[512];
	int i;

	for (i = 0; i < count; i++) {
		snprintf(word, sizeof(word), " %s", words[i]);
		if (!strstr(line, word))
			return 0;
	}
	return 1;
}

static int find_event(char *events, unsigned long long after, char *const *words, int count)
{
	char *line;
	int found = 0;

	for (line = strtok(events, "\n"); line; line = strtok(NULL, "\n"))
		if (!strncmp(line, "seq=", 4) && strtoull(line + 4, NULL, 10) > after &&
		    has_words(line, words, count))
			found = 1;
	return found;
}

static void show_events(unsigned long long after)
{
	char *events = read_all(RIVET "events"), *line;

	for (line = strtok(events, "\n"); line; line = strtok(NULL, "\n"))
		if (!strncmp(line, "seq=", 4) && strtoull(line + 4, NULL, 10) > after)
			printf("event: %s\n", line);
}

static int run(char **argv, char *output, size_t size)
{
	int pipes[2], status;
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		fail("pipe");
	pid = fork();
	if (!pid) {
		dup2(pipes[1], 1);
		dup2(pipes[1], 2);
		execvp(argv[0], argv);
		fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
		_exit(126);
	}
	close(pipes[1]);
	while (len < size - 1 && (got = read(pipes[0], output + len, size - 1 - len)) > 0)
		len += got;
	output[len] = '\0';
	waitpid(pid, &status, 0);
	return status;
}

static int complain(const char *what)
{
	printf("%s\n", what);
	return 1;
}

int main(int argc, char **argv)
{
	int status, opt, words = 0, succeed = 0, quiet = 0, bad = 0;
	unsigned long long seq, before;
	const char *text = NULL;
	static char output[65536];
	char *word[WORDS];

	while ((opt = getopt(argc, argv, "+o:sq")) != -1) {
		if (opt == 'o')
			text = optarg;
		else if (opt == 's')
			succeed = 1;
		else if (opt == 'q')
			quiet = 1;
		else
			usage(USAGE);
	}
	/* getopt() took the -- if it came directly */
	if (strcmp(argv[optind - 1], "--")) {
		while (optind < argc && strcmp(argv[optind], "--") && words < WORDS)
			word[words++] = argv[optind++];
		optind++;
	}
	if (optind >= argc)
		usage(USAGE);
	seq = last_seq();
	before = reported();
	status = run(argv + optind, output, sizeof(output));
	if (succeed && status)
		bad |= complain("it did not succeed");
	if (text && (!status || !strstr(output, text)))
		bad |= complain("it did not fail as expected");
	if (quiet && reported() != before)
		bad |= complain("verdicts were reported");
	if (words && !find_event(read_all(RIVET "events"), seq, word, words))
		bad |= complain("no such event");
	if (!bad)
		return 0;
	printf("status: %d\noutput: %s\n", status, output);
	show_events(seq);
	return 1;
}
