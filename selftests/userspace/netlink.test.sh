#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# netlink.test.sh - what userspace makes of the kernel's messages and answers
#
# netlink_unit.c, built here with sanitizers: no kernel module is needed.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
lib=$top/userspace/lib

pure=(text/digest text/fields text/names text/parse)
user=(kernel/answer base/attrs kernel/btf base/config base/err event/decode object/expiry
	event/explain event/fields event/json event/load event/text event/words base/file kernel/follow
	base/json kernel/nl kernel/status base/text)
sources=()
for name in "${pure[@]}"; do
	sources+=("$top/kmod/$name.c")
done
for name in "${user[@]}"; do
	sources+=("$lib/$name.c")
done

"${CC:-gcc}" -std=gnu11 -O1 -g -D_GNU_SOURCE -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers \
	-Werror "-I$top/userspace" "-I$top/userspace/shim" "-I$top/kmod" "-I$top/kmod/include" "-I$top/selftests/unit" \
	-o "$out/netlink_unit" "$top/selftests/userspace/netlink_unit.c" \
	"$top/selftests/unit/unit.c" "${sources[@]}" -lmnl
"$out/netlink_unit"
