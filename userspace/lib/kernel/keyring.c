// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the module's keyrings from userspace
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <keyutils.h>

#include "lib/kernel/keyring.h"
#include "lib/kernel/secfs.h"

static int find_ring(const char *name, key_serial_t *ring, struct err *err)
{
	*ring = find_key_by_type_and_desc("keyring", name, 0);
	if (*ring > 0)
		return EXIT_OK;
	if (access("/sys/module/rivet", F_OK))
		return err_set(err, EXIT_UNREACHABLE, "load the module: modprobe rivet",
			       "there is no keyring %s: the rivet module is not loaded", name);
	return err_set(err, EXIT_IO, "run as root", "cannot find the keyring %s: %s", name,
		       strerror(errno));
}

/**
 * keyring_add_cert() - add a certificate to a trust ring
 * @ring: KEYRING_SIGNERS or KEYRING_CAS
 * @der: the certificate
 * @len: its length in bytes
 * @what: the attempt, for the message
 * @err: filled on error, with the kernel's reason
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int keyring_add_cert(const char *ring, const void *der, size_t len, const char *what,
		     struct err *err)
{
	struct attempt attempt;
	key_serial_t to;
	int ret = find_ring(ring, &to, err);

	if (ret)
		return ret;
	attempt_begin(&attempt);
	if (add_key("asymmetric", "", der, len, to) > 0)
		return EXIT_OK;
	ret = attempt_fail(&attempt, err, what, errno);
	/* The table's advice is for signed texts. */
	err->next = "see: rivetctl trust list";
	return ret;
}

/* "riv;0;0;3f010000;gateway-base": the name follows the last separator. */
static bool is_set(key_serial_t key, const char *name)
{
	char *text;
	bool is = false;
	const char *colon;

	if (keyctl_describe_alloc(key, &text) < 0)
		return false;
	colon = strrchr(text, ';');
	if (!strncmp(text, "riv;", 4) && colon)
		is = !strcmp(colon + 1, name);
	free(text);
	return is;
}

static key_serial_t find_set(const key_serial_t *keys, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (is_set(keys[i], name))
			return keys[i];
	}
	return 0;
}

static int read_key(key_serial_t key, const char *name, struct buffer *out, struct err *err)
{
	void *data;
	int len = keyctl_read_alloc(key, &data);

	if (len < 0)
		return err_set(err, EXIT_IO, NULL, "cannot read the set %s: %s", err_name(name),
			       strerror(errno));
	buffer_add(out, data, len);
	free(data);
	return out->failed ? err_set(err, EXIT_OTHER, NULL, "out of memory") : EXIT_OK;
}

/**
 * keyring_read_set() - read the key of a loaded RIV set or revocation
 * @name: name of the set
 * @out: the content of the key; free with buffer_free(), also on error
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_CONFIG if no such set is loaded; or the exit status of
 * another error.
 */
int keyring_read_set(const char *name, struct buffer *out, struct err *err)
{
	key_serial_t ring, key;
	void *keys;
	int len, ret = find_ring(KEYRING_SETS, &ring, err);

	memset(out, 0, sizeof(*out));
	if (ret)
		return ret;
	len = keyctl_read_alloc(ring, &keys);
	if (len < 0)
		return err_set(err, EXIT_IO, "run as root", "cannot read the keyring %s: %s",
			       KEYRING_SETS, strerror(errno));
	key = find_set(keys, len / sizeof(key_serial_t), name);
	free(keys);
	if (!key)
		return err_set(err, EXIT_CONFIG, "see: rivetctl manifest list",
			       "no set %s is loaded", err_name(name));
	return read_key(key, name, out, err);
}
