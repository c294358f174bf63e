#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# language.sh - comments and man pages name things by nouns
# A sentence that begins with a vague pronoun has to be read to its end before its subject is
# A sentence that begins with one of them has to be read to its end before its subject is
# known. At most two in a thousand words of a folder's comments; tried on a text with three.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need python3

at_most=2

# count FILE...: "HITS WORDS" of all comments; names of parameters do not count
count()
{
	python3 - "$@" <<-'END'
		import re, sys
		def comments(name, text):
		    if re.search(r"\.[1-8]$", name):
		        return [text]
		    if re.search(r"\.(sh|py)$", name):
		        return re.findall(r"(?:^|\s)#[^!].*$", text, re.M) + re.findall(r'""".*?"""', text, re.S)
		    return re.findall(r"/\*.*?\*/", text, re.S)
		words = []
		for name in sys.argv[1:]:
		    with open(name, encoding="utf-8") as f:
		        for comment in comments(name, f.read()):
		            words += re.findall(r"[A-Za-z']+", re.sub(r"@\w+", "", comment))
		listed = ("what", "whoever", "whatever", "What", "Whoever", "Whatever")
		print(sum(w in listed for w in words), len(words))
	END
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
printf '%s\n' "$many" >"$planted/bad.1"
for bad in "$planted"/*; do
	read -r hits words < <(count "$bad")
	is_fine "$hits" "$words" && { echo "language.sh does not count: $hits of $words"; exit 1; }
done

status=0
all=$(list_files)
folders=(kmod/*/ userspace/lib/*/ userspace/{rivetctl,rivetd,man}/
	 selftests/{bench,fuzz,kselftest,kselftest/helpers,lint,surface,unit,userspace}/)
for folder in "${folders[@]}"; do
	mapfile -t files < <(grep -E "^${folder}[^/]*\.([ch1-8]|sh|py)\$" <<<"$all")
	read -r hits words < <(count "${files[@]}")
	is_fine "$hits" "$words" || {
		echo "$folder: $hits of $words words of comment are what, whoever or whatever"
		status=1
	}
done
exit "$status"
