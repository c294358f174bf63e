// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - the loaded sets that expire, and whether the active policy is ready for it
 */
#include <stdlib.h>
#include <string.h>

#include "expiring.h"
#include "lib/kernel/secfs.h"
#include "lib/object/expiry.h"
#include "loaded_sets.h"
#include "policy/parser.h"

const char expiring_next[] =
	"give the policy rules with riv=expired for the programs that set the clock and load a new set, as "
	"gateway.pol has them";

static void take_set(const struct loaded_set *set, struct expiring *out)
{
	s64 until;

	if (!rivet_slice_equal(set->kind, "set") || set->revoked || !set->values)
		return;
	if (!set->expires.len || rivet_parse_time(set->expires.ptr, set->expires.len, &until)) {
		out->all = false;
		return;
	}
	out->sets++;
	if (set->expired || (out->first && out->first <= until))
		return;
	out->first = until;
	snprintf(out->name, sizeof(out->name), "%.*s", (int)set->name.len, set->name.ptr);
}

static int read_sets(struct expiring *out, struct err *err)
{
	struct buffer text = { 0 };
	struct rivet_slice rest, line;
	struct loaded_set set;
	int ret = secfs_read("riv", &text, err);

	out->all = true;
	rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
	while (!ret && text_next_line(&rest, &line)) {
		if (loaded_set_parse(line, &set))
			take_set(&set, out);
	}
	buffer_free(&text);
	return ret;
}

/* A policy that this rivetctl cannot read gets no warning. */
static bool is_survivable(const struct buffer *text)
{
	struct rivet_parse_error perr = { 0 };
	struct rivet_rules rules;
	struct rivet_rule *room;
	bool survivable = true;
	int count;

	count = rivet_policy_parse(text->data, text->len, &rules, NULL, 0, &perr);
	room = count < 0 ? NULL : calloc(count + 1, sizeof(*room));
	if (!room)
		return true;
	if (rivet_policy_parse(text->data, text->len, &rules, room, count, &perr) >= 0) {
		rules.rules = room;
		survivable = expiry_is_survivable(&rules);
	}
	free(room);
	return survivable;
}

/**
 * expiring_find() - find the sets that expire
 * @out: filled
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of a failed read.
 */
int expiring_find(struct expiring *out, struct err *err)
{
	struct buffer text = { 0 };
	int ret;

	memset(out, 0, sizeof(*out));
	ret = read_sets(out, err);
	if (!ret)
		ret = secfs_read("policy", &text, err);
	if (!ret)
		out->is_survivable = is_survivable(&text);
	buffer_free(&text);
	return ret;
}
