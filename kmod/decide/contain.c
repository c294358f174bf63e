// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - decide/contain: the effect of a verdict on the quarantine list
 *
 * QUARANTINE makes an entry, a match ends one. Only requests that are carried out come here:
 * a question, such as that of the check file, leaves no trace.
 */
#include <linux/cred.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "decide/contain.h"
#include "measure/fstype.h"
#include "measure/measure.h"
#include "quarantine/add.h"
#include "quarantine/end.h"
#include "quarantine/hold.h"
#include "riv/index.h"

/*
 * A user can have each file measured that he may read, so what he does must not close one to
 * others: he could copy it to a place where a rule quarantines. A mismatch and revoked bytes are
 * nothing that he can make of a file of others.
 */
static enum rivet_quarantine_close may_close(const struct rivet_request *req,
					     const struct rivet_verdict *v)
{
	const u32 uid = rivet_eval_uid(req);

	if (!uid ||
	    (v->action == RIVET_ACTION_QUARANTINE && v->reason != RIVET_REASON_UNLISTED))
		return RIVET_QUARANTINE_CLOSES;
	return uid == from_kuid(&init_user_ns, req->inode->i_uid) ? RIVET_QUARANTINE_CLOSES_OWN :
								    RIVET_QUARANTINE_OPEN;
}

/* The inode counts only if the digest is that of the file, and its measurement is kept. */
static struct rivet_quarantine_live find_live(const struct rivet_request *req,
					      const struct rivet_verdict *v)
{
	struct rivet_quarantine_live live = {};
	struct rivet_measurement m;

	if (!req->inode || req->buffer || !rivet_measure_peek(req->inode, &m))
		return live;
	if (!rivet_digest_equal(&m.sha256, &v->measured) &&
	    !rivet_digest_equal(&m.verity, &v->measured))
		return live;
	live.inode = req->inode;
	live.changes = m.changes;
	live.close = may_close(req, v);
	return live;
}

/* Init's name of the file, or "". */
static const char *find_name(const struct rivet_request *req, const struct rivet_verdict *v)
{
	if (req->name)
		return req->name;
	return rivet_eval_path_is_inits(v) ? v->path : "";
}

/*
 * The user whose share the entry takes. In a user namespace he may have many uids, so the maker
 * of the outermost one is charged.
 */
static u32 find_maker(const struct user_namespace *ns, kuid_t uid)
{
	for (; ns != &init_user_ns; ns = ns->parent)
		uid = ns->owner;
	return from_kuid(&init_user_ns, uid);
}

static u32 charged_uid(const struct rivet_request *req)
{
	const struct cred *cred;
	u32 uid;

	if (!req->process)
		return find_maker(current_user_ns(), current_real_cred()->uid);
	rcu_read_lock();
	cred = __task_cred(req->process);
	uid = find_maker(cred->user_ns, cred->uid);
	rcu_read_unlock();
	return uid;
}

static void describe(const struct rivet_request *req, const struct rivet_verdict *v,
		     struct rivet_quarantined *about)
{
	const struct rivet_rules *rules = &v->policy->rules;
	const char *name = find_name(req, v);

	*about = (struct rivet_quarantined){
		.would = v->mode != RIVET_MODE_ENFORCE,
		.file = RIVET_QUARANTINE_AWAY,
		.digest = v->measured,
		.size = v->size,
		.reason = v->reason,
		.op = req->op,
		.uid = charged_uid(req),
		.time = ktime_get_real_seconds(),
		.riv_generation = v->riv_generation,
		.policy_generation = v->policy->generation,
		.policy_version = rules->version,
		.rule_line = v->rule_line,
		.named = name[0],
		.path.ptr = name[0] ? name : v->path,
	};
	about->path.len = strlen(about->path.ptr);
	memcpy(about->policy, rules->name.ptr, min_t(size_t, rules->name.len, RIVET_NAME_MAX));
}

/*
 * What no RIV knows, and lies where the policy names no path, may be a user's own: then the entry
 * is all the evidence. A filesystem that may not answer is not asked.
 */
static bool is_evidence(const struct rivet_request *req, const struct rivet_verdict *v)
{
	const struct rivet_rule *rule = rivet_rules_at(&v->policy->rules, v->rule_line);

	if (!req->file || !d_is_reg(rivet_file_path(req->file)->dentry) ||
	    !rivet_fstype_is_verifiable(req->inode->i_sb))
		return false;
	return v->reason != RIVET_REASON_UNLISTED || (rule && rule->path.len);
}

/*
 * Writers are kept away from the very inode that was measured, of overlayfs that of the layer. But
 * not by a user who has had a file of others measured: he could keep its owner from writing to it.
 * And not in audit mode, which refuses nothing.
 */
static void hold(const struct rivet_request *req, const struct rivet_verdict *v,
		 const struct rivet_quarantined *about, const struct rivet_quarantine_live *live)
{
	const struct path *path;
	bool is_own;

	if (!is_evidence(req, v))
		return;
	path = rivet_file_path(req->file);
	is_own = live->inode == d_real_inode(path->dentry) && live->close != RIVET_QUARANTINE_OPEN;
	rivet_hold_add(about, path, is_own && !about->would);
}

/* A signer that is revoked may not be the only one who listed a revoked file. */
static bool may_enter(const struct rivet_verdict *v)
{
	return v->measured.alg && !rivet_riv_vouches(&v->measured);
}

/**
 * rivet_contain() - let a verdict change the quarantine list
 * @request: the request, which will be carried out
 * @verdict: the verdict, which is not an error. If it is to make an entry and none can be
 *	made, its action becomes DENY
 *
 * Context: may sleep.
 */
void rivet_contain(const struct rivet_request *request, struct rivet_verdict *verdict)
{
	enum rivet_quarantine_added added = RIVET_QUARANTINE_FULL;
	struct rivet_quarantine_live live;
	struct rivet_quarantined about;

	if (verdict->action == RIVET_ACTION_QUARANTINE) {
		if (may_enter(verdict)) {
			live = find_live(request, verdict);
			describe(request, verdict, &about);
			added = rivet_quarantine_add(&about, &live);
			if (added == RIVET_QUARANTINE_MADE)
				hold(request, verdict, &about, &live);
		}
		if (added > RIVET_QUARANTINE_KNOWN)
			verdict->action = RIVET_ACTION_DENY;
		return;
	}
	if (!rivet_quarantine_is_any())
		return;
	if (verdict->reason == RIVET_REASON_QUARANTINED) {
		live = find_live(request, verdict);
		rivet_quarantine_see(&verdict->measured, &live);
	} else if (verdict->reason == RIVET_REASON_MATCH && verdict->measured.alg) {
		/* What may lie anywhere is not what belongs there. */
		rivet_quarantine_note_match(&verdict->measured, verdict->voucher.path ?
					    find_name(request, verdict) : "");
	}
}
