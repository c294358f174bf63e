// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl doctor - BPF programs that can override rivet's refusals
 *
 * A BPF program can replace the answer of an LSM hook. While enforcing, rivet
 * refuses such programs unless the policy permits them; those loaded before stay.
 */
#include <errno.h>
#include <string.h>

#include "doctor.h"
#include "lib/kernel/bpf_list.h"
#include "text/names.h"

#define NEXT	"find the program that loaded it; boot without it, or load rivet and enforce before it"

/*
 * Since v6.12 the kernel limits programs of type LSM to the answers that their hook
 * may give; userspace cannot tell whether this kernel does.
 */
static bool may_lift(const struct bpf_listed *program)
{
	const char *function = program->function;

	if (program->type == BPF_PROG_TYPE_LSM)
		return !*function || rivet_name_is_liftable(function);
	return program->type == BPF_PROG_TYPE_TRACING &&
	       (program->attach_type == BPF_MODIFY_RETURN ||
		program->attach_type == __MAX_BPF_ATTACH_TYPE) &&
	       (!*function || !strncmp(function, "security_", strlen("security_")));
}

static const char *kind_of(const struct bpf_listed *program)
{
	if (program->type == BPF_PROG_TYPE_LSM)
		return "of type LSM";
	return program->attach_type == BPF_MODIFY_RETURN ? "that changes what a function returns" :
		"of type TRACING";
}

/** struct tally - the findings so far */
struct tally {
	struct doctor *d;
	unsigned int lifting;
	unsigned int hidden;
};

static void take_program(const struct bpf_listed *program, void *data)
{
	struct tally *tally = data;

	if (program->hidden) {
		tally->hidden++;
		doctor_find(tally->d, FINDING_WARN, "bpf-programs", NEXT,
			    "BPF program %u is not shown to rivetctl; rivet itself refuses those that can override its refusals",
			    program->id);
	} else if (may_lift(program)) {
		tally->lifting++;
		doctor_find(tally->d, FINDING_WARN, "bpf-programs", NEXT,
			    "BPF program %u (%s) %s, for %s, may override rivet's refusals",
			    program->id, err_name(program->name), kind_of(program),
			    *program->function ? program->function : "a function that is not known");
	}
}

/**
 * doctor_check_bpf() - programs that were loaded before enforcement began
 * @d: the run
 */
void doctor_check_bpf(struct doctor *d)
{
	struct tally tally = { .d = d };
	int ret = bpf_list(take_program, &tally);

	if (ret == -EPERM)
		doctor_find(d, FINDING_WARN, "bpf-programs", "sudo rivetctl doctor",
			    "cannot be seen without CAP_SYS_ADMIN");
	else if (ret)
		doctor_find(d, FINDING_WARN, "bpf-programs", NULL, "cannot be listed: %s",
			    strerror(-ret));
	else if (!tally.lifting && !tally.hidden)
		doctor_find(d, FINDING_OK, "bpf-programs", NULL,
			    "none that could override rivet's refusals");
}
