#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# premount.sh - a disk that was opened for writing before it was mounted: rivet does not
# see it, newer kernels refuse it if they are told to
#
# boot: premount.sh refused | --append bdev_allow_write_mounted=0
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 4
modprobe -q loop
image=/mnt/scratch/image
mkdir -p /fs/inside
truncate -s 8M $image
mke2fs -q -t ext2 $image || bail "no image"
disk=$(losetup -f --show $image)

mount_disk()
{
	"$helpers/rawmount" ext2 "$disk" /fs/inside
}

if [ "${1-}" != refused ]; then
	mount "$disk" /fs/inside || bail "the disk does not mount"
	printf genuine >/fs/inside/file
	umount /fs/inside
	offset=$(strings -t d "$disk" | awk '$2 == "genuine" { print $1 }')
	exec 3<>"$disk"
	expect "opened for writing, a disk mounts" mount_disk
	expect_text "it has a file" genuine cat /fs/inside/file
	printf 'forged!' | dd bs=1 seek="$offset" conv=notrunc status=none >&3
	sync
	echo 1 >/proc/sys/vm/drop_caches
	expect_text "that is another later" 'forged!' cat /fs/inside/file
	exec 3>&-
	umount /fs/inside
	expect "closed, it mounts as well" mount_disk
	finish
fi

if dmesg | grep -q 'Unknown kernel command line parameters.*bdev_allow_write_mounted'; then
	for result in 1 2 3 4; do
		skip "a disk that was opened for writing $result" bdev_allow_write_mounted
	done
	finish
fi
get_ready
enforce
exec 3<>"$disk"
expect_errno "opened for writing, a disk does not mount" EBUSY mount_disk
exec 3>&-
expect "closed, it mounts" mount_disk
expect_denied "mounted, it is not opened for writing" writable "$disk" \
	sh -c "exec 3<>$disk"
umount /fs/inside
expect_permitted "unmounted, it is" sh -c "exec 3<>$disk"
finish
