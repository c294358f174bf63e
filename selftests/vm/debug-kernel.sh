#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug-kernel.sh - build the kernel debug-6.12: Debian's 6.12, which finds misuse
#
# usage: debug-kernel.sh
#
# The source and the configuration are Debian's, but for the options of debug.config,
# and for the modules: only those of the guest are built. Makes build/kernels/debug-6.12/
# as kernel.sh makes its kernels, whose `prepare` calls this; goes on where it was
# interrupted. Takes the better part of an hour on two processors.

set -euo pipefail
# shellcheck source=selftests/vm/apt.sh
. "$(dirname "$0")/apt.sh"

stock=6.12
dir=$build_dir/kernels/$debug_kernel
tree=$dir/tree

run_make()
{
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS LC_ALL=C \
		make -C "$tree" --no-print-directory "$@" >>"$dir/log" 2>&1 && return
	tail -n 20 "$dir/log" >&2
	die "make $* failed, see $dir/log"
}

unpack_source()
{
	local work=$dir/source archive

	[[ ! -d $tree ]] || return 0
	rm -rf "$work"
	apt_open amd64 bookworm bookworm-security
	apt_download "$work/debs" "linux-source-$stock"
	unpack_all "$work/debs" "$work/package" --wildcards './usr/src/*.tar.xz'
	archive=$(echo "$work"/package/usr/src/*.tar.xz)
	mkdir "$work/tree"
	tar -C "$work/tree" -xJf "$archive" --strip-components=1
	mv "$work/tree" "$tree"
	rm -r "$work"
}

# The modules that the guest of the stock kernel has, as lsmod would list them
list_modules()
{
	echo 'Module Size Used by'
	find "$build_dir/guest/$stock/root/lib/modules" -name '*.ko*' -printf '%f\n' |
		sed 's/\.ko.*$//; y/-/_/; s/$/ 1 0/'
}

# An option whose conditions are not met disappears without a word
check_options()
{
	local option

	while read -r option; do
		grep -qxF "$option" "$tree/.config" || die "$option: not possible with this kernel"
	done < <(sed '/^#/d; /^$/d' "$vm_dir/debug.config")
}

configure()
{
	local modules

	[[ ! $dir/configured -nt $vm_dir/debug.config ]] || return 0
	modules=$("$vm_dir/kernel.sh" path "$stock" modules)
	cp "$modules/../../../boot/config-${modules##*/}" "$tree/.config"
	list_modules >"$dir/modules"
	run_make "LSMOD=$dir/modules" localmodconfig < <(yes '')
	cat "$vm_dir/debug.config" >>"$tree/.config"
	run_make olddefconfig
	check_options
	touch "$dir/configured"
}

# As the packages of a stock kernel look once they are unpacked. Debugging symbols are
# no part of it: they would take longer to load than the kernel to boot.
install_kernel()
{
	local release headers=$dir/headers/usr

	run_make "INSTALL_MOD_PATH=$dir/image" INSTALL_MOD_STRIP=1 modules_install
	read -r release <"$tree/include/config/kernel.release"
	mkdir -p "$dir/image/boot" "$headers/src" "$headers/lib"
	cp "$tree/.config" "$dir/image/boot/config-$release"
	cp "$tree/System.map" "$dir/image/boot/System.map-$release"
	objcopy --strip-debug "$tree/vmlinux" "$dir/vmlinux"
	ln -sfn vmlinux "$dir/image/boot/vmlinuz-$release"
	ln -sfn ../../../tree "$headers/src/linux-headers-$release"
	ln -sfn ../../../tree "$headers/lib/linux-kbuild-$release"
	echo "$release" >"$dir/release"
}

main()
{
	(($# == 0)) || die "usage: debug-kernel.sh"
	"$top_dir/selftests/deps.sh" debug
	"$vm_dir/guest.sh" "$stock"
	mkdir -p "$dir"
	note "building a kernel, which takes the better part of an hour; see $dir/log"
	unpack_source
	configure
	run_make "-j$(nproc)" vmlinux modules
	install_kernel
}

main "$@"
