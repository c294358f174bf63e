#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dracut.sh - a gateway of Debian 13 that enforces from its initramfs on, made by dracut
#
# usage: dracut.sh
#
# As initramfs.sh, with the userland of trixie, and systemd in the initramfs. A program that no
# set lists is to be the first of the root filesystem, and does not start; then a listed one is
# (initramfs-steps.sh). Ends with 0 only if every step passed.

set -euo pipefail
debian=trixie steps=initramfs
# shellcheck source=selftests/gateway/machine.sh
. "$(dirname "$0")/machine.sh"

packages=${packages/libssl3/libssl3t64},dracut
timeout=${RIVET_GATEWAY_TIMEOUT:-480}

# As dpkg's trigger would, for the kernel of the gateway and what its disk needs
make_initramfs()
{
	local release

	release=$("$vm_dir/kernel.sh" path "$kernel" release)
	mkdir -p "$root/boot" "$root/usr/lib/dracut/modules.d" "$root/etc/dracut.conf.d"
	cp -a "$root/usr/share/rivet/dracut/modules.d/." "$root/usr/lib/dracut/modules.d/"
	cp -a "$root/usr/share/rivet/dracut/dracut.conf.d/." "$root/etc/dracut.conf.d/"
	# shellcheck disable=SC2016  # the other shell's
	unshare --mount --pid --net --fork --kill-child chroot "$root" /bin/sh -ec '
		mount -t proc proc /proc
		mount -t devtmpfs devtmpfs /dev
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
		dracut --force --no-hostonly --gzip --kver "$1" --add-drivers "virtio_pci virtio_blk ext4" \
			--omit "nfs iscsi lvm crypt dm mdraid multipath network plymouth qemu-net" /boot/initrd.img
		lsinitrd /boot/initrd.img >/boot/initrd.files' make "$release" \
		>"$machine_dir/dracut.log" 2>&1 ||
		die "no initramfs is made; see build/$scenario/dracut.log"
	for file in rivet.ko sha256-ssse3.ko bin/rivetctl etc/rivet/trust.d/signer.pem; do
		grep -qF "$file" "$root/boot/initrd.files" || die "no $file in the initramfs"
	done
}

# The initramfs' own programs run from other paths than on the root filesystem.
list_files()
{
	"$rivetctl" manifest build -n gateway -v 1 -r "$root" -o "$machine_dir/gateway.riv" /usr /etc /opt
	"$rivetctl" manifest build -n initramfs -v 1 -r "$root" --any-path \
		-o "$machine_dir/initramfs.riv" /usr/bin /usr/sbin /usr/lib
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
	mkdir -p "$root/var/lib/rivet"
	echo >"$root/var/lib/rivet/floor"
	mv "$root/etc/rivet/signer.pem" "$root/etc/rivet/trust.d/"
	cp "$keys/ca.pem" "$root/etc/rivet/ca.d/"
	install -m 755 "$gateway_dir/initramfs-first" "$root/opt/first"
	mkdir -p "$root/etc/systemd/system/sysinit.target.wants"
	ln -s /usr/lib/systemd/system/rivet.service "$root/etc/systemd/system/sysinit.target.wants/"
	make_initramfs
	list_files
	gcc -O2 -Wall -Wextra -Werror -static -o "$root/opt/unlisted" \
		"$top_dir/selftests/kselftest/helpers/hello.c"
}

# systemd tries others then, which are listed, and the machine would come up.
refusal='Failed to execute configured init /opt/unlisted, trying fallback: Permission denied'

wait_for_refusal()
{
	while kill -0 "$machine" 2>/dev/null && ! grep -q "$refusal" "$machine_dir/console.log"; do
		sleep 1
	done
}

# Called when the disk is made: the first of the two boots
make_initrd()
{
	cp "$root/boot/initrd.img" "$machine_dir/initrd.cpio"
	say "Booting with a first program that no set lists: it is not started."
	boot_options="ro init=/opt/unlisted"
	boot
	wait_for_refusal
	kill "$machine" 2>/dev/null || true
	wait "$machine" || true
	machine=
	cp "$machine_dir/console.log" "$machine_dir/unlisted.log"
	! grep -q 'hello' "$machine_dir/unlisted.log" ||
		die "the unlisted program ran; see build/$scenario/unlisted.log"
	grep -q "$refusal" "$machine_dir/unlisted.log" ||
		die "the unlisted program was not refused; see build/$scenario/unlisted.log"
	say "   -> $(grep -m 1 -o "$refusal" "$machine_dir/unlisted.log")"
	boot_options="ro init=/opt/first"
}

run_scenario
