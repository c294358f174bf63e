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
 * struct hasher - digests computed in one reading of a file
 * @whole: SHA-256
 * @verity: fs-verity; NULL if not asked for
 * @chunk: buffer of CHUNK bytes
 */
struct hasher {
	EVP_MD_CTX *whole;
	struct verity *verity;
	unsigned char *chunk;
};

static bool begin(struct hasher *hasher, bool with_verity)
{
	hasher->chunk = malloc(CHUNK);
	hasher->whole = EVP_MD_CTX_new();
	hasher->verity = with_verity ? verity_begin() : NULL;
	return hasher->chunk && hasher->whole && (hasher->verity || !with_verity) &&
	       EVP_DigestInit_ex(hasher->whole, EVP_sha256(), NULL) == 1;
}

static bool end(struct hasher *hasher, struct measurement *out)
{
	bool good = true;

	if (hasher->verity) {
		out->verity.alg = RIVET_DIGEST_VERITY_SHA256;
		good = verity_end(hasher->verity, out->verity.bytes);
	}
	out->whole.alg = RIVET_DIGEST_SHA256;
	if (!hasher->whole || EVP_DigestFinal_ex(hasher->whole, out->whole.bytes, NULL) != 1)
		good = false;
	EVP_MD_CTX_free(hasher->whole);
	free(hasher->chunk);
	return good;
}

/* Return: number of bytes read, -1 with errno set. */
static int64_t read_through(int fd, struct hasher *hasher)
{
	int64_t total = 0;
	ssize_t got;

	for (;;) {
		got = pread(fd, hasher->chunk, CHUNK, total);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -1 : total;
		if (EVP_DigestUpdate(hasher->whole, hasher->chunk, got) != 1) {
			errno = ENOMEM;
			return -1;
		}
		verity_add(hasher->verity, hasher->chunk, got);
		total += got;
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

static int read_steady(int fd, const char *name, struct hasher *hasher, struct measurement *out,
		       struct err *err)
{
	struct stat before, after;
	int64_t total;

	if (fstat(fd, &before))
		return err_set_io(err, "cannot read", name);
	total = read_through(fd, hasher);
	if (total < 0 || fstat(fd, &after))
		return err_set_io(err, "cannot read", name);
	if (total != before.st_size || !is_unchanged(&before, &after))
		return err_set(err, EXIT_CONFIG, "build it where nothing writes to the files",
			       "cannot measure %s: it changed while it was read", err_name(name));
	out->size = total;
	return EXIT_OK;
}

/**
 * measure_fd() - measure an open regular file
 * @fd: open for reading; its position does not matter
 * @name: name of the file, for errors
 * @with_verity: compute the fs-verity digest as well
 * @out: the measurement
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error; EXIT_CONFIG if the file
 * changed meanwhile.
 */
int measure_fd(int fd, const char *name, bool with_verity, struct measurement *out,
	       struct err *err)
{
	struct hasher hasher;
	int ret;

	memset(out, 0, sizeof(*out));
	ret = begin(&hasher, with_verity) ? EXIT_OK : EXIT_OTHER;
	if (!ret)
		ret = read_steady(fd, name, &hasher, out, err);
	else
		err_set(err, EXIT_OTHER, NULL, "cannot measure: out of memory");
	if (!end(&hasher, out) && !ret)
		ret = err_set(err, EXIT_OTHER, NULL, "cannot measure %s: OpenSSL failed",
			      err_name(name));
	return ret;
}

/**
 * struct unpacked - measurement of a file while it is unpacked
 * @sink: must be first
 * @hasher: over the unpacked bytes
 * @size: bytes so far
 */
struct unpacked {
	struct unpack_sink sink;
	struct hasher hasher;
	uint64_t size;
};

static int take_unpacked(struct unpack_sink *sink, const void *bytes, size_t len,
			 struct err *err)
{
	struct unpacked *unpacked = (struct unpacked *)sink;

	unpacked->size += len;
	if (EVP_DigestUpdate(unpacked->hasher.whole, bytes, len) == 1)
		return EXIT_OK;
	return err_set(err, EXIT_OTHER, NULL, "cannot measure: OpenSSL failed");
}

/**
 * measure_unpacked() - measure the content of a compressed file
 * @fd: open for reading; its position does not matter
 * @name: name of the file, for errors
 * @form: its compression
 * @out: the measurement; without an fs-verity digest, which only files have
 * @err: filled on error
 *
 * Return: as unpack_fd().
 */
int measure_unpacked(int fd, const char *name, enum unpack_form form, struct measurement *out,
		     struct err *err)
{
	struct unpacked unpacked = { .sink.take = take_unpacked };
	int ret;

	memset(out, 0, sizeof(*out));
	ret = begin(&unpacked.hasher, false) ? EXIT_OK : EXIT_OTHER;
	if (!ret)
		ret = unpack_fd(fd, name, form, &unpacked.sink, err);
	else
		err_set(err, EXIT_OTHER, NULL, "cannot measure: out of memory");
	if (!end(&unpacked.hasher, out) && !ret)
		ret = err_set(err, EXIT_OTHER, NULL, "cannot measure %s: OpenSSL failed",
			      err_name(name));
	out->size = unpacked.size;
	return ret;
}
