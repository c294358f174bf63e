#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# learn.sh - rivetctl learn: on a machine in audit mode it drafts a set and a policy with which,
# once they are signed and loaded, the machine does the same work in enforce mode without a
# denial; a file that nobody used and that no folder has is denied
#
# needs: userspace
#
# wide: 6.12

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 17
place=/var/lib/tool
drafts=$work/drafts
mkdir -p $place
for name in used unused gone; do
	cp "$helpers/hello" $place/$name
	echo $name >>$place/$name
done
cp "$helpers/libhello.so" $place/lib.so
echo lib >>$place/lib.so

# The work of this machine
work_of_machine()
{
	$place/used
	"$helpers/mapping" $place/lib.so private:rx
	sort /etc/passwd | head -n 3
}

load_rivet
seal_trust
{
	echo 'policy_name=machine policy_version=1.0.0'
	strict_rules
} >"$work/base.pol"
work_of_machine >/dev/null 2>&1
$place/gone >/dev/null
rm $place/gone
ends 'it drafts out of events and folders' 0 rivetctl learn -o "$drafts" -n machine -v 1 \
	--policy "$work/base.pol" /usr /etc "$helpers" "$(dirname "$0")"
says 'that there are no packages is said' 'no list of dpkg'
expect 'the program that ran is in the set' grep -q " $place/used\$" "$drafts/machine.riv"
expect 'the library that was mapped is' grep -q " $place/lib.so\$" "$drafts/machine.riv"
expect_no_text 'a program that did not run is not' "$place/unused" cat "$drafts/machine.riv"
expect 'the place is marked' grep -q 'outside of the folders' "$drafts/machine.review"
expect 'the one that is gone is marked, too' grep -q "    $place/gone" "$drafts/machine.review"
expect_no_text 'and not listed' "$place/gone" cat "$drafts/machine.riv"
ends 'the policy draft is a policy' 0 rivetctl policy check "$drafts/machine.pol"
for draft in machine.riv machine.pol; do
	sign_object "$drafts/$draft" signer
done
ends 'signed, the set loads' 0 rivetctl manifest load "$drafts/machine.riv.signed"
ends 'and the policy' 0 rivetctl policy load "$drafts/machine.pol.signed"
enforce
mark_events
expect 'the machine does its work' work_of_machine
events_since | grep ' errno=1' >"$work/denials"
expect_same 'without a denial' "$work/denials" /dev/null
expect_denied 'a program that nobody used' unlisted $place/unused $place/unused
expect 'which is an event, as any denial' has_event errno=13
cp $place/used $place/copy
expect_denied 'a copy' moved $place/copy $place/copy
expect_no_text 'the kernel log has no splat' 'Call Trace' busybox dmesg

finish
