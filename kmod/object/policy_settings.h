/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - object/policy_settings: the settings of a policy
 */
#ifndef _RIVET_OBJECT_POLICY_SETTINGS_H
#define _RIVET_OBJECT_POLICY_SETTINGS_H

#include <linux/types.h>

#include "text/parse.h"

/** enum rivet_policy_setting - the name in a line "SET name=value" */
enum rivet_policy_setting {
	RIVET_SETTING_RESIDENT,
	RIVET_SETTING_QUARANTINE_READ,
	RIVET_SETTING_BOOT,
	RIVET_SETTING_REVERIFY,
	__RIVET_SETTING_MAX,
};

/** enum rivet_resident_mode - the measured files that keep their pages in memory */
enum rivet_resident_mode {
	RIVET_RESIDENT_MAPPED,	/* files in use, and some others: the default */
	RIVET_RESIDENT_ALL,	/* all files, until memory is short */
	RIVET_RESIDENT_OFF,	/* no file */
	__RIVET_RESIDENT_MAX,
};

/** enum rivet_quarantine_read - whether a quarantined file may be opened for reading */
enum rivet_quarantine_read {
	RIVET_QUARANTINE_READ_ALLOW,	/* the default */
	RIVET_QUARANTINE_READ_DENY,	/* not while its inode is in memory */
	__RIVET_QUARANTINE_READ_MAX,
};

/** enum rivet_boot_mode - the mode that begins when the policy is loaded */
enum rivet_boot_mode {
	RIVET_BOOT_AUDIT,	/* the default: the mode stays as it is */
	RIVET_BOOT_ENFORCE,	/* enforce, preconditions or not */
	__RIVET_BOOT_MAX,
};

/**
 * struct rivet_policy_settings - the settings of a policy
 * @line: line of each setting in the text; 0 if it is absent and has its default
 * @value: value of each setting, of the enum that belongs to it; of reverify=, seconds
 */
struct rivet_policy_settings {
	u32 line[__RIVET_SETTING_MAX];
	u32 value[__RIVET_SETTING_MAX];
};

const char *rivet_policy_settings_read(struct rivet_policy_settings *settings,
				       struct rivet_slice *field, u32 line);
const char *rivet_policy_settings_resident_name(enum rivet_resident_mode mode);

#endif /* _RIVET_OBJECT_POLICY_SETTINGS_H */
