#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# policy.sh - refusals of policies and their reasons, how one policy replaces
# another, and that rules decide as they are written
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 59
get_ready
place=/opt/m2m
mkdir -p $place/sub
hello=$helpers/hello

program()
{
	for name; do
		cp "$hello" "$place/$name"
		echo "$name" >>"$place/$name"
	done
}

program listed unlisted sub/unlisted other-set killer killed by-uid by-exe swapped fs wide
cp $place/unlisted /mnt/scratch/on-ext4
items exec,mmap $place/listed $place/swapped $place/by-exe | load_items items
items exec,mmap $place/other-set | load_items other

# --- refusals -------------------------------------------------------------------

active()
{
	cat $rivet/policy >"$work/active"
}

# expect_kept NAME ERRNO FILE [TEXT]: it is refused, and the active policy stays
expect_kept()
{
	active
	mark_log
	expect_errno "$1" "$2" load_policy_file "$3"
	cat $rivet/policy >"$work/after"
	cmp -s "$work/active" "$work/after" || comment "but the active policy changed"
	[ -z "${4-}" ] || expect_one_line "$1: the log says where and why" "$4"
}

# expect_malformed NAME LINE [COLUMN]: the rules from stdin are refused there
expect_malformed()
{
	make_policy strict
	expect_kept "$1" EBADMSG "$work/strict.policy.signed" "line $2 column $3${3:+: expected}"
}

strict_rules | make_policy strict
expect_kept "a policy without a signature" EKEYREJECTED "$work/strict.policy"
sign_object "$work/strict.policy" rogue
expect_kept "a policy by a rogue" ENOKEY "$work/strict.policy.signed"
sign_object "$work/strict.policy" signer
sed '2s/DENY/KILL/' "$work/strict.policy.signed" >"$work/tampered"
expect_kept "a policy that was changed after signing" EKEYREJECTED "$work/tampered"
size=$(stat -c %s "$work/strict.policy.signed")
for cut in 1 30 $((size / 2)) $((size - 1)); do
	head -c $((size - cut)) "$work/strict.policy.signed" >"$work/cut"
	expect_kept "a policy without its last $cut bytes" EKEYREJECTED "$work/cut"
done
expect_kept "a signed set in place of a policy" EBADMSG "$work/items.riv.signed"
cp "$work/strict.policy" "$work/big"
head -c 1048577 /dev/zero | tr '\0' '#' >>"$work/big"
sign_object "$work/big" signer
expect_kept "a policy of more than 1 MiB" EFBIG "$work/big.signed"
printf 'policy_name=strict policy_version=1.0.0\nDEFAULT action=ALLOW\n' >"$work/old"
sign_object "$work/old" signer
expect_kept "an older version" ESTALE "$work/old.signed"
head -n 1 $rivet/policy >"$work/same"
echo 'DEFAULT action=ALLOW' >>"$work/same"
sign_object "$work/same" signer
expect_kept "the same version with other rules" ESTALE "$work/same.signed"
strict_rules | make_policy strict
load_policy_file "$work/strict.policy.signed"
expect "the same policy again changes nothing" load_policy_file "$work/strict.policy.signed"

expect_malformed "op=READ of no path" 3 1 <<END
DEFAULT action=DENY
op=READ riv=MATCH action=ALLOW
END
expect_malformed "op=SCRIPT of no path" 3 1 <<END
DEFAULT action=DENY
op=SCRIPT exe=/bin/sh action=DENY
END
expect_malformed "op=SCRIPT of no interpreter" 3 1 <<END
DEFAULT action=DENY
op=SCRIPT path=/opt/** action=DENY
END
expect_malformed "an action that does not exist" 3 19 <<END
DEFAULT action=DENY
op=EXECUTE action=ISOLATE
END
expect_malformed "a response that does not exist" 3 24 <<END
DEFAULT action=DENY
op=EXECUTE action=DENY respond=LATER
END
expect_malformed "a key that is none" 3 12 <<END
DEFAULT action=DENY
op=EXECUTE colour=red action=ALLOW
END
expect_malformed "an op without a DEFAULT" 2 '' <<END
op=EXECUTE action=ALLOW
END

# --- replacing a policy ---------------------------------------------------------

enforce
strict_rules | make_policy usurper
expect_kept "while enforcing, a policy of another name" EPERM "$work/usurper.policy.signed"
strict_rules | make_policy usurper replaces=nobody
expect_kept "one that replaces somebody else" EPERM "$work/usurper.policy.signed"
strict_rules | make_policy successor replaces=strict
expect "one that says that it replaces this one" load_policy_file "$work/successor.policy.signed"
expect_text "is active" policy_name=successor head -n 1 $rivet/policy
printf 'policy_name=strict policy_version=9.0.0 replaces=successor\nDEFAULT action=ALLOW\n' \
	>"$work/retired"
sign_object "$work/retired" signer
expect_kept "and who was replaced does not come back" ESTALE "$work/retired.signed"
expect_mode_is_enforce()
{
	expect_text "$1" enforce head -n 1 $rivet/mode
}
expect_mode_is_enforce "after all that it still enforces"

# --- rules decide as written ----------------------------------------------------

# rules: these before the strict ones
rules()
{
	{
		cat
		strict_rules
	} | load_policy successor
}

rules <<END
op=EXECUTE path=$place/* action=ALLOW
op=MMAP path=$place/* action=ALLOW
END
expect_permitted "path= with one star allows here" $place/unlisted
expect_denied "and not below" unlisted $place/sub/unlisted $place/sub/unlisted
mkdir -p /tmp/jail$place
cp $place/unlisted /tmp/jail$place/forged
expect_denied "nor what has the path in a chroot only" unlisted "" chroot /tmp/jail $place/forged
rules <<END
op=EXECUTE path=$place/** action=ALLOW
op=MMAP path=$place/** action=ALLOW
END
expect_permitted "with two stars below, too" $place/sub/unlisted
rules <<END
op=EXECUTE riv=MATCH path=$place/listed action=DENY
END
expect_denied "a rule may refuse what matches" match $place/listed $place/listed
expect_permitted "and only that" $place/swapped

rules <<END
op=EXECUTE uid=1000 action=ALLOW
op=MMAP uid=1000 action=ALLOW
END
user='setpriv --reuid 1000 --regid 1000 --clear-groups'
# shellcheck disable=SC2086
expect_permitted "uid= allows its user" $user $place/by-uid
expect_denied "and nobody else" unlisted $place/by-uid $place/by-uid
expect_permitted "the real one counts" setpriv --ruid 1000 $place/by-uid
expect_denied "and not the effective one" unlisted $place/by-uid setpriv --euid 1000 $place/by-uid

rules <<END
op=EXECUTE riv=MATCH set=other action=DENY
END
expect_denied "set= refuses what that set vouches for" match $place/other-set $place/other-set
expect_permitted "and nothing else" $place/listed

rules <<END
op=EXECUTE fsmagic=0xef53 action=ALLOW
op=MMAP fsmagic=0xef53 action=ALLOW
END
expect_permitted "fsmagic= allows its filesystem" /mnt/scratch/on-ext4
expect_denied "and no other" unlisted $place/fs $place/fs

# The acting program is known from its start on: the shell started here is dash
rules <<END
op=EXECUTE path=$place/unlisted exe=/usr/bin/dash action=ALLOW
op=MMAP path=$place/unlisted action=ALLOW
END
expect_permitted "exe= allows its program" sh -c "$place/unlisted; true"
expect_denied "and its path through another program" unlisted $place/unlisted $place/unlisted
expect_denied "and no other path" unlisted $place/sub/unlisted sh -c "$place/sub/unlisted; exit 1"
expect_text "the event names the program" "exe=\"/usr/bin/dash\"" \
	grep "$place/sub/unlisted" $rivet/events
cp /usr/bin/dash $place/false-dash
rules <<END
op=EXECUTE path=$place/wide exe=/usr/bin/dash action=ALLOW
op=MMAP path=$place/** action=ALLOW
op=EXECUTE path=$place/false-dash action=ALLOW
END
expect_denied "a copy of the program elsewhere is not that program" unlisted $place/wide \
	$place/false-dash -c "$place/wide; exit 1"

rules <<END
op=EXECUTE path=$place/killer action=KILL
op=EXECUTE path=$place/killed riv=UNLISTED action=KILL
END
sh -c "$place/killer; echo survived" >"$work/killed" 2>&1
status=$?
if [ $status = 0 ] && grep -q survived "$work/killed"; then
	pass "KILL kills the task that acts: the shell's child"
else
	fail "KILL kills the task that acts: the shell's child" "$status $(cat "$work/killed")"
fi
sh -c "exec $place/killed" >"$work/killed" 2>&1
status=$?
if [ $status = 137 ]; then
	pass "or the shell itself"
else
	fail "or the shell itself" "$status $(cat "$work/killed")"
fi
"$helpers/attempts" 5 $place/killed 3 >"$work/killed" 2>&1
status=$?
if [ $status = 137 ]; then
	pass "with all its threads"
else
	fail "with all its threads" "$status $(cat "$work/killed")"
fi
expect "and PID 1 is alive" test -d /proc/1
expect_text "the event says so" action=KILL grep "path=\"$place/killed\"" $rivet/events

# --- swapping under a storm -----------------------------------------------------

# swap NAME FIRST SECOND: both allow the storm; then no run may fail
swap()
{
	"$helpers/storm" 600 2 $place/swapped "$helpers/libhello.so" >"$work/storm" 2>&1 &
	storm=$!
	swapped=0
	while [ $swapped -lt "$2" ]; do
		load_policy_file "$work/swap.$((swapped % 10))" || break
		swapped=$((swapped + 1))
	done
	kill $storm
	if wait $storm && [ $swapped = "$2" ]; then
		pass "$1"
	else
		fail "$1" "$swapped swaps, $(cat "$work/storm")"
	fi
	comment "$(cat "$work/storm")"
}

load_many()
{
	many=0
	while [ $many -lt "$1" ]; do
		make_policy successor <"$work/rules.$((many % 2))"
		mv "$work/successor.policy.signed" "$work/swap.$many"
		many=$((many + 1))
	done
}

strict_rules >"$work/rules.0"
{
	strict_rules
	echo '# the same'
} >"$work/rules.1"
load_many 10
# Ten versions, each loaded twenty times: the same again is a policy, too
swap "no false denial while equivalent policies are swapped" 10
{
	echo "op=EXECUTE exe=/rivet-test/helpers/storm path=$place/swapped action=ALLOW"
	strict_rules | sed '/EXECUTE/d'
	echo 'op=EXECUTE riv=MATCH uid=0 action=ALLOW'
} >"$work/rules.1"
load_many 10
swap "nor when one of them needs other hooks than the other" 10

# The old policy decides by who acts; until the new one is active it must know who
{
	echo "op=EXECUTE path=$place/by-exe exe=/rivet-test/helpers/storm action=ALLOW"
	echo "op=EXECUTE path=$place/by-exe action=DENY"
	strict_rules
} | load_policy successor
"$helpers/storm" 600 2 $place/by-exe "$helpers/libhello.so" >"$work/storm" 2>&1 &
storm=$!
sleep 2
strict_rules | load_policy successor
sleep 1
kill $storm
if wait $storm; then
	pass "a policy with exe= decides until its successor does"
else
	fail "a policy with exe= decides until its successor does" "$(cat "$work/storm")"
fi
comment "$(cat "$work/storm")"

finish
