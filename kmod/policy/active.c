// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - policy/active: the active rules
 *
 * Building (verify, parse) and publishing are two steps, so that the hooks needed by
 * the new rules are attached in between, without dropping rivet_settings_lock.
 */
#include <crypto/sha2.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "event/event.h"
#include "evidence/log.h"
#include "mode/mode.h"
#include "mode/settings.h"
#include "object/version.h"
#include "policy/active.h"
#include "policy/parser.h"
#include "text/version3.h"
#include "trust/trust.h"

/* Rules of both built-in policies */
#define MATCHES \
	"op=EXECUTE riv=MATCH action=ALLOW\n" \
	"op=MMAP riv=MATCH action=ALLOW\n" \
	"op=MPROTECT riv=MATCH action=ALLOW\n" \
	"op=ANON_EXEC riv=MATCH action=ALLOW\n" \
	"op=KMODULE riv=MATCH action=ALLOW\n" \
	"op=FIRMWARE riv=MATCH action=ALLOW\n" \
	"op=KEXEC riv=MATCH action=ALLOW\n"

/* Without a loaded policy everything is permitted, and files without a match are reported. */
static const char builtin_text[] __initconst =
	"policy_name=builtin policy_version=0.0.0\n"
	"DEFAULT action=AUDIT\n"
	MATCHES;

/* For a machine that is to enforce and has no valid policy. */
static const char fallback_text[] =
	"policy_name=builtin policy_version=0.0.1\n"
	"DEFAULT action=DENY\n"
	MATCHES;

struct rivet_policy __rcu *rivet_policy_active;
DEFINE_STATIC_KEY_FALSE(rivet_policy_reads);
DEFINE_STATIC_KEY_FALSE(rivet_policy_guards);
DEFINE_STATIC_KEY_FALSE(rivet_policy_denies_quarantined);

static u64 last_generation;	/* of the newest policy; protected by rivet_settings_lock */

static void free_policy(struct rivet_policy *policy)
{
	kvfree(policy->rules.rules);
	kvfree(policy->text);
	kfree(policy);
}

/**
 * rivet_policy_put() - release a reference to a policy
 * @policy: the policy
 *
 * Context: may sleep.
 */
void rivet_policy_put(struct rivet_policy *policy)
{
	if (refcount_dec_and_test(&policy->refs))
		free_policy(policy);
}

/**
 * rivet_policy_get() - get the active policy for a reader that may sleep
 *
 * Context: any.
 * Return: the policy, with a reference for the caller; never NULL between
 * rivet_policy_init() and rivet_policy_exit().
 */
struct rivet_policy *rivet_policy_get(void)
{
	struct rivet_policy *policy;

	rcu_read_lock();
	do {
		policy = rcu_dereference(rivet_policy_active);
	} while (!refcount_inc_not_zero(&policy->refs));
	rcu_read_unlock();
	return policy;
}

/**
 * rivet_policy_denies() - check whether a policy can refuse an op
 * @policy: the policy
 * @op: the op
 *
 * Context: any.
 * Return: true if some rule or DEFAULT of @op denies or kills.
 */
bool rivet_policy_denies(const struct rivet_policy *policy, enum rivet_op op)
{
	return policy->rules.denies & BIT(op);
}

static int parse_text(struct rivet_policy *policy, struct rivet_parse_error *err)
{
	struct rivet_rules *rules = &policy->rules;
	struct rivet_rule *array;
	int count;

	count = rivet_policy_parse(policy->text, policy->text_len, rules, NULL, 0, err);
	if (count < 0)
		return count;
	array = kvmalloc_array(max(count, 1), sizeof(*array), GFP_KERNEL | __GFP_NOWARN);
	if (!array)
		return -ENOMEM;
	count = rivet_policy_parse(policy->text, policy->text_len, rules, array, count, err);
	rules->rules = array;
	return count < 0 ? count : 0;
}

static struct rivet_policy *build_from_text(const char *text, size_t len,
					    const struct rivet_digest *digest,
					    struct rivet_parse_error *err)
{
	struct rivet_policy *policy = kzalloc(sizeof(*policy), GFP_KERNEL);
	int ret = -ENOMEM;

	if (!policy)
		return ERR_PTR(-ENOMEM);
	refcount_set(&policy->refs, 1);
	policy->text = kvmalloc(len + 1, GFP_KERNEL | __GFP_NOWARN);
	if (!policy->text)
		goto free;
	memcpy(policy->text, text, len);
	policy->text[len] = '\0';
	policy->text_len = len;
	policy->text_digest = *digest;
	ret = parse_text(policy, err);
	if (ret)
		goto free;
	return policy;

free:
	free_policy(policy);
	return ERR_PTR(ret);
}

static int refuse(int error, const struct rivet_parse_error *err, const char *what)
{
	if (err && err->expected)
		rivet_event_change(RIVET_EVENT_POLICY, error,
				   "policy refused: line %u column %u: expected %s%s; the active policy stays",
				   err->line, err->column, err->expected, err->found);
	else
		rivet_event_change(RIVET_EVENT_POLICY, error,
				   "policy refused: %s; the active policy stays", what);
	return error;
}

static bool slice_is_name(struct rivet_slice slice, const struct rivet_slice other)
{
	return slice.len == other.len && !memcmp(slice.ptr, other.ptr, slice.len);
}

/*
 * Under enforcement a policy of another name needs replaces= with the active name. A built-in
 * policy has nobody's name.
 */
static bool may_succeed(const struct rivet_rules *next, const struct rivet_policy *now)
{
	return !rivet_mode_is_enforce() || now->builtin ||
	       slice_is_name(next->name, now->rules.name) ||
	       slice_is_name(next->replaces, now->rules.name);
}

static int check_succession(const struct rivet_policy *policy, bool *same)
{
	struct rivet_policy *now = rivet_policy_get();
	int ret;

	ret = rivet_floor_check(RIVET_FLOOR_POLICY, policy->rules.name, policy->rules.version,
				&policy->text_digest);
	if (ret < 0) {
		refuse(ret, NULL, "a version of it at least as new is or was active: raise policy_version");
	} else if (!may_succeed(&policy->rules, now)) {
		ret = refuse(-EPERM, NULL,
			     "while enforcing, another name needs replaces= with the active policy's name");
	} else {
		*same = ret == 1 && rivet_digest_equal(&policy->text_digest, &now->text_digest);
		ret = 0;
	}
	rivet_policy_put(now);
	return ret;
}

/**
 * rivet_policy_build() - verify and parse a signed policy
 * @data: the signed object
 * @len: bytes of @data
 * @same: set to true if the policy is active already, so that there is nothing to do
 *
 * Context: may sleep; rivet_settings_lock held. The caller keeps it until
 * rivet_policy_publish() or rivet_policy_put().
 * Return: the policy with one reference, or ERR_PTR: -EKEYREJECTED, -ENOKEY,
 * -EBADMSG, -EFBIG, -ESTALE, -EPERM, -ENOMEM; the reason has been reported.
 */
struct rivet_policy *rivet_policy_build(const void *data, size_t len, bool *same)
{
	struct rivet_parse_error err = {};
	struct rivet_policy *policy;
	struct rivet_object object;
	struct rivet_digest signer, text_digest;
	const char *why;
	int ret;

	lockdep_assert_held(&rivet_settings_lock);
	*same = false;
	ret = rivet_object_split(data, len, &object, &err);
	if (!ret && object.kind != RIVET_OBJECT_POLICY) {
		err.expected = "a policy, whose first line begins with policy_name=";
		ret = -EBADMSG;
	}
	if (ret)
		return ERR_PTR(refuse(ret, &err, "malformed"));
	ret = rivet_trust_verify(&object, &signer, &text_digest, &why);
	if (ret)
		return ERR_PTR(refuse(ret, NULL, why));
	policy = build_from_text(object.text, object.text_len, &text_digest, &err);
	if (IS_ERR(policy)) {
		refuse(PTR_ERR(policy), &err, "out of memory");
		return policy;
	}
	ret = check_succession(policy, same);
	if (ret) {
		free_policy(policy);
		return ERR_PTR(ret);
	}
	return policy;
}

static int reserve_floors(const struct rivet_policy *policy)
{
	int ret = rivet_floor_reserve(RIVET_FLOOR_POLICY, policy->rules.name);

	if (!ret && policy->rules.replaces.len)
		ret = rivet_floor_reserve(RIVET_FLOOR_POLICY, policy->rules.replaces);
	if (!ret)
		ret = rivet_floor_reserve_issued(policy->rules.issued);
	return ret;
}

static void set_key(struct static_key_false *key, bool wanted, bool before)
{
	if (before && wanted)
		static_branch_enable(key);
	else if (!before && !wanted)
		static_branch_disable(key);
}

/* Enables keys before the policy becomes active. Disables keys after the old one is gone. */
static void set_keys(const struct rivet_rules *rules, bool before)
{
	set_key(&rivet_policy_reads,
		rules->acts & (BIT(RIVET_OP_READ) | BIT(RIVET_OP_SCRIPT)), before);
	set_key(&rivet_policy_guards, rules->guards_programs, before);
	set_key(&rivet_policy_denies_quarantined,
		rules->settings.value[RIVET_SETTING_QUARANTINE_READ] == RIVET_QUARANTINE_READ_DENY,
		before);
}

static void activate(struct rivet_policy *policy)
{
	struct rivet_policy *old;

	lockdep_assert_held(&rivet_settings_lock);
	policy->generation = ++last_generation;
	set_keys(&policy->rules, true);
	old = rcu_replace_pointer(rivet_policy_active, policy,
				  lockdep_is_held(&rivet_settings_lock));
	set_keys(&policy->rules, false);
	if (!old)
		return;
	synchronize_rcu();
	rivet_policy_put(old);
}

static void record_policy(const struct rivet_policy *policy, const char *version)
{
	const struct rivet_rules *rules = &policy->rules;
	char digest[RIVET_DIGEST_TEXT_MAX];

	rivet_digest_format(&policy->text_digest, digest, sizeof(digest));
	rivet_log_add("rivet:policy", "%.*s %s %s", (int)rules->name.len, rules->name.ptr,
		      version, digest);
}

/**
 * rivet_policy_publish() - make a policy the active one
 * @policy: policy from rivet_policy_build(); its reference passes on
 *
 * Raises the lowest version for its name and retires the name it replaces.
 *
 * Context: may sleep; rivet_settings_lock held.
 * Return: 0; -ENOSPC or -ENOMEM. On error nothing has changed and the caller still
 * owns @policy.
 */
int rivet_policy_publish(struct rivet_policy *policy)
{
	const struct rivet_rules *rules = &policy->rules;
	char version[RIVET_VERSION3_MAX];
	int ret = reserve_floors(policy);

	if (ret)
		return refuse(ret, NULL, "no room for its floor");
	rivet_floor_accept(RIVET_FLOOR_POLICY, rules->name, rules->version, &policy->text_digest);
	if (rules->replaces.len && !slice_is_name(rules->replaces, rules->name))
		rivet_floor_accept(RIVET_FLOOR_POLICY, rules->replaces, RIVET_FLOOR_RETIRED, NULL);
	rivet_floor_accept_issued(rules->issued);
	rivet_version3_text(rules->version, version);
	record_policy(policy, version);
	activate(policy);
	rivet_event_change(RIVET_EVENT_POLICY, 0, "policy %.*s %s is active",
			   (int)rules->name.len, rules->name.ptr, version);
	return 0;
}

static struct rivet_policy *build_builtin(const char *text, size_t len)
{
	struct rivet_digest digest = { .alg = RIVET_DIGEST_SHA256 };
	struct rivet_parse_error err = {};
	struct rivet_policy *policy;

	sha256(text, len, digest.bytes);
	policy = build_from_text(text, len, &digest, &err);
	if (!IS_ERR(policy))
		policy->builtin = true;
	return policy;
}

/**
 * rivet_policy_build_fallback() - build the policy of a machine that has no valid one
 *
 * It denies each op, except for a match.
 *
 * Context: may sleep.
 * Return: the policy with one reference, for rivet_policy_fall_back(); or ERR_PTR.
 */
struct rivet_policy *rivet_policy_build_fallback(void)
{
	return build_builtin(fallback_text, sizeof(fallback_text) - 1);
}

/**
 * rivet_policy_fall_back() - make the fallback policy the active one
 * @policy: from rivet_policy_build_fallback(); its reference passes on
 *
 * It has no floor: any signed policy may follow.
 *
 * Context: may sleep; rivet_settings_lock held.
 * Return: 0, as rivet_policy_publish() does.
 */
int rivet_policy_fall_back(struct rivet_policy *policy)
{
	record_policy(policy, "built-in");
	activate(policy);
	rivet_event_change(RIVET_EVENT_POLICY, 0,
			   "ALARM: no signed policy is loaded: the built-in one denies all but matches");
	return 0;
}

/**
 * rivet_policy_init() - activate the built-in policy
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int __init rivet_policy_init(void)
{
	struct rivet_policy *policy = build_builtin(builtin_text, sizeof(builtin_text) - 1);

	if (IS_ERR(policy))
		return PTR_ERR(policy);
	mutex_lock(&rivet_settings_lock);
	activate(policy);
	mutex_unlock(&rivet_settings_lock);
	return 0;
}

/**
 * rivet_policy_exit() - free the active policy
 *
 * Context: may sleep; no reader is left.
 */
void rivet_policy_exit(void)
{
	struct rivet_policy *policy;

	mutex_lock(&rivet_settings_lock);
	policy = rcu_replace_pointer(rivet_policy_active, NULL,
				     lockdep_is_held(&rivet_settings_lock));
	mutex_unlock(&rivet_settings_lock);
	if (policy)
		rivet_policy_put(policy);
}
