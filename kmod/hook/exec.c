// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/exec: execution and executable mapping of files
 *
 * A handler translates the arguments of a hook into a request and passes it to
 * decide/, which decides, reports and returns an errno. A handler decides nothing.
 */
#include <linux/binfmts.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/personality.h>

#include "decide/decide.h"
#include "decide/report.h"
#include "hook/handlers.h"
#include "hook/probe.h"
#include "measure/header.h"
#include "measure/hold.h"
#include "measure/measure.h"
#include "mode/mode.h"
#include "policy/active.h"

static const struct rivet_cause no_cause;

/* The kernel's own mapping of the program being executed needs no use besides exec. */
static u32 uses_for_mapping(const struct file *file)
{
	const struct mm_struct *mm = current->mm;

	if (unlikely(current->in_execve) && mm && rcu_access_pointer(mm->exe_file) == file)
		return RIVET_USE_MMAP | RIVET_USE_EXEC;
	return RIVET_USE_MMAP;
}

/* Decides on memory that becomes executable and has no file with a name. */
static noinline int decide_anonymous(enum rivet_hook hook, struct file *file, const char *detail)
{
	const struct rivet_request req = {
		.op = RIVET_OP_ANON_EXEC,
		.hook = hook,
		.file = file,
		.inode = file ? rivet_measure_inode(file) : NULL,
		.detail = detail,
		.may_read = hook == RIVET_HOOK_MMAP_FILE,
	};

	if (!rivet_policy_acts(RIVET_OP_ANON_EXEC))
		return 0;
	return rivet_decide(&req);
}

static noinline int decide_anew(enum rivet_op op, struct file *file, struct inode *inode,
				u32 uses, struct rivet_cause cause, const char *detail)
{
	const struct rivet_request req = {
		.op = op,
		.hook = op == RIVET_OP_EXECUTE ? RIVET_HOOK_BPRM_CHECK_SECURITY :
			op == RIVET_OP_MMAP ? RIVET_HOOK_MMAP_FILE : RIVET_HOOK_FILE_MPROTECT,
		.file = file,
		.inode = inode,
		.detail = detail,
		.uses = uses,
		.cause = cause,
		.may_read = op != RIVET_OP_MPROTECT,
	};

	/* A policy without ANON_EXEC treats anonymous files like any other mapping. */
	if (op != RIVET_OP_EXECUTE && rivet_eval_is_anonymous(file, inode) &&
	    !rivet_eval_runs_sealed(op, inode) &&
	    rivet_policy_speaks(RIVET_OP_ANON_EXEC))
		return decide_anonymous(req.hook, file, NULL);
	return rivet_decide(&req);
}

/*
 * A program that is mapped but not executed may be one that rules name; rivet_eval()
 * checks. During execve(2) the kernel itself maps the program and its loader.
 */
static __always_inline bool may_be_guarded(const struct file *file, struct inode *inode)
{
	u32 known;

	if (!rivet_policy_guards_programs() || current->in_execve)
		return false;
	known = rivet_eval_known_uses(file, inode);
	return !known || (known & RIVET_USE_EXEC);
}

/* Not of a file in an overlay's layer, nor of one whose content a daemon may still fill in. */
static __always_inline bool is_denied_by_execve(const struct file *file, const struct inode *inode)
{
	return inode == file_inode(file) && !FMODE_FSNOTIFY_HSM(file->f_mode);
}

/*
 * execve(2) opens the program and its loader itself and denies writers from then on. The
 * denial lasts until a loader is mapped, or until no process runs a program. User space
 * cannot end it earlier, because the task is alone in its new memory.
 */
static __always_inline bool execve_holds(enum rivet_op op, const struct file *file,
					 const struct inode *inode)
{
	return RIVET_EXECVE_DENIES_WRITERS && op == RIVET_OP_MMAP && current->in_execve &&
	       (file->f_flags & __FMODE_EXEC) && is_denied_by_execve(file, inode) &&
	       atomic_read(&inode->i_writecount) < 0;
}

/* Decides. In enforce mode, denies writers from before the decision until the mapping exists. */
static __always_inline int decide_holding(enum rivet_op op, struct file *file, struct inode *inode,
					  u32 uses, struct rivet_cause cause,
					  const char *detail)
{
	struct rivet_hold *hold = NULL;
	int ret = 0;

	if (rivet_mode_is_enforce() && !execve_holds(op, file, inode)) {
		hold = rivet_hold_take(file, inode);
		if (IS_ERR(hold)) {
			if (hold == ERR_PTR(-ENOMEM))
				return rivet_decide_failed(-ENOMEM);
			hold = NULL;
			if (!cause.known)
				cause = RIVET_CAUSE(RIVET_REASON_WRITABLE);
		}
	}
	if (!cause.known && rivet_eval_cached(file, inode, op, uses) &&
	    !may_be_guarded(file, inode))
		rivet_report_count_cached();
	else
		ret = decide_anew(op, file, inode, uses, cause, detail);
	if (hold && ret)
		rivet_hold_drop(hold);
	else if (hold)
		rivet_hold_until_return(hold);
	return ret;
}

/* While a program starts, the kernel reads its headers through the mapped file. */
static __always_inline int decide_mapping(enum rivet_op op, struct file *file, u32 uses,
					  struct rivet_cause cause)
{
	struct inode *inode = rivet_measure_inode(file);
	/* With this cause there need not be another writer. */
	const char *detail = cause.known && cause.reason == RIVET_REASON_WRITABLE ?
		"mapped writable and executable at once" : NULL;

	if (op == RIVET_OP_MMAP && current->in_execve && !cause.known &&
	    rivet_real_is_outdated(file, inode))
		cause = RIVET_CAUSE(RIVET_REASON_WRITABLE);
	return decide_holding(op, file, inode, uses, cause, detail);
}

/* The kernel denies writers to the overlay's file, but not to the file of the layer. */
static noinline int decide_layered(struct file *file, struct inode *inode, bool outdated)
{
	return decide_holding(RIVET_OP_EXECUTE, file, inode, RIVET_USE_EXEC,
			      outdated ? RIVET_CAUSE(RIVET_REASON_WRITABLE) : no_cause, NULL);
}

static int hook_bprm_check_security(struct linux_binprm *bprm)
{
	struct inode *inode;
	bool outdated;
	int ret = 0;

	if (rivet_probe_sees(RIVET_HOOK_BPRM_CHECK_SECURITY))
		return -EPERM;
	rivet_report_count(RIVET_COUNT_HOOK_EXEC);
	inode = rivet_measure_inode(bprm->file);
	/* Before the decision: the header of what is copied up later was read from @inode. */
	outdated = rivet_real_is_outdated(bprm->file, inode);
	if (unlikely(!is_denied_by_execve(bprm->file, inode)))
		ret = decide_layered(bprm->file, inode, outdated);
	else if (!rivet_eval_cached(bprm->file, inode, RIVET_OP_EXECUTE, RIVET_USE_EXEC))
		ret = decide_anew(RIVET_OP_EXECUTE, bprm->file, inode, RIVET_USE_EXEC,
				  no_cause, NULL);
	else
		rivet_report_count_cached();
	/* The header of a file that was copied up before comes from another inode. */
	if (!ret && !outdated)
		rivet_header_use(inode, bprm->buf);
	return ret;
}

/*
 * The kernel makes the stack of a program executable on request of the program, and its
 * data if READ_IMPLIES_EXEC is set, without calling a hook. This check runs when the
 * program itself is mapped next. It needs no mmap lock, because the task is alone in its
 * new memory and only this task maps there.
 */
static noinline int decide_stack(void)
{
	const struct vm_area_struct *stack = vma_lookup(current->mm, current->mm->start_stack);

	if (likely(!(stack && (stack->vm_flags & VM_EXEC)) &&
		   !(current->personality & READ_IMPLIES_EXEC)))
		return 0;
	return decide_anonymous(RIVET_HOOK_MMAP_FILE, NULL, "a program with an executable stack");
}

/* Out of line, so that mappings without PROT_EXEC do not pay for it. */
static noinline int decide_mmap(struct file *file, unsigned long prot)
{
	u32 uses;
	int ret;

	if (rivet_probe_sees(RIVET_HOOK_MMAP_FILE) || !(prot & PROT_EXEC))
		return 0;
	if (!file)
		return decide_anonymous(RIVET_HOOK_MMAP_FILE, NULL,
					"anonymous memory mapped executable");
	uses = uses_for_mapping(file);
	if ((uses & RIVET_USE_EXEC) && rivet_policy_acts(RIVET_OP_ANON_EXEC)) {
		ret = decide_stack();
		if (ret)
			return ret;
	}
	return decide_mapping(RIVET_OP_MMAP, file, uses,
			      prot & PROT_WRITE ? RIVET_CAUSE(RIVET_REASON_WRITABLE) : no_cause);
}

static int hook_mmap_file(struct file *file, unsigned long reqprot, unsigned long prot,
			  unsigned long flags)
{
	rivet_report_count(RIVET_COUNT_HOOK_MMAP);
	if (!(prot & PROT_EXEC) && !rivet_probe_runs())
		return 0;
	return decide_mmap(file, prot);
}

/* Called under the mmap lock, so the decision is made from memory, without reading. */
static int hook_file_mprotect(struct vm_area_struct *vma, unsigned long reqprot,
			      unsigned long prot)
{
	rivet_report_count(RIVET_COUNT_HOOK_MPROTECT);
	if (!(prot & PROT_EXEC))
		return 0;
	if ((vma->vm_flags & VM_EXEC) && (!(prot & PROT_WRITE) || (vma->vm_flags & VM_WRITE)))
		return 0;	/* no new permission */
	if (!vma->vm_file)
		return decide_anonymous(RIVET_HOOK_FILE_MPROTECT, NULL,
					"anonymous memory made executable");
	return decide_mapping(RIVET_OP_MPROTECT, vma->vm_file, RIVET_USE_MMAP,
			      vma->anon_vma ? RIVET_CAUSE(RIVET_REASON_ANONYMOUS) :
			      prot & PROT_WRITE ? RIVET_CAUSE(RIVET_REASON_WRITABLE) : no_cause);
}

/* Handles AT_EXECVE_CHECK: an interpreter checks a script, and the kernel executes nothing. */
static int hook_bprm_creds_for_exec(struct linux_binprm *bprm)
{
	struct rivet_request req = {
		.op = RIVET_OP_EXECUTE,
		.hook = RIVET_HOOK_BPRM_CREDS_FOR_EXEC,
		.file = bprm->file,
		.uses = RIVET_USE_EXEC | RIVET_USE_SCRIPT,
		.may_read = true,
	};

	if (rivet_probe_sees(RIVET_HOOK_BPRM_CREDS_FOR_EXEC) || !bprm_is_check(bprm))
		return 0;
	req.inode = rivet_measure_inode(bprm->file);
	return rivet_decide(&req);
}

/*
 * A userfaultfd can place pages of its owner's choice into mappings, including executable
 * mappings of memory filesystems.
 */
static int hook_inode_init_security_anon(struct inode *inode, const struct qstr *name,
					 const struct inode *context_inode)
{
	static const char userfaultfd[] = "[userfaultfd]";

	if (name->len != strlen(userfaultfd) || memcmp(name->name, userfaultfd, name->len))
		return 0;
	return decide_anonymous(RIVET_HOOK_INODE_INIT_SECURITY_ANON, NULL,
				"a userfaultfd, which can fill executable mappings");
}

RIVET_HANDLER(bprm_creds_for_exec);
RIVET_HANDLER(bprm_check_security);
RIVET_HANDLER(mmap_file);
RIVET_HANDLER(file_mprotect);
RIVET_HANDLER(inode_init_security_anon);
