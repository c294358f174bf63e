/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: what is attached to a network device
 */
#ifndef _RIVET_COMPAT_NETDEV_H
#define _RIVET_COMPAT_NETDEV_H

#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>
#include <net/sch_generic.h>

/*
 * Before commit e420bed02507 ("bpf: Add fd-based tcx multi-prog infra with link support",
 * v6.6) a device had a mini Qdisc for each direction of tc.
 */
static inline bool rivet_netdev_has_tc_egress(const struct net_device *dev)
{
#if defined(RIVET_HAVE_TCX) && defined(CONFIG_NET_XGRESS)
	return rcu_access_pointer(dev->tcx_egress);
#elif !defined(RIVET_HAVE_TCX) && defined(CONFIG_NET_EGRESS)
	return rcu_access_pointer(dev->miniq_egress);
#else
	return false;
#endif
}

static inline bool rivet_netdev_has_tc_ingress(const struct net_device *dev)
{
#if defined(RIVET_HAVE_TCX) && defined(CONFIG_NET_XGRESS)
	return rcu_access_pointer(dev->tcx_ingress);
#elif !defined(RIVET_HAVE_TCX) && defined(CONFIG_NET_CLS_ACT)
	return rcu_access_pointer(dev->miniq_ingress);
#else
	return false;
#endif
}

static inline bool rivet_netdev_has_netpoll(const struct net_device *dev)
{
#ifdef CONFIG_NETPOLL
	return rcu_access_pointer(dev->npinfo);
#else
	return false;
#endif
}

/* Filters of a queue run behind the filter, and their actions change packets. */
static inline bool rivet_queue_has_filters(struct Qdisc *queue)
{
	static const char * const without[] = {
		"noop", "noqueue", "pfifo_fast", "pfifo", "bfifo", "mq", "fq", "codel",
	};
	static const char * const with_one_list[] = { "fq_codel", "cake", "sfq" };
	const struct Qdisc_class_ops *ops = queue->ops->cl_ops;
	const struct tcf_block *block;

	if (match_string(without, ARRAY_SIZE(without), queue->ops->id) >= 0)
		return false;
	if (match_string(with_one_list, ARRAY_SIZE(with_one_list), queue->ops->id) < 0 ||
	    !ops || !ops->tcf_block)
		return true;
	block = ops->tcf_block(queue, 0, NULL);
	return block && !list_empty(&block->chain_list);
}

static inline bool rivet_netdev_has_queue_filters(struct net_device *dev)
{
	struct Qdisc *queue = rtnl_dereference(dev->qdisc);
	int i;

	if (queue && rivet_queue_has_filters(queue))	/* the first is not in the table */
		return true;
	hash_for_each(dev->qdisc_hash, i, queue, hash)
		if (rivet_queue_has_filters(queue))
			return true;
	return false;
}

#endif /* _RIVET_COMPAT_NETDEV_H */
