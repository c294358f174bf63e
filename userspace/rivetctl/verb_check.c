// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl check - would a file do its job, and why? The kernel's own evaluator answers.
 */
#include <ctype.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/event/decode.h"
#include "lib/kernel/answer.h"
#include "lib/kernel/secfs.h"
#include "purpose.h"
#include "text/names.h"
#include "verbs.h"

/**
 * struct checking - a run over all paths
 * @ctx: context of the verb
 * @ops: operations to ask about, 1 << enum rivet_op; 0: those of each file's
 * purpose
 * @exe: the acting program; NULL: rivetctl, or the one that a script names
 * @json: open object
 * @audit: the mode is audit, so that refused files run all the same
 * @refused: some file would be refused
 * @failed: exit status of a file that could not be checked
 */
struct checking {
	struct context *ctx;
	uint32_t ops;
	const char *exe;
	struct json json;
	bool audit;
	bool refused;
	int failed;
};

/**
 * struct checked - the result for one file
 * @path: path of the file as shown
 * @purpose: its uses
 * @text: the kernel's answer; the others point into it
 * @answer: the answer
 * @main: the operation that matters
 * @runnable: the file would do its job
 * @unpacked: the answer is about the bytes that modprobe unpacks from the file
 * @advice: explanation and advice
 */
struct checked {
	const char *path;
	struct purpose purpose;
	struct buffer text;
	struct answer answer;
	enum rivet_op main;
	bool runnable;
	bool unpacked;
	struct event_advice advice;
};

/* The words about each operation, behind "would". */
static const char *const deeds[__RIVET_OP_MAX] = {
	[RIVET_OP_EXECUTE] = "run",
	[RIVET_OP_MMAP] = "load",
	[RIVET_OP_KMODULE] = "load into the kernel",
	[RIVET_OP_FIRMWARE] = "load as firmware",
	[RIVET_OP_KEXEC] = "boot",
	[RIVET_OP_READ] = "be read",
	[RIVET_OP_SCRIPT] = "be read as a script",
};

static enum rivet_hook hook_of(enum rivet_op op, bool unpacked)
{
	switch (op) {
	case RIVET_OP_KMODULE:
	case RIVET_OP_FIRMWARE:
	case RIVET_OP_KEXEC:
		return unpacked ? RIVET_HOOK_KERNEL_POST_LOAD_DATA :
				  RIVET_HOOK_KERNEL_POST_READ_FILE;
	case RIVET_OP_READ:
	case RIVET_OP_SCRIPT:
		return RIVET_HOOK_FILE_OPEN;
	default:
		return RIVET_HOOK_BPRM_CHECK_SECURITY;
	}
}

/* The advice is that of an event with the same reason about the same file. */
static void find_advice(struct checked *c)
{
	const struct answer_op *op = &c->answer.ops[c->main];
	struct event event = {
		.kind = RIVET_EVENT_VERDICT,
		.op = c->main,
		.hook = hook_of(c->main, c->unpacked),
		.reason = op->reason < 0 ? UINT8_MAX : op->reason,
		.path = { .ptr = c->path, .len = strlen(c->path) },
		.expected_path = op->expected_path,
		.set = op->set,
		.rule_line = op->rule,
	};

	if (!rivet_slice_equal(c->answer.measured, "-"))
		event.present |= 1ULL << RIVET_A_EVENT_MEASURED;
	event_explain(&event, &c->advice);
}

static void print_lines(const struct buffer *text, const char *indent)
{
	struct rivet_slice rest = { .ptr = text->data, .len = text->len }, line;

	while (text_next_line(&rest, &line))
		printf("%s%.*s\n", indent, (int)line.len, line.ptr);
}

static void print_refusal(const struct checked *c)
{
	const struct answer_op *op = &c->answer.ops[c->main];

	print_lines(&c->advice.what, "    ");
	printf("    measured  %.*s, %llu bytes\n", (int)c->answer.measured.len,
	       c->answer.measured.ptr, (unsigned long long)c->answer.size);
	if (op->expected.len)
		printf("    expected  %.*s\n", (int)op->expected.len, op->expected.ptr);
	print_lines(&c->advice.next, "    ");
}

static void print_deed(const struct checked *c)
{
	printf("%s%s: would %s%s", err_name(c->path), c->unpacked ? " (unpacked)" : "",
	       c->runnable ? "" : "not ", deeds[c->main]);
	if (c->main == RIVET_OP_SCRIPT)
		printf(" by %s", err_name(c->purpose.exe));
}

static void print_answer(const struct checking *checking, const struct checked *c)
{
	const struct answer_op *op = &c->answer.ops[c->main];

	print_deed(c);
	if (!op->asked) {
		printf(": no rule asks about it\n");
		return;
	}
	printf(": %.*s", (int)op->reason_word.len, op->reason_word.ptr);
	if (op->set.len)
		printf(", set %.*s %.*s", (int)op->set.len, op->set.ptr, (int)op->set_version.len,
		       op->set_version.ptr);
	if (op->rule)
		printf(", policy line %llu", (unsigned long long)op->rule);
	if (!c->runnable && checking->audit)
		printf(" (in audit mode it does, and is reported)");
	putchar('\n');
	if (!c->runnable)
		print_refusal(c);
}

static void write_op(struct json *json, enum rivet_op number, const struct answer_op *op)
{
	char key[32];
	size_t i;

	snprintf(key, sizeof(key), "%s", rivet_name_op(number));
	for (i = 0; key[i]; i++)
		key[i] = tolower((unsigned char)key[i]);
	json_object(json, key);
	json_bool(json, "permitted", op->permitted);
	json_bool(json, "asked", op->asked);
	json_bytes(json, "action", op->action.ptr, op->action.len);
	json_bytes(json, "reason", op->reason_word.ptr, op->reason_word.len);
	json_u64(json, "rule_line", op->rule);
	if (op->set.len) {
		json_bytes(json, "set", op->set.ptr, op->set.len);
		json_bytes(json, "set_version", op->set_version.ptr, op->set_version.len);
	}
	if (op->expected.len)
		json_bytes(json, "expected", op->expected.ptr, op->expected.len);
	if (op->expected_path.len)
		json_bytes(json, "expected_path", op->expected_path.ptr, op->expected_path.len);
	json_close(json);
}

static void write_answer(struct json *json, const struct checked *c)
{
	const struct answer *answer = &c->answer;
	int op;

	json_object(json, NULL);
	json_bytes(json, "path", c->path, strlen(c->path));
	if (c->unpacked)
		json_bool(json, "unpacked", true);
	json_bool(json, "runnable", c->runnable);
	if (!rivet_slice_equal(answer->measured, "-"))
		json_bytes(json, "measured", answer->measured.ptr, answer->measured.len);
	json_u64(json, "size", answer->size);
	json_bytes(json, "fsmagic", answer->fsmagic.ptr, answer->fsmagic.len);
	if (*c->purpose.exe)
		json_bytes(json, "exe", c->purpose.exe, strlen(c->purpose.exe));
	for (op = 0; op < __RIVET_OP_MAX; op++) {
		if (answer->ops[op].present)
			write_op(json, op, &answer->ops[op]);
	}
	if (!c->runnable) {
		json_text(json, "what", c->advice.what.data);
		json_text(json, "next", c->advice.next.data);
	}
	json_close(json);
}

static void show_answer(struct checking *checking, struct checked *c)
{
	c->main = answer_main(&c->answer, c->purpose.has_x);
	c->runnable = answer_is_runnable(&c->answer, c->purpose.has_x);
	find_advice(c);
	if (checking->ctx->json)
		write_answer(&checking->json, c);
	else
		print_answer(checking, c);
	event_advice_free(&c->advice);
	checking->refused |= !c->runnable;
}

static void show_error(struct checking *c, const char *path, const struct err *err)
{
	c->failed = err->code;
	err_print(err);
	if (!c->ctx->json)
		return;
	json_object(&c->json, NULL);
	json_bytes(&c->json, "path", path, strlen(path));
	json_text(&c->json, "error", err->text);
	if (err->next)
		json_text(&c->json, "next", err->next);
	json_u64(&c->json, "exit", err->code);
	json_close(&c->json);
}

static int absolute_path(const char *path, char buf[PATH_MAX], struct err *err)
{
	char cwd[PATH_MAX];
	int len;

	if (*path == '/') {
		len = snprintf(buf, PATH_MAX, "%s", path);
	} else {
		if (!getcwd(cwd, sizeof(cwd)))
			return err_set_io(err, "cannot find the folder of", path);
		len = snprintf(buf, PATH_MAX, "%s/%s", strcmp(cwd, "/") ? cwd : "", path);
	}
	if (len >= PATH_MAX)
		return err_set(err, EXIT_CONFIG, NULL, "cannot check %s: the path is too long",
			       err_name(path));
	return EXIT_OK;
}

static bool answers_all(const struct checked *c)
{
	int op;

	for (op = 0; op < __RIVET_OP_MAX; op++) {
		if (c->purpose.ops & 1U << op && !c->answer.ops[op].present)
			return false;
	}
	return true;
}

/* @path: the path by which the kernel finds the bytes in question. */
static int ask(struct checked *c, const char *path, struct err *err)
{
	struct buffer question = { 0 };
	int ret;

	purpose_ask(&c->purpose, path, &question);
	if (question.failed)
		ret = err_set(err, EXIT_OTHER, NULL, "cannot check: out of memory");
	else
		ret = secfs_check(&question, c->path, &c->text, err);
	if (!ret && (answer_parse(&c->text, &c->answer) || !answers_all(c)))
		ret = err_set(err, EXIT_OTHER, "use the rivetctl of the module's version",
			      "cannot check %s: the kernel's answer is not understood",
			      err_name(c->path));
	buffer_free(&question);
	return ret;
}

static int ask_and_show(struct checking *checking, struct checked *c, const char *path,
			struct err *err)
{
	int ret = ask(c, path, err);

	if (!ret)
		show_answer(checking, c);
	buffer_free(&c->text);
	return ret;
}

/* A module reaches the kernel as it is on the disk, or unpacked by modprobe. */
static int check_unpacked(struct checking *checking, const struct checked *packed,
			  struct err *err)
{
	struct checked c = { .path = packed->path, .purpose = packed->purpose, .unpacked = true };
	char link[64];
	int fd, ret;

	ret = purpose_unpack(&c.purpose, c.path, &fd, err);
	if (ret)
		return ret;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ret = ask_and_show(checking, &c, link, err);
	close(fd);
	return ret;
}

static int find_purpose(const struct checking *checking, struct checked *c, struct err *err)
{
	purpose_find(c->path, &c->purpose);
	if (checking->ops) {
		c->purpose.ops = checking->ops;
		if (!(checking->ops & 1U << RIVET_OP_SCRIPT))
			*c->purpose.exe = '\0';
		if (checking->ops != 1U << RIVET_OP_KMODULE)
			c->purpose.form = UNPACK_NONE;
	}
	if (checking->exe)
		snprintf(c->purpose.exe, sizeof(c->purpose.exe), "%s", checking->exe);
	if (!(c->purpose.ops & 1U << RIVET_OP_SCRIPT) || *c->purpose.exe)
		return EXIT_OK;
	return err_set(err, EXIT_CONFIG, "name it: --exe PROGRAM",
		       "cannot check %s: SCRIPT is about a program that reads, and it names none",
		       err_name(c->path));
}

/* Return: EXIT_OK, or the exit status of an error that concerns every path. */
static int check(struct checking *checking, const char *operand)
{
	struct err err = { 0 };
	char path[PATH_MAX];
	struct checked c = { .path = path };
	int ret = absolute_path(operand, path, &err);

	if (!ret)
		ret = find_purpose(checking, &c, &err);
	if (!ret)
		ret = ask_and_show(checking, &c, path, &err);
	if (!ret && c.purpose.form)
		ret = check_unpacked(checking, &c, &err);
	if (ret)
		show_error(checking, path, &err);
	return ret == EXIT_UNREACHABLE ? ret : EXIT_OK;
}

/* Without the mode there is no answer about any path. */
static int read_mode(bool *audit, struct err *err)
{
	struct buffer text = { 0 };
	int ret = secfs_read("mode", &text, err);

	if (!ret)
		*audit = text.len >= 5 && !memcmp(text.data, "audit", 5);
	buffer_free(&text);
	return ret;
}

static int take_ops(struct context *ctx, const char *text, uint32_t *ops)
{
	char word[32];
	size_t len, i;
	int op;

	for (; *text; text += len + (text[len] == ',')) {
		len = strcspn(text, ",");
		for (i = 0; i < len && i < sizeof(word) - 1; i++)
			word[i] = toupper((unsigned char)text[i]);
		op = rivet_name_op_parse(word, i);
		if (op < 0 || !deeds[op])
			return err_usage(ctx, "\"%.*s\" is no operation that is about a file",
					 (int)len, text);
		*ops |= 1U << op;
	}
	return EXIT_OK;
}

static int take_options(struct context *ctx, int argc, char **argv, struct checking *c)
{
	static const struct option longs[] = {
		{ "op", required_argument, NULL, 'o' },
		{ "exe", required_argument, NULL, 'e' },
		{ 0 },
	};
	int opt, ret = EXIT_OK;

	opterr = 0;
	while (!ret && (opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt == 'o')
			ret = take_ops(ctx, optarg, &c->ops);
		else if (opt == 'e')
			c->exe = optarg;
		else
			ret = err_option(ctx, opt, argv);
	}
	if (!ret && c->exe && (*c->exe != '/' || strpbrk(c->exe, " \n")))
		ret = err_usage(ctx, "\"%s\" is no path of a program", err_name(c->exe));
	if (!ret && argc == optind)
		ret = err_usage(ctx, "at least one path is needed");
	for (opt = optind; !ret && opt < argc; opt++) {
		if (!*argv[opt])
			ret = err_usage(ctx, "an empty PATH was given");
	}
	return ret;
}

int verb_check(struct context *ctx, int argc, char **argv)
{
	struct checking c = { .ctx = ctx };
	struct err err = { 0 };
	int ret, i;

	ret = take_options(ctx, argc, argv, &c);
	if (ret)
		return ret;
	if (read_mode(&c.audit, &err))
		return err_report(ctx, &err);
	if (ctx->json) {
		verb_json_begin(ctx, &c.json);
		json_text(&c.json, "mode", c.audit ? "audit" : "enforce");
		json_array(&c.json, "files");
	}
	for (i = optind; i < argc && !ret; i++)
		ret = check(&c, argv[i]);
	if (ctx->json)
		json_end(&c.json);
	return c.refused ? EXIT_DENIED : c.failed;
}
