#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deb.sh - build the Debian packages of this source: make deb
#
# usage: deb.sh OUT
#
# OUT is emptied first, and then has the packages, their .changes and the source.
# Works on a copy; needs dpkg-dev and the packages that debian/control names.

set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
out=${1:?usage: deb.sh OUT}

die()
{
	echo "deb.sh: $*" >&2
	exit 1
}

# copy_source FOLDER: keys and what was built or signed here are no source
copy_source()
{
	if [[ -e $top/.git ]]; then
		# Files that were removed and not committed are still named.
		git -C "$top" ls-files -z --deduplicate |
			rsync -a --from0 --files-from=- --ignore-missing-args "$top/" "$1"
	else
		rsync -a --exclude=/build --exclude=/keys --exclude=/rootfs --exclude='*.key' \
			--exclude='*.signed' "$top/" "$1"
	fi
}

command -v dpkg-buildpackage >/dev/null || die "no dpkg-buildpackage; on Debian: apt install dpkg-dev"

# The module and the tools say kmod/version.h, the packages say debian/changelog.
version=$(sed -n 's/^#define RIVET_VERSION "\(.*\)"/\1/p' "$top/kmod/version.h")
packaged=$(dpkg-parsechangelog -l "$top/debian/changelog" -S Version)
[[ $packaged == "$version" ]] ||
	die "debian/changelog has version $packaged, and kmod/version.h has $version: make them one"

rm -rf "$out"
mkdir -p "$out/rivet-$version"
copy_source "$out/rivet-$version/"
cd "$out/rivet-$version"
env -u MAKEFLAGS -u MAKEOVERRIDES -u MAKELEVEL -u MFLAGS -u OUT dpkg-buildpackage -us -uc -ui
rm -rf "${PWD:?}"
