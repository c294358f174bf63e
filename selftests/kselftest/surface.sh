#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# surface.sh - ways that the inventory of the kernel's source has (Documentation/surface.md),
# tried one by one: each is shown to be one, in audit mode or where it does no harm
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 172
get_ready
map=$helpers/mapping
memory=$helpers/ways_memory
files=$helpers/ways_file
place=/mnt/scratch/surface
mkdir -p $place
modprobe -a loop overlay btrfs
modprobe -a fuse zram 2>/dev/null
mappers='vdso stack perf-ring packet-ring bpf-map'
openers='account fanotify map-files handle path-fd poller zero-range'
requests='verity trim defragment'

# program FILE...: each of its own content, some blocks long
program()
{
	for file; do
		cp "$work/program" "$file"
		printf '%-4095s\n' "$file" >>"$file"
	done
}

{
	cat "$helpers/answer"
	head -c $((28672 - $(stat -c %s "$helpers/answer"))) /dev/zero
} >"$work/program"
chmod 755 "$work/program"

# --- files, RIVs ----------------------------------------------------------------

# An image that is on a disk, with fs-verity, and one of btrfs
truncate -s 32M $place/image
mke2fs -q -t ext4 -b 4096 -O verity $place/image || bail "no ext4 image"
disk=$(losetup -f --show $place/image)
mkdir -p /mnt/inside /mnt/btrfs /mnt/merged /mnt/second /tmp/surface
mount "$disk" /mnt/inside || bail "the image does not mount"
truncate -s 128M /tmp/btrfs
mkfs.btrfs -q /tmp/btrfs >/dev/null || bail "no btrfs"
mount -o loop /tmp/btrfs /mnt/btrfs || bail "the btrfs does not mount"
btrfs subvolume create /mnt/btrfs/sub >/dev/null || bail "no subvolume"
truncate -s 8M $place/free
free=$(losetup -f --show $place/free)

for now in audit enforce; do
	for way in $openers rings core; do
		program "$place/$way-$now"
	done
	for way in verity trim remove; do
		program "/mnt/inside/$way-$now"
	done
	program /mnt/btrfs/defragment-$now
	mkdir -p $place/low-$now $place/up-$now $place/inner-$now
	program $place/low-$now/low $place/low-$now/redirected
	program /mnt/btrfs/sub/snapped-$now /tmp/surface/hidden-$now
	program $place/backing-$now
done
now=audit
program /mnt/inside/below $place/text
# shellcheck disable=SC2046  # no blanks in these names
items exec,mmap $(find $place /mnt/inside /mnt/btrfs /tmp/surface -type f -size 32k \
	! -path '*/low-*') >"$work/known"
for now in audit enforce; do
	items exec,mmap $place/low-$now/* |
		sed "s| $place/low-$now/| /mnt/merged-$now/|" >>"$work/known"
	items exec,mmap $place/low-$now/low |
		sed "s| $place/low-$now/| /mnt/second-$now/|" >>"$work/known"
	mkdir -p /mnt/merged-$now /mnt/second-$now
done
now=audit
load_items items <"$work/known"

# --- checks ---------------------------------------------------------------------

# try COMMAND...: its output goes into tried; exit status 77 means a missing facility
try()
{
	tried=$("$@" 2>&1 </dev/null)
}

# expect_kernel_refuses NAME TEXT COMMAND...: the kernel itself does, in any mode
expect_kernel_refuses()
{
	kernel_name="$now: $1" kernel_text=$2
	shift 2
	try "$@"
	case $?:$tried in
	77:*) skip "$kernel_name" "$tried" ;;
	0:*) fail "$kernel_name" "it succeeded" ;;
	*"$kernel_text"*) pass "$kernel_name" ;;
	*) fail "$kernel_name" "$tried" ;;
	esac
}

# expect_done NAME COMMAND...: it works
expect_done()
{
	done_name="$now: $1"
	shift
	try "$@"
	case $? in
	0) pass "$done_name" ;;
	77) skip "$done_name" "$tried" ;;
	*) fail "$done_name" "$tried" ;;
	esac
}

# expect_still_same NAME FILE: read from the disk again, it is as it was
expect_still_same()
{
	sync
	echo 1 >/proc/sys/vm/drop_caches
	expect_permitted "$1" "$map" "$2" private:rx
}

# expect_map_refused NAME REASON FILE
expect_map_refused()
{
	expect_refused "$1" "$2" "$3" "$map" "$3" private:rx
}

# --- exec -----------------------------------------------------------------------

# Newer kernels map no such ring executable (EPERM)
expect_mapper_refused()
{
	try "$memory" "$way"
	case $?:$tried in
	77:*) skip "$now: $way is made executable" "$tried" ;;
	*'not permitted'*) pass "$now: $way is not made executable by the kernel" ;;
	*) expect_refused "$way is made executable" anonymous '' "/opt/ways_$way" "$way" ;;
	esac
}

executable_memory()
{
	# Each by a program of its own, so that none is folded into the one before
	for way in $mappers; do
		expect_mapper_refused
	done
	expect_kernel_refuses "the ring of io_setup is not, with READ_IMPLIES_EXEC" \
		'Permission denied' "$memory" aio-ring
}

# --- gup ------------------------------------------------------------------------

program_text()
{
	for way in read-direct registered futex xdp-umem; do
		expect_kernel_refuses "$way does not write to the text of a program" \
			'Bad address' "$memory" $way $place/text
	done
	expect_kernel_refuses "it is not made pages of its own" 'Invalid argument' \
		"$memory" populate $place/text
	expect_done "a page of it is put offline, and is the same" "$memory" offline $place/text
	expect_still_same "the program too" $place/text
}

# --- open and write: the kernel opens it, in many names ---------------------------

opened_by_the_kernel()
{
	for way in $openers; do
		file=$place/$way-$now
		expect_permitted "a program before $way" "$map" "$file" private:rx
		if [ "$now" = audit ]; then
			expect_done "$way: it is written to" "$files" "$way" "$file"
		else
			start_holding "$map" "$file" private:rx hold
			expect_kernel_refuses "$way: mapped executable, it is busy" \
				'Text file busy' "$files" "$way" "$file"
			stop_holding
			expect_permitted "$way: and still the same" "$map" "$file" private:rx
			"$files" "$way" "$file" || comment "$way: not written to"
		fi
		expect_map_refused "$way: what was written is seen" mismatch "$file"
	done
	expect_kernel_refuses "rings: a descriptor for reading does not do" 'Bad file descriptor' \
		"$files" rings $place/rings-$now
	expect_kernel_refuses "remove: nor a mapping for reading" 'Permission denied' \
		"$files" remove /mnt/inside/remove-$now
}

# A core takes the place of a file of its name, whose content stays
replaced_by_a_core()
{
	file=$place/core-$now
	expect_permitted "a program before core" "$map" "$file" private:rx
	ln "$file" "$file.kept"
	sum=$(sha256sum <"$file")
	start_holding "$map" "$file" private:rx hold
	expect_done "core: it is replaced while it is mapped" "$files" core "$file"
	expect "$now: core: and not written to" test "$sum" = "$(sha256sum <"$file.kept")"
	stop_holding
	expect_map_refused "core: the core in its place is seen" mismatch "$file"
}

# Descriptors for reading will do, and no byte changes
requests_for_readers()
{
	for way in $requests; do
		file="/mnt/inside/$way-$now"
		[ "$way" != defragment ] || file=/mnt/btrfs/$way-$now
		expect_permitted "a program before $way" "$map" "$file" private:rx
		start_holding "$map" "$file" private:rx hold
		expect_done "$way: while it is mapped" "$files" "$way" "$file"
		stop_holding
		expect_still_same "$way: it is the same" "$file"
	done
}

# --- bio and open: the device below a filesystem -----------------------------------

below()
{
	file=/mnt/inside/below
	expect_permitted "a program on a loop device" "$map" $file private:rx
	for way in block-size capacity; do
		try "$files" $way "$disk" || comment "$way: $tried"
		expect_still_same "$way for the device: it is the same" $file
	done
	expect_kernel_refuses "configure: the device is in use" 'busy' "$files" configure "$disk"
	expect_kernel_refuses "set-size: the device is in use" 'busy' "$files" set-size "$disk"
	for way in zero-out discard-ring; do
		expect_kernel_refuses "$way: a descriptor for reading does not do" \
			'Bad file descriptor' "$files" $way "$disk"
	done

	rm -f /tmp/node
	mknod /tmp/node b "$(stat -c %Hr "$disk")" "$(stat -c %Lr "$disk")"
	expect_refused "by a node elsewhere" writable /tmp/node sh -c 'exec 3<>/tmp/node'
	mkdir -p /tmp/dev
	mount -t devtmpfs devtmpfs /tmp/dev
	expect_refused "by another /dev" writable "/tmp/dev/${disk#/dev/}" \
		bash -c "exec 3<>/tmp/dev/${disk#/dev/}"
	umount /tmp/dev
	claimed
	image_of_a_reader
}

# The kernel opens by itself the devices that it claims
claimed()
{
	if [ -e /sys/block/zram0/backing_dev ]; then
		echo 1 >/sys/block/zram0/reset
		expect_done "zram takes a disk that nobody uses" \
			sh -c "echo $free >/sys/block/zram0/backing_dev"
		echo 1 >/sys/block/zram0/reset
		expect_kernel_refuses "zram takes no mounted disk" \
			"$([ "$now" = audit ] && echo busy || echo 'Permission denied')" \
			bash -c "echo $disk >/sys/block/zram0/backing_dev"
	else
		skip "$now: zram takes a disk that nobody uses" zram
		skip "$now: zram takes no mounted disk" zram
	fi
	mke2fs -q -O journal_dev -b 4096 "$free"
	truncate -s 8M $place/journalled
	mke2fs -q -t ext4 -b 4096 -J "device=$free" $place/journalled
	expect_done "a filesystem takes a disk that nobody uses for its journal" \
		mount -o loop,ro $place/journalled /mnt/second
	umount /mnt/second
	expect_kernel_refuses "and none that is mounted" '' \
		mount -o "loop,journal_path=$disk" $place/journalled /mnt/second
}

# A loop device that was made for reading does not write
image_of_a_reader()
{
	file=$place/backing-$now
	expect_permitted "a program that is an image too" "$map" "$file" private:rx
	loop=$(losetup -r -f --show "$file")
	blockdev --setrw "$loop" 2>/dev/null
	expect_kernel_refuses "a loop device made for reading is not written to" '' \
		sh -c "printf X | dd of=$loop bs=1 seek=4096 conv=notrunc,fsync"
	losetup --direct-io=on "$loop" 2>/dev/null
	expect_kernel_refuses "nor by direct I/O" '' \
		dd if=/dev/zero of="$loop" bs=4096 count=1 oflag=direct
	losetup -d "$loop"
	expect_still_same "it is the same" "$file"

	# Its name is gone, and it is reached by a descriptor
	exec 9<$place/image
	expect_refused "the image, by a descriptor for reading" writable '' \
		sh -c 'exec 3<>/proc/self/fd/9'
	exec 9<&-
}

# --- lsm and fs: layers, snapshots, namespaces -----------------------------------

layers()
{
	low=$place/low-$now
	merged=/mnt/merged-$now
	second=/mnt/second-$now
	mount -t overlay -o "metacopy=on,lowerdir=$low,upperdir=$place/up-$now,workdir=$place/inner-$now" \
		overlay $merged || comment "no overlay with metacopy"
	mount -t overlay -o "lowerdir=$merged:/mnt/merged" overlay $second
	expect_permitted "a program below two overlays" "$map" $second/low private:rx
	if [ "$now" = enforce ]; then
		start_holding "$map" $second/low private:rx hold
		expect_kernel_refuses "mapped executable, it is busy in the lowest layer" \
			'Text file busy' "$helpers/change" write "$low/low"
		stop_holding
	fi
	"$helpers/change" write "$low/low"
	expect_map_refused "written to in the lowest layer" mismatch $second/low
	umount $second

	expect_permitted "a program whose data are in the lower layer" \
		"$map" $merged/redirected private:rx
	chmod 711 $merged/redirected
	expect_permitted "copied up without its data it is the same" \
		"$map" $merged/redirected private:rx
	umount $merged
	program "$low/evil"
	setfattr -n trusted.overlay.redirect -v /evil $place/up-$now/redirected
	mount -t overlay -o "metacopy=on,lowerdir=$low,upperdir=$place/up-$now,workdir=$place/inner-$now" \
		overlay $merged
	expect_map_refused "an extended attribute that names other data" mismatch \
		$merged/redirected
	umount $merged
}

snapshots()
{
	file=/mnt/btrfs/sub/snapped-$now
	expect_permitted "a program of a subvolume" "$map" "$file" private:rx
	btrfs subvolume snapshot /mnt/btrfs/sub /mnt/btrfs/snap-$now >/dev/null
	expect_map_refused "its snapshot, under another path" moved \
		/mnt/btrfs/snap-$now/snapped-$now
	"$helpers/change" write /mnt/btrfs/snap-$now/snapped-$now
	mount --bind /mnt/btrfs/snap-$now /mnt/btrfs/sub
	expect_map_refused "its snapshot, changed, in its place" mismatch "$file"
	umount /mnt/btrfs/sub
	expect_permitted "that gone, it is itself again" "$map" "$file" private:rx
}

namespaces()
{
	file=/tmp/surface/hidden-$now
	expect_permitted "a program on tmpfs" "$map" "$file" private:rx
	expect_refused "a copy on a tmpfs of a user namespace, under its path" moved '' \
		unshare -Urm sh -c "cp $file /tmp/copy-$now && mount -t tmpfs tmpfs /tmp/surface &&
			cp /tmp/copy-$now $file && exec $map $file private:rx"
	rm -f /tmp/copy-$now
}

# --- lockdown -------------------------------------------------------------------

kernel_memory()
{
	about=op=KMODULE refusal='ermi'
	expect_refused "a kprobe by perf_event_open" anonymous '' "$memory" kprobe
	mkdir -p /tmp/tracing
	mount -t tracefs tracefs /tmp/tracing
	expect_refused "a kprobe among the dynamic events" anonymous '' \
		bash -c 'echo p:surface do_sys_openat2 >/tmp/tracing/dynamic_events'
	umount /tmp/tracing
	if [ -e /dev/port ]; then
		expect_refused "ioperm" anonymous '' /opt/ways_ports ioperm
		expect_refused "/dev/port" anonymous '' bash -c 'exec 3<>/dev/port'
	else
		skip "$now: ioperm" "I/O ports"
		skip "$now: /dev/port" "I/O ports"
	fi
	about='' refusal='Permission denied'
}

all_cases()
{
	executable_memory
	program_text
	opened_by_the_kernel
	replaced_by_a_core
	requests_for_readers
	below
	layers
	snapshots
	namespaces
	kernel_memory
}

for way in $mappers ports; do
	cp "$memory" "/opt/ways_$way"
done
items exec,mmap /opt/ways_* | load_items tools
all_cases
enforce
all_cases

finish
