// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl apply - telling how it went, and the alarm
 *
 * Early in the boot nobody reads standard error: an alarm is in the kernel's log too, with
 * the priority of an alert, which every console shows.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply.h"
#include "lib/kernel/secfs.h"

#define ALARM_LINES	8	/* the kernel takes ten lines at once from a program */
#define ALARM_LINE_MAX	800	/* bytes; it takes no longer ones */

static const char * const state_names[__APPLY_MAX] = {
	[APPLY_CHANGED] = "changed",
	[APPLY_KEPT] = "kept",
	[APPLY_SURPLUS] = "surplus",
	[APPLY_NOTE] = "note",
	[APPLY_FAULT] = "fault",
};

static void count_all(const struct apply *a, size_t counts[__APPLY_MAX])
{
	const struct apply_item *item;

	memset(counts, 0, __APPLY_MAX * sizeof(*counts));
	for (item = a->first; item; item = item->after)
		counts[item->state]++;
}

static void print_item(const struct apply *a, const struct apply_item *item)
{
	struct err err = { .code = item->code, .next = item->next };

	switch (item->state) {
	case APPLY_CHANGED:
		printf("%s%s: %s\n", a->dry_run ? "would change: " : "", err_name(item->file),
		       item->text);
		break;
	case APPLY_SURPLUS:
	case APPLY_NOTE:
		printf("%s: %s: %s%s%s\n", state_names[item->state], err_name(item->file),
		       item->text, item->next ? "; " : "", item->next ? item->next : "");
		break;
	case APPLY_FAULT:
		snprintf(err.text, sizeof(err.text), "%s", item->text);
		err_print(&err);
		break;
	default:
		break;
	}
}

static void print_sum(const struct apply *a, const size_t counts[__APPLY_MAX])
{
	if (!counts[APPLY_CHANGED])
		printf("nothing to change: %zu as %s\n", counts[APPLY_KEPT],
		       counts[APPLY_KEPT] == 1 ? "it should be" : "they should be");
	else
		printf("%zu %schanged, %zu as before\n", counts[APPLY_CHANGED],
		       a->dry_run ? "to be " : "", counts[APPLY_KEPT]);
}

static void write_json(const struct apply *a, const size_t counts[__APPLY_MAX], int code)
{
	const struct apply_item *item;
	struct json json;
	size_t i;

	verb_json_begin(a->ctx, &json);
	json_bool(&json, "dry_run", a->dry_run);
	json_array(&json, "items");
	for (item = a->first; item; item = item->after) {
		json_object(&json, NULL);
		json_text(&json, "state", state_names[item->state]);
		json_bytes(&json, "file", item->file, strlen(item->file));
		json_text(&json, "text", item->text);
		if (item->next)
			json_text(&json, "next", item->next);
		json_close(&json);
	}
	json_close(&json);
	for (i = 0; i < __APPLY_MAX; i++)
		json_u64(&json, state_names[i], counts[i]);
	json_u64(&json, "exit", code);
	json_end(&json);
}

/* One write is one line of the kernel's log. */
static void write_alarm(int fd, const char *text, const char *next)
{
	char line[ALARM_LINE_MAX];
	int len = snprintf(line, sizeof(line) - 1, "<1>rivetctl: %s%s%s", text, next ? "; " : "",
			   next ? next : "");

	if (len > (int)sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	if (write(fd, line, len) < 0)
		return;
}

static void alarm_kernel_log(const struct apply *a, const struct err *sum)
{
	const struct apply_item *item;
	size_t told = 0;
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		fd = open("/dev/console", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return;
	write_alarm(fd, sum->text, sum->next);
	for (item = a->first; item && told < ALARM_LINES; item = item->after) {
		if (item->state != APPLY_FAULT)
			continue;
		write_alarm(fd, item->text, item->next);
		told++;
	}
	close(fd);
}

static int exit_of(const struct apply *a)
{
	const struct apply_item *item;

	for (item = a->first; item; item = item->after) {
		if (item->state == APPLY_FAULT)
			return item->code;
	}
	return a->out_of_memory ? EXIT_OTHER : EXIT_OK;
}

static void raise_alarm(const struct apply *a, size_t faults)
{
	struct err sum = { .next = "mend this, then: rivetctl apply" };

	snprintf(sum.text, sizeof(sum.text), "ALARM: %zu part%s of %s/etc/rivet %s not applied%s",
		 faults, faults == 1 ? "" : "s", err_name(a->root), faults == 1 ? "was" : "were",
		 a->out_of_memory ? ", and memory ran out" : "");
	err_print(&sum);
	if (!a->dry_run)
		alarm_kernel_log(a, &sum);
}

static const char *first_fault(const struct apply *a)
{
	const struct apply_item *item;

	for (item = a->first; item; item = item->after) {
		if (item->state == APPLY_FAULT)
			return item->text;
	}
	return "memory ran out";
}

/*
 * With it the module has an event, and rivetctl status tells it. Without faults that is only
 * news after faults.
 */
static void tell_module(const struct apply *a, size_t faults)
{
	struct status status;
	struct err unused;
	char text[512];

	if (!a->loaded || a->dry_run || apply_status(&status, &unused) ||
	    (!faults && !status.faults))
		return;
	snprintf(text, sizeof(text), "%zu%s%s", faults < 9999 ? faults : 9999, faults ? " " : "",
		 faults ? first_fault(a) : "");
	secfs_write("faults", text, strlen(text), "cannot tell the module", &unused);
}

static void free_items(struct apply *a)
{
	struct apply_item *item, *after;

	for (item = a->first; item; item = after) {
		after = item->after;
		free(item->file);
		free(item->text);
		free(item);
	}
	a->first = NULL;
	a->last = NULL;
}

/**
 * apply_report() - tell how each object fared, and release the notes
 * @a: the run
 *
 * Return: exit status: that of the first fault.
 */
int apply_report(struct apply *a)
{
	const struct apply_item *item;
	size_t counts[__APPLY_MAX];
	int code = exit_of(a);

	count_all(a, counts);
	for (item = a->first; item; item = item->after) {
		if (!a->ctx->json || item->state == APPLY_FAULT)
			print_item(a, item);
	}
	if (a->ctx->json)
		write_json(a, counts, code);
	else
		print_sum(a, counts);
	if (code)
		raise_alarm(a, counts[APPLY_FAULT]);
	tell_module(a, code && !counts[APPLY_FAULT] ? 1 : counts[APPLY_FAULT]);
	free_items(a);
	return code;
}
