/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - evidence: checking the event chain of a log
 */
#ifndef RIVET_EVIDENCE_CHAIN_CHECK_H
#define RIVET_EVIDENCE_CHAIN_CHECK_H

#include "lib/base/err.h"
#include "lib/evidence/chain.h"

#define CHAIN_HEADS_MAX 16

/**
 * struct chain_head - a chain that the machine has reported
 * @seq: number of its last event
 * @link: the chain
 * @proven: the log has it
 * @first: first event that it proves, if @proven
 */
struct chain_head {
	uint64_t seq;
	uint8_t link[EVENT_LINK_SIZE];
	bool proven;
	uint64_t first;
};

/**
 * struct chain_check - a log that is being checked
 *
 * The caller fills in @finding, @data and the heads; all else is 0 before the first line.
 *
 * @finding: called for each finding; @line is the number of a line, 0 for the log as a whole
 * @data: for @finding
 * @heads: chains that were reported
 * @head_count: how many
 * @lines: lines read
 * @events: events read
 * @lost: events in lines that tell of a gap
 * @chains: how often the numbers begin
 * @findings: how many
 * @first: number of the first event, or of the first one of a gap; 0 before it
 * @last: number of the last event, or of the last one of a gap; 0 before the first
 * @link: the chain up to @last
 * @linked: @link is known
 * @run: first event of those up to @last that prove each other
 */
struct chain_check {
	void (*finding)(uint64_t line, const char *text, void *data);
	void *data;
	struct chain_head heads[CHAIN_HEADS_MAX];
	size_t head_count;
	uint64_t lines;
	uint64_t events;
	uint64_t lost;
	uint64_t chains;
	uint64_t findings;
	uint64_t first;
	uint64_t last;
	uint8_t link[EVENT_LINK_SIZE];
	bool linked;
	uint64_t run;
};

int chain_check_line(struct chain_check *check, const char *line, size_t len);
void chain_check_end(struct chain_check *check);
int chain_check_file(struct chain_check *check, const char *path, struct err *err);

#endif /* RIVET_EVIDENCE_CHAIN_CHECK_H */
