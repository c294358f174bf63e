#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# memory.sh - code that comes from no file: memory made executable, which the RIV
# property jit permits to a program, and other processes' memory
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 124
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
program old memory
program between memory
program revoked memory
program running memory
program of-another memory
program stack execstack
program stack-jit execstack

# called NAME WAY: a name for the program of its own, so that its second way is not
# folded into the first
called()
{
	ln -sf $place/"$1" $place/"$2-$1"
	echo $place/"$2-$1"
}

# files that are mapped, but not executed
mkdir $place/many
for n in $(seq 100 299); do
	echo "listed $n" >"$place/many/$n"
done
for name in behind-many of-thread of-clone; do
	echo $name >$place/$name
done

# --- programs that ran before rivet was there, and before its first policy -------

start_holding $place/early wait rw-rx
early=$holder
start_holding $place/old wait rw-rx
old=$holder

load_rivet
start_holding $place/between wait rw-rx
between=$holder
# Before trust is sealed
add_cert .rivet_trust "$keys/signer2.der" >/dev/null || bail "no second signer"
get_ready
{
	items exec,mmap,jit $place/jit $place/early $place/old $place/between $place/revoked \
		$place/stack-jit
	items exec,mmap $place/plain $place/debugger $place/stack $place/many/*
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
	for way in rwx rw-rx shared zero memfd stack heap brk brk-compat; do
		expect_permitted "$way, by a program listed with jit" $place/jit $way
		expect_memory_refused "$way, by one listed without" "$(called plain $way)" $way
	done
	for way in fork vfork thread; do
		expect_permitted "what a program with jit makes by $way may as well" \
			$place/jit $way rw-rx
		expect_memory_refused "$way, by one without" "$(called plain $way)" $way rwx
	done
	expect_memory_refused "what a program with jit executes may not" \
		$place/jit exec "$(called plain next)" rw-rx
	expect_permitted "what a program without it executes may, if listed with jit" \
		$place/plain exec $place/jit rw-rx
	expect_permitted "another personality is not asked about" $place/plain norandom
	expect_permitted "a listed program with an executable stack and jit" $place/stack-jit
	if [ $now = enforce ]; then
		judge "enforce: one without jit ends before it runs" "$helpers/observe" \
			mode=enforce op=ANON_EXEC errno=13 reason=anonymous -- $place/stack
		judge "enforce: and says nothing any more" sh -c "! $place/stack | grep -q hello"
	else
		expect_memory_refused "one without jit" $place/stack
		pass "audit: and runs"
	fi
	for way in traceme attach seize read-other write-other mem-other mem-self uprobe; do
		expect_memory_refused "$way, by a program listed without jit" \
			"$(called plain $way)" $way
		expect_permitted "$way, by the program that a rule names" $place/debugger $way
	done
	# Not even jit lets a program change others
	expect_memory_refused "attach, by a program listed with jit" $place/jit attach
	expect_permitted "who only looks at others is not asked" \
		sh -c 'readlink /proc/1/exe && cat /proc/1/maps /proc/1/stack /proc/1/syscall &&
			: </proc/1/mem'
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

# expect_goes_on NAME PID, expect_stopped NAME PID: when it makes code now
expect_goes_on()
{
	kill -USR1 "$2"
	if wait "$2"; then
		pass "enforce: $1"
	else
		fail "enforce: $1"
	fi
}

expect_stopped()
{
	kill -USR1 "$2"
	if wait "$2"; then
		fail "enforce: $1"
	else
		pass "enforce: $1"
	fi
}

# start_forging WAY: a program without jit says that it is one with it
start_forging()
{
	start_holding env FORGE="$1" FORGE_AS=$place/jit "$helpers/load_library" \
		"$helpers/libforge.so"
	expect_text "a program without jit has made /proc/PID/exe that of one with jit, by $1" \
		$place/jit readlink "/proc/$holder/exe"
}

start_holding $place/early wait rw-rx
early=$holder
start_forging exe-file
forged_before=$holder
start_holding $place/running wait rwx
running=$holder
# shellcheck disable=SC2046  # no blanks in these names
start_holding "$helpers/lodger" many $place/behind-many $place/many/*
start_holding "$helpers/lodger" thread $place/of-thread
start_holding "$helpers/lodger" clone $place/of-clone
mark_events
enforce
expect_text "what runs unlisted when enforcement begins is named" \
	"already running: process $running (running) has $place/running mapped: unlisted" \
	events_since
for name in behind-many of-thread of-clone; do
	expect_text "so is a file that is mapped, $name" "has $place/$name mapped: unlisted" \
		events_since
done
expect_text "so is a program that was not seen to start, and has lost jit" \
	"process $old (old) has $place/old mapped: started before rivet was loaded: no jit" \
	events_since
expect_no_text "not one that was" "(between) has" events_since
# shellcheck disable=SC2046  # one word a process
kill -9 "$running" $(busybox pidof lodger)
wait "$running" 2>/dev/null
expect_stopped "a program with jit that ran before rivet makes no code" "$old"
expect_goes_on "one that started after rivet, before trust, RIVs and policy goes on" "$between"
expect_goes_on "one that ran before enforcement goes on" "$early"
start_forging map
forged=$holder
all_cases_of_a_policy
{
	memory_rules
	echo "op=ANON_EXEC exe=/nonexistent action=ALLOW"
} | load_policy strict
expect_stopped "who forged it before enforcement makes no code under the next policy" \
	"$forged_before"
expect_stopped "nor who forged it under enforcement" "$forged"

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
	-o "$refusal" op=MMAP reason=anonymous errno=13 "exe_file=\"$place/plain\"" -- \
	$place/plain memfd
for hook in file_mprotect ptrace_access_check ptrace_traceme kernel_read_file locked_down; do
	expect_text "its hook $hook is not attached" "$hook unused" cat $rivet/coverage
done

finish
