#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# learn-steps.sh - the steps of learn.sh, on the gateway

# shellcheck source=selftests/gateway/steps.sh
. /opt/steps/steps.sh

# All that this gateway does in a day
day_of_work()
{
	must systemctl restart mosquitto systemd-journald
	send_and_receive "$1"
	for job in /etc/cron.daily/* /etc/init.d/*; do
		case $job in
		/etc/cron.daily/*) must "$job" ;;
		*) show "$job" status ;;
		esac
	done
	must sh -c 'cut -d: -f7 /etc/passwd | sort | uniq -c'
	must systemctl daemon-reload
	must dpkg --verify dash
}

# workshop KIND FILE: its signature on a draft, in FILE.signed
workshop()
{
	cp "$2" /tmp/request
	signed "$1"
	mv /tmp/token "$2.signed"
	[ -s "$2.signed" ] || fail "the workshop did not sign $2"
}

step "The gateway is up, and rivet watches (audit mode), with no list and no policy"
must modprobe rivet
must rivetctl trust add /etc/rivet/signer.pem
must rivetctl trust seal
must systemctl start rivetd
day_of_work 20.5

step "It drafts its set and its policy, and lists the files to look at"
must rivetctl learn -o /tmp/drafts -n gateway -v 1 --events /var/log/rivet/events.jsonl
[ -s /tmp/drafts/gateway.riv ] || fail "no draft"

step "The workshop signs both, and they are loaded"
workshop manifest /tmp/drafts/gateway.riv
workshop policy /tmp/drafts/gateway.pol
must rivetctl manifest load /tmp/drafts/gateway.riv.signed
must rivetctl policy load /tmp/drafts/gateway.pol.signed

step "It enforces"
must rivetctl mode enforce --confirm-within 5m
must rivetctl mode confirm

step "The same work again"
count_from_here
day_of_work 21.5
nothing_refused

step "A program that is in no list does not run"
cp /usr/bin/true /tmp/unlisted
must_not /tmp/unlisted

finish
