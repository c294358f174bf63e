// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the command line: verb table, global options, help
 */
#include <errno.h>
#include <getopt.h>
#include <linux/kernel.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "verbs.h"
#include "version.h"

static const struct verb verbs[] = {
	{ "keygen", NULL, "[--ec] DIR",
	  "make a CA and a signer, for trying things out", .run = verb_keygen },
	{ "trust", "add", "[--ca] CERT",
	  "add a certificate to the kernel's trust rings", .run = verb_trust_add },
	{ "trust", "list", "",
	  "list the trusted certificates", .run = verb_trust_list,
	  .needs = "it takes no operand" },
	{ "trust", "seal", "",
	  "close the trust rings until the next boot", .run = verb_trust_seal,
	  .needs = "it takes no operand" },
	{ "manifest", "build", "-n NAME -v VERSION [-r ROOT] [-o OUT] [--any-path] [OPTION]... PATH...|DIGEST...",
	  "measure files and write a manifest", .run = verb_manifest_build },
	{ "manifest", "sign", "-k KEY -c CERT [--passphrase-fd FD] [-o OUT] FILE...",
	  "sign a manifest", .run = verb_sign },
	{ "manifest", "verify", "-c CERT [--ca CA] FILE",
	  "check form and signature of a signed manifest", .run = verb_verify },
	{ "manifest", "show", "FILE | NAME",
	  "show a manifest file or a loaded set", .run = verb_manifest_show,
	  .operands = 1, .needs = "one file or name is needed" },
	{ "manifest", "load", "[--wait] FILE.signed",
	  "load a signed manifest into the kernel", .run = verb_manifest_load },
	{ "manifest", "begin", "SET.signed WITHDRAWAL.signed...",
	  "begin an update: load its set beside the old ones", .run = verb_manifest_begin },
	{ "manifest", "commit", "NAME",
	  "end an update: withdraw the old sets, if all files are as the new one lists them",
	  .run = verb_manifest_commit, .operands = 1,
	  .needs = "the name of the new set is needed" },
	{ "manifest", "abort", "NAME",
	  "drop an update: all sets stay", .run = verb_manifest_abort,
	  .operands = 1, .needs = "the name of the new set is needed" },
	{ "manifest", "list", "",
	  "list the loaded sets", .run = verb_manifest_list,
	  .needs = "it takes no operand" },
	{ "manifest", "diff", "A B",
	  "show the differences between two manifests; exit 1 if there are any",
	  .run = verb_manifest_diff, .operands = 2, .needs = "two files are needed" },
	{ "apply", NULL, "[--root DIR] [--dry-run]",
	  "bring the module to the state that /etc/rivet describes", .run = verb_apply },
	{ "attach", NULL, "[-o OUT] FILE FILE.p7s",
	  "make FILE.signed of a detached signature", .run = verb_attach },
	{ "policy", "check", "FILE",
	  "check a policy and warn about its gaps", .run = verb_policy_check,
	  .operands = 1, .needs = "one file is needed" },
	{ "policy", "simulate", "(--events EVENTS | --live) FILE",
	  "say which recorded verdicts would differ under a policy; exit 5 if any would newly be refused",
	  .run = verb_policy_simulate },
	{ "policy", "sign", "-k KEY -c CERT [--passphrase-fd FD] [-o OUT] FILE",
	  "sign a policy", .run = verb_sign },
	{ "policy", "verify", "-c CERT [--ca CA] FILE",
	  "check form and signature of a signed policy", .run = verb_verify },
	{ "policy", "load", "FILE.signed",
	  "load a signed policy into the kernel", .run = verb_policy_load,
	  .operands = 1, .needs = "one signed policy is needed" },
	{ "policy", "show", "",
	  "show the active policy", .run = verb_policy_show,
	  .needs = "it takes no operand" },
	{ "mode", NULL, "[audit | enforce [--confirm-within TIME] | confirm]",
	  "show or change the mode", .run = verb_mode },
	{ "unlock", "request", "[-o OUT]",
	  "print the request that, once signed, leaves enforce mode", .run = verb_token_request },
	{ "unlock", "sign", "-k KEY -c CERT [--passphrase-fd FD] [-o OUT] REQUEST",
	  "sign an unlock request, away from the gateway", .run = verb_sign },
	{ "unlock", "apply", "TOKEN",
	  "leave enforce mode with a signed request", .run = verb_token_apply,
	  .operands = 1, .needs = "one token is needed" },
	{ "quarantine", "list", "",
	  "list what is quarantined", .run = verb_quarantine_list,
	  .needs = "nothing more is needed" },
	{ "quarantine", "show", "ID",
	  "say all about one entry, and how it ends", .run = verb_quarantine_show,
	  .operands = 1, .needs = "the number of one entry is needed" },
	{ "quarantine", "release", "FILE.signed",
	  "end entries by a signed release", .run = verb_quarantine_release,
	  .operands = 1, .needs = "one signed release is needed" },
	{ "quarantine", "forget", "ID",
	  "end an entry whose file is gone", .run = verb_quarantine_forget,
	  .operands = 1, .needs = "the number of one entry is needed" },
	{ "isolation", NULL, "",
	  "say whether the machine is isolated, and from what", .run = verb_isolation,
	  .needs = "it takes no operand" },
	{ "rejoin", "request", "[-o OUT]",
	  "print the request that, once signed, ends isolation", .run = verb_token_request },
	{ "rejoin", "sign", "-k KEY -c CERT [--passphrase-fd FD] [-o OUT] REQUEST",
	  "sign a rejoin request, away from the gateway", .run = verb_sign },
	{ "rejoin", "apply", "TOKEN",
	  "end isolation with a signed request", .run = verb_token_apply,
	  .operands = 1, .needs = "one token is needed" },
	{ "running", NULL, "[--start | --cancel]",
	  "show, start or cancel a sweep over the programs that run", .run = verb_running },
	{ "verify", NULL, "(PATH... | --set NAME | --all) [--fresh] [--nonce HEX] | --report TICKET | --cancel TICKET",
	  "have the kernel read listed files again, and report; exit 5 if any fails",
	  .run = verb_verify_files },
	{ "status", NULL, "[--prometheus]",
	  "say whether rivet protects this machine", .run = verb_status },
	{ "check", NULL, "[--op OP[,OP]...] [--exe PROGRAM] PATH...",
	  "ask the kernel whether files could be used, and why", .run = verb_check },
	{ "why", NULL, "SEQ | --last",
	  "explain one event in plain words", .run = verb_why },
	{ "allow", NULL, "[-o OUT] SEQ",
	  "draft the smallest set that would have permitted an event", .run = verb_allow },
	{ "learn", NULL, "-o FOLDER [-n NAME] [-v VERSION] [-r ROOT] [--events FILE] [--policy FILE] [PATH]...",
	  "draft a set and a policy for a machine, and list what a human is to look at",
	  .run = verb_learn },
	{ "events", "verify", "[--head SEQ:CHAIN]... FILE",
	  "find the lines of a log that were removed, moved or changed; exit 4 if there are any",
	  .run = verb_events_verify },
	{ "events", NULL, "[-f] [--since SEQ|TIME] [--by FIELD[,FIELD]...] [--file FILE]",
	  "print events, or count them", .run = verb_events },
	{ "evidence", "predict", "[--pcr N] [CERT | FILE.signed | seal | enforce | trial | confirm | audit]...",
	  "print the measurement list that objects give, and its values",
	  .run = verb_evidence_predict },
	{ "evidence", "log", "[-o OUT] [LIST]",
	  "print the measurement list with its values, or save it", .run = verb_evidence_log },
	{ "evidence", "report", "--nonce HEX [-o OUT]",
	  "have the kernel and the TPM make a report for a nonce", .run = verb_evidence_report },
	{ "evidence", "verify", "--ak KEY.pem --nonce HEX --log LIST [--expect FILE] [--pcr N] [--no-records] [--no-boot] [--no-resets] REPORT",
	  "judge a report; exit 4 if it proves nothing, 5 if it tells of deviations",
	  .run = verb_evidence_verify },
	{ "doctor", NULL, "",
	  "list the things that this machine lacks for enforcement", .run = verb_doctor,
	  .needs = "it takes no operand" },
};

#define VERB_COUNT ARRAY_SIZE(verbs)

static void print_usage(FILE *out, const struct verb *verb)
{
	fprintf(out, "rivetctl %s%s%s%s%s\n", verb->noun, verb->verb ? " " : "",
		verb->verb ? verb->verb : "", *verb->args ? " " : "", verb->args);
	fprintf(out, "    %s\n", verb->help);
}

static bool is_asked_for(const struct verb *verb, const char *noun, const char *name)
{
	return (!noun || !strcmp(verb->noun, noun)) &&
	       (!name || !verb->verb || !strcmp(verb->verb, name));
}

static void print_help(const char *noun, const char *name)
{
	const struct verb *verb;

	for (verb = verbs; verb < verbs + VERB_COUNT; verb++) {
		if (is_asked_for(verb, noun, name))
			print_usage(stdout, verb);
	}
	if (noun)
		return;
	puts("\n--json makes every verb print a JSON object; exit codes and details: man rivetctl");
}

static void print_help_json(const char *noun, const char *name)
{
	const struct verb *verb;
	struct json json;

	json_begin(&json, stdout, "rivet.help/1");
	json_array(&json, "commands");
	for (verb = verbs; verb < verbs + VERB_COUNT; verb++) {
		if (!is_asked_for(verb, noun, name))
			continue;
		json_object(&json, NULL);
		json_text(&json, "noun", verb->noun);
		if (verb->verb)
			json_text(&json, "verb", verb->verb);
		json_text(&json, "arguments", verb->args);
		json_text(&json, "purpose", verb->help);
		json_close(&json);
	}
	json_end(&json);
}

static int print_version(struct context *ctx)
{
	struct json json;

	if (!ctx->json) {
		puts("rivetctl " RIVET_VERSION);
		return EXIT_OK;
	}
	json_begin(&json, stdout, "rivet.version/1");
	json_text(&json, "rivetctl_version", RIVET_VERSION);
	json_end(&json);
	return EXIT_OK;
}

static bool noun_exists(const char *noun)
{
	const struct verb *verb;

	for (verb = verbs; verb < verbs + VERB_COUNT; verb++) {
		if (!strcmp(verb->noun, noun))
			return true;
	}
	return false;
}

/* The verb that the first words of argv name; NULL if there is none. */
static const struct verb *find_verb(int argc, char **argv)
{
	const struct verb *verb;

	for (verb = verbs; verb < verbs + VERB_COUNT; verb++) {
		if (strcmp(verb->noun, argv[1]))
			continue;
		if (!verb->verb)
			return verb;
		if (argc > 2 && !strcmp(verb->verb, argv[2]))
			return verb;
	}
	return NULL;
}

static void remove_arg(int *argc, char **argv, int at)
{
	memmove(argv + at, argv + at + 1, (*argc - at) * sizeof(*argv));
	(*argc)--;
}

/* Takes --json and --help out, anywhere before a "--". */
static void take_global_options(struct context *ctx, int *argc, char **argv, bool *help)
{
	int i = 1;

	while (i < *argc && strcmp(argv[i], "--")) {
		if (!strcmp(argv[i], "--json")) {
			ctx->json = true;
		} else if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			*help = true;
		} else {
			i++;
			continue;
		}
		remove_arg(argc, argv, i);
	}
}

static int run_help(struct context *ctx, int argc, char **argv)
{
	const char *noun = argc > 1 ? argv[1] : NULL, *name = NULL;

	if (noun && !noun_exists(noun))
		return err_usage(ctx, "unknown command \"%s\"", err_name(noun));
	if (argc > 2 && find_verb(argc, argv))
		name = argv[2];
	if (ctx->json)
		print_help_json(noun, name);
	else
		print_help(noun, name);
	return EXIT_OK;
}

/* For a verb without options: its operands begin at optind afterwards. */
static int take_operands(struct context *ctx, int argc, char **argv)
{
	static const struct option none[] = { { 0 } };
	int opt;

	opterr = 0;
	opt = getopt_long(argc, argv, ":", none, NULL);
	if (opt != -1)
		return err_option(ctx, opt, argv);
	if (argc - optind != ctx->verb->operands)
		return err_usage(ctx, "%s", ctx->verb->needs);
	return EXIT_OK;
}

static int run_verb(struct context *ctx, int argc, char **argv)
{
	int skip, ret;

	ctx->verb = find_verb(argc, argv);
	if (!ctx->verb && !noun_exists(argv[1]))
		return err_usage(ctx, "unknown command \"%s\"", err_name(argv[1]));
	if (!ctx->verb && argc < 3)
		return err_usage(ctx, "\"%s\" needs a verb", argv[1]);
	if (!ctx->verb)
		return err_usage(ctx, "unknown verb \"%s %s\"", argv[1], err_name(argv[2]));
	skip = ctx->verb->verb ? 2 : 1;
	argc -= skip;
	argv += skip;
	if (ctx->verb->needs) {
		ret = take_operands(ctx, argc, argv);
		if (ret)
			return ret;
		argc -= optind;
		argv += optind;
	}
	return ctx->verb->run(ctx, argc, argv);
}

static int run(struct context *ctx, int argc, char **argv)
{
	bool help = false;

	take_global_options(ctx, &argc, argv, &help);
	if (argc > 1 && !strcmp(argv[1], "--version"))
		return print_version(ctx);
	if (argc > 1 && !strcmp(argv[1], "help"))
		return run_help(ctx, argc - 1, argv + 1);
	if (help)
		return run_help(ctx, argc, argv);
	if (argc < 2)
		return err_usage(ctx, "no command given");
	return run_verb(ctx, argc, argv);
}

int main(int argc, char **argv)
{
	struct context ctx = { 0 };
	int ret;

	/* Words are compared and numbers printed the same way everywhere. */
	setlocale(LC_ALL, "C");
	/* The caller may ignore it; a reader that goes is the usual end of a pipe, no error. */
	signal(SIGPIPE, SIG_DFL);
	ret = run(&ctx, argc, argv);
	if (fflush(stdout) || ferror(stdout))
		return err_fail(&ctx, EXIT_IO, NULL, "cannot write the output: %s",
				strerror(errno));
	return ret;
}
