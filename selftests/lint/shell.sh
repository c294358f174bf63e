#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# shell.sh - shellcheck of every shell script, each file by itself with those it
# sources

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need shellcheck

# SC2317: it takes a function that is called by its name for one that is not called.
list_shell_scripts | xargs shellcheck -x -f gcc -e SC2317
