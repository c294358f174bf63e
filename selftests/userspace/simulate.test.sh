#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# simulate.test.sh - policy simulate: which recorded verdicts would differ, by program and
# with the rule that decides

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

seq=0
# event MEMBERS [COUNT]: one more recorded verdict, in the file events
event()
{
	seq=$((seq + 1))
	printf '{"schema":"rivet.event/1","seq":%s,"time":"2026-11-21T06:18:13.356850573Z","kind":"verdict","count":%s,"permitted":true,"errno":0,"mode":"audit",%s}\n' \
		"$seq" "${2:-1}" "$1" >>events
}

# policy LINE...: a policy of a good first line, these, and a DEFAULT if they have none, in p
policy()
{
	printf '%s\n' "policy_name=gateway policy_version=1.2.3" "$@" >p
	grep -q ^DEFAULT p || echo "DEFAULT action=AUDIT" >>p
}

# simulate STATUS: the events by the policy
simulate()
{
	expect "$1" rivetctl policy simulate --events events p
}

unlisted='"op":"EXECUTE","reason":"unlisted","action":"AUDIT","path":"/opt/tool","uid":0'

test_verdicts_that_stay()
{
	event "$unlisted"
	policy "op=EXECUTE riv=MATCH action=ALLOW" "op=EXECUTE action=AUDIT"
	simulate 0
	in_out "1 recorded verdicts: 1 stay, 0 would newly be refused, 0 no longer"
	in_out "left no event"
	[[ $(wc -l <out) == 2 && ! -s err ]]
}

test_a_verdict_that_would_newly_be_refused()
{
	event "$unlisted,\"exe\":\"/usr/bin/sh\"" 3
	event "$unlisted,\"exe\":\"/usr/bin/sh\""
	policy "op=EXECUTE riv=MATCH action=ALLOW" "op=EXECUTE riv=unlisted action=DENY"
	simulate 5
	in_out "/usr/bin/sh"
	in_out "    EXECUTE unlisted: AUDIT becomes DENY, 4 times, such as /opt/tool"
	in_out "    by line 3: op=EXECUTE riv=unlisted action=DENY"
	in_out "2 recorded verdicts: 0 stay, 2 would newly be refused, 0 no longer"
	[[ $(grep -c becomes out) == 1 ]]
}

test_a_verdict_that_would_no_longer_be_refused()
{
	event '"op":"EXECUTE","reason":"unlisted","action":"DENY","path":"/opt/tool"'
	policy "op=EXECUTE path=/opt/** action=ALLOW" "DEFAULT action=DENY"
	simulate 0
	in_out "DENY becomes ALLOW"
	in_out "by line 2"
	in_out "0 would newly be refused, 1 no longer"
}

test_programs_are_told_apart()
{
	event "$unlisted,\"exe\":\"/usr/bin/sh\""
	event "$unlisted,\"exe_file\":\"/tmp/claims\""
	event "$unlisted"
	policy "op=EXECUTE exe=/usr/bin/sh action=DENY" "op=EXECUTE action=KILL"
	simulate 5
	in_out "by line 2: op=EXECUTE exe=/usr/bin/sh action=DENY"
	in_out "/tmp/claims (its own word)"
	in_out "unknown program"
	[[ $(grep -c "AUDIT becomes KILL" out) == 2 ]]
	# The name that a process gives itself fits no exe=.
	policy "op=EXECUTE exe=/tmp/claims action=DENY" "op=EXECUTE action=AUDIT"
	simulate 0
}

test_conditions_go_by_the_recorded_values()
{
	event '"op":"MMAP","reason":"match","action":"AUDIT","path":"/x","set":"base","uid":7,"fsmagic":"0xef53"'
	for rule in 'set=base' 'uid=7' 'fsmagic=0xef53' 'path=/x'; do
		policy "op=MMAP $rule action=DENY" "DEFAULT action=AUDIT"
		simulate 5
		in_out "by line 2"
	done
	for rule in 'set=other' 'uid=8' 'fsmagic=0x58465342' 'path=/y'; do
		policy "op=MMAP $rule action=DENY" "DEFAULT action=AUDIT"
		simulate 0
	done
}

test_a_name_that_init_does_not_have_fits_no_path()
{
	event '"op":"EXECUTE","reason":"unlisted","action":"AUDIT","path":"/opt/tool","path_flags":["foreign"]'
	policy "op=EXECUTE path=/opt/** action=ALLOW" "op=EXECUTE action=AUDIT"
	simulate 0
	in_out "1 stay"
}

test_reading_is_judged_only_if_a_rule_is_about_the_file()
{
	event '"op":"READ","reason":"unlisted","action":"AUDIT","path":"/etc/mosquitto/a.conf"'
	policy "op=READ path=/etc/other/** action=DENY" "DEFAULT action=DENY"
	simulate 0
	in_out "AUDIT becomes ALLOW"
	in_out "no rule is about it"
	policy "op=READ path=/etc/mosquitto/** riv=MATCH action=ALLOW" "DEFAULT action=DENY"
	simulate 5
	in_out "by line 3: DEFAULT action=DENY"
}

test_the_result_of_a_measurement_is_not_guessed()
{
	event '"op":"EXECUTE","reason":"unverifiable","action":"DENY","path":"/n/x","fsmagic":"0x6969"'
	policy "op=EXECUTE fsmagic=0x6969 riv=MATCH action=ALLOW" "DEFAULT action=DENY"
	simulate 0
	in_err "1 verdicts are about filesystems that the policy names"
	in_out "0 stay"
}

test_programs_get_json()
{
	event "$unlisted,\"exe\":\"/usr/bin/sh\"" 3
	policy "op=EXECUTE action=DENY"
	expect 5 rivetctl --json policy simulate --events events p
	in_out '"schema":"rivet.policy/1","verb":"simulate","name":"gateway","policy_version":"1.2.3","verdicts":1,"same":0,"unknown":0,"newly_refused":1,"newly_permitted":0'
	in_out '{"program":"/usr/bin/sh","program_verified":true,"op":"EXECUTE","reason":"unlisted","from":"AUDIT","to":"DENY","line":2,"rule":"op=EXECUTE action=DENY","path":"/opt/tool","events":1,"count":3}'
}

test_other_lines_are_counted()
{
	event "$unlisted"
	echo '{"schema":"rivet.gap/1","first":2,"last":9,"lost":8}' >>events
	printf 'no event\n{"schema":"rivet.event/1","seq":\n\0\n' >>events
	policy "op=EXECUTE action=AUDIT"
	simulate 0
	in_err "3 lines are no events"
	in_err "events are missing in 1 places"
	rivetctl policy simulate --events - p <events >out 2>err
	in_out "1 stay"
}

test_hostile_names_are_escaped()
{
	event '"op":"EXECUTE","reason":"unlisted","action":"AUDIT","path":"/a\u001b[2J\nb","exe_file":"/c\u001b"'
	policy "op=EXECUTE action=DENY"
	simulate 5
	fails grep -q $'\e' out
	[[ $(wc -l <out) == 5 ]]
}

test_kinds_beyond_the_bound_are_counted()
{
	for ((n = 0; n < 4100; n++)); do
		event "$unlisted,\"exe\":\"/p/$n\""
	done
	policy "op=EXECUTE action=DENY"
	simulate 5
	in_out "4100 would newly be refused"
	in_err "4 more verdicts differ"
	[[ $(grep -c becomes out) == 4096 ]]
}

test_without_verdicts_there_is_no_answer()
{
	policy "op=EXECUTE action=DENY"
	: >events
	simulate 9
	in_err "no event about a decision"
	echo '{"schema":"rivet.event/1","seq":1,"time":"2026-11-21T06:18:13.356850573Z","kind":"mode","count":1,"permitted":true,"errno":0,"detail":"x"}' >events
	simulate 9
	echo text >events
	simulate 3
	in_err "no line is an event about a decision"
	expect 3 rivetctl policy simulate --events missing p
	event "$unlisted"
	echo x >p
	simulate 4
}

test_wrong_command_lines()
{
	policy "op=EXECUTE action=DENY"
	: >events
	for line in p '--events events' '--live' '--live --events events p' '--events events p p' \
		'--events' '--x p' '--events - -'; do
		# shellcheck disable=SC2086  # words of a command line
		expect 2 rivetctl policy simulate $line
		in_err rivetctl
	done
}

test_the_events_of_the_kernel_need_the_module()
{
	[[ ! -d /sys/module/rivet ]] || skip_test "a kernel without rivet: here it is loaded"
	policy "op=EXECUTE action=DENY"
	expect 6 rivetctl policy simulate --live p
	in_err "the rivet module is not loaded"
}

run_tests
