#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# saved.sh - the quarantine list survives: rivetd saves it, and gives it back to a module that
# was loaded again; with its one capability it can do no more than that
#
# needs: userspace
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 49
place=/opt/m2m
list=$rivet/quarantine
mkdir -p $place /etc/rivet
saved=$work/lib/quarantine.list
cat >/etc/rivet/rivetd.conf <<-END
	log = $work/log/events.jsonl
	state = $work/lib/last
	pid-file = $work/run/pid
	quarantine-list = $saved
END

# load_again: a module that knows no list yet
load_again()
{
	back_to_audit
	rmmod rivet || bail "rivet does not go"
	rm -f "$work"/set.number
	get_ready
	rules
	enforce
}

rules()
{
	quarantine_rules EXECUTE MMAP </dev/null | load_policy strict
}

digest_of()
{
	echo "sha256:$(sha256sum "$1" | cut -d ' ' -f 1)"
}

# The third word, whether the file is in memory, changes without an event
without_state()
{
	sed 's/ \(live\|away\|gone\) / - /'
}

# The saved list and the kernel's are the same, and whole
is_saved()
{
	without_state <"$list" >"$work/list"
	sed '1d;$d' "$saved" | without_state | cmp -s - "$work/list" &&
		[ "$(tail -n 1 "$saved" | cut -d ' ' -f 1,2)" = "end $(wc -l <"$work/list")" ]
}

has_entry()
{
	grep -qF " $(digest_of "$1") " $list
}

# no_more NAME FILE: there is no entry
no_more()
{
	if has_entry "$2"; then
		fail "$1" "$(cat "$list")"
	else
		pass "$1"
	fi
}

# as_agent COMMAND...: root without capabilities but that of the agent
as_agent()
{
	setpriv --bounding-set -all,+net_admin --inh-caps -all --ambient-caps -all -- "$@"
}

# --- saved ------------------------------------------------------------------------------------

own_program $place/one $place/two $place/three $place/four $place/later
get_ready
rules
enforce
start_agent
expect "at its start the agent saves the list, which is empty" wait_for is_saved
expect_denied "a program is quarantined" unlisted $place/one $place/one
expect "its entry is saved" wait_for is_saved
expect "with it in it" grep -qF "$place/one" "$saved"
expect_text "the file is private" "600 0" stat -c '%a %u' "$saved"
$place/two >/dev/null 2>&1
$place/three >/dev/null 2>&1
expect "several at once" wait_for is_saved
expect "nothing is left beside it" [ ! -e "$saved.new" ]
wakeups()
{
	awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$agent/status"
}
# repeats of the programs from before the switch are reported 5 seconds after the first
sleep 7
before=$(wakeups)
sleep 3
expect "while nothing happens the agent sleeps" [ "$(wakeups)" = "$before" ]

# --- a capability -----------------------------------------------------------------------------

entry_line=$(sed -n 1p $list)
entry_id=${entry_line%% *}
write_as_agent()
{
	write_text_to="$work/text.agent"
	printf '%s' "$1" >"$write_text_to"
	as_agent dd if="$write_text_to" of="$list" bs=64k count=1 conv=notrunc status=none
}
expect "with CAP_NET_ADMIN an entry can be given back" write_as_agent "add $entry_line"
expect_errno "but none forgotten" EPERM write_as_agent "$entry_id"
rm $place/three
expect_errno "nor one whose file is gone" EPERM \
	write_as_agent "$(grep -F $place/three $list | cut -d ' ' -f 1)"
expect_errno "nor one behind one that is added" EPERM write_as_agent "add $entry_line
$entry_id"
expect "all are there" [ "$(wc -l <$list)" = 3 ]
echo audit >"$work/text.agent"
expect_errno "and nothing else is written" EPERM \
	as_agent dd if="$work/text.agent" of=$rivet/mode conv=notrunc status=none
without_both()
{
	printf 'add %s' "$entry_line" >"$work/text.none"
	setpriv --bounding-set -all --inh-caps -all -- dd if="$work/text.none" of="$list" bs=64k \
		count=1 conv=notrunc status=none
}
expect_errno "without it root gives nothing back" EPERM without_both
as_user()
{
	setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps +net_admin \
		--ambient-caps +net_admin -- "$@"
}
expect_errno "nor does a user with it" EACCES as_user dd if=/dev/null of="$list" conv=notrunc

# --- the agent comes back -----------------------------------------------------------------------

stop_agent
rivetctl quarantine forget "$(grep -F $place/three $list | cut -d ' ' -f 1)" ||
	bail "a file that is gone is not forgotten"
start_agent
wait_for is_saved
expect "an agent that comes back gives nothing back to the same list" [ "$(wc -l <$list)" = 2 ]
expect "and saves how it is now" is_saved

# --- the module comes back ----------------------------------------------------------------------

cat "$list" >"$work/before"
sed -i 's/ live / away /' "$work/before"
load_again
expect "the module was loaded again: the agent gives the list back" \
	wait_for grep -q 'gave 2 entries' "$work/agent"
cat "$list" >"$work/after"
expect_same "the same, with numbers and all" "$work/before" "$work/after"
expect_denied "it refuses as before" quarantined $place/one $place/one
expect "and is saved for the new list" wait_for is_saved
stop_agent

load_again
expect "the module came without the agent" [ ! -s $list ]
start_agent
expect "which gives back at its start" wait_for has_entry $place/two
expect_denied "so it refuses" quarantined $place/two $place/two
wait_for is_saved
stop_agent
items exec,mmap $place/one | load_items one
load_again
items exec,mmap $place/one | load_items one
start_agent
wait_for has_entry $place/two
no_more "a digest that a set vouches for is not taken back" $place/one
expect_permitted "and runs" $place/one
stop_agent

# --- killed ---------------------------------------------------------------------------------------

i=0
while [ $i -lt 8 ]; do
	start_agent
	for n in 1 2 3; do
		own_program $place/k$i$n
		$place/k$i$n >/dev/null 2>&1
	done
	sleep 0.$((i + 3))
	kill -9 $agent
	wait $agent 2>/dev/null
	head -n 1 "$saved" | grep -q '^rivet-quarantine-list 1 ' &&
		[ "$(tail -n 1 "$saved" | cut -d ' ' -f 2)" = "$(sed '1d;$d' "$saved" | wc -l)" ] ||
		echo "after kill $i" >>"$work/torn"
	i=$((i + 1))
done
expect "killed eight times while it saves: the file is whole" [ ! -e "$work/torn" ]
start_agent
expect "then it has the list as it is" wait_for is_saved
stop_agent

# --- damage ---------------------------------------------------------------------------------------

# damaged NAME TEXT: the agent names the file, keeps it aside, and goes on
damaged()
{
	cp "$saved" "$work/damaged"
	load_again
	start_agent
	expect "$1: is said by name" wait_for grep -qF "$saved is damaged: $2" "$work/agent"
	expect_same "$1: is kept aside" "$work/damaged" "$saved.damaged"
	expect "$1: the agent goes on" wait_for is_saved
	rm -f "$saved.damaged"
}
sed -i "\\|$place/two\$|s/ sha256:/ sha1:/" "$saved"
damaged "a line that is no entry" "line "
expect "the other entries are given back" has_entry $place/k01
no_more "that one is not" $place/two
stop_agent
head -c 100 "$saved" >"$work/cut"
cat "$work/cut" >"$saved"
damaged "a list that was cut" "line "
stop_agent
chmod 666 "$saved"
damaged "a list that others can write" "it is not a file of its own"
expect "of which nothing is given back" [ ! -s $list ]
stop_agent

# --- a disk that is full, or read-only --------------------------------------------------------------

mkdir "$work/small"
mount -t tmpfs -o size=16k,mode=0700 tmpfs "$work/small"
saved=$work/small/quarantine.list
sed -i "s|^quarantine-list = .*|quarantine-list = $saved|" /etc/rivet/rivetd.conf
start_agent
wait_for is_saved
head -c 1000000 /dev/zero >"$work/small/fill" 2>/dev/null
$place/two >/dev/null 2>&1
expect "a full disk is reported" wait_for grep -q "cannot write $saved: No space left" "$work/agent"
expect "the old list is whole" grep -q '^end 0 ' "$saved"
rm "$work/small/fill"
expect "with space again it is saved" wait_for is_saved
mount -o remount,ro "$work/small"
$place/later >/dev/null 2>&1
expect "a read-only disk is reported" wait_for grep -q "cannot write $saved: Read-only" "$work/agent"
mount -o remount,rw "$work/small"
expect "writable again it is saved" wait_for is_saved
stop_agent
cp "$saved" "$work/kept"
umount "$work/small"
rmdir "$work/small"

# --- a saved list that cannot be looked at ------------------------------------------------------------

ln -s small "$work/small"
load_again
start_agent
expect "a saved list that cannot be examined is reported" \
	wait_for grep -q "cannot examine $saved: Too many" "$work/agent"
expect "which is not damage" [ -z "$(grep damaged "$work/agent")" ]
mkdir "$work/ready"
mv "$work/kept" "$work/ready/quarantine.list"
rm "$work/small"
mv "$work/ready" "$work/small"
expect "once it can be, it is given back" wait_for has_entry $place/later
stop_agent
finish
