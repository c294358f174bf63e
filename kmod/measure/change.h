/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/change: how the knowledge of a file's bytes ends
 */
#ifndef _RIVET_MEASURE_CHANGE_H
#define _RIVET_MEASURE_CHANGE_H

#include "measure/life.h"

struct inode;

enum rivet_life_obstacle rivet_change_look(struct inode *inode);
enum rivet_life_obstacle rivet_change_begin(struct inode *inode);

#endif /* _RIVET_MEASURE_CHANGE_H */
