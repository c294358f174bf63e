/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - evidence: the verdict on a report and its measurement list
 */
#ifndef RIVET_EVIDENCE_VERDICT_H
#define RIVET_EVIDENCE_VERDICT_H

#include <stdbool.h>

#include "lib/evidence/attest.h"
#include "lib/evidence/list.h"
#include "lib/evidence/report.h"

#define VERDICT_FINDINGS_MAX	64

/** enum verdict_part - the parts of the evidence that prove something only if they are expected */
enum verdict_part {
	VERDICT_RECORDS,
	VERDICT_BOOT,
	VERDICT_RESETS,
	__VERDICT_PART_MAX,
};

/**
 * struct verdict - the state that a report and its list prove
 * @mode: text of the last record of a change of mode; "audit" without one
 * @sealed: the trust is sealed
 * @policy: text of the last record of a policy; empty without one
 * @records: records of the list that the PCR has
 * @later: records behind them
 * @pcrs: a bit for each PCR that was compared with an expected value
 * @compared: a bit for each enum verdict_part that was compared with expectations
 * @findings: deviations, in words; free with verdict_free()
 * @count: number of @findings
 * @more: deviations beyond them
 */
struct verdict {
	struct rivet_slice mode;
	bool sealed;
	struct rivet_slice policy;
	size_t records;
	size_t later;
	uint32_t pcrs;
	uint32_t compared;
	char *findings[VERDICT_FINDINGS_MAX];
	size_t count;
	size_t more;
};

int verdict_check_list(const struct report *report, const struct list *list,
		       struct verdict *out, struct err *err);
void verdict_judge(const struct report *report, const struct list *list, struct verdict *out);
int verdict_expect(const struct report *report, const struct attest *attest,
		   const struct list *list, const char *path, struct verdict *out,
		   struct err *err);
void verdict_require(struct verdict *out, uint32_t accepted);
void verdict_find(struct verdict *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
size_t verdict_count(const struct verdict *verdict);
void verdict_free(struct verdict *verdict);

#endif /* RIVET_EVIDENCE_VERDICT_H */
