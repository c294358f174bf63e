#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# commits.sh - the subjects of the last commits: "component: imperative"

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need git

max=65
status=0

# The tree may belong to somebody else than who runs the tests.
log()
{
	git -c "safe.directory=$top_dir" log --no-merges -n 50 --format='%h %s' 2>/dev/null
}

complain()
{
	echo "$1: $2"
	status=1
}

if ! log >/dev/null; then
	echo 'no git history in this tree'
	exit 4
fi
while read -r commit subject; do
	((${#subject} <= max)) || complain "$commit" "${#subject} characters, more than $max"
	# Not a capital letter, and neither "added" nor "adding" nor "adds".
	[[ $subject =~ ^[a-z0-9][a-z0-9_./,\ -]*:\ ([a-zA-Z_-]+) ]] || {
		complain "$commit" "not 'component: imperative': $subject"
		continue
	}
	case ${BASH_REMATCH[1]} in
	[A-Z]*[a-z]|added|adding|adds|fix*[sdg]|makes|made|changes|changed|removes|removed)
		complain "$commit" "not an imperative: $subject" ;;
	esac
done < <(log)
exit "$status"
