/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - evidence: the measurement list, as the kernel writes it
 */
#ifndef RIVET_EVIDENCE_LIST_H
#define RIVET_EVIDENCE_LIST_H

#include <stdint.h>

#include <openssl/sha.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "text/parse.h"

#define LIST_FILE_MAX	(4 * 1024 * 1024)	/* 4096 records have less */
#define LIST_RECORDS_MAX	4096

/**
 * struct list_record - a record
 * @pcr: PCR that it is for
 * @data: its template data, which the PCR is extended by
 * @name: its name
 * @text: its text
 */
struct list_record {
	uint32_t pcr;
	struct rivet_slice data;
	struct rivet_slice name;
	struct rivet_slice text;
};

/**
 * struct list - a measurement list
 * @records: the records, whose bytes are in the file
 * @count: number of @records
 */
struct list {
	struct list_record *records;
	size_t count;
};

int list_parse(const struct buffer *file, const char *path, struct list *out, struct err *err);
void list_free(struct list *list);
void list_extend(uint8_t value[SHA256_DIGEST_LENGTH], const struct list_record *record);
const char *list_begin(const struct list *list, uint8_t value[SHA256_DIGEST_LENGTH]);

#endif /* RIVET_EVIDENCE_LIST_H */
