#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# filesystems.sh - each filesystem that the kernels carry: whether its files are
# verified, whether measurements are kept, and how a change is noticed.
# Documentation/filesystems.md has the table; foreign.sh is about those that this
# kernel cannot vouch for.
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 137
for module in loop ext4 xfs btrfs f2fs vfat nls_cp437 nls_ascii squashfs erofs isofs overlay; do
	modprobe -q "$module"
done
images=/mnt/scratch/images
mkdir -p $images /fs
change=$helpers/change
map=$helpers/mapping
programs='listed write map truncate busy lower upper unlisted'

# knows TYPE: the kernel has it
knows()
{
	grep -qw "$1" /proc/filesystems
}

# use NAME: sets fs, its type, and where it is mounted
use()
{
	fs=$1 place=/fs/$1 type=$1 access=
	case $fs in
	squashfs|erofs) access=-r ;;
	isofs) type=iso9660 access=-r ;;
	overlay*) type=overlay ;;
	esac
	mkdir -p "$place"
}

# --- two versions of each, which differ in one byte of one file -----------------

# fill FOLDER: with programs of this filesystem's own
fill()
{
	mkdir -p "$1"
	for name in $programs; do
		cp "$helpers/tiny" "$1/$name"
		echo "$fs $name" >>"$1/$name"
	done
	chmod 755 "$1" "$1"/*
}

# Lines of a manifest, all but the last program's
list_programs()
{
	for name in ${programs% *}; do
		items exec,mmap "$place/$name"
	done >>"$work/known"
}

make_empty()
{
	case $fs in
	ext4) truncate -s 16M "$1" && mkfs.ext4 -q "$1" ;;
	xfs) truncate -s 32M "$1" &&
		TEST_DIR=/ TEST_DEV=/ QA_CHECK_FS=1 mkfs.xfs -q -K "$1" ;;
	btrfs) truncate -s 48M "$1" && mkfs.btrfs -q -K -M "$1" >/dev/null 2>&1 ;;
	f2fs) truncate -s 64M "$1" && mkfs.f2fs -q -t 0 "$1" >/dev/null ;;
	vfat) truncate -s 40M "$1" && mkdosfs "$1" ;;
	esac || bail "no $fs"
}

# pack FOLDER IMAGE
pack()
{
	case $fs in
	squashfs) mksquashfs "$1" "$2" -quiet -no-progress ;;
	erofs) mkfs.erofs "$2" "$1" >/dev/null 2>&1 ;;
	isofs) genisoimage -quiet -R -o "$2" "$1" ;;
	esac || bail "no $fs"
}

make_writable_images()
{
	make_empty "$images/$fs.1"
	mount -t "$type" -o loop "$images/$fs.1" "$place" || bail "$fs is not mounted"
	fill "$place"
	umount "$place"
	cp --sparse=always "$images/$fs.1" "$images/$fs.2"
	mount -t "$type" -o loop "$images/$fs.2" "$place" || bail "$fs is not mounted again"
	"$change" write "$place/listed"
	umount "$place"
	device=$(losetup -f)
}

make_packed_images()
{
	fill "$work/tree"
	pack "$work/tree" "$images/$fs.1"
	"$change" write "$work/tree/listed"
	pack "$work/tree" "$images/$fs.2"
	rm -r "$work/tree"
	device=$(losetup -f)
}

make_folders()
{
	fill "$images/$fs.1"
	cp -a "$images/$fs.1" "$images/$fs.2"
	"$change" write "$images/$fs.2/listed"
	mkdir -p "$images/$fs.upper" "$images/$fs.inner"
}

make_versions()
{
	case $fs in
	squashfs|erofs|isofs) make_packed_images ;;
	tmpfs|ramfs|overlay*) make_folders ;;
	*) make_writable_images ;;
	esac
}

# attach VERSION: mount it
attach()
{
	layers="upperdir=$images/$fs.upper,workdir=$images/$fs.inner"
	case $fs in
	tmpfs|ramfs)
		mount -t "$fs" -o mode=755 none "$place" && cp -a "$images/$fs.$1/." "$place" ;;
	overlay)
		mount -t overlay -o "lowerdir=$images/$fs.$1,$layers" none "$place" ;;
	overlay-on-overlay)
		mount -t overlay -o "lowerdir=$images/$fs.$1:$images/none" none /fs/below &&
			mount -t overlay -o "lowerdir=/fs/below,$layers" none "$place" ;;
	*)
		losetup "$device" "$images/$fs.$1" && mount -t "$type" $access "$device" "$place" ;;
	esac || bail "$fs.$1 is not mounted"
}

detach()
{
	umount "$place" || bail "$fs is not unmounted"
	case $fs in
	tmpfs|ramfs|overlay) ;;
	overlay-on-overlay) umount /fs/below ;;
	*) losetup -d "$device" ;;
	esac
}

# --- questions about each of them -----------------------------------------------

numbers()
{
	stat -c '%d %i' "$place/listed"
}

swap_versions()
{
	before=$(numbers)
	detach
	attach 2
	case $fs in
	vfat|ramfs|overlay*) ;;
	*) expect_text "$fs: another image has the same device and inode number" \
		"$before" numbers ;;
	esac
	expect_denied "$fs: one byte of another image in its place" mismatch "$place/listed" \
		"$place/listed"
	detach
	attach 1
	expect_permitted "$fs: the first one again" "$place/listed"
}

# Those whose files can be written
change_programs()
{
	for way in write map truncate; do
		"$place/$way" || bail "$place/$way does not run"
		"$change" "$way" "$place/$way" || comment "$fs: $way failed"
		expect_denied "$fs: changed by $way" mismatch "$place/$way" "$place/$way"
	done
	# Else writing through an overlay would write to a copy
	case $fs in overlay*) chmod 700 "$place/busy" ;; esac
	start_holding "$map" "$place/busy" private:rx hold
	judge "$now: $fs: mapped executable it is busy" "$helpers/observe" \
		-o 'Text file busy' -- "$change" write "$place/busy"
	stop_holding
	expect_permitted "$fs: and stays what it is" "$place/busy"
}

# The layer below changes without a word to the overlay
change_layers()
{
	expect_permitted "$fs: a file of the lower layer" "$place/lower"
	"$change" write "$images/$fs.1/lower"
	expect_denied "$fs: changed in its layer" mismatch "$place/lower" "$place/lower"
	chmod 700 "$place/upper"
	expect_permitted "$fs: a file that was copied up" "$place/upper"
	"$change" write "$images/$fs.upper/upper"
	expect_denied "$fs: changed in the upper layer" mismatch "$place/upper" "$place/upper"
}

prove()
{
	expect_permitted "$fs: a listed program" "$place/listed"
	expect_remembered "$fs: and again, from memory" "$place/listed"
	expect_denied "$fs: an unlisted one" unlisted "$place/unlisted" "$place/unlisted"
	case $fs in
	squashfs|erofs|isofs) ;;
	*) change_programs ;;
	esac
	case $fs in
	overlay*) change_layers ;;
	esac
	swap_versions
}

# results: how many of them there will be, of prove and of the audit before it
results()
{
	case $fs in
	squashfs|erofs|isofs) seq 7 ;;
	overlay*) seq 15 ;;
	vfat|ramfs) seq 11 ;;
	*) seq 12 ;;
	esac
}

# --- before enforcing: make, list, report ---------------------------------------

all_types='ext4 xfs btrfs f2fs vfat squashfs erofs isofs tmpfs ramfs overlay overlay-on-overlay'
mkdir -p /fs/below $images/none

get_ready
op_rules | load_policy narrow
: >"$work/known"
for each in $all_types; do
	use "$each"
	knows "$type" || continue
	make_versions
	eval "device_$(echo "$fs" | tr - _)=\${device-}"
	attach 1
	list_programs
done

# An overlay that copies up nothing but metadata
use metacopy
fill $images/metacopy.1
mkdir $images/metacopy.upper $images/metacopy.inner
mount -t overlay -o "lowerdir=$images/metacopy.1,upperdir=$images/metacopy.upper,metacopy=on" \
	-o workdir=$images/metacopy.inner none /fs/metacopy || bail "no overlay with metacopy"
list_programs
load_items items <"$work/known"

for each in $all_types; do
	use "$each"
	if knows "$type"; then
		expect_audited "$fs: an unlisted program" unlisted "$place/unlisted" \
			"$place/unlisted"
	fi
done

# --- enforcing ------------------------------------------------------------------

enforce
for each in $all_types; do
	use "$each"
	if knows "$type"; then
		eval "device=\$device_$(echo "$fs" | tr - _)"
		prove
	else
		for result in $(results); do
			skip "$fs: $result" "$fs"
		done
	fi
done

use metacopy
expect_permitted "overlay: a listed program of an overlay that copies up metadata" "$place/listed"
chmod 711 "$place/listed"
expect_permitted "overlay: with only its metadata copied up" "$place/listed"
expect_remembered "overlay: and again, from memory" "$place/listed"
"$change" write $images/metacopy.1/listed
expect_denied "overlay: its data changed in the lower layer" mismatch "$place/listed" \
	"$place/listed"

finish
