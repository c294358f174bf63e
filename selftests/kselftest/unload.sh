#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# unload.sh - loading and unloading again and again while programs start, and
# unloading while a task is inside a measurement

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

ko=${RIVET_KO:-/rivet.ko}
# Each unloading waits for several grace periods of RCU-tasks, seconds in a storm; the
# test hundred does it often.
rounds=${RIVET_UNLOAD_ROUNDS:-2}

plan 11

unreclaimable()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 1
	sed -n 's/^SUnreclaim: *\([0-9]*\) .*/\1/p' /proc/meminfo
}

storm()
{
	"$helpers/storm" 600 1 /bin/true "$helpers/libhello.so" >"$work/storm" 2>&1 &
	storm=$!
}

calm()
{
	kill "$storm"
	wait "$storm"
}

busy=0

# unload: a task may be in the middle of a measurement; then it is busy, for a moment
unload()
{
	tries=0
	while ! rmmod rivet 2>/dev/null; do
		[ $tries -lt 100 ] || return
		busy=$((busy + 1))
		tries=$((tries + 1))
		usleep 20000
	done
}

# --- while a task is inside a measurement ---------------------------------------

cp "$helpers/hello" /tmp/slow
truncate -s 3G /tmp/slow
insmod "$ko"
expect_quick "SIGKILL ends a measurement at once" "$("$helpers/kill_latency" /tmp/slow 1000)"

/tmp/slow >/dev/null &
slow=$!
sleep 1
expect_text "while a file is being read rmmod is refused" "is in use" rmmod rivet
# One reads, the others wait for it; those that wait die at once, too
expect_quick "SIGKILL ends waiting for another's measurement" \
	"$("$helpers/kill_latency" /tmp/slow 500)"
# The one that waits takes over when the one that reads is killed
"$helpers/kill_latency" /tmp/slow 8000 >"$work/latency" &
heir=$!
sleep 1
kill -9 $slow
wait $slow 2>/dev/null
sleep 1
expect_text "who waits takes over from who is killed" "is in use" rmmod rivet
wait $heir
expect_quick "and can be killed as well" "$(cat "$work/latency")"

exec 5<$rivet/events
expect_text "an open file of rivet's keeps it loaded" "is in use" rmmod rivet
exec 5<&-
sleep 1
expect "when nobody is inside any more it unloads" rmmod rivet

# --- under a storm --------------------------------------------------------------

# Things that the first time leaves behind for good, above, are not counted
before=$(unreclaimable)
storm
round=0 failed=0
while [ $round -lt "$rounds" ]; do
	round=$((round + 1))
	insmod "$ko" || failed=$((failed + 1))
	[ $((round % 2)) != 0 ] || cat $rivet/events >/dev/null
	unload || failed=$((failed + 1))
done
if calm; then
	pass "$rounds loads and unloads disturb nobody"
else
	fail "$rounds loads and unloads disturb nobody" "$(cat "$work/storm")"
fi
comment "$(cat "$work/storm"); rmmod was refused $busy times"
expect_text "each of them worked" 0 echo $failed
after=$(unreclaimable)
if [ $((after - before)) -lt 1000 ]; then
	pass "and leaves no memory behind"
else
	fail "and leaves no memory behind" "$before kB before, $after kB after"
fi
comment "$before kB before, $after kB after"

# --- with all its parts in use --------------------------------------------------

storm
insmod "$ko"
get_ready
echo 'op=EXECUTE exe=/usr/bin/dash action=ALLOW' >"$work/rule"
{
	strict_rules
	cat "$work/rule"
} | load_policy with-exe
enforce
/bin/true
back_to_audit || bail "no way back to audit"
expect "after enforcing it unloads, storm or not" unload
calm
comment "$(cat "$work/storm")"

finish
