#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# events.test.sh - rivetctl events over a log of JSON lines, as rivetd writes it

set -u
# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

# event SEQ AGE COUNT ERRNO REASON PATH [EXE]: a line; AGE in seconds
event()
{
	local time

	time=$(date -u -d "@$(($(date +%s) - $2))" +%Y-%m-%dT%H:%M:%S.000000000Z)
	printf '{"schema":"rivet.event/1","seq":%s,"time":"%s","kind":"verdict","count":%s,' \
		"$1" "$time" "$3"
	printf '"permitted":false,"errno":%s,"op":"EXECUTE","action":"DENY","reason":"%s",' "$4" "$5"
	printf '"path":"%s","uid":1000,%s"host":"gateway"}\n' "$6" "${7:+"\"exe\":\"$7\","}"
}

agent_line()
{
	printf '{"schema":"rivet.agent/1","what":"connected","time":"2026-11-29T08:00:00Z","boot_id":"x","module_version":"0","host":"g"}\n'
}

gap()
{
	printf '{"schema":"rivet.gap/1","first":%s,"last":%s,"lost":1,"severity":"warning","host":"g"}\n' \
		"$1" "$2"
}

small_log()
{
	agent_line
	event 1 7200 5 13 unlisted /opt/old /usr/bin/bash
	event 2 60 1 13 unlisted /opt/a /usr/bin/bash
	event 3 50 40 13 mismatch /opt/b /usr/bin/dash
	agent_line
	event 1 40 2 0 unlisted /opt/c /usr/bin/bash
	event 2 30 1 13 unlisted /opt/d
}

test_a_log_is_printed_without_the_module()
{
	small_log >log
	expect 0 rivetctl events --file log
	[[ $(wc -l <out) == 5 && ! -s err ]]
	in_out /opt/old
	expect 0 rivetctl --json events --file log
	[[ $(grep -c '^{"schema":"rivet.event/1"' out) == 5 ]]
	"$RIVETCTL" events --file - <log >piped
	[[ $(wc -l <piped) == 5 ]]
}

test_since_takes_a_time_or_a_number()
{
	small_log >log
	expect 0 rivetctl events --file log --since 1h
	[[ $(wc -l <out) == 4 ]]
	not_in_out /opt/old
	expect 0 rivetctl events --file log --since 45s
	[[ $(wc -l <out) == 2 ]]
	expect 0 rivetctl events --file log --since 2
	[[ $(wc -l <out) == 1 ]]
	in_out /opt/b
	expect 0 rivetctl events --file log --since 1s
	[[ ! -s out ]]
	for wrong in h 1w -1h 0s 99999999d '' 1.5h; do
		expect 2 rivetctl events --file log --since "$wrong"
		in_err "--since"
	done
}

test_events_are_counted_by_fields()
{
	small_log >log
	expect 0 rivetctl events --file log --by reason
	[[ $(awk 'NR > 1 { print $1, $3 }' out) == $'40 mismatch\n9 unlisted' ]]
	expect 0 rivetctl events --file log --by program,reason --since 1h
	[[ $(awk 'NR > 1 { print $1, $3, $4 }' out) == \
		$'40 /usr/bin/dash mismatch\n3 /usr/bin/bash unlisted\n1 - unlisted' ]]
	expect 0 rivetctl events --file log --by outcome
	[[ $(awk 'NR > 1 { print $1, $3 }' out | head -n 1) == '47 denied' ]]
	expect 0 rivetctl events --file log --by uid,op
	[[ $(awk 'NR > 1 { print $1, $3, $4 }' out) == '49 1000 EXECUTE' ]]
}

test_counts_as_JSON()
{
	small_log >log
	expect 0 rivetctl --json events --file log --by reason,uid
	is_json out rivet.events/1
	in_out '"by":["reason","uid"]'
	in_out '{"count":40,"time":'
	in_out '"group":["mismatch","1000"]'
	in_out '"others":0,"lost":0}'
}

test_wrong_fields_are_named()
{
	small_log >log
	for wrong in seq colour 'reason,' ',reason' '' time count op,op,op,op,op,op,op; do
		expect 2 rivetctl events --file log --by "$wrong"
		in_err "--by"
	done
	expect 2 rivetctl events -f --by reason
	expect 2 rivetctl events -f --file log
}

# A program that names itself may lie; one with a hostile name must not reach the terminal.
test_names_from_outside()
{
	event 1 10 1 13 unlisted '/opt/\u001b[31m\u0009x' '' >log
	sed -i 's/"host"/"exe_file":"\/tmp\/liar","host"/' log
	expect 0 rivetctl events --file log --by path,program
	fails grep -q $'\033' out
	in_out '/tmp/liar (unverified)'
	[[ $(wc -l <out) == 2 ]]
}

test_lost_events_are_told_and_counted()
{
	{
		gap 1 10
		event 11 7200 1 13 unlisted /opt/old
		gap 12 20
		event 21 5 1 13 unlisted /opt/new
		gap 22 24
	} >log
	expect 0 rivetctl events --file log
	[[ $(grep -c 'are lost' out) == 3 ]]
	expect 0 rivetctl events --file log --since 1h
	not_in_out 'events 1 to 10'
	in_out 'events 12 to 20'
	in_out 'events 22 to 24'
	expect 0 rivetctl events --file log --since 1h --by reason
	in_out '12 events are lost'
}

test_what_is_no_log_is_refused()
{
	printf 'a\nb\n' >text
	expect 3 rivetctl events --file text
	one_line err
	in_err 'no line of it is an event'
	expect 3 rivetctl events --file missing --by op
	one_line err
	{ small_log; echo '{"schema":"rivet.event/1","seq":'; } >torn
	expect 0 rivetctl events --file torn
	[[ $(wc -l <out) == 5 ]]
	in_err '1 line is not understood'
	: >empty
	expect 0 rivetctl events --file empty --by op
	[[ ! -s out ]]
}

# Somebody who makes events chooses their paths.
test_the_number_of_groups_is_bounded()
{
	local now

	now=$(date -u +%Y-%m-%dT%H:%M:%S.000000000Z)
	awk -v now="$now" 'BEGIN {
		for (i = 1; i <= 10500; i++)
			printf "{\"schema\":\"rivet.event/1\",\"seq\":%d,\"time\":\"%s\",\"kind\":\"verdict\",\"count\":2,\"errno\":13,\"path\":\"/tmp/%d\",\"host\":\"g\"}\n", i, now, i
	}' >log
	expect 0 rivetctl events --file log --by path
	[[ $(wc -l <out) == 10002 ]]
	in_out '1000  in further groups'
}

run_tests
