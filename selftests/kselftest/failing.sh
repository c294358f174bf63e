#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# failing.sh - memory runs out at each place in turn where a measurement asks for some: the
# use fails or is permitted as listed, nothing is permitted for want of memory, a partial
# measurement is forgotten, and no page stays referenced. (faults.sh does the same for all
# of rivet, on a kernel with fault injection.)
#
# wide
# needs: module failing

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

nth=/sys/module/failing/parameters/nth

plan 26
if ! insmod /rivet-test/failing.ko 2>/dev/null; then
	for result in $(seq 26); do
		skip "memory runs out $result" "saving of registers by ftrace"
	done
	finish
fi
for module in loop vfat nls_cp437 nls_ascii; do
	modprobe -q "$module"
done
mkdir -p /fs/memory /fs/fat
mount -t tmpfs none /fs/memory
truncate -s 40M /mnt/scratch/fat
mkdosfs /mnt/scratch/fat >/dev/null
mount -t vfat -o loop /mnt/scratch/fat /fs/fat || bail "no vfat"
cp "$helpers/hello" /opt/listed
cp "$helpers/hello" /opt/unlisted
echo unlisted >>/opt/unlisted

get_ready
items exec,mmap /opt/listed | any_path | load_items items
settings()
{
	{ strict_rules && echo "SET resident=$1"; } | load_policy strict
}
settings all
enforce

# failing_at N COMMAND...: its status; with $left set, as many calls were lacking
failing_at()
{
	echo "$1" >"$nth"
	shift
	"$@" >"$work/said" 2>&1
	failing_status=$?
	read -r left <"$nth"
	echo 0 >"$nth"
	return "$failing_status"
}

# fill FILE SOURCE: anew, so that nothing is known of it
fill()
{
	cat "$2" >"$1"
	chmod 755 "$1"
	sync
}

# each_fails FILE WAY...: FILE is used in turns, each with another failure. Prints in how many
# turns something failed, and how often the use was refused; ends with 1 if anything was wrong
each_fails()
{
	file=$1
	shift
	failed=0 refused=0 at=1
	while [ "$at" -lt 200 ]; do
		fill "$file" /opt/listed
		failing_at "$at" "$@" "$file" || refused=$((refused + 1))
		[ "$left" = 0 ] || break
		failed=$((failed + 1))
		"$@" "$file" >"$work/said" 2>&1 || {
			echo "turn $at: not measured afterwards: $(cat "$work/said")"
			return 1
		}
		echo change >>"$file"
		if "$@" "$file" >/dev/null 2>&1; then
			echo "turn $at: it is permitted after a change"
			return 1
		fi
		at=$((at + 1))
	done
	echo "$failed failures, $refused refusals"
	rm "$file"
	[ "$failed" -gt 5 ] && [ "$refused" -gt 2 ]
}

# none_permits FILE WAY...: the same for an unlisted file: no turn permits it. There are fewer
# turns than with a listed file: what no use stands on is not kept.
none_permits()
{
	file=$1
	shift
	at=1 left=0
	while [ "$at" -lt 200 ]; do
		fill "$file" /opt/unlisted
		if failing_at "$at" "$@" "$file"; then
			echo "turn $at: it is permitted"
			return 1
		fi
		[ "$left" = 0 ] || break
		at=$((at + 1))
	done
	echo "$at turns"
	rm "$file"
	[ "$at" -gt 2 ]
}

# first_fails FILE WAY...: nothing succeeds in between: the first on its filesystem
first_fails()
{
	file=$1
	shift
	at=1 left=0
	fill "$file" /opt/listed
	until failing_at "$at" "$@" "$file" && [ "$left" != 0 ]; do
		at=$((at + 1))
		[ "$at" -lt 200 ] || return 1
		echo 3 >/proc/sys/vm/drop_caches
	done
	echo "$at turns"
	[ "$at" -gt 5 ]
}

execute()
{
	"$1"
}

map()
{
	"$helpers/mapping" "$1" private:rx
}

for way in map execute; do
	[ "$way" = execute ] || judge "vfat: the first file of it: $way" first_fails /fs/fat/first "$way"
	for place in /mnt/scratch /fs/fat /fs/memory; do
		judge "$place: $way: each failure" each_fails "$place/$way" "$way"
		judge "$place: $way: an unlisted file" none_permits "$place/un$way" "$way"
	done
done

map_anew()
{
	chmod 700 "$1"
	chmod 755 "$1"
	failing_at "$at" map "$1"
}

# gone_from FILE: how many pages stay in memory after all failures, which have references
gone_from()
{
	fill "$1" /opt/listed
	at=1 left=0
	until map_anew "$1" && [ "$left" != 0 ]; do
		at=$((at + 1))
		[ "$at" -lt 200 ] || return 1
	done
	echo 3 >/proc/sys/vm/drop_caches
	echo 3 >/proc/sys/vm/drop_caches
	"$helpers/resident" cached "$1"
}

for place in /mnt/scratch /fs/fat; do
	expect_text "$place: no page stays referenced" "0 pages in memory" gone_from "$place/gone"
done
settings off
expect_text "no page is counted as held" "resident_pages 0" cat $rivet/stats
settings mapped

# --- the quarantine list ----------------------------------------------------------------

has_entry()
{
	[ "$(grep -c -F "$1" "$rivet/quarantine")" = 1 ]
}

# enters FOLDER: unlisted programs are used in turns, each with another failure. None is
# permitted, and the next use enters one that has no entry for want of memory
enters()
{
	at=1 left=0 missed=0
	while [ "$at" -lt 60 ]; do
		file=$1/$at
		fill "$file" /opt/unlisted
		echo "$at" >>"$file"
		if failing_at "$at" "$file"; then
			echo "turn $at: it is permitted"
			return 1
		fi
		[ "$left" = 0 ] || break
		digest=$(sha256sum "$file" | cut -d ' ' -f 1)
		has_entry "$digest" || missed=$((missed + 1))
		if "$file" 2>/dev/null; then
			echo "turn $at: it is permitted afterwards"
			return 1
		fi
		has_entry "$digest" || {
			echo "turn $at: it has no entry"
			return 1
		}
		at=$((at + 1))
	done
	echo "$at turns, $missed without an entry at first"
	[ "$at" -gt 2 ] && [ "$missed" -gt 0 ]
}

# gives_back: two entries in each turn
gives_back()
{
	at=1 left=0
	while [ "$at" -lt 60 ]; do
		printf 'add 1 denied away sha256:%064d 9 unlisted EXECUTE 7 1 1 1 a 1.0.0 1 init /x\n' \
			$((at * 2)) $((at * 2 + 1)) >"$work/back"
		failing_at "$at" write_whole "$work/back" "$rivet/quarantine"
		[ "$left" = 0 ] || break
		write_whole "$work/back" "$rivet/quarantine" || return
		has_entry "$(printf 'sha256:%064d' $((at * 2)))" || return
		has_entry "$(printf 'sha256:%064d' $((at * 2 + 1)))" || return
		at=$((at + 1))
	done
	echo "$at turns"
	[ "$at" -gt 2 ]
}

mkdir /opt/m2m
{ echo "op=EXECUTE path=/opt/m2m/* action=QUARANTINE" && strict_rules; } | load_policy strict
judge "an entry: each failure" enters /opt/m2m
judge "entries given back: each failure" gives_back
expect_permitted "no listed file is refused by that" /opt/listed
settings mapped
expect_permitted "a listed program" /opt/listed
expect "enforcement ends" back_to_audit
expect_text "no page is counted as held" "resident_pages 0" cat $rivet/stats

# --- what runs already when enforcement begins ------------------------------------

# By the shell itself: a program's start would ask for memory, too
try_enforcement()
{
	echo enforce 1 >"$rivet/mode"
}

is_audit()
{
	[ "$(mode)" = audit ]
}

# misses_number: among the events since the mark
misses_number()
{
	events_since | awk -v "last=$event_mark" '
		$1 != last + 1 { missing = 1 }
		{ last = $1 }
		END { exit !missing }'
}

# looks_fail: enforcement begins and lapses in turns, each with another failure, and it names
# the unlisted file that is mapped, or says that memory ran out. If the memory of that event
# itself is lacking, a number is missing
looks_fail()
{
	failing_at 1000000 try_enforcement || return 1
	wait_for is_audit
	requests=$((1000000 - left))
	told=0 began=0
	for part in $(seq 24); do
		mark_events
		failing_at $((requests * part / 25)) try_enforcement || continue
		wait_for is_audit
		began=$((began + 1))
		if events_since | grep -q "out of memory"; then
			told=$((told + 1))
		elif ! misses_number && ! events_since | grep -q "has /opt/unlisted mapped: unlisted"; then
			echo "request $((requests * part / 25)): nothing is said: $(events_since)"
			return 1
		fi
	done
	echo "$requests requests, it began $began times, and memory ran out in $told"
	[ "$told" -gt 0 ]
}

start_holding "$helpers/mapping" /opt/unlisted private:rx hold
judge "what was not looked at for want of memory is counted" looks_fail
stop_holding
expect "rivet is unloaded" rmmod rivet
expect "vfat is unmounted" umount /fs/fat
expect "and files in memory" umount /fs/memory
rmmod failing
finish
