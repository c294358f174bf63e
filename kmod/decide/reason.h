/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - decide/reason: the reason of a verdict, before the policy is asked
 */
#ifndef _RIVET_DECIDE_REASON_H
#define _RIVET_DECIDE_REASON_H

#include <linux/string.h>

#include "decide/eval.h"
#include "measure/measure.h"
#include "text/parse.h"

/**
 * struct rivet_basis - the measurement of a file, if a permit may depend on it
 * @listed: it does; false in a zeroed struct
 * @keep: the measurement is kept
 * @measurement: of the file
 * @lookup: its answer
 * @serial: serial of the lookup that is kept at the inode; 0 if none is
 */
struct rivet_basis {
	bool listed;
	bool keep;
	struct rivet_measurement measurement;
	struct rivet_lookup lookup;
	u64 serial;
};

int rivet_reason_of_file(const struct rivet_request *request, struct rivet_verdict *verdict,
			 struct rivet_basis *basis);
int rivet_reason_of_buffer(const struct rivet_request *request, struct rivet_verdict *verdict);
int rivet_reason_of_bytes(const struct rivet_request *request, struct rivet_verdict *verdict);
void rivet_reason_of_memory(struct rivet_verdict *verdict);

/**
 * rivet_reason_is_reading() - check whether an op is about the reading of a file
 * @op: the op
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool rivet_reason_is_reading(enum rivet_op op)
{
	return op == RIVET_OP_READ || op == RIVET_OP_SCRIPT;
}

/**
 * rivet_reason_may_look_up() - check whether lookups may read from disk and wait for the locks
 * of directories
 * @request: the request
 *
 * Context: any.
 * Return: true if they may.
 */
static inline bool rivet_reason_may_look_up(const struct rivet_request *request)
{
	return request->may_read && !request->folder_locked;
}

/**
 * rivet_reason_is_named() - check whether a RIV has the bytes at the file's path, for the use
 * @verdict: a verdict with its reason
 *
 * Context: any.
 * Return: true if so, whether the time of its set is over or not.
 */
static inline bool rivet_reason_is_named(const struct rivet_verdict *verdict)
{
	return verdict->reason == RIVET_REASON_MATCH || verdict->reason == RIVET_REASON_EXPIRED;
}

/**
 * rivet_reason_slice() - take a text as a slice
 * @text: the text, or NULL
 *
 * Context: any.
 * Return: the slice, of length 0 without a text.
 */
static inline struct rivet_slice rivet_reason_slice(const char *text)
{
	return (struct rivet_slice){ .ptr = text, .len = text ? strlen(text) : 0 };
}

/**
 * rivet_reason_program() - get the program that acts
 * @request: the request
 * @verdict: its verdict, with the program
 *
 * Context: any.
 * Return: its RIV path; empty if it is unknown.
 */
static inline struct rivet_slice rivet_reason_program(const struct rivet_request *request,
						      const struct rivet_verdict *verdict)
{
	return request->exe ? rivet_reason_slice(request->exe) :
			      rivet_program_path(verdict->program);
}

#endif /* _RIVET_DECIDE_REASON_H */
