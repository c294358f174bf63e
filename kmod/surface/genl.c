// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - surface/genl: the generic netlink family
 *
 * A work item multicasts events, never the hook that caused them, so a slow or
 * stopped receiver does not delay a decision. A receiver requests missed events with
 * RIVET_CMD_EVENTS. No handler here measures a file, because the netlink layer holds
 * a lock around the handler.
 */
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>

#include "control/enforce.h"
#include "control/faults.h"
#include "control/precondition.h"
#include "decide/report.h"
#include "event/event.h"
#include "event/fields.h"
#include "evidence/tpm.h"
#include "hook/table.h"
#include "measure/keep.h"
#include "mode/mode.h"
#include "object/clock.h"
#include "policy/active.h"
#include "respond/isolate.h"
#include "riv/index.h"
#include "surface/genl.h"
#include "surface/report.h"
#include "surface/verify.h"
#include "text/version3.h"
#include "trust/anchors.h"
#include "trust/built_in.h"
#include "trust/trust.h"
#include "verify/verify.h"
#include "version.h"

#define EVENT_MESSAGE_SIZE	(NLMSG_DEFAULT_SIZE + 3 * RIVET_EVENT_PATH_MAX + \
				 RIVET_EVENT_DETAIL_MAX)

static struct genl_family rivet_family;

static int put_version3(struct sk_buff *skb, int attr, u64 version)
{
	char text[RIVET_VERSION3_MAX];

	rivet_version3_text(version, text);
	return nla_put_string(skb, attr, text);
}

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, RIVET_A_EVENT_PAD);
}

static int put_field(struct sk_buff *skb, const struct rivet_event_cursor *c)
{
	int attr = c->field->attr;

	switch (RIVET_FIELD_TYPE(c->field->form)) {
	case RIVET_FIELD_U64:
		return put_u64(skb, attr, c->number);
	case RIVET_FIELD_U32:
		return nla_put_u32(skb, attr, c->field->form == RIVET_FORM_DEV ?
				   new_encode_dev(c->number) : c->number);
	case RIVET_FIELD_U8:
		return nla_put_u8(skb, attr, c->number);
	case RIVET_FIELD_STRING:	/* with its end behind it */
		return nla_put(skb, attr, c->text.len + 1, c->text.ptr);
	default:
		return nla_put(skb, attr, c->text.len, c->text.ptr);
	}
}

static int put_fields(struct sk_buff *skb, const struct rivet_event *event)
{
	struct rivet_event_cursor c = { .event = event };
	int err = 0;

	while (!err && rivet_event_next_field(&c))
		err = put_field(skb, &c);
	return err;
}

static int put_event(struct sk_buff *skb, u32 portid, u32 seq, int flags,
		     const struct rivet_event *e)
{
	void *header = genlmsg_put(skb, portid, seq, &rivet_family, flags, RIVET_CMD_EVENT);

	if (!header)
		return -EMSGSIZE;
	if (put_fields(skb, e)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static void multicast_event(const struct rivet_event *event)
{
	struct sk_buff *skb = genlmsg_new(EVENT_MESSAGE_SIZE, GFP_KERNEL);

	if (!skb)
		return;	/* receivers see the gap and request the event */
	if (put_event(skb, 0, 0, 0, event)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_multicast(&rivet_family, skb, 0, 0, GFP_KERNEL);
}

static u64 multicast_seq;	/* of the last event multicast; used only by the work item */

static void multicast_events(struct work_struct *work)
{
	struct rivet_event *event;

	while ((event = rivet_event_after(multicast_seq))) {
		multicast_seq = event->seq;
		if (genl_has_listeners(&rivet_family, &init_net, 0))
			multicast_event(event);
		rivet_event_put(event);
		cond_resched();
	}
}

static DECLARE_WORK(multicast_work, multicast_events);

static void wake_multicast(void)
{
	schedule_work(&multicast_work);
}

static int dump_events(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *since = genl_info_dump(cb)->attrs[RIVET_A_EVENTS_SINCE];
	struct rivet_event *event;
	int err = 0;

	if (!cb->args[0]) {
		cb->args[0] = 1;
		cb->args[1] = since ? nla_get_u64(since) : 0;
	}
	while (!err && (event = rivet_event_after(cb->args[1]))) {
		err = put_event(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, NLM_F_MULTI,
				event);
		if (!err)
			cb->args[1] = event->seq;
		rivet_event_put(event);
	}
	return err && !skb->len ? err : skb->len;
}

static int put_status_mode(struct sk_buff *skb)
{
	char what[RIVET_READY_LINE_MAX];
	u32 left = rivet_enforce_trial_left();
	int err;

	err = nla_put_string(skb, RIVET_A_STATUS_VERSION, RIVET_VERSION) ?:
	      nla_put_u8(skb, RIVET_A_STATUS_MODE, rivet_mode_is_enforce() ?
			 RIVET_MODE_ENFORCE : RIVET_MODE_AUDIT);
	if (!err && left)
		err = nla_put_u32(skb, RIVET_A_STATUS_CONFIRM_LEFT, left);
	if (!err && rivet_faults_count())
		err = nla_put_u32(skb, RIVET_A_STATUS_FAULTS, rivet_faults_count());
	if (!err && rivet_isolate_is_in_force())
		err = nla_put_flag(skb, RIVET_A_STATUS_ISOLATED);
	if (!err && rivet_enforce_is_waiting(what))
		err = nla_put_flag(skb, RIVET_A_STATUS_WAITING) ?:
		      nla_put_string(skb, RIVET_A_STATUS_WAITING_FOR, what);
	return err;
}

static int put_status_trust(struct sk_buff *skb)
{
	u32 signers, cas;

	rivet_trust_count(&signers, &cas);
	if (rivet_trust_is_sealed() && nla_put_flag(skb, RIVET_A_STATUS_SEALED))
		return -EMSGSIZE;
	if (rivet_anchors_are_named() &&
	    nla_put_u32(skb, RIVET_A_STATUS_ANCHORS, rivet_anchors_count()))
		return -EMSGSIZE;
	if (rivet_built_in_count() && nla_put_flag(skb, RIVET_A_STATUS_ANCHORS_BUILT_IN))
		return -EMSGSIZE;
	return nla_put_u32(skb, RIVET_A_STATUS_SIGNERS, signers) ?:
	       nla_put_u32(skb, RIVET_A_STATUS_CAS, cas);
}

static int put_status_policy(struct sk_buff *skb)
{
	struct rivet_policy *policy = rivet_policy_get();
	char name[RIVET_NAME_MAX + 1] = "";
	int err;

	memcpy(name, policy->rules.name.ptr, min_t(size_t, policy->rules.name.len, RIVET_NAME_MAX));
	err = nla_put_string(skb, RIVET_A_STATUS_POLICY_NAME, name) ?:
	      put_version3(skb, RIVET_A_STATUS_POLICY_VERSION, policy->rules.version) ?:
	      nla_put_u32(skb, RIVET_A_STATUS_POLICY_DENIES,
			  policy->rules.denies) ?:
	      put_u64(skb, RIVET_A_STATUS_POLICY_GENERATION, policy->generation);
	if (!err && !policy->builtin)
		err = nla_put_flag(skb, RIVET_A_STATUS_POLICY_LOADED);
	rivet_policy_put(policy);
	return err;
}

static int put_status_rivs(struct sk_buff *skb)
{
	struct rivet_riv_totals totals;

	rivet_riv_count(&totals);
	return nla_put_u32(skb, RIVET_A_STATUS_RIV_SETS, totals.sets) ?:
	       put_u64(skb, RIVET_A_STATUS_RIV_VALUES, totals.values) ?:
	       nla_put_u32(skb, RIVET_A_STATUS_RIV_EXPIRED, totals.expired) ?:
	       put_u64(skb, RIVET_A_STATUS_REVOKED, totals.revoked) ?:
	       put_u64(skb, RIVET_A_STATUS_KERNEL_MEMORY, totals.bytes) ?:
	       put_u64(skb, RIVET_A_STATUS_RIV_GENERATION, rivet_riv_generation());
}

static int put_status_hooks(struct sk_buff *skb)
{
	u32 count[__RIVET_HOOK_STATE_MAX] = {};
	enum rivet_hook hook;

	for (hook = 0; hook < __RIVET_HOOK_MAX; hook++)
		count[rivet_hook_state(hook)]++;
	return nla_put_u32(skb, RIVET_A_STATUS_HOOKS_LIVE, count[RIVET_HOOK_LIVE]) ?:
	       nla_put_u32(skb, RIVET_A_STATUS_HOOKS_DERIVED, count[RIVET_HOOK_DERIVED]) ?:
	       nla_put_u32(skb, RIVET_A_STATUS_HOOKS_MISSING, count[RIVET_HOOK_MISSING]);
}

static int put_status_clock(struct sk_buff *skb)
{
	s64 floor = rivet_clock_floor();

	if (floor && put_u64(skb, RIVET_A_STATUS_CLOCK_FLOOR, floor))
		return -EMSGSIZE;
	return rivet_clock_is_behind() ? nla_put_flag(skb, RIVET_A_STATUS_CLOCK_BEHIND) : 0;
}

static int put_status_events(struct sk_buff *skb)
{
	struct rivet_digest head = { .alg = RIVET_DIGEST_SHA256 };
	char text[RIVET_DIGEST_TEXT_MAX];
	u64 oldest, last;

	rivet_event_range(&oldest, &last, head.bytes);
	rivet_digest_format(&head, text, sizeof(text));
	return put_u64(skb, RIVET_A_STATUS_EVENTS_LAST, last) ?:
	       nla_put_string(skb, RIVET_A_STATUS_EVENTS_CHAIN, text) ?:
	       nla_put_string(skb, RIVET_A_STATUS_TPM, rivet_tpm_word()) ?:
	       put_u64(skb, RIVET_A_STATUS_EVENTS_OLDEST, oldest) ?:
	       put_u64(skb, RIVET_A_STATUS_DENIALS, rivet_report_counter(RIVET_COUNT_DENIALS));
}

static int reply_to(struct genl_info *info, int cmd, int (*fill)(struct sk_buff *skb))
{
	struct sk_buff *skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *header;

	if (!skb)
		return -ENOMEM;
	header = genlmsg_put_reply(skb, info, &rivet_family, 0, cmd);
	if (!header || fill(skb)) {
		nlmsg_free(skb);
		NL_SET_ERR_MSG(info->extack, "the answer does not fit a message");
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static int fill_status(struct sk_buff *skb)
{
	return put_status_mode(skb) ?: put_status_trust(skb) ?: put_status_policy(skb) ?:
	       put_status_rivs(skb) ?: put_status_hooks(skb) ?: put_status_events(skb) ?:
	       put_status_clock(skb);
}

static int do_status(struct sk_buff *skb, struct genl_info *info)
{
	return reply_to(info, RIVET_CMD_STATUS, fill_status);
}

static int put_counter(struct sk_buff *skb, const char *name, u64 value)
{
	struct nlattr *nest = nla_nest_start(skb, RIVET_A_STATS_COUNTER);

	if (!nest || nla_put_string(skb, RIVET_A_STATS_NAME, name) ||
	    nla_put_u64_64bit(skb, RIVET_A_STATS_VALUE, value, RIVET_A_STATS_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_stats(struct sk_buff *skb)
{
	const char *name;
	unsigned int i;
	int err = 0;
	u64 value;

	for (i = 0; i < __RIVET_COUNT_MAX && !err; i++)
		err = put_counter(skb, rivet_report_counter_name(i), rivet_report_counter(i));
	for (i = 0; !err && (name = rivet_keep_figure(i, &value)); i++)
		err = put_counter(skb, name, value);
	return err;
}

static int do_stats(struct sk_buff *skb, struct genl_info *info)
{
	return reply_to(info, RIVET_CMD_STATS, fill_stats);
}

static int do_verify(struct sk_buff *skb, struct genl_info *info)
{
	return rivet_surface_verify(&rivet_family, skb, info);
}

static int dump_verify_report(struct sk_buff *skb, struct netlink_callback *cb)
{
	return rivet_surface_verify_report(&rivet_family, skb, cb);
}

static int do_report(struct sk_buff *skb, struct genl_info *info)
{
	return rivet_surface_report(&rivet_family, skb, info);
}

static const struct nla_policy events_attrs[RIVET_A_EVENTS_MAX + 1] = {
	[RIVET_A_EVENTS_UNSPEC] = { .strict_start_type = RIVET_A_EVENTS_SINCE },
	[RIVET_A_EVENTS_SINCE] = { .type = NLA_U64 },
};

static const struct genl_ops rivet_ops[] = {
	{
		.cmd = RIVET_CMD_STATUS,
		.doit = do_status,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = RIVET_CMD_EVENTS,
		.dumpit = dump_events,
		.policy = events_attrs,
		.maxattr = RIVET_A_EVENTS_MAX,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = RIVET_CMD_STATS,
		.doit = do_stats,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = RIVET_CMD_VERIFY,
		.doit = do_verify,
		.policy = rivet_surface_verify_attrs,
		.maxattr = RIVET_A_VERIFY_MAX,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = RIVET_CMD_VERIFY_CANCEL,
		.doit = rivet_surface_verify_cancel,
		.policy = rivet_surface_verify_attrs,
		.maxattr = RIVET_A_VERIFY_MAX,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = RIVET_CMD_VERIFY_REPORT,
		.dumpit = dump_verify_report,
		.policy = rivet_surface_verify_attrs,
		.maxattr = RIVET_A_VERIFY_MAX,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = RIVET_CMD_REPORT,
		.doit = do_report,
		.policy = rivet_surface_report_attrs,
		.maxattr = RIVET_A_REPORT_MAX,
		.flags = GENL_ADMIN_PERM,
	},
};

static const struct genl_multicast_group rivet_groups[] = {
	{ .name = RIVET_GENL_MCGRP_EVENTS, .flags = GENL_MCAST_CAP_NET_ADMIN },
};

static struct genl_family rivet_family __ro_after_init = {
	.name = RIVET_GENL_NAME,
	.version = RIVET_GENL_VERSION,
	.module = THIS_MODULE,
	.ops = rivet_ops,
	.n_ops = ARRAY_SIZE(rivet_ops),
	.mcgrps = rivet_groups,
	.n_mcgrps = ARRAY_SIZE(rivet_groups),
	.resv_start_op = __RIVET_CMD_MAX,
};

/**
 * rivet_genl_init() - register the family and start multicasting
 *
 * The worker of verifications is made before anybody can ask for one.
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int __init rivet_genl_init(void)
{
	int err = rivet_verify_init();

	if (err)
		return err;
	err = genl_register_family(&rivet_family);
	if (err) {
		rivet_verify_exit();
		return err;
	}
	rivet_event_listen(wake_multicast);
	return 0;
}

/**
 * rivet_genl_exit() - stop multicasting and unregister the family
 *
 * Context: may sleep.
 */
void rivet_genl_exit(void)
{
	rivet_event_listen(NULL);
	cancel_work_sync(&multicast_work);
	genl_unregister_family(&rivet_family);
	rivet_surface_report_exit();
	rivet_verify_exit();
}
