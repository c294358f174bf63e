// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - respond/wall: the filter on the devices that stay open
 *
 * It is there from the moment that a policy with respond=ISOLATE is loaded, and lets all
 * through until it is closed: when a machine is to be isolated, nothing may fail any more.
 */
#include <linux/if_arp.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_netdev.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "event/event.h"
#include "respond/packet.h"
#include "respond/taint.h"
#include "respond/wall.h"
#include "text/names.h"

/**
 * struct wall - the filter on one device
 *
 * On the list, made and removed under the RTNL. The device is not referenced: before it goes,
 * or leaves for another namespace, its NETDEV_UNREGISTER removes the wall. Packets that are on
 * their way may still pass through the functions afterwards, which use nothing of it.
 *
 * @list: member of walls
 * @dev: the device
 * @ops: its hooks, of which the network layer keeps the addresses until they are removed
 * @rcu: frees it
 */
struct wall {
	struct list_head list;
	struct net_device *dev;
	struct nf_hook_ops ops[2];
	struct rcu_head rcu;
};

/**
 * struct left - the uplinks and peers that are left, published under RCU
 * @rcu: frees it
 * @isolation: the lines of the policy
 */
struct left {
	struct rcu_head rcu;
	struct rivet_isolation isolation;
};

/* The RTNL protects both. */
static LIST_HEAD(walls);
static struct left __rcu *left;

static bool is_closed;	/* written when isolation begins and ends; read by each packet */

static bool is_frame(const struct net_device *dev)
{
	return dev->type == ARPHRD_ETHER;
}

/* The kernel does not put a header of a link before packets for these. */
static bool is_raw(const struct net_device *dev)
{
	switch (dev->type) {
	case ARPHRD_PPP:
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
		return true;
	default:
		return false;
	}
}

/* A sender may claim any type, so for those that leave the bytes of the frame count. */
static bool passes_head(const struct rivet_isolation *isolation, const struct sk_buff *skb,
			const struct net_device *dev, enum rivet_packet_way way, const u8 *head,
			size_t len)
{
	if (is_raw(dev))
		return skb->protocol == (len && head[0] >> 4 == 6 ? htons(ETH_P_IPV6) :
								    htons(ETH_P_IP)) &&
		       rivet_packet_raw_passes(isolation, way, head, len);
	if (!is_frame(dev))
		return false;
	if (way == RIVET_PACKET_OUT)
		return rivet_packet_frame_passes(isolation, way, head, len);
	return rivet_packet_passes(isolation, way, ntohs(skb->protocol), head, len);
}

/*
 * The checksum is written later, where a packet socket says: over an address, if it likes. So
 * the packet must pass also if the two bytes there are others.
 */
static bool passes(const struct rivet_isolation *isolation, const struct sk_buff *skb,
		   const struct net_device *dev, enum rivet_packet_way way)
{
	size_t len = min_t(size_t, skb->len, RIVET_PACKET_HEAD), at;
	u8 head[RIVET_PACKET_HEAD];

	if (skb_copy_bits(skb, 0, head, len) ||
	    !passes_head(isolation, skb, dev, way, head, len))
		return false;
	if (way != RIVET_PACKET_OUT || skb->ip_summed != CHECKSUM_PARTIAL)
		return true;
	at = skb_checksum_start_offset(skb) + skb->csum_offset;
	if (at < len)
		head[at] ^= 0xff;
	if (at + 1 < len)
		head[at + 1] ^= 0xff;
	return passes_head(isolation, skb, dev, way, head, len);
}

static unsigned int judge(const struct sk_buff *skb, const struct net_device *dev,
			  enum rivet_packet_way way)
{
	const struct left *now;
	bool ok;

	rcu_read_lock();
	now = rcu_dereference(left);
	ok = now && passes(&now->isolation, skb, dev, way);
	rcu_read_unlock();
	return ok ? NF_ACCEPT : NF_DROP;
}

static unsigned int filter_in(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return likely(!READ_ONCE(is_closed)) ? NF_ACCEPT : judge(skb, state->in, RIVET_PACKET_IN);
}

static unsigned int filter_out(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return likely(!READ_ONCE(is_closed)) ? NF_ACCEPT :
					       judge(skb, state->out, RIVET_PACKET_OUT);
}

static struct wall *find(const struct net_device *dev)
{
	struct wall *wall;

	ASSERT_RTNL();
	list_for_each_entry(wall, &walls, list)
		if (wall->dev == dev)
			return wall;
	return NULL;
}

/**
 * rivet_wall_has() - check whether a device has the filter
 * @dev: the device
 *
 * Context: under the RTNL.
 * Return: true if it has.
 */
bool rivet_wall_has(const struct net_device *dev)
{
	return find(dev);
}

static struct wall *make(struct net_device *dev)
{
	struct wall *wall = kzalloc(sizeof(*wall), GFP_KERNEL);

	if (!wall)
		return NULL;
	wall->dev = dev;
	wall->ops[0] = (struct nf_hook_ops){
		.hook = filter_in,
		.dev = dev,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = INT_MIN,
	};
	wall->ops[1] = wall->ops[0];
	wall->ops[1].hook = filter_out;
	wall->ops[1].hooknum = NF_NETDEV_EGRESS;
	wall->ops[1].priority = INT_MAX;	/* the last word */
	return wall;
}

/**
 * rivet_wall_name() - make the name of a device fit for a log
 * @dev: the device
 * @name: receives it, escaped
 *
 * Context: under the RTNL.
 */
void rivet_wall_name(const struct net_device *dev, char name[RIVET_WALL_NAME_MAX])
{
	rivet_name_escape(dev->name, strlen(dev->name), name, RIVET_WALL_NAME_MAX);
}

static int refuse(const struct net_device *dev, int error, const char *why)
{
	char name[RIVET_WALL_NAME_MAX];

	rivet_wall_name(dev, name);
	rivet_event_change(RIVET_EVENT_ISOLATE, error, "no filter on %s: %s", name, why);
	return error;
}

/**
 * rivet_wall_build() - put the filter on a device
 * @dev: the device, of the first network namespace
 *
 * Context: under the RTNL; may sleep.
 * Return: 0, also if it is there; -EOPNOTSUPP, -ENOMEM, or an errno of nf_register_net_hook();
 * a failure was reported.
 */
int rivet_wall_build(struct net_device *dev)
{
	struct wall *wall;
	int ret;

	if (find(dev))
		return 0;
	if (!is_frame(dev) && !is_raw(dev))
		return refuse(dev, -EOPNOTSUPP, "it is neither an Ethernet nor an IP device");
	wall = make(dev);
	if (!wall)
		return refuse(dev, -ENOMEM, "out of memory");
	ret = nf_register_net_hook(dev_net(dev), &wall->ops[0]);
	if (ret)
		goto free;
	ret = nf_register_net_hook(dev_net(dev), &wall->ops[1]);
	if (ret)
		goto unregister;
	list_add(&wall->list, &walls);
	return 0;

unregister:
	nf_unregister_net_hook(dev_net(dev), &wall->ops[0]);
free:
	kfree_rcu(wall, rcu);
	return refuse(dev, ret, ret == -EOPNOTSUPP ?
		      "the kernel lacks CONFIG_NETFILTER_INGRESS or CONFIG_NETFILTER_EGRESS" :
		      "the kernel takes no hook there: remove chains of nftables from it");
}

static void take_down(struct wall *wall)
{
	ASSERT_RTNL();
	list_del(&wall->list);
	nf_unregister_net_hook(dev_net(wall->dev), &wall->ops[1]);
	nf_unregister_net_hook(dev_net(wall->dev), &wall->ops[0]);
	kfree_rcu(wall, rcu);
}

/**
 * rivet_wall_remove() - take the filter from a device, if it has it
 * @dev: the device
 *
 * Context: under the RTNL; may sleep.
 */
void rivet_wall_remove(struct net_device *dev)
{
	struct wall *wall = find(dev);

	if (wall)
		take_down(wall);
}

static bool names(const struct rivet_isolation *isolation, const struct net_device *dev)
{
	size_t i;

	for (i = 0; i < isolation->uplink_count; i++)
		if (!strcmp(isolation->uplinks[i], dev->name))
			return true;
	return false;
}

/**
 * rivet_wall_is_uplink() - check whether the policy names a device as one that stays open
 * @dev: the device
 *
 * Context: under the RTNL.
 * Return: true if it does, and the device is in the first network namespace.
 */
bool rivet_wall_is_uplink(const struct net_device *dev)
{
	const struct left *now = rtnl_dereference(left);

	return now && net_eq(dev_net(dev), &init_net) && names(&now->isolation, dev);
}

/**
 * rivet_wall_is_set() - check whether there is a policy that may isolate
 *
 * Context: any.
 * Return: true if there is.
 */
bool rivet_wall_is_set(void)
{
	return rcu_access_pointer(left);
}

static void remove_others(const struct rivet_isolation *isolation)
{
	struct wall *wall, *next;

	list_for_each_entry_safe(wall, next, &walls, list)
		if (!names(isolation, wall->dev))
			take_down(wall);
}

static int build_all(const struct rivet_isolation *isolation)
{
	struct net_device *dev;
	int ret = 0;
	size_t i;

	for (i = 0; i < isolation->uplink_count && !ret; i++) {
		dev = __dev_get_by_name(&init_net, isolation->uplinks[i]);
		if (dev && strcmp(dev->name, isolation->uplinks[i]))
			ret = refuse(dev, -EOPNOTSUPP,
				     "SET isolate-uplink= has another name of it; write this one");
		else if (dev)
			ret = rivet_wall_build(dev);
		else
			rivet_event_change(RIVET_EVENT_ISOLATE, 0,
					   "%s is not there yet: its filter comes with it",
					   isolation->uplinks[i]);
	}
	return ret;
}

/**
 * rivet_wall_set() - put the filter on the devices that a policy names
 * @isolation: the lines of the policy
 * @keep_others: devices that an earlier policy named keep it
 *
 * Context: under the RTNL; may sleep.
 * Return: 0, or an errno of rivet_wall_build(); then the peers are those before.
 */
int rivet_wall_set(const struct rivet_isolation *isolation, bool keep_others)
{
	struct left *next = kzalloc(sizeof(*next), GFP_KERNEL), *before;
	int ret;

	ASSERT_RTNL();
	if (!next)
		return -ENOMEM;
	next->isolation = *isolation;
	ret = build_all(isolation);
	before = rtnl_dereference(left);
	if (ret) {
		kfree(next);
		if (!before)
			rivet_wall_remove_all();
		return ret;
	}
	rcu_assign_pointer(left, next);
	if (!keep_others)
		remove_others(isolation);
	if (before)
		kfree_rcu(before, rcu);
	return 0;
}

/**
 * rivet_wall_remove_all() - take the filter from all devices
 *
 * Context: under the RTNL; may sleep.
 */
void rivet_wall_remove_all(void)
{
	struct left *before = rtnl_dereference(left);
	struct wall *wall, *next;

	list_for_each_entry_safe(wall, next, &walls, list)
		take_down(wall);
	RCU_INIT_POINTER(left, NULL);
	if (before)
		kfree_rcu(before, rcu);
}

/**
 * rivet_wall_close() - let only listed peers through the filter, or all again
 * @closed: only listed peers
 *
 * Context: any.
 */
void rivet_wall_close(bool closed)
{
	WRITE_ONCE(is_closed, closed);
}

/**
 * rivet_wall_show() - print the devices that have the filter
 * @m: output; a line for each
 *
 * Context: may sleep; takes the RTNL.
 */
void rivet_wall_show(struct seq_file *m)
{
	char name[RIVET_WALL_NAME_MAX];
	const char *taint;
	struct wall *wall;

	rtnl_lock();
	list_for_each_entry(wall, &walls, list) {
		rivet_wall_name(wall->dev, name);
		taint = rivet_taint_of(wall->dev) ?: rivet_taint_of_all();
		seq_printf(m, "uplink: %s%s%s%s\n", name,
			   wall->dev->flags & IFF_UP ? "" : " down", taint ? " has " : "",
			   taint ?: "");
	}
	rtnl_unlock();
}
