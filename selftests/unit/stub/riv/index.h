/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - stubs: revoked digests and certificates
 */
#ifndef _RIVET_STUB_RIV_INDEX_H
#define _RIVET_STUB_RIV_INDEX_H

#include "text/digest.h"

bool rivet_riv_is_revoked(const struct rivet_digest *digest);

#endif /* _RIVET_STUB_RIV_INDEX_H */
