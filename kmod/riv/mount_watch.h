/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - riv/mount_watch: whether the mounts that init sees are those of before
 */
#ifndef _RIVET_RIV_MOUNT_WATCH_H
#define _RIVET_RIV_MOUNT_WATCH_H

#include <linux/types.h>

struct file;
struct path;

struct file *rivet_mount_watch_open(void);
void rivet_mount_watch_start(void);
u64 rivet_mount_watch_stamp(void);
bool rivet_mount_watch_is_root(void);
bool rivet_mount_watch_covers(const struct path *path);
void rivet_mount_watch_forget(void);

#endif /* _RIVET_RIV_MOUNT_WATCH_H */
