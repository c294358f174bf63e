/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - the group whose members may read the log and the state
 */
#ifndef RIVETD_GROUP_H
#define RIVETD_GROUP_H

#include <stdbool.h>
#include <sys/types.h>

void group_enter(const char *name);
bool group_is_there(void);
int group_share(int fd, mode_t mode);

#endif /* RIVETD_GROUP_H */
