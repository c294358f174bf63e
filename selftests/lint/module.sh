#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# module.sh - the module for one kernel: compiler, sparse, its content, and whether it
# covers every request of the kernel
#
# usage: module.sh KERNEL

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

kernel=${1:?usage: module.sh KERNEL}
vm=$top_dir/selftests/vm

# Warnings are errors, of the compiler's extra level and of sparse.
build()
{
	local log=$lint_out/module-$kernel.log

	mkdir -p "$lint_out"
	module=$("$vm/build-module.sh" "$kernel" --strict 2>"$log" | tail -n 1) &&
		[[ -e $module ]] && return
	grep -E 'error|warning|undefined!' "$log" || tail -n 20 "$log"
	exit 1
}

# rivet shares the kernel's name space: each global name says whose it is.
list_foreign_names()
{
	readelf -sW "$module" | awk '
		$5 == "GLOBAL" && $7 != "UND" { print $8 }' |
		grep -vxE 'rivet_.*|init_module|cleanup_module|__.*' || true
}

# rivet's own functions must not be hooked as it hooks the kernel's. On x86 the
# patchable entries are only room before a function, for mitigations.
list_ftrace_sites()
{
	local sections='__mcount_loc'

	[[ $kernel != arm64-* ]] || sections+='|__patchable_function_entries'
	readelf -SW "$module" | grep -oE "$sections" || true
	readelf -rW "$module" | grep -owE '__fentry__|_?mcount' || true
}

# Reasons of the kernel's lockdown, class "integrity": rivet asks the policy about all of
# them, and a new line in ways[] needs thought.
list_unknown_reasons()
{
	local header reason

	header=$(find -L "$top_dir/build/kernels/$kernel" -path '*/include/linux/security.h' -print -quit)
	[[ $header ]] || echo 'no security.h in the headers'
	sed -n '/^enum lockdown_reason/,/LOCKDOWN_INTEGRITY_MAX/p' "${header:-/dev/null}" |
		sed -n 's/^\t\(LOCKDOWN_[A-Z0-9_]*\),.*/\1/p' |
		grep -vxE 'LOCKDOWN_(NONE|INTEGRITY_MAX)' | while read -r reason; do
		grep -qF "[$reason] =" kmod/hook/guard.c || echo "$reason"
	done
}

main()
{
	local status=0

	"$vm/kernel.sh" prepare "$kernel" 2>"$lint_out/prepare-$kernel.log" || {
		tail -n 3 "$lint_out/prepare-$kernel.log"
		exit 1
	}
	build
	list_foreign_names | found 'a global name without rivet_' && status=1
	list_ftrace_sites | sort -u | found 'an ftrace site in rivet.ko' && status=1
	list_unknown_reasons | found 'lockdown asks about what hook/guard.c has no line for' && status=1
	exit "$status"
}

mkdir -p "$lint_out"
main
