/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - jobs for rivet-remedy: files for which a RIV says what belongs there
 */
#ifndef RIVETD_REMEDY_H
#define RIVETD_REMEDY_H

#include "lib/event/decode.h"

void remedy_ask(const char *folder, const struct event *event);

#endif /* RIVETD_REMEDY_H */
