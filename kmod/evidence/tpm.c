// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - evidence/tpm: the measurement list extended into a PCR
 *
 * A work item extends the records in their order, so that a slow TPM delays nobody. It is also
 * the only one that has the TPM quote, so that no record comes in between.
 */
#include <linux/completion.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "event/event.h"
#include "evidence/chip.h"
#include "evidence/log.h"
#include "evidence/record.h"
#include "evidence/tpm.h"
#include "version.h"

#define LOOK_MAX	(10 * HZ)	/* loading waits so long for the TPM */

static bool was_used;		/* the PCR was not zero when the module was loaded */
static bool has_failed;		/* written by the work item only, as is the next one */
static u32 extended;
static LIST_HEAD(jobs);		/* the oldest first */
static bool leaving;		/* the module is being unloaded: jobs do without the TPM */
/* Protects the list of jobs. A leaf lock. */
static DEFINE_SPINLOCK(job_lock);

/**
 * rivet_tpm_settle() - extend all records there are
 *
 * Context: may sleep; only in rivet_tpm_begin()'s work item, so in a job.
 * Return: the number of records that the TPM has; without a TPM 0.
 */
u32 rivet_tpm_settle(void)
{
	struct rivet_log_digests record;
	int err;

	while (rivet_chip_is_there() && !has_failed && rivet_log_get(extended, &record)) {
		err = rivet_chip_extend(rivet_log_pcr(), &record);
		if (!err) {
			WRITE_ONCE(extended, extended + 1);
			continue;
		}
		WRITE_ONCE(has_failed, true);
		rivet_event_change(RIVET_EVENT_TRUST, err,
				   "ALARM: the TPM did not take record %u of the measurement list: its PCR says nothing from now on",
				   extended);
	}
	return extended;
}

static struct rivet_tpm_job *next_job(void)
{
	struct rivet_tpm_job *job;

	spin_lock(&job_lock);
	job = list_first_entry_or_null(&jobs, struct rivet_tpm_job, node);
	if (job)
		list_del(&job->node);
	spin_unlock(&job_lock);
	return job;
}

static bool has_jobs(void)
{
	bool has;

	spin_lock(&job_lock);
	has = !list_empty(&jobs);
	spin_unlock(&job_lock);
	return has;
}

static void do_work(struct work_struct *work);

static DECLARE_WORK(tpm_work, do_work);

static void wake_work(void)
{
	queue_work(system_freezable_wq, &tpm_work);	/* a TPM that sleeps takes nothing */
}

/* One job a run: a machine that is to sleep waits for the run, and no further one begins. */
static void do_work(struct work_struct *work)
{
	struct rivet_tpm_job *job = next_job();

	rivet_tpm_settle();
	if (job)
		job->run(job);
	if (has_jobs())
		wake_work();
}

/**
 * rivet_tpm_run() - have a job done by the work item that talks to the TPM, with or without one
 * @job: the job; its function is called once
 *
 * Context: any.
 */
void rivet_tpm_run(struct rivet_tpm_job *job)
{
	spin_lock(&job_lock);
	list_add_tail(&job->node, &jobs);
	spin_unlock(&job_lock);
	wake_work();
}

/**
 * rivet_tpm_flush() - have all jobs end, the next ones without the TPM
 *
 * Context: may sleep, for as long as the TPM takes for one job; no job is added any more.
 */
void rivet_tpm_flush(void)
{
	WRITE_ONCE(leaving, true);
	do {
		flush_work(&tpm_work);
	} while (has_jobs());
	flush_work(&tpm_work);
}

/**
 * struct look - the first look at the TPM, by the work item
 *
 * Loading reads the rest only once @done says so.
 *
 * @job: looks
 * @done: it has looked
 * @is_tpm2: it is a TPM 2.0
 * @err: error of reading the PCR
 * @value: the PCR
 */
static struct look {
	struct rivet_tpm_job job;
	struct completion done;
	bool is_tpm2;
	int err;
	u8 value[RIVET_TPM_DIGEST];
} look;

static void look_at_chip(struct rivet_tpm_job *job)
{
	look.is_tpm2 = rivet_chip_is_tpm2();
	if (look.is_tpm2)
		look.err = rivet_chip_read(rivet_log_pcr(), look.value);
	complete_all(&look.done);
}

static void __init fail_at_load(int err)
{
	WRITE_ONCE(has_failed, true);
	rivet_event_change(RIVET_EVENT_TRUST, err,
			   "ALARM: PCR %u of the TPM cannot be read in SHA-256: the measurement list is in no TPM",
			   rivet_log_pcr());
}

/* After the module was unloaded and loaded again, the list begins anew and the PCR does not. */
static void __init look_at_pcr(void)
{
	init_completion(&look.done);
	look.job.run = look_at_chip;
	rivet_tpm_run(&look.job);
	if (!wait_for_completion_timeout(&look.done, LOOK_MAX))
		fail_at_load(-ETIMEDOUT);
	else if (!look.is_tpm2)
		rivet_chip_release();
	else if (look.err)
		fail_at_load(look.err);
	else
		was_used = memchr_inv(look.value, 0, RIVET_TPM_DIGEST);
}

/**
 * rivet_tpm_begin() - find the TPM, and begin the measurement list
 *
 * Context: may sleep, for ten seconds if the TPM does not answer.
 */
void __init rivet_tpm_begin(void)
{
	rivet_chip_take();
	if (rivet_chip_is_there())
		look_at_pcr();
	if (was_used)
		rivet_log_add("rivet:start", "version %s after sha256:%*phN", RIVET_VERSION,
			      RIVET_TPM_DIGEST, look.value);
	else
		rivet_log_add("rivet:start", "version %s", RIVET_VERSION);
	if (rivet_chip_is_there())
		rivet_log_listen(wake_work);
}

/**
 * rivet_tpm_word() - tell whether a TPM has the measurement list
 *
 * Context: any.
 * Return: "none" without a TPM 2.0, "virtual" if only a process plays one, "failed" if it did
 * not take a record, "used" if the PCR was not zero at load, else "extended".
 */
const char *rivet_tpm_word(void)
{
	if (!rivet_chip_is_there())
		return rivet_chip_is_virtual() ? "virtual" : "none";
	if (READ_ONCE(has_failed))
		return "failed";
	return was_used ? "used" : "extended";
}

/**
 * rivet_tpm_is_leaving() - check whether jobs are to do without the TPM
 *
 * Context: any.
 * Return: true if so.
 */
bool rivet_tpm_is_leaving(void)
{
	return READ_ONCE(leaving);
}

/**
 * rivet_tpm_show() - print the state, and how many records were extended
 * @m: output
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_tpm_show(struct seq_file *m)
{
	seq_printf(m, "state: %s\nextended: %u\n", rivet_tpm_word(), READ_ONCE(extended));
	return 0;
}

/**
 * rivet_tpm_exit() - extend a last record, and release the TPM
 *
 * So the PCR tells of a module that was unloaded. After kexec it does not.
 *
 * Context: may sleep; no record is added any more.
 */
void rivet_tpm_exit(void)
{
	flush_work(&tpm_work);	/* it may have looked at a TPM that was not taken */
	if (!rivet_chip_is_there())
		return;
	rivet_log_add("rivet:end", "unloaded");
	rivet_log_listen(NULL);
	flush_work(&tpm_work);
	rivet_chip_release();
}
