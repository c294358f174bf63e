#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# change.sh - files that change after they were verified: not in use, the change is
# found out at the next use; mapped executable, enforce mode keeps writers out

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 73
get_ready
map=$helpers/mapping
change=$helpers/change
tmpfs=/tmp/change
ext4=/mnt/scratch/change
ways='write ftruncate truncate open-truncate read-truncate punch map'
mkdir -p $tmpfs $ext4

# program FILE...: each of its own content
program()
{
	for file; do
		cp "$helpers/hello" "$file"
		echo "$file" >>"$file"
	done
}

for place in $tmpfs $ext4; do
	for way in $ways; do
		program "$place/$way" "$place/mapped-$way"
	done
	for name in replaced audit audit-mapped writer appender mapper update update-next freed runs; do
		program "$place/$name"
	done
done
(cd / && items exec,mmap $tmpfs/* $ext4/*) >"$work/known"
# The update: both contents are listed for the name that they take turns to have
for place in $tmpfs $ext4; do
	items exec,mmap "$place/update-next" | sed 's/-next$//' >>"$work/known"
done
load_items items <"$work/known"

# expect_busy NAME COMMAND...: as a running program answers
expect_busy()
{
	busy_name=$1
	shift
	judge "$now: $busy_name" "$helpers/observe" -o 'Text file busy' -- "$@"
}

expect_change()
{
	judge "$now: $1" "$helpers/observe" -s -- "$change" "$2" "$3"
}

unused()
{
	for way in $ways; do
		"$place/$way" >/dev/null || bail "$place/$way does not run"
		"$change" "$way" "$place/$way" || comment "$way failed"
		expect_denied "$fs: changed by $way" mismatch "$place/$way" "$place/$way"
	done
	"$place/replaced" >/dev/null
	program "$place/other"
	mv "$place/other" "$place/replaced"
	expect_denied "$fs: replaced by renaming" mismatch "$place/replaced" "$place/replaced"
}

in_use()
{
	for way in $ways; do
		start_holding "$map" "$place/mapped-$way" private:rx hold
		sum=$(sha256sum <"$place/mapped-$way")
		expect_busy "$fs: mapped executable, $way is refused" \
			"$change" "$way" "$place/mapped-$way"
		[ "$sum" = "$(sha256sum <"$place/mapped-$way")" ] || comment "but it changed"
		stop_holding
	done
	expect_permitted "$fs: after all that it is still the same" "$place/mapped-write"
	start_holding "$map" "$place/freed" private:rx hold
	stop_holding
	expect_change "$fs: no longer mapped, it may be written" write "$place/freed"
	expect_denied "$fs: and the change is seen" mismatch "$place/freed" "$place/freed"
}

writers()
{
	start_holding "$change" hold-open "$place/writer"
	expect_denied "$fs: open for writing elsewhere" writable "$place/writer" \
		"$map" "$place/writer" private:rx
	expect_busy "$fs: a program open for writing is busy" "$place/writer"
	stop_holding
	expect_permitted "$fs: the writer gone, it is mapped" "$map" "$place/writer" private:rx
	start_holding "$change" hold-append "$place/appender"
	expect_denied "$fs: open for appending elsewhere" writable "$place/appender" \
		"$map" "$place/appender" private:rx
	stop_holding
	start_holding "$change" hold-map "$place/mapper"
	expect_denied "$fs: mapped writable elsewhere, its descriptor closed" writable \
		"$place/mapper" "$map" "$place/mapper" private:rx
	stop_holding
	expect_permitted "$fs: that mapping gone, it runs" "$place/mapper"
	expect_denied "$fs: the task itself has it open for writing" writable "$place/runs" \
		"$map" "$place/runs" reopen-rw shared:rx
}

# An update in the manner of package managers, while the old file is in use
update()
{
	start_holding "$map" "$place/update" private:rx hold
	cp "$place/update-next" "$place/new"
	mv "$place/new" "$place/update"
	expect_permitted "$fs: replaced by a listed version while the old one is in use" \
		"$place/update"
	expect_permitted "$fs: and mapped" "$map" "$place/update" private:rx
	stop_holding
}

auditing()
{
	"$place/audit" >/dev/null
	expect_change "$fs: an unused file is written" write "$place/audit"
	expect_audited "$fs: and the change is reported" mismatch "$place/audit" "$place/audit"
	start_holding "$map" "$place/audit-mapped" private:rx hold
	expect_change "$fs: a mapped file is written" write "$place/audit-mapped"
	expect_change "$fs: or truncated" truncate "$place/audit-mapped"
	stop_holding
	start_holding "$change" hold-open "$place/writer"
	expect_audited "$fs: open for writing elsewhere" writable "$place/writer" \
		"$map" "$place/writer" private:rx
	stop_holding
}

on_both()
{
	for step; do
		place=$tmpfs fs=tmpfs
		$step
		place=$ext4 fs=ext4
		$step
	done
}

on_both auditing
enforce
on_both unused in_use writers update

# --- files verified before enforcing are measured anew --------------------------

back_to_audit || bail "no way back to audit"
program $ext4/crossing
{
	cat "$work/known"
	items exec,mmap $ext4/crossing
} | load_items items
start_holding "$map" $ext4/crossing private:rx hold
enforce
expect_busy "a file mapped before enforcing is kept from writers" "$change" write $ext4/crossing
stop_holding
expect_change "unmapped, it is not" write $ext4/crossing
expect_denied "and its change is seen" mismatch $ext4/crossing $ext4/crossing

# --- fs-verity ------------------------------------------------------------------

program $ext4/verity $ext4/verity-by-sha256 $ext4/verity-unlisted
cp $ext4/verity $ext4/verity-copy
for name in verity verity-by-sha256 verity-unlisted; do
	fsverity enable $ext4/$name || bail "no fs-verity"
done
{
	cat "$work/known"
	items exec,mmap $ext4/verity-by-sha256
	echo "verity:$(fsverity measure $ext4/verity | cut -d ' ' -f 1)" \
		"$(stat -c %s $ext4/verity) exec,mmap $ext4/verity"
} | load_items items
if grep -q '^fsverity_digest live' $rivet/coverage; then
	expect_permitted "a file listed by its fs-verity digest" $ext4/verity
	expect_permitted "and mapped" "$map" $ext4/verity private:rx
	expect_permitted "and made executable, without ever being read" \
		"$map" $ext4/verity private:r protect:rx
else
	for name in "a file listed by its fs-verity digest" "and mapped" \
		    "and made executable, without ever being read"; do
		skip "$now: $name" "fsverity_get_digest for modules"
	done
fi
expect_permitted "a file with fs-verity that is listed by its SHA-256" $ext4/verity-by-sha256
expect_denied "an unlisted file with fs-verity" unlisted $ext4/verity-unlisted \
	$ext4/verity-unlisted
expect_denied "a copy without fs-verity" unlisted $ext4/verity-copy $ext4/verity-copy

finish
