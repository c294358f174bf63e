#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# script.test.sh - which interpreter a script has: as this machine's kernel sees it
#
# script_unit.c, built here with sanitizers: no kernel module is needed.

set -euo pipefail
# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

# Where script_unit.c makes its links
unit=$(mktemp /tmp/rivet-XXXXXX)
trap 'rm -rf "$unit" "$work"' EXIT
build_unit "$unit" "$top/selftests/userspace/script_unit.c" \
	"$top/userspace/lib/manifest/script.c" "$top"/kmod/text/{bytes,parse}.c
"$unit"
