/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - process/program: the verified program that a process runs
 */
#ifndef _RIVET_PROCESS_PROGRAM_H
#define _RIVET_PROCESS_PROGRAM_H

#include <linux/refcount.h>
#include <linux/types.h>

#include "riv/voucher.h"
#include "text/digest.h"
#include "text/names.h"
#include "text/parse.h"

struct file;
struct rivet_measurement;

/**
 * struct rivet_program - the RIV match of a program at the time of its execution
 *
 * Immutable except for @refs. Freed with the last reference.
 *
 * @refs: number of references: one for the start that has it, one per reader
 * @digest: measurement at execution
 * @voucher: the RIV that vouched. One for any path gives no name: the program could pick
 *	that of another for exe=
 * @path_len: bytes of the RIV's path
 * @vouched: a RIV vouched for the program at the time of the match. If false, the set was
 *	expired or the program was revoked; @voucher may then be empty
 */
struct rivet_program {
	refcount_t refs;
	struct rivet_digest digest;
	struct rivet_voucher voucher;
	size_t path_len;
	bool vouched;
};

/**
 * rivet_program_path() - path by which rules name a program
 * @program: the program or NULL
 *
 * Context: any; the caller holds a reference to @program.
 * Return: its RIV path; empty if there is none.
 */
static inline struct rivet_slice rivet_program_path(const struct rivet_program *program)
{
	return program ? (struct rivet_slice){ .ptr = program->voucher.path,
					       .len = program->path_len } :
			 (struct rivet_slice){};
}

struct file *rivet_program_file(void);
struct rivet_program *rivet_program_get(bool *revoked);
struct rivet_program *
rivet_program_get_named(struct rivet_program *(*name)(struct file *file,
						      const struct rivet_digest *sha256,
						      const struct rivet_digest *verity),
			bool *revoked);
struct rivet_program *rivet_program_get_of(const struct file *exe, bool *revoked);
void rivet_program_put(struct rivet_program *program);
unsigned int
rivet_program_name_all(struct rivet_program *(*name)(struct file *file,
						     const struct rivet_digest *sha256,
						     const struct rivet_digest *verity));

#endif /* _RIVET_PROCESS_PROGRAM_H */
