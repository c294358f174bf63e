// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - N failures within so many seconds, and whether the machine may be rebooted, tested
 */
#include "respond/boots.h"
#include "respond/count.h"
#include "unit.h"

int main(void)
{
	struct rivet_respond_count count = {};

	unit_ok(rivet_respond_count_one(&count, 5, 1, 1), "the first is enough");
	unit_ok(!rivet_respond_count_one(&count, 10, 3, 10), "one of three");
	unit_ok(!rivet_respond_count_one(&count, 19, 3, 10), "two of three");
	unit_ok(!rivet_respond_count_one(&count, 21, 3, 10), "the first is too old");
	unit_ok(rivet_respond_count_one(&count, 22, 3, 10), "three within ten seconds");
	unit_ok(!rivet_respond_count_one(&count, 22, 3, 10), "it begins anew");
	unit_eq(rivet_reboot_may(599, true, 0, 2), RIVET_REBOOT_WAIT, "not in the first ten minutes");
	unit_eq(rivet_reboot_may(599, false, 9, 2), RIVET_REBOOT_WAIT, "whatever is known");
	unit_eq(rivet_reboot_may(600, false, 0, 2), RIVET_REBOOT_UNKNOWN, "not without the number");
	unit_eq(rivet_reboot_may(600, true, 0, 1), RIVET_REBOOT_MAY, "the first");
	unit_eq(rivet_reboot_may(600, true, 1, 2), RIVET_REBOOT_MAY, "the last");
	unit_eq(rivet_reboot_may(600, true, 2, 2), RIVET_REBOOT_OFTEN, "one too many");
	unit_eq(rivet_reboot_may(86399, true, 2, 2), RIVET_REBOOT_OFTEN, "also at the end of a day");
	unit_eq(rivet_reboot_may(86400, true, 2, 2), RIVET_REBOOT_MAY, "a day later none counts");
	unit_eq(rivet_reboot_may(86400, false, 0, 2), RIVET_REBOOT_UNKNOWN, "nor without the number");
	return unit_done();
}
