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

command -v dpkg-buildpackage >/dev/null || die "no dpkg-buildpackage; on Debian: apt install dpkg-dev"

# The module and the tools say kmod/version.h, the packages say debian/changelog.
version=$(sed -n 's/^#define RIVET_VERSION "\(.*\)"/\1/p' "$top/kmod/version.h")
packaged=$(dpkg-parsechangelog -l "$top/debian/changelog" -S Version)
[[ $packaged == "$version" ]] ||
	die "debian/changelog has version $packaged, and kmod/version.h has $version: make them one"

rm -rf "$out"
mkdir -p "$out/rivet-$version"
rsync -a --exclude=/build --exclude=.git --exclude='*.signed' "$top/" "$out/rivet-$version/"
cd "$out/rivet-$version"
env -u MAKEFLAGS -u MAKEOVERRIDES -u MAKELEVEL -u MFLAGS -u OUT dpkg-buildpackage -us -uc -ui
rm -rf "${PWD:?}"
