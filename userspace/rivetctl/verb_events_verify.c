// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl events verify - find the lines of a log that were removed, moved or changed
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/evidence/chain_check.h"
#include "text/digest.h"
#include "verbs.h"

#define FINDINGS_SHOWN	100

/**
 * struct finding - a finding that is shown
 * @line: number of the line; 0 for the log as a whole
 * @text: description
 */
struct finding {
	uint64_t line;
	char *text;
};

/**
 * struct findings - the findings that are shown
 * @list: the first ones
 * @count: how many of @list are used
 */
struct findings {
	struct finding list[FINDINGS_SHOWN];
	size_t count;
};

static void add_finding(uint64_t line, const char *text, void *data)
{
	struct findings *findings = data;

	if (findings->count < FINDINGS_SHOWN)
		findings->list[findings->count++] = (struct finding){ line, strdup(text) };
}

static void free_findings(struct findings *findings)
{
	while (findings->count)
		free(findings->list[--findings->count].text);
}

static const char *text_of(const struct finding *finding)
{
	return finding->text ? finding->text : "(out of memory)";
}

/* SEQ:sha256:HEX, as status and this verb print it. */
static int take_head(struct context *ctx, const char *text, struct chain_check *check)
{
	struct chain_head *head = &check->heads[check->head_count];
	const char *colon = strchr(text, ':');
	u64 seq;

	if (check->head_count == CHAIN_HEADS_MAX)
		return err_usage(ctx, "--head: at most %d of them", CHAIN_HEADS_MAX);
	if (!colon || rivet_parse_u64(text, colon - text, &seq) || !seq ||
	    !event_link_parse((struct rivet_slice){ colon + 1, strlen(colon + 1) }, head->link))
		return err_usage(ctx, "--head %s: expected SEQ:sha256:HEX, as status prints it",
				 err_name(text));
	head->seq = seq;
	check->head_count++;
	return EXIT_OK;
}

static int take_options(struct context *ctx, int argc, char **argv, struct chain_check *check)
{
	static const struct option longs[] = {
		{ "head", required_argument, NULL, 'h' },
		{ 0 },
	};
	int opt, ret = EXIT_OK;

	opterr = 0;
	while (!ret && (opt = getopt_long(argc, argv, ":", longs, NULL)) != -1)
		ret = opt == 'h' ? take_head(ctx, optarg, check) : err_option(ctx, opt, argv);
	if (!ret && argc - optind != 1)
		return err_usage(ctx, "one log is needed");
	return ret;
}

static void format_link(const uint8_t link[EVENT_LINK_SIZE], char text[RIVET_DIGEST_TEXT_MAX])
{
	struct rivet_digest digest = { .alg = RIVET_DIGEST_SHA256 };

	memcpy(digest.bytes, link, EVENT_LINK_SIZE);
	rivet_digest_format(&digest, text, RIVET_DIGEST_TEXT_MAX);
}

static enum exit_code exit_of(const struct chain_check *check)
{
	if (check->findings)
		return EXIT_INVALID;
	return check->lost ? EXIT_DENIED : EXIT_OK;
}

static void print_findings(const struct chain_check *check, const struct findings *findings)
{
	size_t i;

	for (i = 0; i < findings->count; i++) {
		if (findings->list[i].line)
			printf("line %" PRIu64 ": ", findings->list[i].line);
		puts(text_of(&findings->list[i]));
	}
	if (check->findings > findings->count)
		printf("and %" PRIu64 " more\n", check->findings - findings->count);
}

static void print_heads(const struct chain_check *check)
{
	const struct chain_head *head;

	for (head = check->heads; head < check->heads + check->head_count; head++) {
		if (head->proven)
			printf("the reported chain proves events %" PRIu64 " to %" PRIu64 "\n",
			       head->first, head->seq);
	}
	if (!check->head_count && !check->findings)
		puts("nothing here proves that the log was not shortened or rewritten as a whole: "
		     "compare it with a chain that the machine has reported (--head)");
}

static void print(const struct chain_check *check, const struct findings *findings)
{
	char link[RIVET_DIGEST_TEXT_MAX];

	print_findings(check, findings);
	printf("%s: %" PRIu64 " event%s, %" PRIu64 " lost", check->findings ? "NOT INTACT" :
	       check->lost ? "intact, with gaps" : "intact", check->events,
	       check->events == 1 ? "" : "s", check->lost);
	if (check->linked) {
		format_link(check->link, link);
		printf("; last %" PRIu64 ":%s", check->last, link);
	}
	putchar('\n');
	if (check->first > 1)
		printf("the log begins with event %" PRIu64 "\n", check->first);
	if (check->chains > 1)
		printf("the numbers begin %" PRIu64 " times: a whole boot may be missing between\n",
		       check->chains);
	print_heads(check);
}

static void write_findings(struct json *json, const struct chain_check *check,
			   const struct findings *findings)
{
	size_t i;

	json_array(json, "findings");
	for (i = 0; i < findings->count; i++) {
		json_object(json, NULL);
		json_u64(json, "line", findings->list[i].line);
		json_text(json, "finding", text_of(&findings->list[i]));
		json_close(json);
	}
	json_close(json);
	json_u64(json, "more", check->findings - findings->count);
}

static void write_heads(struct json *json, const struct chain_check *check)
{
	const struct chain_head *head;

	json_array(json, "heads");
	for (head = check->heads; head < check->heads + check->head_count; head++) {
		json_object(json, NULL);
		json_u64(json, "seq", head->seq);
		json_bool(json, "proven", head->proven);
		if (head->proven)
			json_u64(json, "first", head->first);
		json_close(json);
	}
	json_close(json);
}

static void write_json(struct context *ctx, const struct chain_check *check,
		       const struct findings *findings)
{
	char link[RIVET_DIGEST_TEXT_MAX];
	struct json json;

	verb_json_begin(ctx, &json);
	json_bool(&json, "intact", !check->findings);
	json_u64(&json, "events", check->events);
	json_u64(&json, "lost", check->lost);
	json_u64(&json, "chains", check->chains);
	json_u64(&json, "last", check->last);
	if (check->linked) {
		format_link(check->link, link);
		json_text(&json, "chain", link);
	}
	write_heads(&json, check);
	write_findings(&json, check, findings);
	json_u64(&json, "exit", exit_of(check));
	json_end(&json);
}

int verb_events_verify(struct context *ctx, int argc, char **argv)
{
	struct findings findings = { .count = 0 };
	struct chain_check check = { .finding = add_finding, .data = &findings };
	struct err err = { 0 };
	int ret = take_options(ctx, argc, argv, &check);

	if (ret)
		return ret;
	ret = chain_check_file(&check, argv[optind], &err);
	if (ret)
		ret = err_report(ctx, &err);
	else if (ctx->json)
		write_json(ctx, &check, &findings);
	else
		print(&check, &findings);
	free_findings(&findings);
	return ret ? ret : (int)exit_of(&check);
}
