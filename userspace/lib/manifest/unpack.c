// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the content of a compressed kernel module
 *
 * The kernel gets a module as it is on the disk if the kernel unpacks it, or
 * unpacked if modprobe does. Nothing in the file is trusted: memory and output
 * size are bounded for any input.
 */
#include <errno.h>
#include <linux/kernel.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "lib/manifest/unpack.h"

#define CHUNK		(128 * 1024)
#define CONTENT_MAX	INT32_MAX		/* the kernel accepts no larger module */
#define XZ_MEMORY_MAX	(256ULL << 20)		/* xz -9 asks for 65 MiB */
#define ZST_WINDOW_LOG	27			/* 128 MiB; zstd's own default limit */
#define GZ_WINDOW	(15 + 16)		/* the largest, with a gzip header */

/**
 * enum progress - result of a step
 */
enum progress {
	PROGRESS_ON,		/* within a stream */
	PROGRESS_END,		/* at the end of a stream; another may follow */
	PROGRESS_BAD,		/* not such a stream, or it asks for too much memory */
};

/**
 * struct unpacker - unpacking in progress
 * @ops: operations of its form
 * @xz: state of liblzma
 * @gz: state of zlib
 * @zst: state of libzstd
 * @in: bytes of the file
 * @at: the first byte of @in that is not consumed
 * @len: how many bytes @in has
 * @offset: position of the next read
 * @total: number of bytes unpacked so far
 * @out: the output of one step
 * @made: how many bytes @out has
 * @is_at_end: the file is read completely
 */
struct unpacker {
	const struct unpack_ops *ops;
	lzma_stream xz;
	z_stream gz;
	ZSTD_DStream *zst;
	size_t at;
	size_t len;
	off_t offset;
	uint64_t total;
	size_t made;
	bool is_at_end;
	unsigned char in[CHUNK];
	unsigned char out[CHUNK];
};

/**
 * struct unpack_ops - one form of compression
 * @suffix: suffix of the file's name
 * @magic: first bytes of the file
 * @magic_len: bytes of @magic
 * @begin: false if memory runs out
 * @step: consumes of u->in, fills u->out
 * @end: frees what @begin made
 */
struct unpack_ops {
	const char *suffix;
	const char *magic;
	size_t magic_len;
	bool (*begin)(struct unpacker *u);
	enum progress (*step)(struct unpacker *u);
	void (*end)(struct unpacker *u);
};

static bool begin_xz(struct unpacker *u)
{
	u->xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&u->xz, XZ_MEMORY_MAX, LZMA_CONCATENATED) == LZMA_OK;
}

/* With several streams in a row, only the end of the file is the end. */
static enum progress step_xz(struct unpacker *u)
{
	lzma_ret ret;

	u->xz.next_in = u->in + u->at;
	u->xz.avail_in = u->len - u->at;
	u->xz.next_out = u->out;
	u->xz.avail_out = CHUNK;
	ret = lzma_code(&u->xz, u->is_at_end ? LZMA_FINISH : LZMA_RUN);
	u->at = u->len - u->xz.avail_in;
	u->made = CHUNK - u->xz.avail_out;
	if (ret == LZMA_STREAM_END)
		return PROGRESS_END;
	return ret == LZMA_OK || ret == LZMA_BUF_ERROR ? PROGRESS_ON : PROGRESS_BAD;
}

static void end_xz(struct unpacker *u)
{
	lzma_end(&u->xz);
}

static bool begin_gz(struct unpacker *u)
{
	memset(&u->gz, 0, sizeof(u->gz));
	return inflateInit2(&u->gz, GZ_WINDOW) == Z_OK;
}

static enum progress step_gz(struct unpacker *u)
{
	int ret;

	u->gz.next_in = u->in + u->at;
	u->gz.avail_in = u->len - u->at;
	u->gz.next_out = u->out;
	u->gz.avail_out = CHUNK;
	ret = inflate(&u->gz, Z_NO_FLUSH);
	u->at = u->len - u->gz.avail_in;
	u->made = CHUNK - u->gz.avail_out;
	if (ret == Z_STREAM_END)
		return inflateReset(&u->gz) == Z_OK ? PROGRESS_END : PROGRESS_BAD;
	return ret == Z_OK || ret == Z_BUF_ERROR ? PROGRESS_ON : PROGRESS_BAD;
}

static void end_gz(struct unpacker *u)
{
	inflateEnd(&u->gz);
}

static bool begin_zst(struct unpacker *u)
{
	u->zst = ZSTD_createDStream();
	return u->zst && !ZSTD_isError(ZSTD_DCtx_setParameter(u->zst, ZSTD_d_windowLogMax,
							      ZST_WINDOW_LOG));
}

static enum progress step_zst(struct unpacker *u)
{
	ZSTD_inBuffer in = { .src = u->in, .size = u->len, .pos = u->at };
	ZSTD_outBuffer out = { .dst = u->out, .size = CHUNK };
	size_t ret = ZSTD_decompressStream(u->zst, &out, &in);

	u->at = in.pos;
	u->made = out.pos;
	if (ZSTD_isError(ret))
		return PROGRESS_BAD;
	return ret ? PROGRESS_ON : PROGRESS_END;
}

static void end_zst(struct unpacker *u)
{
	ZSTD_freeDStream(u->zst);
}

static const struct unpack_ops forms[] = {
	[UNPACK_XZ] = { ".xz", "\3757zXZ", 6, begin_xz, step_xz, end_xz },
	[UNPACK_GZ] = { ".gz", "\x1f\x8b", 2, begin_gz, step_gz, end_gz },
	[UNPACK_ZST] = { ".zst", "\x28\xb5\x2f\xfd", 4, begin_zst, step_zst, end_zst },
};

static bool ends_with(const char *text, size_t len, const char *suffix)
{
	size_t suffix_len = strlen(suffix);

	return len > suffix_len && !memcmp(text + len - suffix_len, suffix, suffix_len);
}

static bool is_module_name(const char *path, const char *suffix)
{
	size_t len = strlen(path);

	return ends_with(path, len, suffix) && ends_with(path, len - strlen(suffix), ".ko");
}

static bool begins_with(int fd, const char *magic, size_t len)
{
	char head[8];

	return pread(fd, head, len, 0) == (ssize_t)len && !memcmp(head, magic, len);
}

/**
 * unpack_module_form() - find the compression of a kernel module
 * @fd: open for reading; its position does not matter
 * @path: its name must match its content
 *
 * Return: the form; UNPACK_NONE if it is not a compressed module.
 */
enum unpack_form unpack_module_form(int fd, const char *path)
{
	size_t i;

	for (i = UNPACK_NONE + 1; i < ARRAY_SIZE(forms); i++) {
		if (is_module_name(path, forms[i].suffix))
			return begins_with(fd, forms[i].magic, forms[i].magic_len) ? i :
										      UNPACK_NONE;
	}
	return UNPACK_NONE;
}

/**
 * unpack_module_name_len() - length of a module's path without the compression suffix
 * @path: ends in .ko and the suffix of a form
 *
 * Return: length without that suffix.
 */
size_t unpack_module_name_len(const char *path)
{
	return strrchr(path, '.') - path;
}

static int refuse(const char *name, const char *why, struct err *err)
{
	return err_set(err, EXIT_CONFIG, NULL, "cannot unpack %s: %s", err_name(name), why);
}

/* Reads on once all input is consumed. Return: 1, 0 at the end of the file, -1 with errno set. */
static int fill(struct unpacker *u, int fd)
{
	ssize_t got;

	if (u->at < u->len)
		return 1;
	do
		got = pread(fd, u->in, CHUNK, u->offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -1;
	u->at = 0;
	u->len = got;
	u->offset += got;
	u->is_at_end = !got;
	return got > 0;
}

static int pass_on(struct unpacker *u, const char *name, struct unpack_sink *sink,
		   struct err *err)
{
	u->total += u->made;
	if (u->total > CONTENT_MAX)
		return refuse(name, "its content is larger than any module can be", err);
	return u->made ? sink->take(sink, u->out, u->made, err) : EXIT_OK;
}

/* A full buffer may leave more output, also at the end of the file. */
static int unpack_all(struct unpacker *u, int fd, const char *name, struct unpack_sink *sink,
		      struct err *err)
{
	enum progress progress = PROGRESS_ON;
	int more, ret;

	for (;;) {
		more = fill(u, fd);
		if (more < 0)
			return err_set_io(err, "cannot read", name);
		if (!more && progress == PROGRESS_END)
			return EXIT_OK;
		u->made = 0;
		progress = u->ops->step(u);
		if (progress == PROGRESS_BAD)
			return refuse(name, "it is damaged, or takes too much memory", err);
		ret = pass_on(u, name, sink, err);
		if (ret)
			return ret;
		if (!more && !u->made && progress == PROGRESS_ON)
			return refuse(name, "it ends too early", err);
	}
}

/**
 * unpack_fd() - pass on the content of a compressed file
 * @fd: open for reading; its position does not matter
 * @name: name of the file, for errors
 * @form: from unpack_module_form(), not UNPACK_NONE
 * @sink: gets the content
 * @err: filled on error
 *
 * Several streams in a row are unpacked as one, as by modprobe.
 *
 * Return: EXIT_OK; EXIT_CONFIG if the file is damaged, or needs more memory or
 * room than a module does; or the exit status of another error.
 */
int unpack_fd(int fd, const char *name, enum unpack_form form, struct unpack_sink *sink,
	      struct err *err)
{
	struct unpacker *u = calloc(1, sizeof(*u));
	int ret;

	if (!u)
		return err_set(err, EXIT_OTHER, NULL, "cannot unpack: out of memory");
	u->ops = &forms[form];
	if (u->ops->begin(u))
		ret = unpack_all(u, fd, name, sink, err);
	else
		ret = err_set(err, EXIT_OTHER, NULL, "cannot unpack: out of memory");
	u->ops->end(u);
	free(u);
	return ret;
}
