#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lint.sh - run the linters and add up their results
#
# usage: lint.sh [NAME...]
#
# One line a linter, `ok` or `not ok`, with its findings; the full list is kept
# in build/check/lint/NAME.log. Without a NAME all are run, two at a time.
# lib.sh describes a linter.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

# The slow ones first. module-KERNEL is module.sh for that kernel.
linters=(surface module-6.12 module-arm64-6.12 module-6.1 module-7.x checkpatch analyze
	coccinelle cppcheck shell kernel-doc layers locks ladder depth language pages mentions functions
	source codespell mandoc spec commits)
shown=40
logs=$top_dir/build/check/lint
passed=0 failed=0 skipped=0

run_linter()
{
	local name=$1 status=0 from=$EPOCHSECONDS

	case $name in
	module-*) bash "$lint_dir/module.sh" "${name#module-}" ;;
	*) bash "$lint_dir/$name.sh" ;;
	esac >"$logs/$name.log" 2>&1 </dev/null || status=$?
	echo "$status $((EPOCHSECONDS - from))" >"$logs/$name.status"
}

show_findings()
{
	local log=$1 lines

	lines=$(wc -l <"$log")
	sed -e "${shown}q" "$log" | sed 's/^\(# \)\?/# /'
	((lines <= shown)) || echo "# ... $((lines - shown)) more lines in ${log#"$top_dir"/}"
}

# Not having run to the end is a failure.
report()
{
	local name=$1 log=$logs/$1.log status seconds

	read -r status seconds <"$logs/$name.status" || status=died
	case $status in
	0)
		passed=$((passed + 1))
		echo "ok $name (${seconds} s)"
		grep '^# ' "$log" || true
		;;
	4)
		skipped=$((skipped + 1))
		echo "ok $name # SKIP $(tail -n 1 "$log")"
		;;
	*)
		failed=$((failed + 1))
		show_findings "$log"
		echo "not ok $name (${seconds:-?} s)"
		;;
	esac
}

# Two at a time, reported in the order they were started in.
run_all()
{
	local name next=0 reported=0 pids=()

	for name; do
		rm -f "$logs/$name.status"
	done
	while ((reported < $#)); do
		while ((next < $# && next < reported + 2)); do
			next=$((next + 1))
			run_linter "${!next}" &
			pids+=($!)
		done
		wait "${pids[reported]}" || true
		reported=$((reported + 1))
		report "${!reported}"
	done
}

mkdir -p "$logs"
(($#)) || set -- "${linters[@]}"
run_all "$@"
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
