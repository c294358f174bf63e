// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl isolation - is the machine taken off the network, and what is left of it?
 */
#include <stdio.h>

#include "lib/manifest/manifest.h"
#include "values.h"
#include "verbs.h"

static void write_uplinks(struct json *json, struct rivet_slice text)
{
	struct rivet_slice name, value, device, has;

	json_array(json, "uplinks");
	while (values_next(&text, &name, &value)) {
		if (!rivet_slice_equal(name, "uplink"))
			continue;
		json_object(json, NULL);
		has = value;
		if (!rivet_slice_take_until(&has, ' ', &device))
			device = value;
		values_json_word(json, "device", device);
		json_bool(json, "open", !rivet_slice_take_prefix(&has, "down"));
		rivet_slice_take_prefix(&has, " ");
		if (rivet_slice_take_prefix(&has, "has "))
			values_json_word(json, "has", has);
		json_close(json);
	}
	json_close(json);
}

static void write_json(struct context *ctx, struct rivet_slice text)
{
	struct json json;

	verb_json_begin(ctx, &json);
	values_json_word(&json, "state", values_find(text, "state"));
	if (values_is(text, "state", "isolated")) {
		values_json_time(&json, "since", values_number(text, "since"));
		values_json_word(&json, "policy", values_find(text, "policy"));
		json_u64(&json, "line", values_number(text, "line"));
		json_u64(&json, "closed", values_number(text, "closed"));
	}
	write_uplinks(&json, text);
	json_end(&json);
}

static void print_uplinks(struct rivet_slice text)
{
	struct rivet_slice name, value;

	while (values_next(&text, &name, &value)) {
		if (rivet_slice_equal(name, "uplink"))
			printf("  uplink %.*s\n", (int)value.len, value.ptr);
	}
}

static void print_isolated(struct rivet_slice text)
{
	const uint64_t line = values_number(text, "line");
	struct rivet_slice policy = values_find(text, "policy");
	char since[MANIFEST_TIME_MAX];

	manifest_time(values_number(text, "since"), since);
	printf("ISOLATED since %s, ", since);
	if (line)
		printf("by line %llu of policy %.*s; ", (unsigned long long)line, (int)policy.len,
		       policy.ptr);
	else
		printf("as before this boot; ");
	printf("%llu devices closed.\n", (unsigned long long)values_number(text, "closed"));
	puts("Only what SET isolate-allow= lists is reached: rivetctl policy show. It ends by a token: rivetctl rejoin request");
}

static void print_text(struct rivet_slice text)
{
	if (values_is(text, "state", "isolated"))
		print_isolated(text);
	else if (values_is(text, "state", "ready"))
		puts("Not isolated; a rule of the policy can isolate the machine: rivetctl policy show");
	else
		puts("Not isolated; no rule of the policy has respond=ISOLATE.");
	print_uplinks(text);
}

int verb_isolation(struct context *ctx, int argc, char **argv)
{
	return verb_show_file(ctx, "isolation", write_json, print_text);
}
