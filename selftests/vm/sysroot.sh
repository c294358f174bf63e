#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# sysroot.sh - headers and libraries to compile userspace for arm64 with
#
# usage: sysroot.sh
#
# Makes build/sysroot-arm64/ of Debian bookworm's packages, once, and prints its
# path: aarch64-linux-gnu-gcc --sysroot=PATH. amd64 programs are compiled with
# the machine's own libraries.

set -euo pipefail
# shellcheck source=selftests/vm/apt.sh
. "$(dirname "$0")/apt.sh"

packages=(libc6-dev libgcc-12-dev libmnl-dev libkeyutils-dev libssl-dev)
packages+=(liblzma-dev zlib1g-dev libzstd-dev libarchive-dev)

# Some packages link to libraries by an absolute path, which would lead out.
make_links_relative()
{
	local link target

	find "$work" -type l -lname '/*' | while read -r link; do
		target=$work$(readlink "$link")
		ln -sfnr "$target" "$link"
	done
}

main()
{
	local final=$build_dir/sysroot-arm64 name

	take_lock sysroot-arm64
	if ! up_to_date "$final" "$vm_dir/sysroot.sh"; then
		"$top_dir/selftests/deps.sh" vm
		note "fetching libraries for arm64"
		work=$final.tmp
		rm -rf "$final" "$work" "$work.debs"
		apt_open arm64 bookworm bookworm-security
		apt_closure "$work.debs" "${packages[@]}"
		mkdir -p "$work"/usr/{bin,sbin,lib}
		for name in bin sbin lib; do
			ln -s "usr/$name" "$work/$name"
		done
		unpack_all "$work.debs" "$work" --exclude='./usr/share' \
			--exclude='./usr/bin' --exclude='./bin' --exclude='./etc' \
			--exclude='./var' --exclude='./sbin' --exclude='./usr/sbin'
		make_links_relative
		rm -r "$work.debs"
		touch "$work"
		mv "$work" "$final"
	fi
	echo "$final"
}

main
