#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pages.sh - pages that a text names exist, each page of Documentation/ is in its index, and
# text is wrapped at 80 columns (tables and code are not)
#
# Tried first on pages.bad, in which each line below the title has a fault.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

status=0

# list_named_pages FILE...: "FILE PAGE" for each page named there, links or not
list_named_pages()
{
	grep -HoE '[A-Za-z0-9_./-]+\.md\b' "$@" | sed 's/:/ /' | sort -u
}

# find_lost FILE...: pages that are neither beside the file, nor in Documentation/, nor at the top
find_lost()
{
	local file page

	while read -r file page; do
		[[ -e ${file%/*}/$page || -e Documentation/$page || -e $page ]] ||
			echo "$file: there is no $page"
	done < <(list_named_pages "$@")
}

# find_long FILE...: lines of text over 80 characters; one that is a single word cannot be shorter
find_long()
{
	awk '/^(\||    )/ { next }
	     /^ *([-*] )?[^ ]+$/ { next }
	     length > 80 { print FILENAME ":" FNR ": over 80 columns" }' "$@"
}

bad=$lint_dir/pages.bad
wanted=$(($(wc -l <"$bad") - 2))
hit=$({ find_lost "$bad"; find_long "$bad"; } | wc -l)
if ((hit != wanted)); then
	echo "pages.sh: finds $hit of the $wanted faults in pages.bad"
	status=1
fi

mapfile -t pages < <(list_named '\.md$')
mapfile -t texts < <(list_named '\.(md|sh|py|c|h|def|mk|[1-8])$|^Kbuild$|^Makefile$' |
	grep -v '^selftests/lint/')
{ find_lost "${texts[@]}"; find_long "${pages[@]}"; } | found 'renamed, or not wrapped?' && status=1
for page in Documentation/*.md; do
	grep -qF "(${page#*/})" Documentation/README.md || echo "$page"
done | grep -v '/README\.md$' | found 'not in Documentation/README.md' && status=1
exit "$status"
