#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# running.sh - op=RUNNING: programs that run and fail are reported, killed or quarantined,
# wherever a file is mapped and however fast they start themselves; listed ones, process 1 and
# the agent go on
#
# needs: userspace
#
# wide: 7.x

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 70
place=/opt/m2m
agent=/usr/local/sbin/rivetd
mkdir -p $place/many /usr/local/sbin

# copies NAME...: of a program, each with bytes of its own
copies()
{
	for name; do
		cp "$helpers/lodger" $place/"$name"
		echo "$name" >>$place/"$name"
	done
}

# Once its filesystem is frozen, a process that writes to it waits, and no signal ends that
frozen=$work/frozen
mkdir "$frozen"
truncate -s 16M "$work/frozen.img"
mke2fs -q -t ext4 "$work/frozen.img"
mount -o loop "$work/frozen.img" "$frozen" || bail "no filesystem to freeze"

copies listed rehearsed tolerated killed headless crowded withdrawn again user-a user-b user-c user-d
cp /usr/bin/dash $place/writer
echo writer >>$place/writer
cp "$helpers/endure" $place/bomb
cp "$helpers/endure" $place/chain
echo chain >>$place/chain
cp "$helpers/lodger" $agent
echo agent >>$agent
for n in $(seq 100 298); do
	echo "listed $n" >"$place/many/$n"
done
for name in harmless library behind idle; do
	echo $name >$place/$name
done
head -c 5001 /dev/urandom >$place/dropped
for n in $(seq 8); do
	dd if=/dev/urandom of="/mnt/scratch/large.$n" bs=1M count=16 status=none
done
echo +pids >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/bomb
echo 80 >/sys/fs/cgroup/bomb/pids.max || bail "no limit of processes"
init=$(readlink /proc/1/exe)

load_all()
{
	get_ready
	{
		items exec,mmap $place/listed $place/rehearsed $place/tolerated $place/killed \
			$place/headless $place/crowded $place/again $place/user-? $place/bomb \
			$place/chain $place/writer $agent
		items mmap $place/harmless $place/library $place/behind $place/idle $place/many/* \
			/mnt/scratch/large.*
	} | load_items items
	items exec,mmap $place/withdrawn | load_items extra
}

# rules: these before strict ones
rules()
{
	{
		cat
		strict_rules
	} | load_policy strict
}

# sign_revocation NAME FILE...
sign_revocation()
{
	revoke_name=$1
	shift
	sha256sum "$@" | sed 's/^\([0-9a-f]*\) .*/sha256:\1/' | sort |
		signed_manifest "$work/$revoke_name.riv" "$revoke_name" "kind: revoke
version: 1"
}

load_revocation()
{
	load_revoke "$work/$1.riv.signed" || bail "$1 is not revoked"
	settle
}

# revoke NAME FILE...
revoke()
{
	sign_revocation "$@"
	load_revocation "$1"
}

value_of()
{
	sed -n "s/^$1: //p" $rivet/running
}

# begin PROGRAM COMMAND...: it stays, in $holder
begin()
{
	start_holding "$@" || bail "$1 does not start"
}

# expect_lives NAME PID, expect_killed NAME PID
expect_lives()
{
	expect "$now: $1" lives "$2"
}

expect_killed()
{
	expect "$now: $1" wait_for ended "$2"
}

# tells NAME TEXT: an event of a sweep contains the text
tells()
{
	expect_text "$now: $1" "$2" events_since
}

# Processes of a program, a line each
processes_of()
{
	for exe in /proc/[0-9]*/exe; do
		[ "$(readlink "$exe" 2>/dev/null)" != "$1" ] || echo "$exe"
	done
}

# Beside the first
has_threads()
{
	[ "$(find "/proc/$1/task" -maxdepth 1 2>/dev/null | wc -l)" -gt 2 ]
}

has_no_threads()
{
	! has_threads "$1"
}

# How many processes the machine starts in three seconds
forks()
{
	before=$(sed -n 's/^processes //p' /proc/stat)
	sleep 3
	echo $(($(sed -n 's/^processes //p' /proc/stat) - before))
}

none_of()
{
	[ -z "$(processes_of "$1")" ]
}

# --- unloaded, and cancelled ----------------------------------------------------------------

# Mapped before there is rivet, so that a sweep has to read them
start_holding "$helpers/lodger" many /mnt/scratch/large.* || bail "nothing maps the large files"
large=$holder

# Until a sweep goes on
start_reading()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	echo start >$rivet/running
	for try in $(seq 1000); do
		read -r word value <$rivet/running
		[ "$word $value" != "state: running" ] || return
	done
	bail "no sweep was seen to go on, at try $try"
}

load_all
expect_text "before the first sweep there is none" "state: none" cat $rivet/running
start_reading
expect "audit: the module goes while a sweep reads" rmmod rivet
rm -f "$work"/*.number
load_all
expect_text "and comes back" "state: none" cat $rivet/running
mark_events
start_reading
echo cancel >$rivet/running
settle
expect_text "a sweep can be cancelled" "state: stopped" cat $rivet/running
tells "which is said" "cancelled: not all of what runs already was looked at"
expect "audit: and is incomplete" [ "$(value_of incomplete)" = yes ]
kill -9 "$large"

# --- without a rule -------------------------------------------------------------------------

begin $place/listed many $place/harmless
listed=$holder
begin $place/rehearsed many $place/harmless
rehearsed=$holder
mark_events
revoke one $place/rehearsed
expect_no_text "audit: without a rule, a revocation says nothing about running programs" \
	"already running" events_since
sweep
tells "on request, a program that would fail is named" \
	"process $rehearsed (rehearsed) has $place/rehearsed mapped: revoked"
expect_lives "and goes on" "$rehearsed"
rules <<END
op=RUNNING riv=revoked action=KILL
END
mark_events
sweep
tells "a rule is rehearsed" \
	"process $rehearsed (rehearsed) has $place/rehearsed mapped: revoked; would be killed"
expect "audit: the result says so" [ "$(value_of would-kill)" = 1 ]
expect "audit: nothing was killed" [ "$(value_of killed)" = 0 ]
expect_lives "a program that a rule would kill goes on" "$rehearsed"
copies early
mark_events
begin $place/early many $place/harmless
early=$holder
items exec,mmap $place/early | load_items soon
{ :; } | signed_manifest "$work/soon-gone.riv" soon "version: 90"
load_riv "$work/soon-gone.riv.signed" || bail "soon is not withdrawn"
settle
tells "a set that is withdrawn begins a rehearsal" \
	"process $early (early) has $place/early mapped: unlisted"
kill -9 "$early"

# Killing process 1 would also kill its relatives, so this is rehearsed only
mark_events
{
	echo "op=RUNNING riv=MATCH path=$init action=KILL"
	echo "op=MMAP riv=MATCH path=$init action=DENY"
	strict_rules
} | load_policy strict
sweep
tells "a rule that would kill process 1 does not" "process 1 ("
tells "and says so" "mapped: match; process 1 is never killed"
expect "audit: in numbers too" [ "$(value_of spared)" -ge 1 ]
rules <<END
op=RUNNING riv=revoked action=KILL
END

# --- at the switch --------------------------------------------------------------------------

mark_events
enforce
expect_killed "a revoked program that runs is killed at the switch" "$rehearsed"
tells "and named" \
	"process $rehearsed (rehearsed) has $place/rehearsed mapped: revoked; killed"
expect_lives "a listed one goes on" "$listed"
expect "enforce: the sweep was complete" [ "$(value_of incomplete)" = no ]

# --- the attack: by a revocation alone, all go on ------------------------------------------

rules </dev/null
sign_revocation two $place/tolerated $place/bomb $place/chain
kill_rules()
{
	echo "op=RUNNING riv=revoked action=KILL"
	strict_rules
}
kill_rules | make_policy strict
begin $place/tolerated many $place/harmless
tolerated=$holder
begin sh -c "echo \$\$ >/sys/fs/cgroup/bomb/cgroup.procs; exec $place/bomb bomb 60"
begin $place/chain chain 100
mark_events
load_revocation two
tells "without a rule, a revoked program is named" \
	"process $tolerated (tolerated) has $place/tolerated mapped: revoked"
expect_lives "and goes on" "$tolerated"
expect "enforce: so does one that starts itself over and over" \
	[ "$(cat /sys/fs/cgroup/bomb/pids.current)" -gt 50 ]
number=$(forks)
comment "$number forks in 3 seconds"
expect "enforce: and one whose processes end at once" [ "$number" -gt 20 ]

# --- killed ---------------------------------------------------------------------------------

mark_events
load_policy_file "$work/strict.policy.signed" || bail "the policy does not load"
sweep
expect_killed "on request it is killed" "$tolerated"
expect "enforce: so are all processes that one starts over and over" wait_for none_of $place/bomb
expect "enforce: of which none is left" grep -q '^0$' /sys/fs/cgroup/bomb/pids.current
expect "enforce: and one whose processes end at once" wait_for none_of $place/chain
number=$(forks)
comment "$number forks in 3 seconds"
expect "enforce: which start no more" [ "$number" -lt 15 ]
comment "$(tr '\n' ' ' <$rivet/running)"
expect "enforce: which the brake counts as three programs" [ "$(value_of programs)" = 3 ]
expect "enforce: the sweep was complete" [ "$(value_of incomplete)" = no ]
expect "enforce: and nothing is left" [ "$(value_of pending)" = 0 ]
named=$(events_since | grep -c 'already running: process .*; killed')
expect "enforce: each that was killed is named, or counted as not named" \
	[ "$((named + $(value_of unnamed)))" = "$(value_of killed)" ]
comment "$named are named"
tells "which is said" "that no other event names"

begin $place/killed many $place/harmless
killed=$holder
begin $place/headless thread $place/harmless
headless=$holder
# shellcheck disable=SC2046  # no blanks in these names
begin $place/crowded many $(echo $place/many/*) $place/behind
crowded=$holder
sleep 1
expect "enforce: the main thread of one has ended" grep -q '^State:.*Z' "/proc/$headless/status"
expect "enforce: another goes on" has_threads "$headless"
mark_events
revoke three $place/killed $place/headless $place/behind
expect_killed "a revocation kills a program that runs" "$killed"
expect "enforce: also one without its main thread" wait_for has_no_threads "$headless"
expect_killed "also for its 200th mapping" "$crowded"
tells "which is named" "process $crowded (crowded) has $place/behind mapped: revoked; killed"
expect_lives "a listed program goes on" "$listed"

# --- one that does not end ------------------------------------------------------------------

fsfreeze --freeze "$frozen" || bail "it cannot be frozen"
# shellcheck disable=SC2016  # the writer's shell expands it
$place/writer -c 'echo text >"$1"/file' writer "$frozen" &
writer=$!

is_stuck()
{
	grep -q '^State:.*D' "/proc/$writer/status"
}

wait_for is_stuck || bail "the writer does not wait"
mark_events
revoke stuck $place/writer
expect_lives "a killed process that waits for a disk is still there" "$writer"
expect "enforce: it is pending" [ "$(value_of pending)" = 1 ]
tells "which is said" "1 killed processes have not ended yet"
fsfreeze --unfreeze "$frozen"
expect_killed "once the disk answers, it ends" "$writer"
umount "$frozen" && rmdir "$frozen"

# --- the brake ------------------------------------------------------------------------------

rules <<END
op=RUNNING riv=revoked action=KILL max=2
END
users=
for user in a b c d; do
	begin $place/user-$user many $place/library
	users="$users $holder"
done

count_users()
{
	count=0
	for user in $users; do
		! lives "$user" || count=$((count + 1))
	done
	echo "$count"
}

left()
{
	[ "$(count_users)" = "$1" ]
}

mark_events
revoke four $place/library
expect "enforce: the brake lets two programs be killed" wait_for left 2
expect "enforce: and counts the others" [ "$(value_of held)" = 2 ]
tells "it says that it holds" "$place/library mapped: revoked; not killed: the brake"
expect_text "enforce: the file does too" "brake: holds" cat $rivet/running
revoke five $place/again
expect "enforce: the next revocation kills no more" left 2

# The relatives of process 1 run its program, and go on because the brake holds. Until the old
# rules are back, no program of that file starts.
sign_revocation idle $place/idle
{
	echo "op=RUNNING riv=MATCH path=$init action=KILL"
	echo "op=MMAP riv=MATCH path=$init action=DENY"
	strict_rules
} | make_policy strict
cp "$work/strict.policy.signed" "$work/spare.signed"
{
	echo "op=RUNNING riv=revoked action=KILL max=2"
	strict_rules
} | make_policy strict
mark_events
load_policy_file "$work/spare.signed" || bail "the policy about process 1 does not load"
load_revocation idle
load_policy_file "$work/strict.policy.signed" || bail "the old policy does not load"
tells "a rule that would kill process 1 does not" "mapped: match; process 1 is never killed"
expect "enforce: which is counted" [ "$(value_of spared)" -ge 1 ]
expect_lives "process 1 goes on" 1
sweep
expect "enforce: an operator's request does" wait_for left 0
expect_text "enforce: the brake is open again" "brake: open" cat $rivet/running

# --- never: the agent -----------------------------------------------------------------------

begin $agent many $place/harmless
agent_pid=$holder
mark_events
rules <<END
op=RUNNING action=KILL
END
revoke six $agent
expect_lives "the agent goes on" "$agent_pid"
tells "which is said" "process $agent_pid (rivetd) has $agent mapped: revoked; the agent is never killed"
# --- what could be mapped now, also if it is revoked and in no set ----------------------------

rules <<END
op=MMAP riv=revoked path=$place/dropped action=ALLOW
END
revoke seven $place/dropped
begin $place/listed many $place/dropped
mark_events
sweep
expect_no_text "enforce: what rules for MMAP permit as revoked is left alone" \
	"$place/dropped mapped" events_since
stop_holding

# --- quarantine -----------------------------------------------------------------------------

rules <<END
op=RUNNING riv=unlisted path=$place/** action=QUARANTINE
END
begin $place/withdrawn many $place/harmless
withdrawn=$holder
mark_events
{ :; } | signed_manifest "$work/extra-gone.riv" extra "version: 91"
load_riv "$work/extra-gone.riv.signed" || bail "extra is not withdrawn"
settle
expect_lives "a program whose set is withdrawn goes on if the rule quarantines" "$withdrawn"
tells "it is named" \
	"process $withdrawn (withdrawn) has $place/withdrawn mapped: unlisted; quarantined"
expect_text "enforce: its file has an entry" " unlisted RUNNING 0 " cat $rivet/quarantine
kill -9 "$withdrawn"
expect_denied "and starts no more" quarantined $place/withdrawn $place/withdrawn many \
	$place/harmless

# --- the words ------------------------------------------------------------------------------

expect_errno "another word" EINVAL write_text go $rivet/running
expect_text "rivetctl tells the last sweep" "The last sweep" rivetctl running
expect_text "for programs" '"schema":"rivet.running/1"' rivetctl --json running
expect_text "with numbers" '"killed":' rivetctl --json running
expect "a sweep can be started" rivetctl running --start
settle
expect "and cancelled, if none goes on" rivetctl running --cancel
expect "nobody else may read it" sh -c "! setpriv --reuid 1000 --clear-groups cat $rivet/running"

finish
