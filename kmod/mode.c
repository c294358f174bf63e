// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - mode: audit or enforce
 *
 * The state alone; who may change it, and when, is control.c's business.
 *
 * While enforcing the module is pinned in two ways: its reference count, which
 * an unforced rmmod respects, and an entry in its own list of dependents, which
 * a forced one (CONFIG_MODULE_FORCE_UNLOAD) respects too: the kernel refuses to
 * unload what another module needs before it looks at force.
 */
#include <linux/module.h>

#include "measure.h"
#include "mode.h"

bool rivet_mode_enforce_value;

#ifdef CONFIG_MODULE_UNLOAD
static struct module_use self_use = {
	.source = THIS_MODULE,
	.target = THIS_MODULE,
	.target_list = LIST_HEAD_INIT(self_use.target_list),
};

static void pin_module(void)
{
	__module_get(THIS_MODULE);
	list_add(&self_use.source_list, &THIS_MODULE->source_list);
}

static void unpin_module(void)
{
	list_del_init(&self_use.source_list);
	module_put(THIS_MODULE);
}
#else
static void pin_module(void)
{
}

static void unpin_module(void)
{
}
#endif

/**
 * rivet_mode_enter_enforce() - carry verdicts out from now on
 *
 * Drops every measurement taken before: they were taken without keeping
 * writers away.
 *
 * Context: process context, serialised by control.c.
 */
void rivet_mode_enter_enforce(void)
{
	if (rivet_mode_enforce_value)
		return;
	pin_module();
	WRITE_ONCE(rivet_mode_enforce_value, true);
	rivet_measure_flush();
}

/**
 * rivet_mode_enter_audit() - only report from now on
 *
 * Context: process context, serialised by control.c.
 */
void rivet_mode_enter_audit(void)
{
	if (!rivet_mode_enforce_value)
		return;
	WRITE_ONCE(rivet_mode_enforce_value, false);
	unpin_module();
}
