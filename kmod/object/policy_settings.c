// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - object/policy_settings: the settings of a policy
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "object/policy_settings.h"

static const char * const resident_names[__RIVET_RESIDENT_MAX] = {
	[RIVET_RESIDENT_MAPPED] = "mapped",
	[RIVET_RESIDENT_ALL] = "all",
	[RIVET_RESIDENT_OFF] = "off",
};

static const char * const quarantine_read_names[__RIVET_QUARANTINE_READ_MAX] = {
	[RIVET_QUARANTINE_READ_ALLOW] = "allow",
	[RIVET_QUARANTINE_READ_DENY] = "deny",
};

static const char * const boot_names[__RIVET_BOOT_MAX] = {
	[RIVET_BOOT_AUDIT] = "audit",
	[RIVET_BOOT_ENFORCE] = "enforce",
};

#define REVERIFY_MIN	10U			/* seconds */
#define REVERIFY_MAX	(366U * 24 * 60 * 60)

/**
 * struct setting - one setting
 * @key: its name, with the '='
 * @values: names of the values, in their order; NULL if the value is a period
 * @count: number of values
 * @expected: expected text, for the error message
 */
struct setting {
	const char *key;
	const char * const *values;
	size_t count;
	const char *expected;
};

static const struct setting known[__RIVET_SETTING_MAX] = {
	[RIVET_SETTING_RESIDENT] = {
		"resident=", resident_names, __RIVET_RESIDENT_MAX, "mapped, all or off",
	},
	[RIVET_SETTING_QUARANTINE_READ] = {
		"quarantine-read=", quarantine_read_names, __RIVET_QUARANTINE_READ_MAX,
		"allow or deny",
	},
	[RIVET_SETTING_BOOT] = {
		"boot=", boot_names, __RIVET_BOOT_MAX, "audit or enforce",
	},
	[RIVET_SETTING_REVERIFY] = {
		"reverify=", NULL, 0, "a number with s, m, h or d: 10s to 366d",
	},
};

static u32 seconds_of(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 60 * 60;
	case 'd':
		return 24 * 60 * 60;
	default:
		return 0;
	}
}

/* Returns the seconds, or -EINVAL. */
static int read_period(struct rivet_slice text)
{
	u32 unit;
	u64 n;

	if (text.len < 2 || rivet_parse_u64(text.ptr, text.len - 1, &n) || n > REVERIFY_MAX)
		return -EINVAL;
	unit = seconds_of(text.ptr[text.len - 1]);
	n *= unit;
	return n >= REVERIFY_MIN && n <= REVERIFY_MAX ? (int)n : -EINVAL;
}

/* Returns the value, or -EINVAL if no value has that name. */
static int find_value(const struct setting *setting, struct rivet_slice name)
{
	size_t i;

	if (!setting->values)
		return read_period(name);
	for (i = 0; i < setting->count; i++)
		if (rivet_slice_equal(name, setting->values[i]))
			return i;
	return -EINVAL;
}

/**
 * rivet_policy_settings_read() - read one setting
 * @settings: receives the value
 * @field: "name=value"; once the name is known only the value is left in it
 * @line: its line
 *
 * Context: Any.
 * Return: NULL, or a description of the expected text at the start of @field.
 */
const char *rivet_policy_settings_read(struct rivet_policy_settings *settings,
				       struct rivet_slice *field, u32 line)
{
	struct rivet_slice value;
	int found;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		value = *field;
		if (!rivet_slice_take_prefix(&value, known[i].key))
			continue;
		if (settings->line[i])
			return "each setting at most once";
		*field = value;
		found = find_value(&known[i], value);
		if (found < 0)
			return known[i].expected;
		settings->line[i] = line;
		settings->value[i] = found;
		return NULL;
	}
	return "a setting: resident=, quarantine-read=, boot=, reverify= or isolate-*=";
}

/**
 * rivet_policy_settings_resident_name() - get the name of a value of resident=
 * @mode: the value
 *
 * Context: Any.
 * Return: the name.
 */
const char *rivet_policy_settings_resident_name(enum rivet_resident_mode mode)
{
	return resident_names[mode];
}
