// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - would the machine survive enforcement with the built-in policy?
 *
 * That policy denies all but matches. While no policy is loaded, the module's preconditions
 * compare with one that denies nothing, so the files are asked about here: each of them has to
 * match.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply.h"
#include "lib/kernel/answer.h"
#include "lib/kernel/secfs.h"

#define MAPS	"/proc/1/maps"

/* As the module's preconditions, besides init; of each row the first that exists */
static const char * const programs[][3] = {
#define RIVET_NEEDED(id, word, ...)	{ __VA_ARGS__ },
#include "text/needed.def"
};

#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))

/* A line about something else than the policy begins with another word. */
static int check_preconditions(struct err *err)
{
	struct buffer text = { 0 };
	struct rivet_slice rest, line;
	int ret = secfs_read("preconditions", &text, err);

	rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
	while (!ret && text_next_line(&rest, &line)) {
		if (rivet_slice_take_prefix(&line, "missing ") &&
		    !rivet_slice_take_prefix(&line, "policy:"))
			ret = EXIT_NOTHING;
	}
	buffer_free(&text);
	return ret;
}

static bool matches(const struct answer *answer, enum rivet_op op)
{
	return answer->ops[op].present && answer->ops[op].reason == RIVET_REASON_MATCH;
}

/* A program may be mapped too, as its start does, with a RIV for starting it. */
static int check_match(const char *path, bool is_mapped, struct err *err)
{
	struct buffer question = { 0 }, text = { 0 };
	struct answer answer;
	int ret = EXIT_OTHER;

	buffer_add_text(&question, path);
	if (question.failed)
		err_set(err, EXIT_OTHER, NULL, "cannot enforce: out of memory");
	else
		ret = secfs_check(&question, path, &text, err);
	if (!ret && (answer_parse(&text, &answer) ||
		     (!matches(&answer, RIVET_OP_EXECUTE) &&
		      !(is_mapped && matches(&answer, RIVET_OP_MMAP)))))
		ret = err_set(err, EXIT_DENIED,
			      "list it in a set, or load a policy that permits it: rivetctl doctor",
			      "cannot enforce without a policy: %s does not match",
			      err_name(path));
	buffer_free(&question);
	buffer_free(&text);
	return ret;
}

static int check_programs(struct err *err)
{
	unsigned int i, j;
	int ret = EXIT_OK;

	for (i = 0; !ret && i < PROGRAMS; i++) {
		for (j = 0; j < 3 && programs[i][j]; j++) {
			if (access(programs[i][j], F_OK) && errno == ENOENT)
				continue;
			ret = check_match(programs[i][j], false, err);
			break;
		}
	}
	return ret;
}

/* Init and its libraries. A line that is an executable mapping of a file ends in the path of it. */
static int check_mapping(char *line, struct err *err)
{
	const char *path = strchr(line, '/'), *rights = strchr(line, ' ');

	line[strcspn(line, "\n")] = '\0';
	if (!path || !rights || strlen(rights) < 4 || rights[3] != 'x')
		return EXIT_OK;
	return check_match(path, true, err);
}

static int check_init(struct err *err)
{
	FILE *maps = fopen(MAPS, "re");
	char *line = NULL;
	size_t size = 0;
	int ret = EXIT_OK;

	if (!maps)
		return err_set_io(err, "cannot read", MAPS);
	while (!ret && getline(&line, &size, maps) > 0)
		ret = check_mapping(line, err);
	if (!ret && ferror(maps))
		ret = err_set_io(err, "cannot read", MAPS);
	free(line);
	fclose(maps);
	return ret;
}

/**
 * apply_lacks_only_policy() - would the machine survive enforcement with the built-in policy?
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_NOTHING, with @err untouched, if the module names a precondition
 * besides the policy; or the exit status of the error, with the file that does not match.
 */
int apply_lacks_only_policy(struct err *err)
{
	int ret = check_preconditions(err);

	if (!ret)
		ret = check_programs(err);
	if (!ret)
		ret = check_init(err);
	return ret;
}
