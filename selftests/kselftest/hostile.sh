#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# hostile.sh - sizes, writers and callers that nobody sane would be
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 36
get_ready
writes=$helpers/writes
user='setpriv --reuid 1000 --regid 1000 --clear-groups'

# --- sizes of objects -----------------------------------------------------------

strict_rules | make_policy strict
load_policy_file "$work/strict.policy.signed"
for file in policy riv revoke unlock trust mode; do
	expect_errno "nothing at all for $file" EBADMSG \
		"$writes" empty "$work/strict.policy.signed" $rivet/$file
done
expect_errno "a policy of 2 MiB" EFBIG "$writes" zeros $rivet/policy 2097152
expect_errno "a manifest of 64 MiB and more than any signature" EFBIG \
	"$writes" zeros $rivet/riv $((65 * 1048576))
expect_errno "a revocation of that size" EFBIG "$writes" zeros $rivet/revoke $((65 * 1048576))
expect_errno "1 GiB" EFBIG "$writes" zeros $rivet/riv 268435456
expect_errno "a token of 1 MiB" EFBIG "$writes" zeros $rivet/unlock 1048576
expect_errno "a long word for mode" EFBIG "$writes" zeros $rivet/mode 65
head -c $((64 * 1048576 - 60)) /dev/zero | tr '\0' '\n' >"$work/huge"
{
	printf 'riv-manifest 1\nname: huge\nversion: 1\ncount: 0\n'
	head -c $((64 * 1048576)) "$work/huge"
	echo past the cap
} >"$work/huge.riv"
truncate -s $((64 * 1048576 + 1)) "$work/huge.riv"
sign_object "$work/huge.riv" signer
expect_errno "a signed manifest one byte past its cap" EFBIG \
	load_riv "$work/huge.riv.signed"
rm "$work"/huge*

# --- ways to write --------------------------------------------------------------

expect "one write is one object" "$writes" whole "$work/strict.policy.signed" $rivet/policy
expect_errno "nothing is written at an offset" ESPIPE "$writes" at-offset "$work/strict.policy.signed" $rivet/policy
expect_errno "half an object is none" 'EKEYREJECTED|EBADMSG' \
	"$writes" halves "$work/strict.policy.signed" $rivet/policy
cp "$work/strict.policy.signed" "$work/first"
sign_object "$work/guest.riv" signer
expect "eight tasks write and read the policy at the same time" \
	"$helpers/chatter" 8 50 "$work/first" "$work/guest.riv.signed" $rivet/policy
expect "and the sets" "$helpers/chatter" 8 20 "$work/first" "$work/guest.riv.signed" $rivet/riv
echo /bin/sh >"$work/path1"
echo /usr/bin/busybox >"$work/path2"
expect "and ask about files" "$helpers/chatter" 8 20 "$work/path1" "$work/path2" $rivet/check
expect_text "the set is still whole" guest cat $rivet/riv

# --- who writes and asks --------------------------------------------------------

cp "$work/first" /tmp/object
chmod 644 /tmp/object
# shellcheck disable=SC2086
{
	expect_errno "a user opens nothing" EACCES $user "$writes" whole /tmp/object $rivet/policy
	expect_errno "root of a user namespace writes nothing" EPERM \
		unshare -Ur "$writes" whole /tmp/object $rivet/policy
	expect_errno "a user asks nothing by netlink" EPERM $user "$helpers/genl" 1
	expect_errno "nor joins the events" EPERM $user "$helpers/genl" listen-deaf
	expect_errno "nor does root of a user namespace" EPERM unshare -Ur "$helpers/genl" 1
}
expect_text "root asks" ok "$helpers/genl" 1
expect_text "root asks for events" ok "$helpers/genl" 2 dump
expect_errno "a command that there is not" EOPNOTSUPP "$helpers/genl" 99

# --- programs -------------------------------------------------------------------

: >/tmp/empty
truncate -s 5G /tmp/sparse
cp "$helpers/hello" /tmp/secret
chmod 0111 /tmp/secret
chmod 755 /tmp/empty /tmp/sparse
expect_text "a sparse file of 5 GiB is not read, while auditing" Exec sh -c 'exec /tmp/sparse; :'
expect_text "but reported" "reason=unverifiable path=\"/tmp/sparse\"" cat $rivet/events
# Each start is noted with memory of its own: it is given back when many have ended.
starts_noted()
{
	cut -d' ' -f1 /sys/kernel/slab/rivet_start/objects
}
noted=$(starts_noted)
"$helpers/starts" 4000 "$helpers/tiny"
sleep 1
noted=$(($(starts_noted) - noted))
echo "# of 4000 starts of programs that have ended $noted are noted"
expect_text "4000 starts of programs that have ended are not kept" yes \
	sh -c "[ $noted -lt 2000 ] && echo yes"
enforce
expect_denied "an empty program" unlisted /tmp/empty /tmp/empty
expect_denied "a sparse file of 5 GiB" unlisted /tmp/sparse /tmp/sparse
# shellcheck disable=SC2086
expect_denied "a program that its user may not read" moved /tmp/secret $user /tmp/secret
"$helpers/attempts" 3000 /tmp/empty 8 >"$work/many" 2>&1
expect_text "eight tasks at the same file" "refused 3000" cat "$work/many"
expect_text "after all that it enforces" enforce mode

finish
