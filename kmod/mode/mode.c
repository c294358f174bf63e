// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - mode/mode: audit or enforce
 *
 * The state alone; who may change it, and when, is control/control.c's business.
 *
 * While enforcing the module is pinned in two ways: its reference count, which
 * an unforced rmmod respects, and an entry in its own list of dependents, which
 * a forced one (CONFIG_MODULE_FORCE_UNLOAD) respects too: the kernel refuses to
 * unload what another module needs before it looks at force.
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
 * needed. Nobody else changes the list: the kernel adds to it when a module is loaded
 * that uses symbols of this one, and this one exports none. Those who read it meanwhile
 * (/proc/modules, delete_module(2), the kernel's debugger) go forward from its head: so
 * the entry is complete before it can be reached, and still leads back to the head after
 * it was taken out, also if it was added again by then. It is gone before the reference
 * is given back, and delete_module(2) takes module_mutex, which waits for a reader that
 * still stands on it, before the entry's memory is freed with the module's.
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
 * rivet_mode_enter_enforce() - carry verdicts out from now on
 *
 * The caller drops every measurement after this: those that were taken before were
 * taken without keeping writers away.
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
 * rivet_mode_enter_audit() - only report from now on
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
