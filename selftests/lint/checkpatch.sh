#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# checkpatch.sh - the kernel's checkpatch.pl --strict over all C files

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
need perl

# A message stays in one piece, so that it can be searched for; checkpatch says
# so itself of printk's, but does not know the names of ours.
everywhere=LONG_LINE_STRING
# An argument vector can be neither static nor const.
everywhere+=,STATIC_CONST_CHAR_ARRAY
# The kernel's private helpers, which a uapi header and userspace do not have.
outside=BIT_MACRO,PREFER_KERNEL_TYPES,PREFER_DEFINED_ATTRIBUTE_MACRO,ARRAY_SIZE,STRCPY
# Names of OpenSSL, ELF, libFuzzer and inttypes.h.
outside+=,CAMELCASE
# Usage texts are one line a source line; a verb is called as it is typed.
outside+=,SPLIT_STRING,EMBEDDED_FUNCTION_NAME,QUOTED_WHITESPACE_BEFORE_NEWLINE
# environ is declared nowhere else.
outside+=,AVOID_EXTERNS
# "struct finding finding"; variables that hardware or another program changes
# under a test.
outside+=,REPEATED_WORD,VOLATILE

# Copies of operations are made to be changed.
everywhere+=,CONST_STRUCT
# A line of a .def file has more columns than each of its readers needs, and no semicolon.
everywhere+=,MACRO_ARG_UNUSED,TRAILING_SEMICOLON
# Macros of compat/ stand for functions of newer kernels, and so name their
# arguments. The kernel's struct Qdisc is used there only.
compat=MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE,CAMELCASE
# So do those of the stubs, in the kernel's names and with the kernel's types.
stubs=$compat,NEW_TYPEDEFS,UNCOMMENTED_DEFINITION,COMPLEX_MACRO

check()
{
	local ignored=$1
	shift
	(($#)) || return 0
	# It leaves a word list where it stands.
	(cd "$lint_out" && perl "$scripts/checkpatch.pl" --no-tree --strict --terse \
		--show-types --color=never --no-summary --ignore "$ignored" \
		-f "${@/#/../../}" 2>>"$errors") | sed 's|^\.\./\.\./||' || status=1
}

scripts=$("$lint_dir/kernel-scripts.sh")
status=0
# Without a tree it complains that it cannot read the tree's headers.
errors=$lint_out/checkpatch.err
: >"$errors"
stubbed='^selftests/unit/stub'
mapfile -t inside < <(list_named '^kmod/.*\.[ch]$' | grep -v -e /uapi/ -e /compat/)
mapfile -t older < <(list_named '^kmod/compat/.*\.[ch]$')
mapfile -t others < <(list_named '\.[ch]$' |
	grep -v -e '^kmod/[^i]' -e '^userspace/shim/' -e "$stubbed")
mapfile -t stubbing < <(list_named '\.[ch]$' | grep "$stubbed")
check "$everywhere" "${inside[@]}"
check "$everywhere,$compat" "${older[@]}"
check "$everywhere,$outside" "${others[@]}"
check "$everywhere,$outside,$stubs" "${stubbing[@]}"
# Nor does it know where a file ends whose last line is a macro with a semicolon.
grep -vE "\\\$root in concatenation|'/include'|value \\\$rawlines" "$errors" && status=1
exit "$status"
