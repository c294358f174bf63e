// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - surface/verify: netlink commands about verifications
 *
 * No handler here reads a file: a request gets a ticket at once.
 */
#include <linux/capability.h>
#include <linux/netlink.h>

#include "riv/index.h"
#include "surface/verify.h"
#include "text/digest.h"
#include "verify/verify.h"
#include "version.h"

const struct nla_policy rivet_surface_verify_attrs[RIVET_A_VERIFY_MAX + 1] = {
	[RIVET_A_VERIFY_UNSPEC] = { .strict_start_type = RIVET_A_VERIFY_TICKET },
	[RIVET_A_VERIFY_TICKET] = { .type = NLA_U32 },
	[RIVET_A_VERIFY_PATH] = { .type = NLA_NUL_STRING, .len = PATH_MAX - 1 },
	[RIVET_A_VERIFY_SET] = { .type = NLA_NUL_STRING, .len = RIVET_NAME_MAX },
	[RIVET_A_VERIFY_ALL] = { .type = NLA_FLAG },
	[RIVET_A_VERIFY_FRESH] = { .type = NLA_FLAG },
	[RIVET_A_VERIFY_NONCE] = NLA_POLICY_RANGE(NLA_BINARY, RIVET_VERIFY_NONCE_MIN,
						  RIVET_VERIFY_NONCE_MAX),
};

/* @why: static */
static int refuse(struct genl_info *info, int err, const char *why)
{
	if (info->extack)
		info->extack->_msg = why;
	return err;
}

static int may_ask(struct sk_buff *skb, struct genl_info *info)
{
	return netlink_capable(skb, CAP_MAC_ADMIN) ? 0 :
		refuse(info, -EPERM, "CAP_MAC_ADMIN is needed");
}

static int take_paths(struct rivet_verify *v, struct genl_info *info)
{
	const struct nlattr *attr;
	int rest, err = 0;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest) {
		if (nla_type(attr) == RIVET_A_VERIFY_PATH)
			err = rivet_verify_add_path(v, nla_data(attr));
		if (err)
			break;
	}
	if (err == -E2BIG)
		return refuse(info, err, "at most 64 paths in a request");
	return err == -EINVAL ? refuse(info, err, "a path begins with a slash") : err;
}

static int take_scope(struct rivet_verify *v, struct genl_info *info)
{
	const bool paths = info->attrs[RIVET_A_VERIFY_PATH];
	const bool set = info->attrs[RIVET_A_VERIFY_SET];

	if (paths + set + !!info->attrs[RIVET_A_VERIFY_ALL] != 1)
		return refuse(info, -EINVAL, "paths, a set or all, one of them");
	if (set) {
		nla_strscpy(v->order.set, info->attrs[RIVET_A_VERIFY_SET], sizeof(v->order.set));
		if (!v->order.set[0] || !rivet_riv_take_sets(v->order.set, NULL))
			return refuse(info, -ENOENT, "no such set is loaded");
	}
	return paths ? take_paths(v, info) : 0;
}

static int fill_order(struct rivet_verify *v, struct genl_info *info)
{
	const struct nlattr *nonce = info->attrs[RIVET_A_VERIFY_NONCE];

	v->order.fresh = info->attrs[RIVET_A_VERIFY_FRESH];
	if (nonce) {
		v->order.nonce_len = nla_len(nonce);
		memcpy(v->order.nonce, nla_data(nonce), v->order.nonce_len);
	}
	return take_scope(v, info);
}

static int reply_ticket(const struct genl_family *family, struct genl_info *info, u32 ticket)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *header;

	if (!skb)
		return -ENOMEM;
	header = genlmsg_put_reply(skb, info, family, 0, RIVET_CMD_VERIFY);
	if (!header || nla_put_u32(skb, RIVET_A_VERIFY_TICKET, ticket)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/**
 * rivet_surface_verify() - start a verification
 * @family: the netlink family
 * @skb: the request
 * @info: its attributes
 *
 * Context: process context; may sleep.
 * Return: 0, and the ticket was sent; or an errno, with extack text.
 */
int rivet_surface_verify(const struct genl_family *family, struct sk_buff *skb,
			 struct genl_info *info)
{
	struct rivet_verify *v;
	int err = may_ask(skb, info);

	if (err)
		return err;
	v = rivet_verify_alloc();
	if (!v)
		return -ENOMEM;
	err = fill_order(v, info);
	if (!err)
		err = rivet_verify_start(v);
	if (err == -EBUSY)
		refuse(info, err, "four verifications go on");
	if (!err)
		err = reply_ticket(family, info, v->ticket);
	rivet_verify_put(v);
	return err;
}

/**
 * rivet_surface_verify_cancel() - end a verification
 * @skb: the request
 * @info: its attributes
 *
 * Context: process context.
 * Return: 0 or an errno, with extack text.
 */
int rivet_surface_verify_cancel(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *ticket = info->attrs[RIVET_A_VERIFY_TICKET];
	int err = may_ask(skb, info);

	if (err)
		return err;
	if (!ticket)
		return refuse(info, -EINVAL, "a ticket is needed");
	err = rivet_verify_cancel(nla_get_u32(ticket));
	switch (err) {
	case -ENOENT:
		return refuse(info, err, "no such ticket is kept");
	case -EALREADY:
		return refuse(info, err, "it has ended");
	case -EPERM:
		return refuse(info, err, "the policy asks for it, and enforces");
	default:
		return err;
	}
}

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, RIVET_A_VERIFY_PAD);
}

static int put_order(struct sk_buff *skb, const struct rivet_verify *v)
{
	const struct rivet_verify_order *order = &v->order;
	int err = nla_put_u32(skb, RIVET_A_VERIFY_TICKET, v->ticket);

	if (!err && order->set[0])
		err = nla_put_string(skb, RIVET_A_VERIFY_SET, order->set);
	if (!err && !order->set[0] && !order->path_count)
		err = nla_put_flag(skb, RIVET_A_VERIFY_ALL);
	if (!err && order->fresh)
		err = nla_put_flag(skb, RIVET_A_VERIFY_FRESH);
	if (!err && order->scheduled)
		err = nla_put_flag(skb, RIVET_A_VERIFY_SCHEDULED);
	if (!err && order->nonce_len)
		err = nla_put(skb, RIVET_A_VERIFY_NONCE, order->nonce_len, order->nonce);
	return err;
}

static int put_counts(struct sk_buff *skb, const struct rivet_verify_counts *c)
{
	const struct {
		enum rivet_a_verify attr;
		u64 value;
	} numbers[] = {
		{ RIVET_A_VERIFY_FILES, c->files },
		{ RIVET_A_VERIFY_FILES_DONE, c->done },
		{ RIVET_A_VERIFY_MATCHED, c->matched },
		{ RIVET_A_VERIFY_FAILED, c->failed },
		{ RIVET_A_VERIFY_MISSING, c->missing },
		{ RIVET_A_VERIFY_ANY_PATH, c->any_path },
		{ RIVET_A_VERIFY_NOT_FRESH, c->not_fresh },
		{ RIVET_A_VERIFY_UNLISTED, c->unlisted },
		{ RIVET_A_VERIFY_BYTES, c->bytes_total },
		{ RIVET_A_VERIFY_BYTES_DONE, c->bytes_done },
		{ RIVET_A_VERIFY_BYTES_READ, c->bytes_read },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(numbers) && !err; i++)
		err = put_u64(skb, numbers[i].attr, numbers[i].value);
	return err ?: c->incomplete ? nla_put_flag(skb, RIVET_A_VERIFY_INCOMPLETE) : 0;
}

static int put_summary(struct sk_buff *skb, struct rivet_verify *v)
{
	struct rivet_verify_counts counts;
	enum rivet_verify_state state;
	u64 ended;

	rivet_verify_read(v, &counts, &state, &ended);
	return put_order(skb, v) ?: put_counts(skb, &counts) ?:
	       nla_put_u8(skb, RIVET_A_VERIFY_STATE, state) ?:
	       nla_put_u8(skb, RIVET_A_VERIFY_MODE, v->mode) ?:
	       nla_put_string(skb, RIVET_A_VERIFY_VERSION, RIVET_VERSION) ?:
	       put_u64(skb, RIVET_A_VERIFY_RIV_GENERATION, v->riv_generation) ?:
	       put_u64(skb, RIVET_A_VERIFY_POLICY_GENERATION, v->policy_generation) ?:
	       put_u64(skb, RIVET_A_VERIFY_STARTED, v->started) ?:
	       put_u64(skb, RIVET_A_VERIFY_ENDED, ended);
}

static int put_digest(struct sk_buff *skb, int attr, const struct rivet_digest *digest)
{
	char text[RIVET_DIGEST_TEXT_MAX];

	if (!digest->alg)
		return 0;
	rivet_digest_format(digest, text, sizeof(text));
	return nla_put_string(skb, attr, text);
}

static int put_failure(struct sk_buff *skb, const struct rivet_verify_failure *failure)
{
	int err = nla_put_u8(skb, RIVET_A_VERIFY_REASON, failure->reason) ?:
		  nla_put_string(skb, RIVET_A_VERIFY_PATH, failure->path) ?:
		  put_digest(skb, RIVET_A_VERIFY_MEASURED, &failure->measured) ?:
		  put_digest(skb, RIVET_A_VERIFY_EXPECTED, &failure->expected);

	if (!err && failure->missing)
		err = nla_put_flag(skb, RIVET_A_VERIFY_GONE);
	if (!err && failure->forgotten)
		err = nla_put_flag(skb, RIVET_A_VERIFY_FORGOTTEN);
	return err;
}

/* Message 0 is the summary, each further one a failure. */
static int put_message(const struct genl_family *family, struct sk_buff *skb,
		       struct netlink_callback *cb, struct rivet_verify *v, unsigned int number)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, family,
				   NLM_F_MULTI, RIVET_CMD_VERIFY_REPORT);

	if (!header)
		return -EMSGSIZE;
	if (number ? put_failure(skb, v->failures[number - 1]) : put_summary(skb, v)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/**
 * rivet_surface_verify_report() - dump the report of a verification
 * @family: the netlink family
 * @skb: the answer
 * @cb: state of the dump: @args[0] is the ticket once it is known, @args[1] the next message
 *
 * Context: process context.
 * Return: bytes of the answer; -ENOENT if it is not kept; -EMSGSIZE.
 */
int rivet_surface_verify_report(const struct genl_family *family, struct sk_buff *skb,
				struct netlink_callback *cb)
{
	const struct nlattr *ticket = genl_info_dump(cb)->attrs[RIVET_A_VERIFY_TICKET];
	struct rivet_verify *v;
	int err = 0;

	if (!cb->args[0] && ticket)
		cb->args[0] = nla_get_u32(ticket);
	v = rivet_verify_get(cb->args[0]);
	if (!v)
		return -ENOENT;
	cb->args[0] = v->ticket;
	/* Acquire: the failures that are counted are there. */
	while (!err && cb->args[1] <= smp_load_acquire(&v->failure_count)) {
		err = put_message(family, skb, cb, v, cb->args[1]);
		if (!err)
			cb->args[1]++;
	}
	rivet_verify_put(v);
	return err && !skb->len ? err : skb->len;
}
