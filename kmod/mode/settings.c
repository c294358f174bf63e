// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - mode/settings: the one lock of all that an operator may change
 *
 * A change of one depends on the others: a policy of another name is accepted in audit
 * mode only, and enforcement begins only with a policy and sealed trust rings. So policy,
 * mode, seal and attached hooks change under one lock. control/control.c takes it; it is here, so
 * that the files below can assert that it is held.
 */
#include <linux/mutex.h>

#include "mode/settings.h"

/* Protects the changes of these settings; the first of rivet's locks to be taken. */
DEFINE_MUTEX(rivet_settings_lock);
