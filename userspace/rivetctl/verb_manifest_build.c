// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest build - measure files and write a manifest, or write a revocation
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "build.h"
#include "build_output.h"
#include "ending.h"
#include "lib/object/object.h"
#include "review.h"
#include "revoke.h"

/* Revocations and releases name digests, not files. */
static bool lists_digests(const struct manifest_headers *headers)
{
	return headers->kind != RIVET_MANIFEST_SET;
}

/**
 * struct build_command - the command line
 * @headers: headers of the manifest
 * @options: the files to measure
 * @revoke: the entries to revoke or release, if @headers is that of a revocation or release
 * @for_files: an option about files was given
 * @from_packages: compare the files with what dpkg records of them
 * @out: file to write; NULL for standard output
 * @issued: text of the header issued:
 * @withdraw: write an empty manifest, which withdraws the set or revocation
 * @parts: sets to divide the files into; 0: one that has no number
 */
struct build_command {
	struct manifest_headers headers;
	struct build_options options;
	struct revoke_options revoke;
	bool for_files;
	bool from_packages;
	const char *out;
	char issued[MANIFEST_TIME_MAX];
	bool withdraw;
	u32 parts;
};

enum long_option {
	OPT_REPLACES = 256,
	OPT_VALID_UNTIL,
	OPT_USE,
	OPT_JIT,
	OPT_VERITY,
	OPT_VERITY_ONLY,
	OPT_ANY_PATH,
	OPT_EXCLUDE,
	OPT_SKIP_BAD,
	OPT_FROM_PACKAGES,
	OPT_WITHDRAW,
	OPT_REVOKE,
	OPT_RELEASE,
	OPT_CERT,
	OPT_PARTS,
};

static const struct option longs[] = {
	{ "name", required_argument, NULL, 'n' },
	{ "set-version", required_argument, NULL, 'v' },
	{ "root", required_argument, NULL, 'r' },
	{ "output", required_argument, NULL, 'o' },
	{ "replaces", required_argument, NULL, OPT_REPLACES },
	{ "valid-until", required_argument, NULL, OPT_VALID_UNTIL },
	{ "use", required_argument, NULL, OPT_USE },
	{ "jit", required_argument, NULL, OPT_JIT },
	{ "verity", no_argument, NULL, OPT_VERITY },
	{ "verity-only", no_argument, NULL, OPT_VERITY_ONLY },
	{ "any-path", no_argument, NULL, OPT_ANY_PATH },
	{ "exclude", required_argument, NULL, OPT_EXCLUDE },
	{ "skip-bad", no_argument, NULL, OPT_SKIP_BAD },
	{ "from-packages", no_argument, NULL, OPT_FROM_PACKAGES },
	{ "withdraw", no_argument, NULL, OPT_WITHDRAW },
	{ "revoke", no_argument, NULL, OPT_REVOKE },
	{ "release", no_argument, NULL, OPT_RELEASE },
	{ "cert", required_argument, NULL, OPT_CERT },
	{ "parts", required_argument, NULL, OPT_PARTS },
	{ 0 },
};

static int add_extra(struct context *ctx, const struct build_extra *extra,
		     struct build_options *options)
{
	if (options->extra_count == BUILD_EXTRAS_MAX)
		return err_usage(ctx, "--jit and --use GLOB=USES: at most %d times together",
				 BUILD_EXTRAS_MAX);
	options->extras[options->extra_count++] = *extra;
	return EXIT_OK;
}

static int take_jit(struct context *ctx, const char *path, struct build_options *options)
{
	const struct build_extra extra = {
		.option = "--jit", .glob = path, .len = strlen(path), .uses = RIVET_USE_JIT,
	};

	return add_extra(ctx, &extra, options);
}

/* "USES" is for all files, "GLOB=USES" for some. */
static int take_use(struct context *ctx, const char *text, struct build_options *options)
{
	const char *sign = strrchr(text, '='), *uses = sign ? sign + 1 : text;
	struct build_extra extra = { .option = "--use", .glob = text };
	struct rivet_slice glob = { .ptr = text };
	uint32_t bits;

	if (rivet_name_uses_parse(uses, strlen(uses), &bits))
		return err_usage(ctx,
				 "--use %s: expected some of exec,mmap,kmod,firmware,read,script,jit in this order",
				 err_name(text));
	if (!sign) {
		options->uses = bits;
		return EXIT_OK;
	}
	glob.len = sign - text;
	extra.len = glob.len;
	extra.uses = bits;
	if (glob.len >= RIVET_PATH_MAX || !rivet_path_is_canonical(glob))
		return err_usage(ctx, "--use %s: expected USES, or GLOB=USES with an absolute path; * and ** are wildcards as in a policy",
				 err_name(text));
	return add_extra(ctx, &extra, options);
}

static int take_exclude(struct context *ctx, const char *text, struct build_options *options)
{
	struct rivet_slice glob = { .ptr = text, .len = strlen(text) };

	if (options->exclude_count == BUILD_EXCLUDES_MAX)
		return err_usage(ctx, "--exclude: at most %d times", BUILD_EXCLUDES_MAX);
	if (glob.len >= RIVET_PATH_MAX || !rivet_path_is_canonical(glob))
		return err_usage(ctx, "--exclude %s: expected an absolute path; * and ** are wildcards as in a policy",
				 err_name(text));
	options->excludes[options->exclude_count++] = text;
	return EXIT_OK;
}

static int take_cert(struct context *ctx, const char *path, struct revoke_options *revoke)
{
	if (revoke->cert_count == REVOKE_CERTS_MAX)
		return err_usage(ctx, "--cert: at most %d times", REVOKE_CERTS_MAX);
	revoke->certs[revoke->cert_count++] = path;
	return EXIT_OK;
}

static int take_parts(struct context *ctx, const char *text, struct build_command *command)
{
	u64 parts;

	if (rivet_parse_u64(text, strlen(text), &parts) || parts < 2 ||
	    parts > BUILD_OUTPUT_PARTS_MAX)
		return err_usage(ctx, "--parts %s: expected a number from 2 to %d", err_name(text),
				 BUILD_OUTPUT_PARTS_MAX);
	command->parts = parts;
	return EXIT_OK;
}

/* Options that make sense only for a list of files */
static int take_file_option(struct context *ctx, int opt, char **argv,
			    struct build_command *command)
{
	command->for_files = true;
	switch (opt) {
	case 'r':
		command->options.root = optarg;
		break;
	case OPT_REPLACES:
		command->headers.replaces = optarg;
		break;
	case OPT_VALID_UNTIL:
		command->headers.valid_until = optarg;
		break;
	case OPT_USE:
		return take_use(ctx, optarg, &command->options);
	case OPT_JIT:
		return take_jit(ctx, optarg, &command->options);
	case OPT_VERITY:
		command->options.digests = BUILD_BOTH;
		break;
	case OPT_VERITY_ONLY:
		command->options.digests = BUILD_VERITY;
		break;
	case OPT_ANY_PATH:
		command->options.any_path = true;
		break;
	case OPT_EXCLUDE:
		return take_exclude(ctx, optarg, &command->options);
	case OPT_SKIP_BAD:
		command->options.skip_bad = true;
		break;
	case OPT_PARTS:
		return take_parts(ctx, optarg, command);
	case OPT_FROM_PACKAGES:
		command->from_packages = true;
		break;
	default:
		return err_option(ctx, opt, argv);
	}
	return EXIT_OK;
}

static int take_option(struct context *ctx, int opt, char **argv, struct build_command *command)
{
	switch (opt) {
	case 'n':
		command->headers.name = optarg;
		break;
	case 'v':
		command->headers.version = optarg;
		break;
	case 'o':
		command->out = optarg;
		break;
	case OPT_WITHDRAW:
		command->withdraw = true;
		break;
	case OPT_REVOKE:
		command->headers.kind = RIVET_MANIFEST_REVOKE;
		break;
	case OPT_RELEASE:
		command->headers.kind = RIVET_MANIFEST_RELEASE;
		break;
	case OPT_CERT:
		return take_cert(ctx, optarg, &command->revoke);
	default:
		return take_file_option(ctx, opt, argv, command);
	}
	return EXIT_OK;
}

static int check_revocation(struct context *ctx, const struct build_command *command)
{
	size_t count = command->revoke.cert_count + command->revoke.digest_count;

	if (command->for_files)
		return err_usage(ctx, "--revoke goes with -n, -v, -o, --cert and --withdraw alone");
	if (command->withdraw && count)
		return err_usage(ctx, "--withdraw makes an empty revocation and takes no DIGEST");
	if (!command->withdraw && !count)
		return err_usage(ctx, "no DIGEST and no --cert CERT given");
	return EXIT_OK;
}

static int check_release(struct context *ctx, const struct build_command *command)
{
	if (command->for_files || command->withdraw || command->revoke.cert_count)
		return err_usage(ctx, "--release goes with -n, -v and -o alone");
	if (!command->revoke.digest_count)
		return err_usage(ctx, "no DIGEST given");
	return EXIT_OK;
}

static int check_set(struct context *ctx, const struct build_command *command)
{
	if (command->revoke.cert_count)
		return err_usage(ctx, "--cert needs --revoke");
	if (command->withdraw && command->options.path_count)
		return err_usage(ctx, "--withdraw makes an empty manifest and takes no PATH");
	if (command->parts && command->headers.replaces)
		return err_usage(ctx, "--parts goes without --replaces: load all parts, and withdraw that set then");
	if (command->parts && (!command->out || !strcmp(command->out, "-")))
		return err_usage(ctx, "--parts needs -o OUT: each set is a file");
	if (!command->withdraw && !command->options.path_count)
		return err_usage(ctx, "no PATH given");
	return EXIT_OK;
}

static int check_command(struct context *ctx, const struct build_command *command)
{
	if (!command->headers.name)
		return err_usage(ctx, "-n NAME is missing");
	if (!command->headers.version)
		return err_usage(ctx, "-v VERSION is missing");
	if (ctx->json && (!command->out || !strcmp(command->out, "-")))
		return err_usage(ctx, "--json needs -o OUT: both print to standard output");
	if (command->headers.kind == RIVET_MANIFEST_RELEASE)
		return check_release(ctx, command);
	return lists_digests(&command->headers) ? check_revocation(ctx, command) :
						  check_set(ctx, command);
}

static int take_options(struct context *ctx, int argc, char **argv, struct build_command *command)
{
	int opt, ret;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":n:v:r:o:", longs, NULL)) != -1) {
		ret = take_option(ctx, opt, argv, command);
		if (ret)
			return ret;
	}
	command->options.paths = argv + optind;
	command->options.path_count = argc - optind;
	command->revoke.digests = argv + optind;
	command->revoke.digest_count = argc - optind;
	return check_command(ctx, command);
}

static bool is_absolute(const char *path)
{
	return path[0] == '/';
}

/* Relative paths start at the working folder; in another root they have no meaning. */
static int make_absolute(const char **path, bool has_root, struct err *err)
{
	char *cwd, *text;
	int len;

	if (is_absolute(*path))
		return EXIT_OK;
	if (!**path)
		return err_set(err, EXIT_USAGE, "an unset variable makes one",
			       "cannot list: an empty path was given");
	if (has_root)
		return err_set(err, EXIT_USAGE, "give the path as it is below ROOT, with / first",
			       "cannot list %s: with -r, paths are absolute", err_name(*path));
	cwd = getcwd(NULL, 0);
	len = cwd ? asprintf(&text, "%s/%s", cwd, *path) : -1;
	free(cwd);
	if (len < 0)
		return err_set(err, EXIT_IO, NULL, "cannot list %s: %s", err_name(*path),
			       strerror(errno));
	*path = text;
	return EXIT_OK;
}

/* The program's end frees this memory. */
static int make_all_absolute(struct build_options *options, struct err *err)
{
	bool has_root = options->root;
	size_t i;
	int ret = EXIT_OK;

	for (i = 0; !ret && i < options->path_count; i++)
		ret = make_absolute((const char **)&options->paths[i], has_root, err);
	for (i = 0; !ret && i < options->extra_count; i++) {
		ret = make_absolute(&options->extras[i].glob, has_root, err);
		if (options->extras[i].uses == RIVET_USE_JIT)
			options->extras[i].len = strlen(options->extras[i].glob);
	}
	if (!has_root)
		options->root = "/";
	return ret;
}

/* An empty manifest would withdraw the set, so it must be asked for. */
static int measure(struct build *build, struct build_options *options, struct err *err)
{
	int ret = make_all_absolute(options, err);

	if (!ret)
		ret = build_run(build, err);
	if (!ret && !build->list.count)
		ret = err_set(err, EXIT_NOTHING,
			      "name files, or say --use; --withdraw makes an empty manifest",
			      "nothing to list: no program, library, script, module or firmware there");
	return ret;
}

/* The clock, or for builds that are to be the same again, the usual variable for that */
static int set_issued(struct build_command *command, struct err *err)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	u64 seconds = time(NULL);

	if (epoch && (rivet_parse_u64(epoch, strlen(epoch), &seconds) || seconds > INT64_MAX))
		return err_set(err, EXIT_USAGE, NULL,
			       "SOURCE_DATE_EPOCH is \"%s\", and no number of seconds since 1970",
			       err_name(epoch));
	command->headers.issued = manifest_time(seconds, command->issued);
	return EXIT_OK;
}

static int compare_with_packages(struct review *review, const struct build *build,
				 struct err *err)
{
	bool found;
	int ret = review_packages(review, build, &found, err);

	if (ret || found)
		return ret;
	return err_set(err, EXIT_CONFIG, "packages of other kinds are not known",
		       "--from-packages: the root has no list of dpkg's packages");
}

static int build_and_write(struct context *ctx, struct build_command *command, struct err *err)
{
	struct build build = {
		.ctx = ctx,
		.options = &command->options,
		.digests = command->from_packages ? MEASURE_MD5 : 0,
	};
	struct review review = { 0 };
	struct build_output output = {
		.ctx = ctx,
		.headers = &command->headers,
		.path = command->out,
		.parts = command->parts,
		.withdraws = command->withdraw,
		.review = command->from_packages ? &review : NULL,
	};
	int ret = set_issued(command, err);

	if (!ret)
		ret = build_output_check(&output, err);
	if (!ret && lists_digests(&command->headers))
		ret = revoke_run(&command->revoke, &build.list, err);
	else if (!ret && !command->withdraw)
		ret = measure(&build, &command->options, err);
	if (!ret && command->from_packages && !command->withdraw)
		ret = compare_with_packages(&review, &build, err);
	review_sort(&review);
	if (!ret)
		ret = build_output_write(&output, &build, err);
	build_end(&build);
	review_free(&review);
	return ret;
}

int verb_manifest_build(struct context *ctx, int argc, char **argv)
{
	struct build_command command = { 0 };
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &command);
	if (ret)
		return ret;
	ret = build_and_write(ctx, &command, &err);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
