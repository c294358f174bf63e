/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - riv/voucher: the RIV that vouches for a file, and its set
 */
#ifndef _RIVET_RIV_VOUCHER_H
#define _RIVET_RIV_VOUCHER_H

#include <linux/slab.h>
#include <linux/types.h>

#include "text/digest.h"
#include "text/names.h"

/**
 * struct rivet_voucher - the RIV that vouches for a file, or that comes nearest
 *
 * A copy, valid without locks. May be moved by assignment: @path then belongs to the new
 * holder, and the old one must not put it.
 *
 * @set: name of its set; empty if there is none
 * @set_version: version of @set
 * @signer: digest of the certificate that signed @set
 * @uses: bits of enum rivet_use that the RIVs allow
 * @path: path of the RIV, kmalloc'ed; NULL if the RIV is for any path
 */
struct rivet_voucher {
	char set[RIVET_NAME_MAX + 1];
	u64 set_version;
	struct rivet_digest signer;
	u32 uses;
	char *path;
};

/**
 * rivet_voucher_put() - free the path of a voucher
 * @voucher: the voucher; may be put twice
 *
 * Context: any.
 */
static inline void rivet_voucher_put(struct rivet_voucher *voucher)
{
	kfree(voucher->path);
	voucher->path = NULL;
}

#endif /* _RIVET_RIV_VOUCHER_H */
