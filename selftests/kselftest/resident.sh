#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# resident.sh - the measured bytes are the bytes that run: after any change to the disk
# below a file and to its pages in memory, no others run. Each way is shown to work with
# resident=off.

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

helper=$helpers/resident
place=/fs/disk
group=/sys/fs/cgroup/small
RESIDENT_RECLAIM=$group/memory.reclaim
export RESIDENT_RECLAIM
mkdir -p $place /fs/memory
# Pages are lost in these ways; the last are failures of memory
ways='drop fadvise pageout memory poison hard'
others='again removed chattr late torn twice'

plan 67
unseen_disk $place
mount -t tmpfs none /fs/memory

for way in $ways $others; do
	"$helper" make "$place/$way" "way $way" 16
	"$helper" make "$place/$way.off" "off $way" 16
done
for file in line line.off; do
	printf '#!%s measured\n' "$helpers/hello" >"$place/$file"
done
cp "$helpers/hello" "$place/entry"
cp "$helpers/hello" "$place/entry.off"
chmod 755 $place/line* $place/entry*
sync

# A control group of which the kernel can be told to take memory back
make_group()
{
	[ -e /sys/fs/cgroup/cgroup.controllers ] || mount -t cgroup2 none /sys/fs/cgroup
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control &&
		mkdir -p $group && echo 12M >$group/memory.max && [ -e $RESIDENT_RECLAIM ]
}

in_group()
{
	echo 1 >/proc/sys/vm/drop_caches
	sh -c "echo \$\$ >$group/cgroup.procs; exec \"\$@\"" sh "$@"
}

# run WAY FILE NAME: ends with 0 if nothing else ran
run()
{
	case $1 in
	memory) in_group "$helper" run "$@" ;;
	*) "$helper" run "$@" ;;
	esac
}

# escapes WAY FILE NAME: something else ran
escapes()
{
	run "$@"
	[ $? = 1 ]
}

# patch_both SUFFIX LINE ENTRY: other bytes on the disk where a line names an interpreter's
# argument, and an ELF header the address where the program begins
patch_both()
{
	printf %s "$2" | "$helper" patch "$place/line$1" $((${#helpers} + 9))
	"$helper" patch "$place/entry$1" 24 <"$3"
}

# The first pages have other bytes in memory, but the disk has the listed ones. The disk
# counts, since the files are about to be swap areas
lie_about_headers()
{
	dd if="$place/entry$1" of="$work/entry" bs=1 skip=24 count=8 status=none
	head -c 8 /dev/zero >"$work/zeros"
	patch_both "$1" spoiled. "$work/zeros"
	echo 1 >/proc/sys/vm/drop_caches
	cat "$place/line$1" "$place/entry$1" >/dev/null
	patch_both "$1" measured "$work/entry"
	"$helper" stale "$place/line$1"
	"$helper" stale "$place/entry$1"
}

settings()
{
	{ strict_rules && echo "SET resident=$1"; } | load_policy strict
}

# Before 6.8 a program is opened, and so measured, when the kernel has begun to execute it;
# later ones read its first bytes before it is measured
measured_when_opened()
{
	[ "$(printf '%s\n6.8\n' "$(uname -r)" | sort -V | head -n 1)" != 6.8 ]
}

# fails_to_begin PROGRAM: it dies of SIGSEGV before it does anything
fails_to_begin()
{
	[ ! "$("$@" 2>/dev/null)" ]
}

can_fail()
{
	[ -e /sys/devices/system/memory/hard_offline_page ]
}

# --- behind the end of a file ---------------------------------------------------

get_ready
for file in $place/slack /fs/memory/slack /fs/memory/slack.off; do
	"$helper" make "$file" slack 1
	printf 'the end' >>"$file"
done
for way in $ways $others slack; do
	items mmap "$place/$way"
	[ "$way" = slack ] || items mmap "$place/$way.off"
done >"$work/items"
items exec $place/line* $place/entry* >>"$work/items"
items mmap /fs/memory/slack* >>"$work/items"
load_items files <"$work/items"
make_group || bail "no control groups"

judge "audit: code behind the end of a file is gone once it is measured" \
	"$helper" slack $place/slack
judge "audit: of a file in memory too" "$helper" slack /fs/memory/slack

# --- without, each way works ----------------------------------------------------

settings off
enforce
judge "resident=off: code behind the end of a file is gone" "$helper" slack /fs/memory/slack.off
for way in $ways; do
	if [ "$way" = poison ] || [ "$way" = hard ] && ! can_fail; then
		skip "resident=off: $way" "failures of memory"
	else
		judge "resident=off: $way: bytes that nobody measured run" \
			escapes "$way" "$place/$way.off" "off $way"
	fi
done
lie_about_headers .off
if measured_when_opened; then
	expect_text "resident=off: an interpreter gets what was measured" "hello measured" \
		$place/line.off
	expect_text "resident=off: a program begins where it was measured" hello $place/entry.off
else
	expect_text "resident=off: an interpreter gets what nobody measured" "hello spoiled." \
		$place/line.off
	judge "resident=off: a program begins where nobody measured" \
		fails_to_begin $place/entry.off
fi
start_holding "$helpers/mapping" $place/chattr.off private:rx hold
expect "resident=off: a file in use has its data journalled" chattr +j $place/chattr.off
stop_holding
expect_text "no pages are held" "resident_files 0" cat $rivet/stats
expect_text "the coverage says so" "resident off" cat $rivet/coverage

# --- with, none does ------------------------------------------------------------

settings mapped
expect_text "the coverage says so" "resident live" cat $rivet/coverage
for way in $ways; do
	if [ "$way" = poison ] || [ "$way" = hard ] && ! can_fail; then
		skip "$way" "failures of memory"
	else
		judge "$way: nothing else runs" run "$way" "$place/$way" "way $way"
	fi
done
lie_about_headers ''
expect_text "an interpreter gets the line that was measured" "hello measured" $place/line
expect_text "a program begins where it was measured" "hello" $place/entry
read_differently=2
! measured_when_opened || read_differently=0
expect_text "both are counted" "resident_headers $read_differently" cat $rivet/stats
expect "pages are held" test "$(stat_value resident_pages)" -gt 16
expect "of files" test "$(stat_value resident_files)" -gt 1

# --- measured again while it is mapped ------------------------------------------

start_holding "$helpers/mapping" $place/again private:rx hold
chmod 711 $place/again
judge "measured again while it is mapped, nothing else runs" run drop $place/again "way again"
stop_holding

# both: it is measured by one of two tasks while the other waits, over and over
both()
{
	for _ in $(seq 10); do
		chmod 700 "$place/twice"
		chmod 755 "$place/twice"
		"$helper" run none "$place/twice" - >/dev/null &
		"$helper" run none "$place/twice" - >/dev/null || return 1
		wait $! || return 1
	done
}
expect "two tasks measure a file at once" both
before=$(stat_value resident_files)
expect "and again" both
expect "its pages are held once" test "$(stat_value resident_files)" -le $((before + 1))

# --- the filesystem sets the operations of the mapping --------------------------

start_holding "$helpers/mapping" $place/chattr private:rx hold
expect_denied "to journal the data of a file in use" writable $place/chattr chattr +j $place/chattr
judge "nothing else runs" run drop $place/chattr "way chattr"
stop_holding
expect "of a file that nobody uses it is changed" chattr +j $place/chattr
expect "and back" chattr -j $place/chattr

# --- unused pages are given back ------------------------------------------------

before=$(stat_value resident_given_back)
echo 2 >/proc/sys/vm/drop_caches
expect "pages that nobody uses are given back" \
	test "$(stat_value resident_given_back)" -gt "$before"
judge "and the file is measured again: it is not what is listed" \
	"$helpers/observe" -o 'Permission denied' reason=mismatch -- \
	"$helper" run none $place/drop -
expect "which is counted" test "$(stat_value resident_measured_again)" -gt 0

# give_all_back: three times, since pages that were used of late are left at first
give_all_back()
{
	for _ in 1 2 3; do
		echo 2 >/proc/sys/vm/drop_caches
	done
}

# A user can have any copy of a listed file measured, and keep it open
cp "$helpers/hello" $place/copy
exec 4<$place/copy
give_all_back
before=$(stat_value resident_files)
expect_denied "a copy" moved $place/copy "$helpers/mapping" $place/copy private:rx
give_all_back
expect "pages of what was refused are given back though it is open" \
	test "$(stat_value resident_files)" -le "$before"
expect_permitted "and its owner writes to it" sh -c "echo >>$place/copy"
exec 4<&-

# start_and_shrink: programs start while the shrinker takes pages; none is refused
start_and_shrink()
{
	(for _ in $(seq 40); do
		echo 2 >/proc/sys/vm/drop_caches
	done) &
	shrinking=$!
	for _ in $(seq 60); do
		"$helper" run none "$place/again.off" - >/dev/null || return 1
		"$helpers/hello" >/dev/null || return 1
	done
	wait "$shrinking"
}
mark_events
expect "programs start while pages are given back" start_and_shrink
expect_no_text "none is refused" errno=13 events_since

# --- pages are gone for good, and come back -------------------------------------

mark_events
if can_fail; then
	start_holding "$helpers/mapping" $place/torn private:rx hold
	expect_text "a page of a file in use is removed by force" "before: SIGBUS" \
		"$helper" run hard $place/torn -
	# Its last mapping was refused already, and the event is not repeated
	expect_text "the file is not used anew while somebody has the rest mapped" \
		"Permission denied" "$helper" run none $place/torn -
	expect "which is an I/O error" has_event mode=enforce errno=13 reason=io-error \
		"path=\"$place/torn\""
	stop_holding
	expect "when nobody does, it is read from its disk again" \
		wait_for "$helper" run none $place/torn -
else
	for name in removed refused event again; do
		skip "pages gone for good: $name" "failures of memory"
	done
fi

# --- the end of a file, a filesystem and of enforcement -------------------------

start_holding "$helpers/mapping" $place/removed private:rx hold
expect "a file that is in use is removed" rm $place/removed
stop_holding
sync
expect "frozen" fsfreeze --freeze $place
judge "frozen, a file runs" run none $place/late -
expect "thawed" fsfreeze --unfreeze $place
expect "read-only" mount -o remount,ro $place
expect "writable" mount -o remount,rw $place
judge "nothing else runs still" run drop $place/late "way late"
expect "unmounted with pages held" umount $place
mount -t ext4 -o noatime "$disk" $place || bail "it is not mounted again"

# --- in use, and enforcement ends -----------------------------------------------

expect_permitted "a program" "$helpers/hello"
expect "its pages are held" test "$(stat_value resident_files)" -gt 0
expect "enforcement ends" back_to_audit
expect_text "no pages are held any more" "resident_files 0" cat $rivet/stats
expect_text "none at all" "resident_pages 0" cat $rivet/stats
judge "audit: the disk is read again" escapes drop $place/late.off "off late"
enforce
expect_permitted "a program, with pages held again" "$helpers/hello"
expect "its pages are held" test "$(stat_value resident_files)" -gt 0
expect "enforcement ends again" back_to_audit
expect "rivet is unloaded" rmmod rivet
judge "without rivet: the disk is read again" escapes drop $place/chattr.off "off chattr"
expect_permitted_alone()
{
	"$helpers/hello" >/dev/null
}
expect "and programs run" expect_permitted_alone
exec 3>&-
umount $place
expect "the disk is let go of" losetup -d "$disk"

finish
