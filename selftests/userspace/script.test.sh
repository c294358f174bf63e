#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# script.test.sh - which interpreter a script has: as this machine's kernel sees it
#
# script_unit.c, built here with sanitizers: no kernel module is needed.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
out=$(mktemp -d /tmp/rivet-XXXXXX)
trap 'rm -rf "$out"' EXIT

"${CC:-gcc}" -std=gnu11 -O1 -g -D_GNU_SOURCE -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers \
	-Werror "-I$top/userspace" "-I$top/userspace/shim" "-I$top/kmod" "-I$top/kmod/include" "-I$top/selftests/unit" \
	-o "$out/script_unit" "$top/selftests/userspace/script_unit.c" \
	"$top/selftests/unit/unit.c" "$top/userspace/lib/manifest/script.c" "$top/kmod/text/parse.c"
"$out/script_unit"
