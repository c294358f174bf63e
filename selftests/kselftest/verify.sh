#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# verify.sh - listed files read again on request and by SET reverify=: a change below
# the page cache is found, with --fresh one of the device alone; progress, cancel,
# bounds, an asker that ends, and unloading meanwhile
#
# needs: userspace
#
# wide: 7.x

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 61
place=/fs/disk
helper=$helpers/resident
nonce=00112233445566778899aabbccddeeff
mkdir -p $place /fs/memory /opt/m2m
unseen_disk $place
mount -t tmpfs none /fs/memory
for file in $place/held $place/loose /fs/memory/file /opt/m2m/good; do
	cp "$helpers/hello" "$file"
	echo "$file" >>"$file"
done
truncate -s 1G /mnt/scratch/big
sync

# spoil FILE: other bytes on the device, where the kernel ignores them
spoil()
{
	printf spoiled | "$helper" patch "$1" 9
}

# field NAME: of the last report as JSON
field()
{
	sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$work/report"
}

report()
{
	rivetctl verify --json --report "${1:-0}" >"$work/report" 2>/dev/null
}

is_state()
{
	report
	[ "$(field state)" = "$1" ]
}

# expect_field NAME FIELD VALUE
expect_field()
{
	field_value=$(field "$2")
	if [ "$field_value" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "$2 is '$field_value', not '$3': $(head -c 800 "$work/report")"
	fi
}

# --- the honest case, and who may ask -------------------------------------------------

get_ready
items exec,mmap $place/held $place/loose | load_items disk
items exec,mmap /fs/memory/file /opt/m2m/good | load_items other
ends "a good file" 0 rivetctl verify $place/held
says "it matches" '1 of 1 files, 1 match, 0 fail, 0 missing'
json "the same as JSON" 0 rivet.verify/1 rivetctl verify --nonce $nonce $place/held
cp "$work/out" "$work/report"
expect_field "the asker's nonce" nonce $nonce
expect_field "this boot" boot_id "$(cat /proc/sys/kernel/random/boot_id)"
expect_field "it is complete" complete true
ends "a set" 0 rivetctl verify --set disk --fresh
says "all of it" '2 of 2 files, 2 match'
ends "two filesystems, read from the device where that is possible" 0 \
	rivetctl verify --fresh /fs/memory/file $place/held
says "one of them has no direct reads" '1 files were read from memory'
ends "everything that is listed" 0 rivetctl verify --all
says "nothing fails" ' 0 fail'
ends "without CAP_MAC_ADMIN" 7 setpriv --bounding-set -mac_admin --inh-caps -mac_admin -- \
	rivetctl verify $place/held
warns "the capability is named" CAP_MAC_ADMIN
ends "an ordinary user" 7 setpriv --reuid=65534 --regid=65534 --clear-groups -- \
	rivetctl verify $place/held

# --- files not listed ---------------------------------------------------------------

mkfifo /opt/m2m/fifo
ends "a file that no set lists" 5 rivetctl verify /etc/passwd
says "it is not read" 'unlisted'
ends "a FIFO that no set lists is not opened" 5 timeout 10 rivetctl verify /opt/m2m/fifo
ends "a set that is not loaded" 1 rivetctl verify --set none
warns "and why" 'no such set is loaded'
ends "a nonce that is too short" 2 rivetctl verify --all --nonce 0011
ends "nothing to verify" 2 rivetctl verify
# shellcheck disable=SC2046  # 65 words
ends "more paths than a request has" 2 rivetctl verify $(seq -f '/opt/m2m/%g' 65)
mv /opt/m2m/good /opt/m2m/away
ends "a file that is gone, by its name" 5 rivetctl verify /opt/m2m/good
says "it is missing" 'missing'
ends "and in its set" 0 rivetctl verify --set other
says "where it harms nobody" '1 match, 0 fail, 1 missing'
mv /opt/m2m/away /opt/m2m/good

# --- other bytes on the device ------------------------------------------------------------

enforce
expect_permitted "a program whose pages are held" $place/held
spoil $place/held
ends "other bytes on its device: those in memory run, and match" 0 rivetctl verify $place/held
expect_permitted "it runs as it was measured" $place/held
ends "the device itself" 5 rivetctl verify --fresh $place/held
says "it has other bytes" "$place/held: mismatch"
ends "another file beside it" 0 rivetctl verify --fresh $place/loose
{ strict_rules && echo 'SET resident=off'; } | load_policy strict
expect_permitted "a program whose pages are not held" $place/loose
spoil $place/loose
echo 1 >/proc/sys/vm/drop_caches
expect_permitted "other bytes run, by the measurement that is kept" $place/loose
event_before=$(last_seq)
ends "they are found" 5 rivetctl verify $place/loose
says "and the measurement is forgotten" 'mismatch; it differs from the measurement that was in use'
expect_denied "so they run no more" mismatch $place/loose $place/loose
event_mark=$event_before
judge "the event of the file" has_event kind=verify "detail=\"verification"
sweep_came()
{
	grep -q '^cause: verify' "$rivet/running"
}
judge "running programs are looked at, too" wait_for sweep_came
expect_permitted "a good one still runs" /opt/m2m/good

# --- again and again ------------------------------------------------------------------------

: | load_items disk || bail "the set is not withdrawn"
{ strict_rules && echo 'SET reverify=10s'; } | load_policy strict
is_scheduled()
{
	report
	[ "$(field scheduled)" = true ]
}
judge "reverify begins" wait_for is_scheduled
scheduled=$(field ticket)
ends "root does not end it while enforcing" 7 rivetctl verify --cancel "$scheduled"
warns "and why" 'the policy asks for it'
is_done()
{
	report "$scheduled"
	[ "$(field state)" = "done" ]
}
wait_for is_done || wait_for is_done || wait_for is_done
expect_field "it ends" state "done"
expect_field "nothing fails" failed 0
# seconds MEMBER: a time of the report
seconds()
{
	date -u -d "$(field "$1" | sed 's/T/ /; s/Z//')" +%s
}
spent=$(($(seconds ended) - $(seconds started)))
least=$(($(field bytes_read) / 4194304 - 2))
expect "within its budget: $(field bytes_read) bytes in $spent s" [ "$spent" -ge "$least" ]
strict_rules | load_policy strict
back_to_audit || bail "not back in audit mode"
# One more may have begun
rivetctl verify --cancel $((scheduled + 1)) >/dev/null 2>&1

# --- bounds, cancel, progress -----------------------------------------------------------------

mkdir /opt/m2m/many
for n in $(seq 300); do
	echo "$n" >"/opt/m2m/many/$n"
done
items mmap /opt/m2m/many/* | load_items many
for n in $(seq 300); do
	echo "no $n" >"/opt/m2m/many/$n"
done
ends "three hundred files that fail" 5 rivetctl verify --set many
says "256 are listed, the others counted" '44 more files fail'
items mmap /mnt/scratch/big | load_items big
is_reading()
{
	report
	[ "$(field state)" = running ] && [ "$(field bytes_read)" -gt 0 ]
}
rivetctl verify --set big >"$work/asker" 2>&1 &
asker=$!
judge "a large file is being read" wait_for is_reading
expect_field "how much there is to do" bytes 1073741824
ticket=$(field ticket)
ends "it is cancelled" 0 rivetctl verify --cancel "$ticket"
wait $asker
expect_text "the asker is told" "Verification $ticket cancelled (incomplete)" cat "$work/asker"
ends "it cannot be cancelled twice" 1 rivetctl verify --cancel "$ticket"
rivetctl verify --set big >/dev/null 2>&1 &
asker=$!
wait_for is_reading || bail "nothing is read"
kill -9 $asker
wait $asker 2>/dev/null
judge "the asker is killed: it goes on to its end" wait_for is_state "done"
expect_field "and has a report" matched 1
for n in 1 2 3 4; do
	rivetctl verify --set big >/dev/null 2>&1 &
done
is_fourth()
{
	rivetctl verify --json --report $((first + 4)) >/dev/null 2>&1
}
first=$(field ticket)
wait_for is_fourth || bail "four do not begin"
ends "a fifth at a time" 1 rivetctl verify --set big
warns "why" 'four verifications go on'
for n in 1 2 3 4; do
	rivetctl verify --cancel $((first + n)) >/dev/null
done
wait
for n in $(seq 8); do
	rivetctl verify /opt/m2m/good >/dev/null
done
ends "the ninth last report is not kept" 1 rivetctl verify --report $((first + 4))
ends "the last is" 0 rivetctl verify --report 0

# --- unloading ---------------------------------------------------------------------------------

rivetctl verify --set big >/dev/null 2>&1 &
asker=$!
wait_for is_reading || bail "nothing is read"
kill -9 $asker
wait $asker 2>/dev/null
expect "it is unloaded meanwhile" rmmod rivet
umount $place && exec 3<&- && losetup -d "$disk"
finish
