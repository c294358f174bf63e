#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# policy.test.sh - policy check: errors with their place, warnings about gaps

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

# policy LINE...: a policy of a good first line and these, in p
policy()
{
	printf '%s\n' "policy_name=gateway policy_version=1.2.3" "$@" >p
}

# Rules after which a DEFAULT action=DENY leaves nothing forgotten
kernel_rules=("op=ANON_EXEC riv=MATCH action=ALLOW" "op=KMODULE riv=MATCH action=ALLOW"
	"op=FIRMWARE riv=MATCH action=ALLOW")

# check_policy: policy check accepts p; warnings about expired sets are a matter of one
# test alone
check_policy()
{
	expect 0 rivetctl policy check p
	sed -i '/no rule for EXECUTE has riv=expired/d' err
}

# is_quiet: policy check accepts p without a warning
is_quiet()
{
	check_policy
	[[ ! -s err ]] || give_up "$(cat err)"
}

# warns LINE TEXT: policy check accepts p and warns
warns()
{
	check_policy
	grep -qF -e "warning: p:$1 $2" err || give_up "no '$1 $2' in: $(cat err)"
}

test_a_good_policy_brings_no_warning()
{
	small_policy p
	check_policy
	in_out "p: policy gateway 1.2.3, 5 rules"
	[[ ! -s err ]]
	rivetctl policy check - <p >out
	in_out "standard input: policy gateway"
}

test_the_policies_that_come_with_rivet_bring_no_warning()
{
	for name in gateway strict audit-only; do
		cp "$top/policy/$name.pol" p
		is_quiet
		# Nor do they with their examples in force.
		sed 's/^#op=/op=/' "$top/policy/$name.pol" | grep -v riv=expired >p
		is_quiet
	done
}

test_warns_if_nothing_is_said_of_what_is_expired()
{
	policy "DEFAULT action=DENY" "op=EXECUTE riv=MATCH action=ALLOW"
	expect 0 rivetctl policy check p
	grep -qF "no rule for EXECUTE has riv=expired" err || give_up "no warning"
	policy "DEFAULT action=DENY" "op=EXECUTE riv=expired path=/usr/bin/date action=AUDIT" \
		"op=EXECUTE riv=MATCH action=ALLOW"
	expect 0 rivetctl policy check p
	! grep -qF riv=expired err || give_up "warned all the same"
	policy "DEFAULT action=AUDIT" "op=EXECUTE riv=MATCH action=ALLOW"
	expect 0 rivetctl policy check p
	! grep -qF riv=expired err || give_up "warned of what is never denied"
	for name in gateway strict audit-only; do
		expect 0 rivetctl policy check "$top/policy/$name.pol"
		! grep -qF riv=expired err || give_up "warned of $name"
	done
}

test_a_signed_policy_can_be_checked()
{
	small_policy p
	expect 0 sign policy p
	expect 0 rivetctl policy check p.signed
	in_out "signed (not verified here)"
}

test_JSON()
{
	policy "DEFAULT action=ALLOW"
	expect 0 rivetctl --json policy check p
	is_json out rivet.policy/1
	in_out '"name":"gateway","policy_version":"1.2.3"'
	in_out '"line":2,'
	in_err "p:2: DEFAULT action=ALLOW"
}

test_errors_name_line_and_column()
{
	policy "DEFAULT action=DENY" "op=EXECUTE riv=MATCH action=PERMIT"
	expect 4 rivetctl policy check p
	in_err "rivetctl: p:3:29: expected action="
	one_line err
	policy "DEFAULT action=DENY" "op=EXECUTE path=relative action=DENY"
	expect 4 rivetctl policy check p
	in_err "p:3:17: expected an absolute path"
	policy "op=EXECUTE action=DENY"
	expect 4 rivetctl policy check p
	in_err "p:2: expected a DEFAULT"
	echo hello >p
	expect 4 rivetctl --json policy check p
	is_json out rivet.error/1
	in_err "p:1:1: expected policy_name="
}

test_what_is_no_policy()
{
	small_manifest p
	expect 4 rivetctl policy check p
	in_err "this is a manifest"
	head -c 100000 /dev/urandom >p
	expect 4 rivetctl policy check p
	: >p
	expect 4 rivetctl policy check p
	{ small_policy /dev/stdout; head -c 2000000 /dev/zero | tr '\0' '#'; } >p
	expect 4 rivetctl policy check p
	in_err "at most 1 MiB"
}

test_warns_of_allowing_without_a_match()
{
	policy "DEFAULT action=DENY" "op=EXECUTE path=/opt/** action=ALLOW" \
		"op=EXECUTE uid=0 action=ALLOW" "op=EXECUTE exe=/usr/bin/a action=ALLOW" \
		"op=MMAP fsmagic=0x58465342 action=ALLOW" "op=MMAP riv=unlisted action=ALLOW" \
		"op=EXECUTE riv=MATCH path=/srv/** action=ALLOW" \
		"op=EXECUTE path=/home/** action=AUDIT"
	warns 3: "EXECUTE is allowed by path without riv=MATCH"
	warns 4: "EXECUTE is allowed by user without riv=MATCH"
	warns 5: "EXECUTE is allowed by acting program without riv=MATCH"
	warns 6: "MMAP is allowed by filesystem without riv=MATCH"
	warns 7: "MMAP is allowed without riv=MATCH"
	not_in_err "p:8:"
	not_in_err "p:9:"
	policy "DEFAULT action=DENY" "op=MMAP action=ALLOW"
	warns 3: "MMAP is allowed for everything"
}

test_warns_of_what_quarantines_nothing()
{
	policy "DEFAULT action=QUARANTINE" "op=EXECUTE riv=wrong-use action=QUARANTINE" \
		"op=EXECUTE riv=unlisted path=/opt/** action=QUARANTINE" \
		"op=MMAP path=/opt/** action=QUARANTINE" "op=ANON_EXEC action=QUARANTINE" \
		"op=READ riv=quarantined path=/opt/** exe=/usr/sbin/a action=ALLOW" \
		"op=READ riv=quarantined path=/opt/** action=ALLOW"
	warns 2: "QUARANTINE acts as DENY in a DEFAULT"
	warns 3: "QUARANTINE acts as DENY: this reason happens to good files too"
	not_in_err "p:4:"
	warns 5: "QUARANTINE holds for unlisted, mismatch and revoked"
	warns 6: "QUARANTINE acts as DENY: ANON_EXEC is about memory"
	not_in_err "p:7:"
	warns 8: "quarantined files are permitted to every program"
}

test_checks_rules_about_what_runs()
{
	policy "DEFAULT action=DENY" "op=RUNNING action=KILL" "op=EXECUTE riv=MATCH action=ALLOW"
	warns 3: "KILL holds for unlisted, mismatch, revoked and quarantined"
	policy "DEFAULT action=DENY" "op=RUNNING riv=revoked action=KILL max=3" \
		"op=RUNNING riv=moved action=QUARANTINE" "op=RUNNING path=/opt/** action=QUARANTINE" \
		"op=RUNNING action=ALLOW"
	warns 4: "QUARANTINE acts as AUDIT: this reason happens to good files too"
	warns 5: "QUARANTINE holds for unlisted, mismatch and revoked; for any other reason it acts as AUDIT"
	warns 6: "RUNNING is allowed for everything: what fails and runs already is not even reported"
	not_in_err "p:3:"
	policy "DEFAULT op=EXECUTE action=AUDIT" "op=RUNNING riv=revoked action=KILL"
	is_quiet
}

test_warns_of_copies_that_are_quarantined()
{
	local until="files without a RIV are permitted, but no longer once a copy was used where line"

	policy "DEFAULT action=DENY" "DEFAULT op=READ action=AUDIT" \
		"op=EXECUTE path=/srv/** action=ALLOW" "op=EXECUTE riv=moved action=ALLOW" \
		"op=EXECUTE action=QUARANTINE" "op=READ path=/etc/** riv=mismatch action=DENY"
	warns 3: "$until 6 quarantines it: list them, or have a rule"
	warns 4: "$until 6 quarantines it: list them, or have the same rule"
	not_in_err "p:5: files without a RIV"
	policy "DEFAULT action=DENY" "op=EXECUTE path=/srv/** riv=quarantined action=ALLOW" \
		"op=EXECUTE path=/srv/** action=ALLOW" "op=EXECUTE action=QUARANTINE"
	warns 5: "QUARANTINE holds for"
	not_in_err "$until"
	policy "DEFAULT action=DENY" "op=EXECUTE path=/srv/** action=ALLOW" \
		"op=EXECUTE riv=mismatch action=QUARANTINE"
	warns 3: "EXECUTE is allowed by path"
	not_in_err "$until"
}

test_warns_of_stacked_filesystems()
{
	policy "DEFAULT action=DENY" "op=EXECUTE riv=MATCH fsmagic=0xf15f action=ALLOW" \
		"op=MMAP riv=MATCH fsmagic=0x794c7630 action=ALLOW" \
		"op=EXECUTE riv=MATCH fsmagic=0xef53 action=ALLOW" \
		"op=MMAP riv=MATCH fsmagic=0x6a656a62 action=DENY"
	warns 3: "fsmagic= of ecryptfs, which shows files of another filesystem"
	warns 4: "fsmagic= of overlayfs fits no file"
	not_in_err "p:5:"
	not_in_err "p:6:"
}

test_warns_of_tools_for_disks_only_if_a_rule_is_wide()
{
	policy "DEFAULT action=DENY" \
		"op=MMAP riv=writable path=/dev/** exe=/usr/sbin/lvm action=ALLOW" \
		"op=MMAP riv=writable path=/opt/** exe=/usr/sbin/lvm action=ALLOW" \
		"op=MMAP riv=writable path=/dev/** action=ALLOW" \
		"op=MMAP path=/dev/** exe=/usr/sbin/lvm action=ALLOW"
	not_in_err "p:3:"
	for line in 4 5 6; do
		warns $line: "MMAP is allowed by path without riv=MATCH"
	done
}

test_warns_of_rules_that_are_never_reached()
{
	policy "DEFAULT action=DENY" "op=EXECUTE action=DENY" "op=EXECUTE riv=MATCH action=ALLOW" \
		"op=MMAP riv=MATCH action=ALLOW" "op=MMAP riv=MATCH path=/opt/** action=DENY" \
		"op=MMAP path=/srv/** action=DENY" "op=MMAP path=/srv/a/b action=AUDIT" \
		"op=MMAP path=/srv/**/x action=AUDIT" "op=MMAP uid=5 action=DENY" \
		"op=MMAP uid=6 action=DENY" "op=MMAP uid=5 riv=moved action=AUDIT"
	warns 4: "never reached: line 3 decides before it"
	warns 6: "never reached: line 5"
	warns 8: "never reached: line 7"
	warns 12: "never reached: line 10"
	for line in 3 5 7 9 10 11; do
		not_in_err "p:$line: never"
	done
}

test_warns_of_ops_that_are_never_denied()
{
	policy "DEFAULT action=AUDIT" "op=EXECUTE riv=revoked action=DENY"
	warns "" "MMAP can never be denied"
	not_in_err "EXECUTE can never"
	# A DENY that nothing reaches denies nothing.
	policy "DEFAULT action=DENY" "op=EXECUTE action=AUDIT" "op=EXECUTE riv=revoked action=DENY"
	warns "" "EXECUTE can never be denied"
	not_in_err "MMAP can never"
}

test_a_policy_that_only_reports()
{
	policy "DEFAULT action=AUDIT" "op=EXECUTE riv=MATCH action=ALLOW"
	is_quiet
	in_out "1 rule; permits everything"
	rivetctl --json policy check p >out
	in_out '"permits_everything":true'
	# READ is asked about by rules only.
	policy "DEFAULT action=AUDIT" "DEFAULT op=READ action=DENY"
	is_quiet
	in_out "permits everything"
	policy "DEFAULT action=DENY" "${kernel_rules[@]}"
	is_quiet
	not_in_out "permits"
}

test_warns_of_a_DEFAULT_that_allows()
{
	policy "DEFAULT action=ALLOW" "op=EXECUTE riv=unlisted action=DENY" "op=MMAP riv=unlisted action=DENY"
	warns 2: "DEFAULT action=ALLOW"
	[[ $(grep -c "DEFAULT action=ALLOW" err) == 1 ]]
	policy "DEFAULT action=DENY" "DEFAULT op=MPROTECT action=ALLOW"
	warns 3: "DEFAULT action=ALLOW"
}

test_warns_of_KILL()
{
	policy "DEFAULT action=DENY" "op=MMAP riv=unlisted action=KILL" \
		"op=EXECUTE riv=unlisted action=KILL" "${kernel_rules[@]}"
	warns 3: "KILL on MMAP"
	one_line err
	policy "DEFAULT action=DENY" "DEFAULT op=MMAP action=KILL" "${kernel_rules[@]}"
	warns 3: "KILL on MMAP"
	one_line err
	policy "DEFAULT action=DENY" "${kernel_rules[@]}" "op=ANON_EXEC uid=5 action=KILL"
	warns 6: "KILL on ANON_EXEC"
	one_line err
}

test_warns_of_what_one_op_needs_of_another()
{
	policy "DEFAULT action=DENY" "DEFAULT op=MPROTECT action=AUDIT" "${kernel_rules[@]}"
	warns "" "MPROTECT can never be denied"
	one_line err
	policy "DEFAULT op=EXECUTE action=DENY" "DEFAULT op=MMAP action=DENY" \
		"DEFAULT op=MPROTECT action=DENY"
	warns "" "ANON_EXEC can never be denied"
	warns "" "KMODULE can never be denied"
	[[ $(wc -l <err) == 2 ]]
	policy "DEFAULT action=DENY" "DEFAULT op=KEXEC action=AUDIT" "${kernel_rules[@]}"
	warns "" "KEXEC can never be denied"
	one_line err
}

test_warns_of_ops_that_nobody_thought_of()
{
	policy "DEFAULT action=DENY" "op=EXECUTE riv=MATCH action=ALLOW"
	warns 2: "this DEFAULT denies every ANON_EXEC"
	warns 2: "this DEFAULT denies every KMODULE, no rule permits one: no kernel module can be loaded"
	warns 2: "this DEFAULT denies every FIRMWARE"
	[[ $(wc -l <err) == 3 ]]
	# Who says so means it.
	policy "DEFAULT action=DENY" "DEFAULT op=KMODULE action=DENY" \
		"DEFAULT op=FIRMWARE action=DENY" "DEFAULT op=ANON_EXEC action=DENY"
	is_quiet
}

test_warns_of_allowing_memory_and_kernel_code()
{
	policy "DEFAULT action=DENY" "op=ANON_EXEC exe=/usr/bin/gdb action=ALLOW" \
		"op=KMODULE riv=anonymous exe=/usr/sbin/bpftool action=ALLOW" "${kernel_rules[@]}"
	is_quiet
	policy "DEFAULT action=DENY" "op=ANON_EXEC uid=1000 action=ALLOW" \
		"op=KMODULE exe=/usr/bin/kmod action=ALLOW" \
		"op=KMODULE riv=anonymous uid=0 action=ALLOW" \
		"op=FIRMWARE path=/lib/firmware/** action=ALLOW" "op=KEXEC action=ALLOW" \
		"op=ANON_EXEC action=ALLOW"
	warns 3: "ANON_EXEC is allowed by user without riv=MATCH or exe=: code that is in no file"
	warns 4: "KMODULE is allowed by acting program without riv=MATCH: the kernel"
	warns 5: "KMODULE is allowed by user without riv=MATCH"
	warns 6: "FIRMWARE is allowed by path without riv=MATCH: firmware"
	warns 7: "KEXEC is allowed for everything: kernels"
	warns 8: "ANON_EXEC is allowed for everything: code"
}

test_warns_of_scripts_for_interpreters_that_nobody_verified()
{
	script="op=SCRIPT exe=/usr/bin/python3 path=/opt/** riv=MATCH action=ALLOW"
	policy "DEFAULT action=DENY" "op=EXECUTE riv=MATCH action=ALLOW" "$script" "${kernel_rules[@]}"
	is_quiet
	policy "DEFAULT action=DENY" "op=EXECUTE path=/srv/** action=AUDIT" "$script" "${kernel_rules[@]}"
	warns 4: "exe= is about verified programs only, and line 3 lets others run"
	one_line err
	policy "DEFAULT action=DENY" "DEFAULT op=EXECUTE action=AUDIT" "$script" "${kernel_rules[@]}"
	warns 4: "exe= is about verified programs only, and line 3"
	policy "DEFAULT op=SCRIPT action=DENY" "$script"
	warns 3: "exe= is about verified programs only, and no line is about EXECUTE"
	policy "DEFAULT action=DENY" "${kernel_rules[@]}" \
		"op=SCRIPT exe=/usr/bin/python3 path=/opt/** action=ALLOW"
	warns 6: "SCRIPT is allowed by path without riv=MATCH: scripts"
}

test_warns_of_reading_everything()
{
	policy "DEFAULT action=DENY" "op=READ path=/** riv=MATCH action=ALLOW" "${kernel_rules[@]}"
	warns 3: "READ of every file is asked about, without exception"
	one_line err
	policy "DEFAULT action=DENY" "op=READ path=/var/** action=ALLOW" \
		"op=READ path=/** riv=MATCH action=ALLOW" "${kernel_rules[@]}"
	is_quiet
	policy "DEFAULT action=DENY" "DEFAULT op=READ action=AUDIT" \
		"op=READ path=/** riv=MATCH action=ALLOW" "${kernel_rules[@]}"
	is_quiet
	policy "DEFAULT action=DENY" "op=READ path=/etc/** riv=MATCH action=ALLOW" "${kernel_rules[@]}"
	is_quiet
}

run_tests
