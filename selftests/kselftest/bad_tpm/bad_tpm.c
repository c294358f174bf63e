// SPDX-License-Identifier: GPL-2.0
/*
 * bad_tpm - the TPM that is there answers slowly, with an error, or with less than it has
 *
 * Loaded after the TPM's driver. Its parameters change what the driver receives.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tpm.h>

#define HEADER		10
#define RC_FAILURE	0x101

static uint delay;
module_param(delay, uint, 0644);
MODULE_PARM_DESC(delay, "milliseconds that each answer takes longer");

static uint fail;
module_param(fail, uint, 0644);
MODULE_PARM_DESC(fail, "which answer is an error; counts down to 0");

static uint cut;
module_param(cut, uint, 0644);
MODULE_PARM_DESC(cut, "which answer lacks its second half; counts down to 0");

static uint commands;
module_param(commands, uint, 0644);
MODULE_PARM_DESC(commands, "answers so far");

static struct tpm_chip *chip;
static const struct tpm_class_ops *real;
static struct tpm_class_ops *bad;

/* Returns true for the answer that it has counted down to. The TPM has one command at a time. */
static bool is_due(uint *left)
{
	return *left && !--*left;
}

static void put_number(u8 *at, u32 number)
{
	const __be32 bytes = cpu_to_be32(number);

	memcpy(at, &bytes, sizeof(bytes));
}

static int receive(struct tpm_chip *from, u8 *buf, size_t size)
{
	int len = real->recv(from, buf, size);

	commands++;
	if (delay)
		msleep(delay);
	if (len < HEADER)
		return len;
	if (is_due(&cut))
		len = HEADER + (len - HEADER) / 2;
	if (is_due(&fail)) {
		len = HEADER;
		put_number(buf + 6, RC_FAILURE);
	}
	put_number(buf + 2, len);
	return len;
}

static void set_ops(const struct tpm_class_ops *ops)
{
	down_write(&chip->ops_sem);
	if (chip->ops)
		chip->ops = ops;
	up_write(&chip->ops_sem);
}

static int __init bad_tpm_init(void)
{
	chip = tpm_default_chip();
	if (!chip)
		return -ENODEV;
	real = chip->ops;
	bad = kmemdup(real, sizeof(*real), GFP_KERNEL);
	if (!bad) {
		put_device(&chip->dev);
		return -ENOMEM;
	}
	bad->recv = receive;
	set_ops(bad);
	return 0;
}

static void __exit bad_tpm_exit(void)
{
	set_ops(real);
	put_device(&chip->dev);
	kfree(bad);
}

module_init(bad_tpm_init);
module_exit(bad_tpm_exit);
MODULE_DESCRIPTION("rivet self-test: a TPM that is slow or fails");
MODULE_LICENSE("GPL");
