#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# devices.sh - the ways below a mounted filesystem, written to or exchanged: raw block
# devices, partitions and flash memory, the image behind a loop device, the table of a
# mapped device, quotas, and devices served to others by the kernel
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 123
about=op=MMAP
disk=$(awk '$2 == "/mnt/scratch" { print $1 }' /proc/mounts)
[ -b "$disk" ] || bail "no scratch disk"
modprobe -a loop overlay
image=/mnt/scratch/image
truncate -s 16M $image
mke2fs -q -t ext4 $image || bail "no filesystem in the image"
mkdir -p /mnt/inside /mnt/fixed
cp /usr/bin/dash /opt/updater
cp "$helpers/below" /opt/below
cp "$helpers/below" /opt/below_too
cp /usr/sbin/dmsetup /opt/dmsetup
cp "$helpers/below" /opt/below_nvme
cp "$helpers/below" /opt/below_quota
echo quota >>/opt/below_quota
cp /usr/sbin/dmsetup /opt/dmsetup_resume
cp /usr/sbin/dmsetup /opt/dmsetup_message
for program in updater below dmsetup; do
	echo $program >>/opt/$program
done

# A false flash memory; nobody can tell its users
flash=/dev/mtd0
modprobe -a mtdram mtdblock 2>/dev/null
[ -c $flash ] || flash=

# Two images of the same layout; a program has other bytes in one than in the other
genuine=/mnt/scratch/genuine
forged=/mnt/scratch/forged
both=/mnt/scratch/both
truncate -s 16M $genuine
mke2fs -q -t ext4 $genuine || bail "no filesystem in the image"
mount -o loop $genuine /mnt/inside
cp "$helpers/hello" /mnt/inside/program
printf genuine >>/mnt/inside/program
umount /mnt/inside
cp $genuine $forged
offset=$(strings -t d $forged | awk '{ at = $1; sub(/^ *[0-9]+ /, "") }
	/genuine$/ { print at + length($0) - 7 }' | tail -n 1)
printf 'forged!' | dd of=$forged bs=1 seek="$offset" conv=notrunc status=none
cat $genuine $forged >$both || bail "no image of two parts"

get_ready
# Quotas of 40 bytes each are told by the size of their file alone
cp "$helpers/hello" /opt/quoted
truncate -s %40 /opt/quoted
{
	items exec,mmap /opt/updater /opt/below* /opt/dmsetup*
	items exec,mmap /opt/quoted | sed 's| /opt/quoted| /mnt/inside/quoted|'
} | load_items items
device_rules()
{
	strict_rules
	echo 'op=MMAP riv=writable path=/dev/* exe=/opt/updater action=ALLOW'
	echo 'op=MMAP riv=writable path=/dev/* exe=/opt/below action=ALLOW'
	echo 'op=MMAP riv=writable path=/sys/kernel/config/** exe=/opt/updater action=ALLOW'
	echo 'op=MMAP riv=writable exe=/opt/below_quota action=ALLOW'
	echo 'op=MMAP riv=writable path=/dev/mapper/control exe=/opt/dmsetup action=ALLOW'
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
	expect_refused "$1" writable "$2" "${3:-sh}" -c "$(open_to_write "$2")"
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
	expect_permitted "made longer, which needs no descriptor" "$helpers/change" extend $image
	expect_refused "made shorter so" writable '' "$helpers/change" truncate $image
	mount "$loop" /mnt/inside || bail "the image does not mount"
	expect_raw_refused "a mounted loop device" "$loop"
	expect_permitted "files of its filesystem are written" sh -c 'echo data >/mnt/inside/file'
	umount /mnt/inside
	expect_permitted "after it was unmounted, the loop device again" \
		sh -c "$(open_to_write "$loop")"
	table="0 32768 linear $loop 0"
	expect_refused "a table for the device mapper" writable /dev/mapper/control \
		dmsetup create unwanted --table "$table"
	dmsetup remove unwanted 2>/dev/null
	expect_permitted "by the program that a rule names" \
		/opt/dmsetup create mapped --table "$table"
	expect_refused "a mapped device is resumed, maybe with another table" writable \
		/dev/mapper/control /opt/dmsetup_resume resume mapped
	expect_permitted "by the program that a rule names" /opt/dmsetup resume mapped
	expect_refused "a message to a mapped device" writable /dev/mapper/control \
		/opt/dmsetup_message message mapped 0 @cancel_deferred_remove
	expect_permitted "by the program that a rule names" \
		/opt/dmsetup message mapped 0 @cancel_deferred_remove
	expect_raw_refused "a device that a mapped device is made of" "$loop" bash
	expect_permitted "the mapped device, which nobody uses" sh -c "$(open_to_write /dev/dm-0)"
	mount /dev/dm-0 /mnt/inside || bail "the mapped device does not mount"
	expect_raw_refused "the mapped device when it is mounted" /dev/dm-0
	umount /mnt/inside
	dmsetup remove mapped
	expect_permitted "a loop device that nobody uses, given another part of its image" \
		"$helpers/below" offset "$loop" 4096
	losetup -d "$loop"
	expect_permitted "and the image when the loop device is gone" sh -c "$(open_to_write $image)"
}

flash_cases()
{
	if [ ! $flash ]; then
		for lacking in 1 2 3 4; do
			skip "$now: flash memory $lacking" mtdram
		done
		return
	fi
	expect_permitted "flash memory is read" head -c 512 $flash
	expect_raw_refused "flash memory, to be written" $flash
	expect_raw_refused "flash memory as a block device, to be written" /dev/mtdblock0
	expect_permitted "by the program that a rule names" /opt/updater -c "$(open_to_write $flash)"
}

# No descriptor is open for writing: the requests alone exchange the blocks
# below
exchange_cases()
{
	loop=$(losetup -r -f --show $genuine)
	mount -o ro "$loop" /mnt/fixed || bail "the read-only image does not mount"
	expect_refused "another image for a mounted loop device" writable "$loop" \
		"$helpers/below" exchange "$loop" $genuine
	expect_refused "another part of the image" writable "$loop" \
		/opt/below_too offset "$loop" 0
	expect_permitted "by the program that a rule names" /opt/below offset "$loop" 0
	umount /mnt/fixed
	losetup -d "$loop"
	: >"$work/bitmap"
	expect_refused "a file for the bitmap of an array" writable "$disk" \
		"$helpers/below" bitmap "$disk" "$work/bitmap"
	expect_permitted "by the program that a rule names" \
		/opt/below bitmap "$disk" "$work/bitmap"
	expect_refused "a command handed to an MMC" writable "$disk" /opt/below_too mmc "$disk"
	expect_permitted "by the program that a rule names" /opt/below mmc "$disk"
	expect_refused "a command handed to an NVMe disk" writable "$disk" \
		/opt/below_nvme nvme "$disk"
	expect_permitted "by the program that a rule names" /opt/below nvme "$disk"
	# It takes any request of io_uring, and does nothing
	expect_refused "such a command through io_uring" writable /dev/null \
		"$helpers/below" ring /dev/null
	expect_permitted "by the program that a rule names" /opt/below ring /dev/null
}

# A partition shares its sectors with its disk; a loop device does not claim its file
partition_cases()
{
	loop=$(losetup -P -f --show $image)
	first=1:1048576:4194304 second=2:8388608:4194304
	expect_permitted "a partition is added to a disk that nobody uses" \
		"$helpers/below" add "$loop" $first
	"$helpers/below" add "$loop" $second || bail "no second partition"
	mount "$loop" /mnt/inside || bail "the image does not mount"
	expect_raw_refused "a partition of a disk that is mounted as a whole" "${loop}p1"
	third=3:12582912:1048576
	expect_refused "a partition is added to a disk in use" writable "$loop" \
		"$helpers/below" add "$loop" $third
	expect_refused "and resized" writable "$loop" /opt/below_too resize "$loop" $third
	expect_refused "and deleted" writable "$loop" /opt/below_nvme delete "$loop" $third
	expect_permitted "added by the program that a rule names" /opt/below add "$loop" $third
	/opt/below delete "$loop" $third
	umount /mnt/inside
	expect_permitted "a partition of a disk that nobody uses, to be written" \
		sh -c "$(open_to_write "${loop}p1")"
	upper=$(losetup -f --show "${loop}p1")
	expect_raw_refused "a partition that a loop device shows" "${loop}p1" bash
	sleep 6 # longer than repeats are folded: it may have been asked about just now
	expect_raw_refused "the disk of that partition" "$loop"
	expect_permitted "another partition, to be written" sh -c "$(open_to_write "${loop}p2")"
	losetup -d "$upper"
	mount -t tmpfs none /mnt/fixed
	mkdir /mnt/fixed/lower /mnt/fixed/upper /mnt/fixed/inner /mnt/fixed/overlay
	"$helpers/below" delete "$loop" $first
	"$helpers/below" delete "$loop" $second
	losetup -d "$loop"
	mount -t overlay -o lowerdir=/mnt/fixed/lower,upperdir=/mnt/fixed/upper \
		-o workdir=/mnt/fixed/inner none /mnt/fixed/overlay || bail "no overlay"
	truncate -s 1M /mnt/fixed/overlay/image
	loop=$(losetup -f --show /mnt/fixed/overlay/image)
	expect_raw_refused "the image of a loop device, on overlayfs" /mnt/fixed/overlay/image
	losetup -d "$loop"
	expect_permitted "and when the loop device is gone" \
		sh -c "$(open_to_write /mnt/fixed/overlay/image)"
	umount /mnt/fixed/overlay
	umount /mnt/fixed
}

# Of a filesystem that keeps them in files with names; files without are not asked about
quota_cases()
{
	mount -o loop,usrquota $image /mnt/inside || bail "the image does not mount with quotas"
	echo quotas >/mnt/inside/quotas
	device=$(awk '$2 == "/mnt/inside" { print $1 }' /proc/mounts)
	expect_refused "a file for the quotas of its filesystem" writable '' \
		"$helpers/below" quota "$device" /mnt/inside/quotas
	expect_permitted "by the program that a rule names" \
		/opt/below_quota quota "$device" /mnt/inside/quotas
	if [ ! $has_quotas ]; then
		skip "$now: a program that is made the file of quotas" quota_v1
		skip "$now: and started" quota_v1
		[ $now = audit ] || skip "enforce: one that is in use is not made one" quota_v1
		umount /mnt/inside
		return
	fi
	cp /opt/quoted /mnt/inside/quoted
	if [ $now = enforce ]; then
		start_holding "$helpers/mapping" /mnt/inside/quoted private:rx hold
		expect_text "enforce: one that is in use is not made one" "ext file busy" \
			/opt/below_quota right-quota "$device" /mnt/inside/quoted
		stop_holding
	fi
	expect_permitted "a program that is made the file of quotas" \
		/opt/below_quota right-quota "$device" /mnt/inside/quoted
	about=op=EXECUTE
	expect_refused "and started" writable /mnt/inside/quoted /mnt/inside/quoted
	about=op=MMAP
	umount /mnt/inside
}

# A heartbeat is written to a block device that is opened for reading alone
cluster_cases()
{
	if [ ! -d $clusters ]; then
		for lacking in 1 2 3; do
			skip "$now: a cluster $lacking" ocfs2_nodemanager
		done
		return
	fi
	mkdir $clusters/rivet || bail "no cluster"
	path=$clusters/rivet/idle_timeout_ms
	expect_permitted "the settings of a cluster are read" cat $path
	expect_refused "and written" writable $path bash -c "echo 30000 >$path"
	expect_permitted "by the program that a rule names" /opt/updater -c "echo 30000 >$path"
	rmdir $clusters/rivet
}

# It opens the device itself, even one that is claimed
server_cases()
{
	if [ ! -d $served ]; then
		for lacking in 1 2 3; do
			skip "$now: an NVMe target $lacking" nvmet
		done
		return
	fi
	mkdir -p $served/rivet/namespaces/1
	path=$served/rivet/namespaces/1/device_path
	expect_permitted "the settings of an NVMe target are read" cat $path
	expect_refused "and written" writable $path sh -c "echo -n $disk | tee $path"
	expect_permitted "by the program that a rule names" \
		/opt/updater -c "printf %s $disk >$path"
	rmdir $served/rivet/namespaces/1 $served/rivet
}

served=/sys/kernel/config/nvmet/subsystems
clusters=/sys/kernel/config/cluster
has_quotas=
! modprobe quota_v1 2>/dev/null || has_quotas=yes
modprobe -a nvmet 2>/dev/null
modprobe ocfs2_nodemanager 2>/dev/null
mount -t configfs none /sys/kernel/config 2>/dev/null
test_all()
{
	all_cases
	partition_cases
	quota_cases
	server_cases
	cluster_cases
	flash_cases
	exchange_cases
}

test_all
enforce
test_all

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

if [ $flash ]; then
	mke2fs -q -t ext2 /dev/mtdblock0 || bail "no filesystem on the flash memory"
	mount /dev/mtdblock0 /mnt/inside || bail "the flash memory does not mount"
	printf 'genuine' >/mnt/inside/file
	umount /mnt/inside
	offset=$(strings -t d $flash | awk '$2 == "genuine" { print $1 }')
	mount -o ro /dev/mtdblock0 /mnt/inside
	expect_text "audit: a file on flash memory" genuine cat /mnt/inside/file
	printf 'forged!' | dd of=$flash bs=1 seek="$offset" conv=notrunc status=none
	echo 1 >/proc/sys/vm/drop_caches
	expect_text "audit: is another when the flash memory is written to" 'forged!' \
		cat /mnt/inside/file
	umount /mnt/inside
else
	skip "audit: a file on flash memory" mtdram
	skip "audit: is another" mtdram
fi

# Newer kernels shut some filesystems down when their loop device gets another image, and
# none when it gets another part of the same
loop=$(losetup -r -f --show --sizelimit 16777216 $both)
mount -o ro "$loop" /mnt/fixed
expect_text "audit: a file of a read-only image" genuine tail -c 7 /mnt/fixed/program
"$helpers/below" offset "$loop" 16777216
echo 1 >/proc/sys/vm/drop_caches
expect_text "audit: is another when the device shows another part" 'forged!' \
	tail -c 7 /mnt/fixed/program

finish
