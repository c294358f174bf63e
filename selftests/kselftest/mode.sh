#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mode.sh - the preconditions of enforcement, how it begins, and that root alone does
# not end it
#
# boot: mode.sh mode=enforce
# wide boot: mode.sh norivet | --append norivet
# wide boot: mode.sh no-bpf | --append lsm=capability,yama
# wide boot: mode.sh no-ftrace

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

ko=${RIVET_KO:-/rivet.ko}
load_user='unshare -Ur'

# expect_mode NAME MODE
expect_mode()
{
	expect_text "$1" "$2" head -n 1 "$rivet/mode"
}

missing()
{
	grep -c '^missing' "$rivet/preconditions"
}

# set_mode WORD...: through a program, so that its errno is printed
set_mode()
{
	write_text "$*" "$rivet/mode"
}

# --- boots of their own ---------------------------------------------------------

refused_to_load()
{
	plan 3
	mark_log
	expect_errno "rivet does not load" "$2" insmod "$ko"
	expect_text "and one line tells why" "$3" log_since
	if [ ! -d $rivet ] && ! grep -q '^rivet ' /proc/modules && ! grep -q '[.]rivet' /proc/keys; then
		pass "nothing of it is there"
	else
		fail "nothing of it is there"
	fi
	comment "$1"
	finish
}

# cannot_happen FACILITY: instead of refused_to_load
cannot_happen()
{
	plan 3
	for result in "rivet does not load" "and one line tells why" "nothing of it is there"; do
		skip "$result" "$1"
	done
	finish
}

waits_then_enforces()
{
	plan 10
	expect "it loads with mode=enforce" insmod "$ko" mode=enforce
	expect_mode "it is auditing until it may enforce" audit
	expect_text "and says what it waits for" "waiting: trust: not sealed" cat $rivet/mode
	expect "nothing is refused yet" /bin/true
	rmmod rivet
	expect_text "another word is no mode" "Invalid parameters" insmod "$ko" mode=maybe
	long=/tmp/$(printf %0200d 0)/$(printf %0100d 0)
	mkdir -p "${long%/*}"
	cp "$helpers/hello" "$long"
	ln -s "$long" /usr/sbin/rivetd
	insmod "$ko" mode=enforce
	get_ready
	sleep 1
	expect_text "it says what it waits for, and where a path too long was cut" \
		"0... would be refused: moved" cat $rivet/mode
	rm /usr/sbin/rivetd
	waited=0
	while [ "$(mode)" = audit ] && [ $waited -lt 10 ]; do
		sleep 1
		waited=$((waited + 1))
	done
	expect_mode "with all that it needs it enforces by itself" enforce
	expect_no_text "and waits no more" waiting cat $rivet/mode
	cp "$helpers/hello" /tmp/hello
	now=enforce
	expect_denied "unlisted programs are refused" moved /tmp/hello /tmp/hello
	expect_errno "the parameter cannot be written" 'EACCES|EPERM' \
		sh -c 'echo audit >/sys/module/rivet/parameters/mode'
	finish
}

case ${1-} in
norivet)
	refused_to_load "norivet" EPERM "the kernel command line says norivet"
	;;
no-bpf)
	refused_to_load "without bpf in lsm=" EOPNOTSUPP "boot with bpf in lsm="
	;;
no-ftrace)
	if ! write_text 0 /proc/sys/kernel/ftrace_enabled 2>/dev/null; then
		cannot_happen "a way to disable ftrace"
	fi
	refused_to_load "with kernel.ftrace_enabled=0" EBUSY "ftrace is disabled"
	;;
mode=enforce)
	waits_then_enforces
	;;
esac

plan 69

# --- preconditions, one after the other -----------------------------------------

load_rivet
expect_mode "it begins auditing" audit
expect_text "the trust must be sealed" "missing trust: not sealed" cat $rivet/preconditions
expect_text "a RIV set must be loaded" "missing riv: no RIV set" cat $rivet/preconditions
expect_text "a policy must be loaded" "missing policy: none is loaded" cat $rivet/preconditions
expect_errno "enforce is refused" EPERM set_mode enforce
add_cert .rivet_trust "$keys/signer.der" >/dev/null
write_text seal $rivet/trust
expect_text "the trust is sealed" "ok trust: sealed" cat $rivet/preconditions
expect_errno "that alone is not enough" EPERM set_mode enforce
vouch_for_guest
expect_text "a set is loaded" "ok riv: loaded" cat $rivet/preconditions
expect_errno "that is not enough either" EPERM set_mode enforce
strict_rules | sed 's/DENY/AUDIT/' | load_policy lax
expect_text "a policy that never denies does not do" "missing policy-denies:" \
	cat $rivet/preconditions
expect_errno "with it enforce is refused" EPERM set_mode enforce
{
	echo 'DEFAULT op=EXECUTE action=DENY'
	echo 'DEFAULT action=ALLOW'
	echo 'op=EXECUTE riv=MATCH action=ALLOW'
} | load_policy execute-only
expect_errno "nor does one that denies EXECUTE but no MMAP" EPERM set_mode enforce
strict_rules | load_policy strict
# The programs that repair the machine
for name in init shell modprobe caller; do
	expect_text "with $name it passes" "ok $name: passes" cat $rivet/preconditions
done
without()
{
	awk -v "path=$1" '$4 != path' "$work/guest.riv" | sed -n '5,$p' >"$work/rest"
	load_items guest <"$work/rest"
}

cp "$work/guest.riv" "$work/all.riv"
without /usr/bin/dash
expect_text "without the shell it would not" "missing shell: /usr/bin/dash would be refused" \
	cat $rivet/preconditions
expect_errno "and enforce is refused" EPERM set_mode enforce
cp "$work/all.riv" "$work/guest.riv"
without /usr/bin/kmod
expect_text "nor without modprobe" "missing modprobe: /usr/bin/kmod would be refused" \
	cat $rivet/preconditions
cp "$work/all.riv" "$work/guest.riv"
without /usr/bin/busybox
expect_text "nor without init" "missing init: /usr/bin/busybox would be refused" \
	cat $rivet/preconditions
cp "$work/all.riv" "$work/guest.riv"
without "$(readlink -f /lib/*-linux-gnu/libc.so.6)"
expect_text "nor without the C library of who asks" "missing caller:" cat $rivet/preconditions
expect_errno "and enforce is refused then" EPERM set_mode enforce
cp "$work/all.riv" "$work/guest.riv"
sed -n '5,$p' "$work/all.riv" | load_items guest
cp "$helpers/hello" /usr/sbin/rivetd
cp "$helpers/hello" /usr/bin/rivetctl
chmod 755 /usr/sbin/rivetd /usr/bin/rivetctl
expect_text "nor if the agent would be refused" "missing agent: /usr/sbin/rivetd" \
	cat $rivet/preconditions
expect_text "nor if rivetctl would" "missing rivetctl: /usr/bin/rivetctl" cat $rivet/preconditions
rm /usr/sbin/rivetd /usr/bin/rivetctl
expect_text "with all of it nothing is missing" 0 missing

# --- words ----------------------------------------------------------------------

for word in enforced 'enforce 0' 'enforce 86401' 'enforce x' 'enforce  5' 'enforce 5 ' AUDIT ''; do
	[ -n "$word" ] || continue
	expect_errno "'$word' is no mode" EINVAL set_mode "$word"
done
expect_errno "there is nothing to confirm" EPERM set_mode confirm
printf enforce >"$work/text"
# shellcheck disable=SC2086
{
	expect_errno "root of a user namespace sets no mode" EPERM \
		$load_user "$helpers/writes" whole "$work/text" $rivet/mode
	expect_errno "nor does root without CAP_MAC_ADMIN" EPERM \
		capsh --drop=cap_mac_admin -- -c "echo enforce >$rivet/mode"
}
expect_errno "a user cannot even read" EACCES setpriv --reuid 1000 --clear-groups cat $rivet/mode
expect_mode "it is still auditing" audit

# --- on trial -------------------------------------------------------------------

expect "enforce on trial" set_mode enforce 3
expect_mode "it enforces" enforce
expect_text "and says how long" "confirm-left: " cat $rivet/mode
sleep 4
expect_mode "not confirmed, it lapses" audit
cp "$helpers/hello" /tmp/hello
expect "and programs run again" /tmp/hello
expect "a trial again" set_mode enforce 4
expect "is confirmed" set_mode confirm
expect_no_text "which ends the trial" confirm-left cat $rivet/mode
sleep 5
expect_mode "confirmed, it stays" enforce
now=enforce
expect_denied "and refuses" moved /tmp/hello /tmp/hello
expect_errno "a trial now would lower protection" EPERM set_mode enforce 3

# --- root does not lower it -----------------------------------------------------

expect_errno "root cannot write audit" EPERM set_mode audit
expect_text "rmmod is refused" "is in use" rmmod rivet
expect_text "by force too" "Resource temporarily unavailable" rmmod -f rivet
expect_text "lsmod works" "rivet" lsmod
# EOPNOTSUPP: a newer kernel, which refuses it always
expect_errno "kernel.ftrace_enabled=0 is refused" 'EBUSY|EOPNOTSUPP' \
	write_text 0 /proc/sys/kernel/ftrace_enabled
expect_text "and it still refuses programs" "Permission denied" sh -c /tmp/hello

# --- unlocking ------------------------------------------------------------------

printf 'riv-unlock 1\nnonce: %064d\n' 7 >"$work/other"
sign_object "$work/other" signer
expect_errno "a token with another nonce" ESTALE write_whole "$work/other.signed" $rivet/unlock
expect_errno "a token by a rogue" ENOKEY unlock_by rogue
expect_errno "a token that is not signed" EKEYREJECTED write_whole "$work/token" $rivet/unlock
expect_errno "a signed policy is no token" EBADMSG write_whole "$work/strict.policy.signed" \
	$rivet/unlock
expect_mode "after all that it still enforces" enforce
back_to_audit
cp "$work/token.signed" "$work/used"
expect_mode "a signed token ends it" audit
expect "and programs run" /tmp/hello
expect_errno "the token again, while auditing" ESTALE write_whole "$work/used" $rivet/unlock
enforce
expect_errno "the token again, while enforcing" ESTALE write_whole "$work/used" $rivet/unlock
expect_mode "it still enforces" enforce
back_to_audit

# --- a loader that is opened before it, and mapped after ------------------------

for loader in /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.*; do
	[ ! -e "$loader" ] || break
done
mkdir /opt/late
cp "$loader" /opt/late/loader
echo >>/opt/late/loader
cd /opt/late || bail "no folder"
# begin_late COMMAND: a program whose loader is in this folder; run the command in between
begin_late()
{
	"$helpers/interp" meanwhile "$helpers/own_loader" "$1" /mnt/scratch
}
expect_text "audit: with an unlisted loader a program runs" hello begin_late true
mark_events
expect_no_text "opened by audit, mapped by enforcement, it does not" hello \
	begin_late "echo enforce >$rivet/mode"
expect_mode "it enforces" enforce
expect "the mapping is what is refused" has_event mode=enforce op=MMAP errno=13 reason=unlisted \
	'path="/opt/late/loader"'
back_to_audit
cd / || bail "no folder"
expect "while auditing rmmod works" rmmod rivet

finish
