/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - process/starts: the recorded starts of programs
 */
#ifndef _RIVET_PROCESS_STARTS_H
#define _RIVET_PROCESS_STARTS_H

#include <linux/types.h>

#include "text/digest.h"

struct file;
struct rivet_program;

int rivet_starts_init(void);
void rivet_starts_exit(void);
int rivet_starts_record(const struct file *file, const struct rivet_digest *sha256,
			const struct rivet_digest *verity, struct rivet_program *program);
bool rivet_starts_record_again(const struct file *file, const struct rivet_digest *sha256,
			       const struct rivet_digest *verity, struct rivet_program *program);
void rivet_starts_forget(const struct file *file);
void rivet_starts_name(struct file *file, struct rivet_program *program);
bool rivet_starts_has(const struct file *exe);
bool rivet_starts_take(const struct file *file, unsigned long round);
bool rivet_starts_digests(const struct file *file, struct rivet_digest *sha256,
			  struct rivet_digest *verity);
struct rivet_program *rivet_starts_find(const struct file *file);

#endif /* _RIVET_PROCESS_STARTS_H */
