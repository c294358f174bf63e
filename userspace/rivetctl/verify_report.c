// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl verify - the report that the kernel gives
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/manifest/manifest.h"
#include "text/names.h"
#include "verify_report.h"

#define NANOSECONDS	1000000000ULL
#define BOOT_ID		"/proc/sys/kernel/random/boot_id"

/**
 * verify_report_free() - free the messages
 * @report: emptied
 */
void verify_report_free(struct verify_report *report)
{
	size_t i;

	for (i = 0; i < report->count; i++)
		free(report->storage[i]);
	free(report->storage);
	free(report->messages);
	*report = (struct verify_report){ 0 };
}

static const char *state_name(uint8_t state)
{
	static const char *const names[] = { "waiting", "running", "done", "cancelled" };

	return state < __RIVET_VERIFY_STATE_MAX ? names[state] : "unknown";
}

static void write_time(struct json *json, const char *key, uint64_t ns)
{
	char text[MANIFEST_TIME_MAX];

	if (!ns)
		return;
	manifest_time(ns / NANOSECONDS, text);
	json_text(json, key, text);
}

static void write_nonce(struct json *json, struct rivet_slice nonce)
{
	char text[2 * RIVET_VERIFY_NONCE_MAX + 1] = "";
	size_t i;

	for (i = 0; i < nonce.len && i < RIVET_VERIFY_NONCE_MAX; i++)
		snprintf(text + 2 * i, 3, "%02x", (unsigned char)nonce.ptr[i]);
	if (nonce.len)
		json_text(json, "nonce", text);
}

static void write_boot_id(struct json *json)
{
	char id[64] = "";
	FILE *in = fopen(BOOT_ID, "re");

	if (in && fgets(id, sizeof(id), in)) {
		id[strcspn(id, "\n")] = '\0';
		json_text(json, "boot_id", id);
	}
	if (in)
		fclose(in);
}

static void write_failure(struct json *json, const struct verify *f)
{
	json_object(json, NULL);
	json_bytes(json, "path", f->path.ptr, f->path.len);
	json_text(json, "reason", verify_has(f, RIVET_A_VERIFY_GONE) ? "missing" :
		  rivet_name_reason(f->reason));
	if (f->measured.len)
		json_bytes(json, "measured", f->measured.ptr, f->measured.len);
	if (f->expected.len)
		json_bytes(json, "expected", f->expected.ptr, f->expected.len);
	json_bool(json, "forgotten", verify_has(f, RIVET_A_VERIFY_FORGOTTEN));
	json_close(json);
}

static void write_summary(struct json *json, const struct verify *s)
{
	json_u64(json, "ticket", s->ticket);
	write_nonce(json, s->nonce);
	write_boot_id(json);
	json_bytes(json, "module", s->version.ptr, s->version.len);
	json_text(json, "mode", rivet_name_mode(s->mode));
	json_u64(json, "riv_generation", s->riv_generation);
	json_u64(json, "policy_generation", s->policy_generation);
	if (s->set.len)
		json_bytes(json, "set", s->set.ptr, s->set.len);
	json_bool(json, "all", verify_has(s, RIVET_A_VERIFY_ALL));
	json_bool(json, "fresh", verify_has(s, RIVET_A_VERIFY_FRESH));
	json_bool(json, "scheduled", verify_has(s, RIVET_A_VERIFY_SCHEDULED));
	json_text(json, "state", state_name(s->state));
	json_bool(json, "complete", s->state == RIVET_VERIFY_DONE &&
		  !verify_has(s, RIVET_A_VERIFY_INCOMPLETE));
	write_time(json, "started", s->started);
	write_time(json, "ended", s->ended);
	json_u64(json, "files_total", s->files);
	json_u64(json, "files_done", s->done);
	json_u64(json, "matched", s->matched);
	json_u64(json, "failed", s->failed);
	json_u64(json, "files_missing", s->missing);
	json_u64(json, "any_path", s->any_path);
	json_u64(json, "not_fresh", s->not_fresh);
	json_u64(json, "bytes", s->bytes);
	json_u64(json, "bytes_done", s->bytes_done);
	json_u64(json, "bytes_read", s->bytes_read);
	json_u64(json, "unlisted_failures", s->unlisted);
}

static void write_json(struct context *ctx, const struct verify_report *report)
{
	struct json json;
	size_t i;

	verb_json_begin(ctx, &json);
	write_summary(&json, &report->messages[0]);
	json_array(&json, "failures");
	for (i = 1; i < report->count; i++)
		write_failure(&json, &report->messages[i]);
	json_end(&json);
}

static void print_failure(const struct verify *f)
{
	char shown[4 * 4096 + 1];

	rivet_name_mark_cut(shown, sizeof(shown),
			    rivet_name_escape(f->path.ptr, f->path.len, shown, sizeof(shown)));
	printf("%s: %s%s\n", shown, verify_has(f, RIVET_A_VERIFY_GONE) ? "missing" :
	       rivet_name_reason(f->reason), verify_has(f, RIVET_A_VERIFY_FORGOTTEN) ?
	       "; it differs from the measurement that was in use, which is forgotten" : "");
}

static void print_text(const struct verify_report *report)
{
	const struct verify *s = &report->messages[0];
	size_t i;

	for (i = 1; i < report->count; i++)
		print_failure(&report->messages[i]);
	if (s->unlisted)
		printf("%" PRIu64 " more files fail\n", s->unlisted);
	printf("Verification %" PRIu32 " %s%s: ", s->ticket, state_name(s->state),
	       verify_has(s, RIVET_A_VERIFY_INCOMPLETE) ? " (incomplete)" : "");
	printf("%" PRIu64 " of %" PRIu64 " files, ", s->done, s->files);
	printf("%" PRIu64 " match, %" PRIu64 " fail, ", s->matched, s->failed);
	printf("%" PRIu64 " missing, %" PRIu64 " KiB read\n", s->missing, s->bytes_read >> 10);
	if (s->any_path)
		printf("%" PRIu64 " values for any path name no file\n", s->any_path);
	if (s->not_fresh)
		printf("%" PRIu64 " files were read from memory: %s\n", s->not_fresh,
		       "their filesystem has no direct reads");
}

/**
 * verify_report_print() - print a report, as text or JSON
 * @ctx: says which
 * @report: the report
 *
 * Return: the exit status: EXIT_DENIED if a file fails, EXIT_OTHER if not all were read.
 */
int verify_report_print(struct context *ctx, const struct verify_report *report)
{
	const struct verify *s = &report->messages[0];

	if (ctx->json)
		write_json(ctx, report);
	else
		print_text(report);
	if (s->failed)
		return EXIT_DENIED;
	return verify_has(s, RIVET_A_VERIFY_INCOMPLETE) ? EXIT_OTHER : EXIT_OK;
}
