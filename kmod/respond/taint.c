// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - respond/taint: ways past the filter of a network device
 *
 * The filter sees packets that take the kernel's usual way of sending. XDP programs and tc,
 * also on another device that redirects to this one, sockets of AF_XDP and netpoll hand their
 * packets to the driver before or behind it. A packet that tc redirects when it leaves a device
 * skips the filter of the other device, even if the first device is closed.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include <net/xdp_sock_drv.h>

#include "compat/netdev.h"
#include "respond/taint.h"

static bool has_xsk(struct net_device *dev)
{
	unsigned int i, queues = max(dev->real_num_rx_queues, dev->real_num_tx_queues);

	for (i = 0; i < queues; i++)
		if (xsk_get_pool_from_qid(dev, i))
			return true;
	return false;
}

/**
 * rivet_taint_of() - find a way past the filter of a device
 * @dev: the device
 *
 * Context: under the RTNL.
 * Return: its name; NULL if there is none.
 */
const char *rivet_taint_of(struct net_device *dev)
{
	if (dev_xdp_prog_count(dev))
		return "XDP";
	if (rivet_netdev_has_tc_egress(dev) || rivet_netdev_has_tc_ingress(dev))
		return "tc";
	if (rivet_netdev_has_netpoll(dev))
		return "netpoll";
	if (rivet_netdev_has_queue_filters(dev))
		return "a queue with filters";
	return has_xsk(dev) ? "AF_XDP" : NULL;
}

/* It calls drivers itself. Its threads have names that no user gives to a kernel thread. */
static bool has_pktgen(void)
{
	static const char prefix[] = "kpktgend_";
	struct task_struct *task;
	bool found = false;

	rcu_read_lock();
	for_each_process(task) {
		found = task->flags & PF_KTHREAD && !strncmp(task->comm, prefix, strlen(prefix));
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}

/* The uplinks are in the first network namespace, and tc redirects only within one. */
static bool has_redirection(void)
{
	struct net_device *dev;

	ASSERT_RTNL();
	for_each_netdev(&init_net, dev)
		if (rivet_netdev_has_tc_egress(dev))
			return true;
	return false;
}

/**
 * rivet_taint_of_all() - find a way past the filters of all uplinks
 *
 * Context: under the RTNL.
 * Return: its name; NULL if there is none.
 */
const char *rivet_taint_of_all(void)
{
	if (has_pktgen())
		return "pktgen";
	return has_redirection() ? "tc on another device" : NULL;
}
