/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet-remedy - where good content comes from
 */
#ifndef RIVET_REMEDY_SOURCE_H
#define RIVET_REMEDY_SOURCE_H

#include "restore.h"
#include "settings.h"

int source_restore(const struct settings *settings, struct restore *restore, struct err *err);

#endif /* RIVET_REMEDY_SOURCE_H */
