// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - surface/report: reports that the TPM signs, for somebody who does not trust the machine
 *
 * A nonce is written to the file, and the report read from the same open file. The work item
 * that talks to the TPM makes it; only a reader waits, and not for ever. The netlink command is
 * asked until the report is there, since a handler must not wait.
 */
#include <crypto/sha2.h>
#include <linux/capability.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "evidence/quote.h"
#include "evidence/tpm.h"
#include "surface/report.h"
#include "surface/report_text.h"
#include "surface/written.h"
#include "text/parse.h"

#define REPORTS_MAX	8	/* reports that are being made or kept, in all */
#define ASKED_MAX	4	/* of these, those that were asked for by netlink */
#define WAIT_MAX	(30 * HZ)	/* a reader waits so long since it has written */
#define TRIES_MAX	8	/* of a text that the list is not ahead of */
#define WRITE_MAX	(2 * RIVET_REPORT_NONCE_MAX + 1)

/**
 * struct report - a report
 *
 * The job has a reference until it is done, and so have the open file that asked for it, a
 * reader, and the place in asked[]. @text is written by the job alone, and read after @done.
 *
 * @job: makes it
 * @refs: number of references
 * @done: it is made, or could not be
 * @began: jiffies when it was asked for
 * @nonce: of the asker
 * @nonce_len: its bytes
 * @text: the report
 * @signer: the key
 * @quote: the quote
 * @why: reason for which there is none
 */
struct report {
	struct rivet_tpm_job job;
	refcount_t refs;
	struct completion done;
	unsigned long began;
	u8 nonce[RIVET_REPORT_NONCE_MAX];
	size_t nonce_len;
	struct rivet_report_text text;
	struct rivet_quote_signer signer;
	struct rivet_quote quote;
	char why[RIVET_QUOTE_WHY_MAX];
};

static unsigned int report_count;	/* reports there are */
static struct report *asked[ASKED_MAX];	/* those of netlink */
/* Protects the two above and the private_data of descriptors of the file. A leaf lock. */
static DEFINE_SPINLOCK(report_lock);

static void put_report(struct report *report)
{
	if (!report || !refcount_dec_and_test(&report->refs))
		return;
	spin_lock(&report_lock);
	report_count--;
	spin_unlock(&report_lock);
	kvfree(report->text.buf);
	kvfree(report);
}

/* Returns why no TPM can sign, or NULL. */
static const char *reason_of_state(void)
{
	const char *state = rivet_tpm_word();

	if (rivet_tpm_is_leaving())
		return "the module is being unloaded";
	if (!strcmp(state, "none"))
		return "there is no TPM 2.0";
	if (!strcmp(state, "virtual"))
		return "a process plays the TPM";
	return strcmp(state, "failed") ? NULL : "the TPM did not take a record of the list";
}

static bool find_signer(struct report *report)
{
	const char *why = reason_of_state();

	if (!why)
		return !rivet_quote_find_signer(&report->signer, report->why);
	strscpy(report->why, why, sizeof(report->why));
	return false;
}

/* A record that comes while the text is written makes another text necessary. */
static bool write_text(struct report *report, bool has_signer)
{
	unsigned int tries;
	u32 extended;

	for (tries = 0; tries < TRIES_MAX; tries++) {
		extended = rivet_tpm_settle();
		rivet_report_text_begin(&report->text);
		rivet_report_text_boot(&report->text, report->nonce, report->nonce_len,
				       has_signer ? &report->signer : NULL);
		if (rivet_report_text_state(&report->text) == extended || !has_signer)
			return has_signer;
	}
	strscpy(report->why, reason_of_state() ?: "records came too fast: ask again",
		sizeof(report->why));
	return false;
}

static bool sign(struct report *report)
{
	u8 digest[RIVET_TPM_DIGEST];

	sha256((const u8 *)report->text.buf, report->text.len, digest);
	return !rivet_quote_make(&report->quote, digest, report->why);
}

static void make_report(struct rivet_tpm_job *job)
{
	struct report *report = container_of(job, struct report, job);

	if (write_text(report, find_signer(report)) && sign(report))
		rivet_report_text_quote(&report->text, &report->quote);
	else
		rivet_report_text_unsigned(&report->text, report->why);
	complete_all(&report->done);
	put_report(report);
}

static int try_place(void)
{
	int err = 0;

	spin_lock(&report_lock);
	if (report_count >= REPORTS_MAX)
		err = -EBUSY;
	else
		report_count++;
	spin_unlock(&report_lock);
	return err;
}

/* Returns a report of netlink that is made, and that nobody has come back for; else NULL. */
static struct report *take_stale(void)
{
	struct report *stale = NULL;
	unsigned int i;

	spin_lock(&report_lock);
	for (i = 0; i < ASKED_MAX && !stale; i++) {
		if (!asked[i] || !completion_done(&asked[i]->done))
			continue;
		stale = asked[i];
		asked[i] = NULL;
	}
	spin_unlock(&report_lock);
	return stale;
}

static int take_place(void)
{
	struct report *stale;
	int err = try_place();

	while (err && (stale = take_stale())) {
		put_report(stale);
		err = try_place();
	}
	return err;
}

/* Returns a report with two references, one of them for its job, which has not begun. */
static struct report *alloc_report(const u8 *nonce, size_t len)
{
	struct report *report;
	int err = take_place();

	if (err)
		return ERR_PTR(err);
	report = kvzalloc(sizeof(*report), GFP_KERNEL);
	if (report)
		report->text.buf = kvmalloc(RIVET_REPORT_MAX, GFP_KERNEL);
	if (!report || !report->text.buf) {
		kvfree(report);
		spin_lock(&report_lock);
		report_count--;
		spin_unlock(&report_lock);
		return ERR_PTR(-ENOMEM);
	}
	report->job.run = make_report;
	refcount_set(&report->refs, 2);
	init_completion(&report->done);
	report->began = jiffies;
	memcpy(report->nonce, nonce, len);
	report->nonce_len = len;
	return report;
}

/* Gives up both references of a report whose job has not begun. */
static void discard(struct report *report)
{
	put_report(report);
	put_report(report);
}

/* --- the file ---------------------------------------------------------------------- */

/* One report is being made for an open file; a new nonce replaces one that is made. */
static int keep_in_file(struct file *file, struct report *report)
{
	struct report *old;

	spin_lock(&report_lock);
	old = file->private_data;
	if (old && !completion_done(&old->done)) {
		spin_unlock(&report_lock);
		return -EBUSY;
	}
	file->private_data = report;
	spin_unlock(&report_lock);
	put_report(old);
	return 0;
}

static int begin_in_file(struct file *file, const u8 *nonce, size_t len)
{
	struct report *report = alloc_report(nonce, len);
	int err;

	if (IS_ERR(report))
		return PTR_ERR(report);
	err = keep_in_file(file, report);
	if (err) {
		discard(report);
		return err;
	}
	rivet_tpm_run(&report->job);
	return 0;
}

static int parse_nonce(const char *text, size_t len, u8 nonce[RIVET_REPORT_NONCE_MAX])
{
	if (len % 2 || len < 2 * RIVET_REPORT_NONCE_MIN || len > 2 * RIVET_REPORT_NONCE_MAX)
		return -EINVAL;
	return rivet_parse_hex(text, len, nonce, len / 2) ? -EINVAL : 0;
}

static ssize_t write_nonce(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	u8 nonce[RIVET_REPORT_NONCE_MAX];
	char text[WRITE_MAX];
	size_t len;
	int err;

	if (!rivet_written_by(file, CAP_MAC_ADMIN))
		return -EPERM;
	if (!count || count > sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	len = rivet_written_line(text, count);
	err = parse_nonce(text, len, nonce) ?: begin_in_file(file, nonce, len / 2);
	if (err)
		return err;
	*ppos = 0;
	return count;
}

static int wait_for(struct report *report)
{
	unsigned long since = jiffies - report->began;
	long ret;

	if (completion_done(&report->done))
		return 0;
	if (since >= WAIT_MAX)
		return -ETIMEDOUT;
	ret = wait_for_completion_interruptible_timeout(&report->done, WAIT_MAX - since);
	return ret > 0 ? 0 : ret ?: -ETIMEDOUT;
}

static ssize_t read_report(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct report *report;
	ssize_t ret;

	spin_lock(&report_lock);
	report = file->private_data;
	if (report)
		refcount_inc(&report->refs);
	spin_unlock(&report_lock);
	if (!report)
		return -ENODATA;
	ret = wait_for(report);
	if (!ret)
		ret = simple_read_from_buffer(buf, count, ppos, report->text.buf,
					      report->text.len);
	put_report(report);
	return ret;
}

static int open_report(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static int release_report(struct inode *inode, struct file *file)
{
	put_report(file->private_data);
	return 0;
}

const struct file_operations rivet_report_ops = {
	.owner = THIS_MODULE,
	.open = open_report,
	.read = read_report,
	.write = write_nonce,
	.llseek = default_llseek,
	.release = release_report,
};

/* --- netlink ----------------------------------------------------------------------- */

const struct nla_policy rivet_surface_report_attrs[RIVET_A_REPORT_MAX + 1] = {
	[RIVET_A_REPORT_UNSPEC] = { .strict_start_type = RIVET_A_REPORT_NONCE },
	[RIVET_A_REPORT_NONCE] = NLA_POLICY_RANGE(NLA_BINARY, RIVET_REPORT_NONCE_MIN,
						  RIVET_REPORT_NONCE_MAX),
};

static bool is_for(const struct report *report, const struct nlattr *nonce)
{
	return report && report->nonce_len == nla_len(nonce) &&
	       !memcmp(report->nonce, nla_data(nonce), report->nonce_len);
}

/* Returns the report for the nonce, with a reference */
static struct report *find_asked(const struct nlattr *nonce)
{
	struct report *report = NULL;
	unsigned int i;

	spin_lock(&report_lock);
	for (i = 0; i < ASKED_MAX && !report; i++) {
		if (!is_for(asked[i], nonce))
			continue;
		report = asked[i];
		refcount_inc(&report->refs);
	}
	spin_unlock(&report_lock);
	return report;
}

/* A report that was told leaves its place, if it still has one. */
static void forget_asked(struct report *report)
{
	struct report *told = NULL;
	unsigned int i;

	spin_lock(&report_lock);
	for (i = 0; i < ASKED_MAX && !told; i++) {
		if (asked[i] != report)
			continue;
		told = report;
		asked[i] = NULL;
	}
	spin_unlock(&report_lock);
	put_report(told);
}

/* Returns a free place; without one, that of a report that is made; without both, NULL. */
static struct report **find_place(void)
{
	struct report **made = NULL;
	unsigned int i;

	lockdep_assert_held(&report_lock);
	for (i = 0; i < ASKED_MAX; i++) {
		if (!asked[i])
			return &asked[i];
		if (completion_done(&asked[i]->done))
			made = &asked[i];
	}
	return made;
}

static int keep_asked(struct report *report)
{
	struct report *old = NULL, **place;

	spin_lock(&report_lock);
	place = find_place();
	if (place) {
		old = *place;
		*place = report;
	}
	spin_unlock(&report_lock);
	put_report(old);
	return place ? 0 : -EBUSY;
}

static int begin_asked(const struct nlattr *nonce)
{
	struct report *report = alloc_report(nla_data(nonce), nla_len(nonce));
	int err;

	if (IS_ERR(report))
		return PTR_ERR(report);
	err = keep_asked(report);
	if (err) {
		discard(report);
		return err;
	}
	rivet_tpm_run(&report->job);
	return 0;
}

/* @report: NULL while it is being made */
static int reply(const struct genl_family *family, struct genl_info *info,
		 const struct report *report)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_DEFAULT_SIZE + (report ? report->text.len : 0),
					  GFP_KERNEL);
	void *header;

	if (!skb)
		return -ENOMEM;
	header = genlmsg_put_reply(skb, info, family, 0, RIVET_CMD_REPORT);
	if (!header || (report ? nla_put(skb, RIVET_A_REPORT_TEXT, report->text.len,
					 report->text.buf) :
			nla_put_flag(skb, RIVET_A_REPORT_PENDING))) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static int answer(const struct genl_family *family, struct genl_info *info,
		  const struct nlattr *nonce)
{
	struct report *report = find_asked(nonce);
	const bool is_made = report && completion_done(&report->done);
	int err = report ? 0 : begin_asked(nonce);

	if (err == -EBUSY)
		NL_SET_ERR_MSG(info->extack, "too many reports are being made or kept");
	if (!err)
		err = reply(family, info, is_made ? report : NULL);
	if (!err && is_made)
		forget_asked(report);
	put_report(report);
	return err;
}

/**
 * rivet_surface_report() - begin a report, or answer with it once it is made
 * @family: the netlink family
 * @skb: the request
 * @info: its attributes
 *
 * Context: process context; may sleep, and does not wait for a TPM.
 * Return: 0, and an answer was sent; or an errno, with extack text.
 */
int rivet_surface_report(const struct genl_family *family, struct sk_buff *skb,
			 struct genl_info *info)
{
	const struct nlattr *nonce = info->attrs[RIVET_A_REPORT_NONCE];

	if (!netlink_capable(skb, CAP_MAC_ADMIN)) {
		NL_SET_ERR_MSG(info->extack, "CAP_MAC_ADMIN is needed");
		return -EPERM;
	}
	if (!nonce) {
		NL_SET_ERR_MSG(info->extack, "a nonce is needed");
		return -EINVAL;
	}
	return answer(family, info, nonce);
}

/**
 * rivet_surface_report_exit() - wait for reports, and free those nobody has come back for
 *
 * Context: may sleep, for as long as the TPM takes; nobody asks any more.
 */
void rivet_surface_report_exit(void)
{
	unsigned int i;

	rivet_tpm_flush();
	for (i = 0; i < ASKED_MAX; i++)
		put_report(asked[i]);
}
