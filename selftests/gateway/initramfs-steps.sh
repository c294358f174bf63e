#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# initramfs-steps.sh - the gateway is up, and has enforced since before its first program

# shellcheck source=selftests/gateway/steps.sh
. /opt/steps/steps.sh

step "The first program of the root filesystem ran in enforce mode"
must cat /run/first.mode
says '^enforce$'

step "An unlisted program did not run, even then"
must cat /run/first.status /run/first.output
says '^126$'
says 'Permission denied'
rivetctl events >/tmp/out
grep -q 'denied EXECUTE "/opt/unlisted"' /tmp/out || fail "no event tells it"
as_expected "$(grep -m 1 /opt/unlisted /tmp/out)"

step "The module hashes with the fast driver"
rivetctl events >/tmp/out
grep -q 'hashing with sha256-\(ni\|avx2\|avx\|ssse3\)' /tmp/out || fail "it does not"
as_expected "$(grep -m 1 -o 'hashing with [^ ;]*' /tmp/out)"

step "rivet.service found nothing more to change, but the floors to save"
must systemctl status rivet.service
says 'status=0/SUCCESS'
must cat /var/lib/rivet/floor
says 'gateway policy'
must rivetctl apply
says 'nothing to change'
must rivetctl status
says '^Enforcing'
send_and_receive 21.5

finish
