// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl evidence predict - the measurement list that objects will give, step by step
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "lib/evidence/predict.h"
#include "text/format.h"
#include "verbs.h"

#define PCR_MAX	15	/* as of the module's parameter pcr */
#define HEX_MAX	(2 * SHA256_DIGEST_LENGTH + 1)

static const char *hex(const uint8_t *bytes, size_t len, char text[HEX_MAX])
{
	struct rivet_format f = { .buf = text, .size = HEX_MAX };

	rivet_format_hex(&f, bytes, len);
	rivet_format_end(&f);
	return text;
}

static void print_step(const struct predict *predict)
{
	char value[HEX_MAX];

	printf("%s %s %s\n", hex(predict->sha256, sizeof(predict->sha256), value), predict->name,
	       predict->text);
}

static void write_values(struct json *json, const struct predict *predict)
{
	char value[HEX_MAX];

	json_text(json, "sha1", hex(predict->sha1, sizeof(predict->sha1), value));
	json_text(json, "sha256", hex(predict->sha256, sizeof(predict->sha256), value));
}

static void write_step(struct json *json, const struct predict *predict)
{
	json_object(json, NULL);
	json_text(json, "name", predict->name);
	json_text(json, "text", predict->text);
	write_values(json, predict);
	json_close(json);
}

static void print(struct context *ctx, u64 pcr, const struct predict *steps, size_t count)
{
	struct json json;
	size_t i;

	if (!ctx->json) {
		for (i = 0; i < count; i++)
			print_step(&steps[i]);
		return;
	}
	verb_json_begin(ctx, &json);
	json_u64(&json, "pcr", pcr);
	write_values(&json, &steps[count - 1]);
	json_array(&json, "records");
	for (i = 0; i < count; i++)
		write_step(&json, &steps[i]);
	json_end(&json);
}

static int make_steps(struct predict *steps, size_t count, char **operands, struct err *err)
{
	size_t i;
	int ret = EXIT_OK;

	predict_start(&steps[0]);
	for (i = 1; !ret && i < count; i++) {
		steps[i] = steps[i - 1];
		if (predict_word(&steps[i], operands[i - 1]))
			ret = predict_file(&steps[i], operands[i - 1], err);
	}
	return ret;
}

int verb_evidence_predict(struct context *ctx, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "pcr", required_argument, NULL, 'p' },
		{ 0 },
	};
	struct err err = { 0 };
	struct predict *steps;
	u64 pcr = RIVET_RECORD_PCR;
	size_t count;
	int opt, ret;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt != 'p')
			return err_option(ctx, opt, argv);
		if (rivet_parse_u64(optarg, strlen(optarg), &pcr) || pcr > PCR_MAX)
			return err_usage(ctx, "--pcr is a number up to %d", PCR_MAX);
	}
	count = argc - optind + 1;
	steps = calloc(count, sizeof(*steps));
	if (!steps)
		return err_fail(ctx, EXIT_OTHER, NULL, "out of memory");
	ret = make_steps(steps, count, argv + optind, &err);
	if (ret)
		ret = err_report(ctx, &err);
	else
		print(ctx, pcr, steps, count);
	free(steps);
	return ret;
}
