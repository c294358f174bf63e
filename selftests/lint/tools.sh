#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tools.sh - install the linters that deps.sh does not know of
#
# usage: tools.sh
#
# Says and does nothing when all are there.

set -euo pipefail

# For checkpatch.pl and kernel-doc.
tools=(perl)
# For functions.py, ynl-check.py and the scripts of selftests/surface.
tools+=(python3 python3-yaml xz-utils)
# Linters of their own; commits.sh reads the history.
tools+=(coccinelle cppcheck codespell mandoc git)

list_missing()
{
	local tool

	for tool in "${tools[@]}"; do
		dpkg-query -W -f '${db:Status-Status}' "$tool" 2>/dev/null |
			grep -qx installed || echo "$tool"
	done
}

mapfile -t missing < <(list_missing)
((${#missing[@]})) || exit 0
if ((EUID != 0)); then
	echo "tools.sh: not root; please install: apt-get install ${missing[*]}" >&2
	exit 1
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt-cache show --no-all-versions "${missing[@]}" >/dev/null 2>&1 ||
	apt-get update -qq >"$log" 2>&1 || true
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	-o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "${missing[@]}" >"$log" 2>&1 && exit
tail -n 5 "$log" >&2
echo "tools.sh: cannot install ${missing[*]}" >&2
exit 1
