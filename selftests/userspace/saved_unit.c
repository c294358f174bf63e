// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of the saved quarantine list: of its text, and of a file that is replaced
 *
 * With arguments "FILE BYTE COUNT" it only writes COUNT such bytes to the file, so that it can be
 * killed amid that.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "lib/base/durable.h"
#include "lib/base/text.h"
#include "rivetd/saved_text.h"

#define ENTRY(id, path) id " denied live sha256:" HEX_A " 9 unlisted EXECUTE 0 1 1 1 gw 1.0.0 1 init " \
	path "\n"

static const char two[] = ENTRY("1", "/opt/a") ENTRY("7", "/opt/b c");

static void read_text(const struct buffer *text, struct saved_text *out)
{
	char *copy = unit_copy(text->data, text->len);

	saved_text_read((struct rivet_slice){ .ptr = copy, .len = text->len }, out);
	free(copy);
}

static void test_round_trip(void)
{
	struct buffer text = { 0 };
	struct saved_text out;

	saved_text_make(&text, "boot/17", unit_slice(two));
	read_text(&text, &out);
	unit_eq(out.damaged, 0, "the text that was made is whole");
	unit_text(out.list, "boot/17", "the name of the list");
	unit_eq(out.entries, 2, "its entries");
	unit_text(out.add.data, "add " ENTRY("1", "/opt/a") "add " ENTRY("7", "/opt/b c"),
		  "as the kernel takes them");
	saved_text_free(&out);
	buffer_free(&text);

	saved_text_make(&text, "boot/17", unit_slice(""));
	read_text(&text, &out);
	unit_ok(!out.damaged && !out.entries, "an empty list is whole");
	saved_text_free(&out);
	buffer_free(&text);
}

static void test_cut(void)
{
	struct buffer text = { 0 }, cut;
	struct saved_text out;
	size_t len, wrong = 0;

	saved_text_make(&text, "boot/17", unit_slice(two));
	/* The last line end is no part of the content */
	for (len = 0; len < text.len - 1; len++) {
		cut = (struct buffer){ .data = text.data, .len = len };
		read_text(&cut, &out);
		wrong += !out.damaged;
		saved_text_free(&out);
	}
	unit_eq(wrong, 0, "a text that was cut anywhere is damaged");
	buffer_free(&text);
}

static void test_changed(void)
{
	struct buffer text = { 0 };
	struct saved_text out;
	size_t at, wrong = 0, kept = 0;

	saved_text_make(&text, "boot/17", unit_slice(two));
	for (at = 0; at < text.len - 1; at++) {
		text.data[at] ^= 1;
		read_text(&text, &out);
		wrong += !out.damaged;
		kept += out.entries > 0;
		saved_text_free(&out);
		text.data[at] ^= 1;
	}
	unit_eq(wrong, 0, "a text with a changed bit is damaged");
	unit_eq(kept, text.len - 2, "an other entry counts, unless both became one line");
	buffer_add_text(&text, "more\n");
	read_text(&text, &out);
	unit_ok(out.damaged, "a text with more behind its end is damaged");
	saved_text_free(&out);
	buffer_free(&text);
}

static void test_replacing(const char *folder)
{
	char path[128];
	struct err err = { 0 };
	struct stat st;

	snprintf(path, sizeof(path), "%s/file", folder);
	unit_eq(durable_write(path, 0600, "one", 3, &err), 0, "a file is made");
	unit_eq(durable_write(path, 0600, "two", 3, &err), 0, "and replaced");
	unit_ok(!stat(path, &st) && st.st_size == 3 && (st.st_mode & 07777) == 0600, "with its mode");
	unit_eq(durable_rename(path, "aside", &err), 0, "and renamed");
	unit_ok(access(path, F_OK), "so that it has the old name no more");
	snprintf(path, sizeof(path), "%s/none/file", folder);
	unit_ok(durable_write(path, 0600, "one", 3, &err), "not in a folder that is missing");
}

static int write_only(char **argv)
{
	size_t len = strtoul(argv[3], NULL, 10);
	struct err err = { 0 };
	char *bytes = malloc(len);
	int ret;

	if (!bytes)
		return 1;
	memset(bytes, *argv[2], len);
	ret = durable_write(argv[1], 0600, bytes, len, &err);
	if (ret)
		fprintf(stderr, "%s\n", err.text);
	free(bytes);
	return ret;
}

int main(int argc, char **argv)
{
	if (argc == 4)
		return write_only(argv);
	test_round_trip();
	test_cut();
	test_changed();
	test_replacing(argv[1]);
	return unit_done();
}
