/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl doctor - findings, and the checks that make them
 */
#ifndef RIVETCTL_DOCTOR_H
#define RIVETCTL_DOCTOR_H

#include "verbs.h"

/** enum finding - severity of a finding */
enum finding {
	FINDING_OK,
	FINDING_WARN,	/* enforcement works, but protects less than it could */
	FINDING_FAIL,	/* enforcement does not work */
	__FINDING_MAX,
};

/**
 * struct doctor - a run over all checks
 * @ctx: context of the verb
 * @json: open object, in its array of checks
 * @counts: findings by kind
 */
struct doctor {
	struct context *ctx;
	struct json json;
	unsigned int counts[__FINDING_MAX];
};

/* @next is NULL if there is nothing to do. */
void doctor_find(struct doctor *d, enum finding finding, const char *name, const char *next,
		 const char *fmt, ...) __attribute__((format(printf, 5, 6)));

void doctor_check_kernel(struct doctor *d);
void doctor_check_machine(struct doctor *d);
void doctor_check_bpf(struct doctor *d);
void doctor_check_module(struct doctor *d);
void doctor_check_agent(struct doctor *d);

#endif /* RIVETCTL_DOCTOR_H */
