// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/eval: from a request to a verdict
 *
 * Combines three separate layers: the measurement of the file (measure), the RIVs
 * that match it (lookup), and the decision of the policy (rules). Nothing here
 * reports or logs.
 *
 * A failed measurement becomes a reason (decide/reason.c), and the policy decides on
 * reasons. If memory runs out or a fatal signal arrives, there is no decision, and
 * rivet_decide_failed() chooses the answer of the hook.
 */
#include <linux/cred.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/statfs.h>
#include <linux/uidgid.h>

#include "decide/essential.h"
#include "decide/eval.h"
#include "decide/memo.h"
#include "decide/reason.h"
#include "measure/measure.h"
#include "measure/sealed.h"
#include "mode/mode.h"
#include "policy/active.h"
#include "quarantine/list.h"
#include "riv/index.h"
#include "riv/lookup.h"

/**
 * rivet_eval_is_anonymous() - check whether a file has no name that a RIV could list
 * @file: an open or mapped file
 * @inode: rivet_file_inode() of @file
 *
 * memfd, SysV shared memory and similar files have no name and never count their
 * writers. Devices have no content of their own.
 *
 * Context: any.
 * Return: true if no RIV can vouch for the file, apart from rivet_eval_runs_sealed().
 */
bool rivet_eval_is_anonymous(const struct file *file, const struct inode *inode)
{
	return !S_ISREG(inode->i_mode) || (inode->i_sb->s_flags & SB_KERNMOUNT) ||
	       (inode->i_sb->s_flags & SB_NOUSER) || IS_PRIVATE(inode);
}

/**
 * rivet_eval_runs_sealed() - check whether a RIV can vouch for an anonymous file
 * @op: requested operation
 * @inode: rivet_file_inode() of the file
 *
 * Context: any.
 * Return: true if the file is a sealed memory file and @op executes or maps it.
 */
bool rivet_eval_runs_sealed(enum rivet_op op, const struct inode *inode)
{
	return (op == RIVET_OP_EXECUTE || op == RIVET_OP_MMAP || op == RIVET_OP_RUNNING) &&
	       rivet_sealed(inode);
}

/**
 * rivet_eval_uid() - get the uid that a request counts for
 * @request: the request
 *
 * By real credentials: a layer of an overlay is opened with its mounter's.
 *
 * Context: any.
 * Return: the uid of its process, or of the acting task, in the initial user namespace.
 */
u32 rivet_eval_uid(const struct rivet_request *request)
{
	return from_kuid(&init_user_ns, request->process ? task_uid(request->process) :
							   current_real_cred()->uid);
}

/*
 * Builds the path for events. Rules use it too if init sees the file at that path.
 * Skipped for a match unless a rule of the op has path=. Returns 0 or -ENOMEM.
 */
static int find_path(const struct rivet_request *req, struct rivet_verdict *v)
{
	const struct path *used = rivet_file_path(req->file);
	char *path;
	int named;

	v->path_buffer = __getname();
	if (!v->path_buffer)
		return -ENOMEM;
	path = d_path(used, v->path_buffer, PATH_MAX);
	if (IS_ERR(path)) {
		v->path_flags |= RIVET_PATH_TRUNCATED | RIVET_PATH_FOREIGN;
		return 0;
	}
	v->path = path;
	if (d_unlinked(used->dentry)) {
		v->path_flags |= RIVET_PATH_DELETED;
		return 0;
	}
	named = rivet_lookup_names(path, used->dentry, rivet_reason_may_look_up(req));
	if (!named)
		v->path_flags |= RIVET_PATH_FOREIGN;
	return min(named, 0);
}

/*
 * Returns false if the file has changed since it was measured, or is being changed. From a true
 * answer on, the file is kept as it is while it is used. Hence only what is permitted is asked
 * about: anybody can have a file measured and refused.
 */
static bool still_matches(const struct rivet_request *req, struct rivet_basis *basis)
{
	bool matches;

	if (!basis->keep || req->only_asks)
		return rivet_measure_is_unchanged(req->inode, &basis->measurement);
	matches = rivet_measure_match(req->inode, &basis->measurement, &basis->lookup,
				      rivet_reason_is_reading(req->op) || req->stays_open);
	basis->serial = matches ? basis->lookup.serial : 0;
	return matches;
}

static void look_for_mismatch(struct rivet_verdict *v)
{
	struct rivet_finding finding = { .reason = RIVET_REASON_UNLISTED };

	rivet_lookup_path(v->path, &finding);
	if (finding.reason != RIVET_REASON_MISMATCH)
		return;
	v->reason = finding.reason;
	v->expected = finding.expected;
	rivet_voucher_put(&v->voucher);
	v->voucher = finding.voucher;
}

/* What a set vouches for is not quarantined, even if the signer of another is revoked. */
static bool is_quarantined(const struct rivet_request *req, const struct rivet_verdict *v)
{
	bool enforcing = v->mode == RIVET_MODE_ENFORCE || req->as_enforcing;

	return rivet_reason_quarantines(v->reason) && v->measured.alg &&
	       rivet_quarantine_has(&v->measured, !enforcing) && !rivet_riv_vouches(&v->measured);
}

/* Checks whether a rule with riv= decided, so that the policy itself handles expiry. */
static bool speaks_of_expired(const struct rivet_verdict *v)
{
	const struct rivet_rule *rule = rivet_rules_at(&v->policy->rules, v->rule_line);

	return rule && rule->reasons;
}

static void spare_essential(const struct rivet_request *req, enum rivet_op op,
			    struct rivet_verdict *v)
{
	if (v->reason != RIVET_REASON_EXPIRED || !rivet_action_refuses(v->action) ||
	    !req->file || !req->may_read || speaks_of_expired(v))
		return;
	v->spared = rivet_essential_spares(op, rivet_file_path(req->file)->dentry,
					   v->voucher.path);
	if (v->spared)
		v->action = RIVET_ACTION_AUDIT;
}

static void decide_as(const struct rivet_request *req, enum rivet_op op, struct rivet_verdict *v)
{
	struct rivet_rules_query query = {
		.op = op,
		.reason = v->reason,
		.uid = rivet_eval_uid(req),
		.fsmagic = req->inode ? req->inode->i_sb->s_magic : 0,
		.exe = rivet_reason_program(req, v),
		.exe_revoked = !req->exe && v->exe_revoked,
		.path_unknown = rivet_reason_is_reading(op) && !req->name,
	};
	struct rivet_decision d;

	/* set= compares with the set that vouches, not with one whose RIV is not met. */
	if (v->reason == RIVET_REASON_MATCH)
		query.set = rivet_reason_slice(v->voucher.set);
	if (rivet_reason_is_reading(op))
		query.path = rivet_reason_slice(req->name);
	else if (rivet_eval_path_is_inits(v))
		query.path = rivet_reason_slice(v->path);
	else if (rivet_reason_is_named(v))	/* init's name, at any path seen here */
		query.path = rivet_reason_slice(v->voucher.path);
	d = rivet_rules_decide(&v->policy->rules, &query);
	v->op = op;
	v->action = d.action;
	v->rule_line = d.line;
	spare_essential(req, op, v);
}

static bool rules_use_path(const struct rivet_request *req, const struct rivet_rules *rules)
{
	return rules->uses_path[req->op] ||
	       (req->op == RIVET_OP_RUNNING && rules->uses_path[RIVET_OP_MMAP]);
}

/* Rules go by the path, events of all but a match show it, and a match may remedy by it. */
static bool needs_path(const struct rivet_request *req, const struct rivet_verdict *v)
{
	return req->file && (v->reason != RIVET_REASON_MATCH || req->is_early ||
			     rules_use_path(req, &v->policy->rules) || rivet_quarantine_is_any());
}

/* Returns 0 or -ENOMEM. */
static int settle_reason(const struct rivet_request *req, struct rivet_verdict *v)
{
	int err = 0;

	if (needs_path(req, v) && !v->path_buffer)
		err = find_path(req, v);
	if (err)
		return err;
	if (v->reason == RIVET_REASON_UNLISTED && rivet_eval_path_is_inits(v))
		look_for_mismatch(v);
	if (is_quarantined(req, v))
		v->reason = RIVET_REASON_QUARANTINED;
	return 0;
}

/*
 * An early request is refused only if it is as a program and as a loader. Rules for RUNNING
 * are asked only about a file that could not be mapped now. Returns 0 or -ENOMEM.
 */
static int apply_policy(const struct rivet_request *req, struct rivet_verdict *v)
{
	const bool running = req->op == RIVET_OP_RUNNING;
	int err = settle_reason(req, v);

	if (err)
		return err;
	v->spared = false;
	v->fails = false;
	if (req->is_early || running)
		decide_as(req, RIVET_OP_MMAP, v);
	if ((!req->is_early && !running) || rivet_action_refuses(v->action)) {
		v->fails = running;
		decide_as(req, req->op, v);
	} else if (running) {
		v->action = RIVET_ACTION_ALLOW;
	}
	return 0;
}

/* An early request is permitted as that of a loader, see apply_policy(). */
static enum rivet_op op_to_remember(const struct rivet_request *req)
{
	return req->is_early ? RIVET_OP_MMAP : req->op;
}

/* Checks whether a request is one of those that are answered from memory. */
static bool may_remember(const struct rivet_request *req)
{
	const enum rivet_op op = req->op;

	return (op == RIVET_OP_EXECUTE || op == RIVET_OP_MMAP || op == RIVET_OP_MPROTECT) &&
	       req->file && !req->cause.known && !req->buffer && !req->bytes && !req->process &&
	       !req->exe && !req->only_asks && !req->as_enforcing;
}

/* A path that could not be found this time may be found by the next request. */
static void end_memo(const struct rivet_verdict *v, struct rivet_memo *memo, u64 serial)
{
	if (memo->stamp && v->path_buffer && !rivet_eval_path_is_inits(v))
		return;
	memo->serial = serial;
	if (v->reason == RIVET_REASON_MATCH && v->action == RIVET_ACTION_ALLOW &&
	    v->op == memo->op)
		rivet_memo_keep(memo);
}

/**
 * rivet_eval() - evaluate a request and decide
 * @request: the request
 * @verdict: filled in with the verdict, for rivet_eval_put(), if the result is 0
 *
 * Context: process context; may sleep to allocate, unless the request has a cause and no
 * file. Unless @request->may_read is false, it may read the whole file; a fatal signal ends
 * the reading.
 * Return: 0; -ENOMEM or, after a fatal signal, -EINTR, and then there is no verdict.
 */
int rivet_eval(const struct rivet_request *request, struct rivet_verdict *verdict)
{
	struct rivet_verdict *v = verdict;
	struct rivet_basis basis = {};
	struct rivet_memo memo;
	bool remember = may_remember(request);
	int err = 0;

	*v = (struct rivet_verdict){
		.path = "",
		.policy = rivet_policy_get(),
		.mode = rivet_mode_is_enforce() ? RIVET_MODE_ENFORCE : RIVET_MODE_AUDIT,
		.size = request->size,
		.reason = RIVET_REASON_UNMEASURED,
		.riv_generation = rivet_riv_generation(),
	};
	if (request->inode && !request->buffer)
		v->size = i_size_read(request->inode);
	if (request->process)
		v->program = rivet_program_get_of(request->process_exe, &v->exe_revoked);
	else
		v->program = rivet_program_get(&v->exe_revoked);
	if (remember && rivet_reason_may_look_up(request))
		rivet_memo_prepare(v->policy, op_to_remember(request));
	remember = remember && rivet_memo_begin(&memo, v->policy, op_to_remember(request),
						request->file, request->uses);
	if (request->cause.known)
		v->reason = request->cause.reason;
	else if (request->op == RIVET_OP_ANON_EXEC)
		rivet_reason_of_memory(v);
	else if (request->buffer)
		err = rivet_reason_of_buffer(request, v);
	else if (request->bytes)
		err = rivet_reason_of_bytes(request, v);
	else
		err = rivet_reason_of_file(request, v, &basis);
	if (!err)
		err = apply_policy(request, v);
	if (!err && basis.listed && !rivet_action_refuses(v->action) && !v->fails &&
	    !still_matches(request, &basis)) {
		v->reason = RIVET_REASON_WRITABLE;
		err = apply_policy(request, v);
	}
	if (err) {
		rivet_eval_put(v);
		return err;
	}
	if (remember)
		end_memo(v, &memo, basis.serial);
	/* An event can do without the path. */
	if (request->file && v->action != RIVET_ACTION_ALLOW && !v->path_buffer)
		find_path(request, v);
	return 0;
}

/**
 * rivet_eval_put() - release the references and the memory of a verdict
 * @verdict: verdict filled in by rivet_eval()
 *
 * Context: may sleep. Does not sleep in a task that has been under RCU, or has held a
 * spinlock, since before rivet_eval(), if the request had no file: see struct rivet_policy.
 */
void rivet_eval_put(struct rivet_verdict *verdict)
{
	if (verdict->path_buffer)
		__putname(verdict->path_buffer);
	rivet_voucher_put(&verdict->voucher);
	rivet_program_put(verdict->program);
	rivet_policy_put(verdict->policy);
}
