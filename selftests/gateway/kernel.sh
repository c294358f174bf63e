#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel.sh - the kernel package is upgraded on an enforcing gateway, and nothing is denied
#
# usage: kernel.sh
#
# Two releases of the same gateway, one with the oldest kernel package that the archive
# still has and one with the newest. apt upgrades from one to the other; initramfs-tools
# and dracut make an initramfs, which must hold the same files as one that these commands
# make in the workshop, without rivet (kernel-steps.sh). Ends with 0 only if every step passed.

set -euo pipefail
# shellcheck source=selftests/gateway/machine.sh
. "$(dirname "$0")/machine.sh"
# shellcheck source=selftests/gateway/packages.sh
. "$gateway_dir/packages.sh"

timeout=3600
disk_size=2600M
meta=linux-image-cloud-amd64
tools=(busybox dracut-core initramfs-tools zstd)

# list_versions: "OLDEST NEWEST" of the kernel package
list_versions()
{
	private_apt apt-cache madison "$meta" |
		awk '!newest { newest = $3 } { oldest = $3 } END { print oldest, newest }'
}

# image_of VERSION: the package with the kernel itself, which has its release in its name
image_of()
{
	private_apt apt-cache show "$meta=$1" | sed -n 's/^Depends: \([^ ]*\).*/\1/p'
}

# The programs that the tools need and the gateway lacks
list_tools()
{
	private_apt apt-get -s -o Dir::State::status="$base/var/lib/dpkg/status" install "${tools[@]}" \
		linux-base | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\).*/\1=\2/p'
}

fetch_packages()
{
	local oldest newest version names

	take_lock upgrade-kernel
	apt_open amd64 bookworm bookworm-security
	read -r oldest newest < <(list_versions)
	[[ $oldest != "$newest" ]] || die "the archive has one version of $meta only"
	say "  $meta: $oldest, $newest"
	rm -rf "$machine_dir/packages"
	mapfile -t names < <(list_tools)
	apt_download "$machine_dir/packages/tools" "${names[@]}"
	for version in "$oldest" "$newest"; do
		apt_download "$machine_dir/packages/kernel-$version" "$meta=$version" \
			"$(image_of "$version")=$version"
	done
	mv "$machine_dir/packages/kernel-$oldest" "$machine_dir/packages/old-kernel"
	mv "$machine_dir/packages/kernel-$newest" "$machine_dir/packages/new-kernel"
	release=$(image_of "$newest")
	release=${release#linux-image-}
}

# A few modules, and quick to compress: emulated, the rest takes hours. The type of the disk is
# said, since the workshop does not have it to look at.
configure_tools()
{
	echo overlay >>"$root/etc/initramfs-tools/modules"
	printf '%s\n' MODULES=list FSTYPE=ext4 COMPRESS=gzip COMPRESSLEVEL=1 BUSYBOX=y \
		>"$root/etc/initramfs-tools/conf.d/gateway"
	printf '%s\n' 'hostonly="no"' 'compress="gzip"' 'drivers+=" overlay "' \
		'dracutmodules+=" base kernel-modules rootfs-block fs-lib udev-rules shutdown "' \
		>"$root/etc/dracut.conf.d/gateway.conf"
}

# The same in the workshop: which files an initramfs of either tool has
make_without_rivet()
{
	# shellcheck disable=SC2016  # the other shell's
	unshare --mount --pid --net --fork --kill-child chroot "$1" /bin/sh -ec '
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
		dracut --force /var/tmp/dracut.img "$1"
		lsinitramfs "/boot/initrd.img-$1" | sort >/tmp/initramfs.without
		lsinitramfs /var/tmp/dracut.img | sort >/tmp/dracut.without' \
		make "$release" >"$machine_dir/control.log" 2>&1 ||
		die "no initramfs is made; see build/$scenario/control.log"
	mkdir -p "$root/opt/control"
	mv "$1"/tmp/*.without "$root/opt/control/"
}

# dracut has the loader look at the copies that it makes below /var/tmp, under another name
# each time. The copied files are therefore listed for any path as well.
make_copies()
{
	"$rivetctl" manifest build -n initramfs-copies -v 1 -r "$1" --any-path \
		-o "$machine_dir/initramfs-copies.riv" /usr/bin /usr/sbin /usr/lib
	sign manifest "$machine_dir/initramfs-copies.riv"
}

fill_root()
{
	local next=$machine_dir/next

	fetch_packages
	cp -a "$machine_dir/packages" "$root/opt/"
	echo "$release" >"$root/opt/steps/release"
	install_packages "$root" tools
	configure_tools
	install_packages "$root" old-kernel
	rm -rf "$next"
	cp -ax --reflink=auto "$root" "$next"
	install_packages "$next" new-kernel
	make_without_rivet "$next"
	make_release release-1 "$root"
	make_release release-2 "$next"
	make_copies "$next"
	sign policy "$top_dir/policy/gateway.pol"
	rm -rf "$next"
}

run_scenario
