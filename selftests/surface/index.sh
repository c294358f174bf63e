#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# index.sh - the places of a kernel through which bytes could come in, by index.py
#
# usage: index.sh 6.12|newest
#
# Fetches Debian's source of 6.12, or of the newest kernel that is packaged, and its
# configurations, once; prints the file that lists the places. Its first line tells the
# package. Files are kept in build/surface/; when the scripts here change, the list is
# made anew from them, which takes a minute.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/vm/apt.sh
. "$here/../vm/apt.sh"

kernel=${1-}
out=$build_dir/surface
# Much of the source that index.py does not look at either
skipped=(Documentation tools samples drivers/gpu/drm/amd/include
	arch/{alpha,arc,csky,hexagon,loongarch,m68k,microblaze,mips,nios2,openrisc,parisc}
	arch/{powerpc,riscv,s390,sh,sparc,um,xtensa,arm})

suites_of()
{
	case $1 in
	6.12) echo bookworm bookworm-security ;;
	newest) echo trixie-backports ;;
	*) die "usage: index.sh 6.12|newest" ;;
	esac
}

hash_scripts()
{
	cat "$here"/{built,index,source}.py | sha256sum | cut -c 1-16
}

# The source and the configurations for both architectures, into $out/$kernel
fetch()
{
	local suites package=linux-source-6.12 arch

	[[ ! -e $out/$kernel/complete ]] || return 0
	read -r -a suites < <(suites_of "$kernel")
	rm -rf "${out:?}/$kernel"
	apt_open amd64 "${suites[@]}"
	[[ $kernel == 6.12 ]] || package=$(apt_needs linux-source linux-source-)
	apt_download "$out/$kernel" "$package"
	for arch in amd64 arm64; do
		apt_open "$arch" "${suites[@]}"
		apt_download "$out/$kernel/$arch" "${package/source/config}"
	done
	touch "$out/$kernel/complete"
}

# Those of real-time kernels differ in nothing that matters here
unpack_configs()
{
	local arch file

	for arch in amd64 arm64; do
		for file in "$out/$kernel/$arch"/*.deb; do
			dpkg-deb --fsys-tarfile "$file" |
				tar -C "$work" -x --wildcards "./usr/src/*/config.${arch}_none_*"
		done
	done
	xz -d "$work"/usr/src/*/config.*
}

make_index()
{
	local deb configs=() file

	deb=$(echo "$out/$kernel"/*.deb)
	unpack_configs
	for file in "$work"/usr/src/*/config.*; do
		configs+=(-c "$file")
	done
	# shellcheck disable=SC2016  # dpkg-deb expands these, not the shell
	echo "# $(dpkg-deb -W --showformat '${Package} ${Version}' "$deb") $1"
	mkdir "$work/tree"
	dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards './usr/src/*.tar.xz' | xz -dc |
		tar -C "$work/tree" -x --strip-components=1 "${skipped[@]/#/--exclude=*/}"
	python3 -B "$here/index.py" "${configs[@]}" "$work/tree"
}

main()
{
	local hash file=$out/$kernel.tsv

	suites_of "$kernel" >/dev/null
	hash=$(hash_scripts)
	mkdir -p "$out"
	take_lock "surface-$kernel"
	if ! sed -n 1p "$file" 2>/dev/null | grep -q " $hash\$"; then
		fetch
		work=$(mktemp -d)
		trap 'rm -rf "$work"' EXIT
		make_index "$hash" >"$file.tmp"
		mv "$file.tmp" "$file"
	fi
	echo "$file"
}

main
