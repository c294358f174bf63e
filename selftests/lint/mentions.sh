#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mentions.sh - names in comments and in the documentation exist
#
# Functions and constants in comments of kmod/ and in Documentation/; the titles of a
# .c file and of its header, which are one.
# Tried first on mentions.bad, in which each line has a fault.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

status=0
mapfile -t sources < <(list_named '^kmod/.*\.[ch]$')
# formats.md has the fields of the journal too, which begin alike
mapfile -t pages < <(list_named '^Documentation/.*\.md$' | grep -v '/formats\.md$')

# Lines that are not comment, without comments behind the code
code()
{
	sed -e '/^[[:space:]]*\(\/\*\|\*\)/d' -e 's|/\*.*||' "${sources[@]}"
}

# mentioned PATTERN FILE...: "file:line: word"
mentioned()
{
	local pattern=$1
	shift

	grep -HnoE -- "$pattern" "$@" | sed 's/^\([^:]*:[0-9]*\):\(.*\)/\1: \2/' || true
}

# find_strangers FILE...: words there that the code does not have
find_strangers()
{
	local place word

	while read -r place word; do
		word=${word%%(*}
		[[ " $known " == *" $word "* ]] || echo "$place $word is not in the code"
	done < <(mentioned '\brivet_[a-z0-9_]+\(\)' "$@"; mentioned '\bRIVET_[A-Z0-9_]*[A-Z0-9]\b' "$@")
}

# The hooks of package managers take words of their own from the environment.
mapfile -t hooks < <(list_named '^packaging/hooks/')
known=$({ code; grep -hv '^#' "${hooks[@]}"; } | grep -oE '\b(rivet|RIVET)_[A-Za-z0-9_]*[A-Za-z0-9]\b' | sort -u | tr '\n' ' ')
bad=$lint_dir/mentions.bad
wanted=$(grep -c 'rivet\|RIVET' "$bad")
hit=$(find_strangers "$bad" | wc -l)
if ((hit != wanted)); then
	echo "mentions.sh: finds $hit of the $wanted faults in mentions.bad"
	status=1
fi
find_strangers "${sources[@]}" "${pages[@]}" | found 'renamed or gone?' && status=1

for file in kmod/*/*.c; do
	header=${file%.c}.h
	[[ -e $header ]] || continue
	[[ $(sed -n 3p "$file") == "$(sed -n 3p "$header")" ]] || echo "$file: $header"
done | found 'has another title' && status=1
exit "$status"
