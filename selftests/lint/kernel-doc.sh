#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel-doc.sh - every comment of the kernel-doc form is complete and right

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need perl

scripts=$("$lint_dir/kernel-scripts.sh")
list_named '^kmod/.*\.[ch]$' |
	xargs perl "$scripts/kernel-doc" -none -Wall -Werror 2>&1
