/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - mode/settings: the one lock of all settings that an operator may change
 */
#ifndef _RIVET_MODE_SETTINGS_H
#define _RIVET_MODE_SETTINGS_H

#include <linux/mutex.h>

extern struct mutex rivet_settings_lock;

#endif /* _RIVET_MODE_SETTINGS_H */
