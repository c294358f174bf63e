/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/kernel: code and data loaded into the kernel itself
 */
#ifndef _RIVET_HOOK_KERNEL_H
#define _RIVET_HOOK_KERNEL_H

int rivet_hook_kernel_init(void);
void rivet_hook_kernel_exit(void);

#endif /* _RIVET_HOOK_KERNEL_H */
