#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# clock.sh - a clock that is behind makes no expired set valid again, once a signed object
# says when it was issued; and what the clock is set with still runs
#
# needs: userspace
#
# wide: 6.12

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 33
place=/opt/timed
mkdir -p $place
for name in /usr/sbin/chronyd $place/program $place/late; do
	cp "$helpers/hello" "$name"
	echo "$name" >>"$name"
done
start=$(date +%s)
wrong='the clock is wrong: it is before'

# at TIME: set the clock
at()
{
	date -u -s "$1" >/dev/null || bail "the clock is not set to $1"
}

# issue NAME FILE HEADER...: a set with this program
issue()
{
	issue_name=$1
	issue_file=$2
	shift 2
	items exec,mmap "$issue_file" | load_items "$issue_name" "$(printf '%s\n' "$@")"
}

# expect_floor NAME TIME: with a blank between day and time, as this date takes it
expect_floor()
{
	floor_wanted=$(date -u -d "$2" +%s) || bail "date does not read $2"
	expect_text "$1" "issued clock $floor_wanted" cat $rivet/floor
}

reports()
{
	log_since | grep -c "$wrong"
}

# --- without it, the clock revives a set ------------------------------------------------

get_ready
enforce
issue timed $place/program 'valid-until: 2035-01-01T00:00:00Z'
items exec,mmap /usr/sbin/chronyd | load_items clock 'valid-until: 2035-01-01T00:00:00Z'
expect_permitted 'in time: a program' $place/program
at '2036-01-01 00:00:00'
expect_denied 'when its set has expired' expired $place/program $place/program
at '1970-06-01 00:00:00'
expect_permitted 'no set says when it was issued: at 1970 the program runs again' $place/program
expect 'no set says when it was issued: there is no floor of the clock' \
	sh -c "! grep ' clock ' $rivet/floor"

# --- an object says when it was issued --------------------------------------------------

mark_log
issue late $place/late 'issued: 2035-06-01T00:00:00Z'
expect_floor 'a set says when it was issued: the floor of the clock is there' '2035-06-01 00:00:00'
expect_text 'at 1970: the log says that the clock is wrong' "$wrong 2035-06-01T00:00:00Z" log_since
expect_denied 'at 1970: the expired program' expired $place/program $place/program
judge 'at 1970: a time server of an expired set still runs, and is reported' \
	"$helpers/observe" -s mode=enforce action=AUDIT reason=expired errno=0 -- /usr/sbin/chronyd
expect_permitted 'at 1970: one of a set that does not expire' $place/late
ends 'at 1970: status' 0 rivetctl status
says 'at 1970: status says it in its first line' '; the clock is wrong'
ends 'at 1970: doctor' 1 rivetctl doctor
says 'at 1970: doctor says it, and what to do' \
	"$wrong 2035-06-01T00:00:00Z, when an object that is loaded was issued"
issue later $place/late 'issued: 2035-06-01T12:00:00Z'
expect_text 'at 1970: a second one is no second event' 1 reports
at '2035-07-01 00:00:00'
expect_denied 'when the clock is right again: the expired program' expired $place/program \
	$place/program
ends 'when the clock is right again: status' 0 rivetctl status
expect_no_text 'when the clock is right again: status says nothing of it' 'the clock is wrong' \
	cat "$work/out"
issue older $place/late 'issued: 2001-01-01T00:00:00Z'
expect_floor 'an older object does not lower the floor' '2035-06-01 12:00:00'
at '1980-01-01 00:00:00'
issue another $place/late 'issued: 2001-01-01T00:00:00Z'
expect_text 'when it is wrong again: that is an event again' 2 reports

# --- the other objects -------------------------------------------------------------------

echo "sha256:$(head -c 9 /dev/urandom | sha256sum | cut -d ' ' -f 1)" |
	manifest recall 'kind: revoke
version: 1
issued: 2035-08-01T00:00:00Z' >"$work/recall.riv"
sign_object "$work/recall.riv" signer
load_revoke "$work/recall.riv.signed" || bail 'the revocation does not load'
expect_floor 'a revocation raises it' '2035-08-01 00:00:00'
strict_rules | load_policy strict issued=2035-09-01T00:00:00Z
expect_floor 'a policy raises it' '2035-09-01 00:00:00'
strict_rules | make_policy strict issued=yesterday
expect_errno 'a policy of no time is refused' EBADMSG load_policy_file "$work/strict.policy.signed"
strict_rules | make_policy rogue issued=2036-09-01T00:00:00Z
sign_object "$work/rogue.policy" rogue
expect_errno 'a policy of a signer of nobody is refused' ENOKEY \
	load_policy_file "$work/rogue.policy.signed"
expect_floor 'and raises nothing' '2035-09-01 00:00:00'

# --- over a boot ------------------------------------------------------------------------------

cp $rivet/floor "$work/floor"
at "@$start"
back_to_audit || bail 'no way back'
rmmod rivet || bail 'rivet does not go'
at '1970-06-01 00:00:00'
get_ready
enforce
items exec,mmap $place/program /usr/sbin/chronyd |
	load_items timed 'valid-until: 2035-01-01T00:00:00Z'
expect_permitted 'the next boot at 1970, without the floors: the program runs' $place/program
mark_log
expect_errno 'a floor of the clock has one name' EBADMSG write_text 'other clock 9' $rivet/floor
expect_errno 'and a number of seconds' EBADMSG write_text 'issued clock retired' $rivet/floor
expect_errno 'up to the year 9999' EBADMSG write_text 'issued clock 253402300800' $rivet/floor
grep ' clock ' "$work/floor" >"$work/clock"
expect 'the next boot at 1970, with the floors' write_whole "$work/clock" $rivet/floor
expect_denied 'the expired program' expired $place/program $place/program
expect_text 'the log says that the clock is wrong' "$wrong 2035-09-01T00:00:00Z" log_since
expect_errno 'the floor does not sink' ESTALE write_text 'issued clock 9' $rivet/floor
at '2099-01-01 00:00:00'
judge 'at 2099: what sets the clock still runs' \
	"$helpers/observe" -s mode=enforce action=AUDIT reason=expired errno=0 -- /usr/sbin/chronyd
at "@$start"
finish
