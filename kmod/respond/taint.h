/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/taint: ways past the filter of a network device
 */
#ifndef _RIVET_RESPOND_TAINT_H
#define _RIVET_RESPOND_TAINT_H

#include <linux/types.h>

struct net_device;

const char *rivet_taint_of(struct net_device *dev);
const char *rivet_taint_of_all(void);

#endif /* _RIVET_RESPOND_TAINT_H */
