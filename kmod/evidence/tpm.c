// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - evidence/tpm: the measurement list extended into a PCR
 *
 * A work item extends the records in their order, so that a slow TPM delays nobody. The TPM is
 * taken once, when the module is loaded, and no other later: root can take its driver away and
 * offer another one.
 */
#include <crypto/sha1.h>
#include <crypto/sha2.h>
#include <linux/device.h>
#include <linux/init.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tpm.h>
#include <linux/workqueue.h>

#include "event/event.h"
#include "evidence/log.h"
#include "evidence/record.h"
#include "evidence/tpm.h"
#include "version.h"

static struct tpm_chip *chip;	/* NULL if there is none to use; changes only at load and unload */
static bool is_virtual;		/* a TPM that some process plays was refused */
static bool was_used;		/* the PCR was not zero when the module was loaded */
static bool has_failed;		/* written by the work item only, as is the next one */
static u32 extended;

static int extend(const struct rivet_log_digests *record)
{
	struct tpm_digest *digests;
	unsigned int i;
	int err;

	digests = kcalloc(chip->nr_allocated_banks, sizeof(*digests), GFP_KERNEL);
	if (!digests)
		return -ENOMEM;
	for (i = 0; i < chip->nr_allocated_banks; i++) {
		digests[i].alg_id = chip->allocated_banks[i].alg_id;
		/* As IMA does for banks of other digests: SHA-1, with zeros behind it. */
		if (digests[i].alg_id == TPM_ALG_SHA256)
			memcpy(digests[i].digest, record->sha256, SHA256_DIGEST_SIZE);
		else
			memcpy(digests[i].digest, record->sha1, SHA1_DIGEST_SIZE);
	}
	err = tpm_pcr_extend(chip, RIVET_RECORD_PCR, digests);
	kfree(digests);
	return err > 0 ? -EIO : err;
}

static void extend_records(struct work_struct *work)
{
	struct rivet_log_digests record;
	int err;

	while (!has_failed && rivet_log_get(extended, &record)) {
		err = extend(&record);
		if (!err) {
			WRITE_ONCE(extended, extended + 1);
			continue;
		}
		WRITE_ONCE(has_failed, true);
		rivet_event_change(RIVET_EVENT_TRUST, err,
				   "ALARM: the TPM did not take record %u of the measurement list: its PCR says nothing from now on",
				   extended);
	}
}

static DECLARE_WORK(extend_work, extend_records);

static void wake_extend(void)
{
	queue_work(system_freezable_wq, &extend_work);	/* a TPM that sleeps takes nothing */
}

static bool __init take_chip(void)
{
	chip = tpm_default_chip();
	if (!chip)
		return false;
	is_virtual = chip->flags & TPM_CHIP_FLAG_VIRTUAL;
	if (!is_virtual && tpm_is_tpm2(chip) > 0)
		return true;
	put_device(&chip->dev);
	chip = NULL;
	return false;
}

/* After the module was unloaded and loaded again, the list begins anew and the PCR does not. */
static void __init look_at_pcr(struct tpm_digest *digest)
{
	int err = tpm_pcr_read(chip, RIVET_RECORD_PCR, digest);

	has_failed = err;
	if (err)
		rivet_event_change(RIVET_EVENT_TRUST, err < 0 ? err : -EIO,
				   "ALARM: PCR %u of the TPM cannot be read in SHA-256: the measurement list is in no TPM",
				   RIVET_RECORD_PCR);
	was_used = !err && memchr_inv(digest->digest, 0, SHA256_DIGEST_SIZE);
}

/**
 * rivet_tpm_begin() - find the TPM, and begin the measurement list
 *
 * Context: may sleep, for as long as the TPM takes to read a PCR.
 */
void __init rivet_tpm_begin(void)
{
	struct tpm_digest digest = { .alg_id = TPM_ALG_SHA256 };

	if (take_chip())
		look_at_pcr(&digest);
	if (was_used)
		rivet_log_add("rivet:start", "version %s after sha256:%*phN", RIVET_VERSION,
			      SHA256_DIGEST_SIZE, digest.digest);
	else
		rivet_log_add("rivet:start", "version %s", RIVET_VERSION);
	if (chip)
		rivet_log_listen(wake_extend);
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
	if (!chip)
		return is_virtual ? "virtual" : "none";
	if (READ_ONCE(has_failed))
		return "failed";
	return was_used ? "used" : "extended";
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
	if (!chip)
		return;
	rivet_log_add("rivet:end", "unloaded");
	rivet_log_listen(NULL);
	flush_work(&extend_work);
	put_device(&chip->dev);
}
