/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - isolation from the network, saved beyond the boot
 */
#ifndef RIVETD_ISOLATION_H
#define RIVETD_ISOLATION_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct isolation - isolation, as the agent knows it
 * @due: time of the next look, in milliseconds as the caller counts them; -1 for none
 * @may_restore: the next look may isolate the machine again
 * @is_saved: the last look found the machine isolated, and the file there
 * @complained: a failure was reported
 */
struct isolation {
	int64_t due;
	bool may_restore;
	bool is_saved;
	bool complained;
};

void isolation_init(struct isolation *isolation);
void isolation_connected(struct isolation *isolation);
void isolation_note(struct isolation *isolation, bool may_restore);
void isolation_work(struct isolation *isolation, int64_t now);

#endif /* RIVETD_ISOLATION_H */
