/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: the buffer of a command for a TPM
 *
 * The caller allocates it since "tpm: Make struct tpm_buf a flexible array" (v7 at the latest),
 * which has moved it to a header of its own. Before, tpm_buf_init() allocates a page.
 */
#ifndef _RIVET_COMPAT_TPM_H
#define _RIVET_COMPAT_TPM_H

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/tpm.h>

#define RIVET_COMPAT_TPM_ROOM	2048	/* bytes of a command or an answer */

#if !IS_REACHABLE(CONFIG_TCG_TPM)
/* A kernel without drivers for TPMs lacks the functions; no chip is ever there. */
static inline struct tpm_buf *rivet_compat_tpm_begin(u16 tag, u32 code)
{
	return NULL;
}

static inline void rivet_compat_tpm_end(struct tpm_buf *buf)
{
}

#define tpm_buf_append(buf, bytes, len)			((void)(buf))
#define tpm_try_get_ops(chip)				((void)(chip), -ENODEV)
#define tpm_put_ops(chip)				((void)(chip))
#define tpm_transmit_cmd(chip, buf, least, what)	((void)(buf), (ssize_t)-ENODEV)
#elif defined(RIVET_HAVE_TPM_BUF_H)
static inline struct tpm_buf *rivet_compat_tpm_begin(u16 tag, u32 code)
{
	struct tpm_buf *buf = kzalloc(sizeof(*buf) + RIVET_COMPAT_TPM_ROOM, GFP_KERNEL);

	if (!buf)
		return NULL;
	tpm_buf_init(buf, sizeof(*buf) + RIVET_COMPAT_TPM_ROOM);
	tpm_buf_reset(buf, tag, code);
	return buf;
}

static inline void rivet_compat_tpm_end(struct tpm_buf *buf)
{
	kfree(buf);
}
#else
static inline struct tpm_buf *rivet_compat_tpm_begin(u16 tag, u32 code)
{
	struct tpm_buf *buf = kzalloc(sizeof(*buf), GFP_KERNEL);

	if (!buf || !tpm_buf_init(buf, tag, code))
		return buf;
	kfree(buf);
	return NULL;
}

static inline void rivet_compat_tpm_end(struct tpm_buf *buf)
{
	tpm_buf_destroy(buf);
	kfree(buf);
}
#endif

#endif /* _RIVET_COMPAT_TPM_H */
