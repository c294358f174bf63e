// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - surface/report_text: the text of a report
 *
 * Lines "key: value" in one order, see Documentation/formats.md. Names are valid names, and
 * nothing else in it is anybody's choice but the nonce, so nothing needs to be escaped.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "control/faults.h"
#include "decide/report.h"
#include "event/event.h"
#include "evidence/log.h"
#include "evidence/quote.h"
#include "evidence/tpm.h"
#include "hook/table.h"
#include "mode/mode.h"
#include "mode/settings.h"
#include "object/version.h"
#include "policy/active.h"
#include "quarantine/list.h"
#include "respond/isolate.h"
#include "riv/index.h"
#include "surface/report_text.h"
#include "text/base64.h"
#include "text/version3.h"
#include "trust/trust.h"
#include "verify/verify.h"
#include "version.h"

#define BOOT_ID_LEN	36	/* characters of a boot id */

static char boot_id[BOOT_ID_LEN + 1] __ro_after_init = "-";

/**
 * rivet_report_text_read_boot_id() - read the kernel's number of this boot
 *
 * It is read when the module is loaded, before anybody mounts another /proc.
 *
 * Context: may sleep; once, when the module is loaded.
 */
void __init rivet_report_text_read_boot_id(void)
{
	struct file *file = filp_open("/proc/sys/kernel/random/boot_id", O_RDONLY, 0);
	char text[BOOT_ID_LEN + 1] = "";
	loff_t pos = 0;
	ssize_t len;

	if (IS_ERR(file))
		return;
	len = kernel_read(file, text, BOOT_ID_LEN, &pos);
	filp_close(file, NULL);
	if (len == BOOT_ID_LEN && strspn(text, "0123456789abcdef-") == BOOT_ID_LEN)
		memcpy(boot_id, text, BOOT_ID_LEN);
}

static __printf(2, 3) void say(struct rivet_report_text *text, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	text->len += vscnprintf(text->buf + text->len, RIVET_REPORT_MAX - text->len, fmt, args);
	va_end(args);
}

static void say_hex(struct rivet_report_text *text, const char *key, const u8 *bytes, size_t len)
{
	say(text, "%s: ", key);
	while (len--)
		say(text, "%02x", *bytes++);
	say(text, "\n");
}

static void say_base64(struct rivet_report_text *text, const char *key, const u8 *bytes,
		       size_t len)
{
	say(text, "%s: ", key);
	if (RIVET_BASE64_LEN(len) < RIVET_REPORT_MAX - text->len)
		text->len += rivet_base64_encode(bytes, len, text->buf + text->len);
	say(text, "\n");
}

static void say_mode(struct rivet_report_text *text)
{
	u32 signers, cas;

	rivet_trust_count(&signers, &cas);
	say(text, "mode: %s\n", rivet_name_mode(rivet_mode_is_enforce() ? RIVET_MODE_ENFORCE :
						 RIVET_MODE_AUDIT));
	say(text, "trust: %s %u %u\n", rivet_trust_is_sealed() ? "sealed" : "open", signers, cas);
}

/* As in the record of the policy; "-" for the one that permits all until another is loaded. */
static void say_policy(struct rivet_report_text *text)
{
	struct rivet_policy *policy = rivet_policy_get();
	char version[RIVET_VERSION3_MAX] = "built-in", digest[RIVET_DIGEST_TEXT_MAX];

	if (!policy->builtin)
		rivet_version3_text(policy->rules.version, version);
	rivet_digest_format(&policy->text_digest, digest, sizeof(digest));
	if (policy->builtin && !policy->rules.denies)
		say(text, "policy: -\n");
	else
		say(text, "policy: %.*s %s %s\n", (int)policy->rules.name.len,
		    policy->rules.name.ptr, version, digest);
	rivet_policy_put(policy);
}

static void say_hooks(struct rivet_report_text *text)
{
	u32 count[__RIVET_HOOK_STATE_MAX] = {};
	enum rivet_hook hook;

	for (hook = 0; hook < __RIVET_HOOK_MAX; hook++)
		count[rivet_hook_state(hook)]++;
	say(text, "hooks: %u live %u derived %u missing\n", count[RIVET_HOOK_LIVE],
	    count[RIVET_HOOK_DERIVED], count[RIVET_HOOK_MISSING]);
}

static void say_counts(struct rivet_report_text *text)
{
	struct rivet_riv_totals totals;

	rivet_riv_count(&totals);
	say(text, "revoked: %llu\n", totals.revoked);
	say(text, "denied: %llu\n", rivet_report_counter(RIVET_COUNT_DENIALS));
	say(text, "deviations: %llu\n", rivet_report_counter(RIVET_COUNT_AUDITED));
	say(text, "quarantined: %u\n", READ_ONCE(rivet_quarantine_count_value));
	say(text, "isolated: %s\n", rivet_isolate_is_in_force() ? "yes" : "no");
	say(text, "faults: %u\n", rivet_faults_count());
	say(text, "floors: %u\n", rivet_floor_count());
}

static void say_verify(struct rivet_report_text *text)
{
	static const char * const words[__RIVET_VERIFY_STATE_MAX] = {
		[RIVET_VERIFY_WAITING] = "waiting",
		[RIVET_VERIFY_RUNNING] = "running",
		[RIVET_VERIFY_DONE] = "done",
		[RIVET_VERIFY_CANCELLED] = "cancelled",
	};
	struct rivet_verify *v = rivet_verify_get(0);
	struct rivet_verify_counts counts;
	enum rivet_verify_state state;
	u64 ended;

	if (!v) {
		say(text, "verify: -\n");
		return;
	}
	rivet_verify_read(v, &counts, &state, &ended);
	say(text, "verify: %u %s %llu of %llu %llu failed%s\n", v->ticket, words[state],
	    counts.done, counts.files, counts.failed, counts.incomplete ? " incomplete" : "");
	rivet_verify_put(v);
}

static void say_events(struct rivet_report_text *text)
{
	struct rivet_digest head = { .alg = RIVET_DIGEST_SHA256 };
	char digest[RIVET_DIGEST_TEXT_MAX];
	u64 oldest, last;

	rivet_event_range(&oldest, &last, head.bytes);
	rivet_digest_format(&head, digest, sizeof(digest));
	say(text, "events: %llu %s\n", last, digest);
}

static void say_sets(struct rivet_report_text *text)
{
	struct rivet_set **sets = kcalloc(RIVET_SETS_MAX, sizeof(*sets), GFP_KERNEL);
	char digest[RIVET_DIGEST_TEXT_MAX];
	unsigned int count, i;

	count = sets ? rivet_riv_take_sets("", sets) : 0;
	say(text, "sets: ");
	if (sets)
		say(text, "%u\n", count);
	else
		say(text, "-\n");	/* no memory: not told */
	for (i = 0; i < count; i++) {
		rivet_digest_format(&sets[i]->text_digest, digest, sizeof(digest));
		say(text, "set: %s %llu %s\n", sets[i]->name, sets[i]->version, digest);
		rivet_riv_set_put(sets[i]);
	}
	kfree(sets);
}

/**
 * rivet_report_text_begin() - begin a report, again if need be
 * @text: its memory is there
 *
 * Context: any.
 */
void rivet_report_text_begin(struct rivet_report_text *text)
{
	text->len = 0;
	say(text, "riv-report 1\n");
}

/**
 * rivet_report_text_boot() - write who asks, and who answers
 * @text: the report
 * @nonce: of the asker
 * @nonce_len: its bytes
 * @signer: the key that will sign; NULL without one
 *
 * Context: any.
 */
void rivet_report_text_boot(struct rivet_report_text *text, const u8 *nonce, size_t nonce_len,
			    const struct rivet_quote_signer *signer)
{
	say_hex(text, "nonce", nonce, nonce_len);
	say(text, "boot: %s\n", boot_id);
	say(text, "version: %s\n", RIVET_VERSION);
	say(text, "tpm: %s\n", rivet_tpm_word());
	if (signer) {
		say_hex(text, "ak", signer->name, signer->name_len);
		say(text, "resets: %u %u\n", signer->resets, signer->restarts);
	} else {
		say(text, "ak: -\nresets: -\n");
	}
}

/**
 * rivet_report_text_state() - write the state of the module
 * @text: the report
 *
 * No setting changes meanwhile, so the measurement list has a record of all that it says. A set
 * may be loaded: then its record comes before the set is there, and another text is needed.
 *
 * Context: may sleep; takes rivet_settings_lock.
 * Return: the number of records of the measurement list; U32_MAX if one came meanwhile.
 */
u32 rivet_report_text_state(struct rivet_report_text *text)
{
	u32 lost, records;

	mutex_lock(&rivet_settings_lock);
	records = rivet_log_count(&lost);
	say(text, "pcr: %u\n", rivet_log_pcr());
	say(text, "records: %u %u lost\n", records, lost);
	say_mode(text);
	say_policy(text);
	say_hooks(text);
	say_counts(text);
	say_verify(text);
	say_events(text);
	say_sets(text);
	mutex_unlock(&rivet_settings_lock);
	return rivet_log_count(&lost) == records ? records : U32_MAX;
}

/**
 * rivet_report_text_quote() - end a report with a quote
 * @text: the report; the quote is over what it has so far
 * @quote: the quote
 *
 * Context: any.
 */
void rivet_report_text_quote(struct rivet_report_text *text, const struct rivet_quote *quote)
{
	char key[sizeof("pcr-00")];
	unsigned int pcr;

	for (pcr = 0; pcr < RIVET_TPM_PCRS; pcr++) {
		scnprintf(key, sizeof(key), "pcr-%02u", pcr);
		say_hex(text, key, quote->pcrs[pcr], RIVET_TPM_DIGEST);
	}
	say_base64(text, "quote", quote->attest, quote->attest_len);
	say_base64(text, "signature", quote->signature, quote->signature_len);
}

/**
 * rivet_report_text_unsigned() - end a report that nobody has signed
 * @text: the report
 * @why: the reason
 *
 * Context: any.
 */
void rivet_report_text_unsigned(struct rivet_report_text *text, const char *why)
{
	say(text, "unsigned: %s\n", why);
}
