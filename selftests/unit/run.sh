#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh - run unit tests and add up their results
#
# usage: run.sh FOLDER TEST...
#
# Each FOLDER/TEST_test writes KTAP to FOLDER/TEST.ktap. Failures are printed,
# then a line a test, then the sum. A test that dies counts as a failure of its
# own.

set -u

# The pure files allocate nothing; the tests do, and are short.
export ASAN_OPTIONS=detect_leaks=0

out=$1
shift
passed=0 failed=0 skipped=0

count()
{
	grep -c "$@" || :
}

for test; do
	ktap=$out/$test.ktap
	status=0
	"$out/${test}_test" >"$ktap" 2>"$out/$test.stderr" || status=$?

	bad=$(count '^not ok ' "$ktap")
	skip=$(count '^ok .* # SKIP ' "$ktap")
	good=$(($(count '^ok ' "$ktap") - skip))
	if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] || ! grep -q '^1\.\.' "$ktap"; then
		echo "not ok $test died with status $status"
		cat "$out/$test.stderr"
		bad=$((bad + 1))
	fi
	awk '/^(not )?ok / { shown = /^not ok / || / # SKIP / }
	     shown && !/^1\.\./' "$ktap"
	echo "# $test: $good passed, $bad failed, $skip skipped"
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
