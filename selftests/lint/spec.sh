#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# spec.sh - the netlink specification agrees with the uapi header, formats.md
# has a row for each field of an event

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need python3

status=0
# check_named TEXT WHAT WORD...: each of these words stands in backquotes in the text
check_named()
{
	local text=$1 what=$2 word
	shift 2

	(($#)) || set -- 'none at all'
	for word; do
		[[ $text == *"\`$word\`"* ]] && continue
		echo "$what: \`$word\` is missing"
		status=1
	done
}

read -ra keys < <(sed -nE 's/^RIVET_(FIELD|TEXT)\([A-Z_]+, "([a-z_]+)".*/\2/p' kmod/text/fields.def | xargs)
check_named "$(sed -n '/^## Event$/,/^## Netlink$/s/^\(|[^|]*|\).*/\1/p' Documentation/formats.md)" \
	'Documentation/formats.md, Event' "${keys[@]}"
read -ra words < <(sed -n 's/^RIVET_HOOK([A-Z_]*, \([a-z_]*\),.*/\1/p' kmod/text/hooks.def | xargs)
check_named "$(grep '^| `hook/' Documentation/internals.md)" \
	'Documentation/internals.md, the table of hooks' "${words[@]}"
((status == 0)) || exit "$status"

if ! python3 -c 'import yaml' 2>/dev/null; then
	echo 'no python3-yaml on this machine'
	exit 4
fi
python3 "$lint_dir/ynl-check.py"
