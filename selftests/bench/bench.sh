#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench.sh - the cost of rivet in instructions, beside no security module and
# beside IMA
#
# usage: bench.sh [--check]
#
# Boots the same 6.12 guest four times: without rivet, with rivet enforcing, with
# rivet enforcing and pages that it does not keep (resident=off), and with IMA
# measuring. Prints the tables; the raw figures go to build/bench/. Ends with 0 if
# all figures were taken, with 1 if not, or if --check is given and a goal is
# missed. README.md tells how to read it.

set -euo pipefail
bench_dir=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/vm/common.sh
. "$bench_dir/../vm/common.sh"

kernel=6.12
out=$build_dir/bench

build_programs()
{
	local flags=(-O2 -Wall -Wextra -Werror)

	gcc "${flags[@]}" -static -o "$out/figures" "$bench_dir/figures.c"
	gcc "${flags[@]}" -static -o "$out/nop-static" "$bench_dir/nop.c"
	gcc "${flags[@]}" -o "$out/nop-dynamic" "$bench_dir/nop.c"
}

build_modules()
{
	rivet_ko=$("$vm_dir/build-module.sh" "$kernel" 2>"$out/build.log") &&
		barehash_ko=$("$vm_dir/build-module.sh" "$kernel" \
			"$bench_dir/barehash" 2>>"$out/build.log") && return
	cat "$out/build.log" >&2
	die "cannot build the modules"
}

# Figures go to a file; lines of progress begin with # and are shown at once.
sort_output()
{
	local line

	while IFS= read -r line; do
		case $line in
		'# '*) note "$1: ${line#\# }" ;;
		'Bail out!'*) note "$1: $line" ;;
		*) printf '%s\n' "$line" ;;
		esac
	done >"$out/$1.txt"
}

# take_figures CONFIGURATION PARTS [KERNEL PARAMETER...]: addresses that change from
# boot to boot would change the figures a little.
take_figures()
{
	local configuration=$1 parts
	read -ra parts <<<"$2"
	shift 2

	note "$configuration: booting"
	"$vm_dir/run.sh" --kernel "$kernel" --bare --icount --timeout 300 \
		--append "nokaslr norandmaps $*" --console "$out/console-$configuration.log" \
		--copy "$rivet_ko:/rivet.ko" --copy "$barehash_ko:/barehash.ko" \
		--copy "$bench_dir/../kselftest/lib.sh" \
		--copy "$out/figures:/bench/figures" \
		--copy "$out/nop-static:/bench/nop-static" \
		--copy "$out/nop-dynamic:/bench/nop-dynamic" \
		"$bench_dir/guest.sh" "$configuration" "${parts[@]}" |
		sort_output "$configuration" || die "$configuration: no figures, see $out"
}

main()
{
	local check=0

	case ${1:-} in
	'') ;;
	--check) check=1 ;;
	*) die "usage: bench.sh [--check]" ;;
	esac
	mkdir -p "$out"
	note "building"
	build_programs
	build_modules
	take_figures none ''
	take_figures rivet ''
	take_figures off 'cold warm'
	take_figures ima '' ima_policy=tcb ima_hash=sha256
	awk -f "$bench_dir/report.awk" -v check="$check" -v json="$out/result.json" \
		-v git="$(git -C "$top_dir" describe --always --dirty 2>/dev/null)" \
		configuration=none "$out/none.txt" \
		configuration=rivet "$out/rivet.txt" \
		configuration=off "$out/off.txt" \
		configuration=ima "$out/ima.txt"
}

main "$@"
