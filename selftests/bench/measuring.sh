#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# measuring.sh - time of `rivetctl manifest build`, beside openssl on the same files
#
# usage: measuring.sh [FILES] [ROUNDS]
#
# Makes FILES scripts (60000) of sizes as below /usr of a Debian system, the rare files
# over 1 MB left out, reads them once, and times by turns, ROUNDS times (5) each:
#
#   find TREE -type f -print0 | xargs -0 -P$(nproc) openssl dgst -sha256
#   rivetctl manifest build -r TREE /
#
# Prints the seconds of all rounds, both medians and their ratio. Ends with 1 if the
# ratio is over 1.2. The files lie in build/bench/measuring, some 1.6 GB.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
rivetctl=${RIVETCTL:-$top/build/userspace/bin/rivetctl}
files=${1:-60000}
rounds=${2:-5}
work=$top/build/bench/measuring
tree=$work/tree-$files
limit=1.2

make_tree()
{
	rm -rf "$tree" "$tree.tmp"
	mkdir -p "$tree.tmp"
	python3 - "$tree.tmp" "$files" <<-'END'
		import os, random, sys
		sizes = [1000] * 25 + [2300] * 25 + [8000] * 25 + [28000] * 15 + [100000] * 9 + [1000000]
		chance = random.Random(1)
		data = chance.randbytes(2000000)
		for i in range(int(sys.argv[2])):
		    folder = f"{sys.argv[1]}/usr/share/package-{i // 100}"
		    os.makedirs(folder, exist_ok=True)
		    size = int(chance.choice(sizes) * chance.uniform(0.5, 1.5))
		    at = chance.randrange(len(data) - size)
		    with open(f"{folder}/file-{i}", "wb") as out:
		        out.write(b"#!/bin/sh\n" + data[at:at + size])
	END
	mv "$tree.tmp" "$tree"
}

with_openssl()
{
	find "$tree" -type f -print0 | xargs -0 -P"$(nproc)" openssl dgst -sha256 >"$work/openssl.out"
}

with_rivetctl()
{
	"$rivetctl" manifest build -n t -v 1 -o "$work/t.riv" -r "$tree" / 2>"$work/rivetctl.err"
}

# seconds COMMAND: how long it takes
seconds()
{
	local from=$EPOCHREALTIME

	"$1"
	awk -v from="$from" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", to - from }'
}

median()
{
	sort -n | awk '{ each[NR] = $1 } END { print each[int((NR + 1) / 2)] }'
}

# Both have read each file, and agree about it. Several writers would cut lines in two.
compare()
{
	find "$tree" -type f -print0 | xargs -0 openssl dgst -sha256 >"$work/openssl.out"
	[[ $(wc -l <"$work/openssl.out") == "$files" ]]
	cmp <(sed -n 's/^SHA2*-*256(.*)= //p' "$work/openssl.out" | sort) \
		<(sed -n 's/^sha256:\([0-9a-f]*\) .*/\1/p' "$work/t.riv" | sort)
}

main()
{
	local round

	[[ -x $rivetctl ]] || { echo "measuring.sh: $rivetctl is not built yet" >&2; exit 1; }
	[[ -d $tree ]] || make_tree
	with_openssl
	with_rivetctl
	compare
	: >"$work/seconds.openssl" && : >"$work/seconds.rivetctl"
	for ((round = 0; round < rounds; round++)); do
		seconds with_openssl >>"$work/seconds.openssl"
		seconds with_rivetctl >>"$work/seconds.rivetctl"
	done
	echo "$files files, $(du -sm --apparent-size "$tree" | cut -f1) MiB, $(nproc) processors"
	paste -sd' ' "$work/seconds.openssl" | sed 's/^/openssl dgst:   /'
	paste -sd' ' "$work/seconds.rivetctl" | sed 's/^/manifest build: /'
	awk -v a="$(median <"$work/seconds.openssl")" -v b="$(median <"$work/seconds.rivetctl")" \
		-v limit="$limit" 'BEGIN {
			printf "medians %s s and %s s, ratio %.2f, at most %s\n", a, b, b / a, limit
			exit b / a > limit
		}'
}

main
