/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - the quarantine list, saved beyond the module and the boot
 */
#ifndef RIVETD_SAVED_H
#define RIVETD_SAVED_H

#include <stdbool.h>
#include <stdint.h>

#include "saved_text.h"

/**
 * struct saved - the saved list
 *
 * The kernel's list is the true one once the saved one was given back to it; until then the
 * saved one is not replaced.
 *
 * @path: the file; empty for none
 * @list: name of the list that the kernel has now
 * @changed: an event told of a change that is not saved
 * @owed: the saved list is to be given back first
 * @due: time of the next attempt, in milliseconds as the caller counts them; -1 for none
 * @pause: milliseconds to wait after the next failure
 */
struct saved {
	const char *path;
	char list[SAVED_LIST_MAX];
	bool changed;
	bool owed;
	int64_t due;
	int64_t pause;
};

void saved_init(struct saved *saved, const char *path);
void saved_connected(struct saved *saved);
void saved_disconnected(struct saved *saved);
void saved_note(struct saved *saved);
void saved_work(struct saved *saved, int64_t now);
void saved_finish(struct saved *saved);

#endif /* RIVETD_SAVED_H */
