// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - evidence/log: the measurement list, and the values that a PCR has after it
 *
 * A record says which signed object, certificate or mode came into force. Its text has no
 * time and nothing of the machine, so that the same objects in the same order give the same
 * values everywhere.
 */
#include <crypto/hash.h>
#include <crypto/sha1.h>
#include <crypto/sha2.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "evidence/log.h"
#include "evidence/record.h"

static_assert(RIVET_RECORD_DIGEST == SHA256_DIGEST_SIZE, "the digest of a text is a SHA-256");

/**
 * struct record - a record, immutable once it is in the list
 * @list: in the list, the oldest first; never taken out before unloading
 * @sha1: SHA-1 of @data
 * @text: SHA-256 of the text
 * @name: name of the record, a static text
 * @text_at: where the text begins in @data
 * @len: bytes of @data
 * @data: the template data
 */
struct record {
	struct list_head list;
	u8 sha1[SHA1_DIGEST_SIZE];
	u8 text[SHA256_DIGEST_SIZE];
	const char *name;
	u16 text_at;
	u16 len;
	u8 data[] __counted_by(len);
};

static LIST_HEAD(records);
static u32 record_count;
static u32 lost_count;		/* records there was no room or no memory for */
static bool has_hole;		/* some are missing, and the list does not say so yet */
static u8 pcr_sha1[SHA1_DIGEST_SIZE];
static u8 pcr_sha256[SHA256_DIGEST_SIZE];
static struct crypto_shash *sha1_tfm;	/* NULL before the first record */
static void (*listener)(void);
/* Protects the eight above. A leaf lock. */
static DEFINE_MUTEX(log_lock);

static uint pcr __ro_after_init = RIVET_RECORD_PCR;
module_param(pcr, uint, 0400);
MODULE_PARM_DESC(pcr, "PCR of a TPM for the measurement list: 11 to 15");

/**
 * rivet_log_check_pcr() - check the parameter pcr
 *
 * The boot has those below 10, IMA has 10. Root can reset 16 and 23, and those between belong to
 * a dynamic launch.
 *
 * Context: any.
 * Return: 0, or -EINVAL.
 */
int __init rivet_log_check_pcr(void)
{
	return pcr >= 11 && pcr <= 15 ? 0 : -EINVAL;
}

/**
 * rivet_log_pcr() - get the PCR that the list is for
 *
 * Context: any.
 * Return: its number.
 */
u32 rivet_log_pcr(void)
{
	return pcr;
}

static int hash_sha1(const u8 *data, size_t len, u8 out[SHA1_DIGEST_SIZE])
{
	struct crypto_shash *tfm = sha1_tfm;

	lockdep_assert_held(&log_lock);
	if (!tfm)
		tfm = crypto_alloc_shash("sha1", 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	sha1_tfm = tfm;
	return crypto_shash_tfm_digest(tfm, data, len, out);
}

static struct record *make_record(const char *name, const char *text, size_t len)
{
	u8 data[RIVET_RECORD_DATA_MAX], digest[SHA256_DIGEST_SIZE];
	struct record *record;
	size_t data_len;

	sha256((const u8 *)text, len, digest);
	data_len = rivet_record_data(name, (struct rivet_slice){ text, len }, digest, data);
	record = data_len ? kzalloc(struct_size(record, data, data_len), GFP_KERNEL) : NULL;
	if (!record)
		return NULL;
	record->len = data_len;
	record->name = name;
	record->text_at = data_len - len;
	memcpy(record->text, digest, sizeof(digest));
	memcpy(record->data, data, data_len);
	if (!hash_sha1(data, data_len, record->sha1))
		return record;
	kfree(record);
	return NULL;
}

static int extend(const struct record *record)
{
	u8 sha1_input[2 * SHA1_DIGEST_SIZE], sha256_input[2 * SHA256_DIGEST_SIZE];
	int err;

	memcpy(sha1_input, pcr_sha1, SHA1_DIGEST_SIZE);
	memcpy(sha1_input + SHA1_DIGEST_SIZE, record->sha1, SHA1_DIGEST_SIZE);
	err = hash_sha1(sha1_input, sizeof(sha1_input), pcr_sha1);
	if (err)
		return err;
	memcpy(sha256_input, pcr_sha256, SHA256_DIGEST_SIZE);
	sha256(record->data, record->len, sha256_input + SHA256_DIGEST_SIZE);
	sha256(sha256_input, sizeof(sha256_input), pcr_sha256);
	return 0;
}

/* Returns false if there is no record, or no room for it. */
static bool put_record(struct record *record)
{
	lockdep_assert_held(&log_lock);
	if (!record || record_count >= RIVET_LOG_RECORDS_MAX || extend(record))
		return false;
	list_add_tail(&record->list, &records);
	record_count++;
	return true;
}

static bool put_mark(const char *name, const char *text)
{
	struct record *mark = make_record(name, text, strlen(text));
	bool is_put = put_record(mark);

	if (!is_put)
		kfree(mark);
	return is_put;
}

/**
 * rivet_log_add() - add a record to the list
 * @name: a static text, shorter than RIVET_RECORD_NAME_MAX
 * @fmt: its text; names in it must be valid names
 *
 * A record that there is no memory or no room for is counted, and the list says later that
 * there was one. Its last place is for the mark that it is full.
 *
 * Context: may sleep.
 */
void rivet_log_add(const char *name, const char *fmt, ...)
{
	char text[RIVET_RECORD_TEXT_MAX];
	struct record *record;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	mutex_lock(&log_lock);
	if (has_hole && record_count < RIVET_LOG_RECORDS_MAX - 1)
		has_hole = !put_mark("rivet:lost", "records are missing before this one");
	record = make_record(name, text, len);
	if (record_count == RIVET_LOG_RECORDS_MAX - 1)
		put_mark("rivet:overflow", "no record follows");
	if (record_count >= RIVET_LOG_RECORDS_MAX - 1 || !put_record(record)) {
		kfree(record);
		lost_count++;
		has_hole = true;
	}
	if (listener)
		listener();
	mutex_unlock(&log_lock);
}

/**
 * rivet_log_listen() - register a function that is called now and for every new record
 * @notify: called with a mutex held, so it may only wake a task; NULL to stop
 *
 * Context: may sleep.
 */
void rivet_log_listen(void (*notify)(void))
{
	mutex_lock(&log_lock);
	listener = notify;
	if (notify)
		notify();
	mutex_unlock(&log_lock);
}

/**
 * rivet_log_get() - get the digests of a record
 * @number: its number, from 0
 * @out: filled
 *
 * Context: may sleep.
 * Return: false if the list has no such record yet.
 */
bool rivet_log_get(u32 number, struct rivet_log_digests *out)
{
	const struct record *r;
	u32 at = 0;

	mutex_lock(&log_lock);
	list_for_each_entry(r, &records, list) {
		if (at++ != number)
			continue;
		memcpy(out->sha1, r->sha1, sizeof(out->sha1));
		sha256(r->data, r->len, out->sha256);
		break;
	}
	mutex_unlock(&log_lock);
	return at > number;
}

/**
 * rivet_log_count() - count the records
 * @lost: set to the number of those that are not in the list
 *
 * Context: may sleep.
 * Return: the number of records in the list.
 */
u32 rivet_log_count(u32 *lost)
{
	u32 count;

	mutex_lock(&log_lock);
	count = record_count;
	*lost = lost_count;
	mutex_unlock(&log_lock);
	return count;
}

/**
 * rivet_log_show_ascii() - print the list as IMA's ascii_runtime_measurements
 * @m: output
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_log_show_ascii(struct seq_file *m)
{
	const struct record *r;
	unsigned int i;

	mutex_lock(&log_lock);
	list_for_each_entry(r, &records, list) {
		seq_printf(m, "%2u %*phN %s sha256:%*phN %s ", pcr,
			   SHA1_DIGEST_SIZE, r->sha1, RIVET_RECORD_TEMPLATE, SHA256_DIGEST_SIZE,
			   r->text, r->name);
		for (i = r->text_at; i < r->len; i++)
			seq_printf(m, "%02x", r->data[i]);
		seq_putc(m, '\n');
	}
	mutex_unlock(&log_lock);
	return 0;
}

static void write_number(struct seq_file *m, u32 number)
{
	const __le32 bytes = cpu_to_le32(number);

	seq_write(m, &bytes, sizeof(bytes));
}

/**
 * rivet_log_show_binary() - print the list as IMA's binary_runtime_measurements
 * @m: output
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_log_show_binary(struct seq_file *m)
{
	const struct record *r;

	mutex_lock(&log_lock);
	list_for_each_entry(r, &records, list) {
		write_number(m, pcr);
		seq_write(m, r->sha1, sizeof(r->sha1));
		write_number(m, sizeof(RIVET_RECORD_TEMPLATE) - 1);
		seq_write(m, RIVET_RECORD_TEMPLATE, sizeof(RIVET_RECORD_TEMPLATE) - 1);
		write_number(m, r->len);
		seq_write(m, r->data, r->len);
	}
	mutex_unlock(&log_lock);
	return 0;
}

/**
 * rivet_log_show_count() - print the number of records
 * @m: output
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_log_show_count(struct seq_file *m)
{
	u32 lost;

	seq_printf(m, "%u\n", rivet_log_count(&lost));
	return 0;
}

/* In the form that evmctl ima_measurement --pcrs reads: it wants the PCRs before it too. */
static int show_pcr(struct seq_file *m, const u8 *value, unsigned int size)
{
	unsigned int number, i;

	mutex_lock(&log_lock);
	for (number = 0; number <= pcr; number++) {
		seq_printf(m, "PCR-%02u:", number);
		for (i = 0; i < size; i++)
			seq_printf(m, " %02X", number == pcr ? value[i] : 0);
		seq_putc(m, '\n');
	}
	mutex_unlock(&log_lock);
	return 0;
}

/**
 * rivet_log_show_sha1() - print the value of the SHA-1 bank after the list
 * @m: output
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_log_show_sha1(struct seq_file *m)
{
	return show_pcr(m, pcr_sha1, sizeof(pcr_sha1));
}

/**
 * rivet_log_show_sha256() - print the value of the SHA-256 bank after the list
 * @m: output
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_log_show_sha256(struct seq_file *m)
{
	return show_pcr(m, pcr_sha256, sizeof(pcr_sha256));
}

/**
 * rivet_log_exit() - free the list
 *
 * Context: may sleep; no record is added or read any more.
 */
void rivet_log_exit(void)
{
	struct record *record, *next;

	list_for_each_entry_safe(record, next, &records, list)
		kfree(record);
	if (sha1_tfm)
		crypto_free_shash(sha1_tfm);
}
