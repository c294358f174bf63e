#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# netlink.test.sh - userspace parsing the kernel's messages and answers
#
# netlink_unit.c, built here with sanitizers: no kernel module is needed.

set -euo pipefail
# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"
lib=$top/userspace/lib

pure=(text/bytes text/digest text/fields text/names text/parse text/path object/manifest quarantine/line)
user=(kernel/answer base/attrs base/durable kernel/btf base/config base/keyed base/err
	object/expiry base/file kernel/follow base/json kernel/metrics kernel/nl kernel/status
	kernel/verify base/text manifest/manifest)
sources=("$lib"/event/*.c)
for name in "${pure[@]}"; do
	sources+=("$top/kmod/$name.c")
done
for name in "${user[@]}"; do
	sources+=("$lib/$name.c")
done

build_unit "$work/netlink_unit" "$top/selftests/userspace/netlink_unit.c" "${sources[@]}" -lmnl
"$work/netlink_unit"
