// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of the measurement list: its bound, and memory that runs out
 *
 * The digests are stand-ins: selftests/kselftest/measurements.sh has the real ones.
 */
#include <stdarg.h>
#include <stdio.h>

#define __printf(a, b)
#define __counted_by(member)
#define module_param(name, type, mode)	struct stub_param
#define MODULE_PARM_DESC(name, text)	struct stub_text
#define SHA1_DIGEST_SIZE	20
#define SHA256_DIGEST_SIZE	32
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)
#define DEFINE_MUTEX(name)	struct mutex name __attribute__((unused))
#define PTR_ERR_OR_ZERO(at)	0
#define struct_size(at, member, count)	(sizeof(*(at)) + (count))
#define cpu_to_le32(n)		(n)
#define vscnprintf		vsnprintf

typedef u32 __le32;
struct crypto_shash;
struct seq_file {
	unsigned int lines;
};

static int hash_error;

static void fold(const u8 *data, size_t len, u8 *out, size_t size)
{
	size_t i;

	memset(out, 0, size);
	for (i = 0; i < len; i++)
		out[i % size] = out[i % size] * 31 + data[i];
}

static int crypto_shash_tfm_digest(struct crypto_shash *tfm, const u8 *data, unsigned int len,
				   u8 *out)
{
	u8 result[SHA1_DIGEST_SIZE];

	fold(data, len, result, sizeof(result));
	memcpy(out, result, sizeof(result));
	return hash_error;
}

static void sha256(const u8 *data, size_t len, u8 *out)
{
	u8 result[SHA256_DIGEST_SIZE];

	fold(data, len, result, sizeof(result));
	memcpy(out, result, sizeof(result));
}

#define crypto_alloc_shash(name, type, mask)	((struct crypto_shash *)&hash_error)
#define crypto_free_shash(tfm)			((void)(tfm))
#define seq_printf(m, ...)			((void)(m), (void)snprintf(NULL, 0, __VA_ARGS__))
#define seq_putc(m, c)				((void)((m)->lines += (c) == '\n'))
#define seq_write(m, bytes, len)		((void)(m), (void)(bytes))

#include "evidence/log.c"

static void expect_counts(u32 count, u32 lost, const char *label)
{
	u32 are_lost, is = rivet_log_count(&are_lost);

	unit_eq(is, count, label);
	unit_eq(are_lost, lost, label);
}

static const struct record *newest(void)
{
	return container_of(records.prev, struct record, list);
}

static void test_failures(void)
{
	u8 before[SHA256_DIGEST_SIZE];

	memcpy(before, pcr_sha256, sizeof(before));
	stub_memory = 0;
	rivet_log_add("rivet:mode", "audit");
	stub_memory = -1;
	expect_counts(1, 1, "without memory: counted as lost");
	hash_error = -EIO;
	rivet_log_add("rivet:mode", "audit");
	hash_error = 0;
	expect_counts(1, 2, "without a digest: counted as lost");
	unit_ok(!memcmp(before, pcr_sha256, sizeof(before)), "no value has changed");
	rivet_log_add("rivet:name-too-long", "audit");
	expect_counts(2, 3, "with too long a name: counted as lost, after a mark for the others");
	rivet_log_add("rivet:mode", "audit");
	expect_counts(4, 3, "the next one comes with a mark");
	unit_ok(!strcmp(container_of(records.prev->prev, struct record, list)->name, "rivet:lost"),
		"that says before it that some are missing");
	rivet_log_add("rivet:mode", "audit");
	expect_counts(5, 3, "which it says once");
}

static void test_bound(void)
{
	u8 full[SHA256_DIGEST_SIZE];
	struct seq_file m = { 0 };
	unsigned int i;

	for (i = 5; i < RIVET_LOG_RECORDS_MAX - 1; i++)
		rivet_log_add("rivet:mode", "audit");
	expect_counts(RIVET_LOG_RECORDS_MAX - 1, 3, "up to the bound all are there");
	unit_ok(!strcmp(newest()->name, "rivet:mode"), "the newest is a record like all others");
	rivet_log_add("rivet:mode", "enforce");
	expect_counts(RIVET_LOG_RECORDS_MAX, 4, "the next one is lost");
	unit_ok(!strcmp(newest()->name, "rivet:overflow"), "and the list says so");
	memcpy(full, pcr_sha256, sizeof(full));
	for (i = 0; i < 100; i++)
		rivet_log_add("rivet:mode", "audit");
	expect_counts(RIVET_LOG_RECORDS_MAX, 104, "the list does not grow");
	unit_ok(!memcmp(full, pcr_sha256, sizeof(full)), "nor do its values change");
	rivet_log_show_ascii(&m);
	unit_eq(m.lines, RIVET_LOG_RECORDS_MAX, "each record is a line");
}

int main(void)
{
	rivet_log_add("rivet:start", "version");
	expect_counts(1, 0, "the list begins with a record");
	test_failures();
	test_bound();
	rivet_log_exit();
	return unit_done();
}
