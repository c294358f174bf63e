// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl check - would it run, and why? The kernel's own evaluator answers.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/answer.h"
#include "../lib/event.h"
#include "../lib/secfs.h"
#include "../lib/text.h"
#include "names.h"
#include "options.h"
#include "verbs.h"

/**
 * struct checking - a run over all paths
 * @ctx: of the verb
 * @json: open object
 * @audit: the mode is audit: what is refused runs all the same
 * @refused: some file would not run
 * @failed: exit status of a file that could not be checked
 */
struct checking {
	struct context *ctx;
	struct json json;
	bool audit;
	bool refused;
	int failed;
};

/* The advice is that of an event with the same reason about the same file. */
static void make_event(const struct answer *answer, const struct answer_op *op,
		       enum rivet_op which, const char *path, struct event *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = RIVET_EVENT_VERDICT;
	out->op = which;
	out->reason = op->reason < 0 ? UINT8_MAX : op->reason;
	out->path = (struct rivet_slice){ .ptr = path, .len = strlen(path) };
	out->expected_path = op->expected_path;
	out->set = op->set;
	out->rule_line = op->rule;
	if (!rivet_slice_equal(answer->measured, "-"))
		out->present |= 1ULL << RIVET_A_EVENT_MEASURED;
}

static void print_lines(const struct buffer *text, const char *indent)
{
	struct rivet_slice rest = { .ptr = text->data, .len = text->len }, line;

	while (text_next_line(&rest, &line))
		printf("%s%.*s\n", indent, (int)line.len, line.ptr);
}

static void print_refusal(const struct answer *answer, const struct answer_op *op,
			  const struct event_advice *advice)
{
	print_lines(&advice->what, "    ");
	printf("    measured  %.*s, %llu bytes\n", (int)answer->measured.len, answer->measured.ptr,
	       (unsigned long long)answer->size);
	if (op->expected.len)
		printf("    expected  %.*s\n", (int)op->expected.len, op->expected.ptr);
	print_lines(&advice->next, "    ");
}

static void print_answer(struct checking *c, const struct answer *answer,
			 const struct answer_op *op, bool runnable,
			 const struct event_advice *advice)
{
	const char *verb = op == &answer->mmap ? "load" : "run";

	printf("%.*s: would %s%s: %.*s", (int)answer->path.len, answer->path.ptr,
	       runnable ? "" : "not ", verb, (int)op->reason_word.len, op->reason_word.ptr);
	if (op->set.len)
		printf(", set %.*s %.*s", (int)op->set.len, op->set.ptr, (int)op->set_version.len,
		       op->set_version.ptr);
	if (op->rule)
		printf(", policy line %llu", (unsigned long long)op->rule);
	if (!runnable && c->audit)
		printf(" (in audit mode it does, and is reported)");
	putchar('\n');
	if (!runnable)
		print_refusal(answer, op, advice);
}

static void write_op(struct json *json, const char *key, const struct answer_op *op)
{
	json_object(json, key);
	json_bool(json, "permitted", op->permitted);
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

static void write_answer(struct json *json, const char *path, const struct answer *answer,
			 bool runnable, const struct event_advice *advice)
{
	json_object(json, NULL);
	json_bytes(json, "path", path, strlen(path));
	json_bool(json, "runnable", runnable);
	if (!rivet_slice_equal(answer->measured, "-"))
		json_bytes(json, "measured", answer->measured.ptr, answer->measured.len);
	json_u64(json, "size", answer->size);
	json_bytes(json, "fsmagic", answer->fsmagic.ptr, answer->fsmagic.len);
	write_op(json, "execute", &answer->execute);
	write_op(json, "mmap", &answer->mmap);
	if (!runnable) {
		json_text(json, "what", advice->what.data);
		json_text(json, "next", advice->next.data);
	}
	json_close(json);
}

static void show_answer(struct checking *c, const char *path, const struct answer *answer)
{
	struct stat st;
	bool has_x = !stat(path, &st) && st.st_mode & 0111;
	bool runnable = answer_is_runnable(answer, has_x);
	const struct answer_op *op = answer_main(answer, has_x);
	struct event_advice advice;
	struct event event;

	make_event(answer, op, op == &answer->mmap ? RIVET_OP_MMAP : RIVET_OP_EXECUTE, path,
		   &event);
	event_explain(&event, &advice);
	if (c->ctx->json)
		write_answer(&c->json, path, answer, runnable, &advice);
	else
		print_answer(c, answer, op, runnable, &advice);
	event_advice_free(&advice);
	c->refused |= !runnable;
}

static void show_error(struct checking *c, const char *path, const struct err *err)
{
	c->failed = err->code;
	if (!c->ctx->json) {
		err_report(c->ctx, err);
		return;
	}
	json_object(&c->json, NULL);
	json_bytes(&c->json, "path", path, strlen(path));
	json_text(&c->json, "error", err->text);
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

/* Return: EXIT_OK, or the exit status of what keeps every path from being checked. */
static int check(struct checking *c, const char *operand)
{
	struct buffer text = { 0 };
	struct err err = { 0 };
	struct answer answer;
	char path[PATH_MAX];
	int ret = absolute_path(operand, path, &err);

	if (!ret)
		ret = secfs_check(path, &text, &err);
	if (!ret && answer_parse(&text, &answer))
		ret = err_set(&err, EXIT_OTHER, "use the rivetctl of the module's version",
			      "cannot check %s: the kernel's answer is not understood",
			      err_name(path));
	if (ret)
		show_error(c, path, &err);
	else
		show_answer(c, path, &answer);
	buffer_free(&text);
	return ret == EXIT_UNREACHABLE ? ret : EXIT_OK;
}

static bool is_audit(void)
{
	struct buffer text = { 0 };
	struct err unused;
	bool audit = !secfs_read("mode", &text, &unused) && !strncmp(text.data, "audit", 5);

	buffer_free(&text);
	return audit;
}

int verb_check(struct context *ctx, int argc, char **argv)
{
	struct checking c = { .ctx = ctx, .audit = is_audit() };
	int ret, i;

	ret = options_none(ctx, argc, argv);
	if (ret)
		return ret;
	if (argc == optind)
		return err_usage(ctx, "at least one path is needed");
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
