/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - writing JSON: one object a line, as it is produced
 *
 * The output is valid JSON in UTF-8 for any input: json_text() escapes control
 * characters, json_bytes() also escapes bytes that are not UTF-8, as the plain
 * text output does.
 */
#ifndef RIVET_JSON_H
#define RIVET_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH_MAX 16

/**
 * struct json - an object being written
 * @out: output stream
 * @depth: number of open objects and arrays
 * @comma: per level: a value was already written
 * @closer: per level: the closing character
 */
struct json {
	FILE *out;
	unsigned int depth;
	bool comma[JSON_DEPTH_MAX];
	char closer[JSON_DEPTH_MAX];
};

/* @key is NULL inside arrays. */
void json_begin(struct json *json, FILE *out, const char *schema);
void json_end(struct json *json);
void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
void json_close(struct json *json);
void json_text(struct json *json, const char *key, const char *value);
void json_bytes(struct json *json, const char *key, const void *value, size_t len);
void json_u64(struct json *json, const char *key, uint64_t value);
void json_s64(struct json *json, const char *key, int64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif /* RIVET_JSON_H */
