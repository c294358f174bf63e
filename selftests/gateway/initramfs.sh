#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# initramfs.sh - a gateway that enforces from its initramfs on
#
# usage: initramfs.sh
#
# initramfs-tools makes the initramfs, with rivet's hook. A program that no set lists is to
# be the first of the root filesystem, and does not start. Then a listed one is, which looks
# at the mode and starts systemd (initramfs-steps.sh). Ends with 0 only if every step passed.

set -euo pipefail
# shellcheck source=selftests/gateway/machine.sh
. "$(dirname "$0")/machine.sh"
# shellcheck source=selftests/gateway/packages.sh
. "$gateway_dir/packages.sh"

tools=(busybox initramfs-tools)

# The programs that the tools need and the gateway lacks
list_tools()
{
	private_apt apt-get -s -o Dir::State::status="$base/var/lib/dpkg/status" install "${tools[@]}" |
		sed -n 's/^Inst \([^ ]*\) (\([^ ]*\).*/\1=\2/p'
}

fetch_tools()
{
	local names

	take_lock initramfs
	apt_open amd64 bookworm bookworm-security
	mapfile -t names < <(list_tools)
	rm -rf "$machine_dir/packages"
	apt_download "$machine_dir/packages/tools" "${names[@]}"
}

configure_tools()
{
	mkdir -p "$root/etc/initramfs-tools/conf.d"
	printf '%s\n' MODULES=list FSTYPE=ext4 COMPRESS=gzip COMPRESSLEVEL=1 BUSYBOX=y \
		>"$root/etc/initramfs-tools/conf.d/gateway"
	printf '%s\n' virtio_pci virtio_blk ext4 >>"$root/etc/initramfs-tools/modules"
	cp -a "$root/usr/share/rivet/initramfs-tools/." "$root/etc/initramfs-tools/"
}

# As update-initramfs would, for the kernel of the gateway
make_initramfs()
{
	local release

	release=$("$vm_dir/kernel.sh" path "$kernel" release)
	mkdir -p "$root/boot"
	# mkinitramfs asks there whether the kernel can unpack it; Debian's can.
	echo CONFIG_RD_GZIP=y >"$root/boot/config-$release"
	# shellcheck disable=SC2016  # the other shell's
	unshare --mount --pid --net --fork --kill-child chroot "$root" /bin/sh -ec '
		mount -t proc proc /proc
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
		mkinitramfs -o /boot/initrd.img "$1"
		lsinitramfs /boot/initrd.img >/boot/initrd.files' make "$release" \
		>"$machine_dir/mkinitramfs.log" 2>&1 ||
		die "no initramfs is made; see build/$scenario/mkinitramfs.log"
	for file in rivet.ko sha256-ssse3.ko bin/rivetctl etc/rivet/trust.d/signer.pem; do
		grep -qF "$file" "$root/boot/initrd.files" || die "no $file in the initramfs"
	done
}

# The initramfs' own programs run from other paths than on the root filesystem.
list_files()
{
	"$rivetctl" manifest build -n gateway -v 1 -r "$root" -o "$machine_dir/gateway.riv" /usr /etc /opt
	"$rivetctl" manifest build -n initramfs -v 1 -r "$root" --any-path \
		-o "$machine_dir/initramfs.riv" /usr/bin /usr/sbin /usr/lib /etc/initramfs-tools/scripts \
		/usr/share/initramfs-tools/scripts
	sign manifest "$machine_dir/gateway.riv"
	sign manifest "$machine_dir/initramfs.riv"
	mv "$root"/etc/rivet/{gateway,initramfs}.riv.signed "$root/etc/rivet/riv.d/"
	{
		cat "$top_dir/policy/gateway.pol"
		echo 'SET boot=enforce'
	} >"$machine_dir/policy"
	sign policy "$machine_dir/policy"
	chown -R root:root "$root/etc/rivet"
	chmod -R go-w "$root/etc/rivet"
}

fill_root()
{
	fetch_tools
	cp -a "$machine_dir/packages" "$root/opt/"
	install_packages "$root" tools
	rm -rf "$root/opt/packages"
	mkdir -p "$root/var/lib/rivet"
	echo >"$root/var/lib/rivet/floor"
	mv "$root/etc/rivet/signer.pem" "$root/etc/rivet/trust.d/"
	cp "$keys/ca.pem" "$root/etc/rivet/ca.d/"
	configure_tools
	install -m 755 "$gateway_dir/initramfs-first" "$root/opt/first"
	mkdir -p "$root/etc/systemd/system/sysinit.target.wants"
	ln -s /usr/lib/systemd/system/rivet.service "$root/etc/systemd/system/sysinit.target.wants/"
	make_initramfs
	list_files
	gcc -O2 -Wall -Wextra -Werror -static -o "$root/opt/unlisted" \
		"$top_dir/selftests/kselftest/helpers/hello.c"
}

# Called when the disk is made: the first of the two boots
make_initrd()
{
	local refusal="can't execute '/opt/unlisted': Permission denied"

	cp "$root/boot/initrd.img" "$machine_dir/initrd.cpio"
	say "Booting with a first program that no set lists: it is not started."
	boot_options="ro init=/opt/unlisted"
	boot
	wait "$machine" || true
	machine=
	cp "$machine_dir/console.log" "$machine_dir/unlisted.log"
	grep -q "$refusal" "$machine_dir/unlisted.log" ||
		die "the unlisted program was not refused; see build/$scenario/unlisted.log"
	! grep -q 'hello' "$machine_dir/unlisted.log" ||
		die "the unlisted program ran; see build/$scenario/unlisted.log"
	say "   -> $(grep -m 1 -o "$refusal" "$machine_dir/unlisted.log")"
	boot_options="ro init=/opt/first"
}

run_scenario
