# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# machine.sh - a gateway to show something on: Debian with systemd, a broker and rivet
#
# Sourced by a scenario, which then
#   - defines fill_root (fills the gateway's disk, below $root) and calls run_scenario;
#   - may set debian before, to another release of Debian than bookworm;
#   - has its steps beside it in SCENARIO-steps.sh, or in $steps-steps.sh if it sets steps before;
#     the gateway runs them when it is up.
#
# "The workshop" is this machine: reference values are made and signed here, and the
# keys stay. The lines of a gateway's second serial port are shown as they come;
# lines with @ are for us: @sign (a request to unlock or to rejoin), @done, @fail.

# shellcheck source=selftests/vm/apt.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/apt.sh"
# shellcheck source=selftests/vm/splat.sh
. "$vm_dir/splat.sh"

gateway_dir=$top_dir/selftests/gateway
scenario=$(basename "$0" .sh)
machine_dir=$build_dir/$scenario
root=$machine_dir/root
keys=$machine_dir/keys
debian=${debian:-bookworm}
base=$build_dir/gateway/base
[[ $debian == bookworm ]] || base+=-$debian
rivetctl=$build_dir/userspace/bin/rivetctl
kernel=6.12
timeout=${RIVET_GATEWAY_TIMEOUT:-240}
memory=${RIVET_GATEWAY_MEMORY:-1024}
disk_size=1500M
nic=none
boot_options=rw
packages=systemd,systemd-sysv,kmod,keyutils,libmnl0,libkeyutils1,libssl3,mosquitto,mosquitto-clients

say()
{
	printf '%s\n' "$*"
}

# The root filesystem without anything of ours, made once. Called in a subshell, with
# which the lock ends: from then on it is only copied.
make_base()
{
	take_lock gateway-base
	[[ ! -e $base.stamp ]] || return 0
	say "  Debian root filesystem ($debian) with systemd and mosquitto (made once)"
	rm -rf "$base"
	mkdir -p "${base%/*}"
	{
		source_line "$debian"
		source_line "$debian-security"
	} >"$base.list"
	# In a mount namespace of its own, so that nothing stays mounted after a failure
	unshare --mount mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$debian" "$base" "$base.list" >"$base.log" 2>&1 ||
		die "cannot make the root filesystem; see build/gateway/base.log"
	touch "$base.stamp"
}

# Serial terminals that nobody logs in on cost a minute and a half of waiting.
set_up_boot()
{
	local unit

	for unit in serial-getty@ttyS0.service dev-ttyS0.device dev-ttyS1.device getty@tty1.service \
		systemd-update-utmp.service systemd-random-seed.service apt-daily.timer \
		apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer \
		e2scrub_reap.service systemd-pstore.service; do
		ln -sf /dev/null "$root/etc/systemd/system/$unit"
	done
	mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
	cp "$gateway_dir/rivet-steps.service" "$root/etc/systemd/system/"
	ln -sf ../rivet-steps.service "$root/etc/systemd/system/multi-user.target.wants/"
	echo gateway >"$root/etc/hostname"
	echo '127.0.0.1 localhost gateway' >"$root/etc/hosts"
	: >"$root/etc/machine-id"
	echo '/dev/vda / ext4 defaults 0 1' >"$root/etc/fstab"
}

# rivet itself, and the modules the gateway needs, as make install would put them.
add_rivet()
{
	local release module

	release=$("$vm_dir/kernel.sh" path "$kernel" release)
	make -s -C "$top_dir/userspace" OUT="$build_dir/userspace" PREFIX=/usr DESTDIR="$root" install \
		>"$machine_dir/install.log" 2>&1 || die "make install failed; see build/$scenario/install.log"
	mkdir -p "$root/usr/lib/modules/$release/updates"
	cp -a "$build_dir/guest/$kernel/root/usr/lib/modules/$release/." "$root/usr/lib/modules/$release/"
	module=$build_dir/$release/rivet.ko
	cp "$module" "$root/usr/lib/modules/$release/updates/"
	depmod -b "$root" "$release"
	mkdir -p "$root/opt/steps" "$root/etc/rivet"
	cp "$gateway_dir/steps.sh" "$root/opt/steps/"
	cp "$gateway_dir/${steps:-$scenario}-steps.sh" "$root/opt/steps/run.sh"
}

# The private key goes nowhere.
make_keys()
{
	rm -rf "$keys"
	"$rivetctl" keygen "$keys" >/dev/null
	cp "$keys/signer.pem" "$root/etc/rivet/signer.pem"
}

# sign manifest|policy FILE: its signed form goes onto the gateway
sign()
{
	"$rivetctl" "$1" sign -k "$keys/signer.key" -c "$keys/signer.pem" \
		-o "$root/etc/rivet/$(basename "$2").signed" "$2" >/dev/null
}

make_disk()
{
	rm -f "$machine_dir/disk.ext4"
	truncate -s "$disk_size" "$machine_dir/disk.ext4"
	mke2fs -q -t ext4 -d "$root" -E lazy_itable_init=1,nodiscard "$machine_dir/disk.ext4"
}

# A few modules and a script: find the disk, change over to it.
make_initrd()
{
	local dir=$machine_dir/initrd release name

	release=$("$vm_dir/kernel.sh" path "$kernel" release)
	rm -rf "$dir"
	mkdir -p "$dir"/{bin,modules,proc,sys,dev,root}
	cp "$build_dir/guest/$kernel/root/usr/bin/busybox" "$dir/bin/"
	ln -s busybox "$dir/bin/sh"
	cp "$gateway_dir/initrd-init" "$dir/init"
	for name in virtio_pci virtio_blk ext4; do
		modprobe -d "$build_dir/guest/$kernel/root" -S "$release" -D "$name" 2>/dev/null || true
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r name; do
		cp "$name" "$dir/modules/"
		basename "$name" >>"$dir/modules/order"
	done
	(cd "$dir" && find . -print0 | cpio --quiet --null -o -H newc) >"$machine_dir/initrd.cpio"
}

boot()
{
	rm -f "$machine_dir"/serial.{in,out}
	mkfifo "$machine_dir"/serial.{in,out}
	# Both ends held open, so that nobody waits for the other to open first.
	exec 8<>"$machine_dir/serial.out" 9<>"$machine_dir/serial.in"
	timeout --kill-after=5 "$timeout" qemu-system-x86_64 -M pc -cpu max -accel tcg,thread=multi \
		-smp 2 -m "$memory" -nodefaults -display none -no-reboot -nic "$nic" \
		-serial "file:$machine_dir/console.log" \
		-chardev "pipe,id=talk,path=$machine_dir/serial" -serial chardev:talk \
		-drive "if=virtio,file=$machine_dir/disk.ext4,format=raw,cache=unsafe" \
		-kernel "$("$vm_dir/kernel.sh" path "$kernel" boot)" -initrd "$machine_dir/initrd.cpio" \
		-append "console=ttyS0 panic=-1 quiet loglevel=5 systemd.show_status=0 root=/dev/vda $boot_options" \
		8>&- 9>&- >"$machine_dir/qemu.log" 2>&1 &
	machine=$!
}

# answer_request KIND REQUEST: the gateway asks for a signature on it; the key is here.
answer_request()
{
	base64 -d <<<"$2" >"$machine_dir/request"
	"$rivetctl" "$1" sign -k "$keys/signer.key" -c "$keys/signer.pem" \
		-o "$machine_dir/token" "$machine_dir/request" >/dev/null
	base64 -w0 "$machine_dir/token" >&9
	echo >&9
}

listen()
{
	local line kind request

	result=1
	while kill -0 "$machine" 2>/dev/null; do
		IFS= read -r -t 5 line <&8 || continue
		line=${line%$'\r'}
		case $line in
		'@sign unlock '* | '@sign rejoin '* | '@sign manifest '* | '@sign policy '*)
			read -r _ kind request <<<"$line"
			answer_request "$kind" "$request"
			;;
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
	local splat

	splat=$(find_splat "$machine_dir/console.log" || true)
	[[ $splat ]] || return 0
	say "FAILED: the kernel complained: $splat; see build/$scenario/console.log"
	result=1
}

build_all()
{
	"$top_dir/selftests/deps.sh" demo
	"$vm_dir/guest.sh" "$kernel"
	"$vm_dir/build-module.sh" "$kernel" >"$machine_dir/module.log" 2>&1 ||
		die "cannot build the module; see build/$scenario/module.log"
	make -s -C "$top_dir/userspace" OUT="$build_dir/userspace" PREFIX=/usr \
		>"$machine_dir/userspace.log" 2>&1 ||
		die "cannot build userspace; see build/$scenario/userspace.log"
}

# run_scenario: ends the program, with 0 only if every step passed
run_scenario()
{
	local start=$SECONDS

	machine=
	trap clean_up EXIT
	mkdir -p "$machine_dir"
	say "In the workshop: building rivet, the gateway's image, and its signed reference values."
	build_all
	(make_base)
	rm -rf "$root"
	cp -ax --reflink=auto "$base" "$root"
	set_up_boot
	add_rivet
	make_keys
	fill_root
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
		say "Not everything went as it says."
	else
		say "Every step did what it says ($((SECONDS - start)) s)."
	fi
	exit "$result"
}
