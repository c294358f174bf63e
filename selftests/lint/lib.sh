# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lib.sh - common code of the linters
#
# Sourced by each linter, never run. A linter prints its findings and exits: 0
# nothing found, 4 not possible here (its last line names the missing tool), any
# other status: findings, or a failure of the linter itself; lint.sh does not
# tell these two apart. A line that begins with "# " is a remark, shown in any
# case.

set -euo pipefail

lint_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_dir=$(cd "$lint_dir/../.." && pwd)
# shellcheck disable=SC2034  # for those who source this
lint_out=$top_dir/build/lint
export LC_ALL=C
cd "$top_dir"

# Every source file of the project, tracked or not, as git would see a clone.
list_files()
{
	find . \( -path ./build -o -path ./.git \) -prune -o -type f -print |
		sed 's|^\./||' | sort
}

# list_named PATTERN: those whose path matches an extended regular expression.
list_named()
{
	list_files | grep -E "$1" || true
}

# Everything a shell will read: by name, or by its first line.
list_shell_scripts()
{
	list_named '\.sh$'
	list_files | grep -v '\.sh$' | while read -r file; do
		# The kind of the last file must not decide how the loop ends.
		if head -c 64 "$file" | sed -n 1p | tr -d '\000' |
			grep -qE '^#!.*[/ ](ba|da|)sh\b'; then
			echo "$file"
		fi
	done
}

# list_words FILE VARIABLE: the words of a variable of a makefile, one a line
list_words()
{
	sed -e ':join' -e '/\\$/{N;s/\\\n//;b join' -e '}' "$1" |
		sed -n "s/^$2[ \t]*:= *//p" | tr -s ' \t' '\n'
}

# need COMMAND...: stop with a skip if one is not there.
need()
{
	local command

	for command; do
		command -v "$command" >/dev/null && continue
		echo "no $command on this machine"
		exit 4
	done
}

# found WHAT: read findings from stdin; true if there were any.
found()
{
	local what=$1 line status=1

	while read -r line; do
		echo "$line ($what)"
		status=0
	done
	return "$status"
}
