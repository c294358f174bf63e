/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - evidence: the measurement list that objects will give
 */
#ifndef RIVET_EVIDENCE_PREDICT_H
#define RIVET_EVIDENCE_PREDICT_H

#include <stdint.h>

#include <openssl/sha.h>

#include "evidence/record.h"
#include "lib/base/err.h"

/**
 * struct predict - the list so far
 * @name: name of the last record, a static text
 * @text: its text
 * @sha1: value of the SHA-1 bank after it
 * @sha256: value of the SHA-256 bank after it
 */
struct predict {
	const char *name;
	char text[RIVET_RECORD_TEXT_MAX];
	uint8_t sha1[SHA_DIGEST_LENGTH];
	uint8_t sha256[SHA256_DIGEST_LENGTH];
};

void predict_start(struct predict *predict);
int predict_word(struct predict *predict, const char *word);
int predict_file(struct predict *predict, const char *path, struct err *err);

#endif /* RIVET_EVIDENCE_PREDICT_H */
