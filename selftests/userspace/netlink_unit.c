// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of parsing the kernel's words: messages, answers, states,
 * type information, and the order of events
 */
#include <linux/btf.h>
#include <syslog.h>

#include "message.h"
#include "unit.h"

#include "lib/base/attrs.h"
#include "lib/base/config.h"
#include "lib/event/decode.h"
#include "lib/kernel/answer.h"
#include "lib/kernel/btf.h"
#include "lib/kernel/follow.h"
#include "lib/kernel/metrics.h"
#include "lib/kernel/status.h"
#include "lib/kernel/verify.h"
#include "lib/object/expiry.h"

static char *json_of(const struct event *event)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	event_json_line(out, "gw", event);
	fclose(out);
	return text;
}

/* Into a block of its own length, so that a byte too many is seen */
static struct nlmsghdr *exact_copy(const struct message *m)
{
	return (struct nlmsghdr *)unit_copy(m->buf, m->nlh->nlmsg_len);
}

static void test_decode(void)
{
	struct message m;
	struct event e;
	struct nlmsghdr *nlh;
	char *json;

	message_verdict(&m, 42, "/opt/m2m/evil", 13);
	nlh = exact_copy(&m);
	unit_eq(event_decode(nlh, &e), 0, "a verdict decodes");
	unit_eq(e.seq, 42, "seq");
	unit_eq(e.error, 13, "errno");
	unit_ok(rivet_slice_equal(e.path, "/opt/m2m/evil"), "path");
	unit_ok(rivet_slice_equal(e.policy, "gateway"), "policy without its end");
	unit_ok(!event_has(&e, RIVET_A_EVENT_SET), "an absent attribute is absent");
	unit_eq(event_dev_major(&e), 8, "major");
	unit_eq(event_dev_minor(&e), 0x12345, "minor");
	unit_eq(event_outcome(&e), EVENT_DENIED, "outcome");
	json = json_of(&e);
	unit_text(json,
		  "{\"schema\":\"rivet.event/1\",\"seq\":42,\"time\":\"2026-11-21T06:18:13.356850573Z\","
		  "\"kind\":\"verdict\",\"count\":1,\"permitted\":false,\"errno\":13,\"error\":\"EACCES\","
		  "\"severity\":\"warning\",\"op\":\"EXECUTE\",\"hook\":\"bprm_check_security\",\"mode\":\"enforce\","
		  "\"action\":\"DENY\",\"reason\":\"unlisted\",\"path\":\"/opt/m2m/evil\","
		  "\"path_flags\":[\"deleted\"],\"measured\":\"sha256:" HEX_B "\",\"size\":1234,"
		  "\"dev\":\"8:74565\",\"ino\":77,\"fsmagic\":\"0xef53\",\"pid\":4321,\"uid\":1000,"
		  "\"loginuid\":null,\"comm\":\"sh\",\"policy\":\"gateway\",\"policy_version\":\"1.2.3\","
		  "\"rule_line\":4,\"riv_generation\":5,\"policy_generation\":6,\"host\":\"gw\"}\n",
		  "its JSON");
	free(json);
	free(nlh);
}

static void check_round_trip(const struct message *m, const char *want, const char *label)
{
	struct event e, back;
	struct buffer storage;
	char *line, *again;

	unit_eq(event_decode(m->nlh, &e), 0, "%s decodes", label);
	line = json_of(&e);
	unit_text(line, want, "JSON of %s", label);
	unit_eq(event_load(line, strlen(line) - 1, &back, &storage), 0, "%s reads back", label);
	again = json_of(&back);
	unit_text(again, line, "%s writes the same", label);
	free(line);
	free(again);
	buffer_free(&storage);
}

#define HEAD(seq, kind, error) \
	"{\"schema\":\"rivet.event/1\",\"seq\":" seq ",\"time\":\"2026-11-21T06:18:13.356850573Z\"," \
	"\"kind\":\"" kind "\",\"count\":1,\"permitted\":false,\"errno\":" error

static void test_without_a_file(void)
{
	struct message m;

	message_without_file(&m, 8, RIVET_OP_ANON_EXEC, RIVET_HOOK_PTRACE_ACCESS_CHECK,
			     "tracing of process 5 (app)");
	check_round_trip(&m, HEAD("8", "verdict", "13") ",\"error\":\"EACCES\",\"severity\":\"warning\",\"op\":\"ANON_EXEC\","
			 "\"hook\":\"ptrace_access_check\",\"mode\":\"enforce\",\"action\":\"DENY\","
			 "\"reason\":\"anonymous\",\"pid\":4321,\"uid\":0,\"comm\":\"sh\","
			 "\"policy\":\"gateway\",\"policy_version\":\"1.2.3\",\"rule_line\":4,"
			 "\"detail\":\"tracing of process 5 (app)\",\"host\":\"gw\"}\n", "a verdict without a file");
	message_change(&m, 9, "/lib/x.so", "not opened for writing");
	check_round_trip(&m, HEAD("9", "change", "26") ",\"error\":\"ETXTBSY\",\"severity\":\"warning\",\"mode\":\"enforce\","
			 "\"path\":\"/lib/x.so\",\"pid\":4321,\"uid\":0,\"comm\":\"cp\","
			 "\"detail\":\"not opened for writing\",\"host\":\"gw\"}\n", "a change");
}

/* A refusal ranks above one that audit mode would make, and that above a permission. */
static void test_severity(void)
{
	struct event e = { .kind = RIVET_EVENT_VERDICT, .action = RIVET_ACTION_DENY };

	e.error = EACCES;
	unit_eq(event_severity(&e), LOG_WARNING, "denied");
	e.error = 0;
	unit_eq(event_severity(&e), LOG_NOTICE, "would be denied");
	e.action = RIVET_ACTION_AUDIT;
	unit_eq(event_severity(&e), LOG_INFO, "permitted");
	unit_text(event_severity_word(&e), "info", "permitted, as a word");
	e.kind = RIVET_EVENT_MODE;
	unit_eq(event_severity(&e), LOG_NOTICE, "a change");
	e.error = EPERM;
	unit_text(event_severity_word(&e), "warning", "a refused change, as a word");
}

static int decode(const struct message *m)
{
	struct nlmsghdr *nlh = exact_copy(m);
	struct event e;
	int ret = event_decode(nlh, &e);

	free(nlh);
	return ret;
}

static void test_malformed(void)
{
	struct message m;
	uint32_t len;
	bool bad = true;

	message_begin(&m, RIVET_CMD_STATUS);
	unit_eq(decode(&m), -ENOMSG, "another command");
	message_begin(&m, RIVET_CMD_EVENT);
	unit_eq(decode(&m), -EBADMSG, "no attributes");
	message_event(&m, 0, RIVET_EVENT_MODE);
	unit_eq(decode(&m), -EBADMSG, "number 0");
	message_event(&m, 1, RIVET_EVENT_MODE);
	mnl_attr_put_u64(m.nlh, RIVET_A_EVENT_SEQ, 2);
	unit_eq(decode(&m), -EBADMSG, "an attribute twice");
	message_event(&m, 1, RIVET_EVENT_MODE);
	mnl_attr_put_u32(m.nlh, RIVET_A_EVENT_INO, 2);
	unit_eq(decode(&m), -EBADMSG, "a u64 of 4 bytes");
	message_event(&m, 1, RIVET_EVENT_MODE);
	mnl_attr_put_u64(m.nlh, RIVET_A_EVENT_OP, 2);
	unit_eq(decode(&m), -EBADMSG, "a u8 of 8 bytes");
	message_event(&m, 1, RIVET_EVENT_MODE);
	mnl_attr_put(m.nlh, RIVET_A_EVENT_DETAIL, 3, "abc");
	unit_eq(decode(&m), -EBADMSG, "a string without an end");
	message_event(&m, 1, RIVET_EVENT_MODE);
	mnl_attr_put(m.nlh, RIVET_A_EVENT_DETAIL, 4, "a\0c");
	unit_eq(decode(&m), -EBADMSG, "a string with two ends");
	message_event(&m, 1, RIVET_EVENT_MODE);
	mnl_attr_put(m.nlh, RIVET_A_EVENT_DETAIL, 0, "");
	unit_eq(decode(&m), -EBADMSG, "a string of no bytes");
	message_verdict(&m, 1, "/x", 2);
	for (len = sizeof(*m.nlh) + 12; m.nlh->nlmsg_len > len; m.nlh->nlmsg_len--)
		decode(&m);
	for (; m.nlh->nlmsg_len > sizeof(*m.nlh); m.nlh->nlmsg_len--)
		bad = bad && decode(&m) == -EBADMSG;
	unit_ok(bad, "cut short anywhere, nothing is read behind the end");
}

static void test_messages(void)
{
	static const uint32_t lengths[] = { 0, 15, 17, 0x7fffffff, 0x80000000, 0xffffffff };
	struct message m;
	const void *pos;
	size_t left, i;

	message_begin(&m, RIVET_CMD_EVENT);
	pos = m.buf;
	left = m.nlh->nlmsg_len;
	unit_ok(attrs_next_message(&pos, &left) == m.nlh && !left, "one message");
	unit_ok(!attrs_next_message(&pos, &left), "and no other");
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		m.nlh->nlmsg_len = lengths[i];
		pos = m.buf;
		left = 16;
		unit_ok(!attrs_next_message(&pos, &left), "no message of %u bytes", lengths[i]);
	}
}

static void test_tolerant(void)
{
	struct message m;

	message_event(&m, 1, RIVET_EVENT_MODE);
	mnl_attr_put_u8(m.nlh, __RIVET_A_EVENT_MAX, 1);
	mnl_attr_put_u8(m.nlh, 0x3fff, 1);
	unit_eq(decode(&m), 0, "attributes of a newer kernel are passed over");
	message_event(&m, 1, 200);
	mnl_attr_put_u8(m.nlh, RIVET_A_EVENT_OP, 99);
	mnl_attr_put_u8(m.nlh, RIVET_A_EVENT_REASON, 99);
	unit_eq(decode(&m), 0, "so are values");
}

static void check_path(const char *label, const char *path, size_t len, const char *json)
{
	struct event e, back;
	struct buffer storage = { 0 };
	struct message m;
	char *line, *again = NULL;

	message_verdict(&m, 7, path, len);
	event_decode(m.nlh, &e);
	line = json_of(&e);
	unit_ok(strstr(line, json), "%s: %s", label, json);
	unit_ok(rivet_parse_utf8_valid(line, strlen(line), NULL), "%s: the line is UTF-8", label);
	unit_eq(event_load(line, strlen(line) - 1, &back, &storage), 0, "%s: reads back", label);
	unit_ok(rivet_slice_same(back.path, e.path), "%s: the same bytes", label);
	again = json_of(&back);
	unit_text(again, line, "%s: writes the same", label);
	free(line);
	free(again);
	buffer_free(&storage);
}

static void test_hostile_paths(void)
{
	check_path("plain", "/bin/x", 6, "\"path\":\"/bin/x\",\"path_flags\"");
	check_path("quotes", "/\"\\'", 4, "\"path\":\"/\\\"\\\\'\",");
	check_path("controls", "/\n\r\t\033[2J\177", 9, "\"path\":\"/\\n\\u000d\\u0009\\u001b[2J\\u007f\",");
	check_path("no UTF-8", "/\377\\x41", 6, "\"path\":\"/\\\\xff\\\\\\\\x41\",\"path_escaped\":true,");
	check_path("UTF-8", "/\303\244", 3, "\"path\":\"/\303\244\",");
	check_path("escapes that are none", "/\\xff", 5, "\"path\":\"/\\\\xff\",");
	check_path("a zero", "/a\0b", 4, "\"path\":\"/a\\u0000b\",");
	check_path("empty", "", 0, "\"path\":\"\",");
	check_path("JSON", "/\",\"seq\":1,\"x\":\"", 16, "\"seq\":7,");
}

static void test_load_refuses(void)
{
	static const char * const lines[] = {
		"", "{}", "{\"schema\":\"rivet.event/1\"}", "{\"schema\":\"rivet.gap/1\",\"first\":1}",
		"{\"schema\":\"rivet.event/1\",\"seq\":1,\"time\":\"x\"}",
		"{\"schema\":\"rivet.event/1\",\"seq\":-1}",
		"{\"schema\":\"rivet.event/1\",\"seq\":1,\"seq\":2}",
		"{\"schema\":\"rivet.event/1\",\"path\":\"\\u1234\"}",
		"{\"schema\":\"rivet.event/1\",\"path\":\"a",
		"{\"schema\":\"rivet.event/1\",\"path_flags\":[",
		"{\"schema\":\"rivet.event/1\",\"pid\":4294967296}",
	};
	struct buffer storage;
	struct event e;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		char *line = unit_copy(lines[i], strlen(lines[i]));

		unit_eq(event_load(line, strlen(lines[i]), &e, &storage), -EBADMSG,
			"a log line that is none of ours: %s", lines[i]);
		buffer_free(&storage);
		free(line);
	}
}

static void check_text(const struct message *m, const char *want)
{
	struct buffer out = { 0 };
	struct event e;

	event_decode(m->nlh, &e);
	event_text(&e, &out);
	unit_text(out.data, want, "as one line");
	buffer_free(&out);
}

static void test_text(void)
{
	struct message m;

	message_verdict(&m, 42, "/opt/\033x", 7);
	check_text(&m, "42 2026-11-21T06:18:13Z denied EXECUTE \"/opt/\\x1bx\" (deleted): unlisted; "
		   "by sh[4321], uid 1000; line 4 of policy gateway 1.2.3");
	message_event(&m, 43, RIVET_EVENT_POLICY);
	mnl_attr_put_u32(m.nlh, RIVET_A_EVENT_ERRNO, 116);
	mnl_attr_put_strz(m.nlh, RIVET_A_EVENT_DETAIL, "too old");
	check_text(&m, "43 2026-11-21T06:18:13Z policy refused (ESTALE): too old");
	message_without_file(&m, 44, RIVET_OP_ANON_EXEC, RIVET_HOOK_MMAP_FILE,
			     "anonymous memory mapped executable");
	check_text(&m, "44 2026-11-21T06:18:13Z denied ANON_EXEC (anonymous memory mapped "
		   "executable): anonymous; by sh[4321], uid 0; line 4 of policy gateway 1.2.3");
	message_verdict(&m, 45, "/dev/vda", 8);
	mnl_attr_put_strz(m.nlh, RIVET_A_EVENT_DETAIL, "a block device in use");
	check_text(&m, "45 2026-11-21T06:18:13Z denied EXECUTE \"/dev/vda\" (deleted) (a block device "
		   "in use): unlisted; by sh[4321], uid 1000; line 4 of policy gateway 1.2.3");
	message_change(&m, 46, "/lib/\nx", "it is mapped");
	check_text(&m, "46 2026-11-21T06:18:13Z change refused (ETXTBSY): \"/lib/\\x0ax\": it is "
		   "mapped; by cp[4321], uid 0");
}

static void check_advice(const char *path, const char *want, const char *label)
{
	struct event_advice advice;
	struct message m;
	struct event e;

	message_verdict(&m, 1, path, strlen(path));
	event_decode(m.nlh, &e);
	e.path_flags = 0;
	event_explain(&e, &advice);
	unit_ok(strstr(advice.next.data, want), "advice about %s", label);
	event_advice_free(&advice);
}

static const struct {
	uint8_t op;
	uint8_t hook;
	const char *want;
} no_files[] = {
	{ RIVET_OP_ANON_EXEC, RIVET_HOOK_MMAP_FILE, "--jit PROGRAM PROGRAM\n" },
	{ RIVET_OP_ANON_EXEC, RIVET_HOOK_MMAP_FILE, "op=ANON_EXEC exe=PROGRAM action=ALLOW" },
	{ RIVET_OP_ANON_EXEC, RIVET_HOOK_PTRACE_TRACEME, "op=ANON_EXEC exe=PROGRAM " },
	{ RIVET_OP_ANON_EXEC, RIVET_HOOK_FILE_OPEN, "op=ANON_EXEC exe=PROGRAM " },
	{ RIVET_OP_KMODULE, RIVET_HOOK_LOCKED_DOWN, "op=KMODULE riv=anonymous exe=PROGRAM " },
	{ RIVET_OP_KMODULE, RIVET_HOOK_BPF_PROG, "op=KMODULE riv=anonymous exe=PROGRAM " },
	{ RIVET_OP_KEXEC, RIVET_HOOK_KERNEL_LOAD_DATA, "kexec -s" },
	{ RIVET_OP_EXECUTE, RIVET_HOOK_BPRM_CHECK_SECURITY, "riv=anonymous exe=PROGRAM" },
};

static void check_advice_without_a_file(void)
{
	struct event_advice advice;
	struct message m;
	struct event e;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(no_files); i++) {
		message_without_file(&m, 1, no_files[i].op, no_files[i].hook, "x");
		event_decode(m.nlh, &e);
		event_explain(&e, &advice);
		unit_ok(strstr(advice.next.data, no_files[i].want), "advice: %s", no_files[i].want);
		event_advice_free(&advice);
	}
	message_event(&m, 1, RIVET_EVENT_RUNNING);
	mnl_attr_put_strz(m.nlh, RIVET_A_EVENT_DETAIL,
			  "process 1 (a) has /a mapped: started before rivet was loaded: no jit");
	event_decode(m.nlh, &e);
	event_explain(&e, &advice);
	/* A program without the right to make code is not refused as a whole */
	unit_ok(!strstr(advice.what.data, "refused") && strstr(advice.what.data, "no jit"),
		"what runs already and may not all");
	unit_ok(strstr(advice.next.data, "Restart the program"), "advice about what runs already");
	event_advice_free(&advice);
}

#define TEXT(text) { .ptr = text, .len = sizeof(text) - 1 }

/*
 * Advice about a verdict: @want is in it, @never is not. A file in another root, a deleted
 * file and a file below a temporary folder are listed for any path, and no file of the host
 * is named for them.
 */
static const struct {
	struct event event;
	const char *want;
	const char *never;
} advised[] = {
	{ { .path = TEXT("/bin/app"), .reason = RIVET_REASON_UNLISTED,
	    .path_flags = RIVET_PATH_FOREIGN }, "NAME.riv --any-path FILE\n", "/bin/app" },
	{ { .path = TEXT("/bin/app"), .reason = RIVET_REASON_UNLISTED,
	    .path_flags = RIVET_PATH_DELETED }, "NAME.riv --any-path FILE\n", "/bin/app" },
	{ { .path = TEXT("/bin/app"), .reason = RIVET_REASON_UNLISTED,
	    .path_flags = RIVET_PATH_FOREIGN | RIVET_PATH_TRUNCATED }, "NAME.riv FILE\n", "/bin/" },
	{ { .path = TEXT("/bin/app"), .reason = RIVET_REASON_MOVED,
	    .expected_path = TEXT("/bin/other"), .path_flags = RIVET_PATH_FOREIGN },
	  "NAME.riv --any-path FILE", "/bin/" },
	{ { .path = TEXT("/tmp/.mount_x/app"), .reason = RIVET_REASON_UNLISTED },
	  "NAME.riv --any-path /tmp/.mount_x/app\n", NULL },
	{ { .path = TEXT("/tmpfile"), .reason = RIVET_REASON_UNLISTED }, "NAME.riv /tmpfile\n",
	  "any-path" },
	{ { .path = TEXT("/lib/m.ko"), .op = RIVET_OP_KMODULE, .reason = RIVET_REASON_UNLISTED,
	    .hook = RIVET_HOOK_KERNEL_POST_READ_FILE, .path_flags = RIVET_PATH_FOREIGN },
	  "NAME.riv --use kmod FILE\n", "any-path" },
	{ { .path = TEXT("/bin/app"), .reason = RIVET_REASON_WRITABLE,
	    .path_flags = RIVET_PATH_FOREIGN }, "fuser -v FILE\n", "/bin/app" },
	{ { .path = TEXT("/bin/app"), .reason = RIVET_REASON_UNVERIFIABLE, .fsmagic = 0x65735546 },
	  "op=EXECUTE riv=MATCH fsmagic=0x65735546 action=ALLOW", NULL },
	{ { .path = TEXT("/bin/app"), .op = RIVET_OP_READ, .reason = RIVET_REASON_UNVERIFIABLE },
	  "no rule makes it verifiable", "ALLOW" },
	{ { .path = TEXT("/opt/a.pyc"), .op = RIVET_OP_SCRIPT, .reason = RIVET_REASON_UNLISTED,
	    .exe = TEXT("/usr/bin/python3") }, "--use script /opt/a.pyc\n", "ALLOW" },
	{ { .path = TEXT("/opt/a.pyc"), .op = RIVET_OP_READ, .reason = RIVET_REASON_UNLISTED,
	    .exe = TEXT("/usr/bin/python3") }, "--use read /opt/a.pyc\n", "ALLOW" },
	{ { .op = RIVET_OP_ANON_EXEC, .hook = RIVET_HOOK_PTRACE_ACCESS_CHECK,
	    .reason = RIVET_REASON_ANONYMOUS, .exe = TEXT("/usr/bin/strace") },
	  "exe=/usr/bin/strace action=ALLOW", "gdb" },
	{ { .op = RIVET_OP_ANON_EXEC, .hook = RIVET_HOOK_MMAP_FILE,
	    .reason = RIVET_REASON_ANONYMOUS, .exe_file = TEXT("/opt/bin/app") },
	  "--jit /opt/bin/app /opt/bin/app\n", "PROGRAM" },
	{ { .op = RIVET_OP_ANON_EXEC, .hook = RIVET_HOOK_MMAP_FILE,
	    .reason = RIVET_REASON_ANONYMOUS, .exe_file = TEXT("/opt/bin/app") },
	  "make sure of it first", NULL },
	{ { .op = RIVET_OP_ANON_EXEC, .hook = RIVET_HOOK_MMAP_FILE,
	    .reason = RIVET_REASON_ANONYMOUS, .exe = TEXT("/opt/bin/app"),
	    .exe_file = TEXT("/opt/bin/forged") }, "--jit /opt/bin/app /opt", "make sure" },
	{ { .path = TEXT("/opt/a"), .op = RIVET_OP_MMAP, .hook = RIVET_HOOK_MMAP_FILE,
	    .reason = RIVET_REASON_WRITABLE, .detail = TEXT("both") }, "without writing", "fuser" },
	{ { .path = TEXT("/opt/a"), .op = RIVET_OP_MPROTECT, .hook = RIVET_HOOK_FILE_MPROTECT,
	    .reason = RIVET_REASON_WRITABLE, .detail = TEXT("both") }, "without writing", "fuser" },
	{ { .path = TEXT("/opt/a"), .op = RIVET_OP_MMAP, .hook = RIVET_HOOK_MMAP_FILE,
	    .reason = RIVET_REASON_WRITABLE }, "fuser -v /opt/a\n", NULL },
	{ { .path = TEXT("/dev/vda"), .op = RIVET_OP_MMAP, .hook = RIVET_HOOK_FILE_OPEN,
	    .reason = RIVET_REASON_WRITABLE, .detail = TEXT("a block device") },
	  "path=/dev/vda", "fuser" },
	{ { .path = TEXT("/usr/bin/python3"), .op = RIVET_OP_MMAP, .hook = RIVET_HOOK_MMAP_FILE,
	    .reason = RIVET_REASON_WRONG_USE }, "start it itself", NULL },
};

static void check_advice_about_places(void)
{
	struct event_advice advice;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(advised); i++) {
		event_explain(&advised[i].event, &advice);
		unit_ok(strstr(advice.next.data, advised[i].want) &&
			(!advised[i].never || !strstr(advice.next.data, advised[i].never)),
			"advice %zu: %s", i, advised[i].want);
		event_advice_free(&advice);
	}
}

static bool has_words(const struct event *e)
{
	struct event_advice advice;
	bool good;

	event_explain(e, &advice);
	good = advice.what.len && advice.next.len && !strchr(advice.what.data, '%') &&
	       !strchr(advice.next.data, '%');
	event_advice_free(&advice);
	return good;
}

static void check_words_of_all(void)
{
	struct event e = { .kind = RIVET_EVENT_VERDICT };
	bool good = true;

	for (e.op = 0; e.op <= __RIVET_OP_MAX; e.op++) {
		for (e.hook = 0; e.hook <= __RIVET_HOOK_MAX; e.hook++) {
			for (e.reason = 0; e.reason <= __RIVET_REASON_MAX; e.reason++)
				good = good && has_words(&e);
		}
	}
	unit_ok(good, "all verdicts have words");
}

static void test_advice(void)
{
	struct event e = { .kind = RIVET_EVENT_VERDICT };
	struct event_advice advice;

	check_advice("/opt/x", "NAME.riv /opt/x\n", "a plain path");
	check_advice("/opt/a b", "NAME.riv '/opt/a b'\n", "a path with a blank");
	check_advice("/;reboot", "NAME.riv '/;reboot'\n", "a path that is a command");
	check_advice("/a';reboot;'", "NAME.riv PATH\n", "a path that leaves its quotes");
	check_advice("/a\nreboot", "NAME.riv PATH\n", "a path of two lines");
	check_advice("", "NAME.riv PATH\n", "no path");
	for (e.reason = 0; e.reason <= __RIVET_REASON_MAX; e.reason++) {
		event_explain(&e, &advice);
		unit_ok(advice.what.len && advice.next.len && !strchr(advice.what.data, '%'),
			"reason %u has words", e.reason);
		event_advice_free(&advice);
	}
	check_advice_without_a_file();
	check_advice_about_places();
	check_words_of_all();
	for (e.kind = RIVET_EVENT_MODE; e.kind <= __RIVET_EVENT_MAX; e.kind++) {
		event_explain(&e, &advice);
		unit_ok(advice.what.len && advice.next.len, "kind %u has words", e.kind);
		event_advice_free(&advice);
	}
}

static const struct {
	struct rivet_rule rules[2];
	enum rivet_action fallback;
	bool survivable;
	const char *label;
} survivals[] = {
	{ .label = "a policy that denies all", .fallback = RIVET_ACTION_DENY },
	{ .label = "one that permits all", .fallback = RIVET_ACTION_ALLOW, .survivable = true },
	{ { { .op = RIVET_OP_EXECUTE, .reasons = 1U << RIVET_REASON_MATCH },
	    { .op = RIVET_OP_MMAP, .reasons = 1U << RIVET_REASON_MATCH } },
	  RIVET_ACTION_DENY, false, "rules for what matches" },
	{ { { .op = RIVET_OP_EXECUTE, .reasons = 1U << RIVET_REASON_EXPIRED } },
	  RIVET_ACTION_DENY, false, "programs without libraries" },
	{ { { .op = RIVET_OP_EXECUTE, .action = RIVET_ACTION_AUDIT,
	      .reasons = 1U << RIVET_REASON_EXPIRED },
	    { .op = RIVET_OP_MMAP, .action = RIVET_ACTION_AUDIT,
	      .reasons = 1U << RIVET_REASON_EXPIRED } },
	  RIVET_ACTION_DENY, true, "both, reported" },
	{ { { .op = RIVET_OP_EXECUTE, .action = RIVET_ACTION_KILL,
	      .reasons = 1U << RIVET_REASON_EXPIRED },
	    { .op = RIVET_OP_MMAP, .reasons = 1U << RIVET_REASON_EXPIRED } },
	  RIVET_ACTION_DENY, false, "programs that are killed" },
};

static void check_expiry_text(s64 until, const char *want)
{
	struct buffer text = { 0 };

	expiry_text(until, 1000000, &text);
	unit_ok(text.data && !strcmp(text.data, want), "%s", want);
	buffer_free(&text);
}

static void test_expiry(void)
{
	const s64 day = 24 * 60 * 60, now = 1000000;
	struct rivet_rules rules;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(survivals); i++) {
		memset(&rules, 0, sizeof(rules));
		rules.rules = (struct rivet_rule *)survivals[i].rules;
		for (rules.count = 0; rules.count < 2 && rules.rules[rules.count].reasons;)
			rules.count++;
		rules.defaults[RIVET_OP_EXECUTE].action = survivals[i].fallback;
		rules.defaults[RIVET_OP_MMAP].action = survivals[i].fallback;
		unit_ok(expiry_is_survivable(&rules) == survivals[i].survivable, "expiry: %s",
			survivals[i].label);
	}
	check_expiry_text(now - 1, "has expired");
	check_expiry_text(now + 1, "expires in less than a day");
	check_expiry_text(now + day, "expires in 1 day");
	check_expiry_text(now + 400 * day, "expires in 400 days");
	check_expiry_text(INT64_MAX, "expires in 106751991167289 days");
	unit_ok(expiry_is_soon(now - 1, now) && expiry_is_soon(now + 29 * day, now) &&
		!expiry_is_soon(now + 30 * day, now) && !expiry_is_soon(INT64_MAX, now), "soon");
}

/* Events received from the follower, as text: numbers of events, and gaps in brackets */
struct trace {
	char text[256];
	uint64_t refuse;	/* do not take this one */
};

static int trace_event(const struct event *event, void *data)
{
	struct trace *t = data;

	if (event->seq == t->refuse)
		return -1;
	snprintf(t->text + strlen(t->text), sizeof(t->text) - strlen(t->text), "%llu ",
		 (unsigned long long)event->seq);
	return 0;
}

static int trace_gap(const struct event_gap *gap, void *data)
{
	struct trace *t = data;

	snprintf(t->text + strlen(t->text), sizeof(t->text) - strlen(t->text), "[%llu-%llu] ",
		 (unsigned long long)gap->first, (unsigned long long)gap->last);
	return 0;
}

static const struct follow_ops trace_ops = { .event = trace_event, .gap = trace_gap };

static void take(struct follow *f, uint64_t seq)
{
	struct event e = { .seq = seq };

	follow_take(f, &e);
}

static void test_follow(void)
{
	struct trace t = { .refuse = 9 };
	struct follow f = { .ops = &trace_ops, .data = &t };

	take(&f, 3);
	take(&f, 4);
	take(&f, 4);
	take(&f, 2);
	take(&f, 7);
	unit_text(t.text, "[1-2] 3 4 [5-6] 7 ", "each once, in order, gaps shown");
	unit_eq(f.last, 7, "the last one");
	take(&f, 9);
	unit_ok(f.stalled && f.last == 8, "an event that is not taken stalls, its gap is not told twice");
	t.refuse = 0;
	f.stalled = false;
	take(&f, 9);
	take(&f, 10);
	unit_text(t.text, "[1-2] 3 4 [5-6] 7 [8-8] 9 10 ", "and comes again later");
	unit_eq(f.last, 10, "nothing is missing");
}

struct status_case {
	uint8_t mode;
	bool sealed, loaded, waiting;
	uint32_t denies, sets, expired, missing, left;
	int exit;
	const char *sentence;
};

#define BOTH (1U << RIVET_OP_EXECUTE | 1U << RIVET_OP_MMAP)

#define NEXT_BOOT " Root can change this at the next boot: no trust anchor is built in."

static const struct status_case status_cases[] = {
	{ RIVET_MODE_ENFORCE, true, true, false, BOTH, 2, 0, 0, 0, 0,
	  "Enforcing: policy gateway 1.0.0 and 2 RIV sets (311 values); 1 denial." NEXT_BOOT },
	{ RIVET_MODE_ENFORCE, true, true, false, BOTH, 1, 0, 0, 287, 0,
	  "Enforcing: policy gateway 1.0.0 and 1 RIV set (311 values); 1 denial; falls back to audit "
	  "in 287 s unless confirmed: rivetctl mode confirm." NEXT_BOOT },
	{ RIVET_MODE_ENFORCE, true, true, false, BOTH, 2, 1, 2, 0, 0,
	  "Enforcing: policy gateway 1.0.0 and 2 RIV sets (311 values); 1 denial; 1 set expired; "
	  "2 hooks missing." NEXT_BOOT },
	{ RIVET_MODE_ENFORCE, true, true, false, 1U << RIVET_OP_KMODULE, 2, 0, 0, 0, 10,
	  "Not enforcing although mode is enforce: policy gateway 1.0.0 permits everything." },
	{ RIVET_MODE_ENFORCE, true, true, false, 1U << RIVET_OP_EXECUTE, 2, 0, 0, 0, 10,
	  "Not enforcing although mode is enforce: policy gateway 1.0.0 permits every MMAP, and with "
	  "it every library." },
	{ RIVET_MODE_ENFORCE, true, true, false, 1U << RIVET_OP_MMAP, 2, 0, 0, 0, 10,
	  "Not enforcing although mode is enforce: policy gateway 1.0.0 permits every EXECUTE." },
	{ RIVET_MODE_AUDIT, true, true, false, BOTH, 2, 0, 0, 0, 10,
	  "Audit only: nothing is denied; policy gateway 1.0.0 and 2 RIV sets (311 values)." },
	{ RIVET_MODE_AUDIT, false, true, false, BOTH, 2, 0, 0, 0, 12,
	  "Audit only: nothing is denied; policy gateway 1.0.0 and 2 RIV sets (311 values); trust is "
	  "not sealed." },
	{ RIVET_MODE_AUDIT, false, false, false, 0, 0, 0, 0, 0, 11,
	  "Audit only: nothing is denied; the built-in policy and no RIV set; "
	  "trust is not sealed." },
	{ RIVET_MODE_AUDIT, true, true, true, BOTH, 0, 0, 0, 0, 11,
	  "Audit only: nothing is denied; policy gateway 1.0.0 and no RIV set; waiting to enforce: "
	  "riv: none." },
};

static void put_status(struct message *m, const struct status_case *c)
{
	message_begin(m, RIVET_CMD_STATUS);
	mnl_attr_put_u8(m->nlh, RIVET_A_STATUS_MODE, c->mode);
	mnl_attr_put_strz(m->nlh, RIVET_A_STATUS_POLICY_NAME, "gateway");
	mnl_attr_put_strz(m->nlh, RIVET_A_STATUS_POLICY_VERSION, "1.0.0");
	mnl_attr_put_u32(m->nlh, RIVET_A_STATUS_POLICY_DENIES, c->denies);
	mnl_attr_put_u32(m->nlh, RIVET_A_STATUS_RIV_SETS, c->sets);
	mnl_attr_put_u64(m->nlh, RIVET_A_STATUS_RIV_VALUES, c->sets ? 311 : 0);
	mnl_attr_put_u32(m->nlh, RIVET_A_STATUS_RIV_EXPIRED, c->expired);
	mnl_attr_put_u32(m->nlh, RIVET_A_STATUS_HOOKS_MISSING, c->missing);
	mnl_attr_put_u64(m->nlh, RIVET_A_STATUS_DENIALS, 1);
	if (c->sealed)
		mnl_attr_put(m->nlh, RIVET_A_STATUS_SEALED, 0, NULL);
	if (c->loaded)
		mnl_attr_put(m->nlh, RIVET_A_STATUS_POLICY_LOADED, 0, NULL);
	if (c->left)
		mnl_attr_put_u32(m->nlh, RIVET_A_STATUS_CONFIRM_LEFT, c->left);
	if (c->waiting) {
		mnl_attr_put(m->nlh, RIVET_A_STATUS_WAITING, 0, NULL);
		mnl_attr_put_strz(m->nlh, RIVET_A_STATUS_WAITING_FOR, "riv: none");
	}
}

static void check_metrics(struct status *status)
{
	struct buffer out = { 0 };

	strcpy(status->policy, "a\"b\\c");
	metrics_add_status(&out, status);
	unit_ok(strstr(out.data, status_is_enforcing(status) ? "\nrivet_enforcing 1\n" :
								"\nrivet_enforcing 0\n"),
		"and the metric");
	unit_ok(strstr(out.data, ",policy=\"a\\\"b\\\\c\","), "a label is escaped");
	buffer_free(&out);
}

static void test_anchors(void)
{
	struct buffer out = { 0 };
	struct status status;
	struct message m;

	put_status(&m, &status_cases[0]);
	mnl_attr_put_u32(m.nlh, RIVET_A_STATUS_ANCHORS, 2);
	unit_eq(status_decode(m.nlh, &status), 0, "a state with anchors decodes");
	unit_eq(status.anchors, 2, "they are counted");
	status_sentence(&status, &out);
	unit_text(out.data, "Enforcing: policy gateway 1.0.0 and 2 RIV sets (311 values); 1 denial. "
		  "Root can change this at the next boot if the kernel command line, which names the "
		  "trust anchors, is not signed or measured.", "the sentence says how to protect them");
	buffer_free(&out);
	mnl_attr_put(m.nlh, RIVET_A_STATUS_ANCHORS_BUILT_IN, 0, NULL);
	unit_eq(status_decode(m.nlh, &status), 0, "and one with anchors that are built in");
	status_sentence(&status, &out);
	unit_ok(strstr(out.data, "if kernel, command line, initramfs and module, which has the trust "
		       "anchors, are not signed or measured."), "the sentence tells it");
	buffer_free(&out);
}

static void test_status(void)
{
	struct message m;
	struct status status;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(status_cases); i++) {
		struct buffer out = { 0 };

		put_status(&m, &status_cases[i]);
		unit_eq(status_decode(m.nlh, &status), 0, "a state decodes");
		status_sentence(&status, &out);
		unit_text(out.data, status_cases[i].sentence, "the sentence is the truth");
		unit_eq(status_exit(&status), status_cases[i].exit, "and so is the exit status");
		check_metrics(&status);
		buffer_free(&out);
	}
	test_anchors();
	message_begin(&m, RIVET_CMD_STATUS);
	unit_eq(status_decode(m.nlh, &status), -EBADMSG, "a state without a mode is none");
}

#define FILE_LINES "path: /x\nmeasured: -\nsize: 5\nfsmagic: 0xef53\n"
#define OP_LINES(op, verdict, reason) \
	"op: " op "\nverdict: " verdict "\naction: DENY\nreason: " reason "\nrule: 3\n"

static const struct {
	const char *text;
	bool has_x;
	int ret;
	bool runnable;
	enum rivet_op main;
} answers[] = {
	{ FILE_LINES OP_LINES("EXECUTE", "permitted", "match")
	  OP_LINES("MMAP", "permitted", "match"), true, 0, true, RIVET_OP_EXECUTE },
	{ FILE_LINES OP_LINES("EXECUTE", "refused", "unlisted")
	  OP_LINES("MMAP", "permitted", "match"), true, 0, false, RIVET_OP_EXECUTE },
	{ FILE_LINES OP_LINES("EXECUTE", "refused", "wrong-use")
	  OP_LINES("MMAP", "permitted", "match"), true, 0, true, RIVET_OP_MMAP },
	{ FILE_LINES OP_LINES("EXECUTE", "refused", "wrong-use")
	  OP_LINES("MMAP", "refused", "wrong-use"), true, 0, false, RIVET_OP_EXECUTE },
	{ FILE_LINES OP_LINES("EXECUTE", "refused", "unlisted")
	  OP_LINES("MMAP", "permitted", "match"), false, 0, true, RIVET_OP_MMAP },
	{ FILE_LINES OP_LINES("EXECUTE", "refused", "mismatch")
	  OP_LINES("MMAP", "refused", "mismatch"), false, 0, false, RIVET_OP_MMAP },
	{ FILE_LINES OP_LINES("EXECUTE", "refused", "newer-word") "new-key: x\n"
	  OP_LINES("MMAP", "refused", "newer-word") OP_LINES("NEWOP", "permitted", "match"),
	  true, 0, false, RIVET_OP_EXECUTE },
	{ FILE_LINES OP_LINES("EXECUTE", "permitted", "match"), true, 0, true, RIVET_OP_EXECUTE },
	{ FILE_LINES OP_LINES("KMODULE", "refused", "unlisted"), false, 0, false,
	  RIVET_OP_KMODULE },
	{ FILE_LINES OP_LINES("EXECUTE", "permitted", "match") "asked: yes\n"
	  OP_LINES("SCRIPT", "refused", "wrong-use") "asked: yes\n", true, 0, false,
	  RIVET_OP_SCRIPT },
	{ FILE_LINES OP_LINES("READ", "permitted", "unlisted") "asked: no\n"
	  OP_LINES("SCRIPT", "permitted", "match"), true, 0, true, RIVET_OP_SCRIPT },
	{ FILE_LINES OP_LINES("READ", "permitted", "unlisted") "asked: no\n", true, 0, true,
	  RIVET_OP_READ },
	{ FILE_LINES OP_LINES("EXECUTE", "refused", "unlisted")
	  OP_LINES("MMAP", "refused", "unlisted") OP_LINES("READ", "refused", "unlisted"),
	  false, 0, false, RIVET_OP_READ },
	{ FILE_LINES OP_LINES("EXECUTE", "refused", "unlisted")
	  OP_LINES("MMAP", "refused", "unlisted")
	  OP_LINES("READ", "permitted", "unlisted") "asked: no\n", false, 0, false,
	  RIVET_OP_MMAP },
	{ FILE_LINES "op: KMODULE\nverdict: permitted\n", true, -EBADMSG, false,
	  RIVET_OP_EXECUTE },
	{ FILE_LINES OP_LINES("NEWOP", "permitted", "match"), true, -EBADMSG, false,
	  RIVET_OP_EXECUTE },
	{ FILE_LINES OP_LINES("EXECUTE", "perhaps", "match")
	  OP_LINES("MMAP", "permitted", "match"), true, -EBADMSG, false, RIVET_OP_EXECUTE },
	{ "", true, -EBADMSG, false, RIVET_OP_EXECUTE },
	{ "nonsense\n", true, -EBADMSG, false, RIVET_OP_EXECUTE },
};

static void test_answers(void)
{
	struct answer answer;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		struct buffer text = { 0 };

		buffer_add_text(&text, answers[i].text);
		unit_eq(answer_parse(&text, &answer), answers[i].ret, "answer %zu", i);
		if (!answers[i].ret) {
			unit_eq(answer_is_runnable(&answer, answers[i].has_x), answers[i].runnable,
				"answer %zu: runnable", i);
			unit_eq(answer_main(&answer, answers[i].has_x), answers[i].main,
				"answer %zu: the operation that counts", i);
		}
		buffer_free(&text);
	}
}

#define TYPE(kind, members) { .name_off = 1, .info = (kind) << 24 | (members) }

/* One type of some kinds that have more bytes after them, and two functions */
static const struct type_information {
	struct btf_header header;
	struct btf_type number;
	u32 encoding;
	struct btf_type record;
	struct btf_member members[2];
	struct btf_type prototype;
	struct btf_param parameters[1];
	struct btf_type first;
	struct btf_type choice;
	struct btf_enum64 values[1];
	struct btf_type second;
	char names[12];
} __attribute__((packed)) types = {
	.header = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(struct btf_header),
		.type_len = offsetof(struct type_information, names) - sizeof(struct btf_header),
		.str_off = offsetof(struct type_information, names) - sizeof(struct btf_header),
		.str_len = 12,
	},
	.number = TYPE(BTF_KIND_INT, 0),
	.record = TYPE(BTF_KIND_STRUCT, 2),
	.prototype = TYPE(BTF_KIND_FUNC_PROTO, 1),
	.first = TYPE(BTF_KIND_FUNC, 0),
	.choice = TYPE(BTF_KIND_ENUM64, 1),
	.second = { .name_off = 7, .info = BTF_KIND_FUNC << 24 },
	.names = "\0first\0next",
};

static void test_type_information(void)
{
	const char *name = btf_function(&types, sizeof(types), 4);
	bool good = true;
	u32 id, len;
	char *data;

	unit_text(name ? name : "", "first", "a function");
	name = btf_function(&types, sizeof(types), 6);
	unit_text(name ? name : "", "next", "another behind it");
	for (id = 0; id < 8; id++)
		good = good && (id == 4 || id == 6 || !btf_function(&types, sizeof(types), id));
	unit_ok(good, "no other type is a function");
	for (len = 0; len < sizeof(types); len++) {
		data = unit_copy((const char *)&types, len);
		good = good && !btf_function(data, len, 6);
		free(data);
	}
	unit_ok(good, "cut short anywhere, nothing is read behind the end");
}

static int parse_config(const char *text, struct config *config, struct err *err)
{
	config_default(config);
	return config_parse(text, strlen(text), "c", config, err);
}

static void test_config(void)
{
	struct config config;
	struct err err;

	unit_eq(parse_config("# words\n\n log = /a/b \nsyslog=no\n", &config, &err), 0, "a good one");
	unit_text(config.log, "/a/b", "log");
	unit_ok(!config.syslog, "syslog");
	unit_eq(parse_config("log=", &config, &err), 0, "no log");
	unit_eq(parse_config("\nlog=relative\n", &config, &err), EXIT_CONFIG, "a relative path");
	unit_text(err.text, "c:2: expected an absolute path", "says where");
	unit_eq(parse_config("lgo=/x", &config, &err), EXIT_CONFIG, "a mistyped key");
	unit_eq(parse_config("syslog=maybe", &config, &err), EXIT_CONFIG, "a switch that is none");
	unit_eq(parse_config("state=", &config, &err), EXIT_CONFIG, "no state");
}

static void test_verify(void)
{
	struct verify v;
	struct message m;
	struct nlmsghdr *nlh;

	message_begin(&m, RIVET_CMD_VERIFY_REPORT);
	mnl_attr_put_u32(m.nlh, RIVET_A_VERIFY_TICKET, 7);
	mnl_attr_put(m.nlh, RIVET_A_VERIFY_FRESH, 0, NULL);
	mnl_attr_put(m.nlh, RIVET_A_VERIFY_NONCE, 16, "0123456789abcdef");
	mnl_attr_put_u64(m.nlh, RIVET_A_VERIFY_BYTES_READ, 1ULL << 40);
	nlh = exact_copy(&m);
	unit_eq(verify_decode(nlh, &v), 0, "a summary decodes");
	unit_eq(v.ticket, 7, "its ticket");
	unit_eq(v.bytes_read, 1ULL << 40, "its bytes");
	unit_ok(rivet_slice_equal(v.nonce, "0123456789abcdef"), "its nonce");
	unit_ok(verify_has(&v, RIVET_A_VERIFY_FRESH), "a flag that is there");
	unit_ok(!verify_has(&v, RIVET_A_VERIFY_ALL), "and one that is not");
	free(nlh);
	message_begin(&m, RIVET_CMD_VERIFY_REPORT);
	mnl_attr_put_u8(m.nlh, RIVET_A_VERIFY_REASON, RIVET_REASON_MISMATCH);
	unit_eq(verify_decode(m.nlh, &v), -EBADMSG, "a failure needs a path");
	mnl_attr_put_strz(m.nlh, RIVET_A_VERIFY_PATH, "/opt/x");
	unit_eq(verify_decode(m.nlh, &v), 0, "a failure decodes");
	unit_ok(rivet_slice_equal(v.path, "/opt/x"), "its path without its end");
	mnl_attr_put_u8(m.nlh, RIVET_A_VERIFY_REASON, 1);
	unit_eq(verify_decode(m.nlh, &v), -EBADMSG, "not twice");
}

int main(void)
{
	test_decode();
	test_without_a_file();
	test_severity();
	test_malformed();
	test_messages();
	test_tolerant();
	test_hostile_paths();
	test_load_refuses();
	test_text();
	test_advice();
	test_expiry();
	test_follow();
	test_status();
	test_verify();
	test_answers();
	test_type_information();
	test_config();
	return unit_done();
}
