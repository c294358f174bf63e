#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# chain.test.sh - rivetctl events verify over logs that somebody has changed, against chains
# that another program has made

set -u
# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

chain=$(dirname "$(readlink -f "$0")")/chain.py

# make_log COUNT [FIRST]: the file log, with names that are hard to write
make_log()
{
	command -v python3 >/dev/null || skip_test "no python3"
	python3 "$chain" make "$@" >log
}

# head_of LINE: SEQ:CHAIN of this line of the log
head_of()
{
	sed -n "$1"'s/.*"seq":\([0-9]*\),.*"chain":"\([^"]*\)".*/\1:\2/p' log
}

# finds TEXT: the log is not intact, for this reason alone
finds()
{
	expect 4 rivetctl events verify log
	in_out "$1"
	[[ $(grep -c '^line ' out) == 1 ]] || give_up "more findings: $(head -c 1000 out)"
	in_out 'NOT INTACT'
}

test_an_honest_log_is_intact()
{
	make_log 40
	expect 0 rivetctl events verify log
	in_out "intact: 40 events, 0 lost; last $(head_of 40)"
	in_out 'nothing here proves'
	[[ $(python3 "$chain" check log) == "$(head_of 40)" ]]
	expect 0 rivetctl --json events verify log
	is_json out rivet.events/1
	in_out '"verb":"verify","intact":true,"events":40,"lost":0,"chains":1,"last":40,"chain":"sha256:'
	in_out '"findings":[],"more":0,"exit":0}'
	"$RIVETCTL" events verify - <log >piped
	grep -q '^intact: 40' piped
}

test_a_removed_line_is_found()
{
	make_log 40
	sed -i 17d log
	finds 'line 17: event 17 is missing before event 18'
	make_log 40
	sed -i 17,19d log
	finds 'line 17: events 17 to 19 are missing before event 20'
}

test_lines_in_another_order_are_found()
{
	make_log 40
	sed -i '5{h;d};6{G}' log
	expect 4 rivetctl events verify log
	in_out 'line 5: event 5 is missing before event 6'
	in_out 'line 6: event 5 comes after event 6'
	[[ $(grep -c '^line ' out) == 2 ]]
	make_log 10
	sed -i '5{p}' log
	finds 'line 6: event 5 comes after event 5'
}

# A gap is a line of the agent's, as a whole; one that is added shows where the numbers begin.
test_a_forged_gap_is_found()
{
	make_log 40
	sed -i '17,20d' log
	sed -i '16a{"schema":"rivet.gap/1","first":17,"last":18446744073709551615,' log
	expect 4 rivetctl events verify log
	in_out 'line 17: no line of rivetd, or one that was cut or changed'
	make_log 40
	sed -i '17,20d' log
	sed -i '16a{"schema":"rivet.gap/1","first":1,"last":20,"lost":20,"severity":"warning","host":"a"}' log
	expect 5 rivetctl events verify log
	in_out 'intact, with gaps: 36 events, 20 lost'
	in_out 'the numbers begin 2 times: a whole boot may be missing between'
}

test_a_removed_beginning_is_told()
{
	make_log 40
	sed -i '1,9d' log
	expect 0 rivetctl events verify log
	in_out 'the log begins with event 10'
}

# Each member of an event, also those that no link covers because they follow from others.
test_a_changed_word_is_found()
{
	local change

	for change in 's/"errno":13/"errno":1/' 's/"permitted":false/"permitted":true/' \
		's/"severity":"warning"/"severity":"info"/' 's/"error":"EACCES",//' \
		's/"count":9/"count":8/' 's/"uid":1000/"uid":0/' 's/"uid":1000,//' \
		's/"loginuid":0/"loginuid":null/' 's/\["deleted","foreign"\]/["deleted"]/' \
		's/000000009Z/000000008Z/' 's/"rule_line":0,//' 's/"dev":"8:1"/"dev":"8:2"/' \
		's/opt\/a b/opt\/b b/' 's/"host"/"more":1,"host"/' \
		's/}$/,"permitted":true}/'; do
		make_log 12
		sed -i "9$change" log
		finds 'line 9: event 9 was changed'
	done
	for change in 's/"pid":7/"pid":07/' 's/"dev":"8:1"/"dev":"8:01"/' 's/"ino":9/"ino": 9/' 's/"uid":1000/&,&/' 's/}$//'; do
		make_log 12
		sed -i "9$change" log
		expect 4 rivetctl events verify log
		in_out 'line 9: no line of rivetd, or one that was cut or changed'
	done
}

# One who changes an event and its chain is found at the next, and one who changes all the
# chains that follow is found by a chain that was reported.
test_a_rewritten_chain_is_found_by_a_reported_one()
{
	local reported

	make_log 12
	sed '9s/"uid":1000/"uid":0/' log >changed
	python3 - "$chain" <<-'END' >forged
		import json, runpy, sys
		sys.argv = [sys.argv[1], "make", "0"]
		link = runpy.run_path(sys.argv[0])["link"]
		chain = bytes(32)
		for line in open("changed", encoding="utf-8"):
		    event = json.loads(line)
		    made = link(chain, event)
		    line = line.replace(event["before"], "sha256:" + chain.hex())
		    line = line.replace(event["chain"], "sha256:" + made.hex())
		    chain = made
		    print(line, end="")
	END
	{ sed -n 1,8p log; sed -n 9p forged; sed -n 10,12p log; } >spliced
	expect 4 rivetctl events verify spliced
	in_out 'line 10: event 10 does not follow from the one before: one of them was changed'

	expect 0 rivetctl events verify forged
	reported=$(head_of 10)
	expect 4 rivetctl events verify --head "$reported" forged
	in_out 'the chain reported for event 10 is not in the log: it was rewritten'
	expect 0 rivetctl events verify --head "$reported" --head "$(head_of 12)" log
	in_out 'the reported chain proves events 1 to 10'
	in_out 'the reported chain proves events 1 to 12'
}

test_a_short_log_is_found_by_a_reported_chain_only()
{
	local reported

	make_log 12
	reported=$(head_of 12)
	sed -i 11,12d log
	expect 0 rivetctl events verify log
	in_out 'not shortened'
	expect 4 rivetctl events verify --head "$reported" log
	in_out 'the log ends with event 10, and a chain up to event 12 was reported'
	: >log
	expect 4 rivetctl events verify --head "$reported" log
}

# A gap is told as one, by whomever it was made; a chain reported later proves what follows it.
test_a_gap_is_counted()
{
	make_log 12
	sed -i -e '5c{"schema":"rivet.gap/1","first":5,"last":7,"lost":3,"severity":"warning","host":"g"}' \
		-e 6,7d log
	expect 5 rivetctl events verify --head "$(head_of 10)" log
	in_out 'intact, with gaps: 9 events, 3 lost'
	in_out 'the reported chain proves events 8 to 12'
	sed -i 's/"last":7,"lost":3/"last":6,"lost":2/' log
	finds 'line 6: event 7 is missing before event 8'
}

test_a_log_may_begin_in_the_middle_and_anew()
{
	make_log 20 15
	expect 0 rivetctl events verify log
	make_log 20
	cp log one
	{
		cat one
		printf '{"schema":"rivet.agent/1","what":"connected","time":"2026-11-29T08:00:00Z","boot_id":"x","module_version":"0","host":"g"}\n'
		cat one
	} >log
	expect 0 rivetctl --json events verify log
	in_out '"events":40,"lost":0,"chains":2'
}

test_other_lines_are_named()
{
	make_log 5
	sed -i '3i hello' log
	finds 'line 3: no line of rivetd'
	make_log 5
	truncate -s -20 log
	finds 'line 5: no line of rivetd'
	make_log 5
	sed -i '3s/,"before":.*"host"/,"host"/' log
	expect 4 rivetctl events verify log
	in_out 'line 3: event 3 has no chain'
	printf 'a\nb\n' >text
	expect 3 rivetctl events verify text
	one_line err
	expect 3 rivetctl events verify missing
}

test_many_findings_are_cut()
{
	make_log 5
	yes x | head -n 100000 >>log
	expect 4 rivetctl events verify log
	in_out 'and 99900 more'
	[[ $(wc -l <out) == 102 ]]
}

test_a_wrong_command_line()
{
	make_log 2
	expect 2 rivetctl events verify
	expect 2 rivetctl events verify log log
	for wrong in 1 1:2 0:sha256:0 "1:sha512:$(printf %0128d 0)" "x:sha256:$(printf %064d 0)" \
		"0:sha256:$(printf %064d 0)"; do
		expect 2 rivetctl events verify --head "$wrong" log
		in_err "SEQ:sha256:HEX"
	done
	expect 2 rivetctl events --by chain --file log
}

run_tests
