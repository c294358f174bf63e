# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# network.sh - common code of the tests of isolation: devices, and the machine outside
#
# Sourced by a test instead of enforce.sh, which it brings along.

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

ip()
{
	busybox ip "$@"
}

is_up()
{
	[ "$(($(cat "/sys/class/net/$1/flags") & 1))" = 1 ]
}

is_down()
{
	! is_up "$1"
}

# make_uplink: uplink0, behind which is the machine outside, and the device dummy7; both closed
make_uplink()
{
	modprobe virtio_net || bail "no virtio_net"
	modprobe dummy || bail "no dummy"
	sleep 1
	ip link set eth0 name uplink0 || bail "no eth0"
	ip link add dummy7 type dummy || bail "no dummy"
	ip addr add 10.0.2.15/24 dev uplink0
}

open_devices()
{
	for device in lo uplink0 dummy7; do
		ip link set $device up
	done
	sleep 1
}

# answers PORT: the machine outside sends back what it gets there
answers()
{
	[ "$(echo hello | timeout 3 busybox nc -w 2 10.0.2.100 "$1" 2>/dev/null)" = hello ]
}

silent()
{
	! answers "$1"
}
