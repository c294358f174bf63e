/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetd - the text of the saved quarantine list
 *
 *	rivet-quarantine-list 1 LIST
 *	an entry, as the kernel has it, a line
 *	end COUNT CHECKSUM
 *
 * LIST names the list of the kernel that was saved. The checksum finds damage, not forgery:
 * only root can write the file.
 */
#ifndef RIVETD_SAVED_TEXT_H
#define RIVETD_SAVED_TEXT_H

#include "lib/base/file.h"
#include "text/parse.h"

#define SAVED_LIST_MAX	80	/* bytes of LIST with its NUL */

/**
 * struct saved_text - a saved list, read
 * @list: name of the list of the kernel; "" if the text does not tell
 * @add: its valid entries as the kernel takes them back: "add " and an entry a line
 * @entries: their number
 * @damaged: line that is damaged, from 1; 0 if none is
 * @expected: description of a valid line; static
 */
struct saved_text {
	char list[SAVED_LIST_MAX];
	struct buffer add;
	unsigned int entries;
	unsigned int damaged;
	const char *expected;
};

void saved_text_make(struct buffer *out, const char *list, struct rivet_slice entries);
void saved_text_read(struct rivet_slice text, struct saved_text *out);
void saved_text_free(struct saved_text *text);

#endif /* RIVETD_SAVED_TEXT_H */
