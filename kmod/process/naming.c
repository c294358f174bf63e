// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - process/naming: which program the RIVs say that a file is
 */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "measure/measure.h"
#include "process/naming.h"
#include "process/program.h"
#include "riv/lookup.h"

/* Takes over the path of the voucher. */
static struct rivet_program *make_program(const struct rivet_digest *digest,
					  struct rivet_finding *found)
{
	struct rivet_program *program = kzalloc(sizeof(*program), GFP_KERNEL);

	if (!program)
		return ERR_PTR(-ENOMEM);
	refcount_set(&program->refs, 1);
	program->digest = *digest;
	program->voucher = found->voucher;
	found->voucher.path = NULL;
	program->path_len = program->voucher.path ? strlen(program->voucher.path) : 0;
	program->vouched = found->reason == RIVET_REASON_MATCH;
	return program;
}

/**
 * rivet_naming_was_listed() - check whether a program is named despite its reason
 * @reason: reason of its verdict
 *
 * Refusals by name still apply to a program that was listed.
 *
 * Context: any.
 * Return: true if it is.
 */
bool rivet_naming_was_listed(enum rivet_reason reason)
{
	return reason == RIVET_REASON_MATCH || reason == RIVET_REASON_REVOKED ||
	       reason == RIVET_REASON_EXPIRED;
}

/**
 * rivet_naming_find_one() - find the RIV match of a program by one digest
 * @file: the program
 * @digest: its digest; RIVET_DIGEST_NONE if there is none
 *
 * Context: may sleep; reads no file.
 * Return: the program with a reference for the caller; NULL if no RIV knows the digest;
 * ERR_PTR(-ENOMEM).
 */
struct rivet_program *rivet_naming_find_one(const struct file *file,
					    const struct rivet_digest *digest)
{
	struct rivet_program *program = NULL;
	struct rivet_finding found;
	int err;

	if (!digest->alg)
		return NULL;
	err = rivet_lookup_digest(digest, rivet_file_path(file)->dentry, RIVET_USE_EXEC, true,
				  &found);
	if (!err && rivet_naming_was_listed(found.reason))
		program = make_program(digest, &found);
	rivet_voucher_put(&found.voucher);
	return err ? ERR_PTR(err) : program;
}

/**
 * rivet_naming_find() - find the RIV match of a program by its digests
 * @file: the program
 * @sha256: measurement at its start; RIVET_DIGEST_NONE if not measured
 * @verity: fs-verity digest at its start; RIVET_DIGEST_NONE if there is none
 *
 * Context: may sleep; reads no file.
 * Return: the program with a reference for the caller; NULL if no RIV knows it;
 * ERR_PTR(-ENOMEM).
 */
struct rivet_program *rivet_naming_find(struct file *file, const struct rivet_digest *sha256,
					const struct rivet_digest *verity)
{
	return rivet_naming_find_one(file, verity) ?: rivet_naming_find_one(file, sha256);
}
