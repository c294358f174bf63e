// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - control/token: the signed token that ends enforcement
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/random.h>

#include "control/enforce.h"
#include "control/token.h"
#include "event/event.h"
#include "mode/mode.h"
#include "mode/settings.h"
#include "object/unlock.h"
#include "trust/token.h"

/* rivet_settings_lock protects these. */
static bool used;			/* a token, since the load of the module */
static u8 nonce[RIVET_NONCE_SIZE];	/* of this load; renewed by each use of a token */

static int refuse_unlock(int error, const char *why)
{
	rivet_event_change(RIVET_EVENT_MODE, error, "unlock refused: %s", why);
	return error;
}

static int unlock(const void *data, size_t len)
{
	const char *why;
	int ret;

	lockdep_assert_held(&rivet_settings_lock);
	ret = rivet_trust_token(RIVET_TOKEN_UNLOCK, data, len, nonce, &why);
	if (ret)
		return refuse_unlock(ret, why);
	if (!rivet_mode_is_enforce())
		return refuse_unlock(-EPERM, "the mode is audit already");
	get_random_bytes(nonce, sizeof(nonce));
	used = true;
	rivet_enforce_leave("unlocked by a signed token");
	return 0;
}

/**
 * rivet_token_use() - leave enforce mode with a signed token
 * @data: the signed object
 * @len: bytes of @data
 *
 * Context: process context of a task with CAP_MAC_ADMIN; may sleep.
 * Return: 0; -EKEYREJECTED, -ENOKEY, -EBADMSG; -ESTALE for a token of another boot or
 * load, or a used token; -EPERM if not enforcing.
 */
int rivet_token_use(const void *data, size_t len)
{
	int ret;

	mutex_lock(&rivet_settings_lock);
	ret = unlock(data, len);
	mutex_unlock(&rivet_settings_lock);
	return ret;
}

/**
 * rivet_token_request() - get the text that becomes a token when it is signed
 * @buf: buffer for the text
 * @size: bytes of @buf; RIVET_UNLOCK_TEXT_MAX is enough
 *
 * Context: may sleep.
 * Return: bytes of the text.
 */
size_t rivet_token_request(char *buf, size_t size)
{
	size_t len;

	mutex_lock(&rivet_settings_lock);
	len = rivet_token_format(RIVET_TOKEN_UNLOCK, nonce, buf, size);
	mutex_unlock(&rivet_settings_lock);
	return len;
}

/**
 * rivet_token_was_used() - check whether a token has ended enforcement
 *
 * Context: any; the caller holds rivet_settings_lock.
 * Return: true if one has since the module was loaded.
 */
bool rivet_token_was_used(void)
{
	lockdep_assert_held(&rivet_settings_lock);
	return used;
}

/**
 * rivet_token_init() - generate the first nonce
 *
 * Context: may sleep.
 */
void __init rivet_token_init(void)
{
	mutex_lock(&rivet_settings_lock);
	get_random_bytes(nonce, sizeof(nonce));
	mutex_unlock(&rivet_settings_lock);
}
