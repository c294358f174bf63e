/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/address: the addresses of the kernel's functions
 */
#ifndef _RIVET_HOOK_ADDRESS_H
#define _RIVET_HOOK_ADDRESS_H

#define RIVET_ADDRESSES_MAX	32	/* functions that are looked for at a time */

void rivet_address_find(const char * const *names, unsigned int count, unsigned long *starts);

#endif /* _RIVET_HOOK_ADDRESS_H */
