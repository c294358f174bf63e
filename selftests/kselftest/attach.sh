#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# attach.sh - rivet is attached to exactly the functions that its coverage names, and leaves
# nothing behind
#
# wide

# shellcheck source=selftests/kselftest/lib.sh
. "$(dirname "$0")/lib.sh"

plan 8
busybox mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
busybox mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
enabled=/sys/kernel/tracing/enabled_functions
probes=/sys/kernel/debug/kprobes/list
[ -e $enabled ] || bail "no $enabled"
[ -e $probes ] || bail "no $probes"

# Names of the functions whose calls are redirected, one a line
redirected()
{
	sed -n 's/^\([a-z0-9_]*\) ([0-9]*).* I .*/\1/p' $enabled | sort
}

# Functions of the BPF LSM that the coverage says are attached
covered()
{
	sed -n 's/^\([a-z_]*\) \(live\|derived\) .*/\1/p' $rivet/coverage |
		grep -vx -e module_notifier -e resident -e execve_check -e read_count \
			-e fsverity_digest -e 'personality.*' -e uprobe_register |
		sed 's/^/bpf_lsm_/' | sort
}

# The other functions are system calls, and the one that sets a uprobe.
no_stranger()
{
	! redirected | grep -v '^bpf_lsm_' | grep -v '^__[a-z0-9_]*sys_[a-z0-9_]*personality$' |
		grep -v '^uprobe_register[a-z_]*$'
}

none()
{
	[ -z "$(redirected)" ]
}

expect "nothing is redirected before" none
load_rivet
comment "$(covered | wc -l) hooks"
if [ "$(covered)" = "$(redirected | grep '^bpf_lsm_')" ]; then
	pass "the redirected hooks are those of the coverage"
else
	fail "the redirected hooks are those of the coverage" "$(covered) and $(redirected)"
fi
expect_text "opening a file among them" bpf_lsm_file_open redirected
comment "and $(redirected | grep -v '^bpf_lsm_' | tr '\n' ' ')"
expect "of other functions only the known ones" no_stranger
expect_text "setting a uprobe among them" uprobe_register redirected
expect_no_text "no probe is left by the search for them" bpf_lsm_ cat $probes
expect "it unloads" rmmod rivet
expect "nothing is redirected after" none
finish
