#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh - run fuzzers for a while and add up their results
#
# usage: run.sh FOLDER SECONDS FUZZER...
#
# FOLDER/FUZZER_fuzz starts from corpus/FUZZER beside this script and keeps new
# inputs in FOLDER/FUZZER.corpus, so that the next run goes on from there.

set -u

here=$(dirname "$0")
out=$1 seconds=$2
shift 2
passed=0 failed=0

run_fuzzer()
{
	seeds=$here/corpus/$1 dictionary=$here/$1.dict
	mkdir -p "$out/$1.corpus"
	set -- "$1" "$out/$1.corpus"
	[ -d "$seeds" ] && set -- "$@" "$seeds"
	[ -f "$dictionary" ] && set -- "$@" "-dict=$dictionary"
	name=$1
	shift
	"$out/${name}_fuzz" "-max_total_time=$seconds" -timeout=5 -rss_limit_mb=2048 \
		-max_len=8192 -print_final_stats=1 "-artifact_prefix=$out/$name-" "$@" \
		>"$out/$name.log" 2>&1
}

for fuzzer; do
	if run_fuzzer "$fuzzer"; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$fuzzer.log")
		echo "ok $fuzzer fuzzer: $runs inputs in $seconds s"
		passed=$((passed + 1))
	else
		echo "not ok $fuzzer fuzzer: see $out/$fuzzer.log"
		grep -e 'does not hold' -e 'ERROR' -e 'runtime error' -e 'Test unit' \
			"$out/$fuzzer.log" | sed 's/^/# /'
		failed=$((failed + 1))
	fi
done

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
