// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl learn - drafts of a set and a policy for this machine, and a list for a human
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/kernel.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "learn.h"
#include "lib/base/text.h"
#include "recorded.h"

#define FIRST_POLICY	"/usr/share/rivet/policy/gateway.pol"
#define POLICY_MAX	(1 << 20)	/* bytes of the policy to begin with */
#define VERSION_MAX	32
#define ALL_RULES	"\n# Seen, and permitted by no value. Each is a hole; take away the # of what is meant to be:\n"

/* The folders that have programs, as far as they exist */
static char * const usual_folders[] = { "/usr", "/etc", "/opt", "/srv", "/var/lib/dpkg/info" };

/**
 * struct learn_command - the command line
 * @name: name of the set
 * @version: its version
 * @events: log with events; NULL for those that the kernel holds, if @root is that of this machine
 * @policy: the policy to begin with
 * @out: folder to make
 * @build: the files
 * @folders: for @build, if the command line names none
 */
struct learn_command {
	const char *name;
	const char *version;
	const char *events;
	const char *policy;
	const char *out;
	struct build_options build;
	char *folders[ARRAY_SIZE(usual_folders)];
};

static const struct option longs[] = {
	{ "name", required_argument, NULL, 'n' },
	{ "set-version", required_argument, NULL, 'v' },
	{ "root", required_argument, NULL, 'r' },
	{ "output", required_argument, NULL, 'o' },
	{ "events", required_argument, NULL, 'e' },
	{ "policy", required_argument, NULL, 'p' },
	{ 0 },
};

static int take_option(struct context *ctx, int opt, char **argv, struct learn_command *command)
{
	switch (opt) {
	case 'n':
		command->name = optarg;
		return EXIT_OK;
	case 'v':
		command->version = optarg;
		return EXIT_OK;
	case 'r':
		command->build.root = optarg;
		return EXIT_OK;
	case 'o':
		command->out = optarg;
		return EXIT_OK;
	case 'e':
		command->events = optarg;
		return EXIT_OK;
	case 'p':
		command->policy = optarg;
		return EXIT_OK;
	default:
		return err_option(ctx, opt, argv);
	}
}

static int take_options(struct context *ctx, int argc, char **argv, struct learn_command *command)
{
	int opt, ret, i;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":n:v:r:o:", longs, NULL)) != -1) {
		ret = take_option(ctx, opt, argv, command);
		if (ret)
			return ret;
	}
	if (!command->out)
		return err_usage(ctx, "-o FOLDER is missing");
	for (i = optind; i < argc; i++) {
		if (argv[i][0] != '/')
			return err_usage(ctx, "%s: PATH is absolute, as it is on the gateway",
					 err_name(argv[i]));
	}
	command->build.paths = argv + optind;
	command->build.path_count = argc - optind;
	return EXIT_OK;
}

/* Before the long work */
static int check_headers(const struct learn_command *command, struct err *err)
{
	const struct manifest_headers headers = {
		.name = command->name,
		.version = command->version,
	};

	return manifest_check_headers(&headers, err);
}

static int open_root(const struct learn_command *command, struct learn *learn, struct err *err)
{
	learn->root = open(command->build.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return learn->root < 0 ? err_set_io(err, "cannot open", command->build.root) : EXIT_OK;
}

/* Links such as /lib lead into folders that are walked anyway. */
static void choose_folders(struct learn_command *command, struct learn *learn)
{
	const bool usual = !command->build.path_count;
	struct stat st;
	size_t i;

	if (usual)
		command->build.paths = command->folders;
	for (i = 0; usual && i < ARRAY_SIZE(usual_folders); i++) {
		if (!fstatat(learn->root, usual_folders[i] + 1, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISDIR(st.st_mode))
			command->folders[command->build.path_count++] = usual_folders[i];
	}
	learn->folders = command->build.paths;
	learn->folder_count = command->build.path_count;
}

/* What learn_event() needs, for recorded_file() */
struct source {
	struct learn *learn;
	struct err *err;
};

static int take_event(const struct event *event, void *data)
{
	const struct source *source = data;

	return learn_event(event, source->learn, source->err) ? -ENOMEM : 0;
}

static bool is_this_machine(const struct learn_command *command)
{
	return !strcmp(command->build.root, "/");
}

static int read_events(struct context *ctx, const struct learn_command *command,
		       struct learn *learn, struct err *err)
{
	struct source source = { .learn = learn, .err = err };
	struct recorded recorded = { .take = take_event, .data = &source };
	int ret = EXIT_OK;

	if (command->events)
		ret = recorded_file(&recorded, command->events, err);
	else if (is_this_machine(command))
		ret = recorded_kernel(&recorded, err);
	if (recorded.others)
		err_warn(ctx, "%" PRIu64 " lines are no events", recorded.others);
	if (recorded.gaps)
		review_note(&learn->review, "Events are missing in %" PRIu64 " places: the files that they told of may be missing here",
			    recorded.gaps);
	return ret;
}

static int write_out(const struct learn_command *command, const char *ending,
		     const struct buffer *text, struct err *err)
{
	char *path;
	int ret;

	if (text->failed || asprintf(&path, "%s/%s.%s", command->out, command->name, ending) < 0)
		return err_set(err, EXIT_OTHER, NULL, "out of memory");
	ret = file_create(path, 0644, text->data ? text->data : "", text->len, err);
	free(path);
	return ret;
}

static int write_set(const struct learn_command *command, struct build *build, struct err *err)
{
	char issued[MANIFEST_TIME_MAX];
	const struct manifest_headers headers = {
		.name = command->name,
		.version = command->version,
		.issued = manifest_time(time(NULL), issued),
	};
	struct buffer text = { 0 };
	int ret = manifest_write(&headers, &build->list, NULL, &text, err);

	if (!ret)
		ret = write_out(command, "riv", &text, err);
	buffer_free(&text);
	return ret;
}

static int write_policy(const struct learn_command *command, const struct review *review,
			struct err *err)
{
	struct buffer text = { 0 };
	size_t i;
	int ret = file_read(command->policy, POLICY_MAX, &text, err);

	if (!ret && review_count(review, REVIEW_RULE))
		text_add(&text, ALL_RULES);
	for (i = 0; !ret && i < review->count; i++) {
		if (review->marks[i].rule)
			text_add(&text, "#%s\n", review->marks[i].rule);
	}
	if (!ret)
		ret = write_out(command, "pol", &text, err);
	buffer_free(&text);
	return ret;
}

static int write_review(const struct learn_command *command, const struct review *review,
			struct err *err)
{
	struct buffer text = { 0 };
	int ret;

	review_text(review, &text);
	ret = write_out(command, "review", &text, err);
	buffer_free(&text);
	return ret;
}

static int write_all(const struct learn_command *command, struct build *build,
		     const struct review *review, struct err *err)
{
	int ret;

	if (mkdir(command->out, 0755))
		return err_set_io(err, "cannot make", command->out);
	ret = write_set(command, build, err);
	if (!ret)
		ret = write_policy(command, review, err);
	return ret ? ret : write_review(command, review, err);
}

static void tell(struct context *ctx, const struct learn_command *command,
		 const struct build *build, const struct review *review)
{
	struct buffer text = { 0 };
	struct json json;

	if (ctx->json) {
		verb_json_begin(ctx, &json);
		json_text(&json, "folder", command->out);
		json_text(&json, "name", command->name);
		json_u64(&json, "count", build->list.count);
		review_json(review, &json);
		json_end(&json);
		return;
	}
	review_text(review, &text);
	if (text.len)
		fputs(text.data, stdout);
	buffer_free(&text);
	fprintf(stderr, "%s: drafts of a set with %zu entries and of a policy, and %zu marks to look at\n"
		"then, in the workshop: rivetctl manifest sign, rivetctl policy sign\n",
		err_name(command->out), build->list.count, review->count);
}

static int mark(struct learn *learn, const struct build *build, struct err *err)
{
	bool found;
	int ret = review_packages(&learn->review, build, &found, err);

	if (!ret && !found)
		review_note(&learn->review, "The root has no list of dpkg's packages: no mark says whether a file is as its package has it");
	if (!ret)
		ret = review_places(&learn->review, build, err);
	if (!ret)
		ret = learn_finish(learn, build, err);
	review_sort(&learn->review);
	return ret;
}

static int learn_and_write(struct context *ctx, struct learn_command *command,
			   struct learn *learn, struct err *err)
{
	struct build build = { .ctx = ctx, .options = &command->build };
	int ret = check_headers(command, err);

	if (!ret)
		ret = open_root(command, learn, err);
	if (!ret) {
		choose_folders(command, learn);
		ret = read_events(ctx, command, learn, err);
	}
	if (!ret)
		ret = learn_options(learn, &command->build, err);
	build.digests = learn_digests(learn);
	if (!ret)
		ret = build_run(&build, err);
	if (!ret)
		ret = mark(learn, &build, err);
	if (!ret)
		ret = write_all(command, &build, &learn->review, err);
	if (!ret)
		tell(ctx, command, &build, &learn->review);
	build_end(&build);
	free(command->build.used);
	return ret;
}

int verb_learn(struct context *ctx, int argc, char **argv)
{
	struct learn_command command = {
		.name = "learned",
		.policy = FIRST_POLICY,
		.build = { .root = "/", .skip_bad = true },
	};
	char version[VERSION_MAX];
	struct learn learn = { 0 };
	struct err err = { 0 };
	int ret;

	snprintf(version, sizeof(version), "%" PRIu64, (uint64_t)time(NULL));
	command.version = version;
	ret = take_options(ctx, argc, argv, &command);
	if (ret)
		return ret;
	ret = learn_and_write(ctx, &command, &learn, &err);
	learn_free(&learn);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
