#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# saved.test.sh - the saved quarantine list: its text, and its file when the agent is killed
#
# No kernel module is needed. saved_unit.c is built here, once with sanitizers for the texts, and
# once without, which is killed before each of its system calls in turn.

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

make_bin
sources=("$top"/userspace/rivetd/saved_text.c "$top"/userspace/lib/base/{durable,file,text,err}.c
	"$top"/kmod/text/{bytes,parse,names,digest}.c "$top/kmod/quarantine/line.c")
build_unit "$bin/unit" "$top/selftests/userspace/saved_unit.c" "${sources[@]}" || exit 1
"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -Wall -I"$top/userspace" -I"$top/userspace/shim" \
	-I"$top/kmod" -I"$top/kmod/include" -I"$top/selftests/unit" -o "$bin/plain" \
	"$top/selftests/unit/unit.c" "$top/selftests/userspace/saved_unit.c" "${sources[@]}" || exit 1

test_texts_and_files()
{
	"$bin/unit" "$PWD" >texts || give_up "$(grep -v '^ok' texts)"
}

# is_whole FILE: 5000 times the same byte
is_whole()
{
	[[ $(stat -c %s "$1") == 5000 && $(tr -d a <"$1" | wc -c) =~ ^(0|5000)$ ]]
}

test_killed_before_each_system_call()
{
	local n status=0 old=0 new=0

	for ((n = 1; n < 500; n++)); do
		head -c 5000 /dev/zero | tr '\0' a >file
		"$bin/killpoint" "$n" "$bin/plain" file b 5000 || status=$?
		((status == 0)) || break
		is_whole file || give_up "killed before call $n: $(head -c 20 file | od -c | head -n 2)"
		if [[ $(head -c 1 file) == a ]]; then old=$((old + 1)); else new=$((new + 1)); fi
		expect 0 "$bin/plain" file c 5000
		[[ $(find . -name 'file*' | wc -l) == 1 ]] || give_up "call $n leaves $(ls)"
	done
	((status == 3)) || give_up "killpoint ended with $status"
	((old > 5 && new >= 2)) || give_up "$old times the old bytes, $new times the new ones"
}

run_tests
