/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - each step, told to the log and on standard error
 */
#ifndef RIVET_REMEDY_STEPS_H
#define RIVET_REMEDY_STEPS_H

#include <stdbool.h>

/**
 * struct step - a step of a remedy
 * @what: word: restored, would-restore, failed, gave-up, good, restarted, program, dropped
 * @path: the file
 * @digest: digest that a RIV names for it; NULL if none is known
 * @try: number of the attempt; 0 if it is none
 * @detail: description; NULL for none
 * @bad: the step did not succeed
 */
struct step {
	const char *what;
	const char *path;
	const char *digest;
	unsigned int try;
	const char *detail;
	bool bad;
};

void steps_tell(const char *log, const struct step *step);

#endif /* RIVET_REMEDY_STEPS_H */
