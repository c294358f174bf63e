#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# headers.sh - build the module against every packaged kernel's headers
#
# usage: headers.sh [--list] [RELEASE...]
#
# Whoever installs the module has some kernel of these, not the newest. RELEASE is as
# `uname -r` says it and may hold `*`; without one, all are tried that the archive has
# for amd64: Debian 12 with security updates and backports, Debian 13 with these. A
# warning is a failure. Logs are build/headers/RELEASE.log; the headers are removed
# after a build that passed. Debian 13's build programs run in the chroot of kernel
# 7.x. --list says which there are. Ends with `N passed, N failed, N skipped`.

set -euo pipefail
# shellcheck source=selftests/vm/apt.sh
. "$(dirname "$0")/apt.sh"

headers_dir=$build_dir/headers
passed=0 failed=0 skipped=0

# suites_of DEBIAN: an archive lacks some of them once it is old
suites_of()
{
	echo "$1 $1-updates $1-security"
}

# list_releases: of the packages of the private apt, not of those that stand for the newest
list_releases()
{
	private_apt apt-cache search --names-only '^linux-headers-[0-9].*amd64$' |
		sed -n 's/^linux-headers-\([0-9]*\.[0-9]*\.[0-9][^ ]*\) .*/\1/p' | sort -V
}

# open_suites DEBIAN: select them; backports too, if the mirror has any
open_suites()
{
	local suites

	read -r -a suites <<<"$(suites_of "$1")"
	(apt_open amd64 "${suites[@]}" "$1-backports") 2>/dev/null && suites+=("$1-backports")
	apt_open amd64 "${suites[@]}"
}

is_wanted()
{
	local release=$1 pattern
	shift

	(($#)) || return 0
	for pattern; do
		# shellcheck disable=SC2053  # a pattern
		[[ $release != $pattern ]] || return 0
	done
	return 1
}

# fetch RELEASE: its headers, as they are installed, below $dir/root
fetch()
{
	local package=linux-headers-$1 common kbuild

	common=$(apt_needs "$package" 'linux-headers-.*-common')
	kbuild=$(apt_needs "$package" 'linux-kbuild-')
	apt_download "$dir/debs" "$package" "$common" "$kbuild"
	unpack_all "$dir/debs" "$dir/root" --exclude='./usr/share/*'
	rm -r "$dir/debs"
	sed -i "s|/usr/src/|$dir/root/usr/src/|" "$dir/root/usr/src/$package/Makefile"
}

compile()
{
	local run=()

	[[ -z $chroot ]] || run=(in_chroot "$chroot")
	rsync -a --delete "$top_dir/Kbuild" "$top_dir/kmod" "$dir/module/"
	"${run[@]}" env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS LC_ALL=C make -k -j"$(nproc)" \
		--no-print-directory -C "$dir/root/usr/src/linux-headers-$1" M="$dir/module" \
		KCFLAGS=-Werror modules && [[ -e $dir/module/rivet.ko ]]
}

try()
{
	local release=$1 log=$headers_dir/$1.log

	dir=$headers_dir/$release
	rm -rf "$dir"
	mkdir -p "$dir"
	if (fetch "$release" && compile "$release") >"$log" 2>&1 </dev/null; then
		passed=$((passed + 1))
		echo "ok - $release"
		rm -rf "$dir"
	else
		failed=$((failed + 1))
		echo "not ok - $release"
		grep -E 'error|warning|undefined|E:' "$log" | head -n 10 | sed 's/^/# /'
	fi
}

# try_debian NAME CHROOT PATTERN...
try_debian()
{
	local release
	chroot=$2

	open_suites "$1"
	shift 2
	while read -r release; do
		is_wanted "$release" "$@" || continue
		if [[ $list ]]; then
			echo "$release"
		else
			try "$release"
		fi
	done < <(list_releases)
}

main()
{
	list=
	[[ ${1-} != --list ]] || {
		list=1
		shift
	}
	mkdir -p "$headers_dir"
	take_lock headers
	[[ $list ]] || "$vm_dir/kernel.sh" prepare 7.x
	try_debian bookworm '' "$@"
	try_debian trixie "$("$vm_dir/kernel.sh" path 7.x chroot)" "$@"
	[[ ! $list ]] || return 0
	echo "$passed passed, $failed failed, $skipped skipped"
	((passed && !failed))
}

main "$@"
