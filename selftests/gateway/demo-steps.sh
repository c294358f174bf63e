#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# demo-steps.sh - the demo's steps, on the gateway

# shellcheck source=selftests/gateway/steps.sh
. /opt/steps/steps.sh

flip_byte()
{
	cp /usr/sbin/mosquitto /usr/sbin/mosquitto.new
	printf '\314' | dd of=/usr/sbin/mosquitto.new bs=1 seek=20000 conv=notrunc 2>/dev/null
	cp -a /usr/sbin/mosquitto /root/mosquitto.orig
	mv /usr/sbin/mosquitto.new /usr/sbin/mosquitto
}

step "The gateway is up: $(uname -r), systemd, and the mosquitto broker"
must systemctl is-active mosquitto
send_and_receive 20.5

step "Load rivet into the running kernel. It begins by only watching (audit mode)"
must modprobe rivet
show rivetctl status
grep -q "udit" /tmp/out || fail "status does not say audit"

step "Trust the workshop's certificate, and seal: from now on not even root can add another"
must rivetctl trust add /etc/rivet/signer.pem
must rivetctl trust seal

step "Load the signed reference values (RIVs) and the signed policy"
must rivetctl manifest load /etc/rivet/base.riv.signed
must rivetctl manifest load /etc/rivet/broker.riv.signed
must rivetctl policy load /etc/rivet/gateway.pol.signed
sed -n '/^[A-Za-z]/p' $secfs/policy | sed 's/^/     /'

step "Start the agent, which only writes down what the kernel decides"
if [ -e /lib/systemd/system/rivetd.service ]; then
	must systemctl start rivetd
else
	/usr/sbin/rivetd
fi

step "Enforce, on trial: unless confirmed, the kernel itself goes back to audit in five minutes"
must rivetctl mode enforce --confirm-within 5m
must rivetctl mode confirm
must rivetctl status

step "The listed broker restarts under enforcement, and does its work"
must systemctl restart mosquitto
send_and_receive 21.0

step "An attacker with root changes one byte of the broker"
systemctl stop mosquitto
flip_byte
show systemctl start mosquitto && fail "the changed broker started"
must_not /usr/sbin/mosquitto -h
says "ermission denied"
as_expected "it no longer starts"
say "What the kernel reported, in plain words:"
must rivetctl why --last
says "mismatch"
sleep 2
say "What the agent wrote down:"
grep '"reason":"mismatch"' /var/log/rivet/events.jsonl | tail -n 1 >/tmp/line
[ -s /tmp/line ] || fail "the agent has no line about it"
cut -c 1-400 /tmp/line | sed 's/^/     /'

step "A program that nobody listed, dropped into /tmp"
cp /usr/bin/id /tmp/tool && printf x >>/tmp/tool
must_not /tmp/tool
says "ermission denied"
as_expected "refused"

step "A library that nobody listed, slipped into a listed program with LD_PRELOAD"
cp /usr/lib/x86_64-linux-gnu/libmosquitto.so.1 /tmp/evil.so && printf x >>/tmp/evil.so
must env LD_PRELOAD=/tmp/evil.so id -u
says "cannot be preloaded"
says "^0$"
as_expected "the library is refused, the program still runs"

step "A kernel module that nobody listed"
find /usr/lib/modules -name '*.ko' | head -n 1 >/tmp/module
cp "$(cat /tmp/module)" /tmp/evil.ko && printf x >>/tmp/evil.ko
must_not insmod /tmp/evil.ko
says "ermission denied"
as_expected "it does not get into the kernel"

step "The original broker is put back"
mv /root/mosquitto.orig /usr/sbin/mosquitto
must systemctl reset-failed mosquitto
must systemctl start mosquitto
send_and_receive 22.5

step "Root tries to write into the memory of the running broker"
must_not sh -c ": >/proc/$(pidof mosquitto)/mem"
says "ermission denied"
as_expected "refused, as tracing it would be"

step "Root tries to switch rivet off"
must_not rmmod rivet
must_not rivetctl mode audit
must_not sh -c "echo 0 >/proc/sys/kernel/ftrace_enabled"
as_expected "root alone cannot"
must rivetctl status

step "The workshop can: it signs this boot's unlock request, once"
must rivetctl unlock request -o /tmp/request
printf '@sign %s\n' "$(base64 -w0 /tmp/request)"
read -r token <&3
echo "$token" | base64 -d >/tmp/token
must rivetctl unlock apply /tmp/token
must_not rivetctl unlock apply /tmp/token
must cat $secfs/mode
says "^audit$"
as_expected "unlocked, by a signature and not by root"

finish
