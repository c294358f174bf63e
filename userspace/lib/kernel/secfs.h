/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the module's files under /sys/kernel/security/rivet, and the meaning of their
 * errors
 */
#ifndef RIVET_SECFS_H
#define RIVET_SECFS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/file.h"

#define SECFS_ROOT	"/sys/kernel/security"
#define SECFS_DIR	SECFS_ROOT "/rivet"

/**
 * struct attempt - a change asked of the kernel, kept to find its reasons
 * @since: number of the newest event before
 * @known: @since is valid
 */
struct attempt {
	uint64_t since;
	bool known;
};

void attempt_begin(struct attempt *attempt);
int attempt_fail(const struct attempt *attempt, struct err *err, const char *what, int error);

int kernel_error(struct err *err, const char *what, const char *detail, int error);
bool kernel_may_change(void);

int secfs_open(const char *name, int flags, struct err *err);
int secfs_read(const char *name, struct buffer *out, struct err *err);
int secfs_write(const char *name, const void *data, size_t len, const char *what, struct err *err);
int secfs_check(const struct buffer *question, const char *path, struct buffer *out,
		struct err *err);
int secfs_report(const char *nonce, struct buffer *out, struct err *err);
bool secfs_is_mounted(void);

#endif /* RIVET_SECFS_H */
