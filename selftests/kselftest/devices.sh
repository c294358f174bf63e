#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# devices.sh - the ways below a mounted filesystem: raw block devices, the image behind
# a loop device, and what a mapped device is made of

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 26
disk=$(awk '$2 == "/mnt/scratch" { print $1 }' /proc/mounts)
[ -b "$disk" ] || bail "no scratch disk"
modprobe loop
image=/mnt/scratch/image
truncate -s 16M $image
mke2fs -q -t ext4 $image || bail "no filesystem in the image"
mkdir -p /mnt/inside
cp /usr/bin/dash /opt/updater
echo updater >>/opt/updater

get_ready
items exec,mmap /opt/updater | load_items items
device_rules()
{
	strict_rules
	echo 'op=MMAP riv=writable path=/dev/* exe=/opt/updater action=ALLOW'
}
device_rules | load_policy strict

# open_to_write DEVICE: words for a shell
open_to_write()
{
	printf '%s' "exec 3<>$1"
}

# expect_raw_refused NAME PATH [SHELL]: another shell is another program, whose events
# are not folded into those of the first
expect_raw_refused()
{
	raw_shell=${3:-sh}
	if [ $now = enforce ]; then
		judge "enforce: $1" "$helpers/observe" -o 'ermission denied' mode=enforce op=MMAP \
			reason=writable errno=13 "path=\"$2\"" -- "$raw_shell" -c "$(open_to_write "$2")"
	else
		judge "audit: $1" "$helpers/observe" -s mode=audit op=MMAP reason=writable errno=0 \
			"path=\"$2\"" -- "$raw_shell" -c "$(open_to_write "$2")"
	fi
}

all_cases()
{
	expect_permitted "a mounted disk is read" head -c 512 "$disk"
	expect_raw_refused "a mounted disk, to be written" "$disk"
	expect_permitted "by the program that a rule names" /opt/updater -c "$(open_to_write "$disk")"
	loop=$(losetup -f --show $image)
	expect_permitted "a loop device that nobody uses, to be written" \
		sh -c "$(open_to_write "$loop")"
	expect_raw_refused "its image" $image
	mount "$loop" /mnt/inside || bail "the image does not mount"
	expect_raw_refused "a mounted loop device" "$loop"
	expect_permitted "files of its filesystem are written" sh -c 'echo data >/mnt/inside/file'
	umount /mnt/inside
	expect_permitted "after it was unmounted, the loop device again" \
		sh -c "$(open_to_write "$loop")"
	dmsetup create mapped --table "0 32768 linear $loop 0" || bail "no mapped device"
	expect_raw_refused "a device that a mapped device is made of" "$loop" bash
	expect_permitted "the mapped device, which nobody uses" sh -c "$(open_to_write /dev/dm-0)"
	mount /dev/dm-0 /mnt/inside || bail "the mapped device does not mount"
	expect_raw_refused "the mapped device when it is mounted" /dev/dm-0
	umount /mnt/inside
	dmsetup remove mapped
	losetup -d "$loop"
	expect_permitted "and the image when the loop device is gone" sh -c "$(open_to_write $image)"
}

all_cases
enforce
all_cases

# --- without rivet it is a way --------------------------------------------------

victim=/mnt/scratch/victim
cp "$helpers/hello" $victim
printf 'genuine' >>$victim
items exec,mmap $victim | load_items victim
sync
expect "a listed program on the disk runs" $victim
back_to_audit
size=$(stat -c %s $victim)
block=$(debugfs -R 'blocks /victim' "$disk" 2>/dev/null | tr ' ' '\n' | sed '/^$/d' | tail -n 1)
bytes=$(stat -f -c %s /mnt/scratch)
printf 'changed' | dd of="$disk" bs=1 seek=$((block * bytes + (size - 7) % bytes)) conv=notrunc \
	status=none
sync
echo 3 >/proc/sys/vm/drop_caches
expect_text "audit: a raw write changes a file that nobody opened" changed tail -c 7 $victim

finish
