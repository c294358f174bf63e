// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - process/program: the verified program that a process runs
 *
 * The name that a rule's exe= is compared with and the right to make memory
 * executable (jit) belong to a program whose start rivet has recorded: process/starts.
 * User space can only set another exe_file, for which no start is recorded, and so the
 * process loses its program.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "mode/settings.h"
#include "process/program.h"
#include "process/starts.h"
#include "process/walk.h"
#include "riv/index.h"

#define NAMED_AT_ONCE	32

/**
 * rivet_program_put() - release a reference to a program
 * @program: the program or NULL
 *
 * Context: any.
 */
void rivet_program_put(struct rivet_program *program)
{
	if (!program || !refcount_dec_and_test(&program->refs))
		return;
	rivet_voucher_put(&program->voucher);
	kfree(program);
}

static bool is_revoked(const struct rivet_program *program)
{
	return !program->vouched || rivet_riv_is_revoked(&program->digest) ||
	       rivet_riv_is_revoked(&program->voucher.signer);
}

/**
 * rivet_program_file() - get the exe_file of the acting process
 *
 * Another thread may change exe_file at any time. The reference keeps the address from
 * being reused for another file. A kernel thread that uses the memory of a process does
 * not count as that process.
 *
 * Context: any but interrupts.
 * Return: the file with a reference for the caller, or NULL.
 */
struct file *rivet_program_file(void)
{
	struct mm_struct *mm = current->mm;

	if (!mm || (current->flags & PF_KTHREAD))
		return NULL;
	return get_file_active((struct file **)&mm->exe_file);
}

/**
 * rivet_program_get() - get the program that the acting process runs
 * @revoked: set to true if the program, or the certificate that signed its set, is revoked,
 *	or if the set was expired. Rules then permit the program nothing by its name; their
 *	refusals still apply to it
 *
 * Context: any but interrupts; does not sleep.
 * Return: the program with a reference for the caller; NULL if its start was not
 * recorded or no RIV knows it.
 */
struct rivet_program *rivet_program_get(bool *revoked)
{
	struct file *exe = rivet_program_file();
	struct rivet_program *program = rivet_program_get_of(exe, revoked);

	if (exe)
		fput(exe);
	return program;
}

/**
 * rivet_program_get_of() - get the program that a process runs, by its exe_file
 * @exe: exe_file of the process, referenced by the caller; or NULL
 * @revoked: as for rivet_program_get()
 *
 * Context: any but interrupts; does not sleep.
 * Return: as for rivet_program_get().
 */
struct rivet_program *rivet_program_get_of(const struct file *exe, bool *revoked)
{
	struct rivet_program *program = exe ? rivet_starts_find(exe) : NULL;

	*revoked = program && is_revoked(program);
	return program;
}

/**
 * struct nameless - a batch of programs to be named
 * @round: round of rivet_program_name_all()
 * @files: exe_files of the programs; each is referenced and listed once
 * @count: number of @files
 */
struct nameless {
	unsigned long round;
	struct file *files[NAMED_AT_ONCE];
	unsigned int count;
};

static void take_nameless(struct mm_struct *mm, void *data)
{
	struct nameless *some = data;
	struct file *file;

	if (some->count == ARRAY_SIZE(some->files))
		return;
	file = get_file_active((struct file **)&mm->exe_file);
	if (!file)
		return;
	if (rivet_starts_take(file, some->round))
		some->files[some->count++] = file;
	else
		fput(file);
}

/* Returns 0, or 1 for an error. */
static unsigned int name_one(struct file *file,
			     struct rivet_program *(*name)(struct file *file,
							   const struct rivet_digest *sha256,
							   const struct rivet_digest *verity))
{
	struct rivet_digest sha256, verity;
	struct rivet_program *program;

	if (!rivet_starts_digests(file, &sha256, &verity))
		return 0;
	program = name(file, &sha256, &verity);
	if (IS_ERR(program))
		return 1;
	if (program)
		rivet_starts_name(file, program);
	return 0;
}

/**
 * rivet_program_get_named() - get the program of the acting process, and look for its name first
 * @name: finds the RIV match of a program by its digests
 * @revoked: as for rivet_program_get()
 *
 * For a question that no policy asks, so that the name need not have been looked for yet.
 *
 * Context: process context; may sleep.
 * Return: as for rivet_program_get().
 */
struct rivet_program *
rivet_program_get_named(struct rivet_program *(*name)(struct file *file,
						      const struct rivet_digest *sha256,
						      const struct rivet_digest *verity),
			bool *revoked)
{
	struct file *exe = rivet_program_file();
	struct rivet_program *program;

	*revoked = false;
	if (!exe)
		return NULL;
	if (rivet_starts_has(exe))
		name_one(exe, name);
	program = rivet_program_get_of(exe, revoked);
	fput(exe);
	return program;
}

/**
 * rivet_program_name_all() - search the RIVs again for programs that no RIV has vouched for
 * @name: callback that searches the RIVs for a file by its digests at the start; returns
 *	a reference to the program, NULL, or an ERR_PTR
 *
 * Called after a new policy or new RIVs are active. A process that starts a program
 * after that uses them itself.
 *
 * Context: may sleep; rivet_settings_lock held.
 * Return: number of programs for which @name returned an error.
 */
unsigned int
rivet_program_name_all(struct rivet_program *(*name)(struct file *file,
						     const struct rivet_digest *sha256,
						     const struct rivet_digest *verity))
{
	static unsigned long round;
	struct nameless some = { .round = ++round };
	unsigned int errors = 0;

	lockdep_assert_held(&rivet_settings_lock);
	/* After this, every task that used the old policy or RIVs has published its program. */
	synchronize_rcu();
	do {
		some.count = 0;
		rivet_walk_memories(take_nameless, &some);
		for (unsigned int i = 0; i < some.count; i++) {
			errors += name_one(some.files[i], name);
			fput(some.files[i]);
		}
		cond_resched();
	} while (some.count);
	return errors;
}
