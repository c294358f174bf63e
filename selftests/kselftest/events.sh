#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# events.sh - reports: numbered without gaps, folded without losing count, bounded,
# and waiting for nobody
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 22
get_ready
place=/tmp/events
mkdir -p $place
enforce

# gaps: sequence numbers that are missing between the first and the last shown
gaps()
{
	awk '{ sub("seq=", "", $1); if (NR > 1 && $1 != last + 1) n++; last = $1 } END { print n + 0 }' \
		"$rivet/events"
}

# counted WORD: sum of the counts of events with this word since the mark
counted()
{
	events_since | grep -F "$1" | sed 's/.* count=\([0-9]*\) .*/\1/' |
		awk '{ n += $1 } END { print n + 0 }'
}

expect_text "sequence numbers have no gaps" 0 gaps

# --- folding --------------------------------------------------------------------

cp "$helpers/hello" $place/one
echo one >>$place/one
mark_events
denials=$(stat_value denials)
expect_text "ten thousand equal denials" "refused 10000" \
	"$helpers/attempts" 10000 $place/one 2
ended=$(date +%s)
expect_text "are counted" $((denials + 10000)) stat_value denials
# The last of them are told of when the time for folding is over
waited=0
while [ "$(counted "path=\"$place/one\"")" -lt 10000 ] && [ $waited -lt 15 ]; do
	sleep 1
	waited=$((waited + 1))
done
expect_text "the counts of their events add up" 10000 counted "path=\"$place/one\""
few=$(events_since | grep -c "path=\"$place/one\"")
if [ "$few" -lt 50 ]; then
	pass "and the events are few"
else
	fail "and the events are few" "$few"
fi
comment "$few events"
last=$(events_since | grep -F "path=\"$place/one\"" | sed -n '$s/.* time=\([0-9]*\)\..*/\1/p')
if [ "$last" -le "$ended" ]; then
	pass "the last of them has the time of the last denial"
else
	fail "the last of them has the time of the last denial" "$last, it ended at $ended"
fi
expect_text "still no gaps" 0 gaps

# --- the ring -------------------------------------------------------------------

mkdir $place/many
count=3000
"$helpers/names" $count $place/one $place/many || bail "no links"
denials=$(stat_value denials)
expect_text "denials of $count different names" "refused $count" \
	"$helpers/attempts" $count "$place/many/%d"
expect_text "are counted" $((denials + count)) stat_value denials
sleep 7
if [ "$(wc -l <$rivet/events)" = 2048 ]; then
	pass "the ring holds the newest 2048"
else
	fail "the ring holds the newest 2048" "$(wc -l <$rivet/events)"
fi
expect_text "without a gap" 0 gaps
expect_text "the newest of them is there" "/many/$((count - 1))\"" cat $rivet/events
expect_no_text "the oldest is not" "/many/0\"" cat $rivet/events
expect_text "none was lost for want of memory" 0 stat_value events_lost

# --- readers --------------------------------------------------------------------

# time_denials: milliseconds for five hundred names, the least of three times: under
# emulation more says something about the host
time_denials()
{
	for _ in 1 2 3; do
		"$helpers/attempts" 500 "$place/many/%d" | sed 's/.* ms //'
	done | sort -n | sed -n 1p
}

# Without a reader, and with one that never reads. Waiting for it would never end: the
# bound only tells that from an emulator whose host does something else.
quiet=$(time_denials)
if start_holding "$helpers/genl" listen-deaf; then
	sleep 6
	deaf=$(time_denials)
	if [ "$deaf" -lt $((quiet * 3 + 20000)) ]; then
		pass "a reader that never reads delays nothing"
	else
		fail "a reader that never reads delays nothing" "$quiet ms, with it $deaf ms"
	fi
	comment "$quiet ms, with it $deaf ms"
else
	fail "a reader that never reads delays nothing" "$held"
fi
stop_holding
exec 5<$rivet/events
expect_text "nor does an open file" "refused 1" "$helpers/attempts" 1 "$place/many/1"
exec 5<&-

# --- names that would do harm on a terminal or in a log -------------------------

# expect_escaped WHAT NAME SHOWN
expect_escaped()
{
	cp "$place/one" "$place/$2"
	"$place/$2" 2>/dev/null
	expect_text "$1 in a name" "path=\"$place/$3\"" cat $rivet/events
}

expect_escaped "a line end" "$(printf 'a\nseq=1')" 'a\x0aseq=1'
expect_escaped "an escape sequence" "$(printf 'b\033[2J')" 'b\x1b[2J'
expect_escaped "a quote" 'c"d' 'c\"d'
expect_escaped "a backslash" 'e\f' 'e\\f'
expect_escaped "UTF-8" "$(printf 'g\303\244')" 'g\xc3\xa4'
long=$(printf '%0250d' 0)
deep=$place
for level in 1 2 3 4 5; do
	deep=$deep/$level$long
	mkdir "$deep" 2>/dev/null || bail "no folder $level"
done
cp $place/one "$deep/program"
expect_denied "a very long name" unlisted "" "$deep/program"

finish
