// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - writing JSON
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/json.h"
#include "text/names.h"
#include "text/parse.h"

static void put_char(FILE *out, unsigned char c)
{
	if (c == '"' || c == '\\')
		fprintf(out, "\\%c", c);
	else if (c == '\n')
		fputs("\\n", out);
	else if (c < 0x20 || c == 0x7f)
		fprintf(out, "\\u%04x", c);
	else
		putc(c, out);
}

static void put_string(FILE *out, const char *text, size_t len)
{
	size_t i;

	putc('"', out);
	for (i = 0; i < len; i++)
		put_char(out, text[i]);
	putc('"', out);
}

/* Writes the separator after the previous value, and the key. */
static void put_key(struct json *json, const char *key)
{
	if (json->comma[json->depth])
		putc(',', json->out);
	json->comma[json->depth] = true;
	if (!key)
		return;
	put_string(json->out, key, strlen(key));
	putc(':', json->out);
}

static void open_level(struct json *json, const char *key, char opener, char closer)
{
	if (json->depth + 1 >= JSON_DEPTH_MAX)
		return;
	put_key(json, key);
	putc(opener, json->out);
	json->depth++;
	json->comma[json->depth] = false;
	json->closer[json->depth] = closer;
}

/**
 * json_begin() - start the one object of a line
 * @json: the writer
 * @out: output stream
 * @schema: value of its first member, "rivet.status/1" for instance
 */
void json_begin(struct json *json, FILE *out, const char *schema)
{
	memset(json, 0, sizeof(*json));
	json->out = out;
	open_level(json, NULL, '{', '}');
	json_text(json, "schema", schema);
}

/**
 * json_end() - close every open object and array, and end the line
 * @json: begun with json_begin()
 */
void json_end(struct json *json)
{
	while (json->depth)
		json_close(json);
	putc('\n', json->out);
}

/**
 * json_object() - start an object inside; json_close() ends it
 * @json: being written
 * @key: its name, NULL in an array
 */
void json_object(struct json *json, const char *key)
{
	open_level(json, key, '{', '}');
}

/**
 * json_array() - start an array inside; json_close() ends it
 * @json: being written
 * @key: its name, NULL in an array
 */
void json_array(struct json *json, const char *key)
{
	open_level(json, key, '[', ']');
}

/**
 * json_close() - end the innermost object or array
 * @json: being written
 */
void json_close(struct json *json)
{
	if (json->depth)
		putc(json->closer[json->depth--], json->out);
}

/**
 * json_text() - write a string
 * @json: being written
 * @key: its name, NULL in an array
 * @value: the string; NULL writes null
 */
void json_text(struct json *json, const char *key, const char *value)
{
	if (value)
		json_bytes(json, key, value, strlen(value));
	else
		json_null(json, key);
}

/**
 * json_bytes() - write a string of any bytes, a path for instance
 * @json: being written
 * @key: its name, NULL in an array
 * @value: the bytes
 * @len: length in bytes
 *
 * Bytes that are not UTF-8 are escaped as by rivet_name_escape(), and a member
 * "KEY_escaped": true is added.
 */
void json_bytes(struct json *json, const char *key, const void *value, size_t len)
{
	size_t size = 4 * len + 1;
	char *text;

	put_key(json, key);
	if (rivet_parse_utf8_valid(value, len, NULL)) {
		put_string(json->out, value, len);
		return;
	}
	text = malloc(size);
	if (!text) {
		fputs("null", json->out);
		return;
	}
	put_string(json->out, text, rivet_name_escape(value, len, text, size));
	free(text);
	if (key)
		fprintf(json->out, ",\"%s_escaped\":true", key);
}

/**
 * json_u64() - write an unsigned number
 * @json: being written
 * @key: its name, NULL in an array
 * @value: the number
 */
void json_u64(struct json *json, const char *key, uint64_t value)
{
	put_key(json, key);
	fprintf(json->out, "%" PRIu64, value);
}

/**
 * json_s64() - write a signed number
 * @json: being written
 * @key: its name, NULL in an array
 * @value: the number
 */
void json_s64(struct json *json, const char *key, int64_t value)
{
	put_key(json, key);
	fprintf(json->out, "%" PRId64, value);
}

/**
 * json_bool() - write true or false
 * @json: being written
 * @key: its name, NULL in an array
 * @value: which
 */
void json_bool(struct json *json, const char *key, bool value)
{
	put_key(json, key);
	fputs(value ? "true" : "false", json->out);
}

/**
 * json_null() - write null
 * @json: being written
 * @key: its name, NULL in an array
 */
void json_null(struct json *json, const char *key)
{
	put_key(json, key);
	fputs("null", json->out);
}
