/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/netroot: a root filesystem that comes over the network
 */
#ifndef _RIVET_RESPOND_NETROOT_H
#define _RIVET_RESPOND_NETROOT_H

#include <linux/types.h>

bool rivet_netroot_is(void);

#endif /* _RIVET_RESPOND_NETROOT_H */
