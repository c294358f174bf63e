/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - whole files: read into memory, written completely or not at all
 */
#ifndef RIVET_FILE_H
#define RIVET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/err.h"

/**
 * struct buffer - bytes that grow
 * @data: the bytes and a NUL after them; NULL while there are none
 * @len: bytes, the NUL not counted
 * @size: bytes allocated
 * @failed: memory ran out; later appends are lost
 */
struct buffer {
	char *data;
	size_t len;
	size_t size;
	bool failed;
};

void buffer_add(struct buffer *buf, const void *data, size_t len);
void buffer_add_text(struct buffer *buf, const char *text);
void buffer_free(struct buffer *buf);

int file_read_fd(int fd, const char *path, size_t max, struct buffer *out, struct err *err);
int file_read(const char *path, size_t max, struct buffer *out, struct err *err);
int file_write_all(int fd, const char *path, const void *data, size_t len, struct err *err);
int file_write(const char *path, const void *data, size_t len, struct err *err);
int file_create(const char *path, mode_t mode, const void *data, size_t len, struct err *err);

#endif /* RIVET_FILE_H */
