// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_unit.c - the verifier of reports, with a key of OpenSSL in the place of a TPM's
 *
 * usage: report_unit FOLDER
 *
 * Checks that no byte of a report or of its list can be changed or left out, and writes a good
 * report, its list and its key into FOLDER, for rivetctl.
 */
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/record.h"
#include "lib/base/text.h"
#include "lib/evidence/list.h"
#include "lib/evidence/signed.h"
#include "lib/evidence/verdict.h"
#include "text/base64.h"
#include "unit.h"

#define NONCE	"000102030405060708090a0b0c0d0e0f"
#define DIGEST	"sha256:" HEX_A

static const char * const records[][2] = {
	{ "rivet:start", "version 0.1.0" },
	{ "rivet:trust", "signer cert:" DIGEST },
	{ "rivet:seal", "sealed" },
	{ "rivet:riv", "gateway-base 7 " DIGEST },
	{ "rivet:policy", "gateway 1.2.0 " DIGEST },
	{ "rivet:mode", "enforce" },
};

#define RECORDS	ARRAY_SIZE(records)

/* Words of the report, and the PCR of its list */
static const char *hooks_words = "24 live 0 derived 0 missing";
static const char *verify_words = "-";
static const char *sets_words = "1";
static unsigned int list_pcr = RIVET_RECORD_PCR;

static const char text_format[] =
	"riv-report 1\nnonce: " NONCE "\nboot: -\nversion: 0.1.0\ntpm: extended\nak: 000b00\n"
	"resets: 1 0\npcr: %u\nrecords: %zu 0 lost\nmode: %s\ntrust: sealed 1 0\n"
	"policy: gateway 1.2.0 " DIGEST "\nhooks: %s\nrevoked: 0\n"
	"denied: 3\ndeviations: 0\nquarantined: 0\nisolated: no\nfaults: 0\nfloors: 2\n"
	"verify: %s\nevents: 9 " DIGEST "\nsets: %s\nset: gateway-base 7 " DIGEST "\n";

static void put_number(struct buffer *out, u64 number, unsigned int size)
{
	char byte;

	while (size--) {
		byte = number >> (8 * size);
		buffer_add(out, &byte, 1);
	}
}

static void put_little(struct buffer *out, u32 number)
{
	char byte;
	int i;

	for (i = 0; i < 4; i++) {
		byte = number >> (8 * i);
		buffer_add(out, &byte, 1);
	}
}

static void put_sized(struct buffer *out, const void *bytes, size_t len)
{
	put_number(out, len, 2);
	buffer_add(out, bytes, len);
}

static void put_record(struct buffer *out, const char *name, const char *text)
{
	u8 data[RIVET_RECORD_DATA_MAX], digest[SHA256_DIGEST_LENGTH], sha1[SHA_DIGEST_LENGTH];
	size_t len;

	SHA256((const u8 *)text, strlen(text), digest);
	len = rivet_record_data(name, unit_slice(text), digest, data);
	SHA1(data, len, sha1);
	put_little(out, list_pcr);
	buffer_add(out, sha1, sizeof(sha1));
	put_little(out, strlen(RIVET_RECORD_TEMPLATE));
	buffer_add_text(out, RIVET_RECORD_TEMPLATE);
	put_little(out, len);
	buffer_add(out, data, len);
}

static void make_list(struct buffer *out, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		put_record(out, records[i][0], records[i][1]);
}

static void make_pcrs(const struct buffer *file, u8 pcrs[RIVET_TPM_PCRS][RIVET_TPM_DIGEST])
{
	struct err err = { 0 };
	struct list list;
	size_t i;

	memset(pcrs, 0, RIVET_TPM_PCRS * RIVET_TPM_DIGEST);
	memset(pcrs[4], 4, RIVET_TPM_DIGEST);
	if (list_parse(file, "list", &list, &err))
		exit(1);
	for (i = 0; i < list.count; i++)
		list_extend(pcrs[list_pcr], &list.records[i]);
	list_free(&list);
}

/* As a TPM makes it */
static void make_attest(struct buffer *out, const struct buffer *text,
			u8 pcrs[RIVET_TPM_PCRS][RIVET_TPM_DIGEST])
{
	u8 digest[SHA256_DIGEST_LENGTH];

	put_number(out, 0xff544347, 4);
	put_number(out, 0x8018, 2);
	put_sized(out, "\0\x0bname", 6);
	SHA256((const u8 *)text->data, text->len, digest);
	put_sized(out, digest, sizeof(digest));
	put_number(out, 1000, 8);
	put_number(out, 1, 4);
	put_number(out, 0, 4);
	put_number(out, 1, 1);
	put_number(out, 2, 8);
	put_number(out, 1, 4);
	put_number(out, 0x000b, 2);
	put_number(out, 3, 1);
	put_number(out, 0xffff00, 3);
	SHA256(pcrs[0], RIVET_TPM_PCRS * RIVET_TPM_DIGEST, digest);
	put_sized(out, digest, sizeof(digest));
}

static void put_bignum(struct buffer *out, const BIGNUM *number)
{
	u8 bytes[64];

	put_sized(out, bytes, BN_bn2binpad(number, bytes, 32));
}

static void make_signature(struct buffer *out, EVP_PKEY *key, const struct buffer *attest)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const bool ec = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
	const unsigned char *der;
	ECDSA_SIG *sig = NULL;
	size_t len = 512;
	u8 bytes[512];

	if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(ctx, bytes, &len, (u8 *)attest->data, attest->len) != 1)
		exit(1);
	EVP_MD_CTX_free(ctx);
	der = bytes;
	put_number(out, ec ? ATTEST_ALG_ECDSA : ATTEST_ALG_RSASSA, 2);
	put_number(out, RIVET_TPM_ALG_SHA256, 2);
	if (!ec) {
		put_sized(out, bytes, len);
		return;
	}
	sig = d2i_ECDSA_SIG(NULL, &der, len);
	put_bignum(out, ECDSA_SIG_get0_r(sig));
	put_bignum(out, ECDSA_SIG_get0_s(sig));
	ECDSA_SIG_free(sig);
}

static void put_base64(struct buffer *out, const char *key, const struct buffer *bytes)
{
	char text[2048];

	text_add(out, "%s: ", key);
	buffer_add(out, text, rivet_base64_encode((u8 *)bytes->data, bytes->len, text));
	text_add(out, "\n");
}

/* A report that is signed, with a text of the test's choice and the PCRs of the list */
static void make_report(struct buffer *out, EVP_PKEY *key, const struct buffer *list,
			size_t count, const char *mode)
{
	u8 pcrs[RIVET_TPM_PCRS][RIVET_TPM_DIGEST];
	struct buffer attest = { 0 }, signature = { 0 };
	unsigned int pcr, i;

	make_pcrs(list, pcrs);
	text_add(out, text_format, list_pcr, count, mode, hooks_words, verify_words, sets_words);
	make_attest(&attest, out, pcrs);
	make_signature(&signature, key, &attest);
	for (pcr = 0; pcr < RIVET_TPM_PCRS; pcr++) {
		text_add(out, "pcr-%02u: ", pcr);
		for (i = 0; i < RIVET_TPM_DIGEST; i++)
			text_add(out, "%02x", pcrs[pcr][i]);
		text_add(out, "\n");
	}
	put_base64(out, "quote", &attest);
	put_base64(out, "signature", &signature);
	buffer_free(&attest);
	buffer_free(&signature);
}

/* Returns the exit status of the error; @verdict is to be freed. */
static int judge(const char *text, size_t len, const char *list_bytes, size_t list_len,
		 EVP_PKEY *key, struct verdict *verdict, struct err *err)
{
	struct buffer file = { .data = (char *)list_bytes, .len = list_len };
	struct list list = { 0 };
	struct report report;
	struct attest attest;
	uint32_t line;
	int ret;

	memset(err, 0, sizeof(*err));
	memset(verdict, 0, sizeof(*verdict));
	if (!report_parse((struct rivet_slice){ text, len }, &report, &line))
		return EXIT_INVALID;
	ret = signed_check(&report, key, &attest, err);
	if (!ret)
		ret = list_parse(&file, "list", &list, err);
	if (!ret)
		ret = verdict_check_list(&report, &list, verdict, err);
	if (!ret)
		verdict_judge(&report, &list, verdict);
	list_free(&list);
	return ret;
}

static void expect_bad(const struct buffer *report, const struct buffer *list, EVP_PKEY *key,
		       const char *why, const char *label)
{
	struct verdict verdict;
	struct err err;
	int ret = judge(report->data, report->len, list->data, list->len, key, &verdict, &err);

	unit_eq(ret, EXIT_INVALID, "%s is refused", label);
	unit_ok(strstr(err.text, why), "%s: %s", label, err.text);
	verdict_free(&verdict);
}

/* Every byte counts, and so does the end: of the report, or of the list. */
static void test_every_byte(const struct buffer *report, const struct buffer *list, EVP_PKEY *key,
			    bool of_list)
{
	const struct buffer *changed = of_list ? list : report;
	size_t i, accepted = 0, cut = 0;
	struct verdict verdict;
	struct err err;

	for (i = 0; i < changed->len; i++) {
		char *copy = unit_copy(changed->data, changed->len);
		char *half = unit_copy(changed->data, i);

		copy[i] ^= 1 << (i % 7);
		accepted += !judge(of_list ? report->data : copy, report->len,
				   of_list ? copy : list->data, list->len, key, &verdict, &err);
		verdict_free(&verdict);
		cut += !judge(of_list ? report->data : half, of_list ? report->len : i,
			      of_list ? half : list->data, of_list ? i : list->len, key,
			      &verdict, &err);
		verdict_free(&verdict);
		free(copy);
		free(half);
	}
	unit_eq(accepted, 0, "no byte of the %s can be changed", of_list ? "list" : "report");
	unit_eq(cut, 0, "nor its end left out");
}

static void test_good(EVP_PKEY *key, const char *label)
{
	struct buffer list = { 0 }, report = { 0 };
	struct verdict verdict;
	struct err err;
	int ret;

	make_list(&list, RECORDS);
	make_report(&report, key, &list, RECORDS, "enforce");
	ret = judge(report.data, report.len, list.data, list.len, key, &verdict, &err);
	unit_eq(ret, EXIT_OK, "a good report, %s: %s", label, err.text);
	unit_eq(verdict.count, 0, "nothing deviates: %s", verdict.count ? verdict.findings[0] : "");
	verdict_free(&verdict);
	test_every_byte(&report, &list, key, false);
	test_every_byte(&report, &list, key, true);
	put_record(&list, "rivet:mode", "audit");
	ret = judge(report.data, report.len, list.data, list.len, key, &verdict, &err);
	unit_eq(ret, EXIT_OK, "the list may have gone on");
	unit_eq(verdict.later, 1, "by a record");
	unit_ok(rivet_slice_equal(verdict.mode, "enforce"), "that the quote does not have");
	verdict_free(&verdict);
	buffer_free(&list);
	buffer_free(&report);
}

static void test_bad(EVP_PKEY *key, EVP_PKEY *other)
{
	struct buffer list = { 0 }, shorter = { 0 }, report = { 0 }, lie = { 0 }, late = { 0 };

	make_list(&list, RECORDS);
	make_list(&shorter, RECORDS - 1);
	make_report(&report, key, &list, RECORDS, "enforce");
	make_report(&lie, key, &list, RECORDS, "audit");
	make_report(&late, key, &shorter, RECORDS, "enforce");
	expect_bad(&report, &list, other, "not one of this key", "another key");
	expect_bad(&report, &shorter, key, "the report tells of 6", "a list that lacks its end");
	expect_bad(&lie, &list, key, "mode: the report says \"audit\"",
		   "a text that says other than the list");
	expect_bad(&late, &list, key, "the PCR has 5 records", "a PCR with fewer records");
	put_record(&shorter, "rivet:mode", "trial");
	expect_bad(&report, &shorter, key, "does not give the value", "another list");
	buffer_free(&list);
	buffer_free(&shorter);
	buffer_free(&report);
	buffer_free(&lie);
	buffer_free(&late);
}

/* The number of deviations in a report with @name and @text behind its list */
static size_t deviations(EVP_PKEY *key, const char *name, const char *text, struct err *err)
{
	struct buffer list = { 0 }, report = { 0 };
	const size_t count = RECORDS + (name ? 1 : 0);
	struct verdict verdict;
	size_t found;
	int ret;

	make_list(&list, RECORDS);
	if (name)
		put_record(&list, name, text);
	make_report(&report, key, &list, count, "enforce");
	ret = judge(report.data, report.len, list.data, list.len, key, &verdict, err);
	found = ret ? SIZE_MAX : verdict_count(&verdict);
	verdict_free(&verdict);
	buffer_free(&list);
	buffer_free(&report);
	return found;
}

static void test_verification(EVP_PKEY *key)
{
	static const char * const bad[] = {
		"1 running 5 of 9 0 failed", "1 cancelled 5 of 9 0 failed",
		"1 done 4 of 5 0 failed", "1 done 5 of 5 10 failed",
		"1 done 5 of 5 0 failed incomplete", "1 done  of  0 failed", "0 failed", "",
	};
	struct err err;
	size_t i;

	verify_words = "1 done 5 of 5 0 failed";
	unit_eq(deviations(key, NULL, NULL, &err), 0, "all files were verified");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		verify_words = bad[i];
		unit_eq(deviations(key, NULL, NULL, &err), 1, "they were not: %s", bad[i]);
	}
	verify_words = "-";
}

static void test_hooks(EVP_PKEY *key)
{
	static const char * const bad[] = {
		"23 live 0 derived 1 missing", "23 live 0 derived 10 missing", "0 missing", "",
	};
	const char *good = hooks_words;
	struct err err;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		hooks_words = bad[i];
		unit_eq(deviations(key, NULL, NULL, &err), 1, "hooks: %s", bad[i]);
	}
	hooks_words = good;
}

static void test_sets(EVP_PKEY *key)
{
	static const char * const wrong[] = { "0", "2", "-", "x" };
	struct err err;
	size_t i;

	unit_eq(deviations(key, "rivet:riv", "gateway-more 8 " DIGEST, &err), 0,
		"a list with another set");
	unit_eq(deviations(key, "rivet:riv", "gateway-base 8 " DIGEST, &err), SIZE_MAX,
		"a report of a set that was replaced is refused");
	unit_ok(strstr(err.text, "in a later version: gateway-base 7"), "it says: %s", err.text);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		sets_words = wrong[i];
		unit_eq(deviations(key, NULL, NULL, &err), SIZE_MAX, "sets: %s", wrong[i]);
		unit_ok(strstr(err.text, "and has 1 of them"), "it says: %s", err.text);
	}
	sets_words = "1";
}

/* A list begins where the module was loaded, and goes on until it is unloaded. */
static void test_start(EVP_PKEY *key)
{
	struct buffer list = { 0 }, report = { 0 };
	struct verdict verdict;
	struct err err;
	size_t i;
	int ret;

	unit_eq(deviations(key, "rivet:start", "version 0.1.0", &err), 1, "loaded again");
	for (i = 1; i < RECORDS; i++)
		put_record(&list, records[i][0], records[i][1]);
	make_report(&report, key, &list, RECORDS - 1, "enforce");
	ret = judge(report.data, report.len, list.data, list.len, key, &verdict, &err);
	unit_eq(ret, EXIT_OK, "a list without its begin");
	unit_eq(verdict_count(&verdict), 1, "deviates");
	verdict_free(&verdict);
	buffer_free(&list);
	buffer_free(&report);
}

static void test_no_words(void)
{
	const struct verdict verdict = { .more = 1 };

	unit_eq(verdict_count(&verdict), 1, "a deviation counts without words for it");
}

static void save(const char *folder, const char *name, const struct buffer *data)
{
	char path[4096];
	struct err err;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (file_write(path, data->data, data->len, &err))
		exit(1);
}

/* What root makes who extends PCR 15 with the records of a good list */
static void save_other_pcr(const char *folder, EVP_PKEY *key)
{
	struct buffer list = { 0 }, report = { 0 };

	list_pcr = 15;
	make_list(&list, RECORDS);
	make_report(&report, key, &list, RECORDS, "enforce");
	list_pcr = RIVET_RECORD_PCR;
	save(folder, "list15", &list);
	save(folder, "report15", &report);
	buffer_free(&list);
	buffer_free(&report);
}

static void save_all(const char *folder, EVP_PKEY *key)
{
	struct buffer list = { 0 }, report = { 0 }, pem = { 0 };
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;

	make_list(&list, RECORDS);
	make_report(&report, key, &list, RECORDS, "enforce");
	if (!PEM_write_bio_PUBKEY(bio, key))
		exit(1);
	BIO_get_mem_data(bio, &text);
	buffer_add(&pem, text, BIO_pending(bio));
	save(folder, "list", &list);
	save(folder, "report", &report);
	save(folder, "ak.pem", &pem);
	BIO_free(bio);
	buffer_free(&list);
	buffer_free(&report);
	buffer_free(&pem);
}

int main(int argc, char **argv)
{
	EVP_PKEY *ec = EVP_EC_gen("P-256"), *rsa = EVP_RSA_gen(2048);

	test_good(ec, "ECDSA");
	test_good(rsa, "RSA");
	test_bad(ec, rsa);
	test_bad(rsa, ec);
	test_verification(ec);
	test_hooks(ec);
	test_sets(ec);
	test_start(ec);
	test_no_words();
	if (argc > 1) {
		save_all(argv[1], ec);
		save_other_pcr(argv[1], ec);
	}
	EVP_PKEY_free(ec);
	EVP_PKEY_free(rsa);
	return unit_done();
}
