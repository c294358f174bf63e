// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - settings of a policy, tested
 *
 * Their allowed places, and refusals: see policy_parser_test.c.
 */
#include "object/policy_settings.h"
#include "policy/parser.h"
#include "unit.h"

#define FIRST "policy_name=p policy_version=1.0.0\n"
#define ALL FIRST "DEFAULT action=DENY\n"

static struct rivet_rules policy;

static void test_settings(void)
{
	static const struct {
		const char *label;
		struct rivet_slice text;
		enum rivet_resident_mode mode;
		u32 line;
	} cases[] = {
		{ "nothing is set", BYTES(FIRST), RIVET_RESIDENT_MAPPED, 0 },
		{ "mapped", BYTES(FIRST "SET resident=mapped\n"), RIVET_RESIDENT_MAPPED, 2 },
		{ "all", BYTES(FIRST "\nSET resident=all\n"), RIVET_RESIDENT_ALL, 3 },
		{ "off", BYTES(ALL "SET resident=off\n"), RIVET_RESIDENT_OFF, 3 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		rivet_policy_parse(cases[i].text.ptr, cases[i].text.len, &policy, NULL, 0, NULL);
		unit_eq(policy.settings.value[RIVET_SETTING_RESIDENT], cases[i].mode,
			"value of resident=: %s", cases[i].label);
		unit_eq(policy.settings.line[RIVET_SETTING_RESIDENT], cases[i].line,
			"its line: %s", cases[i].label);
	}
	unit_ok(!strcmp(rivet_policy_settings_resident_name(RIVET_RESIDENT_OFF), "off"), "its name");
}

static void test_boot(void)
{
	static const char text[] = ALL "SET boot=enforce\n", audit[] = ALL "SET boot=audit\n";

	rivet_policy_parse(text, strlen(text), &policy, NULL, 0, NULL);
	unit_eq(policy.settings.value[RIVET_SETTING_BOOT], RIVET_BOOT_ENFORCE, "boot=enforce");
	rivet_policy_parse(audit, strlen(audit), &policy, NULL, 0, NULL);
	unit_eq(policy.settings.value[RIVET_SETTING_BOOT], RIVET_BOOT_AUDIT, "boot=audit");
	rivet_policy_parse(FIRST, strlen(FIRST), &policy, NULL, 0, NULL);
	unit_eq(policy.settings.value[RIVET_SETTING_BOOT], RIVET_BOOT_AUDIT, "nothing is said");
}

static void test_reverify(void)
{
	static const struct {
		struct rivet_slice text;
		u32 seconds;	/* 0: refused */
	} cases[] = {
		{ BYTES("reverify=10s"), 10 },
		{ BYTES("reverify=5m"), 300 },
		{ BYTES("reverify=24h"), 86400 },
		{ BYTES("reverify=366d"), 31622400 },
		{ BYTES("reverify=9s"), 0 },
		{ BYTES("reverify=367d"), 0 },
		{ BYTES("reverify=0d"), 0 },
		{ BYTES("reverify="), 0 },
		{ BYTES("reverify=h"), 0 },
		{ BYTES("reverify=24"), 0 },
		{ BYTES("reverify=24H"), 0 },
		{ BYTES("reverify=-1h"), 0 },
		{ BYTES("reverify=1h30m"), 0 },
		{ BYTES("reverify=18446744073709551615s"), 0 },
		{ BYTES("reverify=18446744073709551616s"), 0 },
		{ BYTES("reverify=213503982334602d"), 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rivet_policy_settings settings = {};
		struct rivet_slice field = cases[i].text;
		const char *expected = rivet_policy_settings_read(&settings, &field, 3);

		unit_eq(!expected, !!cases[i].seconds, "whether it is a period: %.*s",
			(int)cases[i].text.len, cases[i].text.ptr);
		unit_eq(settings.value[RIVET_SETTING_REVERIFY], cases[i].seconds, "its seconds");
	}
}

static void test_read(void)
{
	struct rivet_slice field = BYTES("resident=all"), again = field;
	struct rivet_policy_settings settings = {};

	unit_ok(!rivet_policy_settings_read(&settings, &field, 7), "a setting");
	unit_ok(rivet_slice_equal(field, "all"), "its value is left");
	unit_eq(settings.line[RIVET_SETTING_RESIDENT], 7, "its line is kept");
	unit_ok(rivet_policy_settings_read(&settings, &again, 8), "not twice");
	unit_ok(rivet_slice_equal(again, "resident=all"), "the name is what is wrong then");
	unit_eq(settings.line[RIVET_SETTING_RESIDENT], 7, "the first stays");
}

int main(void)
{
	test_settings();
	test_boot();
	test_reverify();
	test_read();
	return unit_done();
}
