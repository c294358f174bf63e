#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel.sh - a stock Debian kernel to build against and to boot
#
# usage: kernel.sh prepare KERNEL
#        kernel.sh path KERNEL headers|image|boot|modules|release|chroot|arch
#
# KERNEL is one of 6.1 6.12 7.x arm64-6.12 debug-6.12. `prepare` unpacks the kernel
# and its headers below build/kernels/KERNEL/ and leaves the machine as it is (the
# last, which is not stock, it builds: debug-kernel.sh); it does nothing when that is
# done already. `path` prints one fact about a prepared kernel: chroot is empty unless
# the module must be built inside it, and headers is then a path inside the chroot;
# image is the kernel as packaged, boot the form of it that starts fastest.
#
# Meta packages name the package to fetch, since the ABI number in a package name
# changes with every update of the kernel.

set -euo pipefail
# shellcheck source=selftests/vm/apt.sh
. "$(dirname "$0")/apt.sh"

# kernel_source KERNEL: flavour of the meta packages, then the suites they are in.
kernel_source()
{
	case $1 in
	6.1) echo amd64 bookworm bookworm-security ;;
	6.12) echo 6.12-amd64 bookworm bookworm-security ;;
	7.x) echo cloud-amd64 trixie-backports ;;
	arm64-6.12) echo 6.12-arm64 bookworm bookworm-security ;;
	esac
}

# A kernel is one package, or an empty one that needs others of the same release
# (newer Debian). Only the kernel, its modules and configuration are wanted.
unpack_image()
{
	local image=$1 parts

	mapfile -t parts < <(apt_depends "$image" | grep -F -- "-$release")
	apt_download "$work/debs" "$image" "${parts[@]}"
	unpack_all "$work/debs" "$work/image" --exclude='./usr/share' \
		--exclude='./usr/lib/linux-image-*' --exclude='./etc'
	rm -r "$work/debs"
	# depmod wants lib/modules, where newer packages have usr/lib/modules.
	[[ -d $work/image/lib ]] || ln -s usr/lib "$work/image/lib"
	link_boot
	depmod -b "$work/image" "$release"
}

# Newer packages keep the kernel beside its modules and leave it to a maintainer
# script to copy it into /boot.
link_boot()
{
	local name

	for name in vmlinuz config System.map; do
		[[ -e $work/image/lib/modules/$release/$name ]] || continue
		mkdir -p "$work/image/boot"
		ln -s "../lib/modules/$release/$name" "$work/image/boot/$name-$release"
	done
}

# number FILE OFFSET BYTES: a little-endian number in a file.
number()
{
	od -An -v -t "u$3" -j "$2" -N "$3" --endian=little "$1" | tr -d ' '
}

# An amd64 kernel unpacks itself, which takes over a second under emulation. So
# unpack it here (offsets from Documentation/arch/x86/boot.rst; the last four
# bytes of the payload are its unpacked size) and let qemu start the ELF file
# through its PVH entry. If anything is not as expected, the image does it too.
unpack_kernel()
{
	local image=$work/image/boot/vmlinuz-$release vmlinux=$work/vmlinux start length

	start=$((($(number "$image" 0x1f1 1) + 1) * 512 + $(number "$image" 0x248 4)))
	length=$(($(number "$image" 0x24c 4) - 4))
	dd if="$image" of="$work/payload" bs=1M iflag=skip_bytes,count_bytes \
		skip="$start" count="$length" status=none
	zstd -qdc "$work/payload" >"$vmlinux" 2>/dev/null ||
		xz -qdc "$work/payload" >"$vmlinux" 2>/dev/null || true
	rm "$work/payload"
	readelf -h "$vmlinux" >/dev/null 2>&1 &&
		grep -qx CONFIG_PVH=y "$work/image/boot/config-$release" && return
	rm -f "$vmlinux"
}

# Headers come in three packages: for the flavour, common to all flavours, and
# the build programs. They reach each other by relative links, which hold in a
# private tree too, and by one absolute path in a Makefile, which has to change.
unpack_headers()
{
	local headers=$1 arch=$2 common kbuild

	common=$(apt_needs "$headers" 'linux-headers-.*-common')
	kbuild=$(apt_needs "$headers" 'linux-kbuild-')
	apt_download "$work/debs" "$headers"
	[[ $arch == amd64 ]] || apt_open amd64 "${suites[@]}"
	apt_download "$work/debs" "$common" "$kbuild"
	unpack_all "$work/debs" "$work/headers" --exclude='./usr/share/*'
	rm -r "$work/debs"
	sed -i "s|/usr/src/|$dir/headers/usr/src/|" \
		"$work/headers/usr/src/$headers/Makefile"
}

# The 7.x build programs need the C library and the compiler of Debian trixie.
# Without binutils every compiler probe fails, and the error that shows is
# "Compiler does not support fentry".
make_chroot()
{
	local headers=$1

	mmdebstrap --quiet --variant=essential --architectures=amd64 \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--include="gcc,binutils,make,kmod,sparse,$headers" \
		trixie "$work/chroot" \
		"$(source_line trixie)" "$(source_line trixie-backports)" \
		>"$work/log" 2>&1 && return
	cat "$work/log" >&2
	die "mmdebstrap failed"
}

# Finished work appears under its final name in one step, so that an
# interrupted run leaves nothing that looks complete.
prepare()
{
	local kernel=$1 arch flavour headers image

	dir=$build_dir/kernels/$kernel
	[[ -e $dir/release ]] && return
	take_lock "kernel-$kernel"
	[[ -e $dir/release ]] && return

	((EUID == 0)) || die "preparing a kernel needs root"
	"$top_dir/selftests/deps.sh" vm
	if [[ $kernel == "$debug_kernel" ]]; then
		"$vm_dir/debug-kernel.sh"
		return
	fi
	note "fetching kernel $kernel"
	arch=$(kernel_arch "$kernel")
	read -r flavour suites < <(kernel_source "$kernel")
	read -r -a suites <<<"$suites"
	work=$dir.tmp
	rm -rf "$dir" "$work"
	mkdir -p "$work"

	apt_open "$arch" "${suites[@]}"
	image=$(apt_needs "linux-image-$flavour" 'linux-image-')
	headers=$(apt_needs "linux-headers-$flavour" 'linux-headers-')
	release=${image#linux-image-}
	unpack_image "$image"
	[[ $arch != amd64 ]] || unpack_kernel
	case $kernel in
	7.x) make_chroot "$headers" ;;
	*) unpack_headers "$headers" "$arch" ;;
	esac

	echo "$release" >"$work/release"
	mv "$work" "$dir"
}

show_path()
{
	local kernel=$1 what=$2 release headers

	dir=$build_dir/kernels/$kernel
	[[ -e $dir/release ]] || die "kernel $kernel is not prepared"
	read -r release <"$dir/release"
	headers=/usr/src/linux-headers-$release
	case $what in
	headers) [[ -d $dir/chroot ]] && echo "$headers" || echo "$dir/headers$headers" ;;
	image) echo "$dir/image/boot/vmlinuz-$release" ;;
	boot)
		if [[ -e $dir/vmlinux ]]; then
			echo "$dir/vmlinux"
		else
			show_path "$kernel" image
		fi
		;;
	modules) echo "$dir/image/lib/modules/$release" ;;
	release) echo "$release" ;;
	chroot) [[ ! -d $dir/chroot ]] || echo "$dir/chroot" ;;
	arch) kernel_arch "$kernel" ;;
	*) die "path: unknown '$what'" ;;
	esac
}

main()
{
	case ${1:-}:$# in
	prepare:2)
		check_kernel "$2"
		prepare "$2"
		;;
	path:3)
		check_kernel "$2"
		show_path "$2" "$3"
		;;
	*) die "usage: kernel.sh prepare KERNEL | path KERNEL WHAT" ;;
	esac
}

main "$@"
