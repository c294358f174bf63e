#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest_set.sh - the signed set of all that a guest consists of
#
# usage: guest_set.sh OUT FOLDER[:GUEST]...
#
# Makes OUT/guest.riv and OUT/guest.riv.signed of the programs, libraries and kernel
# modules below each FOLDER, which is GUEST in the guest. Made on the host, since it
# takes a guest longer than all else it does to get ready.

out=${1:?usage: guest_set.sh OUT FOLDER[:GUEST]...}
shift
RIVET_TEST_KEYS=$(cd "$(dirname "$0")/../.." && pwd)/build/guest/keys
# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

# A compressed module, as it is, and as modprobe unpacks it
pack_and_unpack()
{
	local name

	rm -rf "$work/unpacked"
	find . -type f -name '*.ko.*' -print0 >"$work/packed"
	all_items kmod <"$work/packed"
	while IFS= read -r -d '' name; do
		mkdir -p "$work/unpacked/${name%/*}"
		case $name in
		*.xz) xz -dc "$name" ;;
		*.zst) zstd -qdc "$name" ;;
		esac >"$work/unpacked/${name%.*}"
	done <"$work/packed"
	[[ ! -d $work/unpacked ]] || (cd "$work/unpacked" && find . -type f -print0 | all_items kmod)
}

# below FOLDER GUEST: items for the files there, under the guest's names for them
below()
{
	cd "$1" || exit
	find . -type f ! -name '*.ko*' \( -perm -100 -o -name '*.so*' \) -print0 >"$work/code"
	find . -type f -name '*.ko' -print0 >"$work/modules"
	{
		all_items exec,mmap <"$work/code"
		all_items kmod <"$work/modules"
		pack_and_unpack
	} | sed "s| \\./| $2/|"
}

all_items()
{
	local names

	mapfile -d '' -t names
	[[ ! ${names[*]} ]] || items "$1" "${names[@]}"
}

for each; do
	guest=${each#*:}
	[[ $each == *:* ]] || guest=
	(below "${each%%:*}" "$guest")
done | sort_items | manifest guest 'version: 1' >"$out/guest.riv"
sign_object "$out/guest.riv" signer
