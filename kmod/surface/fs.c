// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - surface/fs: the files under /sys/kernel/security/rivet
 *
 * One write(2) passes one whole object. The capability is checked first. The size is
 * checked before memory is allocated for the object.
 */
#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "control/control.h"
#include "control/enforce.h"
#include "control/faults.h"
#include "control/precondition.h"
#include "control/running.h"
#include "control/token.h"
#include "decide/report.h"
#include "event/event.h"
#include "evidence/log.h"
#include "evidence/tpm.h"
#include "hook/table.h"
#include "measure/keep.h"
#include "measure/measure.h"
#include "mode/mode.h"
#include "object/split.h"
#include "object/unlock.h"
#include "object/version.h"
#include "policy/active.h"
#include "quarantine/edit.h"
#include "quarantine/list.h"
#include "quarantine/release.h"
#include "respond/isolate.h"
#include "respond/reboot.h"
#include "respond/rejoin.h"
#include "riv/index.h"
#include "surface/answer.h"
#include "surface/event_text.h"
#include "surface/evidence.h"
#include "surface/fs.h"
#include "surface/report.h"
#include "surface/written.h"
#include "trust/riv_key.h"
#include "trust/trust.h"
#include "version.h"

#define IMA_FOLDER	"ima/"	/* files named so are in this folder, without its name */
#define SIGNATURE_ROOM	(RIVET_SIGNATURE_MAX + RIVET_OBJECT_TRAILER + sizeof(RIVET_OBJECT_MAGIC))

/**
 * struct rivet_file - one file
 * @name: name of the file
 * @mode: permission bits
 * @max: maximum bytes of one write; 0 if the file is not writable
 * @show: prints the content, or NULL
 * @write: accepts one object, which is terminated after its last byte
 * @write_as_agent: the same for a task with CAP_NET_ADMIN only, or NULL
 */
struct rivet_file {
	const char *name;
	umode_t mode;
	size_t max;
	int (*show)(struct seq_file *m);
	int (*write)(const char *data, size_t len);
	int (*write_as_agent)(const char *data, size_t len);
};

static struct dentry *root __ro_after_init;
static struct dentry *ima __ro_after_init;

static int print_mode(struct seq_file *m)
{
	char what[RIVET_READY_LINE_MAX];
	u32 left;

	seq_printf(m, "%s\n", rivet_name_mode(rivet_mode_is_enforce() ? RIVET_MODE_ENFORCE :
							  RIVET_MODE_AUDIT));
	left = rivet_enforce_trial_left();
	if (left)
		seq_printf(m, "confirm-left: %u\n", left);
	if (rivet_enforce_is_waiting(what))
		seq_printf(m, "waiting: %s\n", what);
	return 0;
}

static int take_mode(const char *data, size_t len)
{
	return rivet_control_set_mode(data, rivet_written_line(data, len));
}

static int print_policy(struct seq_file *m)
{
	struct rivet_policy *policy = rivet_policy_get();

	seq_write(m, policy->text, policy->text_len);
	rivet_policy_put(policy);
	return 0;
}

static int take_policy(const char *data, size_t len)
{
	return rivet_control_load_policy(data, len);
}

static int take_riv(const char *data, size_t len)
{
	return rivet_riv_key_load(data, len);
}

static int take_revoke(const char *data, size_t len)
{
	return rivet_riv_key_load_revoke(data, len);
}

static int take_quarantine(const char *data, size_t len)
{
	return rivet_quarantine_edit(data, len);
}

static int take_saved_quarantine(const char *data, size_t len)
{
	return rivet_quarantine_give_back(data, len);
}

static int take_release(const char *data, size_t len)
{
	return rivet_quarantine_release(data, len);
}

static int print_unlock(struct seq_file *m)
{
	char text[RIVET_UNLOCK_TEXT_MAX];

	seq_write(m, text, rivet_token_request(text, sizeof(text)));
	return 0;
}

static int take_unlock(const char *data, size_t len)
{
	return rivet_token_use(data, len);
}

static int print_rejoin(struct seq_file *m)
{
	char text[RIVET_UNLOCK_TEXT_MAX];

	seq_write(m, text, rivet_rejoin_request(text, sizeof(text)));
	return 0;
}

static int take_rejoin(const char *data, size_t len)
{
	return rivet_rejoin_use(data, len);
}

static int take_isolation(const char *data, size_t len)
{
	return rivet_isolate_restore(data, len);
}

static int take_reboot(const char *data, size_t len)
{
	return rivet_reboot_tell(data, len);
}

static int take_floor(const char *data, size_t len)
{
	return rivet_floor_write(data, len);
}

static int take_trust(const char *data, size_t len)
{
	len = rivet_written_line(data, len);
	if (len != 4 || memcmp(data, "seal", 4)) {
		pr_warn("trust: expected the word seal\n");
		return -EINVAL;
	}
	return rivet_control_seal();
}

static int take_running(const char *data, size_t len)
{
	return rivet_running_write(data, rivet_written_line(data, len));
}

static int take_faults(const char *data, size_t len)
{
	return rivet_faults_write(data, rivet_written_line(data, len));
}

static int print_stats(struct seq_file *m)
{
	struct rivet_riv_totals totals;
	const char *name;
	unsigned int i;
	u64 value;
	u32 lost;

	for (i = 0; i < __RIVET_COUNT_MAX; i++)
		seq_printf(m, "%s %llu\n", rivet_report_counter_name(i), rivet_report_counter(i));
	rivet_riv_count(&totals);
	seq_printf(m, "measured_inodes %u\n", rivet_measure_count());
	for (i = 0; (name = rivet_keep_figure(i, &value)); i++)
		seq_printf(m, "%s %llu\n", name, value);
	seq_printf(m, "riv_sets %u\n", totals.sets);
	seq_printf(m, "riv_values %llu\n", totals.values);
	seq_printf(m, "riv_bytes %llu\n", totals.bytes);
	seq_printf(m, "revoked_digests %llu\n", totals.revoked);
	seq_printf(m, "evidence_records %u\n", rivet_log_count(&lost));
	seq_printf(m, "evidence_lost %u\n", lost);
	seq_printf(m, "quarantined %u\n", READ_ONCE(rivet_quarantine_count_value));
	return 0;
}

static int print_events(struct seq_file *m)
{
	struct rivet_event *event;
	u64 seq = 0;

	while ((event = rivet_event_after(seq))) {
		rivet_event_text_print(m, event);
		seq = event->seq;
		rivet_event_put(event);
	}
	return 0;
}

static int print_version(struct seq_file *m)
{
	seq_puts(m, RIVET_VERSION "\n");
	return 0;
}

static const struct rivet_file files[] = {
	{ "mode", 0600, 64, print_mode, take_mode },
	{ "preconditions", 0400, 0, rivet_control_show_preconditions, NULL },
	{ "policy", 0600, RIVET_POLICY_MAX + SIGNATURE_ROOM, print_policy, take_policy },
	{ "riv", 0600, RIVET_MANIFEST_MAX + SIGNATURE_ROOM, rivet_riv_show, take_riv },
	{ "revoke", 0200, RIVET_MANIFEST_MAX + SIGNATURE_ROOM, NULL, take_revoke },
	{ "quarantine", 0600, RIVET_QUARANTINE_EDIT_MAX, rivet_quarantine_show, take_quarantine,
	  take_saved_quarantine },
	{ "release", 0200, RIVET_RELEASE_MAX + SIGNATURE_ROOM, NULL, take_release },
	{ "running", 0600, RIVET_RUNNING_WORD_MAX, rivet_running_show, take_running },
	{ "unlock", 0600, RIVET_UNLOCK_MAX + SIGNATURE_ROOM, print_unlock, take_unlock },
	{ "isolation", 0600, RIVET_ISOLATION_WORD_MAX, rivet_isolate_show, take_isolation,
	  take_isolation },
	{ "reboot", 0600, RIVET_REBOOT_WORD_MAX, rivet_reboot_show, take_reboot, take_reboot },
	{ "rejoin", 0600, RIVET_UNLOCK_MAX + SIGNATURE_ROOM, print_rejoin, take_rejoin },
	{ "floor", 0600, 65536, rivet_floor_show, take_floor },
	{ "trust", 0600, 64, rivet_trust_show, take_trust },
	{ "faults", 0600, RIVET_FAULTS_TEXT_MAX, rivet_faults_show, take_faults },
	{ "coverage", 0400, 0, rivet_hook_show, NULL },
	{ "stats", 0400, 0, print_stats, NULL },
	{ "events", 0400, 0, print_events, NULL },
	{ "version", 0400, 0, print_version, NULL },
	{ IMA_FOLDER "ascii_runtime_measurements", 0400, 0, rivet_log_show_ascii, NULL },
	{ IMA_FOLDER "binary_runtime_measurements", 0400, 0, rivet_log_show_binary, NULL },
	{ IMA_FOLDER "runtime_measurements_count", 0400, 0, rivet_log_show_count, NULL },
	{ IMA_FOLDER "tpm", 0400, 0, rivet_tpm_show, NULL },
	{ IMA_FOLDER "pcr-sha1", 0400, 0, rivet_log_show_sha1, NULL },
	{ IMA_FOLDER "pcr-sha256", 0400, 0, rivet_log_show_sha256, NULL },
};

/* The entries of files[], then the files check, evidence and report. */
static struct dentry *dentries[ARRAY_SIZE(files) + 3] __ro_after_init;

static int show_file(struct seq_file *m, void *unused)
{
	const struct rivet_file *f = m->private;

	return f->show(m);
}

static int open_file(struct inode *inode, struct file *file)
{
	const struct rivet_file *f = inode->i_private;

	return f->show ? single_open(file, show_file, (void *)f) : 0;
}

static int release_file(struct inode *inode, struct file *file)
{
	const struct rivet_file *f = inode->i_private;

	return f->show ? single_release(inode, file) : 0;
}

static bool may_write_as_agent(struct file *file, const struct rivet_file *f)
{
	return f->write_as_agent && rivet_written_by(file, CAP_NET_ADMIN);
}

static int refuse_size(const struct rivet_file *f, size_t count)
{
	pr_warn("%s: one object of at most %zu bytes is one write(2), this one has %zu\n",
		f->name, f->max, count);
	return count ? -EFBIG : -EBADMSG;
}

static ssize_t write_file(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	const struct rivet_file *f = file_inode(file)->i_private;
	const bool all = rivet_written_by(file, CAP_MAC_ADMIN);
	char *data;
	int err;

	if (!all && !may_write_as_agent(file, f))
		return -EPERM;
	if (!f->write)
		return -EINVAL;
	if (!count || count > f->max)
		return refuse_size(f, count);
	data = rivet_written_copy(buf, count);
	if (IS_ERR(data))
		return PTR_ERR(data);
	err = all ? f->write(data, count) : f->write_as_agent(data, count);
	kvfree(data);
	if (err)
		return err;
	rivet_enforce_retry();
	return count;
}

static const struct file_operations rivet_file_ops = {
	.owner = THIS_MODULE,
	.open = open_file,
	.read = seq_read,
	.write = write_file,
	.llseek = seq_lseek,
	.release = release_file,
};

/* A write-only file has no seq_file. */
static const struct file_operations rivet_write_only_ops = {
	.owner = THIS_MODULE,
	.open = open_file,
	.write = write_file,
	.llseek = noop_llseek,
	.release = release_file,
};

static int __init make_file(unsigned int i, const char *name, umode_t mode, void *data,
			    const struct file_operations *fops)
{
	const bool in_ima = strstarts(name, IMA_FOLDER);
	struct dentry *dentry;

	dentry = securityfs_create_file(in_ima ? name + strlen(IMA_FOLDER) : name, mode,
					in_ima ? ima : root, data, fops);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	dentries[i] = dentry;
	return 0;
}

/*
 * A task that has opened the name with O_PATH, or that is walking over it, keeps the entry.
 * The entry must neither be found again nor lead into the module.
 */
static void remove_one(struct dentry *dentry)
{
	if (IS_ERR_OR_NULL(dentry))
		return;
	dget(dentry);
	if (d_is_reg(dentry))
		WRITE_ONCE(d_inode(dentry)->i_fop, &generic_ro_fops);
	securityfs_remove(dentry);
	d_drop(dentry);
	dput(dentry);
}

static void remove_files(void)
{
	unsigned int i;

	for (i = ARRAY_SIZE(dentries); i-- > 0;)
		remove_one(dentries[i]);
	remove_one(ima);
	remove_one(root);
}

/**
 * rivet_fs_init() - create the files
 *
 * Context: may sleep.
 * Return: 0 or an errno of securityfs.
 */
int __init rivet_fs_init(void)
{
	unsigned int i;
	int err;

	root = securityfs_create_dir("rivet", NULL);
	if (IS_ERR(root))
		return PTR_ERR(root);
	ima = securityfs_create_dir("ima", root);
	if (IS_ERR(ima)) {
		err = PTR_ERR(ima);
		goto remove;
	}
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		err = make_file(i, files[i].name, files[i].mode, (void *)&files[i],
				files[i].show ? &rivet_file_ops : &rivet_write_only_ops);
		if (err)
			goto remove;
	}
	err = make_file(i, "check", 0600, NULL, &rivet_answer_ops);
	if (err)
		goto remove;
	err = make_file(i + 1, "evidence", 0600, NULL, &rivet_evidence_ops);
	if (err)
		goto remove;
	err = make_file(i + 2, "report", 0600, NULL, &rivet_report_ops);
	if (err)
		goto remove;
	return 0;

remove:
	remove_files();
	return err;
}

/**
 * rivet_fs_exit() - remove the files
 *
 * Context: may sleep.
 */
void rivet_fs_exit(void)
{
	remove_files();
	rivet_answer_exit();
}
