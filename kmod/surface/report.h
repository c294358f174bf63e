/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - surface/report: reports that the TPM signs, for somebody who does not trust the machine
 */
#ifndef _RIVET_SURFACE_REPORT_H
#define _RIVET_SURFACE_REPORT_H

#include <net/genetlink.h>
#include <uapi/linux/rivet.h>

struct file_operations;

extern const struct file_operations rivet_report_ops;
extern const struct nla_policy rivet_surface_report_attrs[RIVET_A_REPORT_MAX + 1];

int rivet_surface_report(const struct genl_family *family, struct sk_buff *skb,
			 struct genl_info *info);
void rivet_surface_report_exit(void);

#endif /* _RIVET_SURFACE_REPORT_H */
