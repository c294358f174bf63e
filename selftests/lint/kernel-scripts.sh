#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel-scripts.sh - the kernel's own linters, from Debian's linux-source-6.12
#
# usage: kernel-scripts.sh
#
# Prints the folder that holds checkpatch.pl, its two word lists and kernel-doc:
# build/lint/kernel. The package is only in the kernel's source; of its 150 MB
# these four files are kept.

set -euo pipefail
# shellcheck source=selftests/vm/apt.sh
. "$(dirname "$0")/../vm/apt.sh"

package=linux-source-6.12
names=(checkpatch.pl spelling.txt const_structs.checkpatch kernel-doc)

# The kernel's sources as a compressed archive on stdout.
open_source()
{
	if [[ -e /usr/src/$package.tar.xz ]]; then
		cat "/usr/src/$package.tar.xz"
		return
	fi
	apt_open amd64 bookworm bookworm-security
	apt_download "$work/deb" "$package"
	dpkg-deb --fsys-tarfile "$work"/deb/*.deb |
		tar -xO "./usr/src/$package.tar.xz"
}

# tar stops at the last of them, and its writer then dies of a closed pipe.
extract()
{
	mkdir -p "$work/kernel"
	(open_source || true) | tar -C "$work/kernel" -xJ --strip-components=2 \
		--occurrence=1 "${names[@]/#/$package/scripts/}"
}

main()
{
	local out=$build_dir/lint/kernel

	take_lock lint-kernel
	if [[ ! -d $out ]]; then
		work=$build_dir/lint/kernel.tmp
		rm -rf "$work"
		mkdir -p "$work"
		extract 2>"$work/log" || [[ -s $work/kernel/kernel-doc ]] || {
			cat "$work/log" >&2
			die "cannot get the kernel's scripts from $package"
		}
		mv "$work/kernel" "$out"
		rm -rf "$work"
	fi
	echo "$out"
}

main "$@"
