// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - respond/rejoin: the signed token that ends isolation
 */
#include <linux/errno.h>
#include <linux/random.h>

#include "event/event.h"
#include "mode/settings.h"
#include "object/unlock.h"
#include "respond/isolate.h"
#include "respond/rejoin.h"
#include "trust/token.h"

/* rivet_settings_lock protects these. */
static bool made;			/* the nonce, for the first time */
static u32 made_after;			/* this number of isolations had ended then */
static u8 nonce[RIVET_NONCE_SIZE];	/* of this load; another one once an isolation has ended */

static void renew(void)
{
	lockdep_assert_held(&rivet_settings_lock);
	if (made && made_after == rivet_isolate_ended())
		return;
	get_random_bytes(nonce, sizeof(nonce));
	made = true;
	made_after = rivet_isolate_ended();
}

/**
 * rivet_rejoin_request() - get the text that ends isolation when it is signed
 * @buf: buffer for the text
 * @size: bytes of @buf; RIVET_UNLOCK_TEXT_MAX is enough
 *
 * Context: may sleep.
 * Return: bytes of the text.
 */
size_t rivet_rejoin_request(char *buf, size_t size)
{
	size_t len;

	mutex_lock(&rivet_settings_lock);
	renew();
	len = rivet_token_format(RIVET_TOKEN_REJOIN, nonce, buf, size);
	mutex_unlock(&rivet_settings_lock);
	return len;
}

static int refuse(int error, const char *why)
{
	rivet_event_change(RIVET_EVENT_ISOLATE, error, "rejoin refused: %s", why);
	return error;
}

static int rejoin(const void *data, size_t len)
{
	const char *why;
	int ret;

	lockdep_assert_held(&rivet_settings_lock);
	renew();
	ret = rivet_trust_token(RIVET_TOKEN_REJOIN, data, len, nonce, &why);
	if (ret)
		return refuse(ret, why);
	if (!rivet_isolate_is_in_force())
		return refuse(-EPERM, "the machine is not isolated");
	rivet_isolate_end("a signed token");
	return 0;
}

/**
 * rivet_rejoin_use() - end isolation with a signed token
 * @data: the signed object
 * @len: bytes of @data
 *
 * Context: process context of a task with CAP_MAC_ADMIN; may sleep.
 * Return: 0; -EKEYREJECTED, -ENOKEY, -EBADMSG; -ESTALE for a token of another boot or load, or
 * a used token; -EPERM if the machine is not isolated.
 */
int rivet_rejoin_use(const void *data, size_t len)
{
	int ret;

	mutex_lock(&rivet_settings_lock);
	ret = rejoin(data, len);
	mutex_unlock(&rivet_settings_lock);
	return ret;
}
