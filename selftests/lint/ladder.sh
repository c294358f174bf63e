#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ladder.sh - main.c undoes its steps in reverse; see ladder.py
#
# Tried first on copies of main.c with one fault each.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need python3

status=0
main=kmod/main.c
mkdir -p "$lint_out"

# A rung that is not undone, one undone at another place, a jump to another rung, and a
# result that nobody looks at
faults=('/^exit_starts:/,/^exit_measure:/{/rivet_starts_exit/d}'
	'/^static void __exit/,/^}/{s/rivet_hook_exit/rivet_x_exit/;s/rivet_genl_exit/rivet_hook_exit/;s/rivet_x_exit/rivet_genl_exit/}'
	's/goto exit_trust;/goto exit_policy;/'
	's/err = rivet_fs_init/rivet_fs_init/'
	's/exit_filled();/rivet_report_exit();/')
for fault in "${faults[@]}"; do
	sed "$fault" "$main" >"$lint_out/main.c"
	if python3 "$lint_dir/ladder.py" "$lint_out/main.c" >/dev/null; then
		echo "ladder.py does not see: $fault"
		status=1
	fi
done
python3 "$lint_dir/ladder.py" "$main" || status=1
exit "$status"
