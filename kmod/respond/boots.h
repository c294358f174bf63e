/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/boots: whether the machine may be rebooted now
 */
#ifndef _RIVET_RESPOND_BOOTS_H
#define _RIVET_RESPOND_BOOTS_H

#include <linux/types.h>

#define RIVET_REBOOT_UPTIME	600	/* seconds before which no rule reboots the machine */
#define RIVET_REBOOT_DAY	(24 * 60 * 60)	/* seconds in which reboots are counted */

/** enum rivet_reboot_step - the answer */
enum rivet_reboot_step {
	RIVET_REBOOT_WAIT,	/* until the machine has been up for long enough */
	RIVET_REBOOT_UNKNOWN,	/* no: nobody has told how often that was done */
	RIVET_REBOOT_OFTEN,	/* no: it was done as often as the rule permits in a day */
	RIVET_REBOOT_MAY,	/* yes */
};

enum rivet_reboot_step rivet_reboot_may(u64 uptime, bool is_told, u32 count, u8 max);

#endif /* _RIVET_RESPOND_BOOTS_H */
