// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/eval: from a request to a verdict
 *
 * Combines three separate layers: the measurement of the file (measure), the RIVs
 * that match it (lookup), and the decision of the policy (rules). Nothing here
 * reports or logs.
 *
 * A failed measurement becomes a reason (reason_of_error()), and the policy decides on
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
#include "measure/fstype.h"
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

static enum rivet_reason reason_of_error(int error)
{
	switch (error) {
	case -EWOULDBLOCK:
		return RIVET_REASON_UNMEASURED;
	case -ETXTBSY:
		return RIVET_REASON_WRITABLE;
	case -EFBIG:
		return RIVET_REASON_UNVERIFIABLE;
	default:	/* the file could not be read */
		return RIVET_REASON_IO_ERROR;
	}
}

/* Bits of the ops whose rules are asked, see apply_policy() */
static u32 asked_ops(const struct rivet_request *req)
{
	const bool maps = req->is_early || req->op == RIVET_OP_RUNNING;

	return BIT(req->op) | (maps ? BIT(RIVET_OP_MMAP) : 0);
}

/*
 * In enforce mode, a file is not read if no RIV has its size, unless it may be quarantined or
 * become so, or a rule about what is revoked may be about it: that goes by its digest.
 */
static bool size_is_hopeless(const struct rivet_request *req, const struct rivet_rules *rules)
{
	const u32 ops = asked_ops(req);
	const u64 size = i_size_read(req->inode);

	return (rivet_mode_is_enforce() || req->as_enforcing) && !rivet_riv_knows_size(size) &&
	       !(rules->quarantines & ops) && !rivet_quarantine_may_have(size) &&
	       !((rules->tells_revoked & ops) && rivet_riv_revokes_files());
}

/* Checks whether lookups may read from disk and wait for the locks of directories. */
static bool may_look_up(const struct rivet_request *req)
{
	return req->may_read && !req->folder_locked;
}

/* A sealed memory file has no name, so any RIV with its digest matches, with any path. */
static const struct dentry *entry_of(const struct rivet_request *req)
{
	return rivet_sealed(req->inode) ? NULL : rivet_file_path(req->file)->dentry;
}

static void take_finding(struct rivet_verdict *v, const struct rivet_finding *finding)
{
	v->reason = finding->reason;
	v->expected = finding->expected;
	v->riv_generation = finding->keep.generation;
	v->voucher = finding->voucher;
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
	named = rivet_lookup_names(path, used->dentry, may_look_up(req));
	if (!named)
		v->path_flags |= RIVET_PATH_FOREIGN;
	return min(named, 0);
}

static bool is_reading(enum rivet_op op)
{
	return op == RIVET_OP_READ || op == RIVET_OP_SCRIPT;
}

/* Checks whether the acting program may make anonymous memory executable. */
static void find_jit(struct rivet_verdict *v)
{
	const struct rivet_program *program = v->program;

	v->reason = RIVET_REASON_ANONYMOUS;
	if (!program || v->exe_revoked || !(program->voucher.uses & RIVET_USE_JIT))
		return;
	v->reason = RIVET_REASON_MATCH;
	v->voucher = program->voucher;
	v->voucher.path = NULL;
}

/* After a fatal signal or without memory nothing is known, so there is no reason. */
static int take_error(struct rivet_verdict *v, int error)
{
	if (error == -EINTR || error == -ENOMEM)
		return error;
	v->reason = reason_of_error(error);
	return 0;
}

/* Only the bytes that will be used matter, not the path of a file. */
static int find_reason_of_buffer(const struct rivet_request *req, struct rivet_verdict *v)
{
	struct rivet_finding finding = { .reason = RIVET_REASON_UNLISTED };
	int err;

	err = rivet_measure_buffer(req->buffer, req->size, &v->measured);
	if (!err)
		err = rivet_lookup_digest(&v->measured, NULL, req->uses, true, &finding);
	take_finding(v, &finding);
	return err ? take_error(v, err) : 0;
}

/*
 * Some RIV or revocation has these bytes. A rule may permit such a file although it is no
 * match. The permit depends on the bytes, as that of a match does, so they must stay.
 */
static bool is_listed(const struct rivet_verdict *v)
{
	switch (v->reason) {
	case RIVET_REASON_MATCH:
	case RIVET_REASON_MOVED:
	case RIVET_REASON_WRONG_USE:
	case RIVET_REASON_REVOKED:
	case RIVET_REASON_EXPIRED:
		return true;
	default:
		return false;
	}
}

/* A RIV has these bytes at this path, and allows the use, whether its time is over or not. */
static bool is_named(const struct rivet_verdict *v)
{
	return v->reason == RIVET_REASON_MATCH || v->reason == RIVET_REASON_EXPIRED;
}

/* Like find_reason_of_buffer(), before the kernel has read the file into one. */
static int find_reason_of_bytes(const struct rivet_request *req, struct rivet_verdict *v)
{
	const struct rivet_measure_how how = {
		.deny_writers = rivet_mode_is_enforce(),
		.want_sha256 = true,
		.may_read = req->may_read,
	};
	struct rivet_finding finding = { .reason = RIVET_REASON_UNLISTED };
	struct rivet_measurement m;
	int err;

	err = rivet_measure_file(req->file, req->inode, &how, &m);
	if (!err) {
		v->measured = m.sha256;
		err = rivet_lookup_digest(&m.sha256, NULL, req->uses, true, &finding);
	}
	take_finding(v, &finding);
	if (err)
		return take_error(v, err);
	if (is_listed(v) && !rivet_measure_is_unchanged(req->inode, &m))
		v->reason = RIVET_REASON_WRITABLE;
	return 0;
}

static struct rivet_slice slice_of(const char *text)
{
	return (struct rivet_slice){ .ptr = text, .len = text ? strlen(text) : 0 };
}

static struct rivet_slice acting_program(const struct rivet_request *req,
					 const struct rivet_verdict *v)
{
	return req->exe ? slice_of(req->exe) : rivet_program_path(v->program);
}

static bool guards_from(const struct rivet_verdict *v, struct rivet_slice name,
			struct rivet_slice acting)
{
	return rivet_rules_guards(&v->policy->rules, name) && !rivet_slice_same(name, acting);
}

/**
 * struct basis - the measurement of a file, if a permit may depend on it
 * @listed: it does; false in a zeroed struct
 * @keep: the measurement is kept
 * @measurement: of the file
 * @lookup: its answer
 * @serial: serial of the lookup that is kept at the inode; 0 if none is
 */
struct basis {
	bool listed;
	bool keep;
	struct rivet_measurement measurement;
	struct rivet_lookup lookup;
	u64 serial;
};

static bool is_guarded(const struct rivet_verdict *v, const struct rivet_digest *digest,
		       struct rivet_slice acting)
{
	struct rivet_riv_cursor c;
	bool more, guarded = false;

	rcu_read_lock();
	for (more = rivet_riv_first(&c, digest); more && !guarded; more = rivet_riv_next(&c))
		guarded = guards_from(v, slice_of(rivet_riv_set_path(c.set, c.riv)), acting);
	rcu_read_unlock();
	return guarded;
}

/*
 * Checks whether rules restrict, by its name, any program with these bytes but @acting. Its RIVs
 * may have its SHA-256, even if it was revoked by its fs-verity digest.
 */
static bool is_copy_of_guarded(const struct rivet_verdict *v, const struct basis *basis,
			       struct rivet_slice acting)
{
	const struct rivet_digest *sha256 = &basis->measurement.sha256;

	return is_guarded(v, &v->measured, acting) ||
	       (v->measured.alg != RIVET_DIGEST_SHA256 && sha256->alg &&
		is_guarded(v, sha256, acting));
}

/*
 * A program that rules name must be executed. If another program maps it, its code would
 * run under the name of the other program. A dynamic loader started by hand does this. A
 * program that is revoked has no RIV that vouches for it, so its bytes tell its names.
 */
static bool runs_as_another(const struct rivet_request *req, const struct rivet_verdict *v,
			    const struct basis *basis)
{
	if ((req->op != RIVET_OP_MMAP && req->op != RIVET_OP_MPROTECT &&
	     req->op != RIVET_OP_RUNNING) || (req->uses & RIVET_USE_EXEC))
		return false;
	/* The loader of a program that starts, see rivet_eval_may_be_guarded(). */
	if (req->op == RIVET_OP_MMAP && current->in_execve)
		return false;
	if (v->reason == RIVET_REASON_REVOKED)
		return is_copy_of_guarded(v, basis, acting_program(req, v));
	return is_named(v) && guards_from(v, slice_of(v->voucher.path), acting_program(req, v));
}

/* A copy without a name must not evade rules that restrict the program by its name. */
static bool evades_by_copy(const struct rivet_verdict *v, const struct basis *basis)
{
	return (is_named(v) || v->reason == RIVET_REASON_REVOKED) &&
	       is_copy_of_guarded(v, basis, slice_of(NULL));
}

/*
 * Returns false if the file has changed since it was measured, or is being changed. From a true
 * answer on, the file is kept as it is while it is used. Hence only what is permitted is asked
 * about: anybody can have a file measured and refused.
 */
static bool still_matches(const struct rivet_request *req, struct basis *basis)
{
	bool matches;

	if (!basis->keep || req->only_asks)
		return rivet_measure_is_unchanged(req->inode, &basis->measurement);
	matches = rivet_measure_match(req->inode, &basis->measurement, &basis->lookup,
				      is_reading(req->op) || req->stays_open);
	basis->serial = matches ? basis->lookup.serial : 0;
	return matches;
}

/* With DAX a program runs directly from the device, so no pages can be kept. */
static bool may_keep(const struct inode *inode)
{
	return rivet_fstype_is_verifiable(inode->i_sb) && !IS_DAX(inode);
}

/* Returns RIVET_REASON_MATCH if a RIV may vouch for the file, depending on its bytes. */
static enum rivet_reason find_obstacle(const struct rivet_request *req,
				       const struct rivet_verdict *v)
{
	const struct super_block *sb = req->inode->i_sb;

	if (rivet_eval_is_anonymous(req->file, req->inode) &&
	    !rivet_eval_runs_sealed(req->op, req->inode))
		return RIVET_REASON_ANONYMOUS;
	/* The file holds the quotas of its filesystem, so the kernel itself writes to it. */
	if (IS_NOQUOTA(req->inode))
		return RIVET_REASON_WRITABLE;
	if (rivet_fstype_shows_another(req->inode))
		return RIVET_REASON_UNVERIFIABLE;
	/* Content may change after the open, and a user's FUSE server may return any. */
	if (!may_keep(req->inode) &&
	    (is_reading(req->op) || (sb->s_iflags & SB_I_UNTRUSTED_MOUNTER) ||
	     !rivet_rules_names_fsmagic(&v->policy->rules, sb->s_magic)))
		return RIVET_REASON_UNVERIFIABLE;
	return RIVET_REASON_MATCH;
}

/* Of a file that has an fs-verity digest: its RIVs may have the other one. */
static bool needs_sha256(enum rivet_reason of_verity)
{
	return of_verity == RIVET_REASON_UNLISTED ||
	       (of_verity == RIVET_REASON_REVOKED && rivet_policy_guards_programs());
}

/* Measures the file and looks it up, by its fs-verity digest first. */
static int find_reason_of_file(const struct rivet_request *req, struct rivet_verdict *v,
			       struct basis *basis)
{
	struct rivet_measurement *m = &basis->measurement;
	struct rivet_measure_how how = {
		.deny_writers = rivet_mode_is_enforce(),
		.want_sha256 = true,
		.keep = may_keep(req->inode),
		.may_read = req->may_read,
	};
	const bool named = !rivet_eval_is_anonymous(req->file, req->inode);
	struct rivet_finding finding = { .reason = RIVET_REASON_UNLISTED };
	int err = 0;

	v->reason = find_obstacle(req, v);
	if (v->reason != RIVET_REASON_MATCH)
		return 0;
	if (size_is_hopeless(req, &v->policy->rules)) {
		take_finding(v, &finding);
		return 0;
	}
	rivet_measure_verity(req->inode, &v->measured);
	if (v->measured.alg) {
		err = rivet_lookup_digest(&v->measured, entry_of(req), req->uses,
					  may_look_up(req), &finding);
		how.want_sha256 = needs_sha256(finding.reason);
	}
	if (!err)
		err = rivet_measure_file(req->file, req->inode, &how, m);
	if (!err)
		v->size = m->size;
	if (!err && finding.reason == RIVET_REASON_UNLISTED) {
		rivet_voucher_put(&finding.voucher);
		v->measured = m->sha256;
		err = rivet_lookup_digest(&m->sha256, entry_of(req), req->uses, may_look_up(req),
					  &finding);
	}
	take_finding(v, &finding);
	if (err)
		return take_error(v, err);
	basis->listed = is_listed(v) && named;
	basis->keep = how.keep;
	basis->lookup = finding.keep;
	if (runs_as_another(req, v, basis) || (!named && evades_by_copy(v, basis)))
		v->reason = RIVET_REASON_WRONG_USE;
	return 0;
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
		.exe = acting_program(req, v),
		.exe_revoked = !req->exe && v->exe_revoked,
		.path_unknown = is_reading(op) && !req->name,
	};
	struct rivet_decision d;

	/* set= compares with the set that vouches, not with one whose RIV is not met. */
	if (v->reason == RIVET_REASON_MATCH)
		query.set = slice_of(v->voucher.set);
	if (is_reading(op))
		query.path = slice_of(req->name);
	else if (rivet_eval_path_is_inits(v))
		query.path = slice_of(v->path);
	else if (is_named(v))	/* init's name, at any path seen here */
		query.path = slice_of(v->voucher.path);
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

static void end_memo(const struct rivet_verdict *v, struct rivet_memo *memo, u64 serial)
{
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
	struct basis basis = {};
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
	if (remember && may_look_up(request))
		rivet_memo_prepare(v->policy, op_to_remember(request));
	remember = remember && rivet_memo_begin(&memo, v->policy, op_to_remember(request),
						request->file, request->uses);
	if (request->cause.known)
		v->reason = request->cause.reason;
	else if (request->op == RIVET_OP_ANON_EXEC)
		find_jit(v);
	else if (request->buffer)
		err = find_reason_of_buffer(request, v);
	else if (request->bytes)
		err = find_reason_of_bytes(request, v);
	else
		err = find_reason_of_file(request, v, &basis);
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
