#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# jit.sh - real programs: node, which generates code, runs if its RIV has jit; python,
# which does not, runs without
#
# needs: programs jit
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

node=/usr/bin/node
python=/usr/bin/python3.11
hot='let n = 0; for (let i = 0; i < 300000; i++) n = (n * 31 + i) % 1009; console.log(n)'
cold='n = 0
for i in range(20000):
    n = (n * 31 + i) % 1009
print(n)'

plan 9
# One generates code of the calculation, the other does not
expect_text "without rivet: node" 981 $node -e "$hot"
expect_text "without rivet: python" 442 $python -c "$cold"

get_ready

both()
{
	if [ $now = enforce ]; then
		judge "enforce: node, listed without jit" "$helpers/observe" -o '' mode=enforce \
			op=ANON_EXEC errno=13 reason=anonymous 'comm="node"' -- $node -e "$hot"
	else
		judge "audit: node, listed without jit" "$helpers/observe" -s mode=audit \
			op=ANON_EXEC errno=0 reason=anonymous -- $node -e "$hot"
	fi
	expect_permitted "python, listed without jit" $python -c "$cold"
}

both
enforce
both
items exec,mmap,jit $node | load_items jit
expect_permitted "node, listed with jit" $node -e "$hot"
expect_text "enforce: and calculates" 981 $node -e "$hot"
expect_permitted "python as before" $python -c "$cold"

finish
