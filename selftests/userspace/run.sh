#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh - run the tests of rivetctl on this machine and add up their results
#
# usage: run.sh [NAME...]
#
# Runs every *.test.sh beside this script, or only NAME.test.sh. No root, no
# module. RIVETCTL is the program to test, by default that of build/userspace;
# RIVET_TEST_OUT is where the KTAP of each test is kept.

set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
export RIVETCTL=${RIVETCTL:-$top/build/userspace/bin/rivetctl}
out=${RIVET_TEST_OUT:-$top/build/userspace/tests}
seconds=600	# time limit for the tests of one file; they need half a minute
passed=0 failed=0 skipped=0

count()
{
	grep -c "$@" || :
}

# Making RSA keys takes seconds: once for all tests.
make_keys()
{
	[[ -d $out/keys/other ]] && return
	rm -rf "$out/keys" && mkdir -p "$out/keys"
	"$RIVETCTL" keygen "$out/keys/rsa" && "$RIVETCTL" keygen --ec "$out/keys/ec" &&
		"$RIVETCTL" keygen "$out/keys/other"
}

run_test()
{
	local ktap=$out/$1.ktap status=0 bad skip good

	RIVET_TEST_KEYS=$out/keys timeout --kill-after=10 "$seconds" bash "$here/$1.test.sh" \
		>"$ktap" 2>"$out/$1.stderr" </dev/null || status=$?
	bad=$(count '^not ok ' "$ktap")
	skip=$(count '^ok .* # SKIP ' "$ktap")
	good=$(($(count '^ok ' "$ktap") - skip))
	if { [[ $status != 0 && $bad == 0 ]]; } || ! grep -q '^1\.\.' "$ktap"; then
		((status == 124)) && echo "# it took longer than $seconds s"
		echo "not ok $1 died with status $status"
		cat "$out/$1.stderr"
		bad=$((bad + 1))
	fi
	# A failure with the comments before it, which say why.
	awk '/^#/ { why = why $0 "\n"; next }
	     /^not ok / || /# SKIP / { printf "%s%s\n", why, $0 }
	     { why = "" }' "$ktap"
	echo "# $1: $good passed, $bad failed, $skip skipped"
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
}

main()
{
	local name

	[[ -x $RIVETCTL ]] || { echo "run.sh: $RIVETCTL is not built yet" >&2; exit 1; }
	mkdir -p "$out"
	make_keys >"$out/keys.log" 2>&1 ||
		{ cat "$out/keys.log" >&2; echo "run.sh: no keys to test with" >&2; exit 1; }
	if (($# == 0)); then
		for name in "$here"/*.test.sh; do
			set -- "$@" "$(basename "$name" .test.sh)"
		done
	fi
	for name; do
		run_test "$name"
	done
	echo "$passed passed, $failed failed, $skipped skipped"
	((failed == 0))
}

main "$@"
