/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - RIVs: making sets active, one in place of another
 */
#ifndef _RIVET_RIV_PUBLISH_H
#define _RIVET_RIV_PUBLISH_H

#include "riv/set.h"

int rivet_riv_publish(struct rivet_set *set);
int rivet_riv_check(const struct rivet_set *set);
void rivet_riv_withdraw_all(void);
void rivet_riv_listen(void (*lost)(void));

#endif /* _RIVET_RIV_PUBLISH_H */
