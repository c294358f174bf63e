// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl - durations on the command line
 */
#include <linux/kernel.h>
#include <stddef.h>
#include <string.h>

#include "duration.h"
#include "text/parse.h"

static const struct {
	char letter;
	unsigned int seconds;
} units[] = {
	{ 's', 1 }, { 'm', 60 }, { 'h', 60 * 60 }, { 'd', 24 * 60 * 60 },
};

/* Seconds of the unit that ends @text; 0 if none does. */
static unsigned int find_unit(const char *text, size_t len)
{
	size_t i;

	for (i = 0; len && i < ARRAY_SIZE(units); i++) {
		if (text[len - 1] == units[i].letter)
			return units[i].seconds;
	}
	return 0;
}

/**
 * duration_has_unit() - does a text end in a unit, so that it is no bare number?
 * @text: the text
 *
 * Return: true if so.
 */
bool duration_has_unit(const char *text)
{
	return find_unit(text, strlen(text));
}

/**
 * duration_parse() - parse "90", "90s", "5m", "2h" or "1d"
 * @text: the text
 * @max: greatest number of seconds
 * @seconds: its seconds
 *
 * Return: false if it is not a time, zero, or more than @max.
 */
bool duration_parse(const char *text, uint64_t max, uint64_t *seconds)
{
	size_t len = strlen(text);
	unsigned int unit = find_unit(text, len);
	u64 value;

	if (rivet_parse_u64(text, unit ? len - 1 : len, &value))
		return false;
	if (!unit)
		unit = 1;
	if (!value || value > max / unit)
		return false;
	*seconds = value * unit;
	return true;
}
