#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# anchors.sh - rivet.trust= on the kernel command line, or certificates built into the module:
# root cannot bring another signer
#
# needs: userspace
# needs: trust
#
# wide: 6.1
#
# A boot is the module loaded anew, with a file over /proc/cmdline, where the module reads.

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

etc=/etc/rivet
place=/opt/m2m
plan 55

# Of each module of this name, only the certificates that are built in differ
plain=${RIVET_KO:-/rivet.ko}
anchored=/rivet-test/trust/rivet.ko

digest_of()
{
	echo "sha256:$(sha256sum <"$keys/$1.der" | cut -d ' ' -f 1)"
}

# boot [WORD...]: with these words more on the command line
boot()
{
	[ ! -d $rivet ] || [ "$(mode)" = audit ] || back_to_audit
	[ ! -d $rivet ] || rmmod rivet || bail "rivet does not go"
	umount /proc/cmdline 2>/dev/null
	echo "$(cat /proc/cmdline) $*" >"$work/cmdline"
	mount --bind "$work/cmdline" /proc/cmdline || bail "no other command line"
	mark_log
}

admitted()
{
	expect "$1" add_cert "$2" "$keys/$3.der"
}

refused()
{
	expect_errno "$1" "$4" add_cert "$2" "$keys/$3.der"
}

# --- certificates that may be admitted before the seal -------------------------------------------------

boot
load_rivet
admitted 'no word: any signer is admitted' .rivet_trust rogue
admitted 'no word: any CA' .rivet_ca ca
ends 'no word: doctor' 1 rivetctl doctor
says 'no word: doctor says that no anchor is built in' 'no trust anchor is built in'
boot "rivet.trust=$(digest_of ca)"
load_rivet
refused 'a CA is named: its signer is refused while the CA is not there' .rivet_trust signer ENOKEY
admitted 'a CA is named: it is admitted' .rivet_ca ca
cat $rivet/trust >/dev/null	# as rivetctl does before it adds one: the CA is found from then on
admitted 'a CA is named: and a signer that it has certified' .rivet_trust signer
mark_log
refused 'a CA is named: a signer of nobody is not' .rivet_trust rogue ENOKEY
expect_text 'a CA is named: the log says why' 'rivet.trust= on the kernel command line does not name it' \
	log_since
ends 'a CA is named: doctor' 1 rivetctl doctor
says 'a CA is named: doctor counts it' 'the kernel command line names 1 certificate'
boot "rivet.trust=$(digest_of signer),cert:$(digest_of signer2)"
load_rivet
admitted 'two signers are named: the first' .rivet_trust signer
admitted 'two signers are named: the second' .rivet_trust signer2
refused 'two signers are named: a CA is refused' .rivet_ca ca EPERM
refused 'two signers are named: a third signer' .rivet_trust rogue ENOKEY
write_text seal $rivet/trust
refused 'two signers are named: a third signer, sealed' .rivet_trust rogue ENOKEY
boot rivet.trust=sha256:12
load_rivet
refused 'half a digest: no signer is admitted' .rivet_trust signer ENOKEY
expect_text 'half a digest: an alarm' 'ALARM: rivet.trust= on the kernel command line' log_since
ends 'half a digest: doctor' 1 rivetctl doctor
says 'half a digest: doctor says it' 'rivet.trust= on the kernel command line means nothing'

# --- certificates that are built in -------------------------------------------------------

openssl req -x509 -new -sha256 -days 3650 -newkey rsa:3072 -nodes -keyout "$work/other.key" \
	-subj '/CN=another CA' -addext basicConstraints=critical,CA:TRUE \
	-addext keyUsage=critical,keyCertSign -outform DER -out "$work/other.der" 2>/dev/null ||
	bail "no other CA"
RIVET_KO=$anchored
boot
load_rivet
expect 'built in: the CA is there from the start' grep -q "^ca .*digest=cert:$(digest_of ca)" \
	$rivet/trust
admitted 'built in: a signer that it has certified is admitted' .rivet_trust signer
mark_log
refused 'built in: a signer of nobody is not' .rivet_trust rogue ENOKEY
expect_text 'built in: the log says why' 'it is not built into the module' log_since
expect_errno 'built in: another CA is refused' EPERM add_cert .rivet_ca "$work/other.der"
ends 'built in: doctor' 1 rivetctl doctor
says 'built in: doctor counts it' '1 certificate is built into the module'
boot "rivet.trust=$(digest_of rogue)"
load_rivet
refused 'built in: the command line names no other' .rivet_trust rogue ENOKEY
expect_text 'built in: the log says that it is ignored' \
	'rivet.trust= on the kernel command line is ignored' log_since
boot
RIVET_KO=$plain

# --- root's own signer, and its policy ---------------------------------------------------

mkdir -p $place $etc/ca.d $etc/trust.d $etc/riv.d /etc/modprobe.d
echo "install rivet insmod $plain" >/etc/modprobe.d/rivet.conf
cp "$helpers/hello" $place/unlisted
echo unlisted >>$place/unlisted
cp "$keys/ca.pem" $etc/ca.d/
cp "$keys/signer.pem" "$keys/rogue.pem" $etc/trust.d/
cp /rivet-test/guest.riv.signed $etc/riv.d/guest.signed
{
	echo 'policy_name=lax policy_version=9.0.0'
	echo 'DEFAULT action=ALLOW'
} >"$work/lax"
sign_object "$work/lax" rogue
cp "$work/lax.signed" $etc/policy.signed
chmod -R go-w $etc
boot
ends 'no word: root brings a signer and its policy, no floors' 0 rivetctl apply
expect 'no word: an unlisted program runs' sh -c $place/unlisted
expect_no_text 'no word: status tells no fault' ALARM rivetctl status
rm -r /var/lib/rivet
boot "rivet.trust=$(digest_of ca)"
ends 'a CA is named: the same' 4 rivetctl apply
expect_text 'a CA is named: it enforces with the built-in policy' enforce mode
expect_errno 'a CA is named: the unlisted program is refused' 'EPERM|EACCES' sh -c $place/unlisted
expect 'a CA is named: a listed one is not' sh -c /usr/bin/true
expect 'a CA is named: the faults are an event' grep -q \
	'ALARM: [0-9]* part(s) of /etc/rivet are not in force; the first: ' $rivet/events
ends 'a CA is named: doctor finds faults' 1 rivetctl doctor
expect_text 'a CA is named: doctor says the state first, and them before all' 'ALARM: ' \
	sed -n 1p "$work/out"
says 'a CA is named: doctor says what to do' 'of /etc/rivet are not in force: a file is damaged or missing'
ends 'a CA is named: status' 0 rivetctl status
expect_text 'a CA is named: status tells the faults before all' 'of /etc/rivet are not in force, see: rivetctl apply. Enforcing: ' \
	sed -n 1p "$work/out"
says 'a CA is named: status says how to protect it' \
	'if the kernel command line, which names the trust anchors, is not signed or measured'
boot "rivet.trust=$(digest_of rogue)"
rm -r /var/lib/rivet $etc/ca.d
echo "install rivet insmod $anchored" >/etc/modprobe.d/rivet.conf
expect 'built in: the same program runs before' sh -c $place/unlisted
ends 'built in: the same, the command line names the signer, and the CA is removed' 4 rivetctl apply
expect_text 'built in: it enforces with the built-in policy' enforce mode
expect_errno 'built in: the unlisted program is refused' 'EPERM|EACCES' sh -c $place/unlisted
expect 'built in: a listed one is not' sh -c /usr/bin/true
ends 'built in: status' 0 rivetctl status
says 'built in: status says how to protect it' \
	'if kernel, command line, initramfs and module, which has the trust anchors, are not signed'
{
	echo 'policy_name=old policy_version=1.0.0'
	strict_rules
} >"$work/old"
sign_object "$work/old" signer
cp "$work/old.signed" $etc/policy.signed
rm -r /var/lib/rivet $etc/trust.d/rogue.pem
boot
ends 'built in: an older policy, and the floors removed' 3 rivetctl apply
warns 'built in: an older policy, and the floors removed: an alarm' \
	'floor does not exist, though this machine is to enforce'
expect_no_text 'built in: the CA is no surplus' surplus cat "$work/out"
ends 'built in: the floors are saved now, and the next run is well' 0 rivetctl apply
expect_no_text 'built in: and status tells no fault any more' ALARM rivetctl status
umount /proc/cmdline
finish
