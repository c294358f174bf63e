#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build-module.sh - build rivet.ko, or a small test module, for one kernel
#
# usage: build-module.sh KERNEL [--strict] [--trust FILE.pem | SRC_DIR [NAME]]
#
# Without SRC_DIR it builds the project: build/RELEASE/rivet.ko. With it, the
# module NAME (default: the folder's name) of SRC_DIR, into build/RELEASE/NAME.ko;
# a SRC_DIR without Kbuild or Makefile gets one that builds NAME.o. The last
# line printed is the module's path. With --trust, the project with the certificates of
# that file built in: build/RELEASE/trust/rivet.ko.
#
# The sources are copied first, because building them in place would mix the
# kernels' objects, and `make M=dir src=other` fails on 6.12. The copy keeps the
# times, so a second build compiles only changed files. With --strict, sparse looks
# at every file, and warnings are errors; a module that was built so once is built so
# from then on, since other flags would rebuild everything.

set -euo pipefail
# shellcheck source=selftests/vm/common.sh
. "$(dirname "$0")/common.sh"

usage()
{
	die "usage: build-module.sh KERNEL [--strict] [--trust FILE.pem | SRC_DIR [NAME]]"
}

parse_arguments()
{
	local words=()

	strict='' trust=''
	while (($#)); do
		case $1 in
		--strict) strict=1 ;;
		--trust)
			(($# > 1)) || usage
			trust=$2
			shift
			;;
		-*) usage ;;
		*) words+=("$1") ;;
		esac
		shift
	done
	((${#words[@]} >= 1 && ${#words[@]} <= 3)) || usage
	[[ ! $trust || ${#words[@]} == 1 ]] || usage
	kernel=${words[0]}
	source_dir=${words[1]:-}
	name=${words[2]:-}
	check_kernel "$kernel"
}

# Where the sources are, where they are copied to, and where the result goes.
choose_places()
{
	"$vm_dir/kernel.sh" prepare "$kernel"
	release=$("$vm_dir/kernel.sh" path "$kernel" release)
	headers=$("$vm_dir/kernel.sh" path "$kernel" headers)
	chroot=$("$vm_dir/kernel.sh" path "$kernel" chroot)
	arch=$(kernel_arch "$kernel")
	out=$build_dir/$release

	if [[ $source_dir ]]; then
		source_dir=$(realpath "$source_dir")
		name=${name:-$(basename "$source_dir")}
		sources=("$source_dir/")
		copy=$out/modules/$name
	else
		[[ -e $top_dir/Kbuild && -d $top_dir/kmod ]] ||
			die "no Kbuild and kmod/ in the project yet"
		name=rivet
		sources=("$top_dir/Kbuild" "$top_dir/kmod")
		[[ ! $trust ]] || out+=/trust
		copy=$out
	fi
	result=$out/$name.ko
	stamp=$copy/.strict
	# A test module may include the project's headers.
	watched=("${sources[@]}" ${trust:+"$trust"})
	[[ ! -d $top_dir/kmod ]] || watched+=("$top_dir/kmod")
}

# --delete only within folders: results of the build beside the sources stay.
copy_sources()
{
	rsync -a --delete --filter='-p .*' --filter='P *.o' --filter='P *.ko' \
		--filter='P *.mod' --filter='P *.mod.c' --filter='P *.order' \
		--filter='P *.symvers' "${sources[@]}" "$copy"
	[[ -e $copy/Kbuild || -e $copy/Makefile ]] ||
		echo "obj-m := $name.o" >"$copy/Kbuild"
	[[ ! $trust ]] || sh "$top_dir/kmod/trust/built_in.sh" "$trust" >"$copy/kmod/trust/built_in.def"
}

run_make()
{
	local run=() flags=("KBUILD_EXTRA_SYMBOLS=")

	[[ -z $chroot ]] || run=(in_chroot "$chroot")
	[[ $arch != arm64 ]] || flags+=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-)
	[[ -z $strict ]] || flags+=(W=1 KCFLAGS=-Werror C=1 CF=-Wsparse-error)
	if [[ $source_dir && -e $out/Module.symvers ]]; then
		flags[0]+=$out/Module.symvers
	fi
	"${run[@]}" env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS LC_ALL=C \
		make -j"$(nproc)" --no-print-directory -C "$headers" M="$copy" \
		"RIVET_SRC=$top_dir" "${flags[@]}" modules >&2
}

# The result gets the time the build began: newer than every source it was made
# of, even if make found nothing to do, and older than one edited meanwhile.
publish()
{
	[[ -e $copy/$name.ko ]] || die "the build made no $name.ko"
	[[ $copy/$name.ko -ef $result ]] || cp "$copy/$name.ko" "$result"
	touch -r "$copy/.started" "$result"
	[[ -z $strict ]] || touch "$stamp"
}

is_there()
{
	up_to_date "$result" "${watched[@]}" && [[ -z $strict || -e $stamp ]]
}

main()
{
	parse_arguments "$@"
	choose_places
	take_lock "module-$release"
	[[ ! -e $stamp ]] || strict=1
	if ! is_there; then
		rm -f "$stamp"
		mkdir -p "$copy"
		touch "$copy/.started"
		copy_sources
		run_make
		publish
	fi
	echo "$result"
}

main "$@"
