#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# analyze.sh - userspace through gcc's static analyzer; a finding is an error

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need gcc make

mkdir -p "$lint_out"
log=$lint_out/analyze.log
env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C userspace --no-print-directory -k \
	OUT="$lint_out/userspace" analyze >"$log" 2>&1 && exit
grep -E '(error|warning):|^make.*\*\*\*' "$log" || tail -n 20 "$log"
exit 1
