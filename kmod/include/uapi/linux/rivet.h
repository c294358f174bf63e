/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * rivet - Reference Integrity Value Enforcement for Things: user space API
 *
 * Generic netlink family "rivet", version 1. This comment documents the protocol
 * for programs. Documentation/netlink/specs/rivet.yaml describes the same protocol
 * for tools.
 *
 * Every command needs CAP_NET_ADMIN in the initial user namespace; so does
 * joining the multicast group "events".
 *
 *  RIVET_CMD_STATUS  (do)    replies with one message of RIVET_A_STATUS_*.
 *  RIVET_CMD_EVENTS  (dump)  takes RIVET_A_EVENTS_SINCE, a sequence number (0
 *                            or absent: all events in the buffer), and replies
 *                            with one RIVET_CMD_EVENT message for every event
 *                            with a higher number, oldest first.
 *  RIVET_CMD_STATS   (do)    replies with nested RIVET_A_STATS_COUNTER, each a
 *                            name and a value.
 *  RIVET_CMD_VERIFY  (do)    also needs CAP_MAC_ADMIN. Takes RIVET_A_VERIFY_PATH, up to
 *                            64 times, or RIVET_A_VERIFY_SET, or RIVET_A_VERIFY_ALL;
 *                            RIVET_A_VERIFY_FRESH and RIVET_A_VERIFY_NONCE may be added.
 *                            Replies at once with RIVET_A_VERIFY_TICKET, while the files
 *                            are read. An event of kind VERIFY tells of the end.
 *  RIVET_CMD_VERIFY_CANCEL (do)   also needs CAP_MAC_ADMIN. Takes RIVET_A_VERIFY_TICKET.
 *  RIVET_CMD_VERIFY_REPORT (dump) takes RIVET_A_VERIFY_TICKET (absent: the last one),
 *                            and replies with a summary, then a message for each
 *                            failure, with RIVET_A_VERIFY_REASON. The kernel keeps the
 *                            last eight reports.
 *  RIVET_CMD_EVENT   (ntf)   message of one event, multicast to "events" and
 *                            contained in dumps of RIVET_CMD_EVENTS.
 *
 * Sequence numbers start at 1 when the module is loaded and increase by one per
 * event. A receiver that sees a gap, or ENOBUFS, requests the missed events with
 * RIVET_CMD_EVENTS. Events that the buffer no longer holds remain a gap.
 * RIVET_A_STATUS_EVENTS_OLDEST is the oldest sequence number in the buffer.
 *
 * The enumerations below are the wire values. Their words, the same in
 * manifests, policies, events and tools, are in kmod/text/names.c.
 */
#ifndef _UAPI_LINUX_RIVET_H
#define _UAPI_LINUX_RIVET_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define RIVET_GENL_NAME		"rivet"
#define RIVET_GENL_VERSION	1
#define RIVET_GENL_MCGRP_EVENTS	"events"

/** enum rivet_op - the operation of a request and of a policy rule */
enum rivet_op {
	RIVET_OP_EXECUTE,
	RIVET_OP_MMAP,
	RIVET_OP_MPROTECT,
	RIVET_OP_ANON_EXEC,
	RIVET_OP_KMODULE,
	RIVET_OP_FIRMWARE,
	RIVET_OP_KEXEC,
	RIVET_OP_READ,
	RIVET_OP_SCRIPT,
	RIVET_OP_RUNNING,
	__RIVET_OP_MAX,
};

/**
 * enum rivet_reason - result of comparing a measurement with the RIVs
 * @RIVET_REASON_MATCH: a RIV names this digest, path and use
 * @RIVET_REASON_UNLISTED: no RIV has this digest
 * @RIVET_REASON_MISMATCH: a RIV names this path with another digest
 * @RIVET_REASON_MOVED: the digest is known under another path
 * @RIVET_REASON_WRONG_USE: the RIV does not allow this use
 * @RIVET_REASON_REVOKED: the digest or the signer of the set that lists it is revoked
 * @RIVET_REASON_EXPIRED: the RIV set is past its valid-until
 * @RIVET_REASON_WRITABLE: somebody may be writing to the file
 * @RIVET_REASON_UNMEASURED: the file may not be read here
 * @RIVET_REASON_ANONYMOUS: the memory has no file
 * @RIVET_REASON_UNVERIFIABLE: the filesystem does not report changes
 * @RIVET_REASON_QUARANTINED: the bytes are in the quarantine list
 * @RIVET_REASON_IO_ERROR: reading the file failed
 * @__RIVET_REASON_MAX: one more than the last value
 *
 * RIVET_REASON_MATCH is success; all others state why there is no match.
 */
enum rivet_reason {
	RIVET_REASON_MATCH,
	RIVET_REASON_UNLISTED,
	RIVET_REASON_MISMATCH,
	RIVET_REASON_MOVED,
	RIVET_REASON_WRONG_USE,
	RIVET_REASON_REVOKED,
	RIVET_REASON_EXPIRED,
	RIVET_REASON_WRITABLE,
	RIVET_REASON_UNMEASURED,
	RIVET_REASON_ANONYMOUS,
	RIVET_REASON_UNVERIFIABLE,
	RIVET_REASON_QUARANTINED,
	RIVET_REASON_IO_ERROR,
	__RIVET_REASON_MAX,
};

/** enum rivet_action - the action of a policy rule */
enum rivet_action {
	RIVET_ACTION_ALLOW,
	RIVET_ACTION_AUDIT,
	RIVET_ACTION_DENY,
	RIVET_ACTION_QUARANTINE,
	RIVET_ACTION_KILL,
	__RIVET_ACTION_MAX,
};

/** enum rivet_mode - verdicts are only reported (audit), or carried out (enforce) */
enum rivet_mode {
	RIVET_MODE_AUDIT,
	RIVET_MODE_ENFORCE,
	__RIVET_MODE_MAX,
};

/** enum rivet_hook - the kernel hooks that rivet can attach to */
enum rivet_hook {
	RIVET_HOOK_INODE_FREE_SECURITY,
	RIVET_HOOK_BPRM_CHECK_SECURITY,
	RIVET_HOOK_MMAP_FILE,
	RIVET_HOOK_FILE_MPROTECT,
	RIVET_HOOK_FILE_OPEN,
	RIVET_HOOK_PATH_TRUNCATE,
	RIVET_HOOK_BPRM_COMMITTED_CREDS,
	RIVET_HOOK_BPRM_CREDS_FOR_EXEC,
	RIVET_HOOK_KERNEL_READ_FILE,
	RIVET_HOOK_KERNEL_POST_READ_FILE,
	RIVET_HOOK_KERNEL_LOAD_DATA,
	RIVET_HOOK_KERNEL_POST_LOAD_DATA,
	RIVET_HOOK_PTRACE_ACCESS_CHECK,
	RIVET_HOOK_PTRACE_TRACEME,
	RIVET_HOOK_BPF_PROG,
	RIVET_HOOK_LOCKED_DOWN,
	RIVET_HOOK_FILE_IOCTL,
	RIVET_HOOK_FILE_IOCTL_COMPAT,
	RIVET_HOOK_INODE_INIT_SECURITY_ANON,
	RIVET_HOOK_URING_CMD,
	RIVET_HOOK_INODE_SETATTR,
	RIVET_HOOK_QUOTA_ON,
	RIVET_HOOK_PERSONALITY,		/* a system call without a hook */
	RIVET_HOOK_PERSONALITY_COMPAT,	/* the same, for 32-bit programs */
	RIVET_HOOK_UPROBE_REGISTER,	/* a kernel function without a hook */
	__RIVET_HOOK_MAX,
};

/** enum rivet_use - bits of the uses that a RIV allows for its file */
enum rivet_use {
	RIVET_USE_EXEC		= 1 << 0,
	RIVET_USE_MMAP		= 1 << 1,
	RIVET_USE_KMOD		= 1 << 2,
	RIVET_USE_FIRMWARE	= 1 << 3,
	RIVET_USE_READ		= 1 << 4,
	RIVET_USE_SCRIPT	= 1 << 5,
	RIVET_USE_JIT		= 1 << 6,
};

/*
 * Requests to the file "evidence" of securityfs, by which the agent takes the files of new entries
 * of the quarantine list. They need CAP_NET_ADMIN when the file is opened and when they are made.
 *
 *  RIVET_EVIDENCE_REGISTER  makes the acting process the agent, until it ends: EPERM unless a RIV
 *			     names its program, as rivet saw it start, at a path of the agent;
 *			     EBUSY while another one is it.
 *  RIVET_EVIDENCE_TAKE	     fills in a struct rivet_evidence for a file that this process does not
 *			     have yet: EAGAIN if there is none, EPERM if it is not the agent.
 *  RIVET_EVIDENCE_DONE	     takes the number of an entry, whose file need not be held any more:
 *			     ENOENT if it is not held, or was not taken.
 */
#define RIVET_EVIDENCE_REGISTER	_IO(0xbe, 0)
#define RIVET_EVIDENCE_TAKE	_IOWR(0xbe, 1, struct rivet_evidence)
#define RIVET_EVIDENCE_DONE	_IOW(0xbe, 2, __u64)

/**
 * struct rivet_evidence - a held file
 * @line: where the line of the entry goes, as in the file "quarantine", terminated
 * @size: bytes there: ERANGE if they do not do
 * @fd: receives a descriptor of the file, for reading; or a negative errno if it cannot be opened
 */
struct rivet_evidence {
	__u64 line;
	__u32 size;
	__s32 fd;
};

/** enum rivet_event_kind - the subject of an event */
enum rivet_event_kind {
	RIVET_EVENT_VERDICT,	/* a decision about a file */
	RIVET_EVENT_MODE,	/* the mode changed, or a change was refused */
	RIVET_EVENT_POLICY,	/* a policy was loaded or refused */
	RIVET_EVENT_RIV,	/* a RIV set was loaded, withdrawn or refused */
	RIVET_EVENT_REVOKE,	/* a revocation was loaded or refused */
	RIVET_EVENT_TRUST,	/* the trust keyrings changed or a change was refused */
	RIVET_EVENT_CHANGE,	/* a file could not be changed while it is in use as verified */
	RIVET_EVENT_RUNNING,	/* code that runs already would be refused now, or was killed */
	RIVET_EVENT_QUARANTINE,	/* an entry of the quarantine list was made or ended */
	RIVET_EVENT_ISOLATE,	/* the machine is, was or would be isolated or rebooted by a rule */
	RIVET_EVENT_VERIFY,	/* a verification has ended, or a file of it fails */
	__RIVET_EVENT_MAX,
};

/** enum rivet_cmd - commands of the generic netlink family */
enum rivet_cmd {
	RIVET_CMD_UNSPEC,
	RIVET_CMD_STATUS,
	RIVET_CMD_EVENTS,
	RIVET_CMD_STATS,
	RIVET_CMD_EVENT,
	RIVET_CMD_VERIFY,
	RIVET_CMD_VERIFY_CANCEL,
	RIVET_CMD_VERIFY_REPORT,
	RIVET_CMD_REPORT,
	__RIVET_CMD_MAX,
};

/** enum rivet_verify_state - the state of a verification */
enum rivet_verify_state {
	RIVET_VERIFY_WAITING,	/* it has not begun */
	RIVET_VERIFY_RUNNING,	/* files are being read */
	RIVET_VERIFY_DONE,	/* it has ended by itself */
	RIVET_VERIFY_CANCELLED,	/* it was ended before */
	__RIVET_VERIFY_STATE_MAX,
};

#define RIVET_VERIFY_NONCE_MIN	16	/* bytes of a nonce */
#define RIVET_VERIFY_NONCE_MAX	64

/** enum rivet_a_verify - attributes of the commands about verifications */
enum rivet_a_verify {
	RIVET_A_VERIFY_UNSPEC,
	RIVET_A_VERIFY_PAD,
	RIVET_A_VERIFY_TICKET,		/* u32: number of a verification */
	RIVET_A_VERIFY_PATH,		/* string: path of a RIV; repeated in a request */
	RIVET_A_VERIFY_SET,		/* string: name of a set */
	RIVET_A_VERIFY_ALL,		/* flag: all sets */
	RIVET_A_VERIFY_FRESH,		/* flag: from the device, where a filesystem can */
	RIVET_A_VERIFY_NONCE,		/* binary: 16 to 64 bytes of the asker's choice */
	RIVET_A_VERIFY_SCHEDULED,	/* flag: begun by SET reverify= */
	RIVET_A_VERIFY_STATE,		/* u8: enum rivet_verify_state */
	RIVET_A_VERIFY_MODE,		/* u8: enum rivet_mode when it was asked for */
	RIVET_A_VERIFY_VERSION,		/* string: version of the module */
	RIVET_A_VERIFY_RIV_GENERATION,	/* u64: when it was asked for */
	RIVET_A_VERIFY_POLICY_GENERATION, /* u64: when it was asked for */
	RIVET_A_VERIFY_STARTED,		/* u64: nanoseconds since 1970 */
	RIVET_A_VERIFY_ENDED,		/* u64: the same; 0 while it goes on */
	RIVET_A_VERIFY_FILES,		/* u64: paths in all */
	RIVET_A_VERIFY_FILES_DONE,	/* u64: paths that were looked at */
	RIVET_A_VERIFY_MATCHED,		/* u64: files that match */
	RIVET_A_VERIFY_FAILED,		/* u64: files that fail */
	RIVET_A_VERIFY_MISSING,		/* u64: paths with nothing there */
	RIVET_A_VERIFY_ANY_PATH,	/* u64: RIVs for any path, which were passed over */
	RIVET_A_VERIFY_NOT_FRESH,	/* u64: files that FRESH could not read from the device */
	RIVET_A_VERIFY_UNLISTED,	/* u64: failures that have no message */
	RIVET_A_VERIFY_BYTES,		/* u64: bytes of all files, as the RIVs say */
	RIVET_A_VERIFY_BYTES_DONE,	/* u64: the same, of those that were looked at */
	RIVET_A_VERIFY_BYTES_READ,	/* u64: bytes that were read */
	RIVET_A_VERIFY_INCOMPLETE,	/* flag: not all files could be looked at */
	RIVET_A_VERIFY_REASON,		/* u8: enum rivet_reason of a failure */
	RIVET_A_VERIFY_MEASURED,	/* string: digest of a file that fails; absent: not read */
	RIVET_A_VERIFY_EXPECTED,	/* string: digest that a RIV names for its path */
	RIVET_A_VERIFY_GONE,		/* flag: nothing is at the path, which the asker named */
	RIVET_A_VERIFY_FORGOTTEN,	/* flag: its kept measurement differed, and went */
	__RIVET_A_VERIFY_MAX,
};

#define RIVET_A_VERIFY_MAX (__RIVET_A_VERIFY_MAX - 1)

#define RIVET_REPORT_NONCE_MIN	16	/* bytes of a nonce */
#define RIVET_REPORT_NONCE_MAX	64

/** enum rivet_a_report - attributes of RIVET_CMD_REPORT */
enum rivet_a_report {
	RIVET_A_REPORT_UNSPEC,
	RIVET_A_REPORT_NONCE,		/* binary: 16 to 64 bytes of the asker's choice */
	RIVET_A_REPORT_TEXT,		/* binary: the report, up to 60 KiB */
	RIVET_A_REPORT_PENDING,		/* flag: it is being made: ask again with the nonce */
	__RIVET_A_REPORT_MAX,
};

#define RIVET_A_REPORT_MAX (__RIVET_A_REPORT_MAX - 1)

/** enum rivet_a_events - request attributes of RIVET_CMD_EVENTS */
enum rivet_a_events {
	RIVET_A_EVENTS_UNSPEC,
	RIVET_A_EVENTS_SINCE,		/* u64 */
	__RIVET_A_EVENTS_MAX,
};

#define RIVET_A_EVENTS_MAX (__RIVET_A_EVENTS_MAX - 1)

/** enum rivet_a_status - attributes of a RIVET_CMD_STATUS answer */
enum rivet_a_status {
	RIVET_A_STATUS_UNSPEC,
	RIVET_A_STATUS_PAD,
	RIVET_A_STATUS_VERSION,		/* string: version of the module */
	RIVET_A_STATUS_MODE,		/* u8: enum rivet_mode */
	RIVET_A_STATUS_WAITING,		/* flag: will enforce once the preconditions are met */
	RIVET_A_STATUS_WAITING_FOR,	/* string: the first precondition not met */
	RIVET_A_STATUS_CONFIRM_LEFT,	/* u32: seconds until an unconfirmed enforce lapses */
	RIVET_A_STATUS_SEALED,		/* flag: the trust keyrings are sealed */
	RIVET_A_STATUS_SIGNERS,		/* u32: keys in .rivet_trust */
	RIVET_A_STATUS_CAS,		/* u32: keys in .rivet_ca */
	RIVET_A_STATUS_POLICY_NAME,	/* string */
	RIVET_A_STATUS_POLICY_VERSION,	/* string: X.Y.Z */
	RIVET_A_STATUS_POLICY_LOADED,	/* flag: absent while the built-in policy is active */
	RIVET_A_STATUS_POLICY_DENIES,	/* u32: ops that can be denied, 1 << enum rivet_op */
	RIVET_A_STATUS_RIV_SETS,	/* u32: active sets */
	RIVET_A_STATUS_RIV_VALUES,	/* u64: RIVs in them */
	RIVET_A_STATUS_RIV_EXPIRED,	/* u32: sets past their valid-until */
	RIVET_A_STATUS_REVOKED,		/* u64: revoked digests */
	RIVET_A_STATUS_RIV_GENERATION,	/* u64 */
	RIVET_A_STATUS_POLICY_GENERATION, /* u64 */
	RIVET_A_STATUS_HOOKS_LIVE,	/* u32: hooks proven live */
	RIVET_A_STATUS_HOOKS_DERIVED,	/* u32: attached hooks that could not be provoked */
	RIVET_A_STATUS_HOOKS_MISSING,	/* u32: wanted hooks that this kernel lacks */
	RIVET_A_STATUS_EVENTS_LAST,	/* u64: newest sequence number, 0 if none */
	RIVET_A_STATUS_EVENTS_OLDEST,	/* u64: oldest sequence number still held */
	RIVET_A_STATUS_DENIALS,		/* u64: requests denied since load */
	RIVET_A_STATUS_KERNEL_MEMORY,	/* u64: bytes held for RIV sets */
	RIVET_A_STATUS_ISOLATED,	/* flag: isolated from the network */
	RIVET_A_STATUS_ANCHORS,		/* u32: certificates that are trust anchors */
	RIVET_A_STATUS_EVENTS_CHAIN,	/* string: event chain up to EVENTS_LAST */
	RIVET_A_STATUS_ANCHORS_BUILT_IN,	/* flag: they are part of the module */
	RIVET_A_STATUS_CLOCK_FLOOR,	/* u64: seconds since 1970 before which no clock is right */
	RIVET_A_STATUS_CLOCK_BEHIND,	/* flag: the clock is before that */
	RIVET_A_STATUS_FAULTS,		/* u32: parts of /etc/rivet that are not in force */
	RIVET_A_STATUS_TPM,		/* string: whether a TPM has the measurement list */
	__RIVET_A_STATUS_MAX,
};

#define RIVET_A_STATUS_MAX (__RIVET_A_STATUS_MAX - 1)

/** enum rivet_a_stats - attributes of a RIVET_CMD_STATS answer */
enum rivet_a_stats {
	RIVET_A_STATS_UNSPEC,
	RIVET_A_STATS_PAD,
	RIVET_A_STATS_COUNTER,		/* nest, repeated: the next two */
	RIVET_A_STATS_NAME,		/* string */
	RIVET_A_STATS_VALUE,		/* u64 */
	__RIVET_A_STATS_MAX,
};

#define RIVET_A_STATS_MAX (__RIVET_A_STATS_MAX - 1)

/** enum rivet_a_event - attributes of a RIVET_CMD_EVENT message */
enum rivet_a_event {
	RIVET_A_EVENT_UNSPEC,
	RIVET_A_EVENT_PAD,
	RIVET_A_EVENT_SEQ,		/* u64 */
	RIVET_A_EVENT_TIME,		/* u64: nanoseconds since 1970, CLOCK_REALTIME */
	RIVET_A_EVENT_KIND,		/* u8: enum rivet_event_kind */
	RIVET_A_EVENT_COUNT,		/* u32: occurrences, more than 1 if folded */
	RIVET_A_EVENT_DETAIL,		/* string: description; optional for VERDICT */
	RIVET_A_EVENT_ERRNO,		/* u32: positive errno of a refusal; 0 or absent: none */
	RIVET_A_EVENT_OP,		/* u8: enum rivet_op */
	RIVET_A_EVENT_HOOK,		/* u8: enum rivet_hook */
	RIVET_A_EVENT_MODE,		/* u8: enum rivet_mode at the time of the event */
	RIVET_A_EVENT_ACTION,		/* u8: enum rivet_action of the policy */
	RIVET_A_EVENT_REASON,		/* u8: enum rivet_reason */
	RIVET_A_EVENT_PATH,		/* binary: raw bytes of the path, not terminated */
	RIVET_A_EVENT_PATH_FLAGS,	/* u8: RIVET_PATH_* */
	RIVET_A_EVENT_MEASURED,		/* string: digest as in a manifest; absent: unmeasured */
	RIVET_A_EVENT_EXPECTED,		/* string: digest that a RIV names for this path */
	RIVET_A_EVENT_EXPECTED_PATH,	/* binary: path that a RIV names for this digest */
	RIVET_A_EVENT_SIZE,		/* u64: size of the file in bytes */
	RIVET_A_EVENT_DEV,		/* u32: device, as in struct stat, new_encode_dev() */
	RIVET_A_EVENT_INO,		/* u64 */
	RIVET_A_EVENT_FSMAGIC,		/* u64: f_type as of statfs(2) */
	RIVET_A_EVENT_PID,		/* u32: thread group, in the initial pid namespace */
	RIVET_A_EVENT_UID,		/* u32: in the initial user namespace */
	RIVET_A_EVENT_LOGINUID,		/* u32: 4294967295 if unset */
	RIVET_A_EVENT_COMM,		/* binary: raw bytes of the task's name */
	RIVET_A_EVENT_EXE,		/* binary: RIV path of the acting program, if it matched */
	RIVET_A_EVENT_SET,		/* string: RIV set */
	RIVET_A_EVENT_SET_VERSION,	/* u64 */
	RIVET_A_EVENT_POLICY_NAME,	/* string */
	RIVET_A_EVENT_POLICY_VERSION,	/* string */
	RIVET_A_EVENT_RULE_LINE,	/* u32: line in the policy, 0 for the built-in one */
	RIVET_A_EVENT_RIV_GENERATION,	/* u64 */
	RIVET_A_EVENT_POLICY_GENERATION, /* u64 */
	RIVET_A_EVENT_EXE_FILE,		/* binary: without EXE: /proc/PID/exe, can be forged */
	RIVET_A_EVENT_BEFORE,		/* string: event chain up to the event before */
	RIVET_A_EVENT_CHAIN,		/* string: event chain up to this event */
	__RIVET_A_EVENT_MAX,
};

#define RIVET_A_EVENT_MAX (__RIVET_A_EVENT_MAX - 1)

/* RIVET_A_EVENT_PATH_FLAGS */
#define RIVET_PATH_DELETED	(1 << 0)	/* the name no longer exists */
#define RIVET_PATH_FOREIGN	(1 << 1)	/* not seen from init's root and namespace */
#define RIVET_PATH_TRUNCATED	(1 << 2)	/* longer than an event holds */

#endif /* _UAPI_LINUX_RIVET_H */
