/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl verify - the report that the kernel gives
 */
#ifndef RIVET_VERIFY_REPORT_H
#define RIVET_VERIFY_REPORT_H

#include "lib/kernel/verify.h"
#include "verbs.h"

/**
 * struct verify_report - the messages of a report
 * @storage: copies of the messages, which the slices point into
 * @messages: the decoded ones; the first is the summary
 * @count: number of them
 */
struct verify_report {
	void **storage;
	struct verify *messages;
	size_t count;
};

void verify_report_free(struct verify_report *report);
int verify_report_print(struct context *ctx, const struct verify_report *report);

#endif /* RIVET_VERIFY_REPORT_H */
