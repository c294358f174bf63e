/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - surface/genl: the generic netlink family
 */
#ifndef _RIVET_SURFACE_GENL_H
#define _RIVET_SURFACE_GENL_H

int rivet_genl_init(void);
void rivet_genl_exit(void);

#endif /* _RIVET_SURFACE_GENL_H */
