/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - surface/report_text: the text of a report
 */
#ifndef _RIVET_SURFACE_REPORT_TEXT_H
#define _RIVET_SURFACE_REPORT_TEXT_H

#include <linux/types.h>
#include <uapi/linux/rivet.h>

struct rivet_quote;
struct rivet_quote_signer;

/* Bytes of a report: 256 sets of 180, 16 PCRs, a quote. It fits an attribute of netlink. */
#define RIVET_REPORT_MAX	(60 * 1024)

/**
 * struct rivet_report_text - a report being written
 * @buf: RIVET_REPORT_MAX bytes; terminated
 * @len: bytes written
 */
struct rivet_report_text {
	char *buf;
	size_t len;
};

void rivet_report_text_begin(struct rivet_report_text *text);
void rivet_report_text_boot(struct rivet_report_text *text, const u8 *nonce, size_t nonce_len,
			    const struct rivet_quote_signer *signer);
u32 rivet_report_text_state(struct rivet_report_text *text);
void rivet_report_text_quote(struct rivet_report_text *text, const struct rivet_quote *quote);
void rivet_report_text_unsigned(struct rivet_report_text *text, const char *why);
void rivet_report_text_read_boot_id(void);

#endif /* _RIVET_SURFACE_REPORT_TEXT_H */
