#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# boot.sh - a policy that says boot=enforce, and the built-in one of a boot without any

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

place=/opt/m2m
modprobe=$(cat /proc/sys/kernel/modprobe)
mkdir -p $place
cp "$helpers/hello" $place/unlisted
echo unlisted >>$place/unlisted
plan 31

# boot_rules WORD: strict rules that say boot=WORD
boot_rules()
{
	strict_rules
	echo "SET boot=$1"
}

set_mode()
{
	write_text "$*" "$rivet/mode"
}

is_mode()
{
	expect_text "$1" "$2" head -n 1 "$rivet/mode"
}

load_anew()
{
	[ "$(mode)" = audit ] || back_to_audit
	rmmod rivet || bail "rivet does not go"
	load_rivet
	add_cert .rivet_trust "$keys/signer.der" >/dev/null || bail "no signer"
	vouch_for_guest
}

# --- boot=enforce ------------------------------------------------------------------

load_rivet
load_anew
boot_rules audit | load_policy lax
is_mode 'boot=audit: it audits' audit
load_anew
boot_rules enforce | make_policy strict
mv "$modprobe" "$work/modprobe"
mkfifo "$modprobe" || bail "no FIFO"
expect 'boot=enforce, and modprobe is a FIFO: the policy is loaded' timeout 20 \
	dd "if=$work/strict.policy.signed" "of=$rivet/policy" bs=1M iflag=fullblock status=none
is_mode 'boot=enforce, and modprobe is a FIFO: it enforces' enforce
expect_text 'boot=enforce, and modprobe is a FIFO: it is told' "$modprobe cannot be opened" \
	cat $rivet/events
mv "$work/modprobe" "$modprobe"
load_anew
boot_rules enforce | make_policy strict
mark_log
expect 'boot=enforce: the policy is loaded' load_policy_file "$work/strict.policy.signed"
is_mode 'boot=enforce: it enforces, though trust is not sealed' enforce
expect_text 'boot=enforce: it says what is missing' \
	'ALARM: enforcing at once, although this is missing: trust: not sealed' log_since
expect_text 'boot=enforce: an event says it too' 'ALARM: enforcing at once' cat $rivet/events
expect_errno 'boot=enforce: an unlisted program does not run' 'EPERM|EACCES' sh -c $place/unlisted
expect 'boot=enforce: a listed one does' sh -c /usr/bin/true
expect_errno 'boot=enforce: a trial would lower it' EPERM set_mode enforce 60
expect_errno 'boot=enforce: so would audit' EPERM set_mode audit
expect_errno 'boot=enforce: no fallback beside a policy' EPERM set_mode fallback
back_to_audit
is_mode 'a token ends it' audit
expect 'the same policy again' load_policy_file "$work/strict.policy.signed"
is_mode 'after the token it stays ended' audit
boot_rules enforce | load_policy strict
is_mode 'a newer one begins nothing either' audit
load_anew
write_text seal $rivet/trust
strict_rules | load_policy strict
set_mode enforce 60
expect_text 'on trial' confirm-left cat $rivet/mode
boot_rules enforce | load_policy strict
is_mode 'on trial, and then boot=enforce: it enforces' enforce
expect_no_text 'on trial, and then boot=enforce: it is confirmed' confirm-left cat $rivet/mode

# --- fallback ----------------------------------------------------------------------

load_anew
mark_log
expect 'fallback, without a policy' set_mode fallback
is_mode 'fallback: it enforces' enforce
expect_text 'fallback: it says so' 'ALARM: no signed policy is loaded' log_since
expect_text 'fallback: the policy denies' 'DEFAULT action=DENY' cat $rivet/policy
expect_errno 'fallback: an unlisted program does not run' 'EPERM|EACCES' sh -c $place/unlisted
expect 'fallback: a listed one does' sh -c /usr/bin/true
expect 'fallback, the second time' set_mode fallback
strict_rules | make_policy another
expect 'fallback: a signed policy of any name follows' load_policy_file "$work/another.policy.signed"
is_mode 'fallback: it enforces as before' enforce
back_to_audit
expect_errno 'fallback, after a token and beside a policy' EPERM set_mode fallback
load_anew
set_mode fallback
back_to_audit
expect_errno 'fallback, after a token' EPERM set_mode fallback
finish
