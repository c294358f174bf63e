#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deps.sh - install the Debian packages that one purpose needs
#
# usage: deps.sh build|unit|vm|tpm|debug|lint|demo|bench|packages|all
#
# Says nothing and does nothing when everything is there, so every make target
# can call it first. Only the machine's own apt configuration is used.

set -euo pipefail

# The packages for each purpose: one list a purpose, one line a reason.

# Compilers, and the libraries that rivetctl and rivetd link.
build=(make gcc libc6-dev binutils kmod rsync pkg-config)
build+=(libmnl-dev libkeyutils-dev libssl-dev liblzma-dev zlib1g-dev libzstd-dev libarchive-dev)

# Host tests and the short fuzz run.
unit=("${build[@]}" openssl libarchive13)
# The fuzzers, with libFuzzer.
unit+=(clang libclang-rt-dev)

# The kernels' own build programs (kernel.sh unpacks them) need these at run time.
vm=("${build[@]}" gcc-12 libelf1 libssl3 zlib1g pahole)
# Fetching and unpacking kernels and guest files.
vm+=(cpio xz-utils debian-archive-keyring mmdebstrap util-linux)
# Making a guest and running it.
vm+=(e2fsprogs openssl qemu-system-x86)
# The same for arm64.
vm+=(qemu-system-arm gcc-12-aarch64-linux-gnu gcc-aarch64-linux-gnu)

# A guest with a TPM.
# shellcheck disable=SC2034  # used through the nameref in main
tpm=(swtpm swtpm-tools)

# Building a kernel.
# shellcheck disable=SC2034  # used through the nameref in main
debug=("${vm[@]}" bc bison flex libelf-dev zstd)

# Debian packages: made, checked, and installed into a root folder.
# shellcheck disable=SC2034  # used through the nameref in main
packages=("${build[@]}" debhelper dh-dkms dpkg-dev lintian mmdebstrap debian-archive-keyring)
# Updates of whole images.
packages+=(rauc swupdate squashfs-tools dbus-daemon cpio e2fsprogs openssl)

# Static checks.
lint=("${vm[@]}" sparse shellcheck)

demo=("${vm[@]}")
bench=("${vm[@]}")

# shellcheck disable=SC2034  # used through the nameref in main
all=("${build[@]}" "${unit[@]}" "${vm[@]}" "${lint[@]}" "${demo[@]}" "${bench[@]}")

die()
{
	echo "deps.sh: $*" >&2
	exit 1
}

installed()
{
	local status

	status=$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) || return 1
	[[ $status == installed ]]
}

# A machine whose package lists were never fetched knows no candidate at all.
known()
{
	apt-cache show --no-all-versions "$1" >/dev/null 2>&1
}

list_missing()
{
	local package

	for package in $(printf '%s\n' "$@" | sort -u); do
		installed "$package" || echo "$package"
	done
}

refresh_lists_for()
{
	local package

	for package in "$@"; do
		known "$package" && continue
		apt-get update -qq >&2 || die "apt-get update failed; see above"
		return
	done
}

# Several people may install at once on one machine: wait for the lock.
apt_install()
{
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends -o DPkg::Lock::Timeout=600 \
		-o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1
}

# The list goes in as a whole because it is quick; only when that fails is it
# tried one by one, to be able to name the culprit.
install_all()
{
	local package

	apt_install "$@" && return
	for package in "$@"; do
		apt_install "$package" && continue
		tail -n 5 "$log" >&2
		die "cannot install $package"
	done
}

main()
{
	local purpose=${1:-} missing

	case $purpose in
	build|unit|vm|tpm|debug|lint|demo|bench|packages|all) ;;
	*) die "usage: deps.sh build|unit|vm|tpm|debug|lint|demo|bench|packages|all" ;;
	esac
	local -n wanted=$purpose

	mapfile -t missing < <(list_missing "${wanted[@]}")
	((${#missing[@]})) || return 0
	((EUID == 0)) ||
		die "not root; please install: apt-get install ${missing[*]}"

	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	refresh_lists_for "${missing[@]}"
	install_all "${missing[@]}"
}

main "$@"
