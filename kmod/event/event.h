/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - event/event: the bounded buffer of events, with sequence numbers
 */
#ifndef _RIVET_EVENT_H
#define _RIVET_EVENT_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <uapi/linux/rivet.h>

#include "event/chain.h"
#include "text/digest.h"
#include "text/names.h"

#define RIVET_EVENTS_HELD	2048	/* events in the buffer; a power of two */
#define RIVET_EVENT_PATH_MAX	1024	/* bytes of a path that an event holds */
#define RIVET_EVENT_DETAIL_MAX	256	/* bytes of a detail, its end included */

static_assert(__RIVET_OP_MAX <= 256 && __RIVET_HOOK_MAX <= 256 && __RIVET_MODE_MAX <= 256 &&
	      __RIVET_ACTION_MAX <= 256 && __RIVET_REASON_MAX <= 256 && __RIVET_EVENT_MAX <= 256,
	      "an event has a byte for each");
static_assert((RIVET_PATH_DELETED | RIVET_PATH_FOREIGN | RIVET_PATH_TRUNCATED) <= 255,
	      "an event has a byte for the flags of a path");
static_assert(RIVET_EVENT_PATH_MAX <= 65535 && RIVET_EVENT_DETAIL_MAX <= 65535,
	      "an event has 16 bits for a length");

/**
 * struct rivet_event - one event
 *
 * Immutable once it is in the buffer, but for its links, which are set before the first
 * reader gets it. Shared by reference count: the buffer holds one
 * reference, and each reader that got it from rivet_event_after() holds another.
 *
 * @refs: number of references
 * @seq: sequence number, from 1
 * @time: nanoseconds since 1970
 * @kind: enum rivet_event_kind
 * @count: occurrences it stands for
 * @error: positive errno of a refusal, 0 if permitted or completed
 * @op: enum rivet_op
 * @hook: enum rivet_hook
 * @mode: enum rivet_mode
 * @action: enum rivet_action
 * @reason: enum rivet_reason
 * @path_flags: RIVET_PATH_*
 * @measured: digest of the file; RIVET_DIGEST_NONE if not measured
 * @expected: digest that a RIV names for the path; RIVET_DIGEST_NONE if none
 * @size: bytes of the file
 * @dev: device, kernel encoding
 * @ino: inode number
 * @fsmagic: type of the filesystem
 * @pid: thread group, initial pid namespace
 * @uid: initial user namespace
 * @loginuid: audit login uid or 4294967295
 * @comm: name of the acting task, terminated, not escaped
 * @set: RIV set or empty
 * @set_version: its version
 * @policy: name of the policy
 * @policy_version: X << 32 | Y << 16 | Z
 * @rule_line: line of the rule
 * @riv_generation: of the lookup
 * @policy_generation: of the decision
 * @path_len: bytes of the path in @text
 * @expected_path_len: bytes of the path that a RIV names for the digest
 * @exe_len: bytes of the acting program's RIV path
 * @exe_file_len: path bytes of the acting process's exe_file; 0 if @exe_len is not
 * @detail_len: bytes of the detail
 * @before: event chain up to the event before
 * @chain: event chain up to this event
 * @text: path, expected path, exe, exe file, detail, one after the other, not terminated
 */
struct rivet_event {
	refcount_t refs;
	u64 seq;
	u64 time;
	u8 kind;
	u32 count;
	u32 error;
	u8 op;
	u8 hook;
	u8 mode;
	u8 action;
	u8 reason;
	u8 path_flags;
	struct rivet_digest measured;
	struct rivet_digest expected;
	u64 size;
	dev_t dev;
	u64 ino;
	u64 fsmagic;
	u32 pid;
	u32 uid;
	u32 loginuid;
	char comm[16];
	char set[RIVET_NAME_MAX + 1];
	u64 set_version;
	char policy[RIVET_NAME_MAX + 1];
	u64 policy_version;
	u32 rule_line;
	u64 riv_generation;
	u64 policy_generation;
	u16 path_len;
	u16 expected_path_len;
	u16 exe_len;
	u16 exe_file_len;
	u16 detail_len;
	u8 before[RIVET_CHAIN_SIZE];
	u8 chain[RIVET_CHAIN_SIZE];
	char text[];
};

struct rivet_event *rivet_event_alloc(size_t text_len);
void rivet_event_set_actor(struct rivet_event *event);
size_t rivet_event_text_len(const struct rivet_event *event);
void rivet_event_put(struct rivet_event *event);
void rivet_event_add(struct rivet_event *event);
struct rivet_event *rivet_event_after(u64 seq);
void rivet_event_range(u64 *oldest, u64 *last, u8 head[RIVET_CHAIN_SIZE]);
void rivet_event_listen(void (*notify)(void));
void rivet_event_exit(void);

__printf(3, 4)
void rivet_event_change(enum rivet_event_kind kind, int error, const char *fmt, ...);

#endif /* _RIVET_EVENT_H */
