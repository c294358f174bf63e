// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - the shim headers together with those of the libraries in use, compiled
 */
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "object/manifest.h"
#include "object/split.h"
#include "object/unlock.h"
#include "policy/parser.h"

#include <errno.h>
#include <limits.h>
#include <sys/sysinfo.h>

#include <linux/build_bug.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "unit.h"

static_assert(sizeof(struct nlattr) == 4 && sizeof(struct genlmsghdr) == 4, "netlink's own types");

int main(void)
{
	unit_eq(sizeof(u8), 1, "u8");
	unit_eq(sizeof(u16), 2, "u16");
	unit_eq(sizeof(u32), 4, "u32");
	unit_eq(sizeof(u64), 8, "u64");
	unit_eq(sizeof(__be32), 4, "__be32");
	unit_ok((s64)-1 < 0 && (s8)-1 < 0 && (s16)-1 < 0 && (s32)-1 < 0, "signed types");
	unit_ok(U16_MAX == UINT16_MAX && U32_MAX == UINT32_MAX, "limits of short types");
	unit_ok(U64_MAX == UINT64_MAX && S64_MAX == INT64_MAX, "limits of long types");
	unit_eq(EBADMSG, 74, "errno values are the kernel's");
	unit_eq(PATH_MAX, RIVET_PATH_MAX, "a path is as long as the kernel's");
	unit_eq(sizeof(struct rivet_digest), 33, "a digest has no padding");
	return unit_done();
}
