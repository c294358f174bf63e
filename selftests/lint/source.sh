#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# source.sh - house rules that are a matter of searching for a word

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

status=0

# search PATTERN FILE...: with file name and line number; no file, no finding
search()
{
	local pattern=$1
	shift

	(($# == 0)) || grep -HnE -- "$pattern" "$@" || true
}

# Short texts that are data, or that another program reads as they are.
list_unlicensed()
{
	list_files | grep -vE '^(COPYING|debian/.*|.*\.(md|dict|list|pol|json|conf)|.*/README|.*/words|.*/corpus/.*|\.[a-z]*(ignore|rc)|policy/.*|.*\.service)$' |
		while read -r file; do
			head -n 3 "$file" | grep -q SPDX-License-Identifier: || echo "$file"
		done
}

mapfile -t texts < <(list_files | grep -vE '/corpus/|^COPYING$')
mapfile -t programs < <(list_files |
	grep -vE '/corpus/|\.(md|[ch]|[1-8]|yaml|json)$|^(COPYING|debian/)')
mapfile -t core < <(list_named '^kmod/.*\.[ch]$' | grep -v '^kmod/compat/')
mapfile -t core_code < <(list_named '^kmod/.*\.c$')

list_unlicensed | found 'no SPDX line in the first three' && status=1

# The brackets keep this file from finding itself.
search '(^|[^[:alnum:]_$"}.*/-])/(wor[k]|hom[e]/[a-z]+/[a-z]|User[s])/' "${texts[@]}" |
	found 'a path of one machine' && status=1
search '(https?|ftp|git|rsync)://[^ ]*(debian[.]org|kernel[.]org|pypi[.]|crates[.]io|golang[.]org|npmjs[.])' "${programs[@]}" |
	found 'a registry by name; use what the machine is set up with' && status=1

search 'LINUX_VERSION_CODE|KERNEL_VERSION|UTS_RELEASE' "${core[@]}" |
	found 'a version check; probe for the feature in compat/' && status=1
# struct module has the members that mode/mode.c needs only with CONFIG_MODULE_UNLOAD.
search '^#[[:space:]]*(if|ifdef|ifndef|elif)' "${core_code[@]}" |
	grep -vx 'kmod/mode/mode.c:[0-9]*:#ifdef CONFIG_MODULE_UNLOAD' |
	found 'a condition of the preprocessor in code' && status=1
search '\bBUG(_ON)?\(' "${core[@]}" |
	found 'BUG; use WARN_ON_ONCE and a safe return' && status=1
search 'RIVET_COUNT_DECISIONS\)' "${core[@]}" | grep -v '^kmod/decide/\(decide.c\|report.[ch]\):' |
	found 'a decision that is counted where it is not made' && status=1
search 'EXPORT_SYMBOL' "${core[@]}" |
	found 'an exported symbol; the list of dependents in mode/mode.c relies on there being none' && status=1
search '^typedef\b' "${core[@]}" | found 'a typedef' && status=1

exit "$status"
