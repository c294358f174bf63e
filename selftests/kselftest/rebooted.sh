#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# rebooted.sh - respond=REBOOT after the first ten minutes: the machine is isolated instead without
# a count, beyond max=, and without a record; else /sbin/reboot is run
#
# needs: userspace
#
# long: 1200

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 15
place=/opt/m2m
list=/var/lib/rivet/reboots
mkdir -p $place /var/lib/rivet /mnt/scratch/rivet
mount --bind /mnt/scratch/rivet /var/lib/rivet || bail "no disk"
cp "$helpers/hello" $place/changed
rm -f /sbin/reboot
printf '#!/bin/sh\necho reached >/run/reached\n' >/sbin/reboot
chmod 755 /sbin/reboot

state()
{
	grep -q "^$2\$" "$rivet/$1"
}

fails()
{
	mark_events
	$place/changed >/dev/null 2>&1
}

get_ready
items exec,mmap $place/changed "$(readlink -f /sbin)/reboot" | load_items good
cp $place/changed $place/new
echo other >>$place/new
mv $place/new $place/changed
{
	echo "SET isolate-uplink=eth0"
	echo "SET isolate-allow=10.0.2.100:8883/tcp"
	echo "op=EXECUTE riv=mismatch path=$place/** action=DENY respond=REBOOT max=2"
	strict_rules
} | load_policy strict
enforce
fails
expect "a failure in the first ten minutes waits" wait_for state reboot "state: waiting"
while read -r up _ </proc/uptime && [ "${up%.*}" -lt 602 ]; do
	sleep 5
done
expect "without an agent the machine is isolated then" wait_for state isolation "state: isolated"
expect_text "which is said" "no agent has told the number of reboots" events_since
rejoin

write_text "count 0" $rivet/reboot
fails
expect "a count without anybody who records" wait_for state reboot "state: asked"
expect "isolates the machine" wait_for state isolation "state: isolated"
expect_text "which is said" "the agent has not recorded it" events_since
rejoin

date +%s >$list
date +%s >>$list
rivetd --foreground >"$work/agent" 2>&1 &
expect "an agent tells the count" wait_for state reboot "count: 2"
fails
expect "max= reboots in a day: isolated" wait_for state isolation "state: isolated"
expect_text "which is said" "max= reboots in the last day" events_since
rejoin
expect "nothing was rebooted until now" test ! -e /run/reached

rm $list
kill "$!"
wait "$!"
rivetd --foreground >"$work/agent" 2>&1 &
wait_for state reboot "count: 0" || bail "no count"
fails
expect "else it is recorded" wait_for test -s $list
expect "and /sbin/reboot is run" wait_for test -e /run/reached
expect_text "which is said" "ALARM: the machine reboots, by line" events_since
expect "the kernel waits for the end" state reboot "state: going"
expect "and is not isolated" state isolation "state: ready"
finish
