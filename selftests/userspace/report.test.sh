#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# report.test.sh - evidence verify and log: each refusal one line, exit 4 and 5, expectations
#
# No kernel module is needed: report_unit.c signs the reports.

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

good=$(mktemp -d /tmp/rivet-XXXXXX)
trap 'chmod -R u+rwX "$work"; rm -rf "$work" "$good"' EXIT
lib=$top/userspace/lib
build_unit "$good/report_unit" "$top/selftests/userspace/report_unit.c" \
	"$lib"/evidence/{attest,list,report,signed,verdict}.c "$lib"/base/{err,file,durable,text}.c \
	"$top"/kmod/evidence/{record,command}.c "$top"/kmod/text/{bytes,parse,base64,names,digest}.c -lcrypto || exit 1
"$good/report_unit" "$good" >"$good/unit" || { cat "$good/unit"; exit 1; }

nonce=000102030405060708090a0b0c0d0e0f

# verify [OPTION]...: the good report, unless an option says otherwise
verify()
{
	rivetctl evidence verify --ak "$good/ak.pem" --nonce "$nonce" --log "$good/list" "$@"
}

# verify_alone [OPTION]...: the same, with no expectations
verify_alone()
{
	verify --no-boot --no-records --no-resets "$@"
}

test_no_byte_can_be_changed()
{
	grep '^not ok' "$good/unit" && give_up "see above"
	grep -c '^ok' "$good/unit"
}

test_good_report()
{
	expect 0 verify_alone "$good/report"
	in_out "as expected where it was compared"
	in_out "not compared: the records of the list"
	in_out "admitted: signer cert:sha256:"
	in_out "    quarantined: 0"
	in_out "    isolated: no"
	in_out "    faults: 0"
	in_out "mode: enforce; trust: sealed; policy: gateway 1.2.0 sha256:"
	in_out "loaded set: gateway-base 7 sha256:"
	in_out "    set: gateway-base 7 sha256:"
	expect 0 verify_alone --json "$good/report"
	is_json out rivet.evidence/1
	in_out '"verdict":"good"'
	in_out '"admitted":["signer cert:sha256:'
	in_out '"loaded_sets":["gateway-base 7 sha256:'
	in_out '"loaded_revocations":[]'
	in_out '"not_compared":["records","boot","resets"],"findings":[]'
}

test_boot_that_nobody_compared()
{
	expect 5 verify --no-records --no-resets "$good/report"
	in_out "DEVIATES: PCRs 0 to 9 were not all compared"
	grep '^pcr-0' "$good/report" >expected
	expect 0 verify --no-records --no-resets --expect expected "$good/report"
	sed -i '/^pcr-04/s/: 04/: 05/' expected
	expect 5 verify --expect expected "$good/report"
	in_out "DEVIATES: PCR 4 is not the expected one"
	sed -i '/^pcr-04/d' expected
	expect 5 verify --expect expected "$good/report"
	in_out "not all compared"
}

test_records_that_nobody_expected()
{
	expect 5 verify --no-boot --no-resets "$good/report"
	in_out "DEVIATES: no records were expected"
	in_out "the report is genuine, and tells of deviations"
	: >nothing
	expect 5 verify --no-boot --no-resets --expect nothing "$good/report"
	in_out "DEVIATES: no records were expected"
}

test_resets()
{
	expect 5 verify --no-boot --no-records "$good/report"
	in_out "DEVIATES: the resets of the TPM were not compared"
	grep '^resets: ' "$good/report" >expected
	expect 0 verify --no-boot --no-records --expect expected "$good/report"
	for other in "2 0" "1 1" "0 0" "4294967297 0"; do
		echo "resets: $other" >expected
		expect 5 verify_alone --expect expected "$good/report"
		in_out "DEVIATES: the TPM has 1 resets and 0 restarts, and not ${other% *} and"
	done
}

test_all_expected()
{
	rivetctl evidence log "$good/list" >expected
	grep '^pcr-0\|^resets: ' "$good/report" >>expected
	expect 0 verify --expect expected "$good/report"
	in_out "the report is genuine, and all is as expected"
	not_compared=$(grep -c "^not compared" out || true)
	[[ $not_compared == 0 ]] || give_up "all was compared"
	expect 0 verify --json --expect expected "$good/report"
	in_out '"not_compared":[],"findings":[]'
}

# Root extends a PCR that nobody uses with the records of a good list.
test_pcr_of_roots_choice()
{
	expect 4 verify_alone --log "$good/list15" "$good/report15"
	one_line err
	in_err "its list is in PCR 15, and not in 13"
	expect 0 verify_alone --pcr 15 --log "$good/list15" "$good/report15"
	expect 4 verify_alone --pcr 15 "$good/report"
	in_err "its list is in PCR 13, and not in 15"
	for bad in 10 16 x -1 ""; do
		expect 2 verify_alone --pcr "$bad" "$good/report"
		in_err "--pcr is a number from 11 to 15"
	done
}

test_expected_records()
{
	rivetctl evidence log "$good/list" >list
	[[ $(tail -n 1 list | cut -d ' ' -f 1) == $(sed -n 's/^pcr-13: //p' "$good/report") ]]
	expect 0 verify --no-boot --no-resets --expect list "$good/report"
	sed 's/gateway-base 7/gateway-base 8/' list >other
	expect 5 verify --no-boot --expect other "$good/report"
	in_out "record 4 is another one: rivet:riv gateway-base 7"
	in_out "record 4 was expected to be: rivet:riv gateway-base 8"
	head -n 5 list >fewer
	expect 5 verify --no-boot --no-resets --expect fewer --json "$good/report"
	in_out '"findings":["record 6 was not expected: rivet:mode enforce"]'
	{ cat list; tail -n 1 list; } >longer.list
	expect 5 verify --no-boot --expect longer.list "$good/report"
	in_out "record 7 was expected to be: rivet:mode enforce"
	for line in "x" "pcr-16: $(printf %064d 0)" "pcr-1: $(printf %064d 0)" "pcr-01: 00" \
		"$(printf %064d 0)" "pcr-:1" "resets: 1" "resets: -" "resets: 1 0 0" "resets: 1 -1"; do
		echo "$line" >wrong
		expect 3 verify --no-boot --expect wrong "$good/report"
		one_line err
		in_err "line 1 is nothing that can be expected"
	done
}

test_refusals()
{
	expect 4 verify --nonce 010102030405060708090a0b0c0d0e0f "$good/report"
	in_err "it answers another nonce"
	one_line err
	sed 's/denied: 3/denied: 0/' "$good/report" >edited
	expect 4 verify edited
	in_err "the text of the report was changed after the TPM signed it"
	sed 's/^pcr-04: 04/pcr-04: 05/' "$good/report" >edited
	expect 4 verify edited
	in_err "the PCRs in the report are not those that the TPM signed"
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null |
		openssl pkey -pubout >other.pem
	expect 4 verify --ak other.pem "$good/report"
	in_err "the signature is not one of this key"
	sed '/^pcr-00/,$d' "$good/report" >unsigned
	echo "unsigned: there is no TPM 2.0" >>unsigned
	expect 4 verify unsigned
	in_err "the report is not signed: there is no TPM 2.0"
	expect 4 verify --json unsigned
	is_json out rivet.error/1
	in_out '"exit":4'
	head -c 100 "$good/list" >torn
	expect 4 verify --log torn "$good/report"
	in_err "record 1 is cut off"
	: >empty
	expect 4 verify --log empty "$good/report"
	in_err "it has no record"
	expect 4 verify empty
	in_err "it is no report, see line 1"
	{ cat "$good/report"; echo; } >longer
	expect 4 verify longer
	in_err "it is no report, see line"
	sed 's/^tpm: .*/tpm: \x1b[31m/' "$good/report" >escape
	expect 4 verify escape
	in_err "it is no report, see line 5"
	expect 3 verify nowhere
	expect 3 verify --ak "$good/list" "$good/report"
	in_err "it is no public key"
}

test_command_line()
{
	expect 2 rivetctl evidence verify "$good/report"
	in_err "--ak, --nonce, --log and one report are needed"
	for bad in 00 "$(printf %033d 0)" "$(printf %0130d 0)" "$(printf %031dA 0)"; do
		expect 2 verify --nonce "$bad" "$good/report"
		in_err "16 to 64 bytes"
		expect 2 rivetctl evidence report --nonce "$bad"
		in_err "16 to 64 bytes"
	done
	expect 2 rivetctl evidence report
	expect 2 rivetctl evidence log a b
	for bad in 16 x -1; do
		expect 2 rivetctl evidence predict --pcr "$bad" seal
		in_err "--pcr is a number up to 15"
	done
	expect 0 rivetctl --json evidence predict --pcr 14 seal
	in_out '"pcr":14,'
	expect 0 rivetctl evidence log -o copy "$good/list"
	same copy "$good/list"
	expect 0 rivetctl evidence log --json "$good/list"
	is_json out rivet.evidence/1
	in_out '"name":"rivet:mode","text":"enforce","sha256":"'
}

run_tests
