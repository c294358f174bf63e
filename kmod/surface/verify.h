/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - surface/verify: netlink commands about verifications
 */
#ifndef _RIVET_SURFACE_VERIFY_H
#define _RIVET_SURFACE_VERIFY_H

#include <net/genetlink.h>
#include <uapi/linux/rivet.h>

extern const struct nla_policy rivet_surface_verify_attrs[RIVET_A_VERIFY_MAX + 1];

int rivet_surface_verify(const struct genl_family *family, struct sk_buff *skb,
			 struct genl_info *info);
int rivet_surface_verify_cancel(struct sk_buff *skb, struct genl_info *info);
int rivet_surface_verify_report(const struct genl_family *family, struct sk_buff *skb,
				struct netlink_callback *cb);

#endif /* _RIVET_SURFACE_VERIFY_H */
