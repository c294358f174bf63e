// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - respond/boots: whether the machine may be rebooted now
 */
#include "respond/boots.h"

/**
 * rivet_reboot_may() - decide whether a rule may reboot the machine
 * @uptime: seconds since it was started
 * @is_told: the agent has told @count
 * @count: reboots by rules in the day before the agent told; all came before this boot
 * @max: the rule's max=
 *
 * Context: Any.
 * Return: the answer.
 */
enum rivet_reboot_step rivet_reboot_may(u64 uptime, bool is_told, u32 count, u8 max)
{
	if (uptime < RIVET_REBOOT_UPTIME)
		return RIVET_REBOOT_WAIT;
	if (!is_told)
		return RIVET_REBOOT_UNKNOWN;
	if (uptime >= RIVET_REBOOT_DAY)
		count = 0;
	return count >= max ? RIVET_REBOOT_OFTEN : RIVET_REBOOT_MAY;
}
