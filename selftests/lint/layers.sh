#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# layers.sh - a folder of kmod/ includes only itself and the folders before it
#
# The order is that of the list "folders" in Kbuild, main.c comes after all of them.
# Files in kmod/pure.mk include only files that userspace has too: other pure files,
# headers of text/, the uapi header, <linux/errno.h>, and of the kernel's headers those
# in userspace/shim. Each rule is first tried on an include that breaks it.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

declare -A rank=()
status=0

complain()
{
	echo "$*"
	status=1
}

read_folders()
{
	local folder

	for folder in $(list_words Kbuild folders); do
		rank[$folder]=${#rank[@]}
	done
	((${#rank[@]})) || complain 'Kbuild: no list "folders"'
}

# Files on disk are in the lists, and the other way round.
check_lists()
{
	local folder listed there

	for folder in kmod/*/; do
		folder=$(basename "$folder")
		[[ $folder == compat || $folder == include || ${rank[$folder]-} ]] ||
			complain "Kbuild: kmod/$folder is not in the list \"folders\""
	done
	for folder in "${!rank[@]}"; do
		listed=$(list_words Kbuild "$folder-files" | sort)
		there=$(cd "kmod/$folder" && printf '%s\n' *.c | sed 's/\.c$//' | sort)
		[[ $listed == "$there" ]] ||
			complain "Kbuild: $folder-files is not what kmod/$folder has:" \
				"$(comm -3 <(echo "$listed") <(echo "$there") | xargs)"
	done
}

# is_pure FILE: folder/name, with or without .c or .h
is_pure()
{
	grep -qxF "${1%.[ch]}" <<<"$pure" ||
		[[ $1 == text/*.def || ($1 == text/*.h && ! -e kmod/${1%.h}.c) ]]
}

# judge_quoted FILE HEADER: the fault in including it
judge_quoted()
{
	local from=${1%%/*} to=${2%%/*}

	if [[ $to == compat ]]; then
		! is_pure "$1" || echo "kmod/$1: pure, but includes $2"
	elif [[ ! -e kmod/$2 ]]; then
		echo "kmod/$1: includes $2, which is not in kmod/"
	elif [[ $2 != */* || $1 != */* ]]; then
		[[ $1 != */* || $2 == version.h ]] || echo "kmod/$1: includes $2"
	elif ((rank[$to] > rank[$from])); then
		echo "kmod/$1: in $from/, but includes $2, which comes after it"
	elif is_pure "$1" && ! is_pure "$2"; then
		echo "kmod/$1: pure, but includes $2"
	fi
}

# judge_angled FILE HEADER: the same of one of the kernel
judge_angled()
{
	is_pure "$1" || return 0
	case $2 in uapi/linux/rivet.h|linux/errno.h) return 0 ;; esac
	[[ -e userspace/shim/$2 ]] || echo "kmod/$1: pure, but includes <$2>"
}

judge()
{
	local file=${1#kmod/} header

	while read -r header; do
		judge_quoted "$file" "$header"
	done < <(sed -n 's/^# *include *"\(.*\)".*/\1/p' "$1")
	while read -r header; do
		judge_angled "$file" "$header"
	done < <(sed -n 's/^# *include *<\(.*\)>.*/\1/p' "$1")
}

# tsort names the members of each circle.
find_circles()
{
	grep -o '^# *include *"[^"]*"' kmod/*/*.h |
		sed 's|^kmod/\(.*\):.*"\(.*\)"|\1 \2|' | tsort 2>&1 >/dev/null |
		sed 's/^tsort: -: input.*/kmod: headers include each other in a circle:/'
}

pure=$(list_words kmod/pure.mk rivet-pure)
read_folders
for wrong in 'judge_quoted event/event.c decide/decide.h' 'judge_quoted text/parse.c mode/mode.h' \
	'judge_quoted policy/rules.c event/event.h' 'judge_quoted text/parse.c compat/keys.h' \
	'judge_quoted event/event.c names.h' 'judge_angled policy/rules.c linux/mutex.h'; do
	[[ $($wrong) ]] || complain "layers.sh does not see: $wrong"
done
check_lists
for file in kmod/*/*.[ch] kmod/*.[ch]; do
	case $file in kmod/compat/*) continue ;; esac
	findings=$(judge "$file")
	[[ ! $findings ]] || complain "$findings"
done
circles=$(find_circles)
[[ ! $circles ]] || complain "$circles"
exit "$status"
