// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/reason: the reason of a verdict, before the policy is asked
 *
 * Measures the file, the bytes or the program, and looks them up in the RIVs.
 *
 * A failed measurement becomes a reason (reason_of_error()), and the policy decides on
 * reasons. If memory runs out or a fatal signal arrives, there is none.
 */
#include <linux/dcache.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/sched.h>

#include "decide/reason.h"
#include "measure/fstype.h"
#include "measure/measure.h"
#include "measure/sealed.h"
#include "mode/mode.h"
#include "policy/active.h"
#include "quarantine/list.h"
#include "riv/index.h"
#include "riv/lookup.h"

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

/**
 * rivet_reason_of_memory() - find out whether the acting program may make memory executable
 * @verdict: verdict with the program; its reason is filled in
 *
 * Context: any.
 */
void rivet_reason_of_memory(struct rivet_verdict *verdict)
{
	struct rivet_verdict *v = verdict;
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

/**
 * rivet_reason_of_buffer() - find the reason for bytes in a buffer
 * @request: the request
 * @verdict: filled in with the reason and its explanation
 *
 * Only the bytes that will be used matter, not the path of a file.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM or, after a fatal signal, -EINTR, and then there is no reason.
 */
int rivet_reason_of_buffer(const struct rivet_request *request, struct rivet_verdict *verdict)
{
	const struct rivet_request *req = request;
	struct rivet_verdict *v = verdict;
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

/**
 * rivet_reason_of_bytes() - find the reason for a file before the kernel has read it into a buffer
 * @request: the request
 * @verdict: filled in with the reason and its explanation
 *
 * Context: may sleep and read the file.
 * Return: 0; -ENOMEM or, after a fatal signal, -EINTR, and then there is no reason.
 */
int rivet_reason_of_bytes(const struct rivet_request *request, struct rivet_verdict *verdict)
{
	const struct rivet_request *req = request;
	struct rivet_verdict *v = verdict;
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

static bool guards_from(const struct rivet_verdict *v, struct rivet_slice name,
			struct rivet_slice acting)
{
	return rivet_rules_guards(&v->policy->rules, name) && !rivet_slice_same(name, acting);
}

static bool is_guarded(const struct rivet_verdict *v, const struct rivet_digest *digest,
		       struct rivet_slice acting)
{
	struct rivet_riv_cursor c;
	bool more, guarded = false;

	rcu_read_lock();
	for (more = rivet_riv_first(&c, digest); more && !guarded; more = rivet_riv_next(&c))
		guarded = guards_from(v, rivet_reason_slice(rivet_riv_set_path(c.set, c.riv)),
				      acting);
	rcu_read_unlock();
	return guarded;
}

/*
 * Checks whether rules restrict, by its name, any program with these bytes but @acting. Its RIVs
 * may have its SHA-256, even if it was revoked by its fs-verity digest.
 */
static bool is_copy_of_guarded(const struct rivet_verdict *v, const struct rivet_basis *basis,
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
			    const struct rivet_basis *basis)
{
	if ((req->op != RIVET_OP_MMAP && req->op != RIVET_OP_MPROTECT &&
	     req->op != RIVET_OP_RUNNING) || (req->uses & RIVET_USE_EXEC))
		return false;
	/* The loader of a program that starts, see rivet_eval_may_be_guarded(). */
	if (req->op == RIVET_OP_MMAP && current->in_execve)
		return false;
	if (v->reason == RIVET_REASON_REVOKED)
		return is_copy_of_guarded(v, basis, rivet_reason_program(req, v));
	return rivet_reason_is_named(v) &&
	       guards_from(v, rivet_reason_slice(v->voucher.path), rivet_reason_program(req, v));
}

/* A copy without a name must not evade rules that restrict the program by its name. */
static bool evades_by_copy(const struct rivet_verdict *v, const struct rivet_basis *basis)
{
	return (rivet_reason_is_named(v) || v->reason == RIVET_REASON_REVOKED) &&
	       is_copy_of_guarded(v, basis, rivet_reason_slice(NULL));
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
	    (rivet_reason_is_reading(req->op) || (sb->s_iflags & SB_I_UNTRUSTED_MOUNTER) ||
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

/**
 * rivet_reason_of_file() - measure a file and look it up, by its fs-verity digest first
 * @request: the request
 * @verdict: filled in with the reason and its explanation
 * @basis: zeroed; filled in
 *
 * Context: may sleep; reads the file if the request permits that.
 * Return: 0; -ENOMEM or, after a fatal signal, -EINTR, and then there is no reason.
 */
int rivet_reason_of_file(const struct rivet_request *request, struct rivet_verdict *verdict,
			 struct rivet_basis *basis)
{
	const struct rivet_request *req = request;
	struct rivet_verdict *v = verdict;
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
					  rivet_reason_may_look_up(req), &finding);
		how.want_sha256 = needs_sha256(finding.reason);
	}
	if (!err)
		err = rivet_measure_file(req->file, req->inode, &how, m);
	if (!err)
		v->size = m->size;
	if (!err && finding.reason == RIVET_REASON_UNLISTED) {
		rivet_voucher_put(&finding.voucher);
		v->measured = m->sha256;
		err = rivet_lookup_digest(&m->sha256, entry_of(req), req->uses,
					  rivet_reason_may_look_up(req), &finding);
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
