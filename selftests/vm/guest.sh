#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guest.sh - the guest's root filesystem for one kernel
#
# usage: guest.sh KERNEL
#
# Makes build/guest/KERNEL/root/ (the tree; handy for making manifests of it on
# the host) and build/guest/KERNEL/base.cpio (the same as an initramfs). Files that
# change from run to run, rivet's own among them, are not in here: run.sh appends
# a second archive to the first, and the kernel unpacks both.

set -euo pipefail
# shellcheck source=selftests/vm/common.sh
. "$(dirname "$0")/common.sh"

# Names that this kernel has built in or lacks are passed over.
list_modules()
{
	local name

	sed 's/#.*//; /^ *$/d' "$vm_dir/modules.list" | while read -r name; do
		modprobe -d "$image" -S "$release" -D "$name" 2>/dev/null || true
	done | sed -n 's/^insmod \(\S*\).*/\1/p' | sort -u
}

# Unpacked, because unpacking under emulation costs more than the memory; but for one that
# no test is in a hurry for, which stays as the distribution ships it.
copy_modules()
{
	local source path

	for source in $(list_modules); do
		path=lib/modules/$release/${source#*"/modules/$release/"}
		mkdir -p "$root/${path%/*}"
		case $path in
		*/dummy.ko.*) cp "$source" "$root/$path" ;;
		*.xz) xz -dc "$source" >"$root/${path%.xz}" ;;
		*.zst) zstd -qdc "$source" >"$root/${path%.zst}" ;;
		*) cp "$source" "$root/$path" ;;
		esac
	done
	cp "$modules"/modules.{order,builtin,builtin.modinfo} \
		"$root/lib/modules/$release/"
	depmod -b "$root" "$release"
}

copy_keys()
{
	local keys=$build_dir/guest/keys

	if [[ ! -e $keys/rogue.der ]]; then
		rm -rf "$keys"
		"$vm_dir/keys.sh" "$keys"
	fi
	cp "$keys"/* "$root/rivet-test/"
}

# The kernel's own signing program, where it runs in the guest: one made for this
# architecture and for the guest's C library.
copy_sign_file()
{
	local program

	[[ $arch == amd64 && ! -d $kernel_dir/chroot ]] || return 0
	for program in "$kernel_dir"/headers/usr/lib/linux-kbuild-*/scripts/sign-file; do
		cp "$program" "$root/usr/bin/sign-file"
	done
}

pack()
{
	(cd "$root" && find . -print0 | LC_ALL=C sort -z |
		cpio --quiet --null -o -H newc --reproducible)
}

# An empty filesystem is the same every time; run.sh gives each guest a copy.
make_scratch()
{
	local scratch=$build_dir/guest/scratch.ext4

	[[ ! -e $scratch ]] || return 0
	truncate -s 256M "$scratch.tmp"
	# Nothing lazy: background work would disturb benchmarks.
	mkfs.ext4 -q -O verity -b 4096 -L scratch \
		-E lazy_itable_init=0,lazy_journal_init=0,nodiscard "$scratch.tmp"
	mv "$scratch.tmp" "$scratch"
}

main()
{
	[[ $# == 1 ]] || die "usage: guest.sh KERNEL"
	check_kernel "$1"
	kernel=$1 arch=$(kernel_arch "$1")
	guest=$build_dir/guest/$kernel
	kernel_dir=$build_dir/kernels/$kernel
	"$vm_dir/kernel.sh" prepare "$kernel"
	"$vm_dir/root.sh" "$arch"
	take_lock guest
	make_scratch
	! up_to_date "$guest/base.cpio" "$vm_dir/"{init,modules.list,keys.sh,guest.sh} \
		"$build_dir/guest/root-$arch" "$kernel_dir/release" || return 0

	note "assembling the guest for $kernel"
	release=$("$vm_dir/kernel.sh" path "$kernel" release)
	modules=$("$vm_dir/kernel.sh" path "$kernel" modules)
	image=$kernel_dir/image
	root=$guest.tmp/root
	rm -rf "$guest.tmp"
	mkdir -p "$guest.tmp"
	cp -a "$build_dir/guest/root-$arch" "$root"
	cp "$vm_dir/init" "$root/init"
	copy_modules
	copy_keys
	copy_sign_file
	pack >"$guest.tmp/base.cpio"
	# Another run may be reading the old one: let it be gone only for an instant.
	rm -rf "$guest.old"
	[[ ! -e $guest ]] || mv "$guest" "$guest.old"
	mv "$guest.tmp" "$guest"
	rm -rf "$guest.old"
}

main "$@"
