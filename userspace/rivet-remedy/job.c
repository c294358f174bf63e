// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet-remedy - a file that fails: from the request of the agent to the end
 *
 * A job is the event, in a file of the queue. It stays there until the file is good, or given up:
 * an attempt that was cut off is begun anew, and the kernel says how far the last one came.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "job.h"
#include "lib/event/decode.h"
#include "lib/event/given_up.h"
#include "programs.h"
#include "restore.h"
#include "run.h"
#include "source.h"
#include "steps.h"
#include "tries.h"

#define JOB_MAX		(64 * 1024)
#define TROUBLE_WAIT	60	/* seconds after trouble that has nothing to do with the file */

/**
 * struct job - a job in progress
 * @jobs: the folders
 * @file: its file in the queue
 * @tries_file: the file that counts the attempts
 * @text: content of @file
 * @storage: memory of the event that was read
 * @path: the file that fails; terminated
 * @expected: digest that a RIV names for it
 * @digest: the same as text
 * @tries: its attempts
 */
struct job {
	const struct jobs *jobs;
	char file[PATH_MAX];
	char tries_file[PATH_MAX];
	struct buffer text;
	struct buffer storage;
	char path[PATH_MAX];
	struct rivet_digest expected;
	char digest[RIVET_DIGEST_TEXT_MAX];
	struct tries tries;
};

static void tell(const struct job *job, const char *what, bool bad, const char *detail)
{
	struct step step = {
		.what = what,
		.path = *job->path ? job->path : job->file,
		.digest = *job->digest ? job->digest : NULL,
		.try = job->tries.count,
		.detail = detail,
		.bad = bad,
	};

	steps_tell(job->jobs->settings->log, &step);
}

static int64_t end(const struct job *job)
{
	if (unlink(job->file) && errno != ENOENT) {
		tell(job, "failed", true, "its job cannot be removed");
		return TROUBLE_WAIT;
	}
	return JOB_DONE;
}

static int64_t drop(const struct job *job, const char *why)
{
	tell(job, "dropped", false, why);
	return end(job);
}

static bool take_path(struct job *job, const struct event *event)
{
	if (event->kind != RIVET_EVENT_VERDICT || !event->path.len ||
	    event->path.len >= sizeof(job->path) || *event->path.ptr != '/' ||
	    memchr(event->path.ptr, '\0', event->path.len))
		return false;
	memcpy(job->path, event->path.ptr, event->path.len);
	job->path[event->path.len] = '\0';
	return true;
}

static bool read_job(struct job *job)
{
	struct event event;
	struct err unused;

	if (file_read(job->file, JOB_MAX, &job->text, &unused) || !job->text.len)
		return false;
	if (job->text.data[job->text.len - 1] == '\n')
		job->text.len--;
	return !event_load(job->text.data, job->text.len, &event, &job->storage) &&
	       take_path(job, &event);
}

static int tell_manager(const struct job *job, const char *what, const char *unit,
			struct err *err)
{
	char *const argv[] = { "/usr/bin/systemctl", (char *)what, "--", (char *)unit, NULL };
	struct rivet_slice nothing = { .ptr = "" };

	return run_program(argv, nothing, job->jobs->settings->limit, err);
}

/*
 * The unit may have failed so often in a row that the service manager would not start it again
 * soon. Where it has not failed, there is nothing to forget.
 */
static int restart_unit(const struct job *job, const char *unit, struct err *err)
{
	tell_manager(job, "reset-failed", unit, err);
	return tell_manager(job, "restart", unit, err);
}

static void restart_units(const struct job *job)
{
	const struct settings *settings = job->jobs->settings;
	struct err err = { 0 };
	char unit[256];
	unsigned int i;

	for (i = 0; i < settings->restarts_count; i++) {
		const struct settings_restart *r = &settings->restarts[i];

		if (!rivet_slice_equal(r->path, job->path) || r->unit.len >= sizeof(unit))
			continue;
		memcpy(unit, r->unit.ptr, r->unit.len);
		unit[r->unit.len] = '\0';
		if (restart_unit(job, unit, &err))
			tell(job, "restart-failed", true, err.text);
		else
			tell(job, "restarted", false, unit);
	}
}

/*
 * Told and restarted also if the attempt that restored it was cut off after that. The unit may be
 * restarted twice then, but never not at all.
 */
static int64_t finish(struct job *job)
{
	struct err err = { 0 };

	restore_clean(job->jobs->root, job->path);
	if (!job->tries.pending)
		return drop(job, "it is good");
	tell(job, "restored", false, NULL);
	restart_units(job);
	job->tries.pending = false;
	if (!tries_write(job->tries_file, &job->tries, &err))
		return end(job);
	tell(job, "failed", true, err.text);
	return TROUBLE_WAIT;
}

/* So that further uses of the file leave no job. */
static void mark_given_up(const struct job *job)
{
	char mark[PATH_MAX];
	struct err err = { 0 };

	if (snprintf(mark, sizeof(mark), "%s" GIVEN_UP_SUFFIX, job->tries_file) < PATH_MAX &&
	    given_up_write(mark, job->digest, &err))
		tell(job, "failed", true, err.text);
}

static int64_t give_up(struct job *job)
{
	struct err err = { 0 };

	mark_given_up(job);
	if (job->tries.count > job->jobs->settings->tries)
		return end(job);
	tell(job, "gave-up", true,
	     "no further attempt today: restore it by hand");
	job->tries.count++;
	job->tries.pending = false;
	if (tries_write(job->tries_file, &job->tries, &err))
		tell(job, "failed", true, err.text);
	restore_clean(job->jobs->root, job->path);
	return end(job);
}

/*
 * As many as there would be attempts, in a file of their own: enforcement begins with all
 * attempts left. Return: false if there is none left; or, with @err filled, on error.
 */
static bool count_rehearsal(const struct job *job, struct err *err)
{
	char file[PATH_MAX];
	struct tries tries;

	if (snprintf(file, sizeof(file), "%s.audit", job->tries_file) >= PATH_MAX) {
		err_set(err, EXIT_CONFIG, NULL, "the name of %s is too long",
			err_name(job->tries_file));
		return false;
	}
	tries_read(file, &tries);
	tries_renew(&tries, job->digest, time(NULL));
	if (tries.count >= job->jobs->settings->tries)
		return false;
	tries.count++;
	tries.last = time(NULL);
	return !tries_write(file, &tries, err);
}

static int64_t rehearse(const struct job *job)
{
	struct restore restore = { .root = job->jobs->root, .path = job->path,
				   .digest = job->expected, .rehearse = true };
	struct err err = { 0 };

	if (!count_rehearsal(job, &err)) {
		if (!err.code)
			return end(job);
		tell(job, "failed", true, err.text);
		return TROUBLE_WAIT;
	}
	if (source_restore(job->jobs->settings, &restore, &err))
		tell(job, "would-fail", true, err.text);
	else
		tell(job, "would-restore", false, "nothing is changed in audit mode");
	return end(job);
}

static bool is_good_now(const struct job *job)
{
	struct rivet_digest unused;
	enum ask_state state;
	struct err err = { 0 };

	return !ask_about(job->path, &state, &unused, &err) && state == ASK_GOOD;
}

static bool try_programs(const struct job *job)
{
	struct rivet_slice event = { .ptr = job->text.data, .len = job->text.len };
	struct programs programs;
	struct err err = { 0 };
	const char *path;
	bool good = false;

	if (programs_open(&programs, job->jobs->settings->programs, &err))
		tell(job, "program-failed", true, err.text);
	while (!good && (path = programs_next(&programs))) {
		char *const argv[] = { (char *)path, NULL };

		if (run_check_owner(path, &err) ||
		    run_program(argv, event, job->jobs->settings->limit, &err))
			tell(job, "program-failed", true, err.text);
		else
			tell(job, "program", false, path);
		good = is_good_now(job);
	}
	programs_close(&programs);
	return good;
}

static int64_t try(struct job *job)
{
	struct restore restore = { .root = job->jobs->root, .path = job->path,
				   .digest = job->expected };
	struct err err = { 0 };
	int64_t wait;
	int ret;

	job->tries.count++;
	job->tries.last = time(NULL);
	job->tries.pending = true;
	if (tries_write(job->tries_file, &job->tries, &err)) {
		tell(job, "failed", true, err.text);
		return TROUBLE_WAIT;
	}
	ret = source_restore(job->jobs->settings, &restore, &err);
	if (!ret && is_good_now(job))
		return finish(job);
	if (ret != EXIT_NOTHING)
		tell(job, "failed", true, ret ? err.text : "the kernel does not take it for good");
	if (try_programs(job))
		return finish(job);
	wait = tries_wait(&job->tries, job->jobs->settings->pause, time(NULL));
	if (job->tries.count >= job->jobs->settings->tries)
		return give_up(job);
	return wait > 0 ? wait : 0;
}

static int64_t act(struct job *job)
{
	struct err err = { 0 };
	bool enforcing;
	int64_t wait;

	rivet_digest_format(&job->expected, job->digest, sizeof(job->digest));
	tries_renew(&job->tries, job->digest, time(NULL));
	if (ask_is_enforcing(&enforcing, &err)) {
		tell(job, "failed", true, err.text);
		return TROUBLE_WAIT;
	}
	if (!enforcing)
		return rehearse(job);
	if (job->tries.count >= job->jobs->settings->tries)
		return give_up(job);
	wait = tries_wait(&job->tries, job->jobs->settings->pause, time(NULL));
	return wait > 0 ? wait : try(job);
}

static int64_t decide(struct job *job)
{
	enum ask_state state;
	struct err err = { 0 };

	if (!read_job(job))
		return drop(job, "it is not an event about a file");
	tries_read(job->tries_file, &job->tries);
	switch (ask_about(job->path, &state, &job->expected, &err)) {
	case EXIT_OK:
		break;
	case EXIT_CONFIG:
		return drop(job, err.text);
	default:
		tell(job, "failed", true, err.text);
		return TROUBLE_WAIT;
	}
	if (state == ASK_OTHER)
		return drop(job, "no RIV says what belongs there");
	if (job->jobs->root < 0) {
		tell(job, "failed", true, JOB_ROOT " cannot be opened");
		return TROUBLE_WAIT;
	}
	return state == ASK_GOOD ? finish(job) : act(job);
}

/**
 * job_work() - do the work of a job that is due
 * @jobs: the folders
 * @name: name of its file in the queue; ends in JOB_SUFFIX
 *
 * Return: seconds until the next attempt; JOB_DONE if there is none.
 */
int64_t job_work(const struct jobs *jobs, const char *name)
{
	struct job *job = calloc(1, sizeof(*job));
	int64_t wait = TROUBLE_WAIT;
	int stem = strlen(name) - strlen(JOB_SUFFIX);

	if (!job)
		return wait;
	job->jobs = jobs;
	if (snprintf(job->file, sizeof(job->file), "%s/%s", jobs->queue, name) < PATH_MAX &&
	    snprintf(job->tries_file, sizeof(job->tries_file), "%s/%.*s", jobs->tries, stem,
		     name) < PATH_MAX)
		wait = decide(job);
	buffer_free(&job->text);
	buffer_free(&job->storage);
	free(job);
	return wait;
}
