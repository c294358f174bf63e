// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the module's state as the agent tells it to users who may not ask the module
 *
 * Three lines: exit status, 1 if it enforces, sentence.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/durable.h"
#include "lib/base/text.h"
#include "lib/kernel/told.h"

#define MODE 0640

/**
 * told_write() - tell the state
 * @path: the file; it gets the group of this process
 * @status: the state
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int told_write(const char *path, const struct status *status, struct err *err)
{
	struct buffer text = { 0 };
	int ret;

	text_add(&text, "%d\n%d\n", status_exit(status), status_is_enforcing(status));
	status_sentence(status, &text);
	buffer_add_text(&text, "\n");
	if (text.failed)
		ret = err_set(err, EXIT_OTHER, NULL, "cannot write %s: out of memory",
			      err_name(path));
	else
		ret = durable_write(path, MODE, text.data, text.len, err);
	buffer_free(&text);
	return ret;
}

/* Nobody else than root can have written it. */
static bool is_of_root(const struct stat *st)
{
	return S_ISREG(st->st_mode) && !st->st_uid && !(st->st_mode & 0022);
}

static bool parse(const char *text, struct told *told)
{
	const char *sentence = strchr(text, '\n');
	int code, enforcing;

	sentence = sentence ? strchr(sentence + 1, '\n') : NULL;
	if (!sentence || sscanf(text, "%d\n%d\n", &code, &enforcing) != 2)
		return false;
	told->exit = code;
	told->enforcing = enforcing;
	snprintf(told->sentence, sizeof(told->sentence), "%.*s",
		 (int)strcspn(sentence + 1, "\n"), sentence + 1);
	return *told->sentence;
}

static int read_told(int fd, const char *path, struct told *told, struct err *err)
{
	char text[sizeof(told->sentence)];
	time_t now = time(NULL);
	struct stat st;
	ssize_t len;

	if (fstat(fd, &st))
		return err_set_io(err, "cannot read", path);
	if (!is_of_root(&st))
		return err_set(err, EXIT_IO, NULL, "cannot trust %s: others than root can write to it",
			       err_name(path));
	told->age = now > st.st_mtime ? now - st.st_mtime : 0;
	if (told->age > TOLD_AGE_MAX)
		return err_set(err, EXIT_UNREACHABLE, "see: systemctl status rivetd",
			       "rivetd has told nothing for %llu s", (unsigned long long)told->age);
	len = pread(fd, text, sizeof(text) - 1, 0);
	text[len > 0 ? len : 0] = '\0';
	if (!parse(text, told))
		return err_set(err, EXIT_CONFIG, NULL, "cannot read %s: it is damaged",
			       err_name(path));
	return EXIT_OK;
}

/**
 * told_read() - read what the agent told last
 * @path: the file
 * @told: filled
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_UNREACHABLE if that is too old; or the exit status of another error.
 */
int told_read(const char *path, struct told *told, struct err *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), ret;

	memset(told, 0, sizeof(*told));
	if (fd < 0)
		return err_set_io(err, "cannot read", path);
	ret = read_told(fd, path, told, err);
	close(fd);
	return ret;
}
