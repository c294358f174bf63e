#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# shell.sh - shellcheck of every shell script, each file by itself with those it
# sources; and no kselftest defines a function that these have

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need shellcheck

tests=$top_dir/selftests/kselftest

functions_of()
{
	sed -n 's/^\([a-z_]*\)()$/\1/p' "$@" | sort -u
}

# sources_of FILE: those that it brings along
sources_of()
{
	local name

	# shellcheck disable=SC2016
	name=$(sed -n 's|^\. "$(dirname "$0")/\(.*\)"$|\1|p' "$1")
	[[ $name ]] || return 0
	echo "$tests/$name"
	sources_of "$tests/$name"
}

# Such a test would call its own function where it means another: a check that passes always.
list_shadows()
{
	local file sources name

	for file in "$tests"/*.sh; do
		mapfile -t sources < <(sources_of "$file")
		((${#sources[@]})) || continue
		comm -12 <(functions_of "$file") <(functions_of "${sources[@]}") | while read -r name; do
			echo "${file#"$top_dir"/}: $name() is in a file that it sources, too"
		done
	done
}

# SC2317: it takes a function that is called by its name for one that is not called.
list_shell_scripts | xargs shellcheck -x -f gcc -e SC2317

shadows=$(list_shadows)
[[ -z $shadows ]] || { echo "$shadows"; exit 1; }
