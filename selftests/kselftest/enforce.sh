# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# enforce.sh - common code of the tests of decisions: a machine that is ready
# for enforcement, RIVs for single files, policies, modes, and the content of
# events
#
# Sourced by a test instead of lib.sh, which it brings along. helpers holds the
# programs of helpers/*.c.

# shellcheck source=selftests/kselftest/lib.sh
. "$(dirname "$0")/lib.sh"

helpers=${RIVET_TEST_HELPERS:-/rivet-test/helpers}
LC_ALL=C
export LC_ALL
chmod 755 "$work"

# --- RIVs -----------------------------------------------------------------------

# items USES FILE...: lines of a manifest for files as they are now
items()
{
	item_uses=$1
	shift
	sha256sum "$@" >"$work/sums"
	stat -c %s "$@" >"$work/sizes"
	paste -d ' ' "$work/sizes" "$work/sums" |
		awk -v "uses=$item_uses" '{ print "sha256:" $2 " " $1 " " uses " " $3 }'
}

# any_path: the items from stdin, valid wherever the file is
any_path()
{
	sed 's|/[^ ]*$|*|'
}

# In the order that a manifest wants: by path, then digest
sort_items()
{
	sort -u -t ' ' -k 4,4 -k 1,1
}

# next_number NAME: 1, 2, 3 and so on; in a file, since pipelines are subshells
next_number()
{
	next_value=0
	[ ! -e "$work/$1.number" ] || read -r next_value <"$work/$1.number"
	echo $((next_value + 1)) >"$work/$1.number"
	echo $((next_value + 1))
}

# load_items NAME [HEADERS]: the items from stdin become the set NAME
load_items()
{
	sort_items | manifest "$1" "version: $(next_number set)${2:+
$2}" >"$work/$1.riv"
	sign_object "$work/$1.riv" signer
	load_riv "$work/$1.riv.signed" || bail "the set $1 does not load"
}

# Everything the guest itself consists of, so that it survives enforcement: the set
# that came with it (guest_set.sh)
vouch_for_guest()
{
	next_number set >/dev/null
	cp /rivet-test/guest.riv /rivet-test/guest.riv.signed "$work"
	load_riv "$work/guest.riv.signed" || bail "the set guest does not load"
}

# --- policies -------------------------------------------------------------------

# make_policy NAME [HEADER]: rules from stdin, signed in $work/NAME.policy.signed
make_policy()
{
	{
		echo "policy_name=$1 policy_version=1.0.$(next_number policy)${2:+ $2}"
		cat
	} >"$work/$1.policy"
	sign_object "$work/$1.policy" signer
}

load_policy_file()
{
	write_whole "$1" $rivet/policy
}

# load_policy NAME [HEADER]: rules from stdin
load_policy()
{
	make_policy "$@"
	load_policy_file "$work/$1.policy.signed" || bail "the policy $1 does not load"
}

strict_rules()
{
	cat <<-END
		DEFAULT action=DENY
		op=EXECUTE riv=MATCH action=ALLOW
		op=MMAP riv=MATCH action=ALLOW
		op=MPROTECT riv=MATCH action=ALLOW
		op=ANON_EXEC riv=MATCH action=ALLOW
		op=KMODULE riv=MATCH action=ALLOW
		op=FIRMWARE riv=MATCH action=ALLOW
		op=KEXEC riv=MATCH action=ALLOW
	END
}

# quarantine_rules OP...: as strict_rules, but these ops quarantine all but a match; the rules
# on standard input come before
quarantine_rules()
{
	echo "DEFAULT action=DENY"
	cat
	quarantine_others='^DEFAULT'
	for quarantine_op; do
		echo "op=$quarantine_op riv=MATCH action=ALLOW"
		echo "op=$quarantine_op action=QUARANTINE"
		quarantine_others="$quarantine_others\|^op=$quarantine_op "
	done
	strict_rules | grep -v "$quarantine_others"
}

# op_rules: as strict_rules, for the ops that are about files and no others
op_rules()
{
	cat <<-END
		DEFAULT op=EXECUTE action=DENY
		DEFAULT op=MMAP action=DENY
		DEFAULT op=MPROTECT action=DENY
		op=EXECUTE riv=MATCH action=ALLOW
		op=MMAP riv=MATCH action=ALLOW
		op=MPROTECT riv=MATCH action=ALLOW
	END
}

# find_module: $load loads one of no consequence that needs no other, $module from $ko
find_module()
{
	load=$helpers/load_module
	for module in dummy brd algif_hash crc16 nls_cp437; do
		ko=$(find /usr/lib/modules -name "$module.ko" | sed -n 1p)
		[ -z "$ko" ] || ! "$load" finit "$ko" 2>/dev/null || break
	done
	[ -n "$ko" ] || bail "the guest has no module to try"
	"$load" remove "$module" || bail "$module does not go again"
}

# --- modes ----------------------------------------------------------------------

seal_trust()
{
	add_cert .rivet_trust "$keys/signer.der" >/dev/null || bail "no signer"
	write_text seal $rivet/trust || bail "the trust is not sealed"
}

# get_ready: a guest in audit mode that may enforce: signer, seal, RIVs, policy
get_ready()
{
	load_rivet
	seal_trust
	vouch_for_guest
	strict_rules | load_policy strict
}

# now: the mode, as the checks below expect it
now=audit

enforce()
{
	echo enforce >$rivet/mode || {
		comment "$(cat $rivet/preconditions)"
		bail "rivet does not enforce"
	}
	now=enforce
}

# unlock_by SIGNER: write a token of this boot that SIGNER has signed
unlock_by()
{
	cat $rivet/unlock >"$work/token"
	sign_object "$work/token" "$1"
	write_whole "$work/token.signed" $rivet/unlock || return
	now=audit
}

back_to_audit()
{
	unlock_by signer
}

mode()
{
	head -n 1 $rivet/mode
}

# --- events ---------------------------------------------------------------------

last_seq()
{
	sed -n '$s/^seq=\([0-9]*\) .*/\1/p' $rivet/events
}

mark_events()
{
	event_mark=$(last_seq)
}

# events_since: events after the mark, one a line
events_since()
{
	awk -v "mark=${event_mark:-0}" '{ sub("seq=", "", $1); if ($1 + 0 > mark + 0) print }' $rivet/events
}

# has_event WORD...: some event since the mark has all these words
has_event()
{
	events_since >"$work/since"
	for event_word; do
		grep -F -e " $event_word" "$work/since" >"$work/with"
		mv "$work/with" "$work/since"
	done
	[ -s "$work/since" ]
}

stat_value()
{
	sed -n "s/^$1 //p" $rivet/stats
}

# --- verdicts -------------------------------------------------------------------

# The message of a refusal, unless the case says otherwise
refusal='Permission denied'
# A word more that its event has, or none
about=

# judge NAME COMMAND...: passes if the command, which explains itself, succeeds
judge()
{
	judge_name=$1
	shift
	if judge_output=$("$@" </dev/null); then
		pass "$judge_name"
	else
		fail "$judge_name" "$*
$judge_output"
	fi
}

# expect_denied NAME REASON PATH COMMAND...: EACCES, and an event with the
# reason. An empty PATH: any path
expect_denied()
{
	case_name="enforce: $1"
	case_reason=$2
	case_path=${3:+"path=\"$3\""}
	shift 3
	judge "$case_name" "$helpers/observe" -o "$refusal" mode=enforce errno=13 \
		"reason=$case_reason" ${about:+"$about"} ${case_path:+"$case_path"} -- "$@"
}

# expect_audited NAME REASON PATH COMMAND...: it works, and an event has the
# reason for which enforcement would refuse it
expect_audited()
{
	case_name="audit: $1"
	case_reason=$2
	case_path=${3:+"path=\"$3\""}
	shift 3
	judge "$case_name" "$helpers/observe" -s mode=audit errno=0 "reason=$case_reason" \
		${about:+"$about"} ${case_path:+"$case_path"} -- "$@"
}

# expect_permitted NAME COMMAND...: it works, and nothing is reported of it
expect_permitted()
{
	case_name="$now: $1"
	shift
	judge "$case_name" "$helpers/observe" -s -q -- "$@"
}

# expect_refused NAME REASON PATH COMMAND...: as the mode has it
expect_refused()
{
	if [ "$now" = enforce ]; then
		expect_denied "$@"
	else
		expect_audited "$@"
	fi
}

# expect_tally NAME PATTERN PROGRAM
expect_tally()
{
	tally_output=$("$helpers/tally" "$3" 2>&1)
	if echo "$tally_output" | grep -q "^decisions $2 exit 0\$"; then
		pass "$now: $1"
	else
		fail "$now: $1" "$tally_output"
	fi
}

# All of its decisions come from memory
expect_remembered()
{
	expect_tally "$1" '\([1-9]\) cached \1' "$2"
}

# None of them does
expect_forgotten()
{
	expect_tally "$1" '[1-9] cached 0' "$2"
}

# --- programs of a test, and those that run ------------------------------------------

# own_program FILE...: each with bytes of its own
own_program()
{
	for program_name; do
		cp "$helpers/hello" "$program_name"
		echo "$program_name" >>"$program_name"
	done
}

lives()
{
	kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*[ZX]' "/proc/$1/status" 2>/dev/null
}

ended()
{
	! lives "$1"
}

no_sweep()
{
	case $(cat $rivet/running) in
	*"state: running"* | *"waiting: yes"*) return 1 ;;
	esac
}

# settle: until no sweep over the programs that run goes on
settle()
{
	wait_for no_sweep || bail "a sweep does not end"
}

sweep()
{
	rivetctl running --start >/dev/null || bail "no sweep is started"
	settle
}

# --- programs that stay ---------------------------------------------------------

# start_holding COMMAND...: in the background, until it has said that it is ready
start_holding()
{
	mkfifo "$work/said.$$" 2>/dev/null
	"$@" >"$work/said.$$" 2>&1 &
	holder=$!
	read -r held <"$work/said.$$"
	[ "$held" = ready ]
}

stop_holding()
{
	kill -9 "$holder"
	wait "$holder" 2>/dev/null
	rm -f "$work/said.$$"
}

# --- programs --------------------------------------------------------------------

# ends NAME STATUS COMMAND...: it ends so; $work/out and $work/err have its output
ends()
{
	ends_name=$1 ends_want=$2
	shift 2
	ends_got=0
	"$@" >"$work/out" 2>"$work/err" </dev/null || ends_got=$?
	if [ $ends_got = "$ends_want" ]; then
		pass "$ends_name"
	else
		fail "$ends_name" "$* ended with $ends_got, expected $ends_want
$(head -n 20 "$work/out" "$work/err")"
	fi
}

# says NAME TEXT, warns NAME TEXT: the last command printed it, or complained so
says()
{
	if grep -qF -e "$2" "$work/out"; then
		pass "$1"
	else
		fail "$1" "no '$2' in: $(head -n 20 "$work/out")"
	fi
}

warns()
{
	if grep -qF -e "$2" "$work/err"; then
		pass "$1"
	else
		fail "$1" "no '$2' among: $(head -n 20 "$work/err")"
	fi
}

# json NAME STATUS SCHEMA COMMAND...: it ends so and prints JSON lines of that schema
json()
{
	json_name=$1 json_want=$2 json_schema=$3
	shift 3
	json_got=0
	"$@" --json >"$work/out" 2>"$work/err" </dev/null || json_got=$?
	if [ $json_got = "$json_want" ] &&
		"$helpers/jsonlines" "$json_schema" <"$work/out" >"$work/lines" 2>&1; then
		pass "$json_name"
	else
		fail "$json_name" "$* ended with $json_got: $(head -c 600 "$work/out" "$work/lines")"
	fi
}

first_line()
{
	if [ "$(head -n 1 "$work/out")" = "$2" ]; then
		pass "$1"
	else
		fail "$1" "not '$2' but '$(head -n 1 "$work/out")'"
	fi
}

# unseen_disk FOLDER: a disk, mounted there, that was opened for writing before, so that rivet
# does not see its changes; its device is in $disk
unseen_disk()
{
	for disk_module in loop ext4; do
		modprobe -q "$disk_module"
	done
	truncate -s 64M /mnt/scratch/disk
	disk=$(losetup -f --show /mnt/scratch/disk) || bail "no loop device"
	mke2fs -q -F -t ext4 "$disk" || bail "no filesystem"
	exec 3<>"$disk"
	mount -t ext4 -o noatime "$disk" "$1" || bail "it is not mounted"
}

# --- the agent ------------------------------------------------------------------

# start_agent: it follows the events, or waits for the module; $agent is its process, $work/agent
# its words
start_agent()
{
	rm -f "$work/agent"
	rivetd --foreground >"$work/agent" 2>&1 &
	agent=$!
	wait_for grep -q 'following\|waiting' "$work/agent"
}

stop_agent()
{
	kill "$agent"
	wait "$agent"
}

# --- isolation --------------------------------------------------------------------

isolated()
{
	grep -q "^state: isolated" $rivet/isolation
}

rejoin()
{
	cat $rivet/rejoin >"$work/rejoin"
	sign_object "$work/rejoin" signer
	write_whole "$work/rejoin.signed" $rivet/rejoin || bail "isolation does not end"
}
