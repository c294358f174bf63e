// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - check: answering whether a file would be permitted
 *
 * The kernel's own evaluation of a path, for EXECUTE and for MMAP, as enforce
 * mode would carry it out, in "key: value" lines.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/string.h>

#include "check.h"
#include "eval.h"
#include "measure.h"
#include "measuring.h"
#include "policy.h"

/**
 * struct answer - text that grows in a buffer
 * @buf: the buffer
 * @size: its bytes
 * @len: bytes used, its end not included
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
			const struct rivet_verdict *v)
{
	say(a, "op: %s\n", rivet_name_op(req->op));
	say(a, "verdict: %s\n", rivet_eval_refuses(v->action) ? "refused" : "permitted");
	say(a, "action: %s\n", rivet_name_action(v->action));
	say(a, "reason: %s\n", rivet_name_reason(v->reason));
	say(a, "rule: %u\n", v->policy->builtin ? 0 : v->rule_line);
	if (v->set[0])
		say(a, "set: %s %llu\n", v->set, v->set_version);
	if (v->expected.alg)
		say_digest(a, "expected", &v->expected);
	if (v->riv_path)
		say_escaped(a, "expected-path", v->riv_path);
}

static int check_op(struct answer *a, struct rivet_request *req, const char *path)
{
	struct rivet_verdict *v = rivet_eval(req);
	int err = v ? v->error : -ENOMEM;

	if (!err && req->op == RIVET_OP_EXECUTE)
		say_file(a, req, v, path);
	if (!err)
		say_verdict(a, req, v);
	rivet_eval_free(v);
	return err;
}

static int check_file(struct answer *a, struct file *file, const char *path)
{
	struct rivet_request req = {
		.file = file,
		.inode = rivet_measure_inode(file),
		.may_read = true,
	};
	int err;

	req.op = RIVET_OP_EXECUTE;
	req.hook = RIVET_HOOK_BPRM_CHECK_SECURITY;
	req.uses = RIVET_USE_EXEC;
	err = check_op(a, &req, path);
	req.op = RIVET_OP_MMAP;
	req.hook = RIVET_HOOK_MMAP_FILE;
	req.uses = RIVET_USE_MMAP;
	if (!err)
		err = check_op(a, &req, path);
	return err;
}

/**
 * rivet_check_path() - evaluate a path for EXECUTE and MMAP
 * @path: path as the caller sees it
 * @answer: where the answer goes, terminated
 * @size: its bytes
 *
 * Context: process context; may sleep and read the file.
 * Return: bytes of the answer, or an errno of path lookup, -EINTR or -ENOMEM.
 */
ssize_t rivet_check_path(const char *path, char *answer, size_t size)
{
	struct answer a = { .buf = answer, .size = size };
	struct file *file;
	struct path found;
	int err;

	err = kern_path(path, LOOKUP_FOLLOW, &found);
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
	err = check_file(&a, file, path);
	fput(file);
	return err ?: a.len;
}
