// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - evidence: the text of a report, taken apart
 *
 * A report has one form, see Documentation/formats.md. It comes from a machine that nobody
 * trusts yet.
 */
#include <string.h>

#include "lib/evidence/report.h"
#include "text/base64.h"

static const char * const keys[__REPORT_KEY_MAX] = {
	[REPORT_NONCE] = "nonce: ",
	[REPORT_BOOT] = "boot: ",
	[REPORT_VERSION] = "version: ",
	[REPORT_TPM] = "tpm: ",
	[REPORT_AK] = "ak: ",
	[REPORT_RESETS] = "resets: ",
	[REPORT_PCR] = "pcr: ",
	[REPORT_RECORDS] = "records: ",
	[REPORT_MODE] = "mode: ",
	[REPORT_TRUST] = "trust: ",
	[REPORT_POLICY] = "policy: ",
	[REPORT_HOOKS] = "hooks: ",
	[REPORT_REVOKED] = "revoked: ",
	[REPORT_DENIED] = "denied: ",
	[REPORT_DEVIATIONS] = "deviations: ",
	[REPORT_QUARANTINED] = "quarantined: ",
	[REPORT_ISOLATED] = "isolated: ",
	[REPORT_FAULTS] = "faults: ",
	[REPORT_FLOORS] = "floors: ",
	[REPORT_VERIFY] = "verify: ",
	[REPORT_EVENTS] = "events: ",
	[REPORT_SETS] = "sets: ",
};

/**
 * struct reader - the lines of a report
 * @rest: those that were not taken yet
 * @line: number of the last one taken
 */
struct reader {
	struct rivet_slice rest;
	uint32_t line;
};

static bool is_printable(struct rivet_slice text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			return false;
	return true;
}

/* Takes the next line, if it has this key. */
static bool take_line(struct reader *reader, const char *key, struct rivet_slice *value)
{
	struct rivet_slice rest = reader->rest, line;

	if (!rivet_slice_take_until(&rest, '\n', &line) ||
	    !rivet_slice_take_prefix(&line, key) || !is_printable(line))
		return false;
	*value = line;
	reader->rest = rest;
	reader->line++;
	return true;
}

static bool take_hex(struct reader *reader, const char *key, uint8_t *out, size_t len)
{
	struct rivet_slice value;

	return take_line(reader, key, &value) && value.len == 2 * len &&
	       !rivet_parse_hex(value.ptr, value.len, out, len);
}

static bool take_base64(struct reader *reader, const char *key, uint8_t *out, size_t size,
			size_t *len)
{
	struct rivet_slice value;
	ssize_t got;

	if (!take_line(reader, key, &value))
		return false;
	got = rivet_base64_decode(value.ptr, value.len, out, size);
	*len = got;
	return got > 0;
}

static bool parse_number(struct rivet_slice text, uint64_t *number)
{
	u64 value;

	if (rivet_parse_u64(text.ptr, text.len, &value))
		return false;
	*number = value;
	return true;
}

/* "N N lost" */
static bool parse_records(struct rivet_slice text, struct report *out)
{
	struct rivet_slice records, lost;

	return rivet_slice_take_until(&text, ' ', &records) &&
	       rivet_slice_take_until(&text, ' ', &lost) && rivet_slice_equal(text, "lost") &&
	       parse_number(records, &out->records) && parse_number(lost, &out->lost);
}

static bool parse_values(struct report *out)
{
	uint64_t pcr;

	if (!report_parse_nonce(out->value[REPORT_NONCE], out->nonce, &out->nonce_len) ||
	    !parse_number(out->value[REPORT_PCR], &pcr) || pcr >= RIVET_TPM_PCRS)
		return false;
	out->pcr = pcr;
	return parse_records(out->value[REPORT_RECORDS], out);
}

static bool take_text(struct reader *reader, struct report *out)
{
	struct rivet_slice value;
	const char *begin;
	int key;

	if (!take_line(reader, "riv-report 1", &value) || value.len)
		return false;
	for (key = 0; key < __REPORT_KEY_MAX; key++)
		if (!take_line(reader, keys[key], &out->value[key]))
			return false;
	begin = reader->rest.ptr;
	while (take_line(reader, "set: ", &value))
		continue;
	out->sets = (struct rivet_slice){ begin, reader->rest.ptr - begin };
	return true;
}

static bool take_quote(struct reader *reader, struct report *out)
{
	char key[] = "pcr-00: ";
	int pcr;

	for (pcr = 0; pcr < RIVET_TPM_PCRS; pcr++) {
		key[4] = '0' + pcr / 10;
		key[5] = '0' + pcr % 10;
		if (!take_hex(reader, key, out->pcrs[pcr], RIVET_TPM_DIGEST))
			return false;
	}
	return take_base64(reader, "quote: ", out->attest, sizeof(out->attest),
			   &out->attest_len) &&
	       take_base64(reader, "signature: ", out->signature, sizeof(out->signature),
			   &out->signature_len);
}

/**
 * report_parse() - take a report apart
 * @text: the report, which must outlive @out
 * @out: filled
 * @line: set to the number of the line that is wrong, on error
 *
 * Return: false if it is not of the one form.
 */
bool report_parse(struct rivet_slice text, struct report *out, uint32_t *line)
{
	struct reader reader = { .rest = text };
	bool good;

	memset(out, 0, sizeof(*out));
	good = take_text(&reader, out) && parse_values(out);
	out->text = (struct rivet_slice){ text.ptr, reader.rest.ptr - text.ptr };
	if (good && !take_line(&reader, "unsigned: ", &out->why_unsigned))
		good = take_quote(&reader, out);
	*line = reader.line + 1;
	return good && !reader.rest.len;
}

/**
 * report_parse_nonce() - read a nonce
 * @hex: 32 to 128 lower-case hex digits
 * @nonce: its bytes
 * @len: set to their number
 *
 * Return: false if it is none.
 */
bool report_parse_nonce(struct rivet_slice hex, uint8_t nonce[RIVET_REPORT_NONCE_MAX],
			size_t *len)
{
	*len = hex.len / 2;
	return hex.len % 2 == 0 && *len >= RIVET_REPORT_NONCE_MIN &&
	       *len <= RIVET_REPORT_NONCE_MAX && !rivet_parse_hex(hex.ptr, hex.len, nonce, *len);
}
