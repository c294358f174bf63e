#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# isolated_boot.sh - a machine that is isolated is so after a reboot as well, until a token signed
# for that boot ends it; and isolation goes on without the agent
#
# needs: userspace
#
# A boot is the module loaded anew, which forgets everything. The test leaves enforce mode for
# that by a token, while no agent runs that would see isolation end.
#
# wide
#
# boot: isolated_boot.sh | --net

# shellcheck source=selftests/kselftest/network.sh
. "$(dirname "$0")/network.sh"

plan 43
etc=/etc/rivet
place=/opt/m2m
saved=/var/lib/rivet/isolated
agent=

make_uplink

not_isolated()
{
	! isolated
}

is_saved()
{
	[ -e "$saved" ]
}

is_gone()
{
	[ ! -e "$saved" ]
}

fail_thrice()
{
	for _ in 1 2 3; do
		$place/changed >/dev/null 2>&1
	done
}

kill_agent()
{
	kill -9 "$agent"
	wait "$agent" 2>/dev/null
}

# off: the module goes, and all that it knew; network devices are closed
off()
{
	[ "$(mode)" = audit ] || back_to_audit
	rmmod rivet || bail "rivet does not go"
	ip link set uplink0 down
	ip link set dummy7 down
}

# make_policy_file WORD: the policy of /etc/rivet, with SET boot=WORD
make_policy_file()
{
	{
		echo "SET boot=$1"
		echo "SET isolate-uplink=uplink0"
		echo "SET isolate-allow=10.0.2.100:8883/tcp"
		echo "op=EXECUTE riv=mismatch path=$place/** action=DENY respond=ISOLATE after=3/60"
		strict_rules
	} | make_policy strict
	cp "$work/strict.policy.signed" $etc/policy.signed
	chmod 644 $etc/policy.signed
}

make_folder()
{
	mkdir -p $place $etc/ca.d $etc/trust.d $etc/riv.d $etc/revoke.d /etc/modprobe.d
	echo "install rivet insmod ${RIVET_KO:-/rivet.ko}" >/etc/modprobe.d/rivet.conf
	cp "$helpers/hello" $place/changed
	items exec,mmap $place/changed | sort_items >"$work/items"
	signed_manifest "$work/app.riv" app "version: 1" <"$work/items"
	cp "$work/app.riv.signed" $etc/riv.d/app.signed
	echo other >>$place/changed
	cp "$keys/signer.pem" $etc/trust.d/
	cp "$keys/ca.pem" $etc/ca.d/
	cp /rivet-test/guest.riv.signed $etc/riv.d/guest.signed
	make_policy_file enforce
	chmod -R go-w $etc
	mkdir -p /var/lib/rivet
	echo >/var/lib/rivet/floor
}

make_folder
ends "the first boot" 0 rivetctl apply
open_devices
expect "it enforces, and reaches all" answers 9999
start_agent

# --- it is saved ------------------------------------------------------------------

expect "nothing is saved before" is_gone
fail_thrice
expect "three failures isolate" wait_for isolated
expect "the agent saves that" wait_for is_saved
expect_text "root's alone" 600 stat -c %a $saved
rm $saved
expect "root removes the file: the agent makes it again" wait_for is_saved
expect "and says so" grep -q "ALARM: $saved was removed" "$work/agent"
kill_agent
expect "the agent is killed: another port is not reached" silent 9999
expect "and the listed peer is" answers 8883
expect_errno "and no device opens" EPERM busybox ip link set dummy7 up
cat $rivet/rejoin >"$work/old"
sign_object "$work/old" signer
start_agent
expect "a restarted agent leaves all as it is" isolated
expect "with the file" is_saved

# --- a boot -----------------------------------------------------------------------

kill_agent
off
mark_log
ends "the next boot" 0 rivetctl apply
says "it isolates the machine again" "isolation: isolated from the network, as before"
expect "so it is" isolated
ends "rivetctl isolation says so" 0 rivetctl isolation
says "in words" "as before this boot"
ip link set uplink0 up
sleep 1
expect_errno "a device does not open" EPERM busybox ip link set dummy7 up
expect "the listed peer is reached" answers 8883
expect "another port is not" silent 9999
ends "a second run changes nothing" 0 rivetctl apply
says "and says so" "nothing to change"
expect_errno "the token of the boot before ends nothing" ESTALE write_whole "$work/old.signed" $rivet/rejoin
expect "so that it stays isolated" isolated
ends "a request" 0 rivetctl rejoin request -o "$work/rejoin"
sign_object "$work/rejoin" signer
ends "its token ends it" 0 rivetctl rejoin apply "$work/rejoin.signed"
expect "the file is gone" is_gone
expect "all is reached" answers 9999
off
ends "the boot after that" 0 rivetctl apply
expect "is not isolated" not_isolated

# --- with the agent alone ------------------------------------------------------------

start_agent
fail_thrice
expect "isolated once more" wait_for is_saved
cat $rivet/rejoin >"$work/rejoin"
sign_object "$work/rejoin" signer
write_whole "$work/rejoin.signed" $rivet/rejoin || bail "isolation does not end"
expect "a token past rivetctl: the agent removes the file" wait_for is_gone
kill_agent

# --- the file ----------------------------------------------------------

: >$saved
off
ends "an empty file" 0 rivetctl apply
expect "isolates as well" isolated
off
make_policy_file audit
ends "a boot that does not enforce: it is not well" 5 rivetctl apply
warns "the reason is named" "$saved says that the machine is isolated"
expect "the console is told" sh -c "busybox dmesg | sed '1,/$log_mark/d' | grep -q 'rivetctl: ALARM'"
expect "the file stays" is_saved
ip link set uplink0 up
sleep 1
expect "all is reached: isolation is a state of enforce mode" answers 9999
start_agent
enforce
expect "once it enforces, the agent isolates it" wait_for isolated
kill_agent
off
rm $saved
make_policy_file enforce
ends "root removed the file while no agent ran: the boot is as any other" 0 rivetctl apply
expect "and not isolated" not_isolated
finish
