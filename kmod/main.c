// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - Reference Integrity Value Enforcement for Things
 *
 * Initialisation and exit of the module, and its parameters.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "control/control.h"
#include "control/enforce.h"
#include "decide/memo.h"
#include "decide/report.h"
#include "event/event.h"
#include "evidence/log.h"
#include "evidence/quote.h"
#include "evidence/tpm.h"
#include "hook/table.h"
#include "measure/hash.h"
#include "measure/measure.h"
#include "object/version.h"
#include "policy/active.h"
#include "process/init_mounts.h"
#include "process/starts.h"
#include "quarantine/hold.h"
#include "quarantine/list.h"
#include "respond/failed.h"
#include "riv/mount_watch.h"
#include "surface/fs.h"
#include "surface/genl.h"
#include "surface/report_text.h"
#include "trust/anchors.h"
#include "trust/riv_key.h"
#include "trust/trust.h"
#include "version.h"

static char *mode __ro_after_init = "audit";
module_param(mode, charp, 0400);
MODULE_PARM_DESC(mode, "audit (default), or enforce: as soon as its preconditions are met");

#define LINE_SIZE	65536	/* twice as much as a boot configuration may have */

/* Returns the kernel command line, terminated; NULL if it is not read to its end from /proc. */
static char * __init read_command_line(void)
{
	struct file *file = filp_open("/proc/cmdline", O_RDONLY, 0);
	char *line = NULL;
	loff_t pos = 0;
	ssize_t len;

	if (IS_ERR(file))
		return NULL;
	line = kvzalloc(LINE_SIZE, GFP_KERNEL);
	len = line ? kernel_read(file, line, LINE_SIZE - 1, &pos) : -ENOMEM;
	filp_close(file, NULL);
	if (len >= 0 && len < LINE_SIZE - 1)
		return line;
	kvfree(line);
	return NULL;
}

/* Reads the anchors, and checks whether "norivet" is a word of the kernel command line. */
static bool __init is_switched_off(void)
{
	char *line = read_command_line(), *rest = line, *word;
	bool off = false;

	rivet_anchors_read(line);
	while (!off && (word = strsep(&rest, "\n ")))
		off = !strcmp(word, "norivet");
	kvfree(line);
	return off;
}

static int __init check_start(bool *want_enforce)
{
	*want_enforce = !strcmp(mode, "enforce");
	if (!*want_enforce && strcmp(mode, "audit")) {
		pr_err("not loading: mode is audit or enforce, not something else\n");
		return -EINVAL;
	}
	if (rivet_quote_check()) {
		pr_err("not loading: tpm_ak is a handle from 0x81000000 to 0x81ffffff\n");
		return -EINVAL;
	}
	if (rivet_log_check_pcr()) {
		pr_err("not loading: pcr is 11 to 15: the boot and IMA extend those below, and those above can be reset\n");
		return -EINVAL;
	}
	if (is_switched_off()) {
		pr_err("not loading: the kernel command line says norivet\n");
		return -EPERM;
	}
	rivet_report_text_read_boot_id();
	rivet_tpm_begin();
	return 0;
}

/*
 * These parts have no init function. Other parts fill them, even if the init function of
 * such a part fails later. rivet_report_exit() adds folded verdicts as events, so
 * rivet_event_exit() comes last.
 */
static void exit_filled(void)
{
	rivet_hold_exit();
	rivet_quarantine_exit();
	rivet_memo_exit();
	rivet_init_mounts_forget();
	rivet_mount_watch_forget();
	rivet_report_exit();
	rivet_floor_exit();
	rivet_tpm_exit();
	rivet_log_exit();
	rivet_event_exit();
}

static int __init begin(bool want_enforce)
{
	rivet_hold_begin();
	rivet_event_change(RIVET_EVENT_MODE, 0, "loaded, version %s, hashing with %s%s",
			   RIVET_VERSION, rivet_hash_driver(),
			   want_enforce ? ", enforcing once the preconditions are met" : "");
	if (want_enforce)
		rivet_enforce_wait();
	return 0;
}

/* Errors undo the steps in reverse order. make lint compares this with rivet_exit(). */
static int __init rivet_init(void)
{
	bool want_enforce;
	int err = check_start(&want_enforce);

	if (err)
		return err;
	err = rivet_measure_init();
	if (err)
		goto exit_filled;
	err = rivet_starts_init();
	if (err)
		goto exit_measure;
	err = rivet_policy_init();
	if (err)
		goto exit_starts;
	err = rivet_riv_key_init();
	if (err)
		goto exit_policy;
	err = rivet_trust_init();
	if (err)
		goto exit_riv_key;
	err = rivet_respond_init();
	if (err)
		goto exit_trust;
	err = rivet_genl_init();
	if (err)
		goto exit_respond;
	err = rivet_hook_init();
	if (err)
		goto exit_genl;
	err = rivet_control_init();
	if (err)
		goto exit_hook;
	err = rivet_fs_init();
	if (err)
		goto exit_control;
	return begin(want_enforce);
exit_control:
	rivet_control_exit();
exit_hook:
	rivet_hook_exit();
exit_genl:
	rivet_genl_exit();
exit_respond:
	rivet_respond_exit();
exit_trust:
	rivet_trust_exit();
exit_riv_key:
	rivet_riv_key_exit();
exit_policy:
	rivet_policy_exit();
exit_starts:
	rivet_starts_exit();
exit_measure:
	rivet_measure_exit();
exit_filled:
	exit_filled();
	return err;
}

static void __exit rivet_exit(void)
{
	rivet_fs_exit();
	rivet_control_exit();
	rivet_hook_exit();
	rivet_genl_exit();
	rivet_respond_exit();
	rivet_trust_exit();
	rivet_riv_key_exit();
	rivet_policy_exit();
	rivet_starts_exit();
	rivet_measure_exit();
	exit_filled();
}

module_init(rivet_init);
module_exit(rivet_exit);

MODULE_DESCRIPTION("Reference Integrity Value Enforcement for Things");
MODULE_AUTHOR("the rivet authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(RIVET_VERSION);
