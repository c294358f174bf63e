#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# resident_wide.sh - the bytes that were measured are the bytes that run: on each filesystem,
# with each kind of disk below, in each way in which pages are lost; and how much memory that
# takes at most. Each way is shown to work with resident=off.
#
# The guest with the argument `disks` tries those, the other one the filesystems.
#
# wide
# boot: resident_wide.sh | --memory 512
# boot: resident_wide.sh disks | --memory 512 --append memmap=32M!192M

# shellcheck disable=SC2034,SC2317  # what is called or read by its name
# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

helper=$helpers/resident
images=/mnt/scratch/images
group=/sys/fs/cgroup/small
RESIDENT_RECLAIM=$group/memory.reclaim
export RESIDENT_RECLAIM
case ${1:-filesystems} in
filesystems)
	types='ext4 xfs btrfs f2fs vfat squashfs erofs isofs overlay' others='' results=187
	;;
disks)
	types='' others='opened layered scsi served lying mirror replaced member network'
	results=86
	;;
esac
# Pages go in these ways
losing='drop fadvise pageout memory poison hard flush'
# So they do when its filesystem changes meanwhile, if it can
changing='removed readonly frozen'
# In these they only move, or are left alone
moving='soft compact'
# Of other disks than a filesystem's image
few='drop pageout hard'
mkdir -p $images /fs
for module in loop ext4 xfs btrfs f2fs vfat nls_cp437 nls_ascii squashfs erofs isofs overlay \
	mtdram jffs2 sd_mod nvmet nvme-loop nd_pmem nd_e820 quota_v1 raid1; do
	modprobe -q $module
done
modprobe -q scsi_debug dev_size_mb=24
modprobe -q nbd nbds_max=1
# Nothing is written to a disk before a test says so
echo 0 >/proc/sys/vm/dirty_writeback_centisecs

plan "$results"

settings()
{
	{
		strict_rules
		echo 'op=MMAP riv=writable path=/dev/** action=ALLOW'
		echo 'op=MMAP riv=writable path=/mnt/scratch/** action=ALLOW'
		echo "SET resident=$1"
	} | load_policy strict
}

# lacks WAY: it cannot be had here
lacks()
{
	case $1 in
	hard|poison|soft) [ ! -e /sys/devices/system/memory/hard_offline_page ] ;;
	memory) [ ! -e "$RESIDENT_RECLAIM" ] ;;
	*) false ;;
	esac
}

# What nobody uses is given back, and goes
give_back()
{
	echo 3 >/proc/sys/vm/drop_caches
}

# Twice: what was used since the last look is passed over once
expect_found()
{
	give_back
	give_back
	expect_denied "$1: measured again" mismatch "$2" "$helper" run none "$2" -
}

# ways_of DISK: the ways that are tried with it
ways_of()
{
	case $1 in
	squashfs|erofs|isofs) echo "$losing $moving" ;;
	overlay) echo "$losing removed readonly $moving" ;;
	opened|layered|scsi|served|lying|mirror|replaced|member|network) echo "$few" ;;
	*) echo "$losing $changing $moving" ;;
	esac
}

# fill FOLDER NAME: two files for each way, one for resident=off
fill()
{
	mkdir -p "$1/on" "$1/off"
	for way in $(ways_of "$2"); do
		"$helper" make "$1/on/$way" "$2 on $way" 4
		"$helper" make "$1/off/$way" "$2 off $way" 4
	done
}

list()
{
	items mmap "$1"/on/* "$1"/off/* >>"$work/items"
}

# --- a filesystem of each type --------------------------------------------------

type_of()
{
	case $1 in
	isofs) echo iso9660 ;;
	*) echo "$1" ;;
	esac
}

knows()
{
	grep -qw "$(type_of "$1")" /proc/filesystems
}

# Without compression and checksums, so that what is found on the disk can be changed, and
# without fragments, of which squashfs has a cache of its own
make_image()
{
	image=$images/$1
	case $1 in
	ext4|overlay) truncate -s 16M "$image" && mkfs.ext4 -q "$image" ;;
	xfs) truncate -s 32M "$image" &&
		TEST_DIR=/ TEST_DEV=/ QA_CHECK_FS=1 mkfs.xfs -q -K "$image" ;;
	btrfs) truncate -s 48M "$image" && mkfs.btrfs -q -K -M "$image" >/dev/null 2>&1 ;;
	f2fs) truncate -s 64M "$image" && mkfs.f2fs -q -t 0 "$image" >/dev/null ;;
	vfat) truncate -s 40M "$image" && mkdosfs "$image" ;;
	squashfs) mksquashfs "$work/tree" "$image" -quiet -no-progress -noI -noD -noF -noX \
		-no-fragments ;;
	erofs) mkfs.erofs "$image" "$work/tree" >/dev/null 2>&1 ;;
	isofs) genisoimage -quiet -R -o "$image" "$work/tree" ;;
	esac || bail "no $1"
}

mount_image()
{
	mkdir -p "/fs/$1"
	case $1 in
	squashfs|erofs|isofs) mount -r -t "$(type_of "$1")" "$disk" "/fs/$1" ;;
	btrfs) mount -t btrfs -o nodatasum,nodatacow "$disk" /fs/btrfs ;;
	overlay)
		mkdir -p /fs/below $images/upper $images/inner
		mount -t ext4 "$disk" /fs/below ;;
	*) mount -t "$1" "$disk" "/fs/$1" ;;
	esac || bail "$1 is not mounted"
}

make_filesystem()
{
	case $1 in
	squashfs|erofs|isofs) fill "$work/tree" "$1" ;;
	esac
	make_image "$1"
	disk=$(losetup -f --show "$images/$1") || bail "no loop device"
	eval "disk_$1=$disk"
	mount_image "$1"
	case $1 in
	squashfs|erofs|isofs) rm -r "$work/tree" ;;
	overlay)
		fill /fs/below overlay
		mount -t overlay none /fs/overlay -o lowerdir=/fs/below \
			-o upperdir=$images/upper,workdir=$images/inner || bail "no overlay" ;;
	*) fill "/fs/$1" "$1" ;;
	esac
	list "/fs/$1"
}

: >"$work/items"
for each in $types; do
	! knows "$each" || make_filesystem "$each"
done

# --- other disks ----------------------------------------------------------------

# mount_ext4 NAME DISK
mount_ext4()
{
	mkfs.ext4 -q -O ^has_journal "$2" || bail "no filesystem on $2"
	mkdir -p "/fs/$1"
	mount -t ext4 "$2" "/fs/$1" || bail "$2 is not mounted"
	fill "/fs/$1" "$1"
	list "/fs/$1"
}

# An image that was open before the loop device had it
make_opened()
{
	truncate -s 16M $images/opened
	exec 4<>$images/opened
	disk_opened=$images/opened
	mount_ext4 opened "$(losetup -f --show $images/opened)"
}

# An image on overlayfs, which is written to in the layer
make_layered()
{
	mkdir -p $images/layer $images/working $images/none /fs/layered_image
	mount -t overlay none /fs/layered_image \
		-o lowerdir=$images/none,upperdir=$images/layer,workdir=$images/working ||
		bail "no overlay"
	truncate -s 16M /fs/layered_image/image
	disk_layered=$images/layer/image
	mount_ext4 layered "$(losetup -f --show /fs/layered_image/image)"
}

# A disk to which commands are handed
find_scsi()
{
	for found in /sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/*; do
		[ ! -d "$found" ] || disk_scsi=/dev/${found##*/}
	done
	[ -b "$disk_scsi" ]
}

make_scsi()
{
	disk_scsi=
	[ -d /sys/bus/pseudo/drivers/scsi_debug ] && wait_for find_scsi || return 0
	mount_ext4 scsi "$disk_scsi"
}

# What an NVMe target shows to others
make_served()
{
	disk_served=
	target=/sys/kernel/config/nvmet
	mount -t configfs none /sys/kernel/config 2>/dev/null
	[ -d $target ] && [ -e /dev/nvme-fabrics ] || return 0
	truncate -s 16M $images/served
	loop=$(losetup -f --show $images/served)
	mkdir $target/subsystems/rivet $target/subsystems/rivet/namespaces/1 $target/ports/1
	echo 1 >$target/subsystems/rivet/attr_allow_any_host
	printf %s "$loop" >$target/subsystems/rivet/namespaces/1/device_path
	echo 1 >$target/subsystems/rivet/namespaces/1/enable
	echo loop >$target/ports/1/addr_trtype
	ln -s $target/subsystems/rivet $target/ports/1/subsystems/rivet
	echo transport=loop,nqn=rivet >/dev/nvme-fabrics
	wait_for test -b /dev/nvme0n1 || bail "no NVMe disk"
	disk_served=/dev/nvme0n1
	mount_ext4 served "$loop"
}

# be TABLE: words that make the mapped device something else, without asking the filesystem
be()
{
	echo "dmsetup suspend --noflush --nolockfs lying &&
		dmsetup load lying --table '0 32768 $1' && dmsetup resume lying"
}

# A disk that says something else than before
make_lying()
{
	truncate -s 16M $images/true
	true_disk=$(losetup -f --show $images/true)
	dmsetup create lying --table "0 32768 linear $true_disk 0" || bail "no mapped device"
	mount_ext4 lying /dev/dm-0
	disk_lying=/dev/null
	sync
	cp --sparse=always $images/true $images/lies
	for name in on off; do
		"$helper" spoil "lying $name" 3<>$images/lies >/dev/null
	done
	false_disk=$(losetup -f --show $images/lies)
}

# add_member ARRAY DISK SLOT: words that add a disk; it counts as having the array's content
add_member()
{
	echo "cat /sys/block/$2/dev >$1/new_dev && echo 16384 >$1/dev-$2/size &&
		echo insync >$1/dev-$2/state && echo $3 >$1/dev-$2/slot"
}

# remove_member ARRAY DISK: words that let it fail, and remove it
remove_member()
{
	echo "echo faulty >$1/dev-$2/state
		for try in \$(seq 100); do
			echo remove >$1/dev-$2/state && break
			sleep 0.1
		done 2>/dev/null"
}

# make_array NUMBER DISK...: of two disks, of which one may be missing
make_array()
{
	array=/sys/block/md$1/md
	echo "md$1" >/sys/module/md_mod/parameters/new_array
	shift
	for setting in metadata_version:none level:raid1 raid_disks:2; do
		echo "${setting#*:}" >"$array/${setting%:*}"
	done
	slot=0
	for member; do
		sh -c "$(add_member "$array" "$member" $slot)" || bail "$member is no member"
		slot=$((slot + 1))
	done
	for setting in component_size:16384 resync_start:none array_state:active; do
		echo "${setting#*:}" >"$array/${setting%:*}" || bail "no array"
	done
}

# image_disk NAME: a loop device of a new image, without /dev/
image_disk()
{
	truncate -s 16M "$images/$1"
	found=$(losetup -f --show "$images/$1") && echo "${found#/dev/}"
}

# A mirror, of which that disk is written to from which the array reads
make_mirror()
{
	disk_mirror=
	[ -e /sys/module/raid1 ] || return 0
	second=$(image_disk mirror.2)
	make_array 0 "$(image_disk mirror.1)" "$second"
	echo writemostly >"$array/dev-$second/state"
	disk_mirror=$images/mirror.1
	mount_ext4 mirror /dev/md0
}

# A mirror that gets another disk, with other content, for one of its own
make_replaced()
{
	disk_replaced=
	[ -e /sys/module/raid1 ] || return 0
	true_member=$(image_disk member)
	make_array 1 "$true_member"
	mount_ext4 replaced /dev/md1
	disk_replaced=/dev/null
	sync
	cp --sparse=always $images/member $images/other
	for name in on off; do
		"$helper" spoil "replaced $name" 3<>$images/other >/dev/null
	done
	false_member=$(image_disk other)
}

# A btrfs of two disks. The data is on the one which mount(2) does not name
make_member()
{
	disk_member=
	knows btrfs || return 0
	truncate -s 120M $images/member.1
	truncate -s 120M $images/member.2
	first=$(losetup -f --show $images/member.1)
	second=$(losetup -f --show $images/member.2)
	mkfs.btrfs -q -K -d single -m raid1 "$first" "$second" >/dev/null 2>&1 ||
		bail "no filesystem of two disks"
	mkdir -p /fs/member
	mount -t btrfs -o "nodatasum,nodatacow,device=$first" "$second" /fs/member ||
		bail "it is not mounted"
	disk_member=$images/member.1
	fill /fs/member member
	list /fs/member
}

# replace OLD NEW SLOT: words. Frozen, since the kernel begins to copy to a new disk at once
replace()
{
	echo "echo frozen >$array/sync_action"
	add_member "$array" "$2" "$3"
	echo "echo recover >$array/sync_action
		for try in \$(seq 100); do
			! grep -q in_sync $array/dev-$2/state || break
			sleep 0.1
		done"
	remove_member "$array" "$1"
}

# A disk that is served over a network, or by a program
make_network()
{
	disk_network=
	[ -b /dev/nbd0 ] || return 0
	truncate -s 16M $images/network
	"$helpers/netdisk" /dev/nbd0 $images/network >/dev/null &
	server=$!
	wait_for test -e /sys/block/nbd0/pid || bail "no network disk"
	disk_network=$images/network
	mount_ext4 network /dev/nbd0
}

# A disk that is taken away
make_gone()
{
	disk_gone=
	[ "$disk_scsi" ] || return 0
	"$helper" make /fs/scsi/gone "gone" 4
	"$helper" make /fs/scsi/gone.off "gone" 4
	items mmap /fs/scsi/gone /fs/scsi/gone.off >>"$work/items"
}

# Memory that is a disk: its files have no pages of their own
make_direct()
{
	direct=
	[ -b /dev/pmem0 ] || return 0
	mkfs.ext4 -q -b 4096 /dev/pmem0
	mkdir -p /fs/direct
	mount -t ext4 -o dax /dev/pmem0 /fs/direct || return 0
	direct=/fs/direct/file
	"$helper" make $direct direct 8
	items mmap $direct >>"$work/items"
}

# Flash memory: its filesystem has checksums, so that it notices itself
make_flash()
{
	flash=
	[ -b /dev/mtdblock0 ] || modprobe -q mtdblock
	grep -qw jffs2 /proc/filesystems && [ -b /dev/mtdblock0 ] || return 0
	mkdir -p /fs/flash
	mount -t jffs2 /dev/mtdblock0 /fs/flash || return 0
	flash=/fs/flash/file
	"$helper" make $flash flash 8
	items mmap $flash >>"$work/items"
}

# What is swapped out of files in memory
make_memory()
{
	mkdir -p /fs/memory
	mount -t tmpfs none /fs/memory
	for name in swap swap.off; do
		sh -c "echo \$\$ >$group/cgroup.procs; exec \"\$@\"" sh "$helper" make /fs/memory/$name \
			memory 8
	done
	truncate -s 24M $images/swap
	swap=$(losetup -f --show $images/swap)
	mkswap "$swap" >/dev/null 2>&1
	items mmap /fs/memory/* >>"$work/items"
}

# Half of the memory, in pages
half=$(awk '$1 == "MemTotal:" { print int($2 / 8) }' /proc/meminfo)

# Together they are more than half of the memory
make_large()
{
	mkdir -p $images/large
	for name in 1 2 3; do
		truncate -s $((half * 2 * 4096 / 5)) $images/large/$name
		echo $name >>$images/large/$name
	done
	items mmap $images/large/* >>"$work/items"
}

[ -e /sys/fs/cgroup/cgroup.controllers ] || mount -t cgroup2 none /sys/fs/cgroup
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p $group

if [ "$others" ]; then
	make_opened
	make_layered
	make_scsi
	make_served
	make_lying
	make_mirror
	make_replaced
	make_member
	make_network
	make_gone
	make_direct
	make_flash
	make_memory
	make_large
fi

get_ready
load_items files <"$work/items"

# --- on each disk ---------------------------------------------------------------

# in_group COMMAND...: in the control group, with the pages of no file in memory yet
in_group()
{
	give_back
	sh -c "echo \$\$ >$group/cgroup.procs; exec \"\$@\"" sh "$@"
}

# tried DISK: those of its ways that can be had
tried()
{
	for way in $(ways_of "$1"); do
		lacks "$way" || printf '%s ' "$way"
	done
}

# A way that only moves pages, or does nothing without a change of the disk, has no control
has_control()
{
	case " $moving " in
	*" $1 "*) false ;;
	esac
}

# judge_way NAME: by what its line in $work/said says
judge_way()
{
	said=$(sed -n "s/^$2: //p" "$work/said")
	case $now_resident:$said in
	off:*other*) pass "resident=off: $1: $2: bytes that nobody measured run" ;;
	off:*) fail "resident=off: $1: $2: bytes that nobody measured run" \
		"$(cat "$work/said")" ;;
	on:*other*|on:) fail "$1: $2: nothing else runs" "$(cat "$work/said")" ;;
	*) pass "$1: $2: nothing else runs" ;;
	esac
}

# judge_disk NAME: each way on it, by resident=$now_resident
judge_disk()
{
	eval "spoiled=\$disk_$1"
	if [ "$spoiled" ]; then
		# shellcheck disable=SC2046  # words
		in_group "$helper" ways "/fs/$1/$now_resident" "$1 $now_resident" $(tried "$1") \
			3<>"$spoiled" >"$work/said" 2>&1
	fi
	for way in $(ways_of "$1"); do
		if [ $now_resident = off ] && ! has_control "$way"; then
			continue
		elif [ ! "$spoiled" ] || lacks "$way"; then
			skip "resident=$now_resident: $1: $way" "$1, or $way"
		else
			judge_way "$1" "$way"
		fi
	done
}

judge_lying()
{
	RESIDENT_COMMAND=$(be "linear $false_disk 0")
	export RESIDENT_COMMAND
	judge_disk lying
	unset RESIDENT_COMMAND
	[ $now_resident = off ] || expect_found lying /fs/lying/on/drop
	sh -c "$(be "linear $true_disk 0")"
}

judge_replaced()
{
	RESIDENT_COMMAND=$(replace "$true_member" "$false_member" 1)
	export RESIDENT_COMMAND
	judge_disk replaced
	unset RESIDENT_COMMAND
	[ $now_resident = off ] || expect_found replaced /fs/replaced/on/drop
	sh -c "$(replace "$false_member" "$true_member" 0)"
}

# judge_swap FILE: what was swapped out is another when it comes back. Nobody writes to the
# loop device itself meanwhile, but to its image
judge_swap()
{
	"$helper" run swap "$1" memory 3<>$images/swap >"$work/said"
	sed -i 's/^/swap: /' "$work/said"
	judge_way "a file in memory" swap
}

judge_all()
{
	for each in $types; do
		judge_disk "$each"
	done
	[ "$others" ] || return 0
	judge_disk opened
	judge_disk layered
	RESIDENT_SCSI=1
	export RESIDENT_SCSI
	judge_disk scsi
	unset RESIDENT_SCSI
	judge_disk served
	judge_lying
	judge_disk mirror
	judge_replaced
	judge_disk member
	judge_disk network
}

# read_ahead KILOBYTES: of each loop device. It makes large folios, which older kernels do not
# page out, so that this control would not work. Those that the list was made from go.
read_ahead()
{
	for queue in /sys/block/loop*/queue; do
		echo "$1" >"$queue/read_ahead_kb"
	done
	give_back
}

read_ahead 4
settings off
enforce
now_resident=off
judge_all
if [ "$others" ]; then
	swapon "$swap" || comment "no swap"
	judge_swap /fs/memory/swap.off
fi

read_ahead 128
settings mapped
now_resident=on
judge_all
if [ "$others" ]; then
	judge_swap /fs/memory/swap
	swapoff "$swap"
fi
for each in $types $others; do
	case $each in
	lying|replaced) continue ;; # it says again what it said at first
	esac
	if [ -e "/fs/$each/on/drop" ]; then
		expect_found "$each" "/fs/$each/on/drop"
	else
		skip "$each: measured again" "$each"
	fi
done

[ "$others" ] || finish

# --- how much is held -----------------------------------------------------------

# A user who maps every file there is
map_all()
{
	for name in 1 2 3; do
		mkfifo "$work/said.$name"
		setpriv --reuid 1000 --regid 1000 --clear-groups \
			"$helpers/mapping" "$images/large/$name" private:rx hold \
			>"$work/said.$name" 2>&1 &
		echo $! >>"$work/holders"
		read -r said <"$work/said.$name"
		[ "$said" = ready ] || return 1
	done
}
refused=$(stat_value resident_refused)
chmod 755 $images $images/large
expect "a user maps more than half of the memory" map_all
expect "some of it is not held" test "$(stat_value resident_refused)" -gt "$refused"
expect "less than half of the memory is held still" \
	test "$(stat_value resident_pages)" -lt "$half"
expect_permitted "programs start" "$helpers/hello"
xargs kill -9 <"$work/holders"
sleep 0.2
give_back
give_back
expect "what nobody uses is given back" test "$(stat_value resident_pages)" -lt $((half / 4))

# --- the setting changes while a program runs -----------------------------------

start_holding "$helpers/mapping" $images/large/1 private:rx hold
for mode in off all mapped; do
	settings $mode
	expect "now $mode: the one that runs is alive" kill -0 "$holder"
	if [ $mode = off ]; then
		expect_text "nothing is held" "resident_files 0" cat $rivet/stats
	else
		expect_permitted "with pages held" "$helpers/hello"
		expect "its pages are held" test "$(stat_value resident_files)" -gt 0
	fi
done
stop_holding

# --- no pages at all ------------------------------------------------------------

if [ "$direct" ]; then
	expect_denied "DAX" unverifiable "$direct" "$helper" run none "$direct" -
	{
		strict_rules
		echo 'op=MMAP fsmagic=0xef53 riv=MATCH action=ALLOW'
		echo 'op=MMAP riv=writable path=/dev/** action=ALLOW'
	} | load_policy strict
	judge "DAX, of a filesystem that a rule names" "$helper" run none "$direct" -
	"$helper" spoil direct 3<>/dev/pmem0 >/dev/null
	expect_denied "DAX: measured each time" mismatch "$direct" "$helper" run none "$direct" -
	settings mapped
else
	for result in 1 2 3; do
		skip "DAX $result" "persistent memory"
	done
fi

# --- flash memory ---------------------------------------------------------------

if [ "$flash" ]; then
	judge "JFFS2: a file runs when its pages were taken away" "$helper" run drop "$flash" -
	give_back
	give_back
	held=$(stat_value resident_files)
	"$helper" run none "$flash" - >/dev/null
	expect "its pages are held" test "$(stat_value resident_files)" -gt "$held"
	expect "it is unmounted" umount /fs/flash
else
	for result in 1 2 3; do
		skip "JFFS2 $result" "flash memory"
	done
fi

# --- a disk whose server ends ---------------------------------------------------

if [ "$disk_network" ]; then
	umount /fs/network
	kill "$server"
fi

# --- a disk that is taken away --------------------------------------------------

if [ "$disk_scsi" ]; then
	RESIDENT_COMMAND="echo 1 >/sys/block/${disk_scsi#/dev/}/device/delete"
	export RESIDENT_COMMAND
	expect_text "a disk is taken away: what runs runs on" "before: listed" \
		"$helper" run drop /fs/scsi/gone gone
	unset RESIDENT_COMMAND
	expect "what is mounted from it is unmounted" umount -l /fs/scsi
else
	skip "a disk is taken away" scsi_debug
	skip "and unmounted" scsi_debug
fi

finish
