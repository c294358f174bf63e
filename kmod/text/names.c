// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - the words of the enumerations, the same everywhere
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "text/format.h"
#include "text/names.h"
#include "text/parse.h"

static const char * const op_names[__RIVET_OP_MAX] = {
	[RIVET_OP_EXECUTE] = "EXECUTE",
	[RIVET_OP_MMAP] = "MMAP",
	[RIVET_OP_MPROTECT] = "MPROTECT",
	[RIVET_OP_ANON_EXEC] = "ANON_EXEC",
	[RIVET_OP_KMODULE] = "KMODULE",
	[RIVET_OP_FIRMWARE] = "FIRMWARE",
	[RIVET_OP_KEXEC] = "KEXEC",
	[RIVET_OP_READ] = "READ",
	[RIVET_OP_SCRIPT] = "SCRIPT",
	[RIVET_OP_RUNNING] = "RUNNING",
};

static const char * const reason_names[__RIVET_REASON_MAX] = {
	[RIVET_REASON_MATCH] = "match",
	[RIVET_REASON_UNLISTED] = "unlisted",
	[RIVET_REASON_MISMATCH] = "mismatch",
	[RIVET_REASON_MOVED] = "moved",
	[RIVET_REASON_WRONG_USE] = "wrong-use",
	[RIVET_REASON_REVOKED] = "revoked",
	[RIVET_REASON_EXPIRED] = "expired",
	[RIVET_REASON_WRITABLE] = "writable",
	[RIVET_REASON_UNMEASURED] = "unmeasured",
	[RIVET_REASON_ANONYMOUS] = "anonymous",
	[RIVET_REASON_UNVERIFIABLE] = "unverifiable",
	[RIVET_REASON_QUARANTINED] = "quarantined",
	[RIVET_REASON_IO_ERROR] = "io-error",
};

static const char * const action_names[__RIVET_ACTION_MAX] = {
	[RIVET_ACTION_ALLOW] = "ALLOW",
	[RIVET_ACTION_AUDIT] = "AUDIT",
	[RIVET_ACTION_DENY] = "DENY",
	[RIVET_ACTION_QUARANTINE] = "QUARANTINE",
	[RIVET_ACTION_KILL] = "KILL",
};

static const char * const mode_names[__RIVET_MODE_MAX] = {
	[RIVET_MODE_AUDIT] = "audit",
	[RIVET_MODE_ENFORCE] = "enforce",
};

static const char * const hook_names[__RIVET_HOOK_MAX] = {
#define RIVET_HOOK(id, word, from, order, asked, built) \
	[RIVET_HOOK_##id] = #word,
#include "text/hooks.def"
#undef RIVET_HOOK
};

/* Each number of the uapi header has its line, and none has two. */
enum {
#define RIVET_HOOK(id, word, from, order, asked, built) HAS_LINE_##id,
#include "text/hooks.def"
#undef RIVET_HOOK
	HOOK_LINES,
};

static_assert((int)HOOK_LINES == (int)__RIVET_HOOK_MAX,
	      "a hook has one line in text/hooks.def");

static const char * const event_names[__RIVET_EVENT_MAX] = {
	[RIVET_EVENT_VERDICT] = "verdict",
	[RIVET_EVENT_MODE] = "mode",
	[RIVET_EVENT_POLICY] = "policy",
	[RIVET_EVENT_RIV] = "riv",
	[RIVET_EVENT_REVOKE] = "revoke",
	[RIVET_EVENT_TRUST] = "trust",
	[RIVET_EVENT_CHANGE] = "change",
	[RIVET_EVENT_RUNNING] = "running",
	[RIVET_EVENT_QUARANTINE] = "quarantine",
	[RIVET_EVENT_ISOLATE] = "isolate",
	[RIVET_EVENT_VERIFY] = "verify",
};

/* Bit i of enum rivet_use; the order here is the order in a manifest */
static const char * const use_names[] = {
	"exec", "mmap", "kmod", "firmware", "read", "script", "jit",
};

static_assert(RIVET_USE_JIT == 1U << (ARRAY_SIZE(use_names) - 1), "the last use has the last word");
static_assert(ARRAY_SIZE(use_names) <= 31, "uses are bits of a u32, and of positive numbers");

static const char *name_of(const char * const *names, size_t count, size_t value)
{
	return value < count && names[value] ? names[value] : "unknown";
}

static int value_of(const char * const *names, size_t count, struct rivet_slice word)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (names[i] && rivet_slice_equal(word, names[i]))
			return i;
	return -EINVAL;
}

/**
 * rivet_name_op() - word of an operation
 * @op: any value
 *
 * Context: Any.
 * Return: a static string as policies have it; "unknown" outside the enumeration.
 */
const char *rivet_name_op(enum rivet_op op)
{
	return name_of(op_names, ARRAY_SIZE(op_names), op);
}

/**
 * rivet_name_reason() - word of a reason
 * @reason: any value
 *
 * Context: Any.
 * Return: a static string, lower case; "unknown" outside the enumeration.
 */
const char *rivet_name_reason(enum rivet_reason reason)
{
	return name_of(reason_names, ARRAY_SIZE(reason_names), reason);
}

/**
 * rivet_name_action() - word of an action
 * @action: any value
 *
 * Context: Any.
 * Return: a static string as policies have it; "unknown" outside the enumeration.
 */
const char *rivet_name_action(enum rivet_action action)
{
	return name_of(action_names, ARRAY_SIZE(action_names), action);
}

/**
 * rivet_action_refuses() - whether an action refuses a request
 * @action: any value
 *
 * This holds in enforce mode; audit mode carries out no action.
 *
 * Context: Any.
 * Return: true for everything but ALLOW and AUDIT, also outside the enumeration.
 */
bool rivet_action_refuses(enum rivet_action action)
{
	return action != RIVET_ACTION_ALLOW && action != RIVET_ACTION_AUDIT;
}

/**
 * rivet_reason_quarantines() - whether a reason is about the bytes of a file alone
 * @reason: any value
 *
 * Every other reason also happens to files with listed bytes: anybody can execute a library,
 * copy a program, or open a file for writing. So only these reasons quarantine, or else
 * quarantine would be a weapon.
 *
 * Context: Any.
 * Return: true for unlisted, mismatch and revoked.
 */
bool rivet_reason_quarantines(enum rivet_reason reason)
{
	return reason == RIVET_REASON_UNLISTED || reason == RIVET_REASON_MISMATCH ||
	       reason == RIVET_REASON_REVOKED;
}

/**
 * rivet_name_mode() - word of a mode
 * @mode: any value
 *
 * Context: Any.
 * Return: a static string; "unknown" outside the enumeration.
 */
const char *rivet_name_mode(enum rivet_mode mode)
{
	return name_of(mode_names, ARRAY_SIZE(mode_names), mode);
}

/**
 * rivet_name_hook() - the kernel's name of an LSM hook
 * @hook: any value
 *
 * Context: Any.
 * Return: a static string; "unknown" outside the enumeration.
 */
const char *rivet_name_hook(enum rivet_hook hook)
{
	return name_of(hook_names, ARRAY_SIZE(hook_names), hook);
}

/**
 * rivet_name_event() - word of an event kind
 * @kind: any value
 *
 * Context: Any.
 * Return: a static string; "unknown" outside the enumeration.
 */
const char *rivet_name_event(enum rivet_event_kind kind)
{
	return name_of(event_names, ARRAY_SIZE(event_names), kind);
}

/**
 * rivet_name_op_parse() - operation of a word
 * @text: the word, upper case
 * @len: its bytes
 *
 * Context: Any.
 * Return: enum rivet_op, or -EINVAL.
 */
int rivet_name_op_parse(const char *text, size_t len)
{
	return value_of(op_names, ARRAY_SIZE(op_names),
			(struct rivet_slice){ .ptr = text, .len = len });
}

/* Locale-free, and only for the characters of the words of this file */
static char to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/**
 * rivet_name_reason_parse() - reason of a word
 * @text: the word, in upper or lower case
 * @len: its bytes
 *
 * Context: Any.
 * Return: enum rivet_reason, or -EINVAL.
 */
int rivet_name_reason_parse(const char *text, size_t len)
{
	char word[sizeof("unverifiable")];
	size_t i;

	if (len > sizeof(word))
		return -EINVAL;
	for (i = 0; i < len; i++)
		word[i] = to_lower(text[i]);
	return value_of(reason_names, ARRAY_SIZE(reason_names),
			(struct rivet_slice){ .ptr = word, .len = len });
}

/**
 * rivet_name_action_parse() - action of a word
 * @text: the word, upper case
 * @len: its bytes
 *
 * Context: Any.
 * Return: enum rivet_action, or -EINVAL.
 */
int rivet_name_action_parse(const char *text, size_t len)
{
	return value_of(action_names, ARRAY_SIZE(action_names),
			(struct rivet_slice){ .ptr = text, .len = len });
}

/**
 * rivet_name_uses_format() - write uses as manifests do
 * @uses: bits of enum rivet_use; others are left out
 * @buf: where to
 * @size: bytes there
 *
 * Context: Any.
 * Return: length of the whole text without the terminating NUL, as snprintf().
 */
size_t rivet_name_uses_format(u32 uses, char *buf, size_t size)
{
	struct rivet_format f = { .buf = buf, .size = size };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(use_names); i++) {
		if (!(uses & 1U << i))
			continue;
		if (f.len)
			rivet_format_char(&f, ',');
		rivet_format_text(&f, use_names[i]);
	}
	return rivet_format_end(&f);
}

/* jit is a property of code that runs, not a use by itself */
static bool uses_make_sense(u32 uses)
{
	return !(uses & RIVET_USE_JIT) || uses & (RIVET_USE_EXEC | RIVET_USE_MMAP);
}

/**
 * rivet_name_uses_parse() - read uses
 * @text: words separated by commas, each at most once, in the canonical order
 *	exec,mmap,kmod,firmware,read,script,jit; jit only with exec or mmap
 * @len: bytes of @text
 * @uses: bits of enum rivet_use; untouched on error
 *
 * Context: Any.
 * Return: 0, or -EBADMSG.
 */
int rivet_name_uses_parse(const char *text, size_t len, u32 *uses)
{
	struct rivet_slice rest = { .ptr = text, .len = len };
	struct rivet_slice word;
	u32 bits = 0;
	bool more;
	int bit;

	do {
		more = rivet_slice_take_until(&rest, ',', &word);
		bit = value_of(use_names, ARRAY_SIZE(use_names), more ? word : rest);
		if (bit < 0 || bits >> bit)
			return -EBADMSG;
		bits |= 1U << bit;
	} while (more);
	if (!uses_make_sense(bits))
		return -EBADMSG;
	*uses = bits;
	return 0;
}

static bool is_name_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '.' || c == '_' || c == '-';
}

/**
 * rivet_name_is_valid() - check the name of a set, revocation or policy
 * @text: the name
 * @len: its bytes
 *
 * Such names are keyring descriptions, file names and words on command lines.
 *
 * Context: Any.
 * Return: true if it is 1 to RIVET_NAME_MAX of A-Z a-z 0-9 . _ - and begins
 * with neither '.' nor '-'.
 */
bool rivet_name_is_valid(const char *text, size_t len)
{
	size_t i;

	if (!len || len > RIVET_NAME_MAX || text[0] == '.' || text[0] == '-')
		return false;
	for (i = 0; i < len; i++)
		if (!is_name_char(text[i]))
			return false;
	return true;
}

/**
 * rivet_name_is_liftable() - check whether a BPF program can override rivet's refusal
 * @function: name of the hook function that the BPF program is attached to
 *
 * Callers of these hooks treat every non-negative value as permission, so a BPF program
 * that returns a positive value overrides a refusal.
 *
 * Context: Any.
 * Return: true if it can.
 */
bool rivet_name_is_liftable(const char *function)
{
	static const char * const liftable[] = {
		"bpf_lsm_kernel_read_file", "bpf_lsm_kernel_post_read_file",
		"bpf_lsm_kernel_load_data", "bpf_lsm_kernel_post_load_data",
		"bpf_lsm_bpf", "bpf_lsm_bpf_prog", "bpf_lsm_locked_down",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(liftable); i++)
		if (!strcmp(function, liftable[i]))
			return true;
	return false;
}

static void escape_char(struct rivet_format *f, char c)
{
	u8 byte = c;

	if (c == '\\' || c == '"') {
		rivet_format_char(f, '\\');
		rivet_format_char(f, c);
	} else if (byte >= 0x20 && byte < 0x7f) {
		rivet_format_char(f, c);
	} else {
		rivet_format_text(f, "\\x");
		rivet_format_hex(f, &byte, 1);
	}
}

/**
 * rivet_name_escape() - make any bytes fit for a log or a terminal
 * @text: the bytes, a path for instance
 * @len: how many
 * @buf: where to
 * @size: bytes there
 *
 * Printable ASCII stays as it is, '\' and '"' get a '\' before them, every
 * other byte becomes \xHH.
 *
 * Context: Any.
 * Return: length of the whole text without the terminating NUL, as snprintf().
 */
size_t rivet_name_escape(const char *text, size_t len, char *buf, size_t size)
{
	struct rivet_format f = { .buf = buf, .size = size };
	size_t i;

	for (i = 0; i < len; i++)
		escape_char(&f, text[i]);
	return rivet_format_end(&f);
}

/**
 * rivet_name_mark_cut() - show that a text did not fit
 * @buf: the text that fitted, terminated; if it was cut, it ends in "..." afterwards
 * @size: bytes there
 * @len: length of the whole text, as snprintf() returns it
 *
 * Context: Any.
 * Return: length of the text in @buf.
 */
size_t rivet_name_mark_cut(char *buf, size_t size, size_t len)
{
	static const char mark[] = "...";

	if (len < size)
		return len;
	if (size >= sizeof(mark))
		memcpy(buf + size - sizeof(mark), mark, sizeof(mark));
	return size ? size - 1 : 0;
}
