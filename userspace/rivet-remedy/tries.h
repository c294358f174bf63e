/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - attempts for each file, counted beyond a crash and a boot
 */
#ifndef RIVET_REMEDY_TRIES_H
#define RIVET_REMEDY_TRIES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/event/given_up.h"
#include "text/digest.h"

#define TRIES_SECONDS	GIVEN_UP_SECONDS

/**
 * struct tries - the attempts for a file, within TRIES_SECONDS after the last one
 * @digest: digest that a RIV named then; another one begins anew
 * @count: attempts that were begun
 * @last: time of the last one, in seconds since 1970
 * @pending: it has not come to an end
 */
struct tries {
	char digest[RIVET_DIGEST_TEXT_MAX];
	unsigned int count;
	int64_t last;
	bool pending;
};

void tries_read(const char *file, struct tries *tries);
void tries_renew(struct tries *tries, const char *digest, int64_t now);
int tries_write(const char *file, const struct tries *tries, struct err *err);
int64_t tries_wait(const struct tries *tries, unsigned int pause, int64_t now);

#endif /* RIVET_REMEDY_TRIES_H */
