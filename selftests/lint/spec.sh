#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# spec.sh - the netlink specification says what the uapi header says

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need python3

if ! python3 -c 'import yaml' 2>/dev/null; then
	echo 'no python3-yaml on this machine'
	exit 4
fi
python3 "$lint_dir/ynl-check.py"
