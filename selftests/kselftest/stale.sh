#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# stale.sh - the disk holds other bytes of a file than memory: those that will be read
# later count
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

place=/mnt/scratch/m2m
broken=/fs/broken
mkdir -p $place $broken

plan 25
modprobe -q -a loop ext4

# --- fs-verity ------------------------------------------------------------------

# A page that was in memory before fs-verity was enabled, and is compared with nothing
verity=/fs/verity
mkdir -p $verity
truncate -s 64M "$work/verity"
mke2fs -q -F -t ext4 -b 4096 -O verity "$work/verity" || bail "no filesystem with fs-verity"
verity_disk=$(losetup -f --show "$work/verity") || bail "no loop device"
exec 3<>"$verity_disk"
mount -o noatime "$verity_disk" $verity || bail "it cannot be mounted"
"$helpers/verity" make $verity/file
expect_text "while fs-verity is enabled, a page is read again from another disk" \
	"it was read again" "$helpers/verity" enable $verity/file
expect_text "without rivet: bytes that fs-verity never saw run" other \
	"$helpers/verity" call $verity/file
load_rivet

# A program of whole pages, in which nothing runs at its end
cp "$helpers/hello" "$work/good"
head -c 65536 /dev/zero >>"$work/good"
truncate -s $(($(stat -c %s "$work/good") / 4096 * 4096)) "$work/good"
cp "$work/good" "$work/bad"
truncate -s -4096 "$work/bad"
head -c 4096 /dev/urandom >>"$work/bad"
chmod 755 "$work/good" "$work/bad"

names='audited denied restored'

# --- swapping to it -------------------------------------------------------------

for name in $names; do
	cp "$work/good" "$place/$name"
done
sync

# swap_to FILE: its pages stay in memory meanwhile
swap_to()
{
	start_holding "$helpers/stale" "$1" || bail "$held"
}

# --- a disk that fails to write -------------------------------------------------

truncate -s 64M "$work/disk"
loop=$(losetup -f --show "$work/disk") || bail "no loop device"
dmsetup create failing --table "0 131072 linear $loop 0" || bail "no mapped device"
mkfs.ext4 -q -O ^has_journal /dev/dm-0
mount -t ext4 -o noatime /dev/dm-0 $broken || bail "it cannot be mounted"
for name in $names; do
	cp "$work/bad" "$broken/$name"
done
sync

# become TABLE: under the filesystem, which is not asked
become()
{
	dmsetup suspend --noflush --nolockfs failing
	dmsetup load failing --table "0 131072 $1"
	dmsetup resume failing
}

# Written bytes stay in memory, and count as written
become error
for name in $names; do
	dd if="$work/good" of="$broken/$name" bs=4096 conv=notrunc status=none
	sync -d "$broken/$name" 2>/dev/null && comment "$name could be written"
done
become "linear $loop 0"

# --- the same for both ----------------------------------------------------------

get_ready
cp "$work/good" $broken/late
cp "$work/good" $broken/used
{
	items exec,mmap $place/* $broken/*ed $broken/late
	echo "verity:$(fsverity measure $verity/file | cut -d ' ' -f 1)" \
		"$(stat -c %s $verity/file) mmap $verity/file"
} | load_items programs

# expect_stale NAME FILE
expect_stale()
{
	if cmp -s "$work/good" "$2" &&
	   ! dd if="$2" iflag=direct bs=4096 status=none | cmp -s - "$work/good"; then
		pass "$1: the disk holds other bytes than memory"
	else
		fail "$1: the disk holds other bytes than memory"
	fi
}

# expect_reported NAME FILE
expect_reported()
{
	mark_events
	"$2" >/dev/null 2>&1
	expect "audit: $1: that is reported" \
		has_event mode=audit errno=0 reason=mismatch "path=\"$2\""
}

cp "$work/bad" $broken/late
sync
dd if="$work/good" of=$broken/late bs=4096 conv=notrunc status=none
expect_permitted "what is not written yet runs" $broken/late
become error
sync -d $broken/late 2>/dev/null
become "linear $loop 0"
expect_reported "not written later" $broken/late
swap_to $place/audited
expect_stale "swapped to" $place/audited
expect_reported "swapped to" $place/audited
stop_holding
expect_stale "not written" $broken/audited
expect_reported "not written" $broken/audited
# While auditing no pages are held: it is measured again at once
cp "$work/bad" $broken/used
sync
dd if="$work/good" of=$broken/used bs=4096 conv=notrunc status=none
start_holding "$helpers/mapping" $broken/used private:rx hold || bail "$held"
become error
expect "a disk fails while what it has is in use" sh -c "! sync -d $broken/used"
become "linear $loop 0"
expect "what is in use goes on" kill -0 "$holder"
expect_reported "failed while in use" $broken/used
stop_holding

enforce
expect_permitted "it runs before it is swapped to" $place/denied
swap_to $place/denied
expect_denied "swapped to" mismatch $place/denied $place/denied
stop_holding
expect_denied "not written" mismatch $broken/denied $broken/denied
swap_to $place/restored
stop_holding
for file in $place/restored $broken/restored; do
	dd if="$work/good" of="$file" bs=4096 conv=notrunc status=none
	sync -d "$file"
	expect_permitted "$file: written again, it runs" "$file"
	expect_remembered "$file: and is remembered" "$file"
	echo 3 >/proc/sys/vm/drop_caches
	expect_permitted "$file: and runs from the disk" "$file"
done
expect_permitted "so does what nobody touched" "$helpers/hello"
if grep -q '^fsverity_digest live' $rivet/coverage; then
	expect_text "listed by its fs-verity digest, such a page is read again: it is refused" \
		SIGBUS "$helpers/verity" call $verity/file
	"$helpers/verity" mend $verity/file
	expect_text "what fs-verity saw runs" listed "$helpers/verity" call $verity/file
else
	skip "listed by its fs-verity digest" "fsverity_get_digest for modules"
	skip "what fs-verity saw" "fsverity_get_digest for modules"
fi
umount $verity
exec 3>&-
losetup -d "$verity_disk"
expect_text "rivet enforces" enforce mode
umount $broken
dmsetup remove failing
expect "the disk is let go of" losetup -d "$loop"

finish
