// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - respond/isolate: when the machine is taken off the network, and how that ends
 *
 * A decision only counts, and wakes a worker (respond/failed.c). The worker closes the filter on
 * the uplinks at once (respond/wall.c), then all other devices of all network namespaces, and
 * looks ten times a second for ways past the filter (respond/taint.c). A device that is not an
 * uplink cannot be opened meanwhile: NETDEV_PRE_UP vetoes it.
 *
 * Loopback devices stay open, since local services need them, unless something on them
 * redirects packets to other devices. After a device has been closed because of a way that came
 * while the machine is isolated, no device can be opened for a minute, even if the way is gone.
 *
 * Isolation is a state of enforce mode. It ends by a signed token with its own nonce of this
 * boot, or with enforce mode, which root alone cannot end either.
 *
 * Order of locks: rivet_settings_lock, the kernel's pernet_ops_rwsem (in the registration of the
 * notifier), the RTNL, net_rwsem, isolate_lock. The notifier is called under the RTNL and takes
 * only locks that come after that.
 */
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "event/event.h"
#include "mode/mode.h"
#include "mode/settings.h"
#include "respond/isolate.h"
#include "respond/netroot.h"
#include "respond/notify.h"
#include "respond/reboot.h"
#include "respond/taint.h"
#include "respond/wall.h"
#include "text/version3.h"

#define WATCH_INTERVAL	(HZ / 10)
#define CLOSE_MAX	65536	/* devices closed in one walk; a bound for a driver that is mad */
#define NAMES_MAX	160	/* bytes of the names of closed devices in an event */
#define REST_SECONDS	60	/* that a device stays closed once packets could pass its filter */

/* Protects the variables below. A leaf lock. */
static DEFINE_SPINLOCK(isolate_lock);
static struct rivet_response_cause last;	/* of the isolation in force */
static s64 since;		/* seconds since 1970 */
static u32 closed_count;	/* devices closed since */

static bool in_force;	/* changed under the RTNL, under which devices open, too */
static unsigned long rest_ends;	/* jiffies; under the RTNL, valid while @rests */
static bool rests;		/* no device opens until then; under the RTNL */
static u32 ended;	/* isolations, since the load of the module; under rivet_settings_lock */

static void watch(struct work_struct *work);
static DECLARE_DELAYED_WORK(watch_work, watch);

/**
 * rivet_isolate_is_in_force() - check whether the machine is isolated
 *
 * Context: any.
 * Return: true if it is.
 */
bool rivet_isolate_is_in_force(void)
{
	return READ_ONCE(in_force);
}

static bool is_loopback(const struct net_device *dev)
{
	return dev == dev_net(dev)->loopback_dev;
}

/* Why a device may not be open; NULL if it may. */
static const char *objection(struct net_device *dev, const char *past_all)
{
	ASSERT_RTNL();
	if (is_loopback(dev))
		return rivet_taint_of(dev);
	if (!rivet_wall_has(dev))
		return "no uplink";
	return rivet_taint_of(dev) ?: past_all;
}

/* The RTNL keeps the device after net_rwsem is released: it goes only under the RTNL. */
static struct net_device *find_open(const char *past_all, const char **why)
{
	struct net_device *dev;
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net) {
		for_each_netdev(net, dev) {
			*why = dev->flags & IFF_UP ? objection(dev, past_all) : NULL;
			if (*why)
				goto found;
		}
	}
	dev = NULL;
found:
	up_read(&net_rwsem);
	return dev;
}

static void add_name(char *names, const char *name)
{
	size_t len = strlen(names);

	snprintf(names + len, NAMES_MAX - len, "%s%s", len ? " " : "", name);
}

static void tell_taint(const char *name, const char *why)
{
	rivet_event_change(RIVET_EVENT_ISOLATE, 0,
			   "ALARM: isolated: %s is closed because of %s", name, why);
}

/*
 * A way past a filter is found within WATCH_INTERVAL. Without a rest, root could
 * have the device open again at once, and send for as long again.
 */
static void start_rest(void)
{
	ASSERT_RTNL();
	rests = true;
	rest_ends = jiffies + REST_SECONDS * HZ;
}

static bool is_resting(void)
{
	ASSERT_RTNL();
	if (rests && time_after_eq(jiffies, rest_ends))
		rests = false;
	return rests;
}

static bool is_kept(struct net_device *dev)
{
	return rivet_wall_has(dev) || is_loopback(dev);
}

/* Closes all that may not be open. Returns the number. */
static unsigned int close_others(char names[NAMES_MAX])
{
	const char *past_all = rivet_taint_of_all();
	char name[RIVET_WALL_NAME_MAX];
	struct net_device *dev;
	unsigned int count = 0;
	const char *why;

	ASSERT_RTNL();
	while (count < CLOSE_MAX && (dev = find_open(past_all, &why))) {
		rivet_wall_name(dev, name);
		if (is_kept(dev)) {
			tell_taint(name, why);
			/* Any user has namespaces of his own, and must not keep uplinks closed. */
			if (dev_net(dev)->user_ns == &init_user_ns)
				start_rest();
		} else {
			add_name(names, name);
		}
		dev_close(dev);
		count++;
	}
	spin_lock(&isolate_lock);
	closed_count += count;
	spin_unlock(&isolate_lock);
	return count;
}

static void watch(struct work_struct *work)
{
	char names[NAMES_MAX] = "";

	rtnl_lock();
	if (in_force) {
		close_others(names);
		queue_delayed_work(system_unbound_wq, &watch_work, WATCH_INTERVAL);
	}
	rtnl_unlock();
	if (names[0])
		rivet_event_change(RIVET_EVENT_ISOLATE, 0, "isolated: closed %s", names);
}

static void tell_begin(const struct rivet_response_cause *cause, const char *names)
{
	char version[RIVET_VERSION3_MAX];

	rivet_version3_text(cause->version, version);
	if (cause->line)
		rivet_event_change(RIVET_EVENT_ISOLATE, 0,
				   "ALARM: isolated by line %u of policy %s %s, after %u in %u s; closed: %s",
				   cause->line, cause->policy, version, cause->after,
				   cause->within, names[0] ? names : "nothing");
	else
		rivet_event_change(RIVET_EVENT_ISOLATE, 0,
				   "ALARM: isolated again, as before this boot; closed: %s",
				   names[0] ? names : "nothing");
}

static void note_begin(const struct rivet_response_cause *cause)
{
	spin_lock(&isolate_lock);
	last = *cause;
	since = ktime_get_real_seconds();
	closed_count = 0;
	spin_unlock(&isolate_lock);
}

/**
 * rivet_isolate_begin() - isolate the machine, unless it is isolated
 * @cause: the rule, or line 0 if isolation is restored
 *
 * Somebody may hold the RTNL for long, so the filter does not wait for it: it is closed before,
 * and opened again if there is to be no isolation. The mode changes to audit before isolation
 * ends, so it is either seen here, or this is seen there.
 *
 * Context: may sleep.
 */
void rivet_isolate_begin(const struct rivet_response_cause *cause)
{
	const bool netroot = rivet_netroot_is();
	char names[NAMES_MAX] = "";
	bool begins;

	if (cause->line && !netroot && rivet_mode_is_enforce() && !rivet_isolate_is_in_force())
		rivet_notify_send(cause);
	if (!netroot)
		rivet_wall_close(true);
	rtnl_lock();
	begins = !in_force && rivet_mode_is_enforce() && rivet_wall_is_set() && !netroot;
	if (begins) {
		WRITE_ONCE(in_force, true);
		note_begin(cause);
		close_others(names);
		rests = false;	/* only for a way that comes later */
		queue_delayed_work(system_unbound_wq, &watch_work, WATCH_INTERVAL);
	}
	rivet_wall_close(in_force);
	rtnl_unlock();
	if (begins)
		tell_begin(cause, names);
	else if (netroot)
		rivet_event_change(RIVET_EVENT_ISOLATE, -EOPNOTSUPP,
				   "ALARM: not isolated: the root filesystem comes over the network now");
}

/**
 * rivet_isolate_end() - end isolation, if the machine is isolated
 * @why: the reason, for the event
 *
 * Devices that were closed stay so: the network's own configuration opens it again.
 *
 * Context: may sleep; rivet_settings_lock held.
 */
void rivet_isolate_end(const char *why)
{
	struct rivet_policy *policy;
	bool ends;

	lockdep_assert_held(&rivet_settings_lock);
	rtnl_lock();
	ends = in_force;
	WRITE_ONCE(in_force, false);
	rests = false;
	rivet_wall_close(false);
	rtnl_unlock();
	if (!ends)
		return;
	WRITE_ONCE(ended, ended + 1);
	rivet_event_change(RIVET_EVENT_ISOLATE, 0, "isolation has ended: %s; open the network again",
			   why);
	policy = rivet_policy_get();
	rivet_isolate_arm(policy);
	rivet_policy_put(policy);
}

/**
 * rivet_isolate_ended() - get the number of isolations that have ended
 *
 * Context: rivet_settings_lock held.
 * Return: the number, since the module was loaded.
 */
u32 rivet_isolate_ended(void)
{
	lockdep_assert_held(&rivet_settings_lock);
	return ended;
}

/**
 * rivet_isolate_arm() - make ready for the responses of a policy
 * @policy: the policy that is to be active, or that stays so
 *
 * While the machine is isolated, a policy without respond= changes nothing, and one with it
 * only adds uplinks and replaces the peers.
 *
 * Context: may sleep; rivet_settings_lock held.
 * Return: 0; -EOPNOTSUPP with a root filesystem from the network, or for a panic without
 * panic=; or an errno of rivet_wall_set(). A failure was reported.
 */
int rivet_isolate_arm(const struct rivet_policy *policy)
{
	int ret = 0;

	lockdep_assert_held(&rivet_settings_lock);
	if (policy->rules.panics && !rivet_reboot_comes_back()) {
		rivet_event_change(RIVET_EVENT_POLICY, -EOPNOTSUPP,
				   "policy refused: respond=PANIC, and the kernel has no panic=: the machine would not come back; set kernel.panic");
		return -EOPNOTSUPP;
	}
	if (policy->rules.isolates && rivet_netroot_is()) {
		rivet_event_change(RIVET_EVENT_POLICY, -EOPNOTSUPP,
				   "policy refused: respond=ISOLATE, and the root filesystem comes over the network: isolation would switch the machine off");
		return -EOPNOTSUPP;
	}
	/* A policy without it waits for nobody who holds the lock of the network. */
	if (!policy->rules.isolates && !rivet_wall_is_set())
		return 0;
	rtnl_lock();
	if (policy->rules.isolates)
		ret = rivet_wall_set(&policy->rules.isolation, in_force);
	else if (!in_force)
		rivet_wall_remove_all();
	rtnl_unlock();
	return ret;
}

/* Refuses to open a device, in the way of a notifier. */
static int check_opening(struct net_device *dev)
{
	if (!in_force)
		return NOTIFY_DONE;
	if (is_resting() || objection(dev, rivet_taint_of_all()))
		return notifier_from_errno(-EPERM);
	return NOTIFY_DONE;
}

/*
 * Any device with the name of an uplink gets the filter: it lets only
 * listed peers through, and a modem that comes back has to work. One that had it keeps it
 * under another name.
 */
static int on_device(struct notifier_block *block, unsigned long event, void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
		if (rivet_wall_is_uplink(dev))
			rivet_wall_build(dev);
		break;
	case NETDEV_UNREGISTER:
		rivet_wall_remove(dev);
		break;
	case NETDEV_PRE_UP:
		return check_opening(dev);
	}
	return NOTIFY_DONE;
}

static struct notifier_block device_block = {
	.notifier_call = on_device,
};

/**
 * rivet_isolate_restore() - isolate the machine again, as it was before it was started anew
 * @data: the word begin; with or without a newline
 * @len: bytes of @data
 *
 * This only refuses, so the agent's capability is enough. In audit mode it is refused.
 *
 * Context: process context of a task with CAP_NET_ADMIN; may sleep.
 * Return: 0, also if it is isolated; -EINVAL; -EPERM in audit mode; -ENOENT if the active
 * policy has no respond=ISOLATE, and thus nothing that would be left; -EOPNOTSUPP with a root
 * filesystem from the network.
 */
int rivet_isolate_restore(const char *data, size_t len)
{
	const struct rivet_response_cause cause = { .mode = RIVET_MODE_ENFORCE };
	int ret = 0;

	if (len && data[len - 1] == '\n')
		len--;
	if (len != strlen("begin") || memcmp(data, "begin", len)) {
		pr_warn("isolation: expected begin\n");
		return -EINVAL;
	}
	mutex_lock(&rivet_settings_lock);
	if (!rivet_mode_is_enforce())
		ret = -EPERM;
	else if (!rivet_wall_is_set())
		ret = -ENOENT;
	if (ret)
		rivet_event_change(RIVET_EVENT_ISOLATE, ret, "not isolated again: %s",
				   ret == -EPERM ? "the mode is audit" :
				   "the policy has no respond=ISOLATE");
	else
		rivet_isolate_begin(&cause);
	if (!ret && !rivet_isolate_is_in_force())
		ret = -EOPNOTSUPP;
	mutex_unlock(&rivet_settings_lock);
	return ret;
}

/**
 * rivet_isolate_show() - print the state of isolation
 * @m: output; a name and a value in each line
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_isolate_show(struct seq_file *m)
{
	const bool isolated = rivet_isolate_is_in_force();
	struct rivet_response_cause cause;
	u32 closed;
	s64 begun;

	spin_lock(&isolate_lock);
	cause = last;
	begun = since;
	closed = closed_count;
	spin_unlock(&isolate_lock);
	seq_printf(m, "state: %s\n", isolated ? "isolated" :
		   rivet_wall_is_set() ? "ready" : "none");
	seq_printf(m, "ended: %u\n", READ_ONCE(ended));
	if (isolated) {
		seq_printf(m, "since: %lld\n", begun);
		seq_printf(m, "policy: %s\n", cause.policy);
		seq_printf(m, "line: %u\n", cause.line);
		seq_printf(m, "closed: %u\n", closed);
	}
	rivet_wall_show(m);
	return 0;
}

/**
 * rivet_isolate_init() - begin to see network devices
 *
 * Context: may sleep; module init.
 * Return: 0 or an errno of register_netdevice_notifier().
 */
int __init rivet_isolate_init(void)
{
	return register_netdevice_notifier(&device_block);
}

/**
 * rivet_isolate_exit() - stop seeing network devices, and take the filters away
 *
 * The mode is audit, so the machine is not isolated; and nothing is decided any more.
 *
 * Context: may sleep.
 */
void rivet_isolate_exit(void)
{
	cancel_delayed_work_sync(&watch_work);
	unregister_netdevice_notifier(&device_block);
	rtnl_lock();
	rivet_wall_remove_all();
	rtnl_unlock();
	synchronize_net();	/* packets on their way through the filter */
	rcu_barrier();
}
