// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - surface/check: check whether a file would be permitted
 *
 * Evaluates a path for the operations that are named before it, and prints the verdicts
 * of enforce mode in "key: value" lines. A question reports nothing and permits nothing:
 * what stays of it is the measurement, see @only_asks of struct rivet_request.
 */
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/string.h>

#include "decide/eval.h"
#include "decide/reading.h"
#include "measure/measure.h"
#include "measure/measuring.h"
#include "policy/active.h"
#include "surface/check.h"

/**
 * struct answer - a text that grows in a buffer
 * @buf: the buffer
 * @size: bytes of @buf
 * @len: bytes used, without the terminator
 */
struct answer {
	char *buf;
	size_t size;
	size_t len;
};

static __printf(2, 3) void say(struct answer *a, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	a->len += vscnprintf(a->buf + a->len, a->size - a->len, fmt, args);
	va_end(args);
}

static void say_escaped(struct answer *a, const char *key, const char *text)
{
	say(a, "%s: ", key);
	rivet_name_escape(text, strlen(text), a->buf + a->len, a->size - a->len);
	a->len += strlen(a->buf + a->len);
	say(a, "\n");
}

static void say_digest(struct answer *a, const char *key, const struct rivet_digest *digest)
{
	char text[RIVET_DIGEST_TEXT_MAX] = "-";

	if (digest->alg)
		rivet_digest_format(digest, text, sizeof(text));
	say(a, "%s: %s\n", key, text);
}

static void say_file(struct answer *a, const struct rivet_request *req,
		     const struct rivet_verdict *v, const char *path)
{
	say_escaped(a, "path", path);
	say_digest(a, "measured", &v->measured);
	say(a, "size: %llu\n", v->size);
	say(a, "fsmagic: %#lx\n", req->inode->i_sb->s_magic);
}

static void say_verdict(struct answer *a, const struct rivet_request *req,
			const struct rivet_verdict *v, bool asked)
{
	enum rivet_action action = asked ? v->action : RIVET_ACTION_ALLOW;

	say(a, "op: %s\n", rivet_name_op(req->op));
	say(a, "verdict: %s\n", rivet_action_refuses(action) ? "refused" : "permitted");
	say(a, "action: %s\n", rivet_name_action(action));
	say(a, "reason: %s\n", rivet_name_reason(v->reason));
	say(a, "asked: %s\n", asked ? "yes" : "no");
	say(a, "rule: %u\n", v->policy->builtin || !asked ? 0 : v->rule_line);
	if (v->voucher.set[0])
		say(a, "set: %s %llu\n", v->voucher.set, v->voucher.set_version);
	if (v->expected.alg)
		say_digest(a, "expected", &v->expected);
	if (v->voucher.path)
		say_escaped(a, "expected-path", v->voucher.path);
}

/**
 * struct way - the request that the kernel makes for an operation
 * @hook: hook that makes the request
 * @use: use that a RIV must allow; 0 if the operation concerns no file
 * @bytes: the request concerns the bytes that the kernel has read, with any path
 */
struct way {
	enum rivet_hook hook;
	u32 use;
	bool bytes;
};

static const struct way ways[__RIVET_OP_MAX] = {
	[RIVET_OP_EXECUTE] = { RIVET_HOOK_BPRM_CHECK_SECURITY, RIVET_USE_EXEC },
	[RIVET_OP_MMAP] = { RIVET_HOOK_MMAP_FILE, RIVET_USE_MMAP },
	[RIVET_OP_KMODULE] = { RIVET_HOOK_KERNEL_POST_READ_FILE, RIVET_USE_KMOD, true },
	[RIVET_OP_FIRMWARE] = { RIVET_HOOK_KERNEL_POST_READ_FILE, RIVET_USE_FIRMWARE, true },
	[RIVET_OP_KEXEC] = { RIVET_HOOK_KERNEL_POST_READ_FILE, RIVET_USE_KMOD, true },
	[RIVET_OP_READ] = { RIVET_HOOK_FILE_OPEN, RIVET_USE_READ },
	[RIVET_OP_SCRIPT] = { RIVET_HOOK_FILE_OPEN, RIVET_USE_SCRIPT },
};

/**
 * struct question - a parsed question
 * @ops: BIT(enum rivet_op) of each operation
 * @exe: RIV path of the program that would act; NULL for the calling program
 * @path: path as the caller sees it
 */
struct question {
	u32 ops;
	const char *exe;
	const char *path;
};

static int check_op(struct answer *a, struct rivet_request *req, const struct question *q,
		    bool asked)
{
	struct rivet_verdict v;
	int err;

	err = rivet_eval(req, &v);
	if (err)
		return err;
	if (!a->len)
		say_file(a, req, &v, q->path);
	say_verdict(a, req, &v, asked);
	rivet_eval_put(&v);
	return 0;
}

/* Reading needs a decision only if a rule covers the file, and only for the rule's op. */
static int check_reading(struct answer *a, struct rivet_request *req, const struct question *q)
{
	struct rivet_reading reading = { 0 };
	bool asked;
	int err;

	err = rivet_reading_choose(req->file, q->exe, &reading);
	if (err < 0)
		return err;
	asked = err && reading.op == req->op;
	if (asked)
		req->name = reading.name;
	err = check_op(a, req, q, asked);
	rivet_reading_free(&reading);
	return err;
}

static int check_file(struct answer *a, struct file *file, const struct question *q)
{
	enum rivet_op op;
	int err = 0;

	for (op = 0; op < __RIVET_OP_MAX && !err; op++) {
		struct rivet_request req = {
			.op = op,
			.hook = ways[op].hook,
			.file = file,
			.inode = rivet_file_inode(file),
			.uses = ways[op].use,
			.bytes = ways[op].bytes,
			.exe = q->exe,
			.may_read = true,
			.only_asks = true,
		};

		if (!(q->ops & BIT(op)))
			continue;
		err = ways[op].use == RIVET_USE_READ || ways[op].use == RIVET_USE_SCRIPT ?
			check_reading(a, &req, q) : check_op(a, &req, q, true);
	}
	return err;
}

static_assert(__RIVET_OP_MAX <= 32, "operations are bits of a u32");

static int take_word(struct question *q, char *word)
{
	int op;

	if (!strncmp(word, "exe=/", strlen("exe=/"))) {
		q->exe = word + strlen("exe=");
		return 0;
	}
	op = rivet_name_op_parse(word, strlen(word));
	if (op < 0 || !ways[op].use)
		return -EOPNOTSUPP;
	q->ops |= BIT(op);
	return 0;
}

/* Without an op before the path, the question is for a program: EXECUTE and MMAP. */
static int parse_question(char *text, struct question *q)
{
	char *word;
	int err = 0;

	*q = (struct question){ 0 };
	while (!err && *text != '/' && (word = strsep(&text, " ")) && text)
		err = take_word(q, word);
	q->path = text;
	if (!q->ops)
		q->ops = BIT(RIVET_OP_EXECUTE) | BIT(RIVET_OP_MMAP);
	return err ?: text ? 0 : -ENOENT;
}

/**
 * rivet_check() - evaluate a path for some operations
 * @text: "[OP]... [exe=PROGRAM] /PATH": the words of enum rivet_op, by default EXECUTE
 *	and MMAP; the RIV path of the program that would act; and the path as the caller
 *	sees it. Modified by the parser
 * @answer: buffer for the answer, which is terminated
 * @size: bytes of @answer
 *
 * Context: process context; may sleep and read the file.
 * Return: bytes of the answer; an errno of path lookup; -EOPNOTSUPP for an operation that
 * concerns no file; -EINVAL if the file is not a regular file; -EINTR or -ENOMEM.
 */
ssize_t rivet_check(char *text, char *answer, size_t size)
{
	struct answer a = { .buf = answer, .size = size };
	struct question q;
	struct file *file;
	struct path found;
	int err;

	err = parse_question(text, &q) ?: kern_path(q.path, LOOKUP_FOLLOW, &found);
	if (err)
		return err;
	if (!S_ISREG(d_inode(found.dentry)->i_mode)) {
		path_put(&found);
		return -EINVAL;
	}
	file = rivet_measuring_open(&found);
	path_put(&found);
	if (IS_ERR(file))
		return PTR_ERR(file);
	err = check_file(&a, file, &q);
	fput(file);
	return err ?: a.len;
}
