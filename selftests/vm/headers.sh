#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# headers.sh - build the module against every packaged kernel's headers
#
# usage: headers.sh [--list|--one|--whole] [RELEASE...]
#
# A gateway has some kernel of these, not the newest. RELEASE is as
# `uname -r` says it and may hold `*`; without one, all are tried that the archive has
# for amd64: Debian 12 with security updates and backports, Debian 13 with these. A
# warning is a failure.
#
# All of the module is compiled as one file (one-file.py), and linked against the
# symbols of that kernel: only the results of the probes differ between kernels, and a tenth
# of the time is enough. The first and the last release of each series are built as make
# does it; with --whole all are, and with --one none. Logs are build/headers/RELEASE.log.
# Debian 13's build programs run in the chroot of kernel 7.x. --list says which there
# are. Ends with `N passed, N failed, N skipped`.

set -euo pipefail
# shellcheck source=selftests/vm/apt.sh
. "$(dirname "$0")/apt.sh"

headers_dir=$build_dir/headers
tree=$headers_dir/tree
source=$headers_dir/source
passed=0 failed=0

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

# unpack PACKAGE...: as they are installed, below $tree
unpack()
{
	apt_download "$headers_dir/debs" "$@"
	unpack_all "$headers_dir/debs" "$tree" --exclude='./usr/share/*'
	rm -r "$headers_dir/debs"
}

# fetch RELEASE: its headers, alone but for the files it shares with the one before
fetch()
{
	local package=linux-headers-$1 common kbuild

	common=$(apt_needs "$package" 'linux-headers-.*-common')
	kbuild=$(apt_needs "$package" 'linux-kbuild-')
	if [[ $common != "$(cat "$tree/common" 2>/dev/null)" ]]; then
		rm -rf "$tree"
		unpack "$common" "$kbuild"
		echo "$common" >"$tree/common"
	fi
	unpack "$package"
	sed -i "s|/usr/src/|$tree/usr/src/|" "$tree/usr/src/$package/Makefile"
}

# compile RELEASE HOW
compile()
{
	local run=() module=$headers_dir/module flags=-Werror settings=()

	[[ -z $chroot ]] || run=(in_chroot "$chroot")
	rm -rf "$module"
	mkdir "$module"
	cp -r "$source/." "$module/"
	if [[ $2 == one ]]; then
		python3 "$vm_dir/one-file.py" "$module"
		flags+=' -g0'
		# Without debugging information there is no BTF, and no symbol depends on it
		settings=(CONFIG_DEBUG_INFO_BTF_MODULES=)
	fi
	"${run[@]}" env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS LC_ALL=C make -k -j"$(nproc)" \
		--no-print-directory -C "$tree/usr/src/linux-headers-$1" M="$module" \
		KCFLAGS="$flags" "${settings[@]}" modules && [[ -e $module/rivet.ko ]]
}

# try RELEASE HOW
try()
{
	local log=$headers_dir/$1.log

	if (fetch "$1" && compile "$1" "$2") >"$log" 2>&1 </dev/null; then
		passed=$((passed + 1))
		echo "ok - $1 ($2)"
	else
		failed=$((failed + 1))
		echo "not ok - $1 ($2)"
		grep -E 'error|warning|undefined|E:' "$log" | head -n 10 | sed 's/^/# /'
	fi
	rm -rf "$tree/usr/src/linux-headers-$1"
}

# list_builds: "RELEASE HOW" for each release of standard input; a series is MAJOR.MINOR
list_builds()
{
	awk -F. -v how="$how" '
		{ release[NR] = $0; series[NR] = $1 "." $2 }
		END {
			for (i = 1; i <= NR; i++) {
				ends = series[i] != series[i - 1] || series[i] != series[i + 1]
				print release[i], how ? how : ends ? "whole" : "one"
			}
		}'
}

# try_debian NAME CHROOT PATTERN...
try_debian()
{
	local release as
	chroot=$2

	open_suites "$1"
	shift 2
	while read -r release as; do
		is_wanted "$release" "$@" || continue
		if [[ $list ]]; then
			echo "$release"
		else
			try "$release" "$as"
		fi
	done < <(list_releases | list_builds)
}

main()
{
	list='' how=''
	case ${1-} in
	--list) list=1 && shift ;;
	--one | --whole) how=${1#--} && shift ;;
	esac
	mkdir -p "$headers_dir"
	take_lock headers
	if [[ ! $list ]]; then
		"$vm_dir/kernel.sh" prepare 7.x
		# As it is now: a run takes an hour
		rm -rf "$source"
		mkdir "$source"
		cp -r "$top_dir/Kbuild" "$top_dir/kmod" "$source/"
	fi
	try_debian bookworm '' "$@"
	try_debian trixie "$("$vm_dir/kernel.sh" path 7.x chroot)" "$@"
	[[ ! $list ]] || return 0
	rm -rf "$tree" "$source" "$headers_dir/module"
	echo "$passed passed, $failed failed, 0 skipped"
	((passed && !failed))
}

main "$@"
