/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - respond/rejoin: the signed token that ends isolation
 */
#ifndef _RIVET_RESPOND_REJOIN_H
#define _RIVET_RESPOND_REJOIN_H

#include <linux/types.h>

size_t rivet_rejoin_request(char *buf, size_t size);
int rivet_rejoin_use(const void *data, size_t len);

#endif /* _RIVET_RESPOND_REJOIN_H */
