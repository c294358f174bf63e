// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl allow - from an event, the smallest set that would have permitted it, to be signed
 *
 * One value: the bytes that were refused, under the path and for the use of the event. Nothing
 * is permitted by it before a signer has signed it, away from the gateway. A file with a size
 * that no set has was refused unread; it is measured now, if it is the same file.
 */
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "find_event.h"
#include "lib/manifest/manifest.h"
#include "lib/manifest/measure.h"
#include "text/names.h"

#define NSEC_PER_SEC 1000000000ULL

struct allow_options {
	uint64_t seq;
	const char *out;
};

static int take_options(struct context *ctx, int argc, char **argv, struct allow_options *options)
{
	static const struct option none[] = { { 0 } };
	u64 seq = 0;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":o:", none, NULL)) != -1) {
		if (opt != 'o')
			return err_option(ctx, opt, argv);
		options->out = optarg;
	}
	if (argc - optind != 1)
		return err_usage(ctx, "one event number is needed");
	if (rivet_parse_u64(argv[optind], strlen(argv[optind]), &seq) || !seq)
		return err_usage(ctx, "\"%s\" is no event number", err_name(argv[optind]));
	if (ctx->json && (!options->out || !strcmp(options->out, "-")))
		return err_usage(ctx, "--json needs -o FILE");
	options->seq = seq;
	return EXIT_OK;
}

/* A program is also mapped when it starts. */
static u32 uses_of(enum rivet_op op)
{
	switch (op) {
	case RIVET_OP_EXECUTE:
		return RIVET_USE_EXEC | RIVET_USE_MMAP;
	case RIVET_OP_MMAP:
	case RIVET_OP_MPROTECT:
		return RIVET_USE_MMAP;
	case RIVET_OP_KMODULE:
	case RIVET_OP_KEXEC:
		return RIVET_USE_KMOD;
	case RIVET_OP_FIRMWARE:
		return RIVET_USE_FIRMWARE;
	case RIVET_OP_SCRIPT:
		return RIVET_USE_SCRIPT;
	case RIVET_OP_READ:
		return RIVET_USE_READ;
	default:
		return 0;
	}
}

static bool would_help(uint8_t reason)
{
	return reason == RIVET_REASON_UNLISTED || reason == RIVET_REASON_MISMATCH ||
	       reason == RIVET_REASON_MOVED || reason == RIVET_REASON_WRONG_USE;
}

static int check(const struct event *event, struct err *err)
{
	static const char next[] = "rivetctl why explains it";

	if (event->kind != RIVET_EVENT_VERDICT || event->reason == RIVET_REASON_MATCH)
		return err_set(err, EXIT_NOTHING, next,
			       "event %" PRIu64 " is no refusal for its bytes", event->seq);
	if (!would_help(event->reason) || !uses_of(event->op))
		return err_set(err, EXIT_DENIED, next,
			       "event %" PRIu64 ": no value in a set permits what is %s",
			       event->seq, rivet_name_reason(event->reason));
	if (!event->path.len || !event_has(event, RIVET_A_EVENT_SIZE))
		return err_set(err, EXIT_DENIED, next, "event %" PRIu64 " names no file",
			       event->seq);
	if (event->path_flags)
		return err_set(err, EXIT_DENIED,
			       "list the file itself: rivetctl manifest build --any-path",
			       "event %" PRIu64 ": init sees no file of that name", event->seq);
	return EXIT_OK;
}

static bool is_same_file(int fd, const struct event *event)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_ino == event->ino &&
	       major(st.st_dev) == event_dev_major(event) &&
	       minor(st.st_dev) == event_dev_minor(event) && (uint64_t)st.st_size == event->size;
}

static int measure_now(const struct event *event, const char *path, struct rivet_digest *digest,
		       struct err *err)
{
	struct measurement is = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW), ret;

	if (fd < 0)
		return err_set_io(err, "the event has no digest, and now cannot open", path);
	if (is_same_file(fd, event))
		ret = measure_fd(fd, path, &is, err);
	else
		ret = err_set(err, EXIT_DENIED, "have it refused again, and take that event",
			      "event %" PRIu64 " has no digest, and %s is another file now",
			      event->seq, err_name(path));
	*digest = is.whole;
	close(fd);
	return ret;
}

/* The bytes of an event are raw. */
static int take_path(const struct event *event, char path[RIVET_PATH_MAX], struct err *err)
{
	if (event->path.len >= RIVET_PATH_MAX || memchr(event->path.ptr, '\0', event->path.len))
		return err_set(err, EXIT_DENIED, NULL, "event %" PRIu64 " has no path for a set",
			       event->seq);
	snprintf(path, RIVET_PATH_MAX, "%.*s", (int)event->path.len, event->path.ptr);
	return EXIT_OK;
}

static int take_item(const struct event *event, struct manifest_item *item,
		     char path[RIVET_PATH_MAX], struct err *err)
{
	*item = (struct manifest_item){ .size = event->size, .uses = uses_of(event->op) };
	if (take_path(event, path, err))
		return err->code;
	if (!event->measured.len)
		return measure_now(event, path, &item->digest, err);
	if (rivet_digest_parse(event->measured.ptr, event->measured.len, &item->digest))
		return err_set(err, EXIT_OTHER, NULL,
			       "event %" PRIu64 " has no digest that is known", event->seq);
	return EXIT_OK;
}

/* The time as a version: event numbers begin anew with each boot, versions only rise. */
static int write_draft(const struct event *event, const struct allow_options *options,
		       struct manifest_item *item, struct err *err)
{
	char name[RIVET_NAME_MAX + 1], version[32], path[RIVET_PATH_MAX];
	const struct manifest_headers headers = { .name = name, .version = version };
	struct manifest_list list = { 0 };
	struct buffer text = { 0 };
	int ret;

	snprintf(name, sizeof(name), "allow-%" PRIu64, event->seq);
	snprintf(version, sizeof(version), "%" PRIu64, (uint64_t)(event->time / NSEC_PER_SEC));
	ret = take_item(event, item, path, err);
	if (!ret)
		ret = manifest_add(&list, item, path, err);
	if (!ret)
		ret = manifest_write(&headers, &list, NULL, &text, err);
	if (!ret)
		ret = file_write(options->out ? options->out : "-", text.data, text.len, err);
	buffer_free(&text);
	manifest_free(&list);
	return ret;
}

static void tell(struct context *ctx, const struct event *event, const struct manifest_item *item,
		 const struct allow_options *options)
{
	char shown[MANIFEST_SHOWN_PATH_MAX], digest[RIVET_DIGEST_TEXT_MAX];
	struct json json;

	rivet_digest_format(&item->digest, digest, sizeof(digest));
	if (ctx->json) {
		verb_json_begin(ctx, &json);
		json_u64(&json, "seq", event->seq);
		json_bytes(&json, "path", event->path.ptr, event->path.len);
		json_text(&json, "digest", digest);
		json_text(&json, "file", options->out);
		json_end(&json);
		return;
	}
	rivet_name_escape(event->path.ptr, event->path.len, shown, sizeof(shown));
	fprintf(stderr, "a draft that permits these bytes of %s, once it is signed and loaded\n"
		"look at the file first; then, in the workshop: rivetctl manifest sign\n", shown);
}

int verb_allow(struct context *ctx, int argc, char **argv)
{
	struct allow_options options = { 0 };
	struct found_event found = { 0 };
	struct manifest_item item = { 0 };
	struct err err = { 0 };
	int ret;

	ret = take_options(ctx, argc, argv, &options);
	if (ret)
		return ret;
	ret = find_event(options.seq, &found, &err);
	if (!ret)
		ret = check(&found.event, &err);
	if (!ret)
		ret = write_draft(&found.event, &options, &item, &err);
	if (!ret)
		tell(ctx, &found.event, &item, &options);
	free(found.storage);
	return ret ? err_report(ctx, &err) : EXIT_OK;
}
