#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# codespell.sh - common misspellings, in every text but the fuzzers' inputs

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need codespell

list_files | grep -v -e '/corpus/' -e '\.dict$' -e '^COPYING$' |
	xargs codespell --quiet-level=2 --ignore-words "$lint_dir/words"
