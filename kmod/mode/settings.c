// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - mode/settings: the one lock of all settings that an operator may change
 *
 * Changes depend on each other: a policy of another name is accepted in audit mode only, and
 * enforcement begins only with a policy and sealed trust rings. So policy, mode, seal and
 * attached hooks change under one lock. The files of control/ take it. It is defined here so
 * that lower files can assert that it is held.
 */
#include <linux/mutex.h>

#include "mode/settings.h"

/* Protects changes of these settings; rivet takes it before any other of its locks. */
DEFINE_MUTEX(rivet_settings_lock);
