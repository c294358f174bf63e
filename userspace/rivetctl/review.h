/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the files of a draft that somebody is to look at before it is signed, and why
 */
#ifndef RIVETCTL_REVIEW_H
#define RIVETCTL_REVIEW_H

#include "build.h"

/** enum review_why - the reason for a second look */
enum review_why {
	REVIEW_UNPACKAGED,	/* no package owns the file */
	REVIEW_DIFFERS,		/* it has not the bytes of its package */
	REVIEW_WRITABLE,	/* somebody other than root can replace it */
	REVIEW_ELSEWHERE,	/* it was used, and lies outside of the folders asked for */
	REVIEW_CHANGED,		/* other bytes were used than lie there now */
	REVIEW_OTHERWISE,	/* it was used in a way that its set does not list */
	REVIEW_JIT,		/* the program makes memory executable */
	REVIEW_CLAIMED,		/* a process that calls itself so did, or asked for REVIEW_RULE */
	REVIEW_BAD,		/* it is revoked or quarantined */
	REVIEW_NOT_LISTED,	/* it was used, and cannot be listed */
	REVIEW_GONE,		/* it was used, and is not there */
	REVIEW_ANY_PATH,	/* it was used under a name that init does not see */
	REVIEW_RULE,		/* a request that no value permits, but a rule could */
	__REVIEW_MAX,
};

/**
 * struct review_mark - one reason about one file
 * @why: the reason
 * @path: real path, or the name in an event; its bytes are raw
 * @rule: for REVIEW_RULE, the rule that would permit it; else NULL
 */
struct review_mark {
	enum review_why why;
	char *path;
	char *rule;
};

/**
 * struct review - the marks; all zero is none
 * @marks: the marks
 * @count: how many
 * @size: number of marks allocated
 * @seen: reasons and paths that are there already
 * @notes: lines about all of them, each with its end
 */
struct review {
	struct review_mark *marks;
	size_t count;
	size_t size;
	struct path_set seen;
	struct buffer notes;
};

int review_add(struct review *review, enum review_why why, const char *path, const char *rule,
	       struct err *err);
void review_note(struct review *review, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int review_packages(struct review *review, const struct build *build, bool *found,
		    struct err *err);
int review_places(struct review *review, const struct build *build, struct err *err);
void review_sort(struct review *review);
void review_json(const struct review *review, struct json *json);
void review_text(const struct review *review, struct buffer *out);
size_t review_count(const struct review *review, enum review_why why);
void review_free(struct review *review);

#endif /* RIVETCTL_REVIEW_H */
