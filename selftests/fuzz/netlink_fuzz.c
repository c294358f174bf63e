// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - fuzzer: netlink messages and log lines, as rivetctl and rivetd read them
 *
 * For any bytes: an event that decodes has a JSON line of valid UTF-8, that line
 * reads back to the same line, and there are words and a text line for it.
 */
#include <linux/genetlink.h>

#include "fuzz.h"
#include "lib/base/attrs.h"
#include "lib/event/decode.h"
#include "lib/kernel/answer.h"
#include "lib/kernel/status.h"
#include "lib/kernel/verify.h"

static char *make_line(const struct event *event)
{
	char *line = NULL;
	size_t len;
	FILE *out = open_memstream(&line, &len);

	FUZZ_ASSERT(out);
	event_json_line(out, "gw", event);
	FUZZ_ASSERT(!fclose(out));
	FUZZ_ASSERT(strlen(line) == len && len && strchr(line, '\n') == line + len - 1);
	FUZZ_ASSERT(rivet_parse_utf8_valid(line, len, NULL));
	return line;
}

/* Words of a newer kernel are "unknown" once written: only those known come back. */
static bool is_known(const struct event *e)
{
	return e->kind < __RIVET_EVENT_MAX && e->op < __RIVET_OP_MAX &&
	       e->hook < __RIVET_HOOK_MAX && e->mode < __RIVET_MODE_MAX &&
	       e->action < __RIVET_ACTION_MAX && e->reason < __RIVET_REASON_MAX;
}

static void check_line(const struct event *event)
{
	char *line = make_line(event), *again;
	struct buffer storage;
	struct event back;
	int ret = event_load(line, strlen(line) - 1, &back, &storage);

	FUZZ_ASSERT(!ret);
	FUZZ_ASSERT(back.seq == event->seq && back.time == event->time);
	FUZZ_ASSERT(rivet_slice_same(back.path, event->path));
	again = make_line(&back);
	FUZZ_ASSERT(!is_known(event) || !strcmp(line, again));
	free(line);
	free(again);
	buffer_free(&storage);
}

static void check_words(const struct event *event)
{
	struct event_advice advice;
	struct buffer text = { 0 };
	struct event copy;
	char *storage;
	size_t i;

	FUZZ_ASSERT(!event_copy(event, &copy, &storage));
	event_text(&copy, &text);
	event_explain(&copy, &advice);
	FUZZ_ASSERT(text.len && advice.what.len && advice.next.len);
	for (i = 0; i < text.len; i++)
		FUZZ_ASSERT(text.data[i] >= ' ' && text.data[i] < 0x7f);
	free(storage);
	buffer_free(&text);
	event_advice_free(&advice);
}

static void check_verify(const struct nlmsghdr *nlh)
{
	const char *end = (const char *)nlh + nlh->nlmsg_len;
	struct verify v;

	if (verify_decode(nlh, &v))
		return;
	FUZZ_ASSERT(verify_has(&v, RIVET_A_VERIFY_TICKET) || v.path.ptr);
	FUZZ_ASSERT(!v.path.ptr || v.path.ptr + v.path.len < end);
	FUZZ_ASSERT(!v.nonce.ptr || v.nonce.ptr + v.nonce.len <= end);
}

static void check_messages(const u8 *data, size_t size)
{
	const struct nlmsghdr *nlh;
	const void *pos = data;
	struct status status;
	struct event event;

	while ((nlh = attrs_next_message(&pos, &size))) {
		check_verify(nlh);
		if (!event_decode(nlh, &event)) {
			check_line(&event);
			check_words(&event);
		}
		if (!status_decode(nlh, &status)) {
			struct buffer out = { 0 };

			status_sentence(&status, &out);
			FUZZ_ASSERT(out.len && out.data[out.len - 1] == '.');
			buffer_free(&out);
		}
	}
}

static void check_text(const u8 *data, size_t size)
{
	struct buffer text = { 0 }, storage;
	struct answer answer;
	struct event event;

	if (!event_load((const char *)data, size, &event, &storage))
		check_words(&event);
	buffer_free(&storage);
	buffer_add(&text, data, size);
	if (!answer_parse(&text, &answer))
		answer_is_runnable(&answer, true);
	buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	check_messages(data, size);
	check_text(data, size);
	return 0;
}
