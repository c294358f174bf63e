// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of the mode: a switch to enforce that comes while the module goes
 */
#define CONFIG_MODULE_UNLOAD

#include "mode/mode.c"

struct mutex rivet_settings_lock;

static bool is_pinned(void)
{
	return this_module.refs == 1 && this_module.source_list.next == &self_use.source_list;
}

int main(void)
{
	this_module.is_going = true;
	unit_ok(!rivet_mode_enter_enforce(), "being unloaded: refused");
	unit_ok(!rivet_mode_is_enforce(), "being unloaded: the mode stays audit");
	unit_ok(!this_module.refs && this_module.source_list.next == &this_module.source_list,
		"being unloaded: nothing is pinned");
	rivet_mode_enter_audit();
	unit_eq(this_module.refs, 0, "being unloaded: audit gives nothing back");

	this_module.is_going = false;
	unit_ok(rivet_mode_enter_enforce() && rivet_mode_is_enforce(), "else it enforces");
	unit_ok(is_pinned(), "and is pinned");
	unit_ok(rivet_mode_enter_enforce() && is_pinned(), "once");
	rivet_mode_enter_audit();
	unit_ok(!rivet_mode_is_enforce() && !this_module.refs, "audit lets it go");
	return unit_done();
}
