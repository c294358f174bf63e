// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events as userspace sees them: in plain words, and what to do
 *
 * The texts are templates: %p is the path of the file, fit for a shell; %e the
 * path that a RIV names, %x that of the acting program, likewise; %s the name of
 * the RIV set, %A and %a what to call it in a sentence; %o the operation, %u the
 * use in a manifest that it asks for, %l the rule's line, %d the detail.
 */
#include <inttypes.h>
#include <linux/kernel.h>
#include <string.h>

#include "event.h"
#include "names.h"
#include "text.h"

struct template {
	const char *what;
	const char *next;
};

static const struct template reasons[__RIVET_REASON_MAX] = {
	[RIVET_REASON_MATCH] = {
		"The file is what %a says it should be; it is the policy that "
		"decides so (line %l), not the measurement.",
		"Read the rule: rivetctl policy show",
	},
	[RIVET_REASON_UNLISTED] = {
		"No loaded RIV set lists this content: nothing vouches for the file as it is.",
		"If the file belongs on this machine, have it listed and signed: "
		"rivetctl manifest build -n NAME -v VERSION -o NAME.riv %p\n"
		"then, after signing: rivetctl manifest load NAME.riv.signed\n"
		"If it does not, find out where it came from, and remove it.",
	},
	[RIVET_REASON_MISMATCH] = {
		"%A lists this path with other content: the file was changed or "
		"replaced, or the file was updated and the RIV set was not.",
		"After an update, load the manifest that came with it: "
		"rivetctl manifest load NAME.riv.signed\n"
		"If there was no update, the file is not to be trusted: put the listed one "
		"back, by a new file renamed over it, and look for what else changed: "
		"rivetctl check %p",
	},
	[RIVET_REASON_MOVED] = {
		"The content is listed, but as %e, not under this path.",
		"Run it from the listed path: rivetctl check %e\n"
		"or have this path listed too: "
		"rivetctl manifest build -n NAME -v VERSION -o NAME.riv %p",
	},
	[RIVET_REASON_WRONG_USE] = {
		"%A lists the file, but not for this use: %o needs \"%u\".",
		"See what it is listed for: rivetctl manifest show %s\n"
		"If the use is right, have \"%u\" added in the next version of the manifest.",
	},
	[RIVET_REASON_REVOKED] = {
		"A revocation names this content, most likely because of a known flaw, or "
		"the certificate that signed the RIV set which lists it.",
		"Install the corrected version of the file, or have its manifest signed by "
		"another signer, and load that: rivetctl manifest load NAME.riv.signed\n"
		"See which it is: rivetctl manifest list; rivetctl trust list",
	},
	[RIVET_REASON_EXPIRED] = {
		"The content is listed, but %a is past its valid-until.",
		"Load a newer version of the set: rivetctl manifest load NAME.riv.signed\n"
		"or, if the set should still be valid, check the clock: date -u",
	},
	[RIVET_REASON_WRITABLE] = {
		"The file is open for writing, or mapped writable, by some process: what "
		"was measured could still change.",
		"Find the writer: fuser -v %p\n"
		"Updates should write a new file and rename it over the old one.",
	},
	[RIVET_REASON_UNMEASURED] = {
		"The file was not measured before, and this operation (%o) may not read it.",
		"See what a measurement would say: rivetctl check %p\n"
		"Then start the program again.",
	},
	[RIVET_REASON_ANONYMOUS] = {
		"What was to be executed belongs to no file that could be measured: a memory "
		"file, shared memory, a device, or a private copy that was written to.",
		"If the program is meant to do that, give it a rule in the policy: "
		"op=%o riv=anonymous exe=%x action=ALLOW\n"
		"If not, it may be under attack: restart it.",
	},
	[RIVET_REASON_UNVERIFIABLE] = {
		"The file is on a filesystem that may give other bytes at the next read "
		"(network, FUSE): a measurement would prove nothing.",
		"Copy the file to a local filesystem, or name the filesystem in the "
		"policy: fsmagic=",
	},
	[RIVET_REASON_QUARANTINED] = {
		"The file was denied before and is quarantined: it stays denied.",
		"Put the listed file in its place, by a new file renamed over it: "
		"rivetctl check %p",
	},
	[RIVET_REASON_IO_ERROR] = {
		"The file could not be read to its end, so that there is no measurement.",
		"Look for errors of the disk or the filesystem: dmesg --level err,warn\n"
		"then try again: rivetctl check %p",
	},
};

/**
 * struct special - a verdict for which the words of its reason alone will not do
 * @op: enum rivet_op, or ANY
 * @hook: enum rivet_hook, or ANY
 * @reason: enum rivet_reason, or ANY
 * @words: for it
 */
struct special {
	int op;
	int hook;
	int reason;
	struct template words;
};

#define ANY	(-1)

#define TRACER \
	"If a debugger is to work here, give it a rule in the policy: " \
	"op=ANON_EXEC exe=/usr/bin/gdb action=ALLOW\n" \
	"If not, find out who started the process that tried: it may be an attempt to " \
	"take over another program."

#define KERNEL_TOOL \
	"If the tool is to work here, give it a rule in the policy: " \
	"op=KMODULE riv=anonymous exe=%x action=ALLOW\n" \
	"Whoever may run it can then change the kernel, and rivet with it. " \
	"If it is not, find out who started it."

#define UNSEEN	"The kernel does not show this content before it uses it, so that nothing can vouch for it."
#define UNLISTED_BYTES	"No loaded RIV set lists the bytes that the kernel was about to use."

/* The first that fits counts. */
static const struct special specials[] = {
	{ RIVET_OP_ANON_EXEC, ANY, RIVET_REASON_MATCH, {
		"The RIV of the acting program has the property \"jit\"; it is the policy that "
		"decides so (line %l).",
		"Read the rule: rivetctl policy show",
	} },
	{ RIVET_OP_ANON_EXEC, RIVET_HOOK_PTRACE_ACCESS_CHECK, ANY, {
		"A process was to be traced, or its memory to be changed: whoever can do that "
		"can make it run anything.",
		TRACER,
	} },
	{ RIVET_OP_ANON_EXEC, RIVET_HOOK_PTRACE_TRACEME, ANY, {
		"A process asked to be traced by the one that started it, which could then make "
		"it run anything.",
		TRACER,
	} },
	{ RIVET_OP_ANON_EXEC, RIVET_HOOK_FILE_OPEN, ANY, {
		"The memory of a process was opened for writing: that changes even code which "
		"is mapped read-only.",
		TRACER,
	} },
	{ RIVET_OP_ANON_EXEC, ANY, ANY, {
		"Code was to run from memory that belongs to no listed file: generated or "
		"injected code, or a memory file. Only a program whose RIV has the property "
		"\"jit\" may do that.",
		"If the program is meant to generate code, have it listed with that property: "
		"rivetctl manifest build -n NAME -v VERSION -o NAME.riv --jit %x %x\n"
		"or give it a rule in the policy: op=ANON_EXEC exe=%x action=ALLOW\n"
		"If not, it may be under attack: restart it.",
	} },
	{ RIVET_OP_KMODULE, RIVET_HOOK_BPF_PROG, ANY, {
		"A BPF program was to be loaded, or fetched, that can lift what rivet refuses.",
		KERNEL_TOOL,
	} },
	{ RIVET_OP_KMODULE, RIVET_HOOK_LOCKED_DOWN, ANY, {
		"The kernel's code or memory was to be changed without a module, which is "
		"decided as one that nothing vouches for: %d.",
		KERNEL_TOOL,
	} },
	{ RIVET_OP_KMODULE, RIVET_HOOK_KERNEL_POST_READ_FILE, RIVET_REASON_UNMEASURED, {
		"A module that was never permitted was about to go live: something lifted what "
		"rivet had refused, most likely a BPF program.",
		"See which BPF programs can: rivetctl doctor\n"
		"Take it for an attack by root: find out who loaded the module and the BPF "
		"program, and boot anew.",
	} },
	{ RIVET_OP_KEXEC, RIVET_HOOK_KERNEL_LOAD_DATA, ANY, {
		UNSEEN,
		"Use kexec_file_load(2), as kexec -s does: it shows the image.",
	} },
	{ ANY, RIVET_HOOK_KERNEL_LOAD_DATA, ANY, {
		UNSEEN,
		"Load it from a file: then the kernel shows it.",
	} },
	{ ANY, RIVET_HOOK_KERNEL_POST_LOAD_DATA, RIVET_REASON_UNLISTED, {
		UNLISTED_BYTES " They came from memory, not from a file.",
		"If a tool unpacked a listed file first, as modprobe does with compressed "
		"modules, have it listed unpacked too (its path does not matter): "
		"rivetctl manifest build -n NAME -v VERSION -o NAME.riv --use %u UNPACKED\n"
		"If not, find out where it came from.",
	} },
	{ ANY, RIVET_HOOK_KERNEL_POST_READ_FILE, RIVET_REASON_UNLISTED, {
		UNLISTED_BYTES,
		"If the file belongs on this machine, have it listed and signed: "
		"rivetctl manifest build -n NAME -v VERSION -o NAME.riv --use %u %p\n"
		"then, after signing: rivetctl manifest load NAME.riv.signed\n"
		"If it does not, find out where it came from, and remove it.",
	} },
	{ RIVET_OP_MMAP, RIVET_HOOK_FILE_OPEN, RIVET_REASON_WRITABLE, {
		"Whoever writes there changes files beneath their filesystem, so that what was "
		"verified of them is no longer true.",
		"Write through the filesystem, or unmount it first.\n"
		"If a tool must, give it a rule in the policy: "
		"op=MMAP riv=writable path=%p exe=%x action=ALLOW",
	} },
	{ RIVET_OP_READ, ANY, RIVET_REASON_UNLISTED, {
		"No loaded RIV set lists this content, and the policy wants what is read from "
		"this path to be listed.",
		"If the file is as it should be, have it listed and signed: "
		"rivetctl manifest build -n NAME -v VERSION -o NAME.riv --use read %p\n"
		"If it may change, let it through by a rule before: op=READ path=%p action=ALLOW",
	} },
	{ RIVET_OP_SCRIPT, ANY, RIVET_REASON_UNLISTED, {
		"No loaded RIV set lists this content, and the policy wants what this "
		"interpreter reads from this path to be listed.",
		"If the script belongs on this machine, have it listed and signed: "
		"rivetctl manifest build -n NAME -v VERSION -o NAME.riv --use script %p\n"
		"If it is data that may change, let it through by a rule before: "
		"op=SCRIPT exe=%x path=%p action=ALLOW",
	} },
};

static const struct template changes[__RIVET_EVENT_MAX] = {
	[RIVET_EVENT_MODE] = { "Mode: %d.", "rivetctl status; rivetctl doctor" },
	[RIVET_EVENT_POLICY] = { "Policy: %d.", "rivetctl policy show" },
	[RIVET_EVENT_RIV] = { "RIV set: %d.", "rivetctl manifest list" },
	[RIVET_EVENT_REVOKE] = { "Revocation: %d.", "rivetctl manifest list" },
	[RIVET_EVENT_TRUST] = { "Trust: %d.", "rivetctl trust list" },
	[RIVET_EVENT_CHANGE] = {
		"Programs use this file as verified, and are not to see other bytes: %d.",
		"Write a new file and rename it over the old one, as package managers do.\n"
		"To write to this one, stop what uses it first: fuser -v %p",
	},
};

/* What the kernel reports of programs that were there before enforcement began. */
static const char running_mark[] = "already running:";
static const struct template running = {
	"This started before enforcement began, and would be refused now; it goes on: %d.",
	"Restart the program or end it, or have the file listed if it belongs on this machine.",
};

static const struct template unknown = {
	"This version of rivetctl does not know what the kernel reports here.",
	"Update rivetctl to the version of the module: rivetctl status",
};

static const char *use_of(enum rivet_op op)
{
	switch (op) {
	case RIVET_OP_EXECUTE:
		return "exec";
	case RIVET_OP_MMAP:
	case RIVET_OP_MPROTECT:
		return "mmap";
	case RIVET_OP_ANON_EXEC:
		return "jit";
	case RIVET_OP_KMODULE:
	case RIVET_OP_KEXEC:
		return "kmod";
	case RIVET_OP_FIRMWARE:
		return "firmware";
	case RIVET_OP_SCRIPT:
		return "script";
	default:
		return "read";
	}
}

static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       strchr("/._+,:@%=-", c);
}

static bool is_quotable(char c)
{
	return c >= ' ' && c < 0x7f && c != '\'';
}

/* A name from outside inside a command that someone may paste into a shell. */
static void add_path(struct buffer *out, struct rivet_slice path, const char *unnamed)
{
	bool plain = true, quotable = path.len > 0;
	size_t i;

	for (i = 0; i < path.len; i++) {
		plain = plain && path.ptr[i] && is_plain(path.ptr[i]);
		quotable = quotable && is_quotable(path.ptr[i]);
	}
	if (!quotable) {
		buffer_add_text(out, unnamed);
		return;
	}
	if (!plain)
		buffer_add_text(out, "'");
	buffer_add(out, path.ptr, path.len);
	if (!plain)
		buffer_add_text(out, "'");
}

static void add_set(struct buffer *out, struct rivet_slice set, const char *unnamed)
{
	if (set.len) {
		buffer_add_text(out, "RIV set ");
		text_add_bytes(out, set);
	} else {
		buffer_add_text(out, unnamed);
	}
}

static void add_value(struct buffer *out, const struct event *event, char letter)
{
	switch (letter) {
	case 'p':
		add_path(out, event->path, "PATH");
		break;
	case 'e':
		add_path(out, event->expected_path, "PATH");
		break;
	case 'x':
		add_path(out, event->exe, "PROGRAM");
		break;
	case 's':
		if (event->set.len)
			text_add_bytes(out, event->set);
		else
			buffer_add_text(out, "SET");
		break;
	case 'A':
		add_set(out, event->set, "A RIV set");
		break;
	case 'a':
		add_set(out, event->set, "a RIV set");
		break;
	case 'o':
		buffer_add_text(out, rivet_name_op(event->op));
		break;
	case 'u':
		buffer_add_text(out, use_of(event->op));
		break;
	case 'l':
		text_add(out, "%" PRIu32, event->rule_line);
		break;
	case 'd':
		text_add_bytes(out, event->detail);
		break;
	}
}

static void expand(struct buffer *out, const struct event *event, const char *text)
{
	const char *mark;

	while ((mark = strchr(text, '%'))) {
		buffer_add(out, text, mark - text);
		add_value(out, event, mark[1]);
		text = mark + 2;
	}
	buffer_add_text(out, text);
}

static bool fits(int wanted, uint8_t value)
{
	return wanted == ANY || wanted == value;
}

static const struct special *find_special(const struct event *event)
{
	const struct special *s;

	for (s = specials; s < specials + ARRAY_SIZE(specials); s++) {
		if (fits(s->op, event->op) && fits(s->hook, event->hook) &&
		    fits(s->reason, event->reason))
			return s;
	}
	return NULL;
}

static const struct template *template_of(const struct event *event)
{
	const struct special *special = find_special(event);
	struct rivet_slice detail = event->detail;

	if (event->kind == RIVET_EVENT_VERDICT && event->reason >= __RIVET_REASON_MAX)
		return &unknown;
	if (event->kind == RIVET_EVENT_VERDICT)
		return special ? &special->words : &reasons[event->reason];
	if (event->kind == RIVET_EVENT_MODE && rivet_slice_take_prefix(&detail, running_mark))
		return &running;
	return event->kind < __RIVET_EVENT_MAX ? &changes[event->kind] : &unknown;
}

/* In enforce mode a file is not even read if no RIV has its size. */
static bool was_not_read(const struct event *event)
{
	return event->kind == RIVET_EVENT_VERDICT && event->reason == RIVET_REASON_UNLISTED &&
	       !event_has(event, RIVET_A_EVENT_MEASURED);
}

/**
 * event_explain() - what an event means, and what to do
 * @event: the event
 * @out: both texts; to be freed with event_advice_free(), printable ASCII, lines
 *	of @out->next separated by newlines
 */
void event_explain(const struct event *event, struct event_advice *out)
{
	const struct template *template = template_of(event);

	memset(out, 0, sizeof(*out));
	expand(&out->what, event, template->what);
	expand(&out->next, event, template->next);
	if (was_not_read(event))
		buffer_add_text(&out->what,
				" No RIV has a file of this size, so that it was not even read.");
}

/**
 * event_advice_free() - release the texts
 * @advice: filled by event_explain()
 */
void event_advice_free(struct event_advice *advice)
{
	buffer_free(&advice->what);
	buffer_free(&advice->next);
}
