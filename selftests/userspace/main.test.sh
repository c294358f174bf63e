#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# main.test.sh - rivetctl's command line: help, usage, errors as text and JSON

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

verbs=(
	keygen "trust add" "trust list" "trust seal" "manifest build" "manifest sign"
	"manifest verify" "manifest show" "manifest load" "manifest begin" "manifest commit"
	"manifest abort" "manifest list" "manifest diff"
	apply attach "policy check" "policy sign" "policy verify" "policy load" "policy show" mode "unlock request"
	"unlock sign" "unlock apply" "rejoin request" "rejoin sign" "rejoin apply" isolation
	"quarantine list" "quarantine show" "quarantine release"
	"quarantine forget" status check why allow learn events doctor
)

test_help_lists_every_verb()
{
	expect 0 rivetctl help
	for verb in "${verbs[@]}"; do
		in_out "rivetctl $verb"
	done
	mv out help
	expect 0 rivetctl --help
	same out help
}

test_help_of_one_noun_and_one_verb()
{
	expect 0 rivetctl manifest --help
	in_out "rivetctl manifest diff"
	not_in_out "policy"
	expect 0 rivetctl manifest diff --help
	in_out "rivetctl manifest diff"
	not_in_out "manifest sign"
	expect 0 rivetctl help status
	in_out "rivetctl status"
}

test_help_and_version_as_JSON()
{
	for line in '--json help' 'help --json' '--json --help'; do
		# shellcheck disable=SC2086
		expect 0 rivetctl $line
		is_json out rivet.help/1
		in_out '{"noun":"trust","verb":"add","arguments":"[--ca] CERT","purpose":"'
		in_out '{"noun":"doctor",'
	done
	expect 0 rivetctl --json help manifest diff
	is_json out rivet.help/1
	in_out '"verb":"diff"'
	not_in_out '"verb":"sign"'
	expect 2 rivetctl --json help bogus
	is_json out rivet.error/1
	expect 0 rivetctl --json --version
	is_json out rivet.version/1
}

# A program that reads the output of one verb can read that of another
test_a_member_of_JSON_has_one_type_in_all_verbs()
{
	grep -rhoE 'json_(text|bytes|u64|s64|bool|array|object)\([^"]*json, "[a-z_]+"' \
		"$top/userspace/rivetctl" "$top/userspace/lib" |
		sed -E 's/json_([a-z0-9]+)\(.*"([a-z_]+)"/\2 \1/; s/ bytes$/ text/; s/ s64$/ u64/' |
		sort -u >members
	(($(wc -l <members) > 100))
	cut -d' ' -f1 members | uniq -d >several
	[[ ! -s several ]] || give_up "of several types: $(grep -wf several members)"
}

test_every_verb_refuses_options_it_does_not_know()
{
	for verb in "${verbs[@]}"; do
		# shellcheck disable=SC2086
		expect 2 rivetctl $verb --no-such-option
		one_line err
	done
}

test_version()
{
	expect 0 rivetctl --version
	in_out "rivetctl "
	not_in_out unversioned
	expect 0 "$(dirname "$RIVETCTL")/rivetd" --version
	in_out "rivetd "
	not_in_out unversioned
}

test_usage_errors_end_with_2_and_one_line()
{
	for args in "" "bogus" "manifest" "manifest bogus" "manifest build" "manifest build -n" \
		"manifest build -n x" "manifest build -n x -v 1" "manifest sign" "manifest diff a" \
		"manifest sign -k a -c b" "policy sign --frob" "manifest sign -Z" "attach x" "keygen" \
		"keygen a b" "help bogus" "policy check" "policy check a b"; do
		# shellcheck disable=SC2086
		expect 2 rivetctl $args
		one_line err
		in_err "rivetctl: "
	done
}

test_errors_in_json_are_an_object_and_a_line()
{
	expect 3 rivetctl --json policy check nowhere
	is_json out rivet.error/1
	in_out '"exit":3'
	in_err "nowhere"
	expect 2 rivetctl bogus --json
	is_json out rivet.error/1
	in_out '"exit":2'
}

test_names_in_errors_are_escaped()
{
	expect 3 rivetctl policy check $'\e]0;evil\a'
	in_err '\x1b]0;evil\x07'
	expect 2 rivetctl $'sta\ntus'
	one_line err
}

test_an_output_that_cannot_be_written_is_7()
{
	[[ -c /dev/full ]] || skip_test "no /dev/full"
	status=0
	rivetctl help >/dev/full 2>err || status=$?
	((status == 7))
	in_err "cannot write the output"
}

# As in "rivetctl events | head -1", where a service manager had the signal ignored
test_a_reader_that_goes_is_no_error()
{
	(
		trap '' PIPE
		{
			sleep 0.3
			status=0
			rivetctl help 2>err || status=$?
			echo $status >status
		} | true
	)
	[[ ! -s err ]] || give_up "it complains: $(<err)"
	[[ $(<status) == 141 ]]
}

# An editor of another system leaves these, and none shows them.
test_a_byte_order_mark_and_CR_LF_are_named()
{
	local kind verb

	small_policy good.policy
	small_manifest good.manifest
	for kind in policy manifest; do
		verb=show
		[[ $kind == manifest ]] || verb=check
		expect 0 rivetctl "$kind" "$verb" "good.$kind"
		{ printf '\xef\xbb\xbf' && cat "good.$kind"; } >marked
		expect 4 rivetctl "$kind" "$verb" marked
		in_err "marked begins with a byte order mark; remove it: LC_ALL=C sed -i '1s/^...//' FILE"
		LC_ALL=C sed -i '1s/^...//' marked
		same marked "good.$kind"
		sed 's/$/\r/' "good.$kind" >returned
		expect 4 rivetctl "$kind" "$verb" returned
		in_err "the lines of returned end with CR and LF; convert it: sed -i 's/\r$//' FILE"
		sed -i 's/\r$//' returned
		same returned "good.$kind"
	done
	: >empty
	expect 4 rivetctl policy check empty
	in_err "empty:1:1: expected policy_name="
}

run_tests
