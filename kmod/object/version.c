// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - floors: the lowest version of each named object that may be loaded
 *
 * The table vanishes with the module. A floor that shall hold across a boot is written
 * to the file floor early at boot, in the form in which that file is read.
 */
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "event/event.h"
#include "object/clock.h"
#include "object/version.h"
#include "text/names.h"

#define FLOOR_TEXT_MAX	(64 * 1024)	/* bytes of one write */
#define RETIRED_WORD	"retired"
#define CLOCK_NAME	"issued"	/* the only name of a floor of the clock */

/**
 * struct floor - the floor of one name
 * @list: in the table, or in a write that has not taken effect yet
 * @kind: its name space
 * @name: terminated
 * @known: false while the row only reserves memory for a later version
 * @version: the lowest version that may be loaded, or RIVET_FLOOR_RETIRED
 * @text: digest of the text that has this version; RIVET_DIGEST_NONE if unknown
 */
struct floor {
	struct list_head list;
	enum rivet_floor_kind kind;
	char name[RIVET_NAME_MAX + 1];
	bool known;
	u64 version;
	struct rivet_digest text;
};

static const char *const kind_words[__RIVET_FLOOR_MAX] = {
	[RIVET_FLOOR_RIV] = "riv",
	[RIVET_FLOOR_REVOKE] = "revoke",
	[RIVET_FLOOR_POLICY] = "policy",
	[RIVET_FLOOR_RELEASE] = "release",
	[RIVET_FLOOR_CLOCK] = "clock",
};

static DEFINE_MUTEX(floor_lock);	/* protects the table and its rows; a leaf lock */
static LIST_HEAD(floor_table);
static unsigned int row_count;

static struct floor *find_row(struct list_head *table, enum rivet_floor_kind kind,
			      struct rivet_slice name)
{
	struct floor *row;

	list_for_each_entry(row, table, list)
		if (row->kind == kind && rivet_slice_equal(name, row->name))
			return row;
	return NULL;
}

static struct floor *find_floor(enum rivet_floor_kind kind, struct rivet_slice name)
{
	lockdep_assert_held(&floor_lock);
	return find_row(&floor_table, kind, name);
}

static struct floor *make_row(enum rivet_floor_kind kind, struct rivet_slice name)
{
	struct floor *row;

	if (WARN_ON_ONCE(name.len > RIVET_NAME_MAX))
		return NULL;
	row = kzalloc(sizeof(*row), GFP_KERNEL);
	if (!row)
		return NULL;
	row->kind = kind;
	memcpy(row->name, name.ptr, name.len);
	return row;
}

static void raise_row(struct floor *row, u64 version, const struct rivet_digest *text)
{
	if (row->known && version < row->version)
		return;
	if (!row->known || version > row->version || text)
		row->text = text ? *text : (struct rivet_digest){};
	row->known = true;
	row->version = version;
}

/* The clock's floor is asked for at each use of a file, without the lock of the table. */
static void tell_clock(const struct floor *row)
{
	lockdep_assert_held(&floor_lock);
	if (row->kind == RIVET_FLOOR_CLOCK)
		rivet_clock_raise(row->version);
}

static bool text_is_known(const struct floor *row, const struct rivet_digest *text)
{
	return text && row->text.alg != RIVET_DIGEST_NONE;
}

static int compare_with_floor(const struct floor *row, u64 version,
			      const struct rivet_digest *text)
{
	if (row->version == RIVET_FLOOR_RETIRED || version < row->version)
		return -ESTALE;
	if (version > row->version || !text_is_known(row, text))
		return 0;
	return rivet_digest_equal(&row->text, text) ? 1 : -ESTALE;
}

/**
 * rivet_floor_check() - check whether a version may be loaded
 * @kind: its name space
 * @name: its name
 * @version: its version
 * @text: digest of its text, to recognise the same bytes; may be NULL
 *
 * The highest number is no version: it stands for a retired name.
 *
 * Context: may sleep.
 * Return: 0; 1 if the very same text was accepted before; -ESTALE if a newer
 * version was, or another text of the same version, or if the name is retired.
 */
int rivet_floor_check(enum rivet_floor_kind kind, struct rivet_slice name, u64 version,
		      const struct rivet_digest *text)
{
	const struct floor *row;
	int ret = 0;

	if (version == RIVET_FLOOR_RETIRED)
		return -ESTALE;
	mutex_lock(&floor_lock);
	row = find_floor(kind, name);
	if (row && row->known)
		ret = compare_with_floor(row, version, text);
	mutex_unlock(&floor_lock);
	return ret;
}

static int reserve_locked(enum rivet_floor_kind kind, struct rivet_slice name)
{
	struct floor *row;

	if (find_floor(kind, name))
		return 0;
	if (row_count >= RIVET_FLOORS_MAX)
		return -ENOSPC;
	row = make_row(kind, name);
	if (!row)
		return -ENOMEM;
	list_add_tail(&row->list, &floor_table);
	row_count++;
	return 0;
}

/**
 * rivet_floor_reserve() - reserve memory for rivet_floor_accept()
 * @kind: name space
 * @name: a valid name
 *
 * Context: may sleep.
 * Return: 0; -ENOSPC if RIVET_FLOORS_MAX names have a floor; -ENOMEM.
 */
int rivet_floor_reserve(enum rivet_floor_kind kind, struct rivet_slice name)
{
	int ret;

	mutex_lock(&floor_lock);
	ret = reserve_locked(kind, name);
	mutex_unlock(&floor_lock);
	return ret;
}

/**
 * rivet_floor_accept() - raise a floor to a version that has been loaded
 * @kind: name space
 * @name: its name, for which rivet_floor_reserve() has succeeded
 * @version: its version, or RIVET_FLOOR_RETIRED; a lower one changes nothing
 * @text: digest of its text; may be NULL
 *
 * Context: may sleep.
 */
void rivet_floor_accept(enum rivet_floor_kind kind, struct rivet_slice name, u64 version,
			const struct rivet_digest *text)
{
	struct floor *row;

	mutex_lock(&floor_lock);
	row = find_floor(kind, name);
	if (!WARN_ON_ONCE(!row)) {
		raise_row(row, version, text);
		tell_clock(row);
	}
	mutex_unlock(&floor_lock);
}

static const struct rivet_slice clock_name = {
	.ptr = CLOCK_NAME, .len = sizeof(CLOCK_NAME) - 1,
};

/**
 * rivet_floor_reserve_issued() - reserve memory for rivet_floor_accept_issued()
 * @issued: when an object was issued, in seconds since 1970; 0 if it does not say so
 *
 * Context: may sleep.
 * Return: as rivet_floor_reserve().
 */
int rivet_floor_reserve_issued(s64 issued)
{
	return issued ? rivet_floor_reserve(RIVET_FLOOR_CLOCK, clock_name) : 0;
}

/**
 * rivet_floor_accept_issued() - raise the floor of the clock
 * @issued: when an object that is accepted was issued, for which
 *	rivet_floor_reserve_issued() has succeeded
 *
 * Context: may sleep.
 */
void rivet_floor_accept_issued(s64 issued)
{
	if (!issued)
		return;
	rivet_floor_accept(RIVET_FLOOR_CLOCK, clock_name, issued, NULL);
	rivet_clock_report();
}

/**
 * struct floor_line - a line of a write
 * @number: its number, from 1
 * @name: first word
 * @kind: second word
 * @version: third word
 */
struct floor_line {
	unsigned int number;
	struct rivet_slice name;
	enum rivet_floor_kind kind;
	u64 version;
};

static int find_kind(struct rivet_slice word)
{
	int i;

	for (i = 0; i < __RIVET_FLOOR_MAX; i++)
		if (rivet_slice_equal(word, kind_words[i]))
			return i;
	return -EBADMSG;
}

static int parse_clock(const struct floor_line *line, struct rivet_slice word, u64 *seconds)
{
	if (!rivet_slice_same(line->name, clock_name) ||
	    rivet_parse_u64(word.ptr, word.len, seconds) || *seconds > RIVET_CLOCK_MAX)
		return -EBADMSG;
	return 0;
}

static int parse_version(const struct floor_line *line, struct rivet_slice word, u64 *version)
{
	if (line->kind == RIVET_FLOOR_CLOCK)
		return parse_clock(line, word, version);
	*version = RIVET_FLOOR_RETIRED;
	if (rivet_slice_equal(word, RETIRED_WORD))
		return 0;
	if (line->kind == RIVET_FLOOR_POLICY)
		return rivet_parse_version3(word.ptr, word.len, version);
	return rivet_parse_u64(word.ptr, word.len, version);
}

/* NAME KIND VERSION, with one space between two words */
static int parse_line(struct floor_line *line, struct rivet_slice text)
{
	struct rivet_slice word;
	int kind;

	if (!rivet_slice_take_until(&text, ' ', &line->name) ||
	    !rivet_name_is_valid(line->name.ptr, line->name.len) ||
	    !rivet_slice_take_until(&text, ' ', &word))
		return -EBADMSG;
	kind = find_kind(word);
	if (kind < 0)
		return kind;
	line->kind = kind;
	return parse_version(line, text, &line->version);
}

/* Add a line to @draft, beside the other lines of the same write */
static int draft_line(struct list_head *draft, const struct floor_line *line)
{
	const struct floor *floor = find_floor(line->kind, line->name);
	struct floor *row = find_row(draft, line->kind, line->name);

	if (floor && floor->known && line->version < floor->version)
		return -ESTALE;
	if (!row) {
		row = make_row(line->kind, line->name);
		if (!row)
			return -ENOMEM;
		list_add_tail(&row->list, draft);
	}
	raise_row(row, line->version, NULL);
	return 0;
}

static int draft_text(struct list_head *draft, struct rivet_slice text, struct floor_line *line)
{
	struct rivet_slice rest = text, one;
	int ret;

	for (line->number = 1; rest.len; line->number++) {
		if (line->number > RIVET_FLOORS_MAX)
			return -ENOSPC;
		if (!rivet_slice_take_until(&rest, '\n', &one)) {
			one = rest;
			rest.len = 0;
		}
		ret = parse_line(line, one);
		if (!ret)
			ret = draft_line(draft, line);
		if (ret)
			return ret;
	}
	return 0;
}

static int check_room(const struct list_head *draft)
{
	const struct floor *row;
	unsigned int wanted = row_count;

	list_for_each_entry(row, draft, list) {
		struct rivet_slice name = { .ptr = row->name, .len = strlen(row->name) };

		if (!find_floor(row->kind, name))
			wanted++;
	}
	return wanted > RIVET_FLOORS_MAX ? -ENOSPC : 0;
}

/* Cannot fail: rows of names without a row move into the table */
static unsigned int apply_draft(struct list_head *draft)
{
	struct floor *row, *next, *floor;
	unsigned int count = 0;

	lockdep_assert_held(&floor_lock);
	list_for_each_entry_safe(row, next, draft, list) {
		struct rivet_slice name = { .ptr = row->name, .len = strlen(row->name) };

		tell_clock(row);
		floor = find_floor(row->kind, name);
		if (floor) {
			raise_row(floor, row->version, NULL);
		} else {
			list_move_tail(&row->list, &floor_table);
			row_count++;
		}
		count++;
	}
	return count;
}

static void free_rows(struct list_head *rows)
{
	struct floor *row, *next;

	list_for_each_entry_safe(row, next, rows, list) {
		list_del(&row->list);
		kfree(row);
	}
}

static int write_locked(struct rivet_slice text, struct floor_line *line, unsigned int *count)
{
	LIST_HEAD(draft);
	int ret;

	ret = draft_text(&draft, text, line);
	if (!ret) {
		line->number = 0;
		ret = check_room(&draft);
	}
	if (!ret)
		*count = apply_draft(&draft);
	free_rows(&draft);
	return ret;
}

static const char *write_problem(int error)
{
	switch (error) {
	case -EBADMSG:
		return "expected NAME KIND VERSION or issued clock SECONDS, as this file shows";
	case -ESTALE:
		return "the floor of this name is higher, and only rises";
	case -ENOSPC:
		return "more than 1024 names would have a floor";
	case -EFBIG:
		return "more than 64 KiB at once";
	default:
		return "out of memory";
	}
}

static void report_write(int error, unsigned int line, unsigned int count)
{
	if (!error)
		rivet_event_change(RIVET_EVENT_RIV, 0, "floors written for %u name(s)", count);
	else if (line)
		rivet_event_change(RIVET_EVENT_RIV, error,
				   "floors refused, none changed: line %u: %s", line,
				   write_problem(error));
	else
		rivet_event_change(RIVET_EVENT_RIV, error, "floors refused, none changed: %s",
				   write_problem(error));
}

/**
 * rivet_floor_write() - raise floors by hand
 * @text: lines "NAME KIND VERSION", as rivet_floor_show() prints them
 * @len: its bytes
 *
 * All lines take effect or none. A floor at the same version keeps the digest of
 * its text.
 *
 * Context: may sleep; the caller has checked that the task is permitted to do this.
 * Return: 0; -EBADMSG if a line is malformed; -ESTALE if a floor would sink;
 * -ENOSPC, -EFBIG or -ENOMEM.
 */
int rivet_floor_write(const char *text, size_t len)
{
	struct rivet_slice slice = { .ptr = text, .len = len };
	struct floor_line line = {};
	unsigned int count = 0;
	int ret = -EFBIG;

	if (len <= FLOOR_TEXT_MAX) {
		mutex_lock(&floor_lock);
		ret = write_locked(slice, &line, &count);
		mutex_unlock(&floor_lock);
	}
	report_write(ret, line.number, count);
	rivet_clock_report();
	return ret;
}

static void show_row(struct seq_file *m, const struct floor *row)
{
	seq_printf(m, "%s %s ", row->name, kind_words[row->kind]);
	if (row->version == RIVET_FLOOR_RETIRED)
		seq_puts(m, RETIRED_WORD "\n");
	else if (row->kind == RIVET_FLOOR_POLICY)
		seq_printf(m, "%llu.%llu.%llu\n", row->version >> 32,
			   (row->version >> 16) & 0xffff, row->version & 0xffff);
	else
		seq_printf(m, "%llu\n", row->version);
}

/**
 * rivet_floor_show() - list all floors, as rivet_floor_write() takes them
 * @m: output
 *
 * Context: may sleep.
 * Return: 0.
 */
int rivet_floor_show(struct seq_file *m)
{
	const struct floor *row;

	mutex_lock(&floor_lock);
	list_for_each_entry(row, &floor_table, list)
		if (row->known)
			show_row(m, row);
	mutex_unlock(&floor_lock);
	return 0;
}

/**
 * rivet_floor_count() - count the names that have a floor
 *
 * Context: may sleep.
 * Return: their number.
 */
u32 rivet_floor_count(void)
{
	const struct floor *row;
	u32 count = 0;

	mutex_lock(&floor_lock);
	list_for_each_entry(row, &floor_table, list)
		count += row->known;
	mutex_unlock(&floor_lock);
	return count;
}

/**
 * rivet_floor_exit() - free all floors
 *
 * Context: may sleep; module exit.
 */
void rivet_floor_exit(void)
{
	mutex_lock(&floor_lock);
	free_rows(&floor_table);
	row_count = 0;
	mutex_unlock(&floor_lock);
}
