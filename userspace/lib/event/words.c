// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - events in userspace: the words of event_explain()
 *
 * Advice must not open a hole: no template suggests a rule that admits possible code
 * without a RIV.
 */
#include <linux/kernel.h>
#include <stdbool.h>

#include "lib/event/words.h"

static const struct template reasons[__RIVET_REASON_MAX] = {
	[RIVET_REASON_MATCH] = {
		"The file is as listed in %a; the policy decides so (line %l), not "
		"the measurement.",
		"Read the rule: rivetctl policy show",
	},
	[RIVET_REASON_UNLISTED] = {
		"No loaded RIV set lists this content: nothing vouches for the file as it is.",
		"If the file belongs on this machine, have it listed and signed: "
		"%b %p\n"
		"then, after signing: rivetctl manifest load NAME.riv.signed\n"
		"If it does not, find out where it came from, and remove it.",
	},
	[RIVET_REASON_MISMATCH] = {
		"%A lists this path with other content: the file was changed or "
		"replaced, or the file was updated and the RIV set was not.",
		"After an update, load the manifest that came with it: "
		"rivetctl manifest load NAME.riv.signed\n"
		"If there was no update, the file is not to be trusted: put the listed one "
		"back, by a new file renamed over it, and look for other changes: "
		"rivetctl check %p",
	},
	[RIVET_REASON_MOVED] = {
		"The content is listed, but as %e, not under this path.",
		"Run it from the listed path: rivetctl check %e\n"
		"or have this path listed too: %b %p",
	},
	[RIVET_REASON_WRONG_USE] = {
		"%A lists the file, but not for this use: %o needs \"%u\".",
		"See its listed uses: rivetctl manifest show %s\n"
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
		"Some process has the file open for writing, or mapped writable: the "
		"measured bytes could still change.",
		"Find the writer: fuser -v %p\n"
		"Updates should write a new file and rename it over the old one.",
	},
	[RIVET_REASON_UNMEASURED] = {
		"The file was not measured before, and this operation (%o) may not read it.",
		"Ask for a measurement: rivetctl check %p\n"
		"Then start the program again.",
	},
	[RIVET_REASON_ANONYMOUS] = {
		"The code to be executed belongs to no file that could be measured: it is in a memory "
		"file, shared memory, a device, or a private copy that was written to.",
		"If the program is meant to do that, give it a rule in the policy: "
		"op=%o riv=anonymous exe=%x action=ALLOW\n"
		"If not, it may be under attack: restart it.",
	},
	[RIVET_REASON_UNVERIFIABLE] = {
		"The file is on a filesystem that may give other bytes at the next read "
		"(network, FUSE, ecryptfs), or larger than 4 GiB: a measurement would prove nothing.",
		"Copy the file to a local filesystem, or have it measured there at every use: "
		"op=%o riv=MATCH fsmagic=%m action=ALLOW",
	},
	[RIVET_REASON_QUARANTINED] = {
		"These bytes are quarantined: a rule with QUARANTINE refused them before, and they "
		"stay refused wherever they are.",
		"See why, and since when: rivetctl quarantine list\n"
		"Put the listed file in its place, by a new file renamed over it; the first use of "
		"it ends the entry.\n"
		"If the file is gone: rivetctl quarantine forget ID\n"
		"If it is good: have it listed, or have its digest released: rivetctl manifest build "
		"--release -n NAME -v VERSION DIGEST",
	},
	[RIVET_REASON_IO_ERROR] = {
		"The file could not be read to its end, so that there is no measurement.",
		"Look for errors of the disk or the filesystem: dmesg --level err,warn\n"
		"then try again: rivetctl check %p",
	},
};

/** enum condition - a further condition of a special, beside op, hook and reason */
enum condition {
	ALWAYS,
	IF_ELSEWHERE,		/* the path means nothing on the host */
	IF_DETAILED,		/* the event has a detail */
};

/**
 * struct special - a verdict that needs more specific words than its reason
 * @op: enum rivet_op, or ANY
 * @hook: enum rivet_hook, or ANY
 * @reason: enum rivet_reason, or ANY
 * @when: a further condition
 * @words: its template
 */
struct special {
	int op;
	int hook;
	int reason;
	enum condition when;
	struct template words;
};

#define ANY	(-1)

#define TRACER \
	"If the tracer is to work here, give it a rule in the policy: " \
	"op=ANON_EXEC exe=%x action=ALLOW\n" \
	"Every user of it can then change every program that they may trace. If not, " \
	"find the user and the parent of that process: it may be an attempt to take over " \
	"another program."

#define KERNEL_TOOL \
	"If the tool is to work here, give it a rule in the policy: " \
	"op=KMODULE riv=anonymous exe=%x action=ALLOW\n" \
	"Every user of it can then change the kernel, and rivet with it. " \
	"If it is not, find the user and the program that started it."

#define UNSEEN	"The kernel does not show this content before it uses it, so that nothing can vouch for it."
#define UNLISTED_BYTES	"No loaded RIV set lists the bytes that the kernel was about to use."

#define WRITABLE_CODE \
	"A process tried to map the file writable and executable at once: the measured code " \
	"could be changed while it runs.", \
	"No RIV permits that. Have the program map code without writing to it; one that " \
	"generates code should do so in memory without a file, and be listed with \"jit\".\n" \
	"If the program has no reason to do that, it may be under attack: restart it."

#define MAPPED_PROGRAM \
	"%A lists the file, but not for this use: %o needs \"%u\". Or it is listed so, but " \
	"a rule with exe= asks more of this program than of others: then it runs by being " \
	"executed, not by its loader or another program.", \
	"See its listed uses: rivetctl manifest show %s\n" \
	"If the use is right and missing, have \"%u\" added in the next version of the manifest.\n" \
	"If rules name the program, start it itself: rivetctl policy show"

#define READ_UNVERIFIABLE \
	"The file is on a filesystem that may give other bytes at the next read " \
	"(network, FUSE, ecryptfs), or larger than 4 GiB: a measurement would prove nothing.", \
	"Copy the file to a local filesystem: no rule makes it verifiable there."

#define BENEATH \
	"The kernel was asked to put other bytes beneath files, which makes their " \
	"verification untrue: %d."
#define BENEATH_TOOL	"If a tool must, give it a rule in the policy: op=MMAP riv=writable"

/* The first match counts. */
static const struct special specials[] = {
	{ ANY, ANY, RIVET_REASON_MOVED, IF_ELSEWHERE, {
		"The content is listed, but as %e, and this is not that file.",
		"If it belongs here too, have it listed for any place: %b %p",
	} },
	{ RIVET_OP_MMAP, RIVET_HOOK_MMAP_FILE, RIVET_REASON_WRITABLE, IF_DETAILED, {
		WRITABLE_CODE
	} },
	{ RIVET_OP_MPROTECT, ANY, RIVET_REASON_WRITABLE, IF_DETAILED, {
		WRITABLE_CODE
	} },
	{ RIVET_OP_MMAP, RIVET_HOOK_MMAP_FILE, RIVET_REASON_WRONG_USE, ALWAYS, { MAPPED_PROGRAM } },
	{ RIVET_OP_MPROTECT, ANY, RIVET_REASON_WRONG_USE, ALWAYS, { MAPPED_PROGRAM } },
	{ RIVET_OP_READ, ANY, RIVET_REASON_UNVERIFIABLE, ALWAYS, { READ_UNVERIFIABLE } },
	{ RIVET_OP_SCRIPT, ANY, RIVET_REASON_UNVERIFIABLE, ALWAYS, { READ_UNVERIFIABLE } },
	{ RIVET_OP_ANON_EXEC, ANY, RIVET_REASON_MATCH, ALWAYS, {
		"The RIV of the acting program has the property \"jit\"; it is the policy that "
		"decides so (line %l).",
		"Read the rule: rivetctl policy show",
	} },
	{ RIVET_OP_ANON_EXEC, RIVET_HOOK_PTRACE_ACCESS_CHECK, ANY, ALWAYS, {
		"A process tried to trace another, or to change its memory: this can make the other "
		"run any code.",
		TRACER,
	} },
	{ RIVET_OP_ANON_EXEC, RIVET_HOOK_PTRACE_TRACEME, ANY, ALWAYS, {
		"A process asked its parent to trace it, which could then make it run any code.",
		TRACER,
	} },
	{ RIVET_OP_ANON_EXEC, RIVET_HOOK_FILE_OPEN, ANY, ALWAYS, {
		"The memory of a process was opened for writing: that changes even code which "
		"is mapped read-only.",
		TRACER,
	} },
	{ RIVET_OP_ANON_EXEC, ANY, ANY, ALWAYS, {
		"Code was to run from memory that belongs to no listed file: generated or "
		"injected code, or a memory file. Only a program whose RIV has the property "
		"\"jit\" may do that.",
		"If the program is meant to generate code, have it listed with that property: "
		"%b --jit %x %x\n"
		"or give it a rule in the policy: op=ANON_EXEC exe=%x action=ALLOW\n"
		"If not, it may be under attack: restart it.",
	} },
	{ RIVET_OP_KMODULE, RIVET_HOOK_BPF_PROG, ANY, ALWAYS, {
		"A process tried to load or fetch a BPF program that can override rivet's refusals.",
		KERNEL_TOOL,
	} },
	{ RIVET_OP_KMODULE, RIVET_HOOK_LOCKED_DOWN, ANY, ALWAYS, {
		"The kernel's code or memory was to be changed without a module, which is "
		"decided as one that nothing vouches for: %d.",
		KERNEL_TOOL,
	} },
	{ RIVET_OP_KMODULE, RIVET_HOOK_KERNEL_POST_READ_FILE, RIVET_REASON_UNMEASURED, ALWAYS, {
		"A module that was never permitted was about to go live: something overrode rivet's "
		"refusal, most likely a BPF program.",
		"See which BPF programs can: rivetctl doctor\n"
		"Treat it as an attack by root: find the programs that loaded the module and the "
		"BPF program, and reboot.",
	} },
	{ RIVET_OP_KEXEC, RIVET_HOOK_KERNEL_LOAD_DATA, ANY, ALWAYS, {
		UNSEEN,
		"Use kexec_file_load(2), as kexec -s does: it shows the image.",
	} },
	{ ANY, RIVET_HOOK_KERNEL_LOAD_DATA, ANY, ALWAYS, {
		UNSEEN,
		"Load it from a file: then the kernel shows it.",
	} },
	{ ANY, RIVET_HOOK_KERNEL_POST_LOAD_DATA, RIVET_REASON_UNLISTED, ALWAYS, {
		UNLISTED_BYTES " They came from memory, not from a file.",
		"If modprobe unpacked a compressed module, have all modules listed anew, which "
		"lists them unpacked too: %b /usr/lib/modules\n"
		"If another tool unpacked a listed file, have the result listed (its path "
		"does not matter): %b --use %u UNPACKED\n"
		"If not, find out where it came from.",
	} },
	{ ANY, RIVET_HOOK_KERNEL_POST_READ_FILE, RIVET_REASON_UNLISTED, ALWAYS, {
		UNLISTED_BYTES,
		"If the file belongs on this machine, have it listed and signed: "
		"%b --use %u %p\n"
		"then, after signing: rivetctl manifest load NAME.riv.signed\n"
		"If it does not, find out where it came from, and remove it.",
	} },
	{ RIVET_OP_MMAP, RIVET_HOOK_FILE_IOCTL, RIVET_REASON_WRITABLE, ALWAYS, {
		BENEATH,
		BENEATH_TOOL " path=%p exe=%x action=ALLOW",
	} },
	{ RIVET_OP_MMAP, RIVET_HOOK_INODE_SETATTR, RIVET_REASON_WRITABLE, ALWAYS, {
		BENEATH,
		"Unmount the image, and detach its loop device, first.\n"
		BENEATH_TOOL " exe=%x action=ALLOW",
	} },
	{ RIVET_OP_MMAP, RIVET_HOOK_QUOTA_ON, RIVET_REASON_WRITABLE, ALWAYS, {
		BENEATH,
		"Let the filesystem keep its quotas in files without names: tune2fs -O quota\n"
		BENEATH_TOOL " exe=%x action=ALLOW",
	} },
	{ RIVET_OP_MMAP, RIVET_HOOK_FILE_OPEN, RIVET_REASON_WRITABLE, ALWAYS, {
		"Writing there changes files beneath their filesystem, which makes their "
		"verification untrue.",
		"Write through the filesystem, or unmount it first.\n"
		"If a tool must, give it a rule in the policy: "
		"op=MMAP riv=writable path=%p exe=%x action=ALLOW",
	} },
	{ RIVET_OP_READ, ANY, RIVET_REASON_UNLISTED, ALWAYS, {
		"No loaded RIV set lists this content, and the policy requires files read from "
		"this path to be listed.",
		"If the file is as it should be, have it listed and signed: "
		"%b --use read %p\n"
		"If it changes while the machine runs, no RIV can vouch for it: the author of the "
		"policy has to decide whether the rule in line %l is meant for it.",
	} },
	{ RIVET_OP_SCRIPT, ANY, RIVET_REASON_UNLISTED, ALWAYS, {
		"No loaded RIV set lists this content, and the policy requires files that this "
		"interpreter reads from this path to be listed.",
		"If the script belongs on this machine, have it listed and signed: "
		"%b --use script %p\n"
		"Files that the interpreter itself writes and reads again, as Python does with .pyc, "
		"are code like the script: make them where the manifest is built and list them, or "
		"keep the interpreter from writing them (python3 -B).",
	} },
};

static const struct template changes[__RIVET_EVENT_MAX] = {
	[RIVET_EVENT_MODE] = { "Mode: %d.", "rivetctl status; rivetctl doctor" },
	[RIVET_EVENT_POLICY] = { "Policy: %d.", "rivetctl policy show" },
	[RIVET_EVENT_RIV] = { "RIV set: %d.", "rivetctl manifest list" },
	[RIVET_EVENT_REVOKE] = { "Revocation: %d.", "rivetctl manifest list" },
	[RIVET_EVENT_TRUST] = { "Trust: %d.", "rivetctl trust list" },
	[RIVET_EVENT_RUNNING] = {
		"What runs already would not all be permitted now: %d.",
		"rivetctl running tells the result of the last look at what runs.\n"
		"Restart the program if it goes on, which is then decided on as any other, or end "
		"it. Have the file listed if it is not and belongs on this machine.",
	},
	[RIVET_EVENT_QUARANTINE] = {
		"Quarantine: %d.",
		"rivetctl quarantine list",
	},
	[RIVET_EVENT_ISOLATE] = {
		"Isolation: %d.",
		"rivetctl isolation\n"
		"Find out how the file was changed and put it right. To end isolation, sign a request "
		"in the workshop: rivetctl rejoin request, rejoin sign, rejoin apply",
	},
	[RIVET_EVENT_VERIFY] = {
		"Verification: %d.",
		"rivetctl verify --report 0 prints the last report.\n"
		"A file that fails is refused at its next use, unless the policy permits it: have it "
		"restored, or find out who changed it.",
	},
	[RIVET_EVENT_CHANGE] = {
		"Programs use this file as verified, and must not see other bytes: %d.",
		"Write a new file and rename it over the old one, as package managers do.\n"
		"To write to this one, stop its users first: fuser -v %p",
	},
};

static const struct template unknown = {
	"This version of rivetctl does not know this event of the kernel.",
	"Update rivetctl to the version of the module: rivetctl status",
};

static bool fits(int wanted, uint8_t value)
{
	return wanted == ANY || wanted == value;
}

/* Does the path lead to the file for the reader of the advice? */
static bool is_here(enum event_place place)
{
	return place == EVENT_PLACE_HERE || place == EVENT_PLACE_TEMPORARY;
}

static bool holds(enum condition condition, const struct event *event, enum event_place place)
{
	return condition == ALWAYS || (condition == IF_ELSEWHERE && !is_here(place)) ||
	       (condition == IF_DETAILED && event->detail.len);
}

static const struct special *find_special(const struct event *event, enum event_place place)
{
	const struct special *s;

	for (s = specials; s < specials + ARRAY_SIZE(specials); s++) {
		if (fits(s->op, event->op) && fits(s->hook, event->hook) &&
		    fits(s->reason, event->reason) &&
		    holds(s->when, event, place))
			return s;
	}
	return NULL;
}

/**
 * event_words() - the words for an event
 * @event: the event
 * @place: the place of its file
 *
 * Return: templates; never NULL.
 */
const struct template *event_words(const struct event *event, enum event_place place)
{
	const struct special *special;

	if (event->kind != RIVET_EVENT_VERDICT)
		return event->kind < __RIVET_EVENT_MAX ? &changes[event->kind] : &unknown;
	if (event->reason >= __RIVET_REASON_MAX)
		return &unknown;
	special = find_special(event, place);
	return special ? &special->words : &reasons[event->reason];
}

/**
 * event_words_of_place() - the words for the place of a file to be listed
 * @place: the place
 *
 * Return: a sentence; NULL if none is needed.
 */
const char *event_words_of_place(enum event_place place)
{
	static const char * const words[__EVENT_PLACE_MAX] = {
		[EVENT_PLACE_ELSEWHERE] =
			"FILE stands for the file where the manifest is built, such as the image of "
			"the container: its path here is that of another root. With --any-path it "
			"is listed wherever it lies.",
		[EVENT_PLACE_GONE] =
			"FILE stands for the file where the manifest is built: here it has no name "
			"any more. If an update replaced it, start the program anew. With "
			"--any-path it is listed wherever it lies.",
		[EVENT_PLACE_SHORT] =
			"FILE stands for the file, whose path is longer than an event can hold.",
		[EVENT_PLACE_TEMPORARY] =
			"Names there are often made anew each time: with --any-path the file is "
			"listed wherever it lies.",
	};

	return words[place];
}
