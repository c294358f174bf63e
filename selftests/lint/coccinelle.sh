#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# coccinelle.sh - the project's own semantic rules, cocci/*.cocci
#
# A rule that matches nothing looks like code without faults, so each rule is
# first tried on cocci/NAME.bad, where each fault is marked.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need spatch

status=0
mapfile -t sources < <(list_named '^kmod/.*\.c$')

# apply RULE FILE...: its findings as a diff, whose removed lines they are. That it
# failed shows as a finding too.
apply()
{
	local rule=$1
	shift
	spatch --very-quiet --no-includes --sp-file "$rule" "$@" 2>"$lint_out/spatch.log" && return
	sed 's/^/-spatch: /' "$lint_out/spatch.log"
}

try_rule()
{
	local rule=$1 bad=${1%.cocci}.bad wanted hit

	wanted=$(grep -c '/\* found \*/' "$bad")
	cp "$bad" "$lint_out/bad.c"
	hit=$(apply "$rule" "$lint_out/bad.c" | grep -c '^-.*/\* found \*/' || true)
	((hit == wanted)) && return
	echo "$(basename "$rule"): finds $hit of the $wanted faults in $(basename "$bad")"
	status=1
}

mkdir -p "$lint_out"
for rule in "$lint_dir"/cocci/*.cocci; do
	try_rule "$rule"
	findings=$(apply "$rule" "${sources[@]}" | grep -E '^(-[^-]|--- |@@)' || true)
	[[ $findings ]] || continue
	printf '%s:\n%s\n' "$(basename "$rule")" "$findings"
	status=1
done
exit "$status"
