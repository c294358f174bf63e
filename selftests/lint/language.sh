#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# language.sh - comments, documentation and man pages name things by nouns
#
# A sentence that begins with a vague pronoun has to be read to its end before its subject is
# known. At most two in a thousand words of each folder's comments, and of each page; tried on
# texts with three.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need python3

at_most=2

# count: for each line "NAME FILE..." of stdin "NAME HITS WORDS", of all comments and pages;
# names of parameters do not count
count()
{
	python3 <(cat <<-'END'
		import re, sys
		def comments(name, text):
		    if re.search(r"\.([1-8]|md)$|/README$", name):
		        return [text]
		    if name.endswith(".yaml"):
		        return re.findall(r"^ *doc: .*(?:\n {8,}[^-\s].*)*", text, re.M)
		    if not re.search(r"\.([ch]|def)$", name):
		        return (re.findall(r"(?:^|\s)#[^!].*$", text, re.M) +
		                re.findall(r"\"\"\".*?\"\"\"", text, re.S))
		    return re.findall(r"/\*.*?\*/", text, re.S)
		listed = ("what", "whoever", "whatever", "What", "Whoever", "Whatever")
		for line in sys.stdin:
		    words = []
		    name, *files = line.split()
		    for file in files:
		        with open(file, encoding="utf-8") as f:
		            for comment in comments(file, f.read()):
		                words += re.findall(r"[A-Za-z']+", re.sub(r"@\w+", "", comment))
		    print(name, sum(w in listed for w in words), len(words))
	END
	)
}

# is_fine HITS WORDS: a few words allow one
is_fine()
{
	(($1 <= 1 || $1 * 1000 <= at_most * $2))
}

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
many="$(seq -s ' ' 997 | tr 0-9 a-j) what Whoever whatever"
printf '/* %s */\n' "$many" >"$planted/bad.c"
printf '# %s\n' "$many" >"$planted/bad.sh"
printf '"""%s"""\n' "$many" >"$planted/bad.py"
printf '# %s\n' "$many" >"$planted/bad.pol"
printf '# %s\n' "$many" >"$planted/init"
printf 'doc: %s\n' "$many" >"$planted/bad.yaml"
for page in bad.1 bad.md README; do
	printf '%s\n' "$many" >"$planted/$page"
done
found_bad=$(printf '%s\n' "$planted"/* | sed 's/.*/& &/' | count)
while read -r bad hits words; do
	is_fine "$hits" "$words" && { echo "language.sh does not count $bad: $hits of $words"; exit 1; }
done <<<"$found_bad"

status=0
all=$(list_files)
kinds='([^/]*\.([ch1-8]|sh|py|pol|list|def|mk)|[a-z-]*init|Kbuild|Makefile)$'
mapfile -t folders < <(grep -E "/$kinds" <<<"$all" | sed 's|[^/]*$||' | sort -u)

# list_texts: "NAME FILE..." for each folder, and for each page
list_texts()
{
	local folder page

	for folder in "${folders[@]}"; do
		echo "$folder" "$(grep -E "^$folder$kinds" <<<"$all" | xargs)"
	done
	while read -r page; do
		echo "$page $page"
	done < <(grep -E '\.md$|/README$|^Documentation/.*\.yaml$|^(Makefile|Kbuild)$' <<<"$all")
}

counts=$(list_texts | count)
while read -r name hits words; do
	is_fine "$hits" "$words" && continue
	echo "$name: $hits of $words words of text are what, whoever or whatever"
	status=1
done <<<"$counts"
exit "$status"
