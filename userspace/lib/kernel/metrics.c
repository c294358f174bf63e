// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the module's state as metrics, in the text format of Prometheus
 */
#include <inttypes.h>

#include "lib/base/text.h"
#include "lib/kernel/metrics.h"
#include "text/names.h"

static void add_head(struct buffer *out, const char *name, enum metric_type type,
		     const char *help)
{
	text_add(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
		 type == METRIC_COUNTER ? "counter" : "gauge");
}

/**
 * metric_add() - append a metric without labels
 * @out: destination
 * @name: its name, with the unit and _total as is the custom
 * @type: its type
 * @help: its meaning
 * @value: its value
 */
void metric_add(struct buffer *out, const char *name, enum metric_type type, const char *help,
		uint64_t value)
{
	add_head(out, name, type, help);
	text_add(out, "%s %" PRIu64 "\n", name, value);
}

/* The value of a label; it is printable already. */
static void add_label(struct buffer *out, const char *name, const char *value)
{
	text_add(out, "%s=\"", name);
	for (; *value; value++)
		text_add(out, "%s%c", *value == '"' || *value == '\\' ? "\\" : "", *value);
	buffer_add_text(out, "\"");
}

static void add_info(struct buffer *out, const struct status *status)
{
	add_head(out, "rivet_info", METRIC_GAUGE, "The module and its policy; always 1.");
	buffer_add_text(out, "rivet_info{");
	add_label(out, "version", status->version);
	buffer_add_text(out, ",");
	add_label(out, "mode", rivet_name_mode(status->mode));
	buffer_add_text(out, ",");
	add_label(out, "policy", status->policy);
	buffer_add_text(out, ",");
	add_label(out, "policy_version", status->policy_version);
	buffer_add_text(out, "} 1\n");
}

static void add_mode(struct buffer *out, const struct status *status)
{
	metric_add(out, "rivet_enforcing", METRIC_GAUGE,
		   "1 if programs and libraries that fail are denied.",
		   status_is_enforcing(status));
	metric_add(out, "rivet_sealed", METRIC_GAUGE, "1 if the trust rings are sealed.",
		   status_has(status, RIVET_A_STATUS_SEALED));
	if (status_has(status, RIVET_A_STATUS_CONFIRM_LEFT))
		metric_add(out, "rivet_confirm_left_seconds", METRIC_GAUGE,
			   "Seconds until enforcement lapses unless it is confirmed.",
			   status->confirm_left);
}

static void add_sets(struct buffer *out, const struct status *status)
{
	metric_add(out, "rivet_sets", METRIC_GAUGE, "RIV sets.", status->riv_sets);
	metric_add(out, "rivet_sets_expired", METRIC_GAUGE, "Sets past their valid-until.",
		   status->riv_expired);
	metric_add(out, "rivet_values", METRIC_GAUGE, "RIVs in the sets.", status->riv_values);
	metric_add(out, "rivet_revoked_digests", METRIC_GAUGE, "Revoked digests.",
		   status->revoked);
	metric_add(out, "rivet_sets_memory_bytes", METRIC_GAUGE,
		   "Memory of the kernel for the sets.", status->kernel_memory);
}

static void add_hooks(struct buffer *out, const struct status *status)
{
	add_head(out, "rivet_hooks", METRIC_GAUGE, "Hooks of the kernel.");
	text_add(out, "rivet_hooks{state=\"live\"} %" PRIu32 "\n", status->hooks_live);
	text_add(out, "rivet_hooks{state=\"derived\"} %" PRIu32 "\n", status->hooks_derived);
	text_add(out, "rivet_hooks{state=\"missing\"} %" PRIu32 "\n", status->hooks_missing);
}

/**
 * metrics_add_status() - append the module's state
 * @out: destination
 * @status: the state; NULL if the module is not loaded
 */
void metrics_add_status(struct buffer *out, const struct status *status)
{
	metric_add(out, "rivet_loaded", METRIC_GAUGE, "1 if the module is loaded.", !!status);
	if (!status) {
		metric_add(out, "rivet_enforcing", METRIC_GAUGE,
			   "1 if programs and libraries that fail are denied.", 0);
		return;
	}
	add_info(out, status);
	add_mode(out, status);
	add_sets(out, status);
	add_hooks(out, status);
	metric_add(out, "rivet_denials_total", METRIC_COUNTER, "Requests that were denied.",
		   status->denials);
	metric_add(out, "rivet_events_total", METRIC_COUNTER, "Number of the newest event.",
		   status->events_last);
}
