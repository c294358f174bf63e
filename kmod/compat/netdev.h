/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: what is attached to a network device
 */
#ifndef _RIVET_COMPAT_NETDEV_H
#define _RIVET_COMPAT_NETDEV_H

#include <linux/netdevice.h>
#include <linux/rcupdate.h>

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

#endif /* _RIVET_COMPAT_NETDEV_H */
