/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/taint: ways past the filter of a network device
 */
#ifndef _RIVET_RESPOND_TAINT_H
#define _RIVET_RESPOND_TAINT_H

#include <linux/types.h>

struct net_device;

const char *rivet_taint_of(struct net_device *dev);
bool rivet_taint_has_pktgen(void);

#endif /* _RIVET_RESPOND_TAINT_H */
