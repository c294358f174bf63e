// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of the pure files: one KTAP line a case
 */
#include <stdarg.h>

#include "unit.h"

static unsigned int passed, failed, skipped;

static void print_result(bool ok, const char *label, va_list args)
{
	unsigned int number = passed + failed + skipped;

	/* By lines, so that a test that dies leaves its findings */
	if (!number) {
		setvbuf(stdout, NULL, _IOLBF, 0);
		printf("KTAP version 1\n");
	}
	printf("%s %u ", ok ? "ok" : "not ok", number + 1);
	vprintf(label, args);
	putchar('\n');
	if (ok)
		passed++;
	else
		failed++;
}

bool unit_ok(bool ok, const char *label, ...)
{
	va_list args;

	va_start(args, label);
	print_result(ok, label, args);
	va_end(args);
	return ok;
}

bool unit_eq(long long got, long long want, const char *label, ...)
{
	va_list args;

	va_start(args, label);
	print_result(got == want, label, args);
	va_end(args);
	if (got != want)
		unit_note("got %lld, want %lld", got, want);
	return got == want;
}

bool unit_text(const char *got, const char *want, const char *label, ...)
{
	bool ok = !strcmp(got, want);
	va_list args;

	va_start(args, label);
	print_result(ok, label, args);
	va_end(args);
	if (!ok)
		unit_note("got '%s', want '%s'", got, want);
	return ok;
}

bool unit_place(const struct rivet_parse_error *err, u32 line, u32 column, const char *label, ...)
{
	bool ok = err->line == line && err->column == column && err->expected && *err->expected;
	va_list args;

	va_start(args, label);
	print_result(ok, label, args);
	va_end(args);
	if (!ok)
		unit_note("got %u:%u, want %u:%u; expected '%s'", err->line, err->column, line,
			  column, err->expected ? err->expected : "(nothing)");
	return ok;
}

void unit_skip(const char *label, const char *why)
{
	skipped++;
	printf("ok %u %s # SKIP %s\n", passed + failed + skipped, label, why);
}

void unit_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	putchar('\n');
	va_end(args);
}

int unit_done(void)
{
	printf("1..%u\n", passed + failed + skipped);
	printf("# %u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed ? 1 : 0;
}

/* An allocation of exactly @len bytes; never freed, a test is short */
char *unit_copy(const void *data, size_t len)
{
	char *copy = malloc(len);

	if (!copy && len)
		abort();
	if (len)
		memcpy(copy, data, len);
	return copy;
}

/* The same numbers in every run: a failure can be repeated */
u32 unit_random(void)
{
	static u64 state = 0x5851f42d4c957f2dULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 32;
}
