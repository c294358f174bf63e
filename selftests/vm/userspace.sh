#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# userspace.sh - rivetctl and rivetd for the guests of one architecture
#
# usage: userspace.sh amd64|arm64
#
# Prints the folder that `make install` filled, for laying over a guest's
# root: build/guest/userspace-ARCH/root.

set -euo pipefail
# shellcheck source=selftests/vm/common.sh
. "$(dirname "$0")/common.sh"

build()
{
	local flags=(CC=gcc)

	[[ $arch != arm64 ]] ||
		flags=(CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar
			"SYSROOT=$("$vm_dir/sysroot.sh")")
	rm -rf "$out/root"
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
		make -j"$(nproc)" --no-print-directory -C "$top_dir/userspace" \
		OUT="$out/obj" "${flags[@]}" DESTDIR="$out/root" PREFIX=/usr \
		install >"$out/log" 2>&1 && return
	cat "$out/log" >&2
	die "cannot build userspace for $arch"
}

main()
{
	[[ ${1:-} == amd64 || ${1:-} == arm64 ]] || die "usage: userspace.sh amd64|arm64"
	arch=$1
	out=$build_dir/guest/userspace-$arch
	mkdir -p "$out/root"
	take_lock "userspace-$arch"
	if ! up_to_date "$out/stamp" "$top_dir/userspace" "$top_dir/kmod"; then
		touch "$out/started"
		build
		# A guest has no use for them.
		rm -rf "$out/root/usr/share"
		touch -r "$out/started" "$out/stamp"
	fi
	echo "$out/root"
}

main "$@"
