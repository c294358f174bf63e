#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh - the main job of rivet, end to end, on a gateway of its own
#
# Builds a Debian root filesystem with systemd and the mosquitto broker, makes
# and signs its reference values here ("the workshop", where the keys stay), boots it
# with the stock 6.12 kernel ("the gateway"), and shows what happens there. Ends
# with 0 only if every step did what its narration says.

set -euo pipefail
# shellcheck source=selftests/vm/apt.sh
. "$(dirname "$0")/../vm/apt.sh"

demo_dir=$build_dir/demo
source_dir=$top_dir/selftests/demo
rivetctl=$build_dir/userspace/bin/rivetctl
kernel=6.12
timeout=240
packages=systemd,systemd-sysv,kmod,keyutils,libmnl0,libkeyutils1,libssl3,mosquitto,mosquitto-clients

say()
{
	printf '%s\n' "$*"
}

# The root filesystem without anything of ours, made once.
make_base()
{
	local base=$demo_dir/base

	[[ ! -e $base.stamp ]] || return 0
	say "  Debian root filesystem with systemd and mosquitto (made once)"
	rm -rf "$base"
	{
		source_line bookworm
		source_line bookworm-security
	} >"$demo_dir/sources.list"
	mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		bookworm "$base" "$demo_dir/sources.list" >"$demo_dir/mmdebstrap.log" 2>&1 ||
		die "cannot make the root filesystem; see build/demo/mmdebstrap.log"
	touch "$base.stamp"
}

# Serial terminals that nobody logs in on cost a minute and a half of waiting.
set_up_boot()
{
	local root=$1 unit

	for unit in serial-getty@ttyS0.service dev-ttyS0.device dev-ttyS1.device getty@tty1.service \
		systemd-update-utmp.service systemd-random-seed.service apt-daily.timer \
		apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer \
		e2scrub_reap.service systemd-pstore.service; do
		ln -sf /dev/null "$root/etc/systemd/system/$unit"
	done
	mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
	cp "$source_dir/rivet-demo.service" "$root/etc/systemd/system/"
	ln -sf ../rivet-demo.service "$root/etc/systemd/system/multi-user.target.wants/"
	echo gateway >"$root/etc/hostname"
	echo '127.0.0.1 localhost gateway' >"$root/etc/hosts"
	: >"$root/etc/machine-id"
	echo '/dev/vda / ext4 defaults 0 1' >"$root/etc/fstab"
}

# rivet itself, and the modules the gateway needs, as make install would put them.
add_rivet()
{
	local root=$1 release module

	release=$("$vm_dir/kernel.sh" path "$kernel" release)
	make -s -C "$top_dir/userspace" OUT="$build_dir/userspace" PREFIX=/usr DESTDIR="$root" install \
		>"$demo_dir/install.log" 2>&1 || die "make install failed; see build/demo/install.log"
	mkdir -p "$root/usr/lib/modules/$release/updates"
	cp -a "$build_dir/guest/$kernel/root/usr/lib/modules/$release/." "$root/usr/lib/modules/$release/"
	module=$build_dir/$release/rivet.ko
	cp "$module" "$root/usr/lib/modules/$release/updates/"
	depmod -b "$root" "$release"
	mkdir -p "$root/opt/demo" "$root/etc/rivet"
	cp "$source_dir/gateway.sh" "$root/opt/demo/"
}

sign()
{
	"$rivetctl" "$1" sign -k "$keys/signer.key" -c "$keys/signer.pem" -o "$root/etc/rivet/$3" "$2" \
		>/dev/null
}

# What the workshop does: keys, reference values, policy. The private key goes nowhere.
work_in_shop()
{
	keys=$demo_dir/keys
	rm -rf "$keys"
	"$rivetctl" keygen "$keys" >/dev/null
	cp "$keys/signer.pem" "$root/etc/rivet/signer.pem"
	say "  \$ rivetctl manifest build -n gateway-base -v 1 -r ROOT -o base.riv /usr"
	"$rivetctl" manifest build -n gateway-base -v 1 -r "$root" -o "$demo_dir/base.riv" /usr
	say "  \$ rivetctl manifest build -n broker -v 1 -r ROOT -o broker.riv /usr/sbin/mosquitto ..."
	"$rivetctl" manifest build -n broker -v 1 -r "$root" -o "$demo_dir/broker.riv" \
		/usr/sbin/mosquitto /usr/bin/mosquitto_pub /usr/bin/mosquitto_sub \
		/usr/lib/x86_64-linux-gnu/libmosquitto.so.1
	sign manifest "$demo_dir/base.riv" base.riv.signed
	sign manifest "$demo_dir/broker.riv" broker.riv.signed
	sign policy "$top_dir/policy/gateway.pol" gateway.pol.signed
}

make_disk()
{
	rm -f "$demo_dir/disk.ext4"
	truncate -s 1500M "$demo_dir/disk.ext4"
	mke2fs -q -t ext4 -d "$root" -E lazy_itable_init=1,nodiscard "$demo_dir/disk.ext4"
}

# A few modules and a script: find the disk, change over to it.
make_initrd()
{
	local dir=$demo_dir/initrd release name

	release=$("$vm_dir/kernel.sh" path "$kernel" release)
	rm -rf "$dir"
	mkdir -p "$dir"/{bin,modules,proc,sys,dev,root}
	cp "$build_dir/guest/$kernel/root/usr/bin/busybox" "$dir/bin/"
	ln -s busybox "$dir/bin/sh"
	cp "$source_dir/initrd-init" "$dir/init"
	for name in virtio_pci virtio_blk ext4; do
		modprobe -d "$build_dir/guest/$kernel/root" -S "$release" -D "$name" 2>/dev/null || true
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r name; do
		cp "$name" "$dir/modules/"
		basename "$name" >>"$dir/modules/order"
	done
	(cd "$dir" && find . -print0 | cpio --quiet --null -o -H newc) >"$demo_dir/initrd.cpio"
}

boot()
{
	rm -f "$demo_dir"/serial.{in,out}
	mkfifo "$demo_dir"/serial.{in,out}
	# Both ends held open, so that nobody waits for the other to open first.
	exec 8<>"$demo_dir/serial.out" 9<>"$demo_dir/serial.in"
	timeout --kill-after=5 "$timeout" qemu-system-x86_64 -M pc -cpu max -accel tcg,thread=multi \
		-smp 2 -m 1024 -nodefaults -display none -no-reboot -nic none \
		-serial "file:$demo_dir/console.log" \
		-chardev "pipe,id=talk,path=$demo_dir/serial" -serial chardev:talk \
		-drive "if=virtio,file=$demo_dir/disk.ext4,format=raw,cache=unsafe" \
		-kernel "$("$vm_dir/kernel.sh" path "$kernel" boot)" -initrd "$demo_dir/initrd.cpio" \
		-append "console=ttyS0 panic=-1 quiet loglevel=4 systemd.show_status=0 root=/dev/vda rw" \
		8>&- 9>&- >"$demo_dir/qemu.log" 2>&1 &
	machine=$!
}

# The gateway asks for a signature on its unlock request; the key is here.
answer_request()
{
	base64 -d <<<"$1" >"$demo_dir/request"
	"$rivetctl" unlock sign -k "$keys/signer.key" -c "$keys/signer.pem" \
		-o "$demo_dir/token" "$demo_dir/request" >/dev/null
	base64 -w0 "$demo_dir/token" >&9
	echo >&9
}

# What the gateway says is shown as it comes; lines with @ are for us.
listen()
{
	local line

	result=1
	while kill -0 "$machine" 2>/dev/null; do
		IFS= read -r -t 5 line <&8 || continue
		line=${line%$'\r'}
		case $line in
		'@sign '*) answer_request "${line#@sign }" ;;
		'@done') result=0; break ;;
		'@fail '*) say "FAILED: ${line#@fail }"; break ;;
		*) say "$line" ;;
		esac
	done
}

# shellcheck disable=SC2317  # called by the trap
clean_up()
{
	[[ -z $machine ]] || kill "$machine" 2>/dev/null || true
}

look_for_splats()
{
	! tr -d '\r' <"$demo_dir/console.log" |
		grep -E '(BUG:|WARNING: (CPU|possible)|Oops|Call Trace|rcu.*stall)' || {
		say "FAILED: the kernel complained; see build/demo/console.log"
		result=1
	}
}

main()
{
	local start=$SECONDS

	machine=
	trap clean_up EXIT
	mkdir -p "$demo_dir"
	"$top_dir/selftests/deps.sh" demo
	say "In the workshop: building rivet, the gateway's image, and its signed reference values."
	"$vm_dir/guest.sh" "$kernel"
	"$vm_dir/build-module.sh" "$kernel" >"$demo_dir/module.log" 2>&1 ||
		die "cannot build the module; see build/demo/module.log"
	make -s -C "$top_dir/userspace" OUT="$build_dir/userspace" PREFIX=/usr >"$demo_dir/userspace.log" 2>&1 ||
		die "cannot build userspace; see build/demo/userspace.log"
	make_base
	root=$demo_dir/root
	rm -rf "$root"
	cp -a --reflink=auto "$demo_dir/base" "$root"
	set_up_boot "$root"
	add_rivet "$root"
	work_in_shop
	make_disk
	make_initrd
	say "Booting the gateway: the distribution's own kernel, unmodified ($((SECONDS - start)) s so far)."
	boot
	listen
	kill "$machine" 2>/dev/null || true
	wait "$machine" 2>/dev/null || true
	machine=
	look_for_splats
	if ((result)); then
		say "The demo did not do what it says."
	else
		say "Every step did what it says ($((SECONDS - start)) s)."
	fi
	exit "$result"
}

main "$@"
