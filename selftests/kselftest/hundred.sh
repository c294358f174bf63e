#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# hundred.sh - rivet is loaded and unloaded a hundred times while programs start.
# unload.sh does it a few times: each takes seconds, since unloading waits for
# grace periods of RCU-tasks.
#
# long: 3000

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

ko=${RIVET_KO:-/rivet.ko}
rounds=${RIVET_UNLOAD_ROUNDS:-100}

plan 3

"$helpers/storm" 3000 1 /bin/true "$helpers/libhello.so" >"$work/storm" 2>&1 &
storm=$!
round=0 failed=0 busy=0
start=$(date +%s)
while [ $round -lt "$rounds" ]; do
	round=$((round + 1))
	insmod "$ko" || failed=$((failed + 1))
	tries=0
	until rmmod rivet 2>/dev/null || [ $tries = 200 ]; do
		tries=$((tries + 1)) busy=$((busy + 1))
		usleep 20000
	done
	[ $tries -lt 200 ] || failed=$((failed + 1))
done
kill $storm
if wait $storm; then
	pass "$rounds loads and unloads disturb no program"
else
	fail "$rounds loads and unloads disturb no program" "$(cat "$work/storm")"
fi
comment "$(cat "$work/storm"); $busy times busy; $(($(date +%s) - start)) s"
expect_text "each of them worked" 0 echo $failed
expect_no_text "and nothing of it is left" rivet cat /proc/modules

finish
