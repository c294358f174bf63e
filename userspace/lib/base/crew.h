/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - a crew of threads that does the same work for each of many things
 */
#ifndef RIVET_CREW_H
#define RIVET_CREW_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct crew - the work; to be embedded
 * @begin: called in each thread first; returns its tools, NULL if memory ran out
 * @work: called for each number below @count, in any thread, in rising order of its start;
 *	returns false to have no further number started
 * @end: called in each thread last, with its tools
 * @watch: called by the thread of crew_run() about five times a second; may be
 *	NULL
 * @count: how many things there are
 */
struct crew {
	void *(*begin)(struct crew *crew);
	bool (*work)(struct crew *crew, void *tools, size_t at);
	void (*end)(void *tools);
	void (*watch)(struct crew *crew);
	size_t count;
	/* private: */
	size_t next;
	size_t threads;
	bool stopped;
	bool failed;
};

bool crew_run(struct crew *crew);

#endif /* RIVET_CREW_H */
