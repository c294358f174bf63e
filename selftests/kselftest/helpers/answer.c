// SPDX-License-Identifier: GPL-2.0
/*
 * answer - the smallest program whose exit status tells which bytes were executed
 *
 * 0 as it was built; something else if race_exec has changed the last byte of the
 * text below. There is no C library, so that many can be executed in a second.
 */

__attribute__((used)) static volatile const char answer[] = "rivet-answer:G";

__attribute__((noreturn)) void _start(void);

__attribute__((noreturn)) void _start(void)
{
	long status = answer[sizeof(answer) - 2] ^ 'G';

#ifdef __x86_64__
	__asm__ volatile("syscall" : : "a"(60L), "D"(status));
#else
	register long number __asm__("x8") = 93;
	register long first __asm__("x0") = status;

	__asm__ volatile("svc #0" : : "r"(number), "r"(first));
#endif
	for (;;)
		;
}
