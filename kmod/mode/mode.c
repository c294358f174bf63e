// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - mode/mode: audit or enforce
 *
 * This file keeps only the state. control/enforce.c decides on changes of it.
 *
 * While enforcing, the module is pinned in two ways. An unforced rmmod respects its
 * reference count. A forced one (CONFIG_MODULE_FORCE_UNLOAD) also respects an entry in its
 * own list of dependents: the kernel refuses to unload a module that another module needs
 * before it looks at force.
 */
#include <linux/module.h>
#include <linux/rculist.h>

#include "mode/mode.h"
#include "mode/settings.h"

bool rivet_mode_enforce_value;

#ifdef CONFIG_MODULE_UNLOAD
static struct module_use self_use = {
	.source = THIS_MODULE,
	.target = THIS_MODULE,
	.target_list = LIST_HEAD_INIT(self_use.target_list),
};

/*
 * module_mutex, which the kernel holds around this list, is not exported. It is not
 * needed. Nothing else changes the list: the kernel adds to it when it loads a module that
 * uses symbols of this one, and this one exports none. Concurrent readers (/proc/modules,
 * delete_module(2), the kernel's debugger) walk it forward from its head. So the entry is
 * complete before a reader can reach it. After its removal it still leads back to the head,
 * even if it has been added again by then. It is removed before the reference is dropped,
 * and delete_module(2) takes module_mutex, which waits for a reader that still stands on it,
 * before the entry's memory is freed with the module's.
 */
/* Returns false if the module is being unloaded. */
static bool pin_module(void)
{
	if (!try_module_get(THIS_MODULE))
		return false;
	list_add_rcu(&self_use.source_list, &THIS_MODULE->source_list);
	return true;
}

static void unpin_module(void)
{
	list_del_rcu(&self_use.source_list);
	module_put(THIS_MODULE);
}
#else
static bool pin_module(void)
{
	return true;
}

static void unpin_module(void)
{
}
#endif

/**
 * rivet_mode_enter_enforce() - start to enforce verdicts
 *
 * The caller drops every measurement after this, because earlier ones were taken without
 * keeping writers away.
 *
 * Context: process context; rivet_settings_lock held.
 * Return: false if the module is being unloaded, and the mode stays audit.
 */
bool rivet_mode_enter_enforce(void)
{
	lockdep_assert_held(&rivet_settings_lock);
	if (rivet_mode_enforce_value)
		return true;
	if (!pin_module())
		return false;
	WRITE_ONCE(rivet_mode_enforce_value, true);
	return true;
}

/**
 * rivet_mode_enter_audit() - stop to enforce verdicts and only report them
 *
 * Context: process context; rivet_settings_lock held.
 */
void rivet_mode_enter_audit(void)
{
	lockdep_assert_held(&rivet_settings_lock);
	if (!rivet_mode_enforce_value)
		return;
	WRITE_ONCE(rivet_mode_enforce_value, false);
	unpin_module();
}
