#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh - run the kernel's self-tests in guests of one kernel
#
# usage: run.sh KERNEL [NAME...]
#
# NAME is a test of this folder without its .sh; without a NAME all are run. Each
# has a guest of its own, and one more for each line `# boot: NAME ARGUMENT | OPTIONS`
# in its head; its guests have rivetctl and rivetd if there is a line
# `# needs: userspace`, a folder of the host over 9p if there is a line `# needs: share`,
# /rivet-test/NAME.ko, built of the folder NAME, if there is a line
# `# needs: module NAME`, /rivet-test/trust/rivet.ko with the test's CA built in, if there is
# a line `# needs: trust`, a TPM if there is a line `# needs: tpm`, and the programs of
# selftests/vm/NAME.list if there is a line `# needs: programs NAME`. One with a line `# long: SECONDS` takes up to so long, and is run
# only by its NAME. With RIVET_TEST_SCOPE=core in the environment, those with a line
# `# wide` are left out, and named; with `# wide: KERNEL` on all but that one; so are the
# guests of a line `# wide boot: NAME ARGUMENT | OPTIONS`. With RIVET_TEST_SCOPE=wide just
# those are run that the other leaves out, and with RIVET_TEST_SCOPE=long those with a line
# `# long`, or `# long: SECONDS KERNEL` for this kernel. With RIVET_TEST_SHARE=N/M just each
# M-th of all these guests is run, from the N-th on. Their consoles are
# build/vm/KERNEL-NAME.log. Prints the results of each and, last, `N passed, N failed,
# N skipped`. A test that dies, prints no plan or fewer results than it planned, or leaves
# a splat in the kernel log has failed.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/vm/common.sh
. "$here/../vm/common.sh"

passed=0 failed=0 skipped=0
guests=0 share_of=1/1
timeout=${RIVET_TEST_TIMEOUT:-}
share=

# Files of the tests that are no tests.
is_test()
{
	case $1 in
	run|lib|enforce|network|guest_set) return 1 ;;
	esac
}

# long_time NAME: seconds that a test takes which is not for every day; nothing for others
long_time()
{
	sed -n 's/^# long: \([0-9]*\).*/\1/p' "$here/$1.sh"
}

# A line `# long: SECONDS KERNEL` is for that kernel only, one without it for all but the slowest.
is_long_here()
{
	local only

	only=$(sed -n 's/^# long: [0-9]* //p' "$here/$1.sh")
	if [[ $only ]]; then
		[[ $only == "$kernel" ]]
	else
		[[ $kernel != "$debug_kernel" ]]
	fi
}

list_tests()
{
	local file name

	for file in "$here"/*.sh; do
		name=$(basename "$file" .sh)
		! is_test "$name" || echo "$name"
	done
}

# is_wide NAME: on this kernel
is_wide()
{
	grep -qE '^# wide(:|$)' "$here/$1.sh" && ! grep -qxF "# wide: $kernel" "$here/$1.sh"
}

# The tests of this run. One whose guests are wide in part has guests in both runs.
list_scope()
{
	local name

	for name in $(list_tests); do
		if [[ $(long_time "$name") ]]; then
			[[ $scope != long ]] || ! is_long_here "$name" || echo "$name"
		elif [[ $scope != long && $(list_boots "$name") ]]; then
			echo "$name"
		fi
	done
}

# The wide tests that are not run now.
tell_left_out()
{
	local name left=

	[[ $scope == core ]] || return 0
	for name in $(list_tests); do
		! is_wide "$name" || left+=" $name"
		left+=$(wide_boots "$name" | sed "s/\( .*\)\?|.*/)/; s/^/ $name(/" | tr -d '\n')
	done
	[[ ! $left ]] || echo "# left to the wide tests (make check-vm KERNEL=$kernel):$left"
}

build_helpers()
{
	local arch cc=gcc

	arch=$(kernel_arch "$kernel")
	[[ $arch != arm64 ]] ||
		cc="aarch64-linux-gnu-gcc --sysroot=$("$vm_dir/sysroot.sh")"
	helpers=$build_dir/kselftest/$arch
	(
		take_lock "helpers-$arch"
		make --no-print-directory -s -C "$here/helpers" "OUT=$helpers" "CC=$cc" >&2
	)
}

# The boots of a test: its arguments, a bar, options of selftests/vm/run.sh. The first has
# neither, unless a line gives them.
core_boots()
{
	grep -q "^# boot: $1\.sh |" "$here/$1.sh" || echo '|'
	sed -n "s/^# boot: $1\.sh //p" "$here/$1.sh" | sed '/|/!s/$/|/'
}

wide_boots()
{
	sed -n "s/^# wide boot: $1\.sh //p" "$here/$1.sh" | sed '/|/!s/$/|/'
}

# list_boots NAME: those of this run
list_boots()
{
	if is_wide "$1"; then
		[[ $scope == core ]] || core_boots "$1"
	else
		[[ $scope == wide ]] || core_boots "$1"
	fi
	[[ $scope == core ]] || wide_boots "$1"
}

report_broken()
{
	failed=$((failed + 1))
	echo "not ok - $kernel $1: $2"
}

# Read the results of one boot from $output. A line that is no result is a comment.
count_results()
{
	local what=$1 planned='' seen=0 line

	while read -r line; do
		case $line in
		1..*) planned=${line#1..} ;;
		'ok '*'# SKIP'*) skipped=$((skipped + 1)) seen=$((seen + 1)) ;;
		'ok '*) passed=$((passed + 1)) seen=$((seen + 1)) ;;
		'not ok '*) failed=$((failed + 1)) seen=$((seen + 1)) ;;
		'Bail out!'*) report_broken "$what" "$line" ;;
		esac
	done <"$output"
	[[ $planned ]] || report_broken "$what" 'no plan'
	[[ ! $planned || $planned == "$seen" ]] ||
		report_broken "$what" "$seen results instead of $planned"
}

# needed TEST WHAT: the NAME of a line `# needs: WHAT NAME` in its head; nothing without one
needed()
{
	sed -n "s/^# needs: $2 //p" "$here/$1.sh"
}

# The programs of userspace, into the guest's /usr, for those tests that are about them
add_userspace()
{
	local root

	grep -q '^# needs: userspace$' "$here/$1.sh" || return 0
	root=$("$vm_dir/userspace.sh" "$(kernel_arch "$kernel")" | tail -n 1)
	options+=(--copy "$root/usr:/usr")
	parts+=("$root/usr:/usr")
}

add_programs()
{
	local list arch programs

	list=$(needed "$1" programs)
	[[ $list ]] || return 0
	arch=$(kernel_arch "$kernel")
	"$vm_dir/root.sh" "$arch" "$list" >&2
	programs=$build_dir/guest/$list-$arch/usr:/usr
	options+=(--copy "$programs")
	parts+=("$programs")
}

add_module()
{
	local folder built

	folder=$(needed "$1" module)
	[[ $folder ]] || return 0
	built=$("$vm_dir/build-module.sh" "$kernel" "$here/$folder" | tail -n 1)
	options+=(--copy "$built:/rivet-test/")
}

add_trust()
{
	local built

	grep -q '^# needs: trust$' "$here/$1.sh" || return 0
	built=$("$vm_dir/build-module.sh" "$kernel" --trust "$build_dir/guest/keys/ca.pem" | tail -n 1)
	options+=(--copy "$built:/rivet-test/trust/")
}

# The guest's files are known here already
add_guest_set()
{
	"$here/guest_set.sh" "$work" "${parts[@]}" ||
		die "the set of the guest's files cannot be made"
	options+=(--copy "$work/guest.riv:/rivet-test/guest.riv")
	options+=(--copy "$work/guest.riv.signed:/rivet-test/guest.riv.signed")
}

# An empty folder, for those tests whose guests share one with this machine
add_share()
{
	grep -q '^# needs: share$' "$here/$1.sh" || return 0
	share=$(mktemp -d)
	export RIVET_VM_SHARE=$share
}

needs_tpm()
{
	grep -q '^# needs: tpm$' "$here/$1.sh"
}

add_tpm()
{
	! needs_tpm "$1" || options+=(--tpm)
}

drop_share()
{
	[[ ! $share ]] || rm -rf "$share"
	share=
	unset RIVET_VM_SHARE
}

# Into processor_time: seconds that the programs run from here have had a processor
read_processor_time()
{
	times >"$work/times"
	processor_time=$(awk -F '[ms ]+' 'NR == 2 { printf "%d", ($1 + $3) * 60 + $2 + $4 }' \
		"$work/times")
}

# run_boot NAME ARGUMENTS OPTIONS
run_boot()
{
	local name=$1 arguments options what code=0 seconds from=$EPOCHSECONDS used
	local parts=("$build_dir/guest/$kernel/root" "$helpers:/rivet-test/helpers")

	read_processor_time
	used=$processor_time
	seconds=$(long_time "$name")
	seconds=${seconds:-600}
	# There all takes ten times as long and more; most tests need a tenth of their time.
	[[ $kernel != "$debug_kernel" ]] || seconds=$((seconds * 6))
	seconds=${timeout:-$seconds}
	read -ra arguments <<<"$2"
	read -ra options <<<"$3"
	add_userspace "$name"
	add_programs "$name"
	add_module "$name"
	add_trust "$name"
	add_guest_set
	add_share "$name"
	add_tpm "$name"
	what=$name${2:+ $2}
	what=${what% }
	"$vm_dir/run.sh" --kernel "$kernel" --bare --timeout "$seconds" \
		--console "$build_dir/vm/$kernel-${what// /-}.log" \
		--copy "$module:/rivet.ko" --copy "$helpers:/rivet-test/helpers" \
		--copy "$here/lib.sh" --copy "$here/enforce.sh" --copy "$here/network.sh" "${options[@]}" \
		"$here/$name.sh" "${arguments[@]}" >"$output" 2>"$output.notes" || code=$?
	drop_share
	sed "s/^/$kernel $what: /" "$output"
	count_results "$what"
	# 1 is the exit status of a test with failed results.
	if [[ $code != [01] ]]; then
		report_broken "$what" "its guest ended with $code: $(grep '^run.sh: ' "$output.notes")"
		sed 's/^/# /' "$output.notes"
	fi
	read_processor_time
	used=$((processor_time - used))
	echo "time $kernel $what: $((EPOCHSECONDS - from)) s, a processor for $used s"
}

# Of the guests of this run, counted here, is the next one in this share?
is_in_share()
{
	guests=$((guests + 1))
	(((guests - 1) % ${share_of#*/} == ${share_of%/*} - 1))
}

run_test()
{
	local boot

	if [[ ! -f $here/$1.sh ]] || ! is_test "$1"; then
		die "no test $1; there are: $(list_tests | xargs)"
	fi
	if needs_tpm "$1" && [[ $kernel == arm64-* ]]; then
		skipped=$((skipped + 1))
		echo "ok - $kernel $1 # SKIP its kernel sees no TPM of qemu's"
		return
	fi
	while read -r boot <&3; do
		! is_in_share || run_boot "$1" "${boot%%|*}" "${boot#*|}"
	done 3< <(list_boots "$1")
}

main()
{
	local name

	(($#)) || die "usage: run.sh KERNEL [NAME...]"
	check_kernel "$1"
	kernel=$1
	shift
	scope=
	if ((!$#)); then
		scope=${RIVET_TEST_SCOPE-}
		share_of=${RIVET_TEST_SHARE:-1/1}
		# shellcheck disable=SC2046  # names of files of this folder
		set -- $(list_scope)
		tell_left_out
	fi
	work=$(mktemp -d)
	output=$work/output
	trap 'rm -rf "$work"; drop_share' EXIT
	"$vm_dir/guest.sh" "$kernel" >&2
	module=$("$vm_dir/build-module.sh" "$kernel" | tail -n 1)
	build_helpers
	for name; do
		run_test "$name"
	done
	echo "$passed passed, $failed failed, $skipped skipped"
	((failed == 0))
}

main "$@"
