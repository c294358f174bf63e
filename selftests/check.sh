#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh - run the tests, and say in one line how they went
#
# usage: check.sh all | unit | lint | vm [KERNEL|all] | long [PART...]
#
# Installs missing packages (as root), then runs the parts below, three at a time:
# a guest under emulation keeps one processor busy, and now and then waits.
# Shows failed and skipped tests; the whole output of the parts is kept in
# build/check/PART.log. The last line is `N passed, N failed, N skipped`. A test that
# crashes, says nothing or skips without a reason has failed.
#
# `all` is for every day. `long` takes many hours: the wide tests on the kernels that
# `all` does not run them on, the tests that repeat boots or decisions, the gateway's
# scenarios, the Debian packages, and a build against each packaged kernel's headers; PART
# is one of these, as its lines call it. The date and the commit stand at its beginning.

set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
tests=$top/selftests
logs=$top/build/check
all_kernels=(6.12 6.1 7.x arm64-6.12)
count_line='^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$'
at_once=3
most_minutes=75
passed=0 failed=0 skipped=0
scope=core

usage()
{
	sed -n 's/^# usage: /usage: /p' "$0" >&2
	finish 1
}

# The count is the last line in any case, and the failures are above it once more.
finish()
{
	failed=$((failed + $1))
	cat "$logs/failures"
	echo "$passed passed, $failed failed, $skipped skipped"
	exit $((failed != 0))
}

# A sub-make shares neither flags nor job slots with the make that called us.
sub_make()
{
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make --no-print-directory "$@"
}

part_unit()
{
	sub_make -C "$tests/unit" -j"$at_once" check
}

part_fuzz()
{
	sub_make -C "$tests/fuzz" -j"$at_once" check SECONDS=5
}

part_userspace()
{
	sub_make -C "$top/userspace" -j"$at_once" OUT="$top/build/userspace" all &&
		bash "$tests/userspace/run.sh"
}

# The same tests again, on a build that stops at the first misstep in memory.
part_sanitize()
{
	sub_make -C "$top/userspace" -j"$at_once" OUT="$top/build/userspace" sanitize &&
		RIVETCTL=$top/build/userspace/sanitize/bin/rivetctl \
			RIVET_TEST_OUT=$top/build/userspace/sanitize/tests \
			bash "$tests/userspace/run.sh"
}

part_lint()
{
	bash "$tests/lint/lint.sh"
}

# Does the harness keep the promises that the tests in a guest rely on?
part_harness()
{
	bash "$tests/vm/selftest.sh" 6.12
}

# part_vm KERNEL SCOPE. The wide tests take as long as all others together: one kernel of
# several runs them, beside those. KERNEL:N-M is each M-th guest from the N-th on, so that
# no processor waits for the end of one long part.
part_vm()
{
	local share=

	[[ $1 != *:* ]] || share=${1#*:}
	RIVET_TEST_SCOPE=$2 RIVET_TEST_SHARE=${share/-//} \
		bash "$tests/kselftest/run.sh" "${1%:*}"
}

part_headers()
{
	bash "$tests/vm/headers.sh"
}

# Each goal of the bench is a test. The figures are instructions, so a busy machine takes
# longer and counts the same.
part_bench()
{
	bash "$tests/bench/bench.sh" --check | awk '
		{ print }
		/ yes( |$)/ { good++ }
		/ NO( |$)/ { print "not ok the goal of " $0; bad++ }
		END { print good + 0 " passed, " bad + 0 " failed, 0 skipped" }'
}

# part_power CUTS: each boot is a test
part_power()
{
	bash "$tests/power/run.sh" "$1"
}

# part_gateway NAME: a scenario is one test, passed if it ends well.
part_gateway()
{
	local arguments=() status=0

	case $1 in
	upgrade-kernel) arguments=(upgrade.sh kernel) ;;
	*) arguments=("$1.sh") ;;
	esac
	bash "$tests/gateway/${arguments[0]}" "${arguments[@]:1}" || status=$?
	echo "$((status == 0)) passed, $((status != 0)) failed, 0 skipped"
	return "$status"
}

part_packages()
{
	bash "$tests/packages/run.sh"
}

part_images()
{
	bash "$tests/packages/images.sh"
}

# run_part NAME: part_NAME, or that for its first word with the others, into its log
run_part()
{
	local from=$EPOCHSECONDS status=0

	case $1 in
	vm-*) part_vm "${1#vm-}" "$scope" ;;
	wide-*|long-*) part_vm "${1#*-}" "${1%%-*}" ;;
	power-*) part_power "${1#power-}" ;;
	gateway-*) part_gateway "${1#gateway-}" ;;
	*) "part_$1" ;;
	esac >"$logs/$1.log" 2>&1 </dev/null || status=$?
	echo "$status $((EPOCHSECONDS - from))" >"$logs/$1.status"
}

# The tests that did not pass, with the remarks around them, the sums on the way, and for
# each reason to skip how many tests of which group had it.
show_what_matters()
{
	tr -d '\r' <"$1" | awk '
		{ group = /^[^ ]*\.[^ ]+ [^:]+: / ? $0 : ""; sub(/: .*/, ": ", group) }
		{ said = substr($0, length(group) + 1) }
		said ~ /^# .*: [0-9]+ passed/ || said ~ /^# left to / { print; why = ""; next }
		said ~ /^#/ && bad { print; next }
		said ~ /^#/ { why = why $0 "\n"; next }
		{ bad = said ~ /^not ok / }
		bad { printf "%s%s\n", why, $0 }
		said ~ /# SKIP/ { sub(/.*# SKIP */, "", said); skips[group said]++ }
		{ why = "" }
		END { for (each in skips) print "skipped " skips[each] ": " each }'
}

# The failures, each below the remarks that say why
show_failures()
{
	awk '
		/(^|: )not ok / { printf "%s%s\n", why, $0 }
		{ why = /(^|: )# / ? why $0 "\n" : "" }' "$1"
}

# add_up LOG STATUS: read the sum of a part into good, bad and skip
add_up()
{
	local sum unexplained

	sum=$(tr -d '\r' <"$1" | grep -E "$count_line" | tail -n 1)
	read -r good bad skip < <(tr -dc '0-9 \n' <<<"${sum:-0 1 0}")
	unexplained=$(grep -cE '# SKIP[[:space:]]*$' "$1")
	if [[ ! $sum ]]; then
		tail -n 15 "$1"
		echo "not ok ended with status $2 and no count"
	elif ((good + bad + skip == 0)); then
		echo "not ok ran no test at all"
		bad=1
	elif (($2 != 0 && bad == 0)); then
		tail -n 5 "$1"
		echo "not ok ended with status $2 though no test failed"
		bad=1
	fi
	if ((unexplained)); then
		echo "not ok $unexplained tests skipped without saying what is missing"
		bad=$((bad + unexplained)) skip=$((skip - unexplained))
	fi
}

report()
{
	local log=$logs/$1.log status seconds good bad skip

	read -r status seconds <"$logs/$1.status" || status=255 seconds='?'
	echo "== $1"
	{
		if [[ $1 == lint ]]; then
			grep -vE "$count_line" "$log"
		else
			show_what_matters "$log"
		fi
	} >"$log.shown"
	add_up "$log" "$status" >>"$log.shown"
	cat "$log.shown"
	show_failures "$log.shown" | sed "s/^/$1: /" >>"$logs/failures"
	echo "== $1: $good passed, $bad failed, $skip skipped, $seconds s"
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
}

# Each as soon as it is done; the next of the list takes its place.
run_parts()
{
	local -A name_of=()
	local pid

	while (($# || ${#name_of[@]})); do
		while (($# && ${#name_of[@]} < at_once)); do
			rm -f "$logs/$1.status" "$logs/$1.log"
			run_part "$1" &
			name_of[$!]=$1
			shift
		done
		wait -n -p pid "${!name_of[@]}"
		report "${name_of[$pid]}"
		unset "name_of[$pid]"
	done
}

# The guests that took the most time of a processor
show_slowest()
{
	(cd "$logs" && cat "${parts[@]/%/.log}") |
		sed -n 's/^time \(.*\): [0-9]* s, a processor for \([0-9]*\) s$/\2 s \1/p' |
		sort -rn | head -n 12 | sed 's/^/# slow: /'
}

# A check that takes longer is not run every day.
check_time()
{
	local minutes=$((SECONDS / 60))

	show_slowest
	echo "== $1: $minutes minutes"
	[[ $1 == all ]] && ((minutes > most_minutes)) || return 0
	echo "not ok the check takes more than $most_minutes minutes" | tee -a "$logs/failures"
	failed=$((failed + 1))
}

install_missing()
{
	local purpose purposes=("$1")

	[[ $1 != long ]] || purposes=(all debug)
	for purpose in "${purposes[@]}"; do
		bash "$tests/deps.sh" "$purpose" || finish 1
	done
	case $1 in
	lint|all) bash "$tests/lint/tools.sh" || finish 1 ;;
	esac
}

# The linters first: the guests use the modules that they build. Then the longest parts,
# and last those that can use all processors: none of them is to wait for the end of
# one long part. Some of these use a program that comes with a kernel to build for.
choose_parts()
{
	local kernels=("${all_kernels[@]}")

	case ${1:-} in
	unit) parts=(unit userspace fuzz sanitize) ;;
	lint) parts=(lint) ;;
	vm)
		scope=all
		[[ ${2:-all} == all ]] || kernels=("$2")
		parts=("${kernels[@]/#/vm-}")
		;;
	long)
		shift
		parts=(gateway-{demo,learn,initramfs,dracut,memory,upgrade,upgrade-kernel,debs} power-100
			long-6.12 wide-{6.1,7.x,arm64-6.12} long-debug-6.12 packages images headers)
		(($# == 0)) || parts=("$@")
		echo "# $(date -u +%F), commit $(git -C "$top" rev-parse --short HEAD)"
		;;
	all)
		parts=(lint wide-6.12:{1-2,2-2} vm-arm64-6.12 vm-6.12 vm-7.x vm-6.1 power-10 bench
			harness fuzz userspace sanitize unit)
		;;
	*) usage ;;
	esac
}

trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT TERM
mkdir -p "$logs"
: >"$logs/failures"
choose_parts "$@"
install_missing "$1"
run_parts "${parts[@]}"
check_time "$1"
finish 0
