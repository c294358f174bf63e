// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetd - the agent: records rivet's events
 *
 * The kernel never asks it for a decision. While it does not run, the kernel
 * decides as before and holds the latest events for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"
#include "group.h"
#include "journal.h"
#include "lib/kernel/told.h"
#include "metrics_file.h"
#include "notify.h"
#include "pidfile.h"
#include "privilege.h"
#include "version.h"

#define CONNECT_MSEC	2000	/* between attempts to reach the module */
#define CATCH_UP_MSEC	5000	/* between attempts to write the log file again */
#define MSEC_PER_SEC	1000
#define NSEC_PER_MSEC	1000000

struct arguments {
	const char *config;
	bool foreground;
};

/**
 * struct loop - events that the main loop waits for
 * @agent: the agent
 * @arguments: command line
 * @signals: descriptor for reading signals
 * @watchdog: milliseconds between notices, -1 for none
 * @watchdog_due: time of the next notice
 * @attempt_due: time of the next attempt to connect or catch up
 * @metrics_due: time of the next files that tell the state
 * @said: the last message about a failed connection
 * @stop: end the loop
 */
struct loop {
	struct agent agent;
	const struct arguments *arguments;
	int signals;
	int watchdog;
	int64_t watchdog_due;
	int64_t attempt_due;
	int64_t metrics_due;
	enum exit_code said;
	bool stop;
};

static int64_t now_msec(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * (int64_t)MSEC_PER_SEC + ts.tv_nsec / NSEC_PER_MSEC;
}

static void usage(FILE *out)
{
	fputs("usage: rivetd [--foreground] [--config FILE]\n"
	      "  -f, --foreground   do not fork; own words go to standard error\n"
	      "  -c, --config FILE  instead of " CONFIG_FILE "\n"
	      "  -V, --version\n", out);
}

static int take_arguments(int argc, char **argv, struct arguments *arguments)
{
	static const struct option longs[] = {
		{ "foreground", no_argument, NULL, 'f' },
		{ "config", required_argument, NULL, 'c' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "fc:Vh", longs, NULL)) != -1) {
		if (opt == 'f') {
			arguments->foreground = true;
		} else if (opt == 'c') {
			arguments->config = optarg;
		} else if (opt == 'V') {
			puts("rivetd " RIVET_VERSION);
			exit(EXIT_OK);
		} else {
			usage(opt == 'h' ? stdout : stderr);
			exit(opt == 'h' ? EXIT_OK : EXIT_USAGE);
		}
	}
	if (optind == argc)
		return EXIT_OK;
	usage(stderr);
	return EXIT_USAGE;
}

static void connect_agent(struct loop *l)
{
	struct err err = { 0 };
	int ret = agent_connect(&l->agent, &err);

	if (!ret) {
		journal_say(LOG_INFO, "following rivet's events from %" PRIu64 " on",
			    l->agent.live.last + 1);
		if (!l->agent.behind)
			notify_send("STATUS=following");
	} else if (l->said != (enum exit_code)ret) {
		journal_say(ret == EXIT_UNREACHABLE ? LOG_NOTICE : LOG_ERR, "%s; waiting",
			    err.text);
		notify_send("STATUS=waiting: %s", err.text);
	}
	l->said = ret;
}

static void reload(struct loop *l)
{
	struct config config;
	struct err err = { 0 };

	notify_send("RELOADING=1");
	if (config_read(l->arguments->config, &config, &err)) {
		journal_say(LOG_ERR, "%s; the configuration stays as it was", err.text);
		config = l->agent.config;
	}
	if (strcmp(config.metrics, l->agent.config.metrics))
		metrics_file_remove(&l->agent);
	agent_reload(&l->agent, &config);
	l->metrics_due = 0;
	notify_send("READY=1");
}

static void take_signal(struct loop *l)
{
	struct signalfd_siginfo info;

	if (read(l->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGHUP)
		reload(l);
	else
		l->stop = true;
}

/* Runs the work that is due; sets the time of the next. */
static void do_due(struct loop *l)
{
	int64_t now = now_msec();

	if (l->watchdog > 0 && now >= l->watchdog_due) {
		notify_send("WATCHDOG=1");
		l->watchdog_due = now + l->watchdog;
	}
	if (l->agent.connected) {
		isolation_work(&l->agent.isolation, now);
		saved_work(&l->agent.saved, now);
		evidence_work(&l->agent.evidence, &l->agent.config);
	}
	if (now >= l->attempt_due && !l->agent.connected) {
		connect_agent(l);
		l->attempt_due = now_msec() + CONNECT_MSEC;
	} else if (now >= l->attempt_due && l->agent.behind) {
		agent_catch_up(&l->agent);
		l->attempt_due = now_msec() + CATCH_UP_MSEC;
	}
	if (now >= l->metrics_due) {
		metrics_file_write(&l->agent);
		l->metrics_due = now_msec() + TOLD_STEP_MSEC;
	}
}

static void take_earlier(int64_t *due, int64_t other)
{
	if (*due < 0 || other < *due)
		*due = other;
}

static int next_timeout(const struct loop *l)
{
	int64_t due = -1, now = now_msec();

	if (l->watchdog > 0)
		take_earlier(&due, l->watchdog_due);
	if (!l->agent.connected || l->agent.behind)
		take_earlier(&due, l->attempt_due);
	if (l->agent.saved.due >= 0)
		take_earlier(&due, l->agent.saved.due);
	if (l->agent.connected && l->agent.isolation.due >= 0)
		take_earlier(&due, l->agent.isolation.due);
	if (l->agent.connected && l->agent.evidence.due)
		take_earlier(&due, now);
	if (metrics_file_wanted(&l->agent))
		take_earlier(&due, l->metrics_due);
	if (due < 0)
		return -1;
	return due > now ? due - now : 0;
}

static void run(struct loop *l)
{
	struct pollfd fds[2] = { { .fd = l->signals, .events = POLLIN } };

	while (!l->stop) {
		do_due(l);
		/* poll() skips negative descriptors */
		fds[1].fd = l->agent.connected ? nl_fd(&l->agent.live.news) : -1;
		fds[1].events = POLLIN;
		if (poll(fds, 2, next_timeout(l)) < 0)
			continue;
		if (fds[0].revents)
			take_signal(l);
		if (fds[1].revents)
			agent_receive(&l->agent);
	}
}

static int open_signals(struct err *err)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		err_set(err, EXIT_OTHER, NULL, "cannot make a signalfd: %s", strerror(errno));
	return fd;
}

/* The parent of a detached agent ends with this as its exit status. */
static void tell_ready(int fd, unsigned char code)
{
	/* Without a parent that reads, the message is lost. */
	if (write(fd, &code, sizeof(code)) < 0)
		journal_say(LOG_DEBUG, "nobody waits for the agent to start");
	close(fd);
}

static int wait_until_ready(int fd)
{
	unsigned char code;

	return read(fd, &code, sizeof(code)) == sizeof(code) ? code : EXIT_OTHER;
}

static void become_silent(int ready_fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), fd;

	for (fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
	tell_ready(ready_fd, EXIT_OK);
}

static int serve(const struct arguments *arguments, const struct config *config, int ready_fd,
		 struct err *err)
{
	static struct loop l;
	int ret;

	group_enter(config->group);
	ret = pidfile_lock(config->pid_file, err);
	l.arguments = arguments;
	l.signals = open_signals(err);
	if (!ret && l.signals < 0)
		ret = err->code;
	if (!ret)
		ret = privilege_drop(err);
	if (ret)
		return ret;
	journal_open(arguments->foreground);
	agent_init(&l.agent, config);
	l.watchdog = notify_watchdog_interval();
	connect_agent(&l);
	l.attempt_due = now_msec() + CONNECT_MSEC;
	notify_send("READY=1");
	if (ready_fd >= 0)
		become_silent(ready_fd);
	run(&l);
	notify_send("STOPPING=1");
	metrics_file_remove(&l.agent);
	journal_say(LOG_INFO, "ending: %" PRIu64 " events logged, %" PRIu64 " lost",
		    l.agent.recorded, l.agent.lost);
	agent_close(&l.agent);
	journal_close();
	return EXIT_OK;
}

static int fail(const struct err *err)
{
	fprintf(stderr, "rivetd: %s%s%s\n", err->text, err->next ? "; " : "",
		err->next ? err->next : "");
	return err->code;
}

static int serve_detached(const struct arguments *arguments, const struct config *config)
{
	struct err err = { 0 };
	int pipe_fds[2], ret;
	pid_t pid;

	if (pipe(pipe_fds))
		return EXIT_OTHER;
	pid = fork();
	if (pid < 0)
		return EXIT_OTHER;
	close(pipe_fds[pid ? 1 : 0]);
	if (pid)
		return wait_until_ready(pipe_fds[0]);
	setsid();
	ret = serve(arguments, config, pipe_fds[1], &err);
	if (ret) {
		fail(&err);
		tell_ready(pipe_fds[1], ret);
	}
	return ret;
}

/* SIGHUP reads it again, from another working folder. */
static int make_config_absolute(struct arguments *arguments)
{
	static char path[PATH_MAX];
	struct err err = { 0 };

	if (!arguments->config)
		return EXIT_OK;
	if (!realpath(arguments->config, path)) {
		err_set_io(&err, "cannot read", arguments->config);
		return fail(&err);
	}
	arguments->config = path;
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	struct config config;
	struct err err = { 0 };
	int ret;

	ret = take_arguments(argc, argv, &arguments);
	if (ret)
		return ret;
	ret = make_config_absolute(&arguments);
	if (ret)
		return ret;
	if (config_read(arguments.config, &config, &err))
		return fail(&err);
	umask(0077);
	if (chdir("/"))
		return EXIT_OTHER;
	if (!arguments.foreground)
		return serve_detached(&arguments, &config);
	ret = serve(&arguments, &config, -1, &err);
	return ret ? fail(&err) : EXIT_OK;
}
