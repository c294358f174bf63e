#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# remedy.sh - a listed file that was changed is put right by rivet-remedy: from a reference tree,
# by a program; bounded, crash-safe, and never with bytes that no RIV names
#
# needs: userspace
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 61
place=/opt/m2m
good=/opt/good
reference=/mnt/scratch/reference
packages=/mnt/scratch/packages
list=$rivet/quarantine
jobs=$work/remedy
steps=$work/steps
mkdir -p $place $good $reference$place $reference$good /etc/rivet/remedy.d
cat >/etc/rivet/rivetd.conf <<-END
	log = $work/log/events.jsonl
	state = $work/lib/last
	pid-file = $work/run/pid
	quarantine-list = $work/lib/list
	remedy = $jobs
END
cat >"$work/remedy.conf" <<-END
	reference = $reference
	log = $steps
	tries = 3
	pause = 1
	limit = 3
	restart = $place/broker broker.service
END

# script NAME: of stdin, executable
script()
{
	{ echo '#!/bin/sh'; cat; } >"$1"
	chmod 755 "$1"
}

# member FILE: as one of an archive of ar(1)
member()
{
	printf '%-16s%-12s%-6s%-6s%-8s%-10s`\n' "$(basename "$1")" 0 0 0 100644 "$(stat -c %s "$1")"
	cat "$1"
	[ $(($(stat -c %s "$1") % 2)) = 0 ] || echo
}

# package NAME FOLDER: a Debian package of the files in it, among the packages
package()
{
	mkdir -p $packages "$work/parts"
	echo 2.0 >"$work/parts/debian-binary"
	tar -C "$2" -czf "$work/parts/data.tar.gz" .
	{
		printf '!<arch>\n'
		member "$work/parts/debian-binary"
		member "$work/parts/data.tar.gz"
	} >"$packages/$1.deb"
}

# rules [LINE]...: these before those that quarantine
rules()
{
	for line; do
		echo "$line"
	done | quarantine_rules EXECUTE MMAP | load_policy strict
}

# break_file FILE: other bytes, under the same name
break_file()
{
	cp "$helpers/hello" "$1.tmp"
	cat /proc/sys/kernel/random/uuid >>"$1.tmp"
	mv "$1.tmp" "$1"
}

has_job()
{
	ls "$jobs"/queue/*.job
}

# asked NAME FILE: use a bad file, until the agent has left a job
asked()
{
	"$2" >/dev/null 2>&1
	expect "$1" wait_for has_job
}

remedy()
{
	timeout 60 rivet-remedy --config "$work/remedy.conf" "$@" "$jobs" >"$work/said" 2>&1 ||
		comment "rivet-remedy ended with $?: $(tail -n 5 "$work/said")"
}

# told NAME WORD DETAIL: the last step with this word has the detail
told()
{
	expect_text "$1" "$3" grep "\"what\":\"$2\"" "$steps"
}

# is_good NAME FILE
is_good()
{
	expect_same "$1" "$2" "$reference$2"
}

own_program $place/broker $place/helper $place/stranger $good/broker
cp -p $place/broker $place/helper $reference$place
script /usr/bin/systemctl <<END
echo "\$*" >>$work/units
END
script /etc/rivet/remedy.d/10-copy <<END
cat >$work/event
cp $good/helper $place/helper.tmp && mv $place/helper.tmp $place/helper
END
script /etc/rivet/remedy.d/05-slow <<END
sleep 30
END
script /etc/rivet/remedy.d/01-others <<END
echo ran >$work/others
END
chmod 777 /etc/rivet/remedy.d/01-others
cp $place/helper $good/helper

get_ready
{
	items exec,mmap $place/broker $place/helper /usr/bin/systemctl /etc/rivet/remedy.d/*
} | load_items items
rules
start_agent

# --- audit mode -------------------------------------------------------------------------------

break_file $place/broker
cp $place/broker "$work/bad"
asked "audit: a changed file is asked a remedy for" $place/broker
remedy --once
told "audit: it would be restored" would-restore "nothing is changed in audit mode"
expect_same "audit: and stays as it is" $place/broker "$work/bad"
expect "audit: the job is done" [ -z "$(has_job 2>/dev/null)" ]
expect "audit: nothing is left beside it" [ ! -e $place/.rivet-remedy ]
for n in 2 3 4; do
	break_file $place/broker
	$place/broker >/dev/null 2>&1
	wait_for has_job
	remedy --once
done
expect_text "audit: rehearsals are bounded as attempts are" 3 grep -c would-restore "$steps"
expect "audit: and do not count as such" \
	[ -z "$(find "$jobs/tries" -type f ! -name '*.audit')" ]

# --- from the reference tree ------------------------------------------------------------------

enforce
rules "SET quarantine-read=deny" "DEFAULT op=READ action=ALLOW"
expect_denied "a changed file is refused" mismatch $place/broker $place/broker
expect_denied "and quarantined" quarantined $place/broker $place/broker
expect "the agent asks for a remedy" wait_for has_job
expect "with no more rights than before" grep -q 'CapEff:	0000000000001000' "/proc/$agent/status"
chown 12:34 $place/broker
chmod 755 $place/broker
remedy --once
is_good "it is restored" $place/broker
expect_permitted "and runs" $place/broker
expect_text "with its owner and mode" "12:34 755" stat -c '%u:%g %a' $place/broker
expect "its entry is remedied" [ ! -s $list ]
told "the step is told" restored "\"path\":\"$place/broker\""
expect "its unit is restarted" grep -qx 'restart -- broker.service' "$work/units"
expect "the failures before that are forgotten" grep -qx 'reset-failed -- broker.service' \
	"$work/units"
told "which is told" restarted broker.service
expect "each line is JSON" sh -c "$helpers/jsonlines rivet. <$steps"
expect "the job is done" [ -z "$(has_job 2>/dev/null)" ]
expect "the attempt is counted" grep -q " 1 [0-9]* 0\$" "$jobs"/tries/*
expect "nothing is left beside it" [ ! -e $place/.rivet-remedy ]

rules

# --- only a mismatch --------------------------------------------------------------------------

$place/stranger >/dev/null 2>&1
sleep 2
expect "nobody asks for what no RIV names" [ -z "$(has_job 2>/dev/null)" ]
sed "s|$place/broker|$place/stranger|g" "$work/log/events.jsonl" | grep '"reason":"mismatch"' |
	tail -n 1 >"$jobs/queue/forged.job"
remedy --once
told "and a job about it is dropped" dropped "no RIV says"
echo '{"schema":"rivet.event/1","seq":1' >"$jobs/queue/forged.job"
remedy --once
told "so is one that is no event" dropped "not an event"

# --- bytes that no RIV names, and the bound -----------------------------------------------------

mv $reference$place/helper "$work/helper.good"
break_file $reference$place/broker
cp $reference$place/broker "$work/wrong"
break_file $place/broker
cp $place/broker "$work/bad"
rm -f "$jobs"/tries/*
chmod -x /etc/rivet/remedy.d/10-copy
asked "a file is changed again" $place/broker
remedy
expect_same "bytes that no RIV names are not put there" $place/broker "$work/bad"
told "which is told" failed "not what a RIV names"
expect_text "after three attempts" 3 grep -c '"what":"failed".*not what a RIV names' "$steps"
told "it gives up, loudly" gave-up "restore it by hand"
sleep 6
$place/broker >/dev/null 2>&1
sleep 2
expect "used again, it leaves no job" [ -z "$(has_job 2>/dev/null)" ]
touch -d '2 days ago' "$jobs"/tries/*.gave-up
sleep 5
asked "a day later it leaves one" $place/broker
remedy --once
expect "the mark of that is renewed" [ -z "$(find "$jobs/tries" -name '*.gave-up' -mmin +5)" ]
expect_text "another request begins no further attempt" 3 \
	grep -c '"what":"failed".*not what a RIV names' "$steps"
expect_text "and is told of once" 1 grep -c '"what":"gave-up"' "$steps"
rm -f "$jobs"/tries/* "$jobs"/queue/*
chmod +x /etc/rivet/remedy.d/10-copy

# --- programs -----------------------------------------------------------------------------------

break_file $place/helper
asked "a file that the reference tree lacks" $place/helper
remedy --once
expect_same "a program restores it" $place/helper $good/helper
told "which is told" program "/etc/rivet/remedy.d/10-copy"
expect "it had the event" grep -q '"reason":"\(mismatch\|quarantined\)"' "$work/event"
expect "one that others can write is not run" [ ! -e "$work/others" ]
told "which is told" program-failed "others cannot write"
told "one that takes too long is killed" program-failed "took longer than 3 s"
chmod 777 /etc/rivet/remedy.d
rm -f "$work/event" "$jobs"/tries/*
break_file $place/helper
asked "a folder that others can write" $place/helper
remedy --once
expect "none of its programs is run" [ ! -e "$work/event" ]
told "which is told" program-failed "it is not a folder of root's"
chmod 755 /etc/rivet/remedy.d
rm -f /etc/rivet/remedy.d/* "$jobs"/tries/* "$jobs"/queue/*

# --- out of a package -----------------------------------------------------------------------------

grep -v '^reference' "$work/remedy.conf" >"$work/packages.conf"
echo "packages = $packages" >>"$work/packages.conf"

remedy_by_packages()
{
	timeout 60 rivet-remedy --config "$work/packages.conf" --once "$jobs" >"$work/said" 2>&1 ||
		comment "rivet-remedy ended with $?: $(tail -n 5 "$work/said")"
}

mkdir -p "$work/older$place" "$work/right$place"
cp "$helpers/hello" "$work/older$place/helper"
cp $good/helper "$work/right$place/helper"
package a "$work/older"
echo nonsense >$packages/b.deb
break_file $place/helper
cp $place/helper "$work/bad"
asked "a file of which a package has another version" $place/helper
remedy_by_packages
expect_same "is not restored by that" $place/helper "$work/bad"
told "which is told" failed "b.deb is no Debian package"
package c "$work/right"
sleep 1
remedy_by_packages
expect_same "the package with the listed version restores it" $place/helper $good/helper
expect_permitted "and it runs" $place/helper
expect "nothing is left beside it" [ ! -e $place/.rivet-remedy ]
expect "no other file of a package is unpacked" [ "$(ls $place)" = "broker
helper
stranger" ]
rm -f "$jobs"/tries/* "$jobs"/queue/*
mv "$work/helper.good" $reference$place/helper

# --- killed -------------------------------------------------------------------------------------

cp $good/helper "$work/helper.good"

# killed FROM STEP: kill it before each system call in steps; say what is wrong then
killed()
{
	asked_file=$place/helper
	n=$1
	while [ "$n" -lt 3000 ]; do
		rm -f "$jobs"/tries/* "$jobs"/queue/*
		break_file $asked_file
		cp $asked_file "$work/bad"
		$asked_file >/dev/null 2>&1
		wait_for has_job || { echo "no job at $n"; return; }
		"$helpers/killpoint" "$n" rivet-remedy --config "$work/remedy.conf" --once "$jobs" \
			>/dev/null 2>&1
		status=$?
		cmp -s $asked_file "$work/bad" || cmp -s $asked_file "$work/helper.good" ||
			echo "killed before call $n: half done"
		[ $status = 0 ] || break
		killed_times=$((killed_times + 1))
		sleep 1
		remedy --once
		cmp -s $asked_file "$work/helper.good" || echo "after call $n: not restored"
		[ ! -e $place/.rivet-remedy ] || echo "after call $n: a folder is left"
		[ -z "$(has_job 2>/dev/null)" ] || echo "after call $n: the job is left"
		n=$((n + $2))
	done
	[ "$status" = 3 ] || echo "killpoint ended with $status"
}
# Tracing is refused otherwise
rules "op=ANON_EXEC action=ALLOW"
killed_times=0
killed 40 17 >"$work/torn"
expect_same "killed at many points: nothing is lost or half done" "$work/torn" /dev/null
comment "killed $killed_times times"
expect "there were at least ten points" [ $killed_times -ge 10 ]
[ ! -s "$work/torn" ] || comment "$(cat "$work/torn")"

rules

# --- disks ----------------------------------------------------------------------------------------

rm -f "$jobs"/tries/* "$jobs"/queue/*
cp "$work/helper.good" $reference$place/helper
break_file $place/helper
cp $place/helper "$work/bad"
asked "a file that is changed while /var is to be read only" $place/helper
mount --bind "$jobs/tries" "$jobs/tries"
mount -o remount,bind,ro "$jobs/tries"
remedy --once
expect_same "an attempt that cannot be counted is not begun" $place/helper "$work/bad"
told "which is told" failed "Read-only file system"
expect "its job stays" has_job
umount "$jobs/tries"
remedy --once
is_good "then it is restored" $place/helper
expect_permitted "and runs" $place/helper
kill $agent
finish
