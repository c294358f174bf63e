// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - what the JSON objects of all verbs begin with
 */
#include "verbs.h"

/**
 * verb_json_begin() - start a verb's JSON object on standard output
 * @ctx: of the verb
 * @json: to be used for it
 *
 * Its schema is that of the noun; "verb" tells the objects of one noun apart.
 */
void verb_json_begin(struct context *ctx, struct json *json)
{
	char schema[64];

	snprintf(schema, sizeof(schema), "rivet.%s/1", ctx->verb->noun);
	json_begin(json, stdout, schema);
	if (ctx->verb->verb)
		json_text(json, "verb", ctx->verb->verb);
}
