#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# language.sh - comments of kmod/ name things: "what", "whoever" and "whatever" are rare
#
# A sentence that begins with one of them has to be read to its end before its subject is
# known. At most two in a thousand words of a folder's comments; tried on a text with three.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need python3

at_most=2

# count FILE...: "HITS WORDS" of all comments
count()
{
	python3 - "$@" <<-'END'
		import re, sys
		words = []
		for name in sys.argv[1:]:
		    with open(name, encoding="utf-8") as f:
		        for comment in re.findall(r"/\*.*?\*/", f.read(), re.S):
		            words += re.findall(r"[a-z']+", comment.lower())
		print(sum(w in ("what", "whoever", "whatever") for w in words), len(words))
	END
}

# is_fine HITS WORDS: a few words allow one
is_fine()
{
	(($1 <= 1 || $1 * 1000 <= at_most * $2))
}

planted=$(mktemp)
trap 'rm -f "$planted"' EXIT
printf '/* %s what whoever whatever */\n' "$(seq -s ' ' 997 | tr 0-9 a-j)" >"$planted"
read -r hits words < <(count "$planted")
is_fine "$hits" "$words" && { echo "language.sh does not count: $hits of $words"; exit 1; }

status=0
for folder in kmod/*/; do
	mapfile -t files < <(list_named "^$folder.*\.[ch]\$")
	read -r hits words < <(count "${files[@]}")
	is_fine "$hits" "$words" || {
		echo "$folder: $hits of $words words of comment are what, whoever or whatever"
		status=1
	}
done
exit "$status"
