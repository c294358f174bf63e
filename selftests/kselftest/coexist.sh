#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# coexist.sh - others on the same hooks, there before rivet and after it: of BPF LSM
# programs both are asked, and either one's veto holds; a livepatch excludes rivet, and
# rivet a livepatch; tracers see both
#
# needs: module foreign_patch
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 38
ko=${RIVET_KO:-/rivet.ko}
veto="$helpers/bpfveto"
hated='setpriv --reuid 4242 --regid 4242 --clear-groups'

cp "$helpers/hello" /opt/listed
echo listed >>/opt/listed
cp "$helpers/hello" /opt/unlisted
echo unlisted >>/opt/unlisted
cp "$helpers/libhello.so" /opt/listed.so
echo listed >>/opt/listed.so

# attach_bpf HOOK: a program that refuses the hated user
attach_bpf()
{
	start_holding "$veto" "$1" 4242 || comment "$held"
	[ "$held" = ready ]
}

# together HOOK ORDER
together()
{
	expect "$1, $2: rivet permits a listed program to others" /opt/listed
	# Whose program cannot be mapped is killed without a word
	# shellcheck disable=SC2086
	if $hated /opt/listed >/dev/null 2>&1; then
		fail "$1, $2: the BPF program refuses it to its user"
	else
		pass "$1, $2: the BPF program refuses it to its user"
	fi
	expect_text "$1, $2: rivet refuses an unlisted one to others" 'Permission denied' \
		sh -c /opt/unlisted
	# shellcheck disable=SC2086
	if $hated /opt/unlisted >/dev/null 2>&1; then
		fail "$1, $2: refused by both"
	else
		pass "$1, $2: refused by both"
	fi
}

items_here()
{
	items exec,mmap /opt/listed /opt/listed.so | load_items items
}

# --- a livepatch ------------------------------------------------------------------

patch=/rivet-test/foreign_patch.ko
patched=/sys/kernel/livepatch/foreign_patch

remove_patch()
{
	echo 0 >"$patched/enabled"
	wait_for test ! -e "$patched"
	rmmod foreign_patch
}

has_livepatch=
[ ! -d /sys/kernel/livepatch ] || has_livepatch=1
if [ $has_livepatch ]; then
	mark_log
	expect "without rivet a livepatch takes a hook" insmod $patch
	expect_text "rivet does not load over it" 'resource busy' insmod "$ko"
	expect_one_line "and says why" 'cannot attach to bpf_lsm_mmap_file: '
	expect "the livepatch goes" remove_patch
	load_rivet
	expect_text "rivet is there: the livepatch does not get the hook" 'resource busy' \
		insmod $patch
else
	for lacking in 1 2 3 4 5; do
		skip "livepatch: $lacking" "CONFIG_LIVEPATCH"
	done
fi
get_ready
items_here
enforce
if [ $has_livepatch ]; then
	expect_text "enforce: it is not even let in" 'ermission denied' insmod $patch
else
	skip "enforce: it is not even let in" "CONFIG_LIVEPATCH"
fi

# --- the kernel's own tracers, on all hooks ---------------------------------------

mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
tracing=/sys/kernel/tracing
echo 'bpf_lsm_*' >$tracing/set_ftrace_filter || bail "the hooks cannot be traced"
for tracer in function function_graph; do
	if echo $tracer >$tracing/current_tracer; then
		expect_text "the tracer $tracer on all hooks: an unlisted program is refused" \
			'Permission denied' sh -c /opt/unlisted
		expect "the tracer $tracer on all hooks: a listed one runs" /opt/listed
	else
		skip "$tracer: an unlisted program is refused" "the tracer $tracer"
		skip "$tracer: a listed one runs" "the tracer $tracer"
	fi
done
expect "and traced is what rivet does" grep -q bpf_lsm_bprm_check_security $tracing/trace
echo nop >$tracing/current_tracer
echo >$tracing/set_ftrace_filter
back_to_audit
expect "rivet goes" rmmod rivet
rm -f "$work"/*.number

# --- BPF LSM programs -------------------------------------------------------------

for hook in bprm_check_security mmap_file; do
	# Before rivet
	if attach_bpf $hook; then
		pass "$hook: a BPF program is attached"
		expect "$hook: rivet loads after it" insmod "$ko"
		rm -f "$work"/*.number
		get_ready
		items_here
		enforce
		together $hook "BPF first"
		stop_holding
		# After rivet
		if attach_bpf $hook; then
			pass "$hook: attached after rivet"
		else
			fail "$hook: attached after rivet" "$held"
		fi
		together $hook "rivet first"
		stop_holding
		# shellcheck disable=SC2086
		expect "$hook: the BPF program gone, its user may" $hated /opt/listed
		expect_text "$hook: and rivet still refuses" 'Permission denied' sh -c /opt/unlisted
		back_to_audit
		rmmod rivet
	else
		lacking=0
		while [ $lacking -lt 13 ]; do
			lacking=$((lacking + 1))
			skip "$hook: $lacking" "BPF LSM programs on this architecture: $held"
		done
	fi
done

finish
