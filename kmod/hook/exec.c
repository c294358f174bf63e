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
#include "measure/write_denial.h"
#include "measure/measure.h"
#include "mode/mode.h"
#include "policy/active.h"

static const struct rivet_cause no_cause;
static const struct rivet_cause writable = { .known = true, .reason = RIVET_REASON_WRITABLE };
/* There need not be another writer. */
static const char writable_at_once[] = "mapped writable and executable at once";

/* Asks about memory that becomes executable and has no file with a name. */
static noinline int ask_memory(enum rivet_hook hook, const char *detail)
{
	const struct rivet_request req = {
		.op = RIVET_OP_ANON_EXEC,
		.hook = hook,
		.detail = detail,
		.may_read = hook == RIVET_HOOK_MMAP_FILE,
	};

	return rivet_decide(&req);
}

/* A policy without ANON_EXEC treats anonymous files like any other mapping. */
static bool is_memory(enum rivet_op op, const struct file *file, const struct inode *inode)
{
	return op != RIVET_OP_EXECUTE && rivet_eval_is_anonymous(file, inode) &&
	       !rivet_eval_runs_sealed(op, inode) && rivet_policy_speaks(RIVET_OP_ANON_EXEC);
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
	if (op == RIVET_OP_EXECUTE)
		return likely(is_denied_by_execve(file, inode));
	return RIVET_EXECVE_DENIES_WRITERS && op == RIVET_OP_MMAP && current->in_execve &&
	       (file->f_flags & __FMODE_EXEC) && is_denied_by_execve(file, inode) &&
	       atomic_read(&inode->i_writecount) < 0;
}

/* In enforce mode, denies writers from before the decision until the mapping exists. */
static __always_inline struct rivet_write_denial *
deny_writers(enum rivet_op op, struct file *file, struct inode *inode)
{
	if (!rivet_mode_is_enforce() || execve_holds(op, file, inode))
		return NULL;
	return rivet_write_denial_get(file, inode);
}

/* Permits from memory, and then keeps the result of deny_writers(), if it is a denial. */
static __always_inline bool is_known(enum rivet_op op, struct file *file, struct inode *inode,
				     u32 uses, struct rivet_write_denial *denial)
{
	if (IS_ERR(denial) || unlikely(!rivet_eval_cached(file, inode, op, uses)))
		return false;
	rivet_report_count_cached();
	if (denial)
		rivet_write_denial_until_return(denial);
	return true;
}

/*
 * Asks, with the result of deny_writers(). Out of line, because a request on the stack would
 * also cost each decision from memory.
 */
static noinline int ask(enum rivet_op op, struct file *file, struct inode *inode, u32 uses,
			struct rivet_cause cause, const char *detail,
			struct rivet_write_denial *denial)
{
	const bool memory = is_memory(op, file, inode);
	struct rivet_request req = {
		.op = memory ? RIVET_OP_ANON_EXEC : op,
		.hook = op == RIVET_OP_EXECUTE ? RIVET_HOOK_BPRM_CHECK_SECURITY :
			op == RIVET_OP_MMAP ? RIVET_HOOK_MMAP_FILE :
					      RIVET_HOOK_FILE_MPROTECT,
		.file = file,
		.inode = inode,
		.detail = memory ? NULL : detail,
		.uses = uses,
		.cause = memory ? no_cause : cause,
		.may_read = op != RIVET_OP_MPROTECT,
	};
	int ret;

	if (denial == ERR_PTR(-ENOMEM))
		return rivet_decide_failed(-ENOMEM);
	if (IS_ERR(denial)) {
		denial = NULL;
		if (!memory && !cause.known)
			req.cause = writable;
	}
	ret = rivet_decide(&req);
	if (denial && ret)
		rivet_write_denial_put(denial);
	else if (denial)
		rivet_write_denial_until_return(denial);
	return ret;
}

/* Permits from memory, in one look at the measurement. */
static __always_inline bool start_is_known(struct linux_binprm *bprm, struct inode *inode)
{
	const struct rivet_measurement *m;

	rcu_read_lock_sched();
	m = rivet_eval_find_permitted(bprm->file, inode, RIVET_OP_EXECUTE, RIVET_USE_EXEC);
	if (m)
		rivet_header_use_of(m, bprm->buf);
	rcu_read_unlock_sched();
	return m;
}

/*
 * The kernel runs @bprm->file and shows another file as the program of the process, so rules
 * with exe= and the check of the stack would go by that one.
 */
static noinline int ask_transparent(struct linux_binprm *bprm, struct inode *inode)
{
	return ask(RIVET_OP_EXECUTE, bprm->file, inode, RIVET_USE_EXEC,
		   RIVET_CAUSE(RIVET_REASON_WRONG_USE), "an interpreter that hides behind its file",
		   deny_writers(RIVET_OP_EXECUTE, bprm->file, inode));
}

static int hook_bprm_check_security(struct linux_binprm *bprm)
{
	struct rivet_write_denial *denial;
	struct inode *inode;
	bool outdated;
	int ret = 0;

	if (rivet_probe_sees(RIVET_HOOK_BPRM_CHECK_SECURITY))
		return -EPERM;
	rivet_report_count(RIVET_COUNT_HOOK_EXEC);
	inode = rivet_file_inode(bprm->file);
	if (unlikely(rivet_compat_is_transparent(bprm)))
		return ask_transparent(bprm, inode);
	/* Before the decision: the header of what is copied up later was read from @inode. */
	outdated = rivet_real_is_outdated(bprm->file, inode);
	if (likely(!outdated && is_denied_by_execve(bprm->file, inode) &&
		   start_is_known(bprm, inode))) {
		rivet_report_count_cached();
		return 0;
	}
	denial = deny_writers(RIVET_OP_EXECUTE, bprm->file, inode);
	if (outdated || !is_known(RIVET_OP_EXECUTE, bprm->file, inode, RIVET_USE_EXEC, denial))
		ret = ask(RIVET_OP_EXECUTE, bprm->file, inode, RIVET_USE_EXEC,
			  outdated ? writable : no_cause, NULL, denial);
	/* The header of a file that was copied up before comes from another inode. */
	if (!ret && !outdated)
		rivet_header_use(inode, bprm->buf);
	return ret;
}

/* The kernel's own mapping of the program being executed needs no use besides exec. */
#define PROGRAM_USES	(RIVET_USE_MMAP | RIVET_USE_EXEC)

static bool is_started_program(const struct file *file)
{
	const struct mm_struct *mm = current->mm;

	return current->in_execve && mm && rcu_access_pointer(mm->exe_file) == file;
}

/*
 * The kernel makes the stack of a program executable on request of the program, and its
 * data if READ_IMPLIES_EXEC is set, without calling a hook. This check runs when the
 * program itself is mapped next. It needs no mmap lock, because the task is alone in its
 * new memory and only this task maps there.
 */
static bool is_stack_executable(void)
{
	const struct vm_area_struct *stack = vma_lookup(current->mm, current->mm->start_stack);

	return unlikely((stack && (stack->vm_flags & VM_EXEC)) ||
			(current->personality & READ_IMPLIES_EXEC));
}

/*
 * Permits the mapping of a program from memory, and its stack, without a search for that: apart
 * from READ_IMPLIES_EXEC, only the program's headers decide on it. The kernel has read them
 * from the held pages, or from the same bytes before the measurement was taken over.
 */
static __always_inline bool mapping_is_known(struct file *file, struct inode *inode)
{
	const struct rivet_measurement *m;
	bool known;

	if (!execve_holds(RIVET_OP_MMAP, file, inode) || (current->personality & READ_IMPLIES_EXEC))
		return false;
	rcu_read_lock_sched();
	m = rivet_eval_find_permitted(file, inode, RIVET_OP_MMAP, PROGRAM_USES);
	known = m && m->plain_stack;
	rcu_read_unlock_sched();
	if (known)
		rivet_report_count_cached();
	return known;
}

/*
 * A mapping by execve(2), or one that is writable, too. While a program starts, the kernel reads
 * its headers through the file that it maps.
 */
static noinline int ask_other_mmap(struct file *file, unsigned long prot)
{
	struct rivet_write_denial *denial;
	struct rivet_cause cause = no_cause;
	const char *detail = NULL;
	u32 uses = RIVET_USE_MMAP;
	struct inode *inode;
	int ret = 0;

	if (rivet_probe_sees(RIVET_HOOK_MMAP_FILE) || !(prot & PROT_EXEC))
		return 0;
	if (!file)
		return ask_memory(RIVET_HOOK_MMAP_FILE, "anonymous memory mapped executable");
	inode = rivet_file_inode(file);
	if (is_started_program(file)) {
		if (likely(!(prot & PROT_WRITE) && mapping_is_known(file, inode)))
			return 0;
		if (rivet_policy_acts(RIVET_OP_ANON_EXEC) && is_stack_executable())
			ret = ask_memory(RIVET_HOOK_MMAP_FILE,
					 "a program with an executable stack");
		if (ret)
			return ret;
		uses = PROGRAM_USES;
	}
	if (prot & PROT_WRITE) {
		cause = writable;
		detail = writable_at_once;
	} else if (current->in_execve && rivet_real_is_outdated(file, inode)) {
		cause = writable;
	}
	denial = deny_writers(RIVET_OP_MMAP, file, inode);
	if (!cause.known && is_known(RIVET_OP_MMAP, file, inode, uses, denial))
		return 0;
	return ask(RIVET_OP_MMAP, file, inode, uses, cause, detail, denial);
}

static noinline int ask_mmap(struct file *file)
{
	struct inode *inode = rivet_file_inode(file);
	struct rivet_write_denial *denial = deny_writers(RIVET_OP_MMAP, file, inode);

	if (likely(is_known(RIVET_OP_MMAP, file, inode, RIVET_USE_MMAP, denial)))
		return 0;
	return ask(RIVET_OP_MMAP, file, inode, RIVET_USE_MMAP, no_cause, NULL, denial);
}

/* Decides out of line, so that mappings without PROT_EXEC do not pay for it. */
static int hook_mmap_file(struct file *file, unsigned long reqprot, unsigned long prot,
			  unsigned long flags)
{
	rivet_report_count(RIVET_COUNT_HOOK_MMAP);
	if (!(prot & PROT_EXEC))
		return rivet_probe_runs() ? ask_other_mmap(file, prot) : 0;
	if (!file || (prot & PROT_WRITE) || current->in_execve || rivet_probe_runs())
		return ask_other_mmap(file, prot);
	return ask_mmap(file);
}

/* Out of line, so that a change without PROT_EXEC does not pay for it. */
static noinline int ask_mprotect(struct vm_area_struct *vma, unsigned long prot)
{
	struct rivet_write_denial *denial;
	struct rivet_cause cause = no_cause;
	const char *detail = NULL;
	struct inode *inode;

	if ((vma->vm_flags & VM_EXEC) && (!(prot & PROT_WRITE) || (vma->vm_flags & VM_WRITE)))
		return 0;	/* no new permission */
	if (!vma->vm_file)
		return ask_memory(RIVET_HOOK_FILE_MPROTECT, "anonymous memory made executable");
	if (vma->anon_vma) {
		cause = RIVET_CAUSE(RIVET_REASON_ANONYMOUS);
	} else if (prot & PROT_WRITE) {
		cause = writable;
		detail = writable_at_once;
	}
	inode = rivet_file_inode(vma->vm_file);
	denial = deny_writers(RIVET_OP_MPROTECT, vma->vm_file, inode);
	if (!cause.known &&
	    is_known(RIVET_OP_MPROTECT, vma->vm_file, inode, RIVET_USE_MMAP, denial))
		return 0;
	return ask(RIVET_OP_MPROTECT, vma->vm_file, inode, RIVET_USE_MMAP, cause, detail, denial);
}

/* Called under the mmap lock, so the decision is made from memory, without reading. */
static int hook_file_mprotect(struct vm_area_struct *vma, unsigned long reqprot,
			      unsigned long prot)
{
	rivet_report_count(RIVET_COUNT_HOOK_MPROTECT);
	return prot & PROT_EXEC ? ask_mprotect(vma, prot) : 0;
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
	req.inode = rivet_file_inode(bprm->file);
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
	return ask_memory(RIVET_HOOK_INODE_INIT_SECURITY_ANON,
			  "a userfaultfd, which can fill executable mappings");
}

RIVET_HANDLER(bprm_creds_for_exec);
RIVET_HANDLER(bprm_check_security);
RIVET_HANDLER(mmap_file);
RIVET_HANDLER(file_mprotect);
RIVET_HANDLER(inode_init_security_anon);
