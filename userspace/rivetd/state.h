/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - the agent's progress, saved beyond its end
 */
#ifndef RIVETD_STATE_H
#define RIVETD_STATE_H

#include <stdint.h>

#define STATE_BOOT_ID_MAX 40

/**
 * struct state - the last event that was logged
 * @boot_id: identifier of its boot
 * @seq: its number, 0 for none
 * @time: its time, so that a number given out again is not mistaken for it
 */
struct state {
	char boot_id[STATE_BOOT_ID_MAX];
	uint64_t seq;
	uint64_t time;
};

int state_open(const char *path, int *fd);
void state_read(int fd, struct state *state);
int state_write(int fd, const struct state *state);
void state_get_boot_id(char boot_id[STATE_BOOT_ID_MAX]);

#endif /* RIVETD_STATE_H */
