// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - notes about each object, and the walk over a folder of /etc/rivet
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply.h"
#include "lib/base/protected.h"
#include "lib/kernel/nl.h"

static struct apply_item *add(struct apply *a, enum apply_state state, const char *file, char *text)
{
	struct apply_item *item = calloc(1, sizeof(*item));
	char *name = strdup(file);

	if (!item || !name || !text) {
		free(item);
		free(name);
		free(text);
		a->out_of_memory = true;
		return NULL;
	}
	item->state = state;
	item->file = name;
	item->text = text;
	if (a->last)
		a->last->after = item;
	else
		a->first = item;
	a->last = item;
	return item;
}

/**
 * apply_tell() - note how an object fared
 * @a: the run
 * @state: how it fared; not APPLY_FAULT
 * @file: the file, or the part of the module
 * @fmt: description; pass names from outside through err_name()
 *
 * Return: the note, to add to it; NULL without memory, which apply_report() tells.
 */
struct apply_item *apply_tell(struct apply *a, enum apply_state state, const char *file,
			      const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	return add(a, state, file, text);
}

/**
 * apply_fault() - note that an object was not applied
 * @a: the run
 * @file: the file, or the part of the module
 * @err: the error, which names the file; without advice of its own, a copy is advised
 *
 * Return: as apply_tell().
 */
struct apply_item *apply_fault(struct apply *a, const char *file, const struct err *err)
{
	struct apply_item *item = add(a, APPLY_FAULT, file, strdup(err->text));

	if (item) {
		item->code = err->code;
		item->next = err->next ?: "put back a copy of it that is whole";
	}
	return item;
}

/**
 * apply_path() - the whole name of a file, for people
 * @a: the run
 * @name: its name below the root, beginning with a slash
 * @buf: filled; a name too long for it is cut
 *
 * Return: @buf.
 */
const char *apply_path(const struct apply *a, const char *name, char buf[APPLY_PATH_MAX])
{
	snprintf(buf, APPLY_PATH_MAX, "%s%s", a->root, name);
	return buf;
}

/**
 * apply_is_in_root() - is the root of the machine the root of this process?
 * @a: the run
 *
 * Return: false with --root.
 */
bool apply_is_in_root(const struct apply *a)
{
	return !*a->root;
}

/**
 * apply_status() - ask the module for its state
 * @out: filled
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int apply_status(struct status *out, struct err *err)
{
	struct nl nl;
	int ret = nl_open(&nl, err);

	if (!ret)
		ret = nl_status(&nl, out, err);
	nl_close(&nl);
	return ret;
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t len = strlen(name), tail = strlen(suffix);

	return len > tail && !strcmp(name + len - tail, suffix);
}

/**
 * apply_each() - apply each file of a folder of /etc/rivet, in the order of their names
 * @a: the run
 * @sub: the folder; one that does not exist has no files
 * @suffix: end of the names; other files are noted and left alone
 * @apply_one: called for each file, with its folder and its name there
 *
 * Return: number of calls.
 */
size_t apply_each(struct apply *a, const char *sub, const char *suffix,
		  void (*apply_one)(struct apply *a, int folder, const char *name,
				    const char *shown))
{
	char shown[APPLY_PATH_MAX], path[APPLY_PATH_MAX + 256];
	struct protected_names names;
	struct err err = { 0 };
	size_t i, calls = 0;
	int folder, ret;

	snprintf(shown, sizeof(shown), "%s/etc/rivet/%s", a->root, sub);
	ret = protected_folder(a->folder_fd, sub, shown, &folder, &err);
	if (ret && ret != EXIT_NOTHING)
		apply_fault(a, shown, &err);
	if (ret)
		return 0;
	if (protected_list(folder, shown, &names, &err))
		apply_fault(a, shown, &err);
	for (i = 0; i < names.count; i++) {
		snprintf(path, sizeof(path), "%s/%s", shown, names.names[i]);
		if (ends_with(names.names[i], suffix)) {
			apply_one(a, folder, names.names[i], path);
			calls++;
		} else {
			apply_tell(a, APPLY_NOTE, path, "left alone: its name does not end in %s",
				   suffix);
		}
	}
	protected_names_free(&names);
	close(folder);
	return calls;
}
