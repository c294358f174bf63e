#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# layers.sh - a lower layer of kmod/ never includes a higher one
#
# The layers are the lists of Kbuild. A header belongs to the layer of the .c
# file of its name; one that has none holds definitions alone and counts as pure
# (layer 1). What is pure includes only what userspace has too: pure headers, the
# uapi header, <linux/errno.h>, and of the kernel's headers those in userspace/shim.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

declare -A layer
status=0
pure=1

complain()
{
	echo "$*"
	status=1
}

# "layer2 event.o mode.o ..." a line, continued lines joined.
list_layers()
{
	sed -e ':join' -e '/\\$/{N;s/\\\n//;b join' -e '}' Kbuild |
		sed -n 's/^layer\([0-9]\) *:= */\1 /p'
}

read_layers()
{
	local number objects object

	while read -r number objects; do
		for object in $objects; do
			layer[${object%.o}]=$number
		done
	done < <(list_layers)
	((${#layer[@]})) || complain 'Kbuild: no layerN lists'
}

check_lists()
{
	local file name

	for file in kmod/*.c; do
		name=$(basename "$file" .c)
		[[ ${layer[$name]:-} ]] || complain "$file: in no layer of Kbuild"
	done
	for name in "${!layer[@]}"; do
		[[ -e kmod/$name.c ]] || complain "Kbuild: there is no kmod/$name.c"
	done
}

# check_include FILE LAYER HEADER: one that is included by its quoted name
check_include()
{
	local name=${3%.h}

	if [[ $name == compat/* ]]; then
		(($2 != pure)) || complain "$1: pure, but includes $3"
	elif [[ ! -e kmod/$3 ]]; then
		complain "$1: includes $3, which is not in kmod/"
	elif ((${layer[$name]:-$pure} > $2)); then
		complain "$1: layer $2, but includes $3 of layer ${layer[$name]:-$pure}"
	elif (($2 == pure && ${layer[$name]:-$pure} < pure)); then
		complain "$1: pure, but includes $3"
	fi
}

check_file()
{
	local file=$1 name number header

	name=$(basename "${file%.[ch]}")
	number=${layer[$name]:-$pure}
	while read -r header; do
		check_include "$file" "$number" "$header"
	done < <(sed -n 's/^# *include *"\(.*\)".*/\1/p' "$file")
	((number == pure)) || return 0
	while read -r header; do
		case $header in uapi/linux/rivet.h|linux/errno.h) continue ;; esac
		[[ -e userspace/shim/$header ]] ||
			complain "$file: pure, but includes <$header>"
	done < <(sed -n 's/^# *include *<\(.*\)>.*/\1/p' "$file")
}

# The unit tests and userspace compile the same pure files.
check_pure_list()
{
	local file=$1 variable=$2 listed name

	listed=" $(sed -n "s/^${variable}[ \t]*:= *//p" "$file") "
	for name in "${!layer[@]}"; do
		((layer[$name] != pure)) || [[ $listed == *" $name "* ]] ||
			complain "$file: $variable lacks the pure $name"
	done
}

# tsort names the members of each circle.
check_circles()
{
	grep -o '^# *include *"[^"]*"' kmod/*.h |
		sed 's|^kmod/\(.*\):.*"\(.*\)"|\1 \2|' | tsort 2>&1 >/dev/null |
		sed 's/^tsort: -: input.*/kmod: headers include each other in a circle:/'
}

read_layers
check_lists
for file in kmod/*.[ch]; do
	check_file "$file"
done
check_pure_list selftests/unit/Makefile PURE
circles=$(check_circles)
[[ -z $circles ]] || complain "$circles"
exit "$status"
