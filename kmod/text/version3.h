/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - text/version3: the text of a version X.Y.Z
 */
#ifndef _RIVET_TEXT_VERSION3_H
#define _RIVET_TEXT_VERSION3_H

#include <linux/kernel.h>
#include <linux/types.h>

#define RIVET_VERSION3_MAX	24	/* bytes of the text, terminated */

/**
 * rivet_version3_text() - write a version X.Y.Z
 * @version: from rivet_parse_version3()
 * @buf: output, terminated
 *
 * Context: any.
 * Return: length of the text.
 */
static inline int rivet_version3_text(u64 version, char buf[RIVET_VERSION3_MAX])
{
	return snprintf(buf, RIVET_VERSION3_MAX, "%u.%u.%u", (u32)(version >> 32),
			(u32)(version >> 16) & 0xffff, (u32)version & 0xffff);
}

#endif /* _RIVET_TEXT_VERSION3_H */
