// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - evidence/chip: the TPM that is there when the module is loaded
 *
 * The only file that talks to a TPM. The TPM is taken once, when the module is loaded, and no
 * other later: root can take its driver away and offer another one. A TPM may take minutes to
 * answer, so only the work item of evidence/tpm and the loading of the module ask it.
 */
#include <crypto/sha1.h>
#include <crypto/sha2.h>
#include <linux/device.h>
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tpm.h>

#include "compat/tpm.h"
#include "evidence/chip.h"
#include "evidence/log.h"

static struct tpm_chip *chip;	/* NULL if there is none to use; changes only at load and unload */
static bool is_virtual;		/* a TPM that some process plays was refused */

/**
 * rivet_chip_take() - take the kernel's TPM, if it is one of hardware or firmware
 *
 * Context: may sleep; does not wait for the TPM.
 */
void __init rivet_chip_take(void)
{
	chip = tpm_default_chip();
	if (!chip)
		return;
	is_virtual = chip->flags & TPM_CHIP_FLAG_VIRTUAL;
	if (is_virtual)
		rivet_chip_release();
}

/**
 * rivet_chip_is_tpm2() - check whether the TPM that was taken is a TPM 2.0
 *
 * Context: may sleep, for as long as another one's command takes.
 * Return: true if so.
 */
bool rivet_chip_is_tpm2(void)
{
	return tpm_is_tpm2(chip) > 0;
}

/**
 * rivet_chip_is_there() - check whether a TPM was taken
 *
 * Context: any.
 * Return: true if so, also if its driver was taken away since.
 */
bool rivet_chip_is_there(void)
{
	return chip;
}

/**
 * rivet_chip_is_virtual() - check whether a TPM was refused because a process plays it
 *
 * Context: any.
 * Return: true if so.
 */
bool rivet_chip_is_virtual(void)
{
	return is_virtual;
}

/**
 * rivet_chip_read() - read the SHA-256 value of a PCR
 * @pcr: its number
 * @value: filled
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int rivet_chip_read(u32 pcr, u8 value[RIVET_TPM_DIGEST])
{
	struct tpm_digest digest = { .alg_id = TPM_ALG_SHA256 };
	int err = tpm_pcr_read(chip, pcr, &digest);

	memcpy(value, digest.digest, RIVET_TPM_DIGEST);
	return err > 0 ? -EIO : err;
}

/**
 * rivet_chip_extend() - extend a record into all banks of a PCR
 * @pcr: its number
 * @record: digests of the record
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int rivet_chip_extend(u32 pcr, const struct rivet_log_digests *record)
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
	err = tpm_pcr_extend(chip, pcr, digests);
	kfree(digests);
	return err > 0 ? -EIO : err;
}

/**
 * rivet_chip_hold() - keep all others from the TPM until rivet_chip_let_go()
 *
 * Context: may sleep. The caller takes no lock of rivet's meanwhile: IMA extends a PCR while
 * a holder of such a lock reads a file.
 * Return: 0; -ENODEV if no TPM was taken; or an errno, after its driver was taken away.
 */
int rivet_chip_hold(void)
{
	return chip ? tpm_try_get_ops(chip) : -ENODEV;
}

/**
 * rivet_chip_send() - send a command, and wait for the answer
 * @command: the command
 * @answer: filled if 0 is returned; for rivet_chip_drop()
 *
 * Context: may sleep, between rivet_chip_hold() and rivet_chip_let_go().
 * Return: 0; a positive code of the TPM; or an errno.
 */
int rivet_chip_send(const struct rivet_command *command, struct rivet_answer *answer)
{
	struct tpm_buf *buf = rivet_compat_tpm_begin(command->tag, command->code);
	__be32 len;
	ssize_t ret;

	if (!buf)
		return -ENOMEM;
	tpm_buf_append(buf, command->body, command->len);
	ret = tpm_transmit_cmd(chip, buf, 0, NULL);
	if (ret) {
		rivet_compat_tpm_end(buf);
		return ret;
	}
	memcpy(&len, buf->data + 2, sizeof(len));	/* the kernel has compared it */
	answer->buf = buf;
	answer->bytes = buf->data;
	answer->len = min_t(u32, be32_to_cpu(len), RIVET_COMPAT_TPM_ROOM);
	return 0;
}

/**
 * rivet_chip_drop() - free an answer
 * @answer: from rivet_chip_send()
 *
 * Context: any.
 */
void rivet_chip_drop(struct rivet_answer *answer)
{
	rivet_compat_tpm_end(answer->buf);
}

/**
 * rivet_chip_let_go() - let others use the TPM again
 *
 * Context: may sleep, after rivet_chip_hold().
 */
void rivet_chip_let_go(void)
{
	tpm_put_ops(chip);
}

/**
 * rivet_chip_release() - give the TPM back
 *
 * Context: may sleep; nobody asks it any more.
 */
void rivet_chip_release(void)
{
	if (chip)
		put_device(&chip->dev);
	chip = NULL;
}
