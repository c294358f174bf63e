#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# evidence.sh - copies of quarantined files: an attacker who removes or rewrites a file just after
# it has failed does not outrun them; bounded, whole or absent, and for the agent alone
#
# needs: userspace
#
# wide: 6.1

# The words of a command line in $user are separate words.
# shellcheck disable=SC2086
# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 79
place=/opt/m2m
free=/opt/free
list=$rivet/quarantine
store=$work/store
user='setpriv --reuid 1000 --regid 1000 --clear-groups'
mkdir -p $place $free /etc/rivet
chmod 777 $free

# configure [LINE]...
configure()
{
	{
		cat <<-END
			log = $work/log/events.jsonl
			state = $work/lib/last
			pid-file = $work/run/pid
			quarantine-list = $work/lib/list
		END
		for line; do
			echo "$line"
		done
	} >/etc/rivet/rivetd.conf
}

# bad FILE [BYTES]: other bytes than any file before, under this name; a copy is $work/bad
bad()
{
	rm -f "$1"
	cp "$helpers/hello" "$1"
	cat /proc/sys/kernel/random/uuid >>"$1"
	[ -z "${2-}" ] || truncate -s "$2" "$1"
	cp "$1" "$work/bad"
}

evidence_of()
{
	echo "$store/sha256-$(sha256sum "$1" | cut -d ' ' -f 1)"
}

is_kept()
{
	cmp -s "$(evidence_of "$work/bad")/content" "$work/bad"
}

# kept NAME: a copy of the last bad file
kept()
{
	expect "$1" wait_for is_kept
}

# kept_not NAME: nor will be
kept_not()
{
	sleep 1
	expect "$1" [ ! -e "$(evidence_of "$work/bad")" ]
}

id_of()
{
	grep -F " sha256:$(sha256sum "$1" | cut -d ' ' -f 1) " $list | cut -d ' ' -f 1
}

agent_says()
{
	wait_for grep -qF "$1" "$work/agent"
}

tells()
{
	if has_event kind=quarantine "$2"; then
		pass "$1"
	else
		fail "$1" "$(events_since | grep kind=quarantine | tail -n 5)"
	fi
}

rules()
{
	{
		for line; do
			echo "$line"
		done
		for op in EXECUTE MMAP; do
			echo "op=$op riv=MATCH action=ALLOW"
			echo "op=$op path=$place/** action=QUARANTINE"
		done
	} | quarantine_rules EXECUTE MMAP | load_policy strict
}

cp "$helpers/hello" $place/broker
cp "$helpers/hello" $place/other
echo good >>$place/broker
echo other >>$place/other
cp $place/broker "$work/broker.good"

get_ready
modprobe -q overlay
items exec,mmap $place/broker $place/other | load_items items
rules

# --- a rehearsal ------------------------------------------------------------------------------

configure "evidence = $store"
start_agent
bad $place/broker
expect_audited "a changed program" mismatch $place/broker $place/broker
kept "audit: a copy is kept"
expect_text "audit: of an entry that refuses nothing" '"would":true' \
	cat "$(evidence_of "$work/bad")/record.json"

# hold_away: let a file of a filesystem of its own fail, and remove it, while the agent does nothing
hold_away()
{
	kill -STOP "$agent"
	mkdir -p $place/away
	mount -t tmpfs tmpfs $place/away
	bad $place/away/tool
	mark_events
	$place/away/tool >/dev/null 2>&1
	rm $place/away/tool
	expect_text "a held file keeps its filesystem" busy umount $place/away
}

hold_away
expect "the operator forgets the entry" rivetctl quarantine forget "$(id_of "$work/bad")"
expect "so its file is not held any more" umount $place/away
kill -CONT "$agent"
stop_agent

# --- the attack -------------------------------------------------------------------------------

enforce
configure "evidence ="
start_agent
bad $place/broker
$place/broker 2>/dev/null
rm $place/broker
kept_not "without evidence nothing is left of a file that was removed"
stop_agent

configure "evidence = $store"
start_agent
expect "the agent has no more rights than before" grep -q 'CapEff:	0000000000001000' \
	"/proc/$agent/status"
bad $place/broker
chown 12:34 $place/broker
chmod 4711 $place/broker
setfattr -n user.origin -v attacker $place/broker 2>/dev/null || comment "no setfattr"
kill -STOP "$agent"
mark_events
expect_denied "a changed program" mismatch $place/broker $place/broker
tells "its file is held" "its file is held for the agent, 10 seconds at most"
mv $place/other "$work/other"
mv $place/broker "$work/moved"
rm "$work/moved"
mv "$work/other" $place/other
[ ! -e $place/broker ] || bail "it is there still"
kill -CONT "$agent"
kept "enforce: removed at once, while the agent does not run: a copy is kept"
record=$(evidence_of "$work/bad")/record.json
expect "the record is JSON" sh -c "$helpers/jsonlines rivet. <$record"
expect "it has the path" grep -q "\"path\":\"$place/broker\"" "$record"
expect "and the owner" grep -q '"uid":12,"gid":34,"mode":"4711","links":0' "$record"
folder=$(dirname "$record")
expect_text "only root may look" "700 600 600 " \
	sh -c "stat -c %a $folder $record $folder/content | tr '\n' ' '"
expect_text "rivetctl names the copy" "evidence         $folder/content" \
	rivetctl quarantine show "$(id_of "$work/bad")"
expect_text "in JSON too" '"evidence_intact":true' \
	rivetctl --json quarantine show "$(id_of "$work/bad")"
echo forged >>"$folder/content"
expect_text "and notices one that was changed" "OTHER bytes than those that failed" \
	rivetctl quarantine show "$(id_of "$work/bad")"
rm -r "$folder"

bad $place/broker
cp $place/broker $place/again
kill -STOP "$agent"
$place/broker 2>/dev/null
expect_text "it cannot be rewritten before the copy is made" "Text file busy" \
	cp "$work/broker.good" $place/broker
expect_text "nor cut" "Text file busy" truncate -s 0 $place/broker
cp "$work/broker.good" $place/broker.new
mv $place/broker.new $place/broker
expect_permitted "good bytes take its place, and run" $place/broker
expect "enforce: so that the entry ends" [ -z "$(id_of "$work/bad")" ]
kill -CONT "$agent"
kept "the copy is made all the same"
cp $place/broker $place/broker.new
expect "then files can be written to again" cp "$work/broker.good" $place/again
rm $place/again $place/broker.new

# --- the agent ends -----------------------------------------------------------------------------

bad $place/broker
kill -STOP "$agent"
$place/broker 2>/dev/null
rm $place/broker
kill -9 "$agent"
wait "$agent" 2>/dev/null
start_agent
kept "killed before it made the copy, the next agent makes it"
stop_agent
for delay in 1 3 6; do
	start_agent
	bad $place/broker 2000000
	$place/broker 2>/dev/null
	rm $place/broker
	sleep 0.$delay
	kill -9 "$agent"
	wait "$agent" 2>/dev/null
	start_agent
	wait_for is_kept || echo "after kill $delay: not kept" >>"$work/torn"
	stop_agent
done
for folder in "$store"/*; do
	[ "$(evidence_of "$folder/content")" = "$folder" ] || echo "$folder" >>"$work/torn"
done
[ ! -e "$work/torn" ] || comment "$(cat "$work/torn")"
expect "killed amid it three times: each copy is whole, and made in the end" [ ! -e "$work/torn" ]
rm -r "$store"

# --- nobody takes it ------------------------------------------------------------------------------

start_agent
hold_away
sleep 11
tells "for ten seconds at most, which is told" "its file is not held any more"
expect "enforce: then it is let go" umount $place/away
kill -CONT "$agent"
kept_not "the agent comes too late"

# The kernel kills this process, not the test, for the memory that it looks for. The trace that
# it prints about that is no splat, and kept off the console.
sleep 1000 &
sleeper=$!
echo 1000 >/proc/$sleeper/oom_score_adj
hold_away
levels=$(cat /proc/sys/kernel/printk)
echo N >/sys/module/printk/parameters/ignore_loglevel
echo 1 >/proc/sys/kernel/printk
echo f >/proc/sysrq-trigger
wait $sleeper
echo "$levels" >/proc/sys/kernel/printk
echo Y >/sys/module/printk/parameters/ignore_loglevel
expect "out of memory: it is let go at once" umount $place/away
tells "which is told" "its file is not held any more"
kill -CONT "$agent"
rmdir $place/away

# --- bounds of the held files ------------------------------------------------------------------------

kill -STOP "$agent"
mkdir $place/users
chmod 777 $place/users
mark_events
for n in 1 2 3 4 5 6; do
	bad $place/users/u$n
	chmod 755 $place/users/u$n
	$user $place/users/u$n 2>/dev/null
done
expect "a user has half of the files that are held" \
	[ "$(events_since | grep -c 'is held for the agent')" = 4 ]
tells "which is told" "too many or too large files are held already"
bad $place/broker
$place/broker 2>/dev/null
rm -r $place/users $place/broker
kill -CONT "$agent"
kept "a file of root is held beside those"
sleep 1
expect_text "and there are the four of the user" 5 sh -c "ls $store | wc -l"

# A file of somebody else, which no rule with a path is about
cp "$helpers/hello" $free/secret
cat /proc/sys/kernel/random/uuid >>$free/secret
cp $free/secret "$work/bad"
expect_denied "a file that no RIV and no path= of a rule names" unlisted $free/secret $user $free/secret
expect "enforce: has an entry" [ -n "$(id_of "$work/bad")" ]
kept_not "and no copy"
expect_text "which rivetctl says" "no copy of the file is kept" \
	rivetctl quarantine show "$(id_of "$work/bad")"

rules "SET quarantine-read=deny" "DEFAULT op=READ action=ALLOW"
bad $place/broker
kill -STOP "$agent"
$place/broker 2>/dev/null
expect_denied "a file that nobody may read" quarantined $place/broker cat $place/broker
kill -CONT "$agent"
kept "the agent gets it"
rules

# --- others -----------------------------------------------------------------------------------------

bad $place/broker
kill -STOP "$agent"
$place/broker 2>/dev/null
expect_errno "a user cannot ask" EACCES $user "$helpers/evidence" take
expect_errno "root cannot take a file with another program" EPERM "$helpers/evidence" take
expect_errno "nor say that he has it" EPERM "$helpers/evidence" "done" "$(id_of "$work/bad")"
mark_events
expect_errno "nor become the agent" EPERM "$helpers/evidence" register
tells "which is told" "no RIV says that it runs the agent"
sed "s|$work/run|$work/run2|; s|$work/lib|$work/lib2|; s|$work/log|$work/log2|; s|$store|$work/thief|" \
	/etc/rivet/rivetd.conf >"$work/conf2"
rivetd --foreground --config "$work/conf2" >"$work/agent2" 2>&1 &
second=$!
expect "a second agent gets none" wait_for grep -q "evidence: .*busy" "$work/agent2"
kill "$second"
wait "$second"
expect "enforce: nor has it any" [ ! -e "$work/thief" ]
kill -CONT "$agent"
kept "the first agent gets it"

# --- the module comes back --------------------------------------------------------------------------

cp "$work/bad" "$work/before"
back_to_audit
expect "the agent is not in the way of unloading" rmmod rivet
rm -f "$work"/set.number
load_rivet
seal_trust
rules
expect "the agent that ran already says that it gets none" \
	agent_says "the kernel says that this is not a listed agent"
stop_agent
start_agent
expect "so does one that no set lists yet" agent_says "the kernel says that this is not a listed agent"
mark_events
vouch_for_guest
items exec,mmap $place/other | load_items items
tells "as soon as one does, it gets them" "takes it"
enforce
bad $place/broker
$place/broker 2>/dev/null
rm $place/broker
kept "after the module was loaded again, an agent that was restarted makes copies as before"
expect_same "those of before are there" "$(evidence_of "$work/before")/content" "$work/before"
expect_text "and named by the entries that the agent has given back" \
	"$(evidence_of "$work/before")/content" rivetctl quarantine show "$(id_of "$work/before")"
stop_agent

# --- a disk that is full, or read-only ----------------------------------------------------------------

mkdir "$work/small"
mount -t tmpfs -o size=24m,mode=0700 tmpfs "$work/small"
store=$work/small/store
configure "evidence = $store"
start_agent
head -c 9000000 /dev/zero >"$work/small/fill" 2>/dev/null
bad $place/broker
$place/broker 2>/dev/null
expect "a full disk is reported" agent_says "the disk of $store would be too full with it"
rm "$work/small/fill"
expect "and nothing half of it is left" [ -z "$(ls -A "$store")" ]
bad $place/broker
$place/broker 2>/dev/null
kept "with space again the next copy is made"
mount -o remount,ro "$work/small"
bad $place/broker
$place/broker 2>/dev/null
expect "a read-only disk is reported" agent_says "$store: Read-only"
mount -o remount,rw "$work/small"
bad $place/broker
$place/broker 2>/dev/null
kept "writable again the next copy is made"
stop_agent
configure "evidence = $store" "evidence-max = 4"
start_agent
bad $place/broker 3000000
$place/broker 2>/dev/null
expect "a store that is full is reported" agent_says "$store has no room for it"
kept_not "and nothing is kept beyond its bound"
configure "evidence = $store" "evidence-max = 8"
kill -HUP "$agent"
bad $place/broker
$place/broker 2>/dev/null
kept "SIGHUP raises the bound"
stop_agent
umount "$work/small"

# --- a file of overlayfs ------------------------------------------------------------------------------

store=$work/store
configure "evidence = $store"
start_agent
layers=$place/layers
mkdir $layers
mount -t tmpfs tmpfs $layers
mkdir $layers/lower $layers/upper $layers/inner $layers/merged
bad $layers/lower/lower
bad $layers/upper/upper
mount -t overlay -o lowerdir=$layers/lower,upperdir=$layers/upper,workdir=$layers/inner \
	none $layers/merged || bail "no overlay"
for layer in lower upper; do
	cp $layers/$layer/$layer "$work/bad"
	kill -STOP "$agent"
	$layers/merged/$layer 2>/dev/null
	expect_text "enforce: a file of the $layer layer of an overlay cannot be rewritten" \
		"Text file busy" cp "$work/broker.good" $layers/merged/$layer
	expect_text "nor in that layer" "Text file busy" \
		cp "$work/broker.good" $layers/$layer/$layer
	kill -CONT "$agent"
	kept "so its copy has the bytes that failed"
	expect "then it can be written to again" \
		wait_for cp "$work/broker.good" $layers/merged/$layer
done
umount $layers/merged $layers

# --- bytes that were rewritten before the copy --------------------------------------------------------

back_to_audit
cp "$work/broker.good" $place/broker
items exec,mmap $place/broker $place/other | load_items items
bad $place/broker
kill -STOP "$agent"
$place/broker >/dev/null
expect "audit: who writes to a held file is not refused" cp "$work/broker.good" $place/broker
kill -CONT "$agent"
expect "a copy of other bytes is kept as that" agent_says "has OTHER bytes than those that failed"
expect_same "under a name of its own" "$(evidence_of "$work/bad").other/content" \
	"$work/broker.good"
expect_text "which rivetctl says" "OTHER bytes than those that failed" \
	rivetctl quarantine show "$(id_of "$work/bad")"
$place/broker >/dev/null
cp "$work/bad" $place/broker
$place/broker >/dev/null
kept "audit: it does not keep a copy of the bytes that failed from being made"
stop_agent
finish
