/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - settings: the one lock of all that an operator may change
 */
#ifndef _RIVET_SETTINGS_H
#define _RIVET_SETTINGS_H

#include <linux/mutex.h>

extern struct mutex rivet_settings_lock;

#endif /* _RIVET_SETTINGS_H */
