// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl verify - have the kernel read listed files again, and print its report
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/kernel/nl.h"
#include "lib/kernel/verify.h"
#include "lib/manifest/manifest.h"
#include "verbs.h"
#include "verify_report.h"

#define PATHS_MAX	64		/* of one request, as in the kernel */
#define REQUEST_SIZE	(32 * 1024)
#define PATHS_BYTES	(REQUEST_SIZE - 1024)
#define POLL_MS		200
#define NANOSECONDS	1000000000ULL

static const char next_load[] = "rivetctl manifest list names the loaded sets";

/**
 * struct verify_options - the command line
 * @set: name of a set, or NULL
 * @all: all sets
 * @fresh: from the device
 * @nonce: bytes of the nonce
 * @nonce_len: number of them
 * @report: ticket whose report is asked for; -1 without
 * @cancel: ticket to be cancelled; -1 without
 * @paths: the operands
 * @count: number of @paths
 */
struct verify_options {
	const char *set;
	bool all;
	bool fresh;
	unsigned char nonce[RIVET_VERIFY_NONCE_MAX];
	size_t nonce_len;
	int64_t report;
	int64_t cancel;
	char **paths;
	int count;
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_nonce(const char *text, struct verify_options *options)
{
	const size_t len = strlen(text);
	size_t i;

	options->nonce_len = len / 2;
	if (len % 2 || options->nonce_len < RIVET_VERIFY_NONCE_MIN ||
	    options->nonce_len > RIVET_VERIFY_NONCE_MAX)
		return false;
	for (i = 0; i < len; i += 2) {
		int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);

		if (high < 0 || low < 0)
			return false;
		options->nonce[i / 2] = high << 4 | low;
	}
	return true;
}

static bool read_ticket(const char *text, int64_t *ticket)
{
	u64 number;

	if (rivet_parse_u64(text, strlen(text), &number) || number > UINT32_MAX)
		return false;
	*ticket = number;
	return true;
}

static int take_option(struct context *ctx, int opt, struct verify_options *options)
{
	switch (opt) {
	case 's':
		options->set = optarg;
		return EXIT_OK;
	case 'a':
		options->all = true;
		return EXIT_OK;
	case 'f':
		options->fresh = true;
		return EXIT_OK;
	case 'n':
		return read_nonce(optarg, options) ? EXIT_OK :
			err_usage(ctx, "a nonce is 16 to 64 bytes in hex digits");
	case 'r':
		return read_ticket(optarg, &options->report) ? EXIT_OK :
			err_usage(ctx, "a ticket is a number");
	default:
		return read_ticket(optarg, &options->cancel) ? EXIT_OK :
			err_usage(ctx, "a ticket is a number");
	}
}

static int check_paths(struct context *ctx, const struct verify_options *options)
{
	size_t bytes = 0;
	int i;

	if (options->count > PATHS_MAX)
		return err_usage(ctx, "at most %d paths at a time", PATHS_MAX);
	for (i = 0; i < options->count; i++) {
		if (options->paths[i][0] != '/')
			return err_usage(ctx, "%s: a path of a set begins with a slash",
					 err_name(options->paths[i]));
		bytes += strlen(options->paths[i]) + 16;
	}
	if (bytes > PATHS_BYTES)
		return err_usage(ctx, "the paths are too long for one request: give fewer");
	return EXIT_OK;
}

static int check_options(struct context *ctx, const struct verify_options *options)
{
	const bool about = options->report >= 0 || options->cancel >= 0;
	const int scopes = !!options->count + !!options->set + options->all +
			   (options->report >= 0) + (options->cancel >= 0);

	if (options->set && strlen(options->set) > RIVET_NAME_MAX)
		return err_usage(ctx, "the name of a set has at most 64 characters");
	if (scopes != 1)
		return err_usage(ctx, "paths, --set, --all, --report or --cancel, one of them");
	if (about && (options->fresh || options->nonce_len))
		return err_usage(ctx, "--fresh and --nonce are for a new verification");
	return check_paths(ctx, options);
}

static int take_options(struct context *ctx, int argc, char **argv, struct verify_options *options)
{
	static const struct option longs[] = {
		{ "set", required_argument, NULL, 's' },
		{ "all", no_argument, NULL, 'a' },
		{ "fresh", no_argument, NULL, 'f' },
		{ "nonce", required_argument, NULL, 'n' },
		{ "report", required_argument, NULL, 'r' },
		{ "cancel", required_argument, NULL, 'c' },
		{ 0 },
	};
	int opt, ret;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (opt == '?' || opt == ':')
			return err_option(ctx, opt, argv);
		ret = take_option(ctx, opt, options);
		if (ret)
			return ret;
	}
	options->paths = argv + optind;
	options->count = argc - optind;
	return check_options(ctx, options);
}

static int take_ticket(const struct nlmsghdr *nlh, void *data)
{
	uint32_t *ticket = data;
	struct verify message;

	if (verify_decode(nlh, &message))
		return -EBADMSG;
	*ticket = message.ticket;
	return 0;
}

static int ask(struct nl *nl, const struct verify_options *options, uint32_t *ticket,
	       struct err *err)
{
	struct nlmsghdr *nlh;
	char *buf = calloc(1, REQUEST_SIZE);
	int i, ret;

	if (!buf)
		return err_set(err, EXIT_OTHER, NULL, "out of memory");
	nlh = nl_begin(nl, buf, RIVET_CMD_VERIFY, NLM_F_ACK);
	for (i = 0; i < options->count; i++)
		mnl_attr_put_strz(nlh, RIVET_A_VERIFY_PATH, options->paths[i]);
	if (options->set)
		mnl_attr_put_strz(nlh, RIVET_A_VERIFY_SET, options->set);
	if (options->all)
		mnl_attr_put(nlh, RIVET_A_VERIFY_ALL, 0, NULL);
	if (options->fresh)
		mnl_attr_put(nlh, RIVET_A_VERIFY_FRESH, 0, NULL);
	if (options->nonce_len)
		mnl_attr_put(nlh, RIVET_A_VERIFY_NONCE, options->nonce_len, options->nonce);
	ret = nl_ask(nl, nlh, take_ticket, ticket, "cannot start a verification", err);
	if (ret && options->set && !err->next)
		err->next = next_load;
	free(buf);
	return ret;
}

static int take_message(const struct nlmsghdr *nlh, void *data)
{
	struct verify_report *report = data;
	void **storage;
	struct verify *messages;
	void *copy;

	storage = realloc(report->storage, (report->count + 1) * sizeof(*storage));
	if (storage)
		report->storage = storage;
	messages = realloc(report->messages, (report->count + 1) * sizeof(*messages));
	if (messages)
		report->messages = messages;
	copy = malloc(nlh->nlmsg_len);
	if (!storage || !messages || !copy) {
		free(copy);
		return -ENOMEM;
	}
	memcpy(copy, nlh, nlh->nlmsg_len);
	if (verify_decode(copy, &messages[report->count])) {
		free(copy);
		return -EBADMSG;
	}
	storage[report->count++] = copy;
	return 0;
}

static int get_report(struct nl *nl, uint32_t ticket, struct verify_report *report, struct err *err)
{
	char buf[256] __attribute__((aligned(4)));
	struct nlmsghdr *nlh = nl_begin(nl, buf, RIVET_CMD_VERIFY_REPORT, NLM_F_DUMP);
	int ret;

	verify_report_free(report);
	mnl_attr_put_u32(nlh, RIVET_A_VERIFY_TICKET, ticket);
	ret = nl_ask(nl, nlh, take_message, report, "cannot read the report", err);
	if (!ret && (!report->count || !verify_has(&report->messages[0], RIVET_A_VERIFY_TICKET)))
		return err_set(err, EXIT_NOTHING, "the kernel keeps the last eight",
			       "there is no such report");
	return ret;
}

static bool has_ended(const struct verify *summary)
{
	return summary->state == RIVET_VERIFY_DONE || summary->state == RIVET_VERIFY_CANCELLED;
}

static uint64_t seconds_since(uint64_t started)
{
	struct timespec now;
	uint64_t ns;

	clock_gettime(CLOCK_REALTIME, &now);
	ns = (uint64_t)now.tv_sec * NANOSECONDS + now.tv_nsec;
	return ns > started ? (ns - started) / NANOSECONDS : 0;
}

static void show_progress(const struct verify *s)
{
	const uint64_t gone = seconds_since(s->started);

	fprintf(stderr, "\r%llu of %llu files, %llu of %llu MiB", (unsigned long long)s->done,
		(unsigned long long)s->files, (unsigned long long)s->bytes_done >> 20,
		(unsigned long long)s->bytes >> 20);
	if (s->bytes_done && s->bytes > s->bytes_done)
		fprintf(stderr, ", about %" PRIu64 " s left",
			(uint64_t)((double)gone * (s->bytes - s->bytes_done) / s->bytes_done));
	fputs("\033[K", stderr);
}

/* A terminal gets a line that is written over. */
static int wait_for_end(struct context *ctx, struct nl *nl, uint32_t ticket,
			struct verify_report *report, struct err *err)
{
	const bool shown = !ctx->json && isatty(STDERR_FILENO);
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	int ret;

	for (;;) {
		ret = get_report(nl, ticket, report, err);
		if (ret || has_ended(&report->messages[0]))
			break;
		if (shown)
			show_progress(&report->messages[0]);
		nanosleep(&pause, NULL);
	}
	if (shown)
		fputs("\r\033[K", stderr);
	return ret;
}

static int take_nothing(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	return 0;
}

static int cancel(struct context *ctx, struct nl *nl, uint32_t ticket, struct err *err)
{
	char buf[256] __attribute__((aligned(4)));
	struct nlmsghdr *nlh = nl_begin(nl, buf, RIVET_CMD_VERIFY_CANCEL, NLM_F_ACK);
	struct json json;
	int ret;

	mnl_attr_put_u32(nlh, RIVET_A_VERIFY_TICKET, ticket);
	ret = nl_ask(nl, nlh, take_nothing, NULL, "cannot cancel the verification", err);
	if (ret)
		return ret;
	if (ctx->json) {
		verb_json_begin(ctx, &json);
		json_text(&json, "request", "cancel");
		json_u64(&json, "ticket", ticket);
		json_end(&json);
	} else {
		printf("It ends with the piece that is being read: %s %" PRIu32 "\n",
		       "rivetctl verify --report", ticket);
	}
	return EXIT_OK;
}

static int verify(struct context *ctx, struct nl *nl, const struct verify_options *options,
		  struct verify_report *report, struct err *err)
{
	uint32_t ticket = 0;
	int ret;

	if (options->report >= 0)
		return get_report(nl, options->report, report, err);
	ret = ask(nl, options, &ticket, err);
	if (ret)
		return ret;
	if (!ctx->json && isatty(STDERR_FILENO))
		fprintf(stderr, "Verification %" PRIu32 "; to end it: rivetctl verify --cancel %"
			PRIu32 "\n", ticket, ticket);
	return wait_for_end(ctx, nl, ticket, report, err);
}

int verb_verify_files(struct context *ctx, int argc, char **argv)
{
	struct verify_options options = { .report = -1, .cancel = -1 };
	struct verify_report report = { 0 };
	struct err err = { 0 };
	struct nl nl = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &options);
	if (ret)
		return ret;
	ret = nl_open(&nl, &err);
	if (!ret && options.cancel >= 0)
		ret = cancel(ctx, &nl, options.cancel, &err);
	else if (!ret)
		ret = verify(ctx, &nl, &options, &report, &err);
	if (ret)
		ret = err_report(ctx, &err);
	else if (options.cancel < 0)
		ret = verify_report_print(ctx, &report);
	verify_report_free(&report);
	nl_close(&nl);
	return ret;
}
