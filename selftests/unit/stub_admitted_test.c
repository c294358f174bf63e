// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - unit tests of a list without memory: a full one makes room for a certificate,
 * and drops no member of which it cannot tell whether its key is in the keyring
 */
#define SHA256_DIGEST_SIZE	32

struct asymmetric_key_id {
	unsigned short len;
	unsigned char data[];
};

struct asymmetric_key_ids {
	void *id[3];
};

union key_payload {
	int number;	/* of the certificate */
};

struct key {
	const void *type;
	union key_payload payload;
	const char *description;
	int refs;
};

static struct key *key_get(struct key *key)
{
	key->refs++;
	return key;
}

static void key_put(struct key *key)
{
	if (key)
		key->refs--;
}

static int link_error;

static int key_link(struct key *ring, struct key *key)
{
	return link_error;
}

static struct key *find_asymmetric_key(struct key *ring, const struct asymmetric_key_id *id_0,
				       const struct asymmetric_key_id *id_1,
				       const struct asymmetric_key_id *id_2, bool partial);

#include "trust/admitted.c"

#define MANY	(RIVET_ADMITTED_MAX + 8)

static struct key keys[MANY];	/* by the number of the certificate */
static long in_door[MANY];	/* 0 it is there, or the errno of looking for it */
static int fingerprint_error;

static struct key *find_asymmetric_key(struct key *ring, const struct asymmetric_key_id *id_0,
				       const struct asymmetric_key_id *id_1,
				       const struct asymmetric_key_id *id_2, bool partial)
{
	int number = id_0->data[0];

	return in_door[number] ? ERR_PTR(in_door[number]) : key_get(&keys[number]);
}

/* The certificate of a key points at its payload */
int rivet_cert_open(struct rivet_cert *cert, const struct key_type *type,
		    const union key_payload *payload, const char **why)
{
	cert->pub = (const void *)payload;
	return 0;
}

int rivet_cert_fingerprint(const struct rivet_cert *cert, u8 out[SHA256_DIGEST_SIZE])
{
	memset(out, 0, SHA256_DIGEST_SIZE);
	out[0] = ((const union key_payload *)cert->pub)->number;
	return stub_memory ? fingerprint_error : -ENOMEM;
}

bool rivet_riv_is_revoked(const struct rivet_digest *digest)
{
	return false;
}

static struct rivet_admitted admitted = { .members = LIST_HEAD_INIT(admitted.members) };

static int admit(int number)
{
	_Alignas(struct asymmetric_key_id) unsigned char id[sizeof(struct asymmetric_key_id) + 1];
	struct asymmetric_key_ids ids = { { id } };
	union key_payload payload = { number };
	struct rivet_cert cert = { .pub = (const void *)&payload, .ids = &ids };
	struct rivet_digest digest = { .alg = RIVET_DIGEST_SHA256, .bytes = { number } };

	((struct asymmetric_key_id *)id)->len = 1;
	((struct asymmetric_key_id *)id)->data[0] = number;
	return rivet_admitted_add(&admitted, &cert, &digest, false);
}

static void fill(long error)
{
	int i;

	rivet_admitted_empty(&admitted);
	for (i = 0; i < MANY; i++) {
		keys[i] = (struct key){ .payload = { i }, .description = i % 2 ? "odd" : "even" };
		in_door[i] = error;
	}
	for (i = 0; i < RIVET_ADMITTED_MAX; i++)
		if (admit(i))
			unit_ok(false, "the list takes certificate %d", i);
}

int main(void)
{
	fill(-ENOKEY);
	unit_eq(admitted.count, RIVET_ADMITTED_MAX, "64 are admitted");
	unit_eq(admit(64), 0, "none was added to the keyring: there is room for another");
	unit_eq(admitted.count, 1, "and that is the only one");

	fill(-ENOMEM);
	unit_eq(admit(64), -ENOSPC, "no memory to look for them: there is no room");
	unit_eq(admitted.count, RIVET_ADMITTED_MAX, "and none is dropped");

	fill(0);
	fingerprint_error = -ENOMEM;
	unit_eq(rivet_admitted_count(&admitted), 0, "no memory to compare them: none counts");
	fingerprint_error = 0;
	in_door[3] = -ENOKEY;
	unit_eq(admitted.count, RIVET_ADMITTED_MAX, "and none is dropped");
	unit_eq(rivet_admitted_count(&admitted), 2, "with memory: one for each description");
	unit_eq(admit(64), 0, "then there is room");

	fill(-ENOKEY);
	in_door[5] = 0;
	link_error = -ENOMEM;
	unit_eq(admit(64), 0, "no memory to link one: the others make room");
	unit_eq(admitted.count, 2, "and it is not dropped");
	link_error = 0;
	unit_eq(rivet_admitted_count(&admitted), 1, "it counts when there is memory");

	rivet_admitted_empty(&admitted);
	stub_memory = 0;
	unit_eq(admit(1), -ENOMEM, "no memory for a fingerprint");
	stub_memory = 1;
	unit_eq(admit(1), -ENOMEM, "no memory for an id");
	stub_memory = -1;
	unit_eq(admitted.count, 0, "nothing of it stays");
	unit_eq(admit(1), 0, "and it can be admitted");
	rivet_admitted_empty(&admitted);
	return unit_done();
}
