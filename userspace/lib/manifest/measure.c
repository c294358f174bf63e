// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - measuring a file as the kernel does, for its reference values
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "lib/manifest/measure.h"
#include "lib/manifest/verity.h"

#define CHUNK (256 * 1024)

/**
 * struct measurer - measures files, one after the other
 * @digests: bits of enum measure_digest
 * @sha256: the algorithm, looked up once
 * @md5: likewise; NULL if not asked for
 * @whole: SHA-256 of the current file
 * @weak: its MD5; NULL if not asked for
 * @verity: its fs-verity digest; NULL if not asked for
 * @chunk: buffer of CHUNK bytes
 */
struct measurer {
	unsigned int digests;
	EVP_MD *sha256;
	EVP_MD *md5;
	EVP_MD_CTX *whole;
	EVP_MD_CTX *weak;
	struct verity *verity;
	unsigned char *chunk;
};

static bool prepare(struct measurer *m)
{
	m->chunk = malloc(CHUNK);
	m->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	m->whole = EVP_MD_CTX_new();
	if (!m->chunk || !m->sha256 || !m->whole)
		return false;
	if (!(m->digests & MEASURE_MD5))
		return true;
	m->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
	m->weak = EVP_MD_CTX_new();
	return m->md5 && m->weak;
}

/**
 * measurer_new() - make a measurer
 * @digests: bits of enum measure_digest: those beside SHA-256 over the whole file
 *
 * Each thread needs one of its own.
 *
 * Return: free it with measurer_free(); NULL if memory ran out, or OpenSSL has no such digest.
 */
struct measurer *measurer_new(unsigned int digests)
{
	struct measurer *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->digests = digests;
	if (prepare(m))
		return m;
	measurer_free(m);
	return NULL;
}

/**
 * measurer_free() - release a measurer
 * @measurer: may be NULL
 */
void measurer_free(struct measurer *measurer)
{
	if (!measurer)
		return;
	EVP_MD_CTX_free(measurer->whole);
	EVP_MD_CTX_free(measurer->weak);
	EVP_MD_free(measurer->sha256);
	EVP_MD_free(measurer->md5);
	free(measurer->chunk);
	free(measurer);
}

static bool begin(struct measurer *m, bool with_all)
{
	if (EVP_DigestInit_ex(m->whole, m->sha256, NULL) != 1)
		return false;
	if (!with_all)
		return true;
	if (m->weak && EVP_DigestInit_ex(m->weak, m->md5, NULL) != 1)
		return false;
	m->verity = m->digests & MEASURE_VERITY ? verity_begin() : NULL;
	return m->verity || !(m->digests & MEASURE_VERITY);
}

static bool add(struct measurer *m, const void *bytes, size_t len)
{
	verity_add(m->verity, bytes, len);
	return EVP_DigestUpdate(m->whole, bytes, len) == 1;
}

static bool end(struct measurer *m, bool with_all, struct measurement *out)
{
	bool good = true;

	if (m->verity) {
		out->verity.alg = RIVET_DIGEST_VERITY_SHA256;
		good = verity_end(m->verity, out->verity.bytes);
		m->verity = NULL;
	}
	if (m->weak && with_all && EVP_DigestFinal_ex(m->weak, out->md5, NULL) != 1)
		good = false;
	out->whole.alg = RIVET_DIGEST_SHA256;
	return EVP_DigestFinal_ex(m->whole, out->whole.bytes, NULL) == 1 && good;
}

/* Reads no further than just behind @size, as somebody may go on writing. */
static int64_t read_through(int fd, struct measurer *m, int64_t size)
{
	int64_t total = 0;
	ssize_t got;

	for (;;) {
		got = pread(fd, m->chunk, CHUNK, total);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -1 : total;
		if (!add(m, m->chunk, got) ||
		    (m->weak && EVP_DigestUpdate(m->weak, m->chunk, got) != 1)) {
			errno = ENOMEM;
			return -1;
		}
		total += got;
		if (total > size)
			return total;
	}
}

static bool time_equal(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool is_unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && time_equal(a->st_mtim, b->st_mtim) &&
	       time_equal(a->st_ctim, b->st_ctim);
}

static int read_steady(int fd, const char *name, struct measurer *m, struct measurement *out,
		       struct err *err)
{
	struct stat before, after;
	int64_t total;

	if (fstat(fd, &before))
		return err_set_io(err, "cannot read", name);
	total = read_through(fd, m, before.st_size);
	if (total < 0 || fstat(fd, &after))
		return err_set_io(err, "cannot read", name);
	if (total != before.st_size || !is_unchanged(&before, &after))
		return err_set(err, EXIT_CONFIG, "build it where nothing writes to the files",
			       "cannot measure %s: it changed while it was read", err_name(name));
	out->size = total;
	return EXIT_OK;
}

static int openssl_failed(const char *name, struct err *err)
{
	return err_set(err, EXIT_OTHER, NULL, "cannot measure %s: OpenSSL failed", err_name(name));
}

/**
 * measurer_fd() - measure an open regular file
 * @measurer: made; not in use by another thread
 * @fd: open for reading; its position does not matter
 * @name: name of the file, for errors
 * @out: the measurement
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error; EXIT_CONFIG if the file
 * changed meanwhile.
 */
int measurer_fd(struct measurer *measurer, int fd, const char *name, struct measurement *out,
		struct err *err)
{
	int ret = EXIT_OK;

	memset(out, 0, sizeof(*out));
	if (!begin(measurer, true))
		ret = openssl_failed(name, err);
	else
		ret = read_steady(fd, name, measurer, out, err);
	if (!end(measurer, true, out) && !ret)
		ret = openssl_failed(name, err);
	return ret;
}

/**
 * struct unpacked - measurement of a file while it is unpacked
 * @sink: must be first
 * @measurer: over the unpacked bytes
 * @size: bytes so far
 */
struct unpacked {
	struct unpack_sink sink;
	struct measurer *measurer;
	uint64_t size;
};

static int take_unpacked(struct unpack_sink *sink, const void *bytes, size_t len,
			 struct err *err)
{
	struct unpacked *unpacked = (struct unpacked *)sink;

	unpacked->size += len;
	if (add(unpacked->measurer, bytes, len))
		return EXIT_OK;
	return err_set(err, EXIT_OTHER, NULL, "cannot measure: OpenSSL failed");
}

/**
 * measurer_unpacked() - measure the content of a compressed file
 * @measurer: made; not in use by another thread
 * @fd: open for reading; its position does not matter
 * @name: name of the file, for errors
 * @form: its compression
 * @out: the measurement, of SHA-256 alone: packages and fs-verity know only files
 * @err: filled on error
 *
 * Return: as unpack_fd().
 */
int measurer_unpacked(struct measurer *measurer, int fd, const char *name, enum unpack_form form,
		      struct measurement *out, struct err *err)
{
	struct unpacked unpacked = { .sink.take = take_unpacked, .measurer = measurer };
	int ret;

	memset(out, 0, sizeof(*out));
	if (begin(measurer, false))
		ret = unpack_fd(fd, name, form, &unpacked.sink, err);
	else
		ret = openssl_failed(name, err);
	if (!end(measurer, false, out) && !ret)
		ret = openssl_failed(name, err);
	out->size = unpacked.size;
	return ret;
}

/**
 * measure_fd() - measure one open regular file
 * @fd: open for reading; its position does not matter
 * @name: name of the file, for errors
 * @out: the measurement, of SHA-256 alone
 * @err: filled on error
 *
 * Return: as measurer_fd().
 */
int measure_fd(int fd, const char *name, struct measurement *out, struct err *err)
{
	struct measurer *measurer = measurer_new(0);
	int ret;

	if (measurer)
		ret = measurer_fd(measurer, fd, name, out, err);
	else
		ret = err_set(err, EXIT_OTHER, NULL, "cannot measure: out of memory");
	measurer_free(measurer);
	return ret;
}

/**
 * measure_compare() - compare an open regular file with a digest
 * @fd: open for reading; its position does not matter
 * @name: name of the file, for errors
 * @digest: of the whole file, or of fs-verity
 * @same: set to true if it is the digest of the file; else, and on error, to false
 * @err: filled on error
 *
 * Return: as measurer_fd().
 */
int measure_compare(int fd, const char *name, const struct rivet_digest *digest, bool *same,
		    struct err *err)
{
	const bool is_verity = digest->alg == RIVET_DIGEST_VERITY_SHA256;
	struct measurer *measurer = measurer_new(is_verity ? MEASURE_VERITY : 0);
	struct measurement m;
	int ret;

	*same = false;
	if (measurer)
		ret = measurer_fd(measurer, fd, name, &m, err);
	else
		ret = err_set(err, EXIT_OTHER, NULL, "cannot measure: out of memory");
	if (!ret)
		*same = rivet_digest_equal(is_verity ? &m.verity : &m.whole, digest);
	measurer_free(measurer);
	return ret;
}
