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
	mv /usr/sbin/mosquitto.new /usr/sbin/mosquitto
}

wait_for_broker()
{
	for try in $(seq 60); do
		! systemctl -q is-active mosquitto || return 0
		sleep 1
	done
	journalctl -u rivet-remedy -u mosquitto -n 30 --no-pager
	fail "after $try seconds the broker does not run"
}

wait_until_gone()
{
	for try in $(seq 30); do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 1
	done
	fail "process $1 is there after $try seconds"
}

set_up_network()
{
	modprobe -a virtio_net dummy
	sleep 1
	busybox ip addr add 10.0.2.15/24 dev eth0
	busybox ip link set eth0 up
	busybox ip link add maintenance type dummy
	busybox ip link set maintenance up
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
as_expected "it no longer starts"
say "What the kernel reported, in plain words:"
must rivetctl why --last
says "mosquitto"
sleep 2
say "What the agent wrote down:"
grep '"reason":"mismatch"' /var/log/rivet/events.jsonl | tail -n 1 >/tmp/line
[ -s /tmp/line ] || fail "the agent has no line about it"
cut -c 1-400 /tmp/line | sed 's/^/     /'

step "These bytes are quarantined: refused from now on, wherever they lie"
must rivetctl quarantine list
says "/usr/sbin/mosquitto"
must rivetctl quarantine show 1
says "evidence .* /var/lib/rivet/quarantine/sha256-.*/content$"
say "The agent has a copy of them, whatever becomes of the file:"
kept=$(sed -n 's/^evidence *//p' /tmp/out)
cmp "$kept" /usr/sbin/mosquitto || fail "the copy has other bytes"
cp /usr/sbin/mosquitto /tmp/copy
must_not /tmp/copy -h
says "ermission denied"
must_not rivetctl quarantine forget 1
as_expected "and root alone does not end that"

step "The remedy is switched on: it takes the listed broker out of its Debian package"
must systemctl start rivet-remedy.path
wait_for_broker
must cat /var/log/rivet/remedy.jsonl
says '"what":"restored"'
says '"what":"restarted"'
must rivetctl quarantine list
grep -q mosquitto /tmp/out && fail "the broker is quarantined still"
send_and_receive 22.5
as_expected "it runs again"

step "The attacker changes it again, and restarts it. Nobody does anything"
flip_byte
show systemctl restart mosquitto && fail "the changed broker started"
wait_for_broker
send_and_receive 22.7
cmp -s /usr/sbin/mosquitto /tmp/copy && fail "the changed broker is there still"
as_expected "put right without a hand"

step "The core asks for proof: read the broker's files from the disk again, now, with its nonce"
nonce=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
must rivetctl verify --set broker --fresh --nonce "$nonce" --json
says "\"nonce\":\"$nonce\""
says '"complete":true'
says '"failed":0'
as_expected "a report of this boot with the nonce: all files are as listed"

step "A program that runs is revoked: a hole was found in it"
/usr/local/bin/pump 1000 &
pump=$!
must rivetctl manifest load /etc/rivet/pump.revoke.signed
wait_until_gone $pump
must rivetctl running
says "killed"
must_not /usr/local/bin/pump 1
says "ermission denied"
as_expected "killed, and it starts no more"

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

step "Root tries to write into the memory of the running broker"
must_not sh -c ": >/proc/$(pidof mosquitto)/mem"
says "ermission denied"
as_expected "refused, as tracing it would be"

set_up_network
step "The gateway reaches its core at port 8883, and others"
must /usr/local/bin/echoes 8883
must /usr/local/bin/echoes 9999
must rivetctl isolation

step "A listed program was changed, and fails three times: the gateway is isolated"
cp /usr/local/bin/valve /tmp/valve && printf x >>/tmp/valve && mv /tmp/valve /usr/local/bin/valve
for try in 1 2 3; do
	must_not /usr/local/bin/valve 1
done
sleep 1
must rivetctl isolation
says "ISOLATED"
must /usr/local/bin/echoes 8883
as_expected "the core is still reached"
must_not /usr/local/bin/echoes 9999
as_expected "nobody else"
must_not busybox ip link set maintenance up
as_expected "the other devices are closed, and stay so"
send_and_receive 23.0
as_expected "the broker goes on with its work inside"

step "The workshop ends it: it signs the gateway's request, for this boot, once"
must rivetctl rejoin request -o /tmp/request
signed rejoin
must rivetctl rejoin apply /tmp/token
must_not rivetctl rejoin apply /tmp/token
must /usr/local/bin/echoes 9999
as_expected "back on the network, by a signature and not by root"

step "Root tries to switch rivet off"
must_not rmmod rivet
must_not rivetctl mode audit
must_not sh -c "echo 0 >/proc/sys/kernel/ftrace_enabled"
as_expected "root alone cannot"
must rivetctl status

step "The workshop can: it signs this boot's unlock request, once"
must rivetctl unlock request -o /tmp/request
signed unlock
must rivetctl unlock apply /tmp/token
must_not rivetctl unlock apply /tmp/token
must cat $secfs/mode
says "^audit$"
as_expected "unlocked, by a signature and not by root"

finish
