#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# functions.sh - length, kernel-doc and cleanup of each C function

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need python3

# A unit test is a list of cases, as long as there are cases.
list_named '\.[ch]$' | grep -v '^selftests/' | xargs python3 "$lint_dir/functions.py"
