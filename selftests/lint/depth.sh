#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# depth.sh - how many calls a reader of kmod/ follows from a hook to the last helper
#
# Tried first on depth.bad, in which each hook with too long a chain is marked.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need python3

status=0
bad=selftests/lint/depth.bad
wanted=$(sed -n 's/.*found: \(hook_[a-z]*\).*/\1/p' "$bad" | sort)
hit=$({ python3 "$lint_dir/depth.py" --entries "$bad" "$bad" || true; } |
	sed -n 's/.*: \(hook_[a-z]*\) >.*/\1/p' | sort)
if [[ -z $wanted || $hit != "$wanted" ]]; then
	echo "depth.sh: finds '$hit', not '$wanted', in $bad"
	status=1
fi
list_named '^kmod/.*\.[ch]$' | xargs python3 "$lint_dir/depth.py" || status=1
exit "$status"
