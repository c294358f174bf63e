#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mandoc.sh - the manual pages are well-formed

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need mandoc

mapfile -t pages < <(list_named '^(userspace|Documentation)/.*\.[1-8]$')
if ((${#pages[@]} == 0)); then
	echo 'userspace/man holds no manual page'
	exit 1
fi
mandoc -T lint -W warning "${pages[@]}"
