/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - tests: netlink messages as the kernel would send them
 */
#ifndef RIVET_TEST_MESSAGE_H
#define RIVET_TEST_MESSAGE_H

#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <uapi/linux/rivet.h>

#define MESSAGE_MAX 8192

/** struct message - a message being made, in a buffer that is aligned as a socket's is */
struct message {
	char buf[MESSAGE_MAX] __attribute__((aligned(8)));
	struct nlmsghdr *nlh;
};

static inline void message_begin(struct message *m, uint8_t cmd)
{
	struct genlmsghdr *genl;

	memset(m, 0, sizeof(*m));
	m->nlh = mnl_nlmsg_put_header(m->buf);
	m->nlh->nlmsg_type = 0x20;
	genl = mnl_nlmsg_put_extra_header(m->nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = RIVET_GENL_VERSION;
}

/* The attributes that every event has */
static inline void message_event(struct message *m, uint64_t seq, uint8_t kind)
{
	message_begin(m, RIVET_CMD_EVENT);
	mnl_attr_put_u64(m->nlh, RIVET_A_EVENT_SEQ, seq);
	mnl_attr_put(m->nlh, RIVET_A_EVENT_PAD, 0, NULL);
	mnl_attr_put_u64(m->nlh, RIVET_A_EVENT_TIME, 1795241893356850573ULL);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_KIND, kind);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_COUNT, 1);
}

static inline void message_verdict(struct message *m, uint64_t seq, const void *path, size_t len)
{
	message_event(m, seq, RIVET_EVENT_VERDICT);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_ERRNO, 13);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_OP, RIVET_OP_EXECUTE);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_HOOK, RIVET_HOOK_BPRM_CHECK_SECURITY);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_MODE, RIVET_MODE_ENFORCE);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_ACTION, RIVET_ACTION_DENY);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_REASON, RIVET_REASON_UNLISTED);
	mnl_attr_put(m->nlh, RIVET_A_EVENT_PATH, len, path);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_PATH_FLAGS, RIVET_PATH_DELETED);
	mnl_attr_put_strz(m->nlh, RIVET_A_EVENT_MEASURED,
			  "sha256:0b9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a");
	mnl_attr_put_u64(m->nlh, RIVET_A_EVENT_SIZE, 1234);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_DEV, 0x12300845);
	mnl_attr_put_u64(m->nlh, RIVET_A_EVENT_INO, 77);
	mnl_attr_put_u64(m->nlh, RIVET_A_EVENT_FSMAGIC, 0xef53);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_PID, 4321);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_UID, 1000);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_LOGINUID, UINT32_MAX);
	mnl_attr_put(m->nlh, RIVET_A_EVENT_COMM, 2, "sh");
	mnl_attr_put_strz(m->nlh, RIVET_A_EVENT_POLICY_NAME, "gateway");
	mnl_attr_put_strz(m->nlh, RIVET_A_EVENT_POLICY_VERSION, "1.2.3");
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_RULE_LINE, 4);
	mnl_attr_put_u64(m->nlh, RIVET_A_EVENT_RIV_GENERATION, 5);
	mnl_attr_put_u64(m->nlh, RIVET_A_EVENT_POLICY_GENERATION, 6);
}

/* A verdict about memory or the kernel's own code: without a file, the kernel says zeros */
static inline void message_without_file(struct message *m, uint64_t seq, uint8_t op, uint8_t hook,
					const char *detail)
{
	message_event(m, seq, RIVET_EVENT_VERDICT);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_ERRNO, 13);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_MODE, RIVET_MODE_ENFORCE);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_PID, 4321);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_UID, 0);
	mnl_attr_put(m->nlh, RIVET_A_EVENT_COMM, 2, "sh");
	mnl_attr_put_strz(m->nlh, RIVET_A_EVENT_DETAIL, detail);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_OP, op);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_HOOK, hook);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_ACTION, RIVET_ACTION_DENY);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_REASON, RIVET_REASON_ANONYMOUS);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_PATH_FLAGS, 0);
	mnl_attr_put_u64(m->nlh, RIVET_A_EVENT_SIZE, 0);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_DEV, 0);
	mnl_attr_put_u64(m->nlh, RIVET_A_EVENT_INO, 0);
	mnl_attr_put_u64(m->nlh, RIVET_A_EVENT_FSMAGIC, 0);
	mnl_attr_put_strz(m->nlh, RIVET_A_EVENT_POLICY_NAME, "gateway");
	mnl_attr_put_strz(m->nlh, RIVET_A_EVENT_POLICY_VERSION, "1.2.3");
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_RULE_LINE, 4);
}

/* A write to a file that is in use as verified */
static inline void message_change(struct message *m, uint64_t seq, const char *path,
				  const char *detail)
{
	message_event(m, seq, RIVET_EVENT_CHANGE);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_ERRNO, 26);
	mnl_attr_put_u8(m->nlh, RIVET_A_EVENT_MODE, RIVET_MODE_ENFORCE);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_PID, 4321);
	mnl_attr_put_u32(m->nlh, RIVET_A_EVENT_UID, 0);
	mnl_attr_put(m->nlh, RIVET_A_EVENT_COMM, 2, "cp");
	mnl_attr_put(m->nlh, RIVET_A_EVENT_PATH, strlen(path), path);
	mnl_attr_put_strz(m->nlh, RIVET_A_EVENT_DETAIL, detail);
}

#endif /* RIVET_TEST_MESSAGE_H */
