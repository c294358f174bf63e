/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - stubs: the counters that decide/decide.c uses
 */
#ifndef _RIVET_STUB_DECIDE_REPORT_H
#define _RIVET_STUB_DECIDE_REPORT_H

#include "decide/eval.h"

enum rivet_counter {
	RIVET_COUNT_DECISIONS,
	RIVET_COUNT_EVENTS_LOST,
	__RIVET_COUNT_MAX,
};

void rivet_report_count(enum rivet_counter which);
void rivet_report_verdict(const struct rivet_request *request, const struct rivet_verdict *verdict);

#endif /* _RIVET_STUB_DECIDE_REPORT_H */
