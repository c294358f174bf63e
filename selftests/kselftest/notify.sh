#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# notify.sh - SET isolate-notify=: a program is told before the network is cut, and cannot hold
# that up, whether it hangs, is missing or not listed
#
# wide
#
# boot: notify.sh | --net

# shellcheck source=selftests/kselftest/network.sh
. "$(dirname "$0")/network.sh"

plan 18
place=/opt/m2m
mkdir -p $place
cp "$helpers/hello" $place/changed
cat >$place/told <<END
#!/bin/sh
echo "\$@" >/run/told
busybox nc -w 2 10.0.2.100 9999 </run/told >/run/answered
END
cat >$place/hangs <<END
#!/bin/sh
echo \$\$ >/run/hangs
exec sleep 1000
END
cp $place/told $place/unlisted
echo "# other" >>$place/unlisted
chmod 755 $place/told $place/hangs $place/unlisted

modprobe virtio_net || bail "no virtio_net"
sleep 1
busybox ip addr add 10.0.2.15/24 dev eth0
busybox ip link set eth0 up
busybox ip link set lo up
sleep 1

# notifies PROGRAM: a policy with it
notifies()
{
	{
		echo "SET isolate-uplink=eth0"
		echo "SET isolate-allow=10.0.2.100:8883/tcp"
		echo "SET isolate-notify=$1"
		echo "op=EXECUTE riv=mismatch path=$place/changed action=DENY respond=ISOLATE"
		strict_rules
	} | load_policy strict
}

# now_ms: milliseconds since the boot
now_ms()
{
	sed 's/ .*/0/; s/\.//' /proc/uptime
}

# isolates NAME: a failure does, within three seconds
isolates()
{
	mark_events
	isolates_begun=$(now_ms)
	$place/changed >/dev/null 2>&1
	wait_for isolated
	isolates_took=$(($(now_ms) - isolates_begun))
	if isolated && [ "$isolates_took" -lt 3000 ]; then
		pass "$1"
	else
		fail "$1" "$isolates_took ms"
	fi
	comment "isolated after $isolates_took ms"
}

has_gone()
{
	[ ! -d "/proc/$hanging" ]
}

tells_failure()
{
	events_since | grep -q "the program of isolate-notify= failed, or was killed"
}

get_ready
items exec,mmap $place/changed $place/told $place/hangs | load_items good
cp $place/changed $place/new
echo other >>$place/new
mv $place/new $place/changed
notifies $place/told
expect "before: the network is there" answers 9999
$place/changed >/dev/null 2>&1
sleep 1
expect "audit: nobody is told" test ! -e /run/told

enforce
isolates "with a program: isolated"
expect "it was told" grep -qx "isolate strict [0-9]*" /run/told
expect "and reached a peer that is not listed, before the cut" cmp /run/told /run/answered
expect "which is not reached after it" silent 9999
rejoin

rm -f /run/told
notifies $place/hangs
isolates "with one that hangs: isolated"
hanging=$(cat /run/hangs)
expect "while it runs" test -d "/proc/$hanging"
expect "and it is killed" wait_for has_gone
expect "which is said" wait_for tells_failure
rejoin

notifies $place/missing
isolates "with one that is missing: isolated"
expect_text "which is said" "was not started" events_since
rejoin

notifies $place/unlisted
isolates "with one that is not listed: isolated"
expect "it was not run" test ! -e /run/told
expect "but refused" has_event "path=\"$place/unlisted\"" reason=unlisted errno=13
expect_text "which is said" "was not started" events_since
rejoin
notifies $place/told
isolates "with the first again: isolated"
expect "and told" wait_for test -e /run/told
finish
