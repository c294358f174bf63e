#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# isolate.sh - respond=ISOLATE: the machine is taken off the network but for listed peers, until
# a signed token ends it; in audit mode it is only rehearsed
#
# needs: userspace
#
# wide: 7.x
#
# boot: isolate.sh | --net

# shellcheck source=selftests/kselftest/network.sh
. "$(dirname "$0")/network.sh"

plan 42
place=/opt/m2m
mkdir -p $place
cp "$helpers/hello" $place/changed
cp "$helpers/hello" $place/other
echo other >>$place/other

make_uplink
open_devices

fail_once()
{
	$place/changed >/dev/null 2>&1
}

rules()
{
	cat <<-END
		SET isolate-uplink=uplink0
		SET isolate-allow=10.0.2.100:8883/tcp
		op=EXECUTE riv=mismatch path=$place/** action=DENY respond=ISOLATE after=3/60
	END
	strict_rules
}

get_ready
items exec,mmap $place/changed | load_items good
expect_text "without such a policy there is nothing to end" "state: none" cat $rivet/isolation
ends "which is said" 0 rivetctl isolation
says "in words" "no rule of the policy has respond=ISOLATE"
rules | load_policy strict
expect_text "the uplink has its filter" "uplink: uplink0" cat $rivet/isolation
expect "it lets all through: the listed port" answers 8883
expect "and another" answers 9999
cp $place/other $place/new
mv $place/new $place/changed

json "ready, in JSON" 0 rivet.isolation/1 rivetctl isolation
says "with the uplink" '"uplinks":[{"device":"uplink0","open":true}]'

mark_events
fail_once
fail_once
fail_once
sleep 1
expect_text "audit: it is rehearsed" "would isolate the machine" events_since
expect "audit: and nothing is cut" answers 9999
expect_errno "audit: nor may the agent have it cut" EPERM write_text begin $rivet/isolation

enforce
# a session that is up
mkfifo "$work/say"
busybox nc 10.0.2.100 9999 <"$work/say" >"$work/heard" &
exec 9>"$work/say"
echo before >&9
sleep 1
expect "enforce: a session is up" grep -q before "$work/heard"
mark_events
$place/changed >/dev/null 2>&1
$place/changed >/dev/null 2>&1
sleep 1
expect "enforce: two failures are not enough" is_up dummy7
$place/changed >/dev/null 2>&1
expect "enforce: three are" wait_for isolated
expect_text "which is said" "isolated by line" events_since
expect "another device is closed" is_down dummy7
expect "the uplink is not" is_up uplink0
expect "the listed peer is reached" answers 8883
expect "another port is not" silent 9999
echo after >&9
sleep 2
expect "nor is it heard in the session that was up" sh -c "! grep -q after $work/heard"
expect_errno "the closed device cannot be opened" EPERM busybox ip link set dummy7 up
ip link add dummy8 type dummy
expect_errno "nor a new one" EPERM busybox ip link set dummy8 up
expect_errno "nor one of a new network namespace" EPERM unshare -n sh -c \
	"busybox ip link add dummy9 type dummy; busybox ip link set dummy9 up"
ip link set uplink0 down
ip link set uplink0 name renamed0
ip link set renamed0 up
ip addr add 10.0.2.15/24 dev renamed0 2>/dev/null
expect "under another name the uplink still has its filter" silent 9999
expect "and reaches the peer" answers 8883
expect "the module does not go" sh -c "! rmmod rivet"
ends "rivetctl says it" 0 rivetctl isolation
says "in words" "ISOLATED since"
json "in JSON" 0 rivet.isolation/1 rivetctl isolation
says "as a state" '"state":"isolated"'
ends "the machine enforces all the same" 0 rivetctl status
says "and its status says both" "ISOLATED from the network"
json "in JSON, too" 0 rivet.status/1 rivetctl status
says "as a member" '"isolated":true'
rivetctl doctor >"$work/out" 2>&1
says "doctor says how it ends" "rivetctl rejoin request"

ends "a request" 0 rivetctl rejoin request -o "$work/rejoin"
cat $rivet/unlock >"$work/unlock"
sign_object "$work/rejoin" signer
sign_object "$work/unlock" signer
expect_errno "an unsigned token ends nothing" "EKEYREJECTED|EBADMSG" write_whole "$work/rejoin" $rivet/rejoin
expect_errno "nor does a token of another kind" EBADMSG write_whole "$work/unlock.signed" $rivet/rejoin
ends "a signed one does" 0 rivetctl rejoin apply "$work/rejoin.signed"
expect "all is reached again" answers 9999
expect_errno "a token is used once" ESTALE write_whole "$work/rejoin.signed" $rivet/rejoin
expect "devices open again" busybox ip link set dummy7 up
finish
