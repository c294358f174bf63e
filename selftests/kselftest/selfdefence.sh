#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# selfdefence.sh - attacks on rivet itself that weaken no decision: on securityfs, by
# netlink and its events, on key quotas and on memory
#
# needs: userspace
#
# wide

# shellcheck disable=SC2086  # an ordinary user is several words
# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

user='setpriv --reuid 1000 --regid 1000 --clear-groups'
place=/opt/m2m
mkdir -p $place/many

plan 44
get_ready
op_rules | load_policy narrow
cp "$helpers/hello" $place/unlisted
echo unlisted >>$place/unlisted
"$helpers/names" 1500 $place/unlisted $place/many || bail "no links"
signed_manifest "$work/later.riv" later 'version: 1' <<-END
	$(entry 1)
END
signed_manifest "$work/again.riv" later 'version: 2' <<-END
	$(entry 2)
END
enforce

# still NAME: the verdicts are the same as before, with no file of rivet's asked
still()
{
	expect_text "$1 an unlisted program is refused" 'Permission denied' sh -c $place/unlisted
	expect "$1 a listed one runs" "$helpers/hello"
}

# --- securityfs -----------------------------------------------------------------

expect "securityfs is unmounted" umount /sys/kernel/security
still "securityfs unmounted:"
expect_text "securityfs unmounted: status answers" "Enforcing" rivetctl status
expect_text "securityfs unmounted: whoever needs its files is told" "not mounted" \
	rivetctl policy show
mount -t tmpfs -o mode=755 none /sys/kernel/security
mkdir $rivet
echo audit >$rivet/mode
still "a false securityfs mounted:"
expect_text "a false securityfs mounted: status answers the truth" "Enforcing" rivetctl status
echo policy_name=false policy_version=9.9.9 >$rivet/policy
expect_text "a false securityfs mounted: its files are not believed" "mounted over it" \
	rivetctl policy show
umount /sys/kernel/security
mount -t securityfs securityfs /sys/kernel/security
echo audit >"$work/false"
chmod 644 "$work/false"
mount --bind "$work/false" $rivet/mode
still "a false file mounted over mode:"
expect_text "a false file mounted over mode: status answers the truth" "Enforcing" \
	rivetctl status
umount $rivet/mode
expect_text "it is there again" enforce mode

# --- netlink, who may -----------------------------------------------------------

for command in 1 '2 dump' 3 count; do
	expect_errno "a user may not: genl $command" EPERM $user "$helpers/genl" $command
	expect_errno "nor with all capabilities of a namespace of his own: genl $command" \
		'EPERM|ENOENT' $user unshare -Urn "$helpers/genl" $command
done

# --- netlink, flooded -----------------------------------------------------------

# Two listen: one has a buffer, the other hardly any and is bound to miss some
"$helpers/genl" count >"$work/count" 2>&1 &
counter=$!
"$helpers/genl" count small >"$work/small" 2>&1 &
counters="$counter $!"
until grep -qs ready "$work/count" && grep -qs ready "$work/small"; do
	usleep 20000
done
denials=$(stat_value denials) before=$(last_seq)
for flooder in 1 2; do
	"$helpers/genl" flood 12 >"$work/flood$flooder" 2>&1 &
done
expect_text "netlink flooded: 1500 denials" "refused 1500" \
	"$helpers/attempts" 1500 "$place/many/%d" 2
expect_text "netlink flooded: each is counted" $((denials + 1500)) stat_value denials
"$helpers/storm" 4 1 /bin/true "$helpers/libhello.so" >"$work/storm" 2>&1
expect_text "netlink flooded: listed programs run" "failures 0" cat "$work/storm"
comment "$(cat "$work/storm")"
still "netlink flooded:"
# The last one tells the listener of all that it missed before
sleep 9
sh -c $place/many/1 2>/dev/null
sleep 1
after=$(last_seq)
kill $counters
wait $counters
comment "$(cat "$work/flood1"), $(cat "$work/flood2"); produced $((after - before))"
comment "$(tail -n 1 "$work/count"); small: $(tail -n 1 "$work/small")"
# value FILE NAME: of a listener's output
value()
{
	sed -n "s/.*$2 \([0-9]*\).*/\1/p" "$work/$1"
}
# The summary of folded repeats may come while they end: each has counted up to its last.
for listener in count small; do
	last=$(value $listener last)
	expect "$listener: the last event has come" test "$last" -ge "$after"
	expect_text "$listener: events produced are those received and those missed" \
		$((last - before)) echo $(($(value $listener received) + $(value $listener missed)))
	if [ "$(value $listener missed)" = 0 ] || [ "$(value $listener overruns)" -gt 0 ]; then
		pass "$listener: and who missed some was told"
	else
		fail "$listener: and who missed some was told"
	fi
done
expect "some were missed" test "$(value small missed)" -gt 0
expect_text "the kernel lost none" 0 stat_value events_lost
gaps=$(awk '{ sub("seq=", "", $1); if (NR > 1 && $1 != last + 1) n++; last = $1 }
	END { print n + 0 }' $rivet/events)
expect_text "and numbers them without a gap" 0 echo "$gaps"

# --- key quotas -----------------------------------------------------------------

# fill FILE COMMAND: until the quota is full, then COMMAND; each key has 4000 bytes
cat >"$work/fill" <<-END
	ring=\$(keyctl newring fill @s)
	head -c 4000 /dev/zero >\$1
	n=0
	while [ \$n -lt 300 ] && keyctl padd user fill\$n \$ring <\$1 >/dev/null 2>\$1.error; do
		n=\$((n + 1))
	done
	cat \$1.error
	eval "\$2"
END
load="dd if=$work/later.riv.signed of=$rivet/riv bs=1M count=1 iflag=fullblock"
again="dd if=$work/again.riv.signed of=$rivet/riv bs=1M count=1 iflag=fullblock"
$user keyctl session - sh "$work/fill" /tmp/user 'echo ready; sleep 1000' >"$work/user" 2>&1 &
filler=$!
until grep -qs ready "$work/user"; do
	usleep 20000
done
expect_text "a user's key quota is full" "quota exceeded" cat "$work/user"
expect "and a set loads" $load
kill $filler
echo 20 >/proc/sys/kernel/keys/root_maxkeys
keyctl session - sh "$work/fill" /tmp/root "$again" >"$work/root" 2>&1
expect_text "root's own quota is full" "quota exceeded" cat "$work/root"
expect_text "and a set still loads" "set later version 2" cat $rivet/riv
echo 1000000 >/proc/sys/kernel/keys/root_maxkeys

# --- memory ---------------------------------------------------------------------

# Little of it left, and caches that are emptied again and again: a measurement is
# forgotten with its inode, and made again
head -c 60M /dev/urandom >/mnt/scratch/large
start_holding "$helpers/hog" 48
grep MemAvailable /proc/meminfo >"$work/memory"
{
	while :; do
		cat /mnt/scratch/large
		echo 2 >/proc/sys/vm/drop_caches
	done
} >/dev/null 2>&1 &
churn=$!
expect_text "memory short: 1500 denials" "refused 1500" \
	"$helpers/attempts" 1500 "$place/many/%d" 2
"$helpers/storm" 5 2 /bin/true "$helpers/libhello.so" >"$work/storm" 2>&1
expect_text "memory short: listed programs run" "failures 0" cat "$work/storm"
comment "$(cat "$work/storm"); $(cat "$work/memory")"
still "memory short:"
kill $churn
stop_holding
expect_text "after all that it enforces" enforce mode

finish
