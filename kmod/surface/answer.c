// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - surface/answer: the file check: a question is written, then the answer is read
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/mm.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

#include <uapi/linux/rivet.h>

#include "surface/answer.h"
#include "surface/check.h"
#include "surface/written.h"

/* Room for the path and one RIV path for each op. Escaping may turn each byte into four. */
#define ANSWER_SIZE	((4 * (1 + __RIVET_OP_MAX) + 4) * PATH_MAX)
#define QUESTION_MAX	(2 * PATH_MAX + 128)	/* two paths, and a word for each op */

/**
 * struct answer - the answer to a question written to the check file
 *
 * Immutable once created, except for @refs. The descriptor with the question has a
 * reference, and last_answer has one. A reader takes its own reference, so that no lock
 * is held while it copies.
 *
 * @refs: number of references
 * @len: bytes of @text
 * @text: text of the answer
 */
struct answer {
	refcount_t refs;
	size_t len;
	char text[];
};

/* For programs that write and read through different descriptors. */
static struct answer *last_answer;
/* Protects last_answer and the private_data of descriptors of the check file. A leaf lock. */
static DEFINE_SPINLOCK(answer_lock);

static void put_answer(struct answer *answer)
{
	if (answer && refcount_dec_and_test(&answer->refs))
		kvfree(answer);
}

static struct answer *make_answer(char *question)
{
	struct answer *answer = kvmalloc(sizeof(*answer) + ANSWER_SIZE, GFP_KERNEL);
	ssize_t len;

	if (!answer)
		return ERR_PTR(-ENOMEM);
	len = rivet_check(question, answer->text, ANSWER_SIZE);
	if (len < 0) {
		kvfree(answer);
		return ERR_PTR(len);
	}
	refcount_set(&answer->refs, 1);
	answer->len = len;
	return answer;
}

/* Takes over the caller's reference. */
static void keep_answer(struct file *file, struct answer *answer)
{
	struct answer *old, *old_last;

	refcount_inc(&answer->refs);
	spin_lock(&answer_lock);
	old = file->private_data;
	old_last = last_answer;
	file->private_data = answer;
	last_answer = answer;
	spin_unlock(&answer_lock);
	put_answer(old);
	put_answer(old_last);
}

static ssize_t write_check(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct answer *answer;
	char *question;

	if (!rivet_written_by(file, CAP_MAC_ADMIN))
		return -EPERM;
	if (!count || count > QUESTION_MAX)
		return -ENAMETOOLONG;
	question = rivet_written_copy(buf, count);
	if (IS_ERR(question))
		return PTR_ERR(question);
	question[rivet_written_line(question, count)] = '\0';
	answer = make_answer(question);
	kvfree(question);
	if (IS_ERR(answer))
		return PTR_ERR(answer);
	keep_answer(file, answer);
	*ppos = 0;
	return count;
}

static ssize_t read_check(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct answer *answer;
	ssize_t ret;

	spin_lock(&answer_lock);
	answer = file->private_data ?: last_answer;
	if (answer)
		refcount_inc(&answer->refs);
	spin_unlock(&answer_lock);
	if (!answer)
		return 0;
	ret = simple_read_from_buffer(buf, count, ppos, answer->text, answer->len);
	put_answer(answer);
	return ret;
}

static int release_check(struct inode *inode, struct file *file)
{
	put_answer(file->private_data);
	return 0;
}

static int open_check(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

const struct file_operations rivet_answer_ops = {
	.owner = THIS_MODULE,
	.open = open_check,
	.read = read_check,
	.write = write_check,
	.llseek = default_llseek,
	.release = release_check,
};

/**
 * rivet_answer_exit() - forget the last answer
 *
 * Context: may sleep; the file is gone.
 */
void rivet_answer_exit(void)
{
	put_answer(last_answer);
}
