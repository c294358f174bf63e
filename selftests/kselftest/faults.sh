#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# faults.sh - memory that runs out at each place in turn where some is asked for: the
# request fails as a whole or is done, and nothing is permitted for want of memory. (With
# fewer other security modules: TOMOYO panics if it gets no memory before its policy.)
#
# long: 3000 debug-6.12
# boot: faults.sh | --append lsm=lockdown,yama,bpf

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

ko=${RIVET_KO:-/rivet.ko}
fail_nth=$helpers/fail_nth

# expect_sound NAME WAY...: at least one thing failed on the way, or it proves nothing
expect_sound()
{
	sound_name=$1
	shift
	sound_output=$("$fail_nth" "$@" 2>&1 </dev/null)
	case $sound_output in
	*"failed 0 times"*) fail "$now: $sound_name" "$sound_output" ;;
	*failed*nevertheless*) pass "$now: $sound_name" ;;
	*) fail "$now: $sound_name" "$sound_output" ;;
	esac
	comment "$sound_output"
}

plan 22
if [ ! -e /proc/self/fail-nth ]; then
	for result in $(seq 22); do
		skip "memory runs out $result" "fault injection (debug-6.12 has it)"
	done
	finish
fi
mount -t debugfs none /sys/kernel/debug 2>/dev/null
for kind in failslab fail_page_alloc fail_usercopy; do
	for setting in ignore-gfp-wait ignore-gfp-highmem min-order verbose; do
		[ ! -e /sys/kernel/debug/$kind/$setting ] || echo 0 >/sys/kernel/debug/$kind/$setting
	done
done

cp "$helpers/hello" /opt/listed
for name in unlisted lib denied; do
	cp "$helpers/hello" /opt/$name
	echo $name >>/opt/$name
done
for name in program stranger; do
	cp "$fail_nth" /opt/$name
	echo $name >>/opt/$name
done
get_ready
items exec,mmap /opt/listed /opt/lib /opt/denied /opt/program | load_items items
strict_rules | make_policy strict
entry 1 | signed_manifest "$work/more" more "version: 1"
entry 2 | signed_manifest "$work/key" key "version: 1"

expect_sound "a policy" -k $rivet/policy write "$work/strict.policy.signed" $rivet/policy
expect_text "it is active" 'policy_version=1.0.2' cat $rivet/policy
expect_sound "a set" -k $rivet/riv write "$work/more.signed" $rivet/riv
expect_text "it is there" more cat $rivet/riv
expect_sound "a key" -k $rivet/riv key key "$(printf %d "$(ring_id .rivet)")" "$work/key.signed"
expect_sound "what rivet knows of a file" ask /opt/listed
expect_sound "events" read $rivet/events
expect_sound "an unlisted program, reported" exec /opt/stranger

# A rule that denies must not be missed for want of a path, or of the record of a program
echo text >/opt/script
{
	echo 'DEFAULT action=DENY'
	echo 'op=MMAP path=/opt/denied action=DENY'
	echo 'op=SCRIPT exe=/opt/program path=/opt/script riv=MATCH action=ALLOW'
	strict_rules | grep -v DEFAULT
} | load_policy strict
enforce
expect_sound "a listed program" exec /opt/program
expect_sound "an unlisted program" exec /opt/stranger refused
expect_sound "an unlisted program, known already" exec /opt/stranger refused
expect_sound "a listed library" map /opt/lib
expect_sound "an unlisted library" map /opt/unlisted refused
expect_sound "an unlisted library, known already" map /opt/unlisted refused
expect_sound "a listed library that a rule denies" map /opt/denied refused
expect_sound "an unlisted script for an interpreter" script /opt/program /opt/script
expect_permitted "which others read" cat /opt/script
expect_permitted "after all that a listed program" /opt/listed
expect_denied "after all that an unlisted one" unlisted /opt/unlisted /opt/unlisted
cp $rivet/unlock "$work/token"
sign_object "$work/token" signer
expect_sound "a token" -1 write "$work/token.signed" $rivet/unlock
now=audit

expect "it unloads" rmmod rivet
expect_sound "loading" -s 199 module "$ko"
finish
