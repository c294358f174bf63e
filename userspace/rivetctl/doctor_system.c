// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivetctl doctor - the system around rivet: kernel, boot, clock
 */
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "doctor.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/kernel/secfs.h"

#define SMALL_FILE_MAX	(64 * 1024)
#define CONFIG_FILE_MAX	(4 * 1024 * 1024)
#define EPOCH_RIVET	1763683200	/* 2025-11-21: an earlier clock is wrong */

static bool read_small(const char *path, struct buffer *out)
{
	struct err unused;

	if (file_read(path, SMALL_FILE_MAX, out, &unused))
		return false;
	while (out->len && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
	return true;
}

/* Is @word one of the words of @text, split at @separator? */
static bool has_word(const char *text, const char *word, char separator)
{
	struct rivet_slice rest = { .ptr = text, .len = strlen(text) }, one;

	while (rivet_slice_take_until(&rest, separator, &one)) {
		if (rivet_slice_equal(one, word))
			return true;
	}
	return rivet_slice_equal(rest, word);
}

static void check_root(struct doctor *d)
{
	if (kernel_may_change())
		doctor_find(d, FINDING_OK, "privilege", NULL, "CAP_MAC_ADMIN is there");
	else
		doctor_find(d, FINDING_FAIL, "privilege", "sudo rivetctl doctor",
			    "not root: most of the following cannot be seen");
}

static void check_securityfs(struct doctor *d)
{
	if (secfs_is_mounted())
		doctor_find(d, FINDING_OK, "securityfs", NULL, "mounted on " SECFS_ROOT);
	else
		doctor_find(d, FINDING_FAIL, "securityfs",
			    "mount -t securityfs securityfs " SECFS_ROOT,
			    "not mounted on " SECFS_ROOT);
}

static void check_lsm(struct doctor *d)
{
	struct buffer list = { 0 };
	char next[512];

	if (!read_small(SECFS_ROOT "/lsm", &list)) {
		doctor_find(d, FINDING_WARN, "bpf-lsm", NULL,
			    "cannot read " SECFS_ROOT "/lsm: unknown whether the BPF LSM is active");
	} else if (has_word(list.data, "bpf", ',')) {
		doctor_find(d, FINDING_OK, "bpf-lsm", NULL, "the BPF LSM is active: %s",
			    err_name(list.data));
	} else {
		snprintf(next, sizeof(next), "boot with lsm=%s,bpf on the kernel command line",
			 err_name(list.data));
		doctor_find(d, FINDING_FAIL, "bpf-lsm", next,
			    "the BPF LSM is not active, and with it none of rivet's hooks");
	}
	buffer_free(&list);
}

static bool config_has(const char *config, const char *option)
{
	char line[128];
	const char *found;

	snprintf(line, sizeof(line), "%s=", option);
	found = strstr(config, line);
	return found && (found == config || found[-1] == '\n') &&
	       (found[strlen(line)] == 'y' || found[strlen(line)] == 'm');
}

static void check_options(struct doctor *d, const char *config)
{
	static const char * const options[] = {
		"CONFIG_BPF_LSM", "CONFIG_SECURITYFS", "CONFIG_SECURITY_PATH", "CONFIG_KEYS",
		"CONFIG_ASYMMETRIC_KEY_TYPE", "CONFIG_X509_CERTIFICATE_PARSER",
		"CONFIG_PKCS7_MESSAGE_PARSER", "CONFIG_SYSTEM_DATA_VERIFICATION",
		"CONFIG_CRYPTO_SHA256", "CONFIG_DYNAMIC_FTRACE", "CONFIG_FUNCTION_TRACER",
	};
	bool all = true;
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (config_has(config, options[i]))
			continue;
		doctor_find(d, FINDING_FAIL, "kernel-config", "use a kernel built with it",
			    "%s is not set", options[i]);
		all = false;
	}
	if (all)
		doctor_find(d, FINDING_OK, "kernel-config", NULL, "has all that rivet needs");
}

static void check_config(struct doctor *d)
{
	struct buffer config = { 0 };
	struct utsname uts;
	char path[256];
	struct err unused;

	if (uname(&uts))
		return;
	snprintf(path, sizeof(path), "/boot/config-%s", uts.release);
	if (file_read(path, CONFIG_FILE_MAX, &config, &unused))
		doctor_find(d, FINDING_OK, "kernel-config", NULL, "%s; its configuration is not in %s",
			    uts.release, path);
	else
		check_options(d, config.data);
	buffer_free(&config);
}

static void check_ftrace(struct doctor *d)
{
	struct buffer text = { 0 };

	if (!read_small("/proc/sys/kernel/ftrace_enabled", &text))
		doctor_find(d, FINDING_FAIL, "ftrace", "use a kernel with CONFIG_DYNAMIC_FTRACE",
			    "this kernel has no ftrace, through which rivet attaches");
	else if (strcmp(text.data, "1"))
		doctor_find(d, FINDING_FAIL, "ftrace", "sysctl kernel.ftrace_enabled=1",
			    "ftrace is switched off, and with it rivet's hooks");
	else
		doctor_find(d, FINDING_OK, "ftrace", NULL, "switched on");
	buffer_free(&text);
}

static bool was_booted_with(const char *parameter)
{
	struct buffer text = { 0 };
	bool found;

	found = read_small("/proc/cmdline", &text) && has_word(text.data, parameter, ' ');
	buffer_free(&text);
	return found;
}

static void check_norivet(struct doctor *d)
{
	if (was_booted_with("norivet"))
		doctor_find(d, FINDING_FAIL, "command-line", "boot without norivet",
			    "norivet is on the kernel command line: the module will not load");
}

/**
 * doctor_check_kernel() - the requirements of rivet
 * @d: the run
 */
void doctor_check_kernel(struct doctor *d)
{
	check_root(d);
	check_config(d);
	check_securityfs(d);
	check_lsm(d);
	check_ftrace(d);
	check_norivet(d);
}

static void check_lockdown(struct doctor *d)
{
	struct buffer text = { 0 };

	if (read_small(SECFS_ROOT "/lockdown", &text) && !strstr(text.data, "[none]"))
		doctor_find(d, FINDING_OK, "lockdown", NULL, "%s", err_name(text.data));
	else
		doctor_find(d, FINDING_WARN, "lockdown",
			    "boot with Secure Boot, or with lockdown=integrity on the command line",
			    "the kernel is not locked down: root can change it from outside rivet");
	buffer_free(&text);
}

static void check_module_signing(struct doctor *d)
{
	struct buffer text = { 0 };

	if (read_small("/sys/module/module/parameters/sig_enforce", &text) &&
	    !strcmp(text.data, "Y"))
		doctor_find(d, FINDING_OK, "module-signing", NULL,
			    "only signed kernel modules can be loaded");
	else
		doctor_find(d, FINDING_WARN, "module-signing",
			    "boot with module.sig_enforce=1 on the command line",
			    "root can load unsigned kernel modules");
	buffer_free(&text);
}

static bool kernel_is_at_least(unsigned int major, unsigned int minor)
{
	unsigned int has_major = 0, has_minor = 0;
	struct utsname uts;

	if (uname(&uts) || sscanf(uts.release, "%u.%u", &has_major, &has_minor) != 2)
		return false;
	return has_major > major || (has_major == major && has_minor >= minor);
}

static bool is_mounted(const char *type)
{
	struct buffer text = { 0 };
	struct rivet_slice rest, line, word;
	bool found = false;
	struct err unused;

	if (file_read("/proc/self/mounts", CONFIG_FILE_MAX, &text, &unused))
		return false;
	rest = (struct rivet_slice){ .ptr = text.data, .len = text.len };
	while (!found && text_next_line(&rest, &line))
		found = text_next_word(&line, &word) && text_next_word(&line, &word) &&
			text_next_word(&line, &word) && rivet_slice_equal(word, type);
	buffer_free(&text);
	return found;
}

/* Parses a truth value as the kernel does. */
static bool denies_writing_to_mounted(void)
{
	static const char * const forms[] = {
		"bdev_allow_write_mounted=0", "bdev_allow_write_mounted=n",
		"bdev_allow_write_mounted=N", "bdev_allow_write_mounted=off",
	};
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (was_booted_with(forms[i]))
			return true;
	}
	return false;
}

/* Kernels ignore unknown parameters; btrfs ignored this one for long. */
static void check_disks(struct doctor *d)
{
	if (!kernel_is_at_least(6, 8))
		doctor_find(d, FINDING_WARN, "disks",
			    "use Linux 6.8 or later with bdev_allow_write_mounted=0 on the command line",
			    "root can write to a disk that it opened before it was mounted; this kernel has no parameter against it");
	else if (denies_writing_to_mounted() && is_mounted("btrfs") && !kernel_is_at_least(6, 17))
		doctor_find(d, FINDING_WARN, "disks", "use Linux 6.17 or later, or another filesystem",
			    "none is open for writing while it is mounted, but for those of btrfs, which ignores bdev_allow_write_mounted here");
	else if (denies_writing_to_mounted())
		doctor_find(d, FINDING_OK, "disks", NULL,
			    "none is open for writing while it is mounted");
	else
		doctor_find(d, FINDING_WARN, "disks",
			    "boot with bdev_allow_write_mounted=0 on the command line (Linux 6.8 and later)",
			    "root can write to a disk that it opened before it was mounted");
}

static void check_clock(struct doctor *d)
{
	struct timex timex = { 0 };
	int state = adjtimex(&timex);

	if (time(NULL) < EPOCH_RIVET)
		doctor_find(d, FINDING_FAIL, "clock", "set it: timedatectl set-ntp true",
			    "the clock is wrong: RIV sets with valid-until depend on it");
	else if (state < 0 || state == TIME_ERROR || timex.status & STA_UNSYNC)
		doctor_find(d, FINDING_WARN, "clock", "timedatectl set-ntp true",
			    "not synchronised: RIV sets with valid-until depend on it");
	else
		doctor_find(d, FINDING_OK, "clock", NULL, "synchronised");
}

/**
 * doctor_check_machine() - settings that strengthen rivet's protection
 * @d: the run
 */
void doctor_check_machine(struct doctor *d)
{
	check_lockdown(d);
	check_module_signing(d);
	check_disks(d);
	check_clock(d);
}
