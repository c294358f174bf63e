/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - surface/fs: the files under /sys/kernel/security/rivet
 */
#ifndef _RIVET_SURFACE_FS_H
#define _RIVET_SURFACE_FS_H

int rivet_fs_init(void);
void rivet_fs_exit(void);

#endif /* _RIVET_SURFACE_FS_H */
