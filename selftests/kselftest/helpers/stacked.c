// SPDX-License-Identifier: GPL-2.0
/*
 * stacked - mount ecryptfs over a folder; files that are not encrypted pass through it
 */
#include <linux/keyctl.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "helper.h"

#define KEY_BYTES	16
#define SIGNATURE	"0011223344556677"

/* The payload of a key of type "user" for ecryptfs: its struct ecryptfs_auth_tok */
struct token {
	uint16_t version;
	uint16_t type;
	uint32_t flags;
	uint8_t session_key[588];
	uint8_t reserved[32];
	uint32_t password_bytes;
	int32_t hash_algorithm;
	uint32_t hash_iterations;
	uint32_t key_bytes;
	uint32_t password_flags;
	uint8_t key[64];
	char signature[17];
	uint8_t salt[8];
} __attribute__((packed));

int main(int argc, char **argv)
{
	struct token token = { .version = 4, .key_bytes = KEY_BYTES, .signature = SIGNATURE };
	uint8_t payload[1024] = { 0 };
	char options[256];

	if (argc != 3)
		usage("stacked FOLDER TARGET");
	memset(token.key, 1, KEY_BYTES);
	memcpy(payload, &token, sizeof(token));
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	if (syscall(SYS_add_key, "user", SIGNATURE, payload, sizeof(payload),
		    KEY_SPEC_SESSION_KEYRING) < 0)
		fail("add_key");
	snprintf(options, sizeof(options),
		 "ecryptfs_sig=%s,ecryptfs_cipher=aes,ecryptfs_key_bytes=%d,ecryptfs_passthrough",
		 SIGNATURE, KEY_BYTES);
	if (mount(argv[1], argv[2], "ecryptfs", 0, options))
		fail(argv[2]);
	return 0;
}
