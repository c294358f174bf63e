/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - control/token: the signed token that ends enforcement
 */
#ifndef _RIVET_CONTROL_TOKEN_H
#define _RIVET_CONTROL_TOKEN_H

#include <linux/types.h>

void rivet_token_init(void);
int rivet_token_use(const void *data, size_t len);
size_t rivet_token_request(char *buf, size_t size);
bool rivet_token_was_used(void);

#endif /* _RIVET_CONTROL_TOKEN_H */
