#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# escape.sh - ways to get packets out of an isolated machine: each arrives before, and does not
# while the machine is isolated, when listed peers are still reached
#
# The device up0 is an uplink, and wire0 is the other end of its cable, where a packet socket
# hears all that arrives. Behind uplink0 there is a machine outside.
#
# wide: 7.x
#
# boot: escape.sh | --net

# shellcheck source=selftests/kselftest/network.sh
. "$(dirname "$0")/network.sh"

plan 60
place=/opt/m2m
wire=$helpers/wire
mkdir -p $place
cp "$helpers/hello" $place/changed
cp "$helpers/hello" $place/other
echo other >>$place/other

for module in virtio_net veth dummy bridge tun vcan can_raw wireguard cls_bpf sch_ingress sch_prio \
	nf_tables netconsole; do
	modprobe $module 2>/dev/null || comment "no module $module"
done
sleep 1

# --- the network ------------------------------------------------------------------

# cable A B
cable()
{
	ip link add "$1" type veth peer name "$2" || bail "no veth"
	[ -e "/sys/class/net/$2" ] || ip link set veth0 name "$2" || bail "no $2"
}

# Addresses stay on a device that is closed.
echo 1 >/proc/sys/net/ipv6/conf/all/keep_addr_on_down
echo 1 >/proc/sys/net/ipv4/ip_forward
ip link set lo up
ip link set eth0 name uplink0 || bail "no eth0"
ip addr add 10.0.2.15/24 dev uplink0
cable up0 wire0
ip link set up0 arp off
ip addr add 192.0.2.1/24 dev up0
ip addr add fd00:1::1/64 dev up0 nodad 2>/dev/null || ip addr add fd00:1::1/64 dev up0
cable up1 wire1
cable port1 host1
ip link add br0 type bridge || busybox brctl addbr br0 || bail "no bridge"
busybox brctl addif br0 up1
busybox brctl addif br0 port1
cable out0 in0
ip addr add 10.7.0.1/24 dev out0
for name in one two three; do
	ip link add $name type dummy
done
unshare -n sleep 3000 &
far=$!
sleep 0.5
ip link set in0 netns $far || bail "no network namespace"
ip link add vcan0 type vcan 2>/dev/null
ip link add wg0 type wireguard 2>/dev/null && "$wire" guard wg0 &&
	ip addr add 10.8.0.1/24 dev wg0

inside()
{
	nsenter -t $far -n "$@"
}

open_all()
{
	for name in lo uplink0 up0 wire0 up1 wire1 port1 host1 br0 out0 one two three vcan0 wg0; do
		ip link set $name up 2>/dev/null
	done
	inside busybox ip addr add 10.7.0.2/24 dev in0 2>/dev/null
	inside busybox ip link set in0 up
	inside busybox ip route add default via 10.7.0.1 2>/dev/null
	sleep 1
}

# --- isolation --------------------------------------------------------------------

rules()
{
	for name in uplink0 up0 wire0 up1 wire1; do
		echo "SET isolate-uplink=$name"
	done
	cat <<-END
		SET isolate-allow=10.0.2.100:8883/tcp
		SET isolate-allow=192.0.2.7:9999/udp
		SET isolate-allow=[fd00:1::7]:9999/udp
		op=EXECUTE riv=mismatch path=$place/** action=DENY respond=ISOLATE after=3/60
	END
	strict_rules
}

fail_once()
{
	$place/changed >/dev/null 2>&1
}

# rejoined: isolation has ended, and all devices are open
rejoined()
{
	rejoin
	open_all
}

isolate()
{
	fail_once
	fail_once
	fail_once
	wait_for isolated || bail "the machine is not isolated"
}

# --- attempts -----------------------------------------------------------------------

stage=before
ear=wire0
target=/sys/kernel/config/netconsole/test

# attempt NAME MARK COMMAND...: arrives before, and not when isolated
attempt()
{
	attempt_name=$1 attempt_mark=$2
	shift 2
	attempt_got=0
	"$wire" hear $ear "$attempt_mark" -- "$@" >"$work/out" 2>&1 || attempt_got=$?
	case $stage$attempt_got in
	before0) pass "before: $attempt_name arrives" ;;
	isolated3) pass "isolated: $attempt_name does not arrive" ;;
	*) fail "$stage: $attempt_name" "ended with $attempt_got: $(cat "$work/out")" ;;
	esac
}

# reaches NAME MARK COMMAND...: arrives always
reaches()
{
	reaches_name=$1 reaches_mark=$2
	shift 2
	expect "$stage: $reaches_name is reached" "$wire" hear wire0 "$reaches_mark" -- "$@"
}

ordinary()
{
	attempt "UDP" "udp4$stage" "$wire" udp 192.0.2.9 "udp4$stage"
	attempt "UDP over IPv6" "udp6$stage" "$wire" udp fd00:1::9 "udp6$stage"
	attempt "a raw socket's packet" "raw4$stage" "$wire" raw 192.0.2.9 "raw4$stage"
	attempt "a packet socket's frame" "pack$stage" "$wire" packet up0 192.0.2.9 "pack$stage"
	attempt "one past the queues" "pass$stage" "$wire" packet up0 192.0.2.9 "pass$stage" bypass
	attempt "one with a checksum to be written over its address" "csum$stage" \
		"$wire" checksum up0 192.0.2.7 "csum$stage"
	attempt "a packet from a tun device" "tun4$stage" "$wire" tun tun4 "tun4$stage"
	attempt "one forwarded from a network namespace" "forw$stage" \
		nsenter -t $far -n "$wire" udp 192.0.2.9 "forw$stage"
	ear=wire1
	attempt "a frame through a bridge" "brid$stage" "$wire" packet host1 192.0.2.9 "brid$stage"
	ear=wire0
	if [ -e /sys/class/net/wg0 ]; then
		attempt "WireGuard's handshake" hex:beef009c "$wire" udp 10.8.0.2 x
	else
		skip "$stage: WireGuard" wireguard
	fi
	reaches "the listed peer" "peer$stage" "$wire" udp 192.0.2.7 "peer$stage"
	reaches "the listed peer over IPv6" "pee6$stage" "$wire" udp fd00:1::7 "pee6$stage"
	expect "$stage: the listed peer outside is reached" answers 8883
}

# Those that get past the filter. The watch has had half a second when they send.
cat >"$work/redirect" <<END
$wire redirect lo up0 || exit
sleep 0.5
$wire udp 127.0.0.1 "\$1"
END
cat >"$work/queue" <<END
$wire queue up0 || exit
sleep 0.5
$wire udp 192.0.2.7 "\$1"
END
cat >"$work/bounce" <<END
$wire bounce up0 >/dev/null &
sleep 0.5
$wire packet wire0 192.0.2.7 "\$1"
sleep 0.5
kill \$!
END
cat >"$work/generate" <<END
echo start >/proc/net/pktgen/pgctrl
END

by_socket()
{
	attempt "a frame by AF_XDP" "axdp$stage" "$wire" xsk up0 "axdp$stage"
}

by_xdp()
{
	attempt "a frame that XDP sends back" "bounce$stage" sh "$work/bounce" "bounce$stage"
}

by_tc()
{
	attempt "a packet that tc redirects from lo" "redi$stage" sh "$work/redirect" "redi$stage"
	"$wire" direct lo
}

by_queue()
{
	attempt "a packet from a queue that takes filters" "prio$stage" \
		sh "$work/queue" "prio$stage"
	"$wire" unqueue up0
}

# packets: those that uplink0 has sent
packets()
{
	cat /sys/class/net/uplink0/statistics/tx_packets
}

# Nobody hears the machine outside, so the packets of netconsole are counted.
by_netconsole()
{
	sent=$(packets)
	for line in 1 2 3 4 5; do
		echo "<0>netconsole, line $line" >/dev/kmsg
	done
	sleep 1
	sent=$(($(packets) - sent))
	case $stage$sent in
	before0 | isolated[1-9]*) fail "$stage: lines of netconsole" "$sent packets were sent" ;;
	before*) pass "before: lines of netconsole leave" ;;
	*) pass "isolated: lines of netconsole do not leave" ;;
	esac
}

by_pktgen()
{
	attempt "a packet of pktgen" hex:be9be955 sh "$work/generate"
}

start_netconsole()
{
	mount -t configfs none /sys/kernel/config 2>/dev/null
	mkdir "$target" || return
	echo uplink0 >"$target/dev_name"
	echo 10.0.2.15 >"$target/local_ip"
	echo 10.0.2.100 >"$target/remote_ip"
	echo ff:ff:ff:ff:ff:ff >"$target/remote_mac"
	echo 1 >"$target/enabled"
}

start_pktgen()
{
	modprobe pktgen || return
	echo "add_device up0" >/proc/net/pktgen/kpktgend_0
	for line in "count 3" "dst 192.0.2.9" "dst_mac ff:ff:ff:ff:ff:ff"; do
		echo "$line" >/proc/net/pktgen/up0
	done
}

# --- before -----------------------------------------------------------------------

get_ready
items exec,mmap $place/changed | load_items good
rules | load_policy strict
cp $place/other $place/new
mv $place/new $place/changed
open_all
ordinary
by_socket
by_xdp
by_tc
by_queue
if [ -e /sys/class/net/vcan0 ]; then
	expect "before: a frame of CAN is sent" "$wire" can vcan0
else
	skip "before: a frame of CAN is sent" vcan
fi
expect "before: netconsole starts" start_netconsole
by_netconsole
rmdir "$target"
expect "before: pktgen starts" start_pktgen
by_pktgen
rmmod pktgen

# --- isolated ---------------------------------------------------------------------

enforce
stage=isolated
isolate
ordinary
if [ -e /sys/class/net/vcan0 ]; then
	expect "isolated: no frame of CAN is sent" sh -c "! '$wire' can vcan0"
else
	skip "isolated: no frame of CAN is sent" vcan
fi
expect "isolated: the device in the other network namespace is closed" \
	sh -c "! nsenter -t $far -n busybox ip link show in0 | grep -q '[<,]UP'"
expect "isolated: an uplink can be moved to the other network namespace" \
	busybox ip link set up1 netns $far
expect_errno "isolated: it does not open there" EPERM \
	nsenter -t $far -n busybox ip link set up1 up
nsenter -t $far -n busybox ip link set up1 netns $$
expect "isolated: and is an uplink when it is back" busybox ip link set up1 up
expect "isolated: all tables of nftables can be deleted" "$wire" flush
attempt "UDP" "udp4flushed" "$wire" udp 192.0.2.9 "udp4flushed"
mark_events
by_socket
expect_text "isolated: the device is closed, which is said" "up0 is closed because of AF_XDP" \
	events_since
expect_errno "isolated: and rests for a while" EPERM busybox ip link set up0 up
expect "isolated: the listed peer outside is reached" answers 8883
rejoined
isolate
by_xdp
expect "isolated: the device with XDP is closed" is_down up0
rejoined
isolate
by_tc
expect "isolated: the device that redirects is closed" is_down lo
expect "isolated: and the uplinks, which it gets past" is_down up0
rejoined
isolate
by_queue
expect "isolated: the device with the queue is closed" is_down up0
rejoined

# --- ways that are there before ------------------------------------------------------

back_to_audit
expect "audit: netconsole starts" start_netconsole
enforce
isolate
by_netconsole
expect "isolated: its device is closed" is_down uplink0
back_to_audit
rmdir "$target"
open_all
expect "audit: pktgen starts" start_pktgen
enforce
isolate
by_pktgen
expect "isolated: all uplinks are closed with pktgen" is_down uplink0
back_to_audit
rmmod pktgen
open_all
enforce

# --- the time it takes --------------------------------------------------------------

: >"$work/times"
for round in $(seq 20); do
	fail_once
	fail_once
	"$wire" time $place/changed one two three >>"$work/times" || break
	wait_for isolated
	rejoined
done
comment "milliseconds from the refusal until three devices are closed:" \
	"$(sort -n "$work/times" | tr '\n' ' ')"
median=$(sort -n "$work/times" | sed -n 10p)
if [ "$(wc -l <"$work/times")" = 20 ] && [ "$median" -le 100 ]; then
	pass "in force within 100 ms, the median of 20: $median ms"
else
	fail "in force within 100 ms" "median $median, $round rounds"
fi
kill $far
finish
