#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# memory.sh - code that comes from no file: memory made executable, which the RIV
# property jit permits to a program, and other processes' memory

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 90
place=/opt/m2m
mkdir -p $place

# program NAME FROM: a program of its own content
program()
{
	cp "$helpers/$2" $place/"$1"
	echo "$1" >>$place/"$1"
}

program jit memory
program plain memory
program debugger memory
program early memory
program revoked memory
program running memory
program of-another memory
program stack execstack
program stack-jit execstack

# called NAME WAY: a name for the program of its own, so that what it does again in
# another way is not folded into what it did before
called()
{
	ln -sf $place/"$1" $place/"$2-$1"
	echo $place/"$2-$1"
}

# --- a program that ran before rivet was there ----------------------------------

start_holding $place/early wait rw-rx
early=$holder

load_rivet
# Before trust is sealed
add_cert .rivet_trust "$keys/signer2.der" >/dev/null || bail "no second signer"
get_ready
{
	items exec,mmap,jit $place/jit $place/early $place/revoked $place/stack-jit
	items exec,mmap $place/plain $place/debugger $place/stack
} | load_items items

memory_rules()
{
	strict_rules
	echo "op=ANON_EXEC exe=$place/debugger action=ALLOW"
}

# expect_memory_refused NAME COMMAND...: by the policy's ANON_EXEC
expect_memory_refused()
{
	memory_name=$1
	shift
	if [ $now = enforce ]; then
		judge "enforce: $memory_name" "$helpers/observe" -o 'ermi' mode=enforce \
			op=ANON_EXEC errno=13 reason=anonymous -- "$@"
	else
		judge "audit: $memory_name" "$helpers/observe" -s mode=audit op=ANON_EXEC errno=0 \
			reason=anonymous -- "$@"
	fi
}

all_cases()
{
	for way in rwx rw-rx shared zero memfd stack heap; do
		expect_permitted "$way, by a program listed with jit" $place/jit $way
		expect_memory_refused "$way, by one listed without" "$(called plain $way)" $way
	done
	expect_permitted "a child of a program with jit may as well" $place/jit fork rw-rx
	expect_memory_refused "what a program with jit executes may not" \
		$place/jit exec "$(called plain next)" rw-rx
	expect_permitted "what a program without it executes may, if listed with jit" \
		$place/plain exec $place/jit rw-rx
	expect_permitted "a listed program with an executable stack and jit" $place/stack-jit
	if [ $now = enforce ]; then
		judge "enforce: one without jit ends before it runs" "$helpers/observe" \
			mode=enforce op=ANON_EXEC errno=13 reason=anonymous -- $place/stack
		judge "enforce: and says nothing any more" sh -c "! $place/stack | grep -q hello"
	else
		expect_memory_refused "one without jit" $place/stack
		pass "audit: and runs"
	fi
	for way in traceme attach seize read-other write-other mem-other mem-self; do
		expect_memory_refused "$way, by a program listed without jit" \
			"$(called plain $way)" $way
		expect_permitted "$way, by the program that a rule names" $place/debugger $way
	done
	# Not even jit lets a program change others
	expect_memory_refused "attach, by a program listed with jit" $place/jit attach
	expect_permitted "who only looks at others is not asked" \
		sh -c 'readlink /proc/1/exe && cat /proc/1/maps'
}

all_cases_of_a_policy()
{
	memory_rules | load_policy strict
	all_cases
}

all_cases_of_a_policy
kill -USR1 "$early"
if wait "$early"; then
	pass "audit: a program with jit that ran before rivet goes on"
else
	fail "audit: a program with jit that ran before rivet goes on"
fi
rm -f "$work"/said.*

start_holding $place/early wait rw-rx
early=$holder
start_holding $place/running wait rwx
running=$holder
mark_events
enforce
expect_text "what runs unlisted when enforcement begins is named" \
	"already running: process $running (running) has $place/running mapped: unlisted" \
	events_since
kill -9 "$running"
wait "$running" 2>/dev/null
kill -USR1 "$early"
if wait "$early"; then
	pass "enforce: a program with jit that ran before enforcement goes on"
else
	fail "enforce: a program with jit that ran before enforcement goes on"
fi
all_cases_of_a_policy

# --- jit belongs to the bytes, not to the path ----------------------------------

cp $place/plain $place/renamed
mv $place/jit $place/kept
mv $place/renamed $place/jit
expect_denied "other bytes under the path of a program with jit" moved $place/jit \
	$place/jit rw-rx
mv $place/kept $place/jit
expect_permitted "and the right ones again" $place/jit rw-rx

# --- revoked --------------------------------------------------------------------

start_holding $place/revoked wait rw-rx
revoked=$holder
digest=$(sha256sum $place/revoked | cut -d ' ' -f 1)
{
	echo 'riv-manifest 1'
	echo 'name: gone'
	echo 'kind: revoke'
	echo 'version: 1'
	echo 'count: 1'
	echo "sha256:$digest"
} >"$work/gone"
sign_object "$work/gone" signer
expect "a program with jit is revoked" load_revoke "$work/gone.signed"
kill -USR1 "$revoked"
if wait "$revoked"; then
	fail "it makes no more code though it still runs"
else
	pass "it makes no more code though it still runs"
fi

items exec,mmap,jit $place/of-another | manifest another 'version: 1' >"$work/another"
sign_object "$work/another" signer2
load_riv "$work/another.signed" || bail "the set of another signer does not load"
start_holding $place/of-another wait rw-rx
another=$holder
cert_digest "$keys/signer2.der" | manifest lost 'kind: revoke
version: 1' >"$work/lost"
sign_object "$work/lost" signer
expect "the signer of a program with jit is revoked" load_revoke "$work/lost.signed"
kill -USR1 "$another"
if wait "$another"; then
	fail "that makes no more code either"
else
	pass "that makes no more code either"
fi

# --- a policy that does not speak of it -----------------------------------------

{
	echo 'DEFAULT op=EXECUTE action=DENY'
	echo 'DEFAULT op=MMAP action=DENY'
	echo 'op=EXECUTE riv=MATCH action=ALLOW'
	echo 'op=MMAP riv=MATCH action=ALLOW'
} | load_policy strict
expect_permitted "without ANON_EXEC in the policy nothing is asked" $place/plain rwx
expect_permitted "nor of tracing" $place/plain attach
judge "$now: but memory with a file without a name is a mapping" "$helpers/observe" \
	-o "$refusal" op=MMAP reason=anonymous errno=13 -- $place/plain memfd
for hook in file_mprotect ptrace_access_check ptrace_traceme task_alloc kernel_read_file locked_down; do
	expect_text "its hook $hook is not attached" "$hook unused" cat $rivet/coverage
done

finish
