#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# upgrade-steps.sh - upgrading and downgrading packages, on the gateway

# shellcheck source=selftests/gateway/steps.sh
. /opt/steps/steps.sh

export LC_ALL=C DEBIAN_FRONTEND=noninteractive
packages=/opt/packages
libraries=/usr/lib/x86_64-linux-gnu
decisions=$(cat /opt/steps/decisions)

# change_to old|new: its output is long, and shown only if it failed
change_to()
{
	apt-get install -y --allow-downgrades $packages/"$1"/*.deb >/tmp/apt.log 2>&1 && return
	tail -n 30 /tmp/apt.log
	fail "apt-get did not change to the $1 packages"
}

has_version()
{
	must dpkg-query -W libc6 systemd mosquitto
	says "^mosquitto[[:space:]]*$(dpkg-deb -f $packages/"$1"/mosquitto_*.deb Version)\$"
}

step "The gateway runs release 1 and enforces"
must systemctl is-active mosquitto
must modprobe rivet
must rivetctl trust add /etc/rivet/signer.pem
must rivetctl trust seal
must rivetctl manifest load /etc/rivet/release-1.riv.signed
must rivetctl policy load /etc/rivet/gateway.pol.signed
must rivetctl mode enforce
must systemctl restart mosquitto
send_and_receive 20.5

step "A newer broker, while only release 1 is listed: it does not run"
show dpkg -i $packages/new/mosquitto_*.deb $packages/new/libmosquitto1_*.deb
must_not systemctl is-active mosquitto
must_not /usr/sbin/mosquitto -h
says "ermission denied"
must rivetctl why --last
says "mismatch"
must dpkg -i $packages/old/mosquitto_*.deb $packages/old/libmosquitto1_*.deb
must systemctl restart mosquitto
send_and_receive 21.0

step "Release 2, signed in the workshop, is listed beside release 1"
must rivetctl manifest load /etc/rivet/release-2.riv.signed
must rivetctl manifest list
count_from_here

step "apt upgrades to it and back, again and again, while rivet decides $decisions times"
/opt/steps/soak "$decisions" 2 /usr/bin/true /usr/bin/id /usr/bin/date -- \
	$libraries/libc.so.6 $libraries/libssl.so.3 $libraries/libmosquitto.so.1 >/tmp/soak 2>&1 &
soak=$!
upgrades=0
while
	change_to new
	upgrades=$((upgrades + 1))
	[ $upgrades -gt 1 ] || {
		has_version new
		send_and_receive 21.5
	}
	kill -0 $soak 2>/dev/null
do
	change_to old
	say "$upgrades upgrades, $upgrades downgrades, $(($(counter decisions) - begun)) decisions"
done
wait $soak || fail "a listed program or library was refused: $(cat /tmp/soak)"
has_version new
must systemctl is-active mosquitto
send_and_receive 22.0
as_expected "$upgrades upgrades, $(($(counter decisions) - begun)) decisions"

nothing_refused

step "Release 1 is withdrawn: whoever brings its broker back has a file that does not run"
must rivetctl manifest load /etc/rivet/no-release-1.riv.signed
dpkg-deb --fsys-tarfile $packages/old/mosquitto_*.deb | tar -xO ./usr/sbin/mosquitto >/usr/sbin/mosquitto.old
chmod 755 /usr/sbin/mosquitto.old
mv /usr/sbin/mosquitto.old /usr/sbin/mosquitto
must_not /usr/sbin/mosquitto -h
says "ermission denied"
must rivetctl why --last
says "mismatch"

step "apt puts the listed one back"
apt-get install -y --reinstall $packages/new/mosquitto_*.deb >/tmp/apt.log 2>&1 ||
	fail "apt-get did not reinstall the broker: $(tail -n 5 /tmp/apt.log)"
must systemctl restart mosquitto
send_and_receive 22.5
must rivetctl status

finish
