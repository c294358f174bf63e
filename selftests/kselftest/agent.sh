#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# agent.sh - rivetd against the module: every event that the kernel still holds
# gets into the log, once, as JSON; events that it no longer holds show as a gap
#
# needs: userspace
#
# wide

# shellcheck disable=SC2317  # functions that tests call by name
# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

place=/opt/m2m
mkdir -p $place
log=$work/log/events.jsonl
storm=12000	# more than the kernel and a socket hold
plan 71

# Where rivetctl looks for it, too
mkdir -p /etc/rivet
ln -sf "$work/conf" /etc/rivet/rivetd.conf
cat >"$work/conf" <<-END
	log = $log
	state = $work/lib/last
	pid-file = $work/run/pid
	metrics = $work/metrics
END

newest()
{
	rivetctl status --json | sed 's/.*"events_last":\([0-9]*\).*/\1/'
}

# has_logged SEQ: the log has it, or has got past it
has_logged()
{
	[ "$(logged_last)" -ge "$1" ]
}

logged_last()
{
	sed -n 's/^{"schema":"rivet.event\/1","seq":\([0-9]*\),.*/\1/p' "$log" | tail -n 1 |
		grep . || echo 0
}

# catch_up: until the log has all that happened until now
catch_up()
{
	wait_for has_logged "$(newest)"
}

# account: each number is logged once or part of one gap, in order, from the
# first to the last; prints the exceptions
account()
{
	awk '
		BEGIN { expected = 0 }
		/"rivet.agent\/1"/ { next }
		{
			line = $0
			sub(/.*"(seq|first)":/, "", line)
			first = last = line + 0
		}
		/"rivet.gap\/1"/ {
			line = $0
			sub(/.*"last":/, "", line)
			last = line + 0
			missing += last - first + 1
		}
		first != expected + 1 { print "after " expected " comes " first; bad = 1 }
		{ expected = last }
		END { print missing + 0 " missing of " expected; exit bad }' "$log"
}

missing_in_log()
{
	account | sed -n 's/ missing of .*//p'
}

# held_is_logged: every event that the kernel still holds is in the log, as the
# same line
held_is_logged()
{
	catch_up
	rivetctl events --json | grep -F '"rivet.event/1"' | head -n -2 | sort >"$work/held"
	grep -F '"rivet.event/1"' "$log" | sort >"$work/have"
	comm -23 "$work/held" "$work/have" >"$work/lacking"
	[ -s "$work/held" ] && [ ! -s "$work/lacking" ]
}

accounted()
{
	if account_output=$(account); then
		pass "$1"
	else
		fail "$1" "$account_output"
	fi
}

lines_are_json()
{
	json_output=$("$helpers/jsonlines" rivet. <"$log" 2>&1)
}

# is_json TEXT: a line may be half there while the agent writes it, but does not stay so
is_json()
{
	if wait_for lines_are_json; then
		pass "$1"
	else
		fail "$1" "$json_output"
	fi
}

# try_names COUNT [PAUSE]: the unlisted program under as many names, each an event of its own
try_names()
{
	try_count=$1
	try_denied=$("$helpers/crowd" $place/unlisted $place "$@")
	[ "$try_denied" = "$try_count" ] || bail "of $try_count names, $try_denied were denied"
}

# --- before the module ------------------------------------------------------------

expect 'the version' rivetd --version
expect_text 'a wrong command line' usage: rivetd --no-such-option
echo 'lgo = /x' >"$work/bad"
expect_text 'a mistyped key in the configuration' 'bad:1: expected log, state' \
	rivetd --foreground --config "$work/bad"

start_agent
expect 'no module: the agent waits' wait_for grep -q 'not loaded; waiting' "$work/agent"
expect_text 'a second agent' 'another rivetd is running' rivetd --foreground --config "$work/conf"
load_rivet
expect 'the module comes: the agent follows' wait_for grep -q 'following' "$work/agent"
catch_up
expect 'the first event is logged' grep -q '"kind":"mode",.*"detail":"loaded, version' "$log"

# --- its privileges ---------------------------------------------------------------

for what in 'CapEff:	0000000000001000' 'CapPrm:	0000000000001000' \
	'CapBnd:	0000000000001000' 'CapInh:	0000000000000000' 'CapAmb:	0000000000000000' \
	'NoNewPrivs:	1'; do
	expect "only CAP_NET_ADMIN is left: $what" grep -q "$what" "/proc/$agent/status"
done
expect_text 'the log is private' '600' stat -c %a "$log"
expect_text 'so is its folder' '700' stat -c %a "$work/log"
expect_text 'doctor sees it' "rivetd is process $agent" rivetctl doctor

# --- events -----------------------------------------------------------------------

get_ready
enforce
cp "$helpers/hello" $place/unlisted
for name in 'a b' "quo'te\"" 'back\slash' "$(printf 'line\nend')" "$(printf 'esc\033[2J')" \
	"$(printf 'latin\377')" "$(printf 'utf\303\244')"; do
	cp $place/unlisted "$place/$name"
	"$place/$name" >/dev/null 2>&1
done
catch_up
is_json 'names of all kinds: every line is JSON'
expect 'a line end in a name' grep -qF '/line\nend"' "$log"
expect 'an escape in a name' grep -qF '/esc\u001b[2J"' "$log"
expect 'no UTF-8 in a name' grep -qF '/latin\\xff","path_escaped":true' "$log"
expect 'UTF-8 in a name' grep -qF "$(printf '/utf\303\244"')" "$log"
expect 'what the kernel holds is logged' held_is_logged
accounted 'each number once, in order'
ends_last=$(newest)
denial=$(sed -n 's/.*"seq":\([0-9]*\),.*"permitted":false,.*"op":"EXECUTE".*/\1/p' "$log" | tail -n 1)
expect_text 'why reads the kernel' 'denied EXECUTE' rivetctl why "$denial"

# --- a restart --------------------------------------------------------------------

stop_agent
pass 'SIGTERM ends it'
expect 'and says how it went' grep -q 'ending: .* events logged, 0 lost' "$work/agent"
cp $place/unlisted $place/meanwhile
$place/meanwhile >/dev/null 2>&1
start_agent
catch_up
expect 'what happened meanwhile is logged' grep -qF "$place/meanwhile" "$log"
accounted 'nothing is logged twice'
expect 'the newest number has grown' test "$(newest)" -gt "$ends_last"

# --- a stopped agent --------------------------------------------------------------

before=$(missing_in_log)
kill -STOP $agent
try_names 500
kill -CONT $agent
expect 'stopped for 500 denials: the log catches up' catch_up
accounted 'each number once, in order'
expect 'and nothing is missing' test "$(missing_in_log)" = "$before"

kill -STOP $agent
try_names $storm
kill -CONT $agent
expect 'stopped for more than the kernel holds: the log catches up' catch_up
accounted 'each number once or in a gap'
expect 'the gap is there' test "$(missing_in_log)" -gt "$before"
expect 'what the kernel holds is logged' held_is_logged
is_json 'every line is JSON'
expect_text 'why reads the log for what the kernel no longer holds' "from the agent's log" \
	rivetctl why "$denial"
expect_text 'the kernel did not lose any' 'events_lost 0' cat $rivet/stats

# --- a killed agent ---------------------------------------------------------------

before=$(missing_in_log)
for pause in 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8; do
	try_names 200 2000 &
	busy=$!
	sleep $pause
	kill -9 $agent
	wait $agent 2>/dev/null
	start_agent
	wait $busy
done
catch_up
is_json 'killed eight times amid denials: every line is JSON'
accounted 'each number once, in order'
expect 'nothing is missing' test "$(missing_in_log)" = "$before"
expect 'what the kernel holds is logged' held_is_logged

# --- rotation ---------------------------------------------------------------------

mv "$log" "$log.1"
kill -HUP $agent
expect 'SIGHUP: a new log' wait_for test -e "$log"
cp $place/unlisted $place/rotated
$place/rotated >/dev/null 2>&1
expect 'events go to the new log' wait_for grep -qF "$place/rotated" "$log"

expect 'metrics: it enforces' wait_for grep -qx 'rivet_enforcing 1' "$work/metrics"
expect 'metrics: denials' grep -q '^rivet_denials_total [1-9]' "$work/metrics"
expect 'metrics: the agent' grep -qx 'rivet_agent_connected 1' "$work/metrics"

# --- a full disk ------------------------------------------------------------------

stop_agent
expect 'no metrics without the agent' test ! -e "$work/metrics"
mkdir "$work/small"
mount -t tmpfs -o size=64k,mode=0700 tmpfs "$work/small"
log=$work/small/events.jsonl
sed -i "s|^log = .*|log = $log|" "$work/conf"
start_agent
try_names 300
expect 'a full disk is reported' wait_for grep -q 'cannot write .*: No space left' "$work/agent"
is_json 'a full disk: every line is JSON'
from=$(sed -n 's/^{"schema":"rivet.event\/1","seq":\([0-9]*\),.*/\1/p;' "$log" | head -n 1)
mount -o remount,size=4m "$work/small"
expect 'space again: the log catches up' catch_up
if space_output=$(account | grep -v "^after 0 comes $from\$" | grep after); then
	fail 'and lacks nothing' "$space_output"
else
	pass 'and lacks nothing'
fi
umount -l "$work/small"
stop_agent

# --- the module goes and comes ----------------------------------------------------

back_to_audit signer
log=$work/log/again.jsonl
sed -i "s|^log = .*|log = $log|" "$work/conf"
start_agent
rmmod rivet
expect 'the module goes: the agent waits' wait_for grep -q 'was unloaded' "$work/agent"
load_rivet
expect 'and follows the next one from its first event on' \
	wait_for grep -q '"kind":"mode",.*"detail":"loaded, version' "$log"
is_json 'every line is JSON'

# --- a group that may read ----------------------------------------------------------

stop_agent
echo 'rivet:x:990:' >>/etc/group
mkdir -m 0755 /run/told
sed 's|^log = .*|log = /run/told/rivet/events.jsonl|' "$work/conf" >/run/told/conf
echo 'status = /run/told/status' >>/run/told/conf
ln -sf /run/told/conf /etc/rivet/rivetd.conf
cp /run/told/conf "$work/conf"
start_agent
as_member='setpriv --reuid=65534 --regid=65534 --groups=990 --'
as_other='setpriv --reuid=65534 --regid=65534 --clear-groups --'
expect 'the state is told' wait_for test -e /run/told/status
# shellcheck disable=SC2086
{
	expect_text 'a member of the group: status' 'Audit only: nothing is denied' $as_member \
		rivetctl status
	expect_text 'as the agent saw it' 'as rivetd saw it' $as_member rivetctl status
	expect_text 'and as JSON' '"enforcing":false,"age":' $as_member rivetctl --json status
	expect_text 'the log' '"rivet.event/1"' $as_member rivetctl --json events \
		--file /run/told/rivet/events.jsonl
	expect_text 'others: status' 'as a member of the group rivet' $as_other rivetctl status
	expect_text 'others: the log' 'Permission denied' $as_other cat /run/told/rivet/events.jsonl
	kill -STOP $agent
	chmod 0666 /run/told/status
	expect_text 'a file that others could have written is not believed' 'run as root' \
		$as_member rivetctl status
	chmod 0640 /run/told/status
	touch -d '1980-01-01 00:00' /run/told/status
	expect_text 'a file that is old' 'rivetd has told nothing for' $as_member rivetctl status
	kill -CONT $agent
}
expect 'only CAP_NET_ADMIN is left' grep -q 'CapPrm:	0000000000001000' "/proc/$agent/status"
ln -sf "$work/conf" /etc/rivet/rivetd.conf

# --- journal and service manager --------------------------------------------------

stop_agent
mkdir -p /run/systemd/journal
"$helpers/dgram" /run/systemd/journal/socket >"$work/journal" &
journal=$!
"$helpers/dgram" "$work/notify" >"$work/notified" &
manager=$!
wait_for test -S "$work/notify"
NOTIFY_SOCKET=$work/notify WATCHDOG_USEC=1000000
export NOTIFY_SOCKET WATCHDOG_USEC
start_agent
unset NOTIFY_SOCKET WATCHDOG_USEC
cp $place/unlisted $place/journalled
$place/journalled >/dev/null 2>&1
expect 'the journal gets a priority, of an event that is permitted' \
	wait_for grep -qx PRIORITY=6 "$work/journal"
expect 'the journal gets fields' wait_for grep -qF "RIVET_PATH=$place/journalled" "$work/journal"
expect 'the service manager: ready' wait_for grep -q '^READY=1' "$work/notified"
expect 'the service manager: alive' wait_for grep -q '^WATCHDOG=1' "$work/notified"
stop_agent
expect 'the service manager: stopping' wait_for grep -q '^STOPPING=1' "$work/notified"
kill $journal $manager

finish
