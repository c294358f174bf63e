#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# change_ways.sh - the less usual ways to change a verified file: while it is mapped
# executable, enforce mode keeps all of them out; else the next use finds the change
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 260
get_ready
map=$helpers/mapping
alter=$helpers/alter
tmpfs=/tmp/ways
ext4=/mnt/scratch/ways
common='append copy-range splice vmsplice sendfile aio'
rings='uring-write uring-open'
ext4_only='direct collapse insert zero swap-boot move-extent'
cow_only='clone clone-range'
xfs_only='handle handle-exec'
mkdir -p $tmpfs $ext4

# program FILE...: each of its own content, some blocks long
program()
{
	for file; do
		cp "$work/program" "$file"
		printf '%-4095s\n' "$file" >>"$file"
	done
}

# mount_image TYPE SIZE: at /tmp/TYPE.mnt, or explain
mount_image()
{
	truncate -s "$2" "/tmp/$1"
	mkdir -p "/tmp/$1.mnt"
	"mkfs.$1" "/tmp/$1" >"$work/mkfs" 2>&1 && mount -o loop "/tmp/$1" "/tmp/$1.mnt"
}

# --- files, RIVs ----------------------------------------------------------------

{
	cat "$helpers/answer"
	head -c $((28672 - $(stat -c %s "$helpers/answer"))) /dev/zero
} >"$work/program"
chmod 755 "$work/program"

modprobe -a loop overlay xfs btrfs
mount_image ext4 32M || bail "no ext4 image"
mount_image xfs 320M && has_xfs=yes
mount_image btrfs 128M && has_btrfs=yes
uring_ways=$rings
program "$tmpfs/probe"
"$alter" uring-write $tmpfs/probe 2>/dev/null || uring_ways=

ways_of()
{
	case $1 in
	tmpfs) echo "$common $uring_ways" ;;
	ext4) echo "$common $uring_ways $ext4_only" ;;
	xfs) echo "$cow_only $xfs_only" ;;
	*) echo "$cow_only" ;;
	esac
}

place_of()
{
	case $1 in
	tmpfs) echo $tmpfs ;;
	ext4) echo $ext4 ;;
	*) echo "/tmp/$1.mnt" ;;
	esac
}

filesystems="tmpfs ext4 ${has_xfs:+xfs} ${has_btrfs:+btrfs}"
for fs in $filesystems; do
	place=$(place_of "$fs")
	for way in $(ways_of "$fs"); do
		program "$place/$way" "$place/audit-$way" "$place/mapped-$way"
	done
done
for place in $tmpfs $ext4; do
	for name in map-read in-flight registered pinned pinned-audit pinned-enforce \
		    piped-audit piped-enforce \
		    exchanged-audit exchanged-enforce \
		    linked-audit linked-enforce bound times-audit times-enforce \
		    text filled-executable filled-readable lazily-audit lazily-enforce; do
		program "$place/$name"
	done
done
for fs in ${has_xfs:+xfs} ${has_btrfs:+btrfs}; do
	program "/tmp/$fs.mnt/deduped"
done
mkdir -p /tmp/masquerade
program /tmp/masquerade/bound
mkdir -p $ext4/lower $ext4/upper $ext4/inner $ext4/merged
for now in audit enforce; do
	program $ext4/lower/low-$now $ext4/lower/up-$now $ext4/reused-$now /tmp/ext4.mnt/remount-$now \
		/tmp/ext4.mnt/offline-$now /tmp/ext4.mnt/below-$now /tmp/ext4.mnt/device-$now
done
now=audit
program $ext4/lower/low-mapped
mount -t overlay -o lowerdir=$ext4/lower,upperdir=$ext4/upper,workdir=$ext4/inner overlay \
	$ext4/merged || bail "no overlay"
# shellcheck disable=SC2046  # no blanks in these names
items exec,mmap $(find $tmpfs $ext4 /tmp/*.mnt -type f ! -path '*/lower/*' ! -path '*/inner/*' \
	! -path '*/upper/*' ! -name '*.evil') >"$work/known"
load_items items <"$work/known"

# --- all the ways, alike --------------------------------------------------------

expect_change()
{
	judge "$now: $1" "$helpers/observe" -s -- "$alter" "$2" "$3"
}

expect_busy()
{
	busy_name=$1
	shift
	judge "$now: $busy_name" "$helpers/observe" -o 'Text file busy' -- "$@"
}

auditing()
{
	start_holding "$map" "$place/audit-$way" private:rx hold
	expect_change "$fs: mapped executable, it is changed by $way" "$way" "$place/audit-$way"
	stop_holding
	expect_audited "$fs: what was changed by $way is reported" mismatch "$place/audit-$way" \
		"$place/audit-$way"
}

enforcing()
{
	start_holding "$map" "$place/mapped-$way" private:rx hold
	expect_busy "$fs: mapped executable, $way is refused" "$alter" "$way" "$place/mapped-$way"
	stop_holding
	expect_permitted "$fs: and it is still the same" "$place/mapped-$way"
	"$place/$way" >/dev/null || comment "$place/$way does not run"
	# Exchanging blocks below the page cache is refused in any case
	if [ "$way" = move-extent ]; then
		expect_denied "$fs: $way" writable "" "$alter" "$way" "$place/$way"
		return
	fi
	"$alter" "$way" "$place/$way" || comment "$way failed"
	expect_denied "$fs: what was changed by $way" mismatch "$place/$way" "$place/$way"
}

skip_way()
{
	for what in "mapped executable, $way" "what was changed by $way"; do
		skip "$now: $fs: $what" "$1"
	done
	[ "$now" = audit ] || skip "$now: $fs: still the same after $way" "$1"
}

# each STEP: for each filesystem and way
each()
{
	for fs in $filesystems; do
		place=$(place_of "$fs")
		for way in $(ways_of "$fs"); do
			$1
		done
	done
	for fs in tmpfs ext4; do
		for way in $rings; do
			[ "$uring_ways" ] || skip_way io_uring
		done
	done
	for way in $cow_only; do
		fs=xfs
		[ "$has_xfs" ] || skip_way xfs
		fs=btrfs
		[ "$has_btrfs" ] || skip_way btrfs
	done
	fs=xfs
	for way in $xfs_only; do
		[ "$has_xfs" ] || skip_way xfs
	done
}

# --- who can write, though no descriptor of a task shows it ---------------------

writers()
{
	for place in $tmpfs $ext4; do
		for way in map-read in-flight registered; do
			if [ $way = registered ] && [ ! "$uring_ways" ]; then
				skip "$now: $place: registered with a ring" io_uring
				continue
			fi
			start_holding "$alter" hold-$way "$place/$way"
			expect_refused "$place: still open for writing: $way" writable \
				"$place/$way" "$map" "$place/$way" private:rx
			stop_holding
		done
	done
	pinning
	piping
}

# differs FILE SUM
differs()
{
	[ "$(sha256sum <"$1")" != "$2" ]
}

# Its descriptor and its mapping gone, a buffer that was registered is still written to
pinning()
{
	if [ ! "$uring_ways" ]; then
		for result in 1 2 3 4 5; do
			skip "$now: pinned: $result" io_uring
		done
		return
	fi
	start_holding "$alter" hold-pinned $tmpfs/pinned
	expect_refused "pinned for writing" writable $tmpfs/pinned "$map" $tmpfs/pinned private:rx
	stop_holding
	expect_permitted "the pin gone, it is mapped" "$map" $tmpfs/pinned private:rx
	start_holding "$alter" hold-pinned $tmpfs/pinned-$now
	sum=$(sha256sum <$tmpfs/pinned-$now)
	kill -USR1 "$holder"
	wait_for differs $tmpfs/pinned-$now "$sum"
	stop_holding
	expect_refused "and what was written through the pin is seen" mismatch \
		$tmpfs/pinned-$now "$map" $tmpfs/pinned-$now private:rx
	# The pages of a file on a disk are replaced by others
	start_holding "$alter" hold-pinned $ext4/pinned-$now
	expect_permitted "ext4: pinned for writing, it is mapped" "$map" $ext4/pinned-$now private:rx
	kill -USR1 "$holder"
	sleep 0.2
	expect_permitted "ext4: and what is written through the pin is not in it" \
		"$ext4/pinned-$now"
	stop_holding
}

# Who may only read a file can have so many references to a page that it looks pinned
piping()
{
	chmod 755 $ext4
	start_holding "$alter" hold-piped $ext4/piped-$now
	expect_permitted "in a thousand pipes of another user, it runs" "$ext4/piped-$now"
	stop_holding
}

# --- names ----------------------------------------------------------------------

names()
{
	for place in $tmpfs $ext4; do
		expect_permitted "$place: a file before it is exchanged" "$place/exchanged-$now"
		program "$place/other"
		start_holding "$map" "$place/exchanged-$now" private:rx hold
		expect_exchanged
		stop_holding
		expect_refused "$place: what was exchanged for another, in use or not" mismatch \
			"$place/exchanged-$now" "$place/exchanged-$now"
		expect_permitted "$place: a file before another link to it is written to" \
			"$place/linked-$now"
		ln "$place/linked-$now" "$place/link"
		"$helpers/change" write "$place/link"
		rm "$place/link"
		expect_refused "$place: written to by another link" mismatch "$place/linked-$now" \
			"$place/linked-$now"
	done
	expect_permitted "a file before another is bound over it" $ext4/bound
	mount --bind /tmp/masquerade/bound $ext4/bound
	expect_refused "another file bound over it" mismatch $ext4/bound $ext4/bound
	umount $ext4/bound
	expect_permitted "that gone, it is itself again" $ext4/bound
	mount --bind /tmp/masquerade $tmpfs
	expect_refused "a folder bound over its own" mismatch $tmpfs/bound $tmpfs/bound
	umount $tmpfs
}

expect_exchanged()
{
	judge "$now: $place: exchanging it while it is mapped works" "$helpers/observe" -s -q -- \
		"$alter" exchange "$place/exchanged-$now" "$place/other"
}

# --- layers ---------------------------------------------------------------------

layers()
{
	cd $ext4 || bail "no $ext4"
	expect_permitted "a program of the lower layer" merged/low-$now
	"$helpers/change" write lower/low-$now
	expect_refused "written to in the lower layer" mismatch $ext4/merged/low-$now merged/low-$now
	expect_permitted "a program that is to be copied up" merged/up-$now
	chmod 700 merged/up-$now
	expect_permitted "copied up, it is the same" merged/up-$now
	"$helpers/change" write upper/up-$now
	expect_refused "written to in the upper layer" mismatch $ext4/merged/up-$now merged/up-$now
	cd /
}

layer_in_use()
{
	start_holding "$map" $ext4/merged/low-mapped private:rx hold
	expect_busy "mapped on an overlay, its lower layer is busy" \
		"$helpers/change" write $ext4/lower/low-mapped
	judge "$now: the overlay has a copy of its own, which can be written to" \
		"$helpers/observe" -s -q -- "$helpers/change" write $ext4/merged/low-mapped
	expect_busy "and still its lower layer is busy" "$helpers/change" write $ext4/lower/low-mapped
	stop_holding
	expect_denied "and what was written is not what is listed" mismatch \
		$ext4/merged/low-mapped $ext4/merged/low-mapped
}

# --- times and numbers ----------------------------------------------------------

# Same size, same times, other bytes
forged_times()
{
	for place in $tmpfs $ext4; do
		expect_permitted "$place: a file before its times are forged" "$place/times-$now"
		stat -c '%.9Y %.9Z %s %i' "$place/times-$now" >"$work/times"
		ctime=$(stat -c %Z "$place/times-$now")
		mtime=$(stat -c %.9Y "$place/times-$now")
		clock=$(date +%s)
		date -s "@$ctime" >/dev/null
		"$helpers/change" write "$place/times-$now"
		touch -d "@$mtime" "$place/times-$now"
		date -s "@$clock" >/dev/null
		comment "before $(cat "$work/times"), after" \
			"$(stat -c '%.9Y %.9Z %s %i' "$place/times-$now")"
		expect_refused "$place: other bytes of the same size and times" mismatch \
			"$place/times-$now" "$place/times-$now"
	done
}

# The next file of that name has the number of the one before it
reused_number()
{
	file=$ext4/reused-$now
	expect_permitted "a file before it makes room for another" "$file"
	number=$(stat -c %i "$file")
	cp "$file" "$work/reused"
	"$helpers/change" write "$work/reused"
	tries=0
	rm "$file"
	while cp "$work/reused" "$file" && [ "$(stat -c %i "$file")" != "$number" ] &&
	      [ $tries -lt 20 ]; do
		mv "$file" "$file.$tries"
		tries=$((tries + 1))
	done
	if [ "$(stat -c %i "$file")" = "$number" ]; then
		pass "$now: another file has its inode number"
	else
		fail "$now: another file has its inode number" "not within $tries tries"
	fi
	expect_refused "another file of the same inode number" mismatch "$file" "$file"
	rm -f "$file".*
}

# --- filesystems in files -------------------------------------------------------

image()
{
	mnt=/tmp/ext4.mnt
	file=$mnt/remount-$now
	expect_permitted "a file before its filesystem is mounted anew" "$file"
	mount -o remount,ro $mnt
	expect_permitted "read-only, it is the same" "$file"
	mount -o remount,rw $mnt
	"$helpers/change" write "$file"
	mount -o remount,ro $mnt
	expect_refused "read-only again, but changed in between" mismatch "$file" "$file"
	mount -o remount,rw $mnt

	file=$mnt/offline-$now
	expect_permitted "a file before its image is changed offline" "$file"
	offset=$("$alter" where "$file")
	umount $mnt
	put_byte_at "$offset" /tmp/ext4
	mount -o loop /tmp/ext4 $mnt
	expect_refused "changed in the image while that was not mounted" mismatch "$file" "$file"
}

# put_byte_at OFFSET FILE
put_byte_at()
{
	printf X | dd of="$2" bs=1 seek="$1" conv=notrunc,fsync status=none
}

# expect_no_other_bytes NAME FILE: once none of its bytes is in memory, it has its old
# bytes, or does not run. A process that has it open keeps the state that rivet has of
# it
expect_no_other_bytes()
{
	# Audit mode permits the change, and reports it
	if [ "$now" = audit ]; then
		if has_event op=MMAP errno=0 reason=writable; then
			pass "audit: $1: it was reported"
		else
			fail "audit: $1: it was reported" "$(events_since)"
		fi
		return
	fi
	exec 9<"$2"
	echo 1 >/proc/sys/vm/drop_caches
	if [ "$sum" = "$(sha256sum <"$2")" ]; then
		expect_permitted "$1: it is as it was" "$2"
	else
		expect_refused "$1: it is other bytes" mismatch "$2" "$2"
	fi
	exec 9<&-
}

# The device that stores a file is written to, past the filesystem
beneath()
{
	mnt=/tmp/ext4.mnt
	file=$mnt/below-$now
	sum=$(sha256sum <"$file")
	expect_permitted "a file before its image is written to" "$file"
	mark_events
	put_byte_at "$("$alter" where "$file")" /tmp/ext4
	expect_no_other_bytes "its image written to" "$file"

	file=$mnt/device-$now
	sum=$(sha256sum <"$file")
	expect_permitted "a file before its block device is written to" "$file"
	mark_events
	put_byte_at "$("$alter" where "$file")" "$(losetup -n -O NAME -j /tmp/ext4)"
	expect_no_other_bytes "its block device written to" "$file"

	# Its blocks are exchanged, and its pages in memory keep the old bytes
	file=$ext4/lazily-$now
	sum=$(sha256sum <"$file")
	expect_permitted "a file before its blocks are exchanged" "$file"
	mark_events
	"$alter" move-extent-lazily "$file" || comment "EXT4_IOC_MOVE_EXT failed"
	"$file"
	expect_no_other_bytes "its blocks exchanged" "$file"
}

# --- memory ---------------------------------------------------------------------

# The kernel does not write where a task could not
memory()
{
	vm_says='Bad address'
	[ "$now" = audit ] || vm_says='Operation not permitted'
	judge "$now: process_vm_writev does not write to an executable mapping" \
		"$helpers/observe" -o "$vm_says" "mode=$now" op=ANON_EXEC reason=anonymous -- \
		"$alter" process-vm $ext4/text
	for how in executable readable; do
		if [ ! "$has_uffd" ]; then
			skip "$now: ext4: userfaultfd on a file mapped $how" userfaultfd
			skip "$now: tmpfs: userfaultfd on a file mapped $how" userfaultfd
			continue
		fi
		# Each under a name of its own, so that none is folded into the one before
		ln -sf "$helpers/uffd" "$work/uffd-a-$how"
		ln -sf "$helpers/uffd" "$work/uffd-b-$how"
		if [ "$now" = audit ]; then
			judge "audit: ext4: userfaultfd takes no file mapped $how" \
				"$helpers/observe" -o 'Invalid argument' mode=audit op=ANON_EXEC \
				reason=anonymous -- "$work/uffd-a-$how" $how $ext4/filled-$how
		else
			expect_denied "ext4: userfaultfd for a file mapped $how" anonymous "" \
				"$work/uffd-a-$how" $how $ext4/filled-$how
		fi
		expect_refused "tmpfs: userfaultfd fills a file mapped $how" anonymous "" \
			"$work/uffd-b-$how" $how $tmpfs/filled-$how
	done
}

# Deduplication needs no descriptor to write with, and compares
deduplication()
{
	for fs in xfs btrfs; do
		if [ ! -e "/tmp/$fs.mnt/deduped" ]; then
			skip "$now: $fs: deduplicated with other bytes" $fs
			skip "$now: $fs: it is still the same" $fs
			continue
		fi
		start_holding "$map" "/tmp/$fs.mnt/deduped" private:rx hold
		if [ $fs:$now = xfs:enforce ]; then
			# It would remove the pages that are held, in this mode alone
			about=op=MMAP
			expect_refused "xfs: deduplicated with other bytes" writable '' \
				"$alter" dedupe "/tmp/$fs.mnt/deduped"
			about=
		else
			expect_permitted "$fs: deduplicated with other bytes" \
				"$alter" dedupe "/tmp/$fs.mnt/deduped"
		fi
		stop_holding
		expect_permitted "$fs: deduplicated with other bytes it is still the same" \
			"/tmp/$fs.mnt/deduped"
	done
}

# --- the cases ------------------------------------------------------------------

all_cases()
{
	writers
	names
	layers
	forged_times
	reused_number
	image
	beneath
	memory
	deduplication
}

has_uffd=yes
case $("$helpers/uffd" executable /nowhere 2>&1) in
userfaultfd:*) has_uffd= ;;
esac

each auditing
all_cases
enforce
each enforcing
layer_in_use
all_cases

finish
