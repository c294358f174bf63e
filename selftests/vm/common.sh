# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# common.sh - common code of the VM harness: paths, messages, locks
#
# Sourced, never run. Everything the harness makes lives under build/, so that
# removing build/ is always a safe way to start again.

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_dir=$(cd "$vm_dir/../.." && pwd)
build_dir=$top_dir/build

all_kernels=(6.1 6.12 7.x arm64-6.12)
# Debian's 6.12 too, but built here, with options that find misuse of the kernel
debug_kernel=debug-6.12

note()
{
	echo "${0##*/}: $*" >&2
}

die()
{
	note "$@"
	exit 1
}

check_kernel()
{
	local known

	for known in "${all_kernels[@]}" "$debug_kernel"; do
		[[ $1 == "$known" ]] && return
	done
	die "unknown kernel '$1'; known: ${all_kernels[*]} $debug_kernel"
}

# Debian's name of the architecture a kernel runs on.
kernel_arch()
{
	[[ $1 == arm64-* ]] && echo arm64 || echo amd64
}

# take_lock NAME: held until this shell exits. Two runs at once then share one
# download or build instead of breaking each other's. The descriptor is not
# inherited by children that outlive us because there are none.
take_lock()
{
	local fd

	mkdir -p "$build_dir/lock"
	exec {fd}>"$build_dir/lock/$1"
	flock "$fd"
}

# True if FILE is there and nothing below the given paths is newer.
up_to_date()
{
	local file=$1
	shift

	[[ -e $file && -z $(find "$@" -newer "$file" -print -quit) ]]
}

# in_chroot ROOT COMMAND...: in a mount namespace of its own, so that nothing stays mounted
# after a failure; the tree is at the same path, so that messages name files that exist.
in_chroot()
{
	local root=$1
	shift

	# shellcheck disable=SC2016  # expanded by the inner shell
	unshare --mount bash -c '
		set -e
		root=$1 top=$2
		shift 2
		mount --rbind /dev "$root/dev"
		mount -t proc proc "$root/proc"
		mkdir -p "$root$top"
		mount --bind "$top" "$root$top"
		exec chroot "$root" "$@"
	' - "$root" "$top_dir" "$@"
}
