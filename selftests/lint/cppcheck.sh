#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cppcheck.sh - cppcheck over ordinary C: the pure files and userspace

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need cppcheck

# readdir() is as safe as readdir_r(), which glibc deprecates; and the address of
# a local variable may well be lent to a structure for the time of a call.
lent='autoVariables'
mapfile -t pure < <(list_words kmod/pure.mk rivet-pure | sed 's|.*|kmod/&.c|')
cppcheck -q --std=c11 --inline-suppr --error-exitcode=1 --library=posix \
	--enable=warning,performance,portability -D_GNU_SOURCE \
	-I kmod -I kmod/include -I userspace/shim -I userspace \
	--suppress=missingIncludeSystem --suppress=readdirCalled --suppress="$lent" \
	--template='{file}:{line}: {severity}: {message} [{id}]' \
	"${pure[@]}" userspace 2>&1
