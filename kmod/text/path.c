// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - paths as manifests write them: escapes, order, the one canonical form
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "text/bytes.h"
#include "text/path.h"

static bool component_is_canonical(struct rivet_slice component)
{
	if (component.len > 2)
		return true;
	return component.len && (component.ptr[0] != '.' ||
				 component.ptr[component.len - 1] != '.');
}

/**
 * rivet_path_is_canonical() - check that an absolute path is in its canonical form
 * @path: the path; escapes do not matter
 *
 * Context: Any.
 * Return: true if it begins with '/', does not end with one, and has no empty,
 * "." or ".." component.
 */
bool rivet_path_is_canonical(struct rivet_slice path)
{
	struct rivet_slice component;

	if (!rivet_slice_take_prefix(&path, "/"))
		return false;
	while (rivet_slice_take_until(&path, '/', &component))
		if (!component_is_canonical(component))
			return false;
	return component_is_canonical(path);
}

static struct rivet_slice without_first(struct rivet_slice path, size_t len)
{
	return (struct rivet_slice){ .ptr = path.ptr + len, .len = path.len - len };
}

/* The next byte of an escaped path after unescaping, -1 if the escape is invalid */
static int take_byte(struct rivet_slice *path)
{
	if (path->ptr[0] == '\\') {
		if (rivet_slice_take_prefix(path, "\\\\"))
			return '\\';
		return rivet_slice_take_prefix(path, "\\n") ? '\n' : -1;
	}
	path->len--;
	return (u8)*path->ptr++;
}

/* Most paths are: each byte stands for itself, and none is NUL. */
static bool is_plain(struct rivet_slice path)
{
	return path.len < RIVET_PATH_MAX &&
	       rivet_bytes_find_either(path.ptr, path.len, '\\', '\0') == path.len;
}

/**
 * rivet_path_find_fault() - find the first invalid byte of a path
 * @path: as written; begins at the fault afterwards, if there is one
 *
 * Context: Any.
 * Return: a description of the expected text there, NULL if the path is valid.
 */
const char *rivet_path_find_fault(struct rivet_slice *path)
{
	size_t len;
	int byte;

	if (is_plain(*path))
		return NULL;
	for (len = 0; path->len; len++) {
		if (len == RIVET_PATH_MAX - 1)
			return "a path of at most 4095 bytes";
		byte = take_byte(path);
		if (byte < 0)
			return "\\\\ or \\n: nothing else is escaped";
		if (!byte) {
			path->ptr--;
			path->len++;
			return "a path without NUL";
		}
	}
	return NULL;
}

/**
 * rivet_path_unescape() - convert a path in a manifest to its real bytes
 * @path: path as written
 * @buf: output, terminated; RIVET_PATH_MAX bytes hold every accepted path
 * @size: bytes of @buf
 *
 * Context: Any.
 * Return: length of the path, -ENAMETOOLONG if it does not fit with its NUL, or
 * -EBADMSG if an escape is invalid.
 */
ssize_t rivet_path_unescape(struct rivet_slice path, char *buf, size_t size)
{
	size_t len = rivet_bytes_find(path.ptr, path.len, '\\');
	int byte;

	if (len >= size)
		return -ENAMETOOLONG;
	if (len) {
		memcpy(buf, path.ptr, len);
		path = without_first(path, len);
	}
	for (; path.len; len++) {
		byte = take_byte(&path);
		if (byte < 0)
			return -EBADMSG;
		if (len + 1 >= size)
			return -ENAMETOOLONG;
		buf[len] = byte;
	}
	if (len >= size)
		return -ENAMETOOLONG;
	buf[len] = '\0';
	return len;
}

/**
 * rivet_path_escape() - write a path as manifests do
 * @path: the real bytes
 * @len: their number
 * @buf: output, terminated; twice @len and one byte are enough
 * @size: bytes of @buf
 *
 * Context: Any.
 * Return: length of the text, or -ENAMETOOLONG if it does not fit with its NUL.
 */
ssize_t rivet_path_escape(const char *path, size_t len, char *buf, size_t size)
{
	size_t used = 0, i;

	for (i = 0; i < len; i++) {
		bool escape = path[i] == '\\' || path[i] == '\n';

		if (used + escape + 1 >= size)
			return -ENAMETOOLONG;
		if (escape)
			buf[used++] = '\\';
		buf[used++] = path[i] == '\n' ? 'n' : path[i];
	}
	if (used >= size)
		return -ENAMETOOLONG;
	buf[used] = '\0';
	return used;
}

/* Of two paths. A byte that is no backslash ends an escape, if it belongs to one. */
static size_t common_part(struct rivet_slice a, struct rivet_slice b)
{
	size_t len = rivet_bytes_common(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);

	while (len && a.ptr[len - 1] == '\\')
		len--;
	return len;
}

/**
 * rivet_path_compare() - compare the order of two paths in a manifest
 * @a: a path as written, with valid escapes
 * @b: another path
 *
 * By the real bytes, unsigned; a path that is a prefix of the other comes first.
 *
 * Context: Any.
 * Return: less than, equal to or greater than 0, as memcmp().
 */
int rivet_path_compare(struct rivet_slice a, struct rivet_slice b)
{
	size_t common = common_part(a, b);

	if (common) {
		a = without_first(a, common);
		b = without_first(b, common);
	}
	while (a.len && b.len) {
		int byte_a = take_byte(&a);
		int byte_b = take_byte(&b);

		if (byte_a != byte_b)
			return byte_a - byte_b;
		if (byte_a < 0)
			return 0;
	}
	return !!a.len - !!b.len;
}
