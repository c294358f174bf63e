// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl manifest show NAME - the content of a loaded set
 *
 * The values are in the key of that name in the keyring .rivet, if the kernel
 * permits reading it; the line of the list is always there.
 */
#include "lib/kernel/keyring.h"
#include "lib/kernel/secfs.h"
#include "loaded_sets.h"

static bool find(struct rivet_slice text, const char *name, struct loaded_set *out)
{
	struct rivet_slice line;

	while (text_next_line(&text, &line)) {
		if (loaded_set_parse(line, out) && rivet_slice_equal(out->name, name))
			return true;
	}
	return false;
}

static void print(struct context *ctx, const struct loaded_set *set, const struct buffer *key)
{
	struct json json;

	if (!ctx->json) {
		loaded_set_print(set);
		if (key->len)
			fwrite(key->data, 1, key->len, stdout);
		return;
	}
	verb_json_begin(ctx, &json);
	json_bool(&json, "loaded", true);
	loaded_set_json(&json, set);
	if (key->len)
		json_bytes(&json, "text", key->data, key->len);
	json_end(&json);
}

int verb_manifest_show_loaded(struct context *ctx, const char *name)
{
	struct buffer list = { 0 }, key = { 0 };
	struct err err = { 0 }, unused;
	struct rivet_slice text;
	struct loaded_set set;
	int ret;

	ret = secfs_read("riv", &list, &err);
	if (ret == EXIT_UNREACHABLE)
		ret = err_set(&err, EXIT_UNREACHABLE, "check the name, or load the module",
			      "there is no file %s, and no module to ask for a set of that name",
			      err_name(name));
	text = (struct rivet_slice){ .ptr = list.data, .len = list.len };
	if (!ret && !find(text, name, &set))
		ret = err_set(&err, EXIT_CONFIG, "see: rivetctl manifest list",
			      "there is no file %s, and no set of that name is loaded",
			      err_name(name));
	if (!ret) {
		keyring_read_set(name, &key, &unused);
		print(ctx, &set, &key);
	}
	buffer_free(&list);
	buffer_free(&key);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
