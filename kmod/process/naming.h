/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - process/naming: which program the RIVs say that a file is
 */
#ifndef _RIVET_PROCESS_NAMING_H
#define _RIVET_PROCESS_NAMING_H

#include <linux/types.h>
#include <uapi/linux/rivet.h>

struct file;
struct rivet_digest;
struct rivet_program;

bool rivet_naming_was_listed(enum rivet_reason reason);
struct rivet_program *rivet_naming_find_one(const struct file *file,
					    const struct rivet_digest *digest);
struct rivet_program *rivet_naming_find(struct file *file, const struct rivet_digest *sha256,
					const struct rivet_digest *verity);

#endif /* _RIVET_PROCESS_NAMING_H */
