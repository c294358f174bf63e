#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# reboot.sh - respond=REBOOT and PANIC: which policies are taken, how it is rehearsed, that nothing
# happens in the first ten minutes, and the agent's count of reboots
#
# needs: userspace
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 27
place=/opt/m2m
list=/var/lib/rivet/reboots
mkdir -p $place /var/lib/rivet /mnt/scratch/rivet
mount --bind /mnt/scratch/rivet /var/lib/rivet || bail "no disk"
cp "$helpers/hello" $place/changed
cp "$helpers/hello" $place/crashes

# rules RESPONSE...: rules for the two files, in this order
rules()
{
	echo "SET isolate-uplink=eth0"
	echo "SET isolate-allow=10.0.2.100:8883/tcp"
	for name in changed crashes; do
		echo "op=EXECUTE riv=mismatch path=$place/$name action=DENY $1"
		shift
	done
	strict_rules
}

state()
{
	grep -q "^$1\$" "$rivet/reboot"
}

get_ready
items exec,mmap $place/changed $place/crashes | load_items good
for name in changed crashes; do
	cp $place/$name $place/new
	echo other >>$place/new
	mv $place/new $place/$name
done

# --- the policy -------------------------------------------------------------------

echo 0 >/proc/sys/kernel/panic
rules "respond=REBOOT after=2/60" "respond=ISOLATE" | make_policy loop
expect_errno "REBOOT without max= is refused" EBADMSG load_policy_file "$work/loop.policy.signed"
expect_text "with the reason" "the machine would reboot in a loop" cat $rivet/events
ends "rivetctl refuses it too" 4 rivetctl policy check "$work/loop.policy"
warns "with the same reason" "the machine would reboot in a loop"
rules "respond=REBOOT after=2/60 max=2" "respond=PANIC max=2" | make_policy both
mark_events
expect_errno "PANIC is refused without panic=" EOPNOTSUPP load_policy_file "$work/both.policy.signed"
expect_text "with the reason" "the machine would not come back" events_since
echo 5 >/proc/sys/kernel/panic
expect "and taken with it" load_policy_file "$work/both.policy.signed"

# --- a rehearsal ------------------------------------------------------------------

mark_events
$place/changed >/dev/null 2>&1
$place/changed >/dev/null 2>&1
sleep 1
expect_text "audit: REBOOT is rehearsed" "would reboot the machine, after 2 in 60 s" events_since
$place/crashes >/dev/null 2>&1
sleep 1
expect_text "audit: so is PANIC" "would panic and so reboot the machine" events_since
expect "audit: nothing is under way" state "state: none"

# --- the count --------------------------------------------------------------------

expect "nobody has told a count yet" state "armed: no"
expect_errno "a word that means nothing" EINVAL write_text "count many" $rivet/reboot
{
	echo 1000000
	date +%s
	echo rubbish
} >$list
rivetd --foreground >"$work/agent" 2>&1 &
agent=$!
expect "the agent tells it" wait_for state "armed: yes"
expect "of the last day, and a damaged line" state "count: 2"
rm $list

# --- the first ten minutes --------------------------------------------------------

enforce
mark_events
$place/changed >/dev/null 2>&1
sleep 1
expect "enforce: one failure is not enough" state "state: none"
$place/changed >/dev/null 2>&1
expect "enforce: two are" wait_for state "state: waiting"
expect_text "which is said" "ALARM: the machine reboots in" events_since
$place/crashes >/dev/null 2>&1
sleep 12
expect "it waits" state "state: waiting"
expect "and nothing is recorded" test ! -e $list
mark_events
back_to_audit
expect "an unlock calls it off" state "state: none"
expect_text "which is said" "no reboot: enforce mode has ended" events_since
enforce
$place/crashes >/dev/null 2>&1
expect "PANIC waits too" wait_for state "state: waiting"
back_to_audit
expect "and is called off" state "state: none"
kill "$agent"
wait "$agent"
expect "the module goes" rmmod rivet
load_rivet
expect "and is back without a count" state "armed: no"
expect "and a new agent tells it" sh -c "rivetd --foreground >/dev/null 2>&1 & sleep 3; kill \$!;
	grep -q 'armed: yes' $rivet/reboot"
expect "without a file it is none" state "count: 0"
finish
