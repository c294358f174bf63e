// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/kernel: code and data loaded into the kernel itself
 *
 * Decisions on modules, firmware and kexec images depend on the bytes that the kernel
 * has read and will use, not on the file of origin. In enforce mode, a module that
 * goes live must have been permitted in the same system call. This restores a refusal
 * that other code has overridden.
 */
#include <linux/cred.h>
#include <linux/init.h>
#include <linux/kernel_read_file.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>

#include "decide/decide.h"
#include "decide/report.h"
#include "hook/handlers.h"
#include "hook/kernel.h"
#include "hook/probe.h"
#include "measure/measure.h"
#include "mode/mode.h"
#include "policy/active.h"
#include "text/names.h"

/* The op and use for a kind of content; __RIVET_OP_MAX if it needs no decision. */
struct content {
	enum rivet_op op;
	u32 use;
};

#define NO_CONTENT	{ .op = __RIVET_OP_MAX }

static struct content content_of_file(enum kernel_read_file_id id)
{
	switch (id) {
	case READING_MODULE:
	case READING_MODULE_COMPRESSED:
		return (struct content){ RIVET_OP_KMODULE, RIVET_USE_KMOD };
	case READING_FIRMWARE:
		return (struct content){ RIVET_OP_FIRMWARE, RIVET_USE_FIRMWARE };
	case READING_KEXEC_IMAGE:
	case READING_KEXEC_INITRAMFS:
		return (struct content){ RIVET_OP_KEXEC, RIVET_USE_KMOD };
	default:
		return (struct content)NO_CONTENT;
	}
}

/* The kernel uses the same numbers for content from memory and content from files. */
static struct content content_of_data(enum kernel_load_data_id id)
{
	static_assert((int)LOADING_MODULE == (int)READING_MODULE);
	static_assert((int)LOADING_FIRMWARE == (int)READING_FIRMWARE);
	static_assert((int)LOADING_KEXEC_IMAGE == (int)READING_KEXEC_IMAGE);
	static_assert((int)LOADING_KEXEC_INITRAMFS == (int)READING_KEXEC_INITRAMFS);

	return content_of_file((enum kernel_read_file_id)id);
}

static bool is_asked_about(struct content content)
{
	return content.op < __RIVET_OP_MAX && rivet_policy_acts(content.op);
}

/**
 * struct load_permit - a permit for a task to load a module, valid during one system call
 *
 * Issued when the module's bytes are permitted, in any mode, because the mode may change
 * before the module goes live. Freed when the task returns to user mode. Holds a reference
 * to rivet's own module.
 *
 * @node: entry in permits
 * @work: frees the permit when the task returns to user mode
 * @task: task that may load the module
 * @unpacked: compressed file for whose content the kernel calls the hook again after
 *	unpacking, or NULL; only compared, never dereferenced
 * @answer: outcome of the decision on the module's bytes
 * @used: a module went live with this permit
 */
struct load_permit {
	struct list_head node;
	struct callback_head work;
	const struct task_struct *task;
	const struct file *unpacked;
	struct rivet_answer answer;
	bool used;
};

static LIST_HEAD(permits);
/* Protects permits and the members of its entries. A leaf lock. */
static DEFINE_SPINLOCK(permit_lock);

static void end_permit(struct callback_head *work)
{
	struct load_permit *permit = container_of(work, struct load_permit, work);

	spin_lock(&permit_lock);
	list_del(&permit->node);
	spin_unlock(&permit_lock);
	kfree(permit);
	module_put(THIS_MODULE);
}

/* The caller is inside a system call, so the task cannot exit before the work runs. */
static int issue_permit(const struct file *unpacked, const struct rivet_answer *answer)
{
	struct load_permit *permit;

	if (!try_module_get(THIS_MODULE))
		return rivet_decide_unloading();
	permit = kzalloc(sizeof(*permit), GFP_KERNEL);
	if (!permit) {
		module_put(THIS_MODULE);
		return rivet_decide_failed(-ENOMEM);
	}
	permit->task = current;
	permit->unpacked = unpacked;
	permit->answer = *answer;
	init_task_work(&permit->work, end_permit);
	spin_lock(&permit_lock);
	list_add(&permit->node, &permits);
	spin_unlock(&permit_lock);
	if (task_work_add(current, &permit->work, TWA_RESUME)) {
		end_permit(&permit->work);
		return rivet_decide_failed(-EINTR);
	}
	return 0;
}

/* Uses up the permit of the acting task, and returns its outcome in @answer. */
static bool use_permit(struct rivet_answer *answer)
{
	struct load_permit *permit;
	bool found = false;

	spin_lock(&permit_lock);
	list_for_each_entry(permit, &permits, node) {
		if (permit->task != current || permit->used)
			continue;
		permit->used = true;
		*answer = permit->answer;
		found = true;
		break;
	}
	spin_unlock(&permit_lock);
	return found;
}

/* Content unpacked from bytes that were permitted in this system call needs no other RIV. */
static bool is_unpacked_from(const struct file *file)
{
	const struct load_permit *permit;
	bool found = false;

	spin_lock(&permit_lock);
	list_for_each_entry(permit, &permits, node)
		found |= permit->task == current && permit->unpacked == file;
	spin_unlock(&permit_lock);
	return found;
}

/* Permits the module, too, where the bytes of one are permitted. */
static int ask_bytes(const struct rivet_request *req, const struct file *unpacked)
{
	int ret = rivet_decide(req);

	return !ret && req->op == RIVET_OP_KMODULE ? issue_permit(unpacked, req->answer) : ret;
}

static int ask_without_bytes(enum rivet_hook hook, enum rivet_op op, enum rivet_reason reason,
			     const char *detail)
{
	const struct rivet_request req = {
		.op = op,
		.hook = hook,
		.cause = RIVET_CAUSE(reason),
		.detail = detail,
		.may_read = true,
	};

	return rivet_decide(&req);
}

/* For a part of a file. The kernel denies writers while it reads, so the file is measured. */
static int ask_part(struct content content, struct file *file)
{
	const struct rivet_request req = {
		.op = content.op,
		.hook = RIVET_HOOK_KERNEL_READ_FILE,
		.file = file,
		.inode = rivet_file_inode(file),
		.uses = content.use,
		.may_read = true,
	};

	return rivet_decide(&req);
}

static int hook_kernel_read_file(struct file *file, enum kernel_read_file_id id, bool contents)
{
	struct content content = content_of_file(id);

	if (rivet_probe_sees(RIVET_HOOK_KERNEL_READ_FILE))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_KERNEL);
	return !contents && is_asked_about(content) ? ask_part(content, file) : 0;
}

static int hook_kernel_post_read_file(struct file *file, char *buf, loff_t size,
				      enum kernel_read_file_id id)
{
	const struct content content = content_of_file(id);
	struct rivet_answer answer;
	struct rivet_request req = {
		.op = content.op,
		.hook = RIVET_HOOK_KERNEL_POST_READ_FILE,
		.file = file,
		.buffer = buf,
		.size = size,
		.uses = content.use,
		.may_read = true,
		.answer = &answer,
	};

	if (rivet_probe_sees(RIVET_HOOK_KERNEL_POST_READ_FILE))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_KERNEL);
	if (!is_asked_about(content) || (id == READING_MODULE && is_unpacked_from(file)))
		return 0;
	req.inode = rivet_file_inode(file);
	return ask_bytes(&req, id == READING_MODULE_COMPRESSED ? file : NULL);
}

static int hook_kernel_load_data(enum kernel_load_data_id id, bool contents)
{
	struct content content = content_of_data(id);

	if (rivet_probe_sees(RIVET_HOOK_KERNEL_LOAD_DATA))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_KERNEL);
	return !contents && is_asked_about(content) ?
		ask_without_bytes(RIVET_HOOK_KERNEL_LOAD_DATA, content.op,
				  RIVET_REASON_UNMEASURED,
				  "content that the kernel does not show before it uses it") : 0;
}

static int hook_kernel_post_load_data(char *buf, loff_t size, enum kernel_load_data_id id,
				      char *description)
{
	const struct content content = content_of_data(id);
	struct rivet_answer answer;
	const struct rivet_request req = {
		.op = content.op,
		.hook = RIVET_HOOK_KERNEL_POST_LOAD_DATA,
		.buffer = buf,
		.size = size,
		.detail = "content given from memory",
		.uses = content.use,
		.may_read = true,
		.answer = &answer,
	};

	if (rivet_probe_sees(RIVET_HOOK_KERNEL_POST_LOAD_DATA))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_KERNEL);
	return is_asked_about(content) ? ask_bytes(&req, NULL) : 0;
}

/* The mode has changed since the module was read, and the new mode does not permit it. */
static int refuse_outdated(const char *name, enum rivet_reason reason)
{
	char detail[RIVET_DETAIL_MAX];

	snprintf(detail, sizeof(detail),
		 "module %.64s was read in audit mode, and goes live in enforce mode", name);
	/* A match refused by a rule. The query below states a reason and needs another one. */
	if (reason == RIVET_REASON_MATCH)
		reason = RIVET_REASON_UNLISTED;
	return ask_without_bytes(RIVET_HOOK_KERNEL_POST_READ_FILE, RIVET_OP_KMODULE, reason,
				 detail);
}

static int refuse_unasked(const char *name)
{
	char detail[RIVET_DETAIL_MAX];

	snprintf(detail, sizeof(detail), "module %.64s goes live without having been permitted",
		 name);
	return ask_without_bytes(RIVET_HOOK_KERNEL_POST_READ_FILE, RIVET_OP_KMODULE,
				 RIVET_REASON_UNMEASURED, detail);
}

/* A module goes live. Its bytes were permitted, or other code overrode the refusal. */
static int note_module(struct notifier_block *nb, unsigned long state, void *data)
{
	const struct module *mod = data;
	struct rivet_answer answer;
	char name[2 * MODULE_NAME_LEN];
	bool told;

	if (state != MODULE_STATE_COMING || !rivet_mode_is_enforce() ||
	    !rivet_policy_acts(RIVET_OP_KMODULE))
		return NOTIFY_DONE;
	told = use_permit(&answer);
	if (told && answer.lasts)
		return NOTIFY_DONE;
	rivet_name_escape(mod->name, strnlen(mod->name, MODULE_NAME_LEN), name, sizeof(name));
	return notifier_from_errno(told ? refuse_outdated(name, answer.reason) :
					  refuse_unasked(name));
}

static struct notifier_block module_notifier = {
	.notifier_call = note_module,
};

/**
 * rivet_hook_kernel_init() - register for modules that go live
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int __init rivet_hook_kernel_init(void)
{
	return register_module_notifier(&module_notifier);
}

/**
 * rivet_hook_kernel_exit() - unregister
 *
 * Context: may sleep.
 */
void rivet_hook_kernel_exit(void)
{
	unregister_module_notifier(&module_notifier);
}

RIVET_HANDLER(kernel_read_file);
RIVET_HANDLER(kernel_post_read_file);
RIVET_HANDLER(kernel_load_data);
RIVET_HANDLER(kernel_post_load_data);
