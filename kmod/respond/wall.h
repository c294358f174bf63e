/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/wall: the filter on the devices that stay open
 */
#ifndef _RIVET_RESPOND_WALL_H
#define _RIVET_RESPOND_WALL_H

#include "object/isolation.h"

/* An escaped name of a device, terminated */
#define RIVET_WALL_NAME_MAX	(4 * RIVET_IFNAME_MAX)

struct net_device;
struct seq_file;

int rivet_wall_set(const struct rivet_isolation *isolation, bool keep_others);
int rivet_wall_build(struct net_device *dev);
void rivet_wall_remove(struct net_device *dev);
void rivet_wall_remove_all(void);
bool rivet_wall_has(const struct net_device *dev);
bool rivet_wall_is_uplink(const struct net_device *dev);
bool rivet_wall_is_set(void);
void rivet_wall_name(const struct net_device *dev, char name[RIVET_WALL_NAME_MAX]);
void rivet_wall_close(bool closed);
void rivet_wall_show(struct seq_file *m);

#endif /* _RIVET_RESPOND_WALL_H */
