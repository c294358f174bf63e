#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# weapon.sh - an action is no weapon: with QUARANTINE, KILL and ISOLATE in the policy, nothing that
# a user without privileges does has a listed file quarantined, a listed program killed or the
# machine isolated; a revocation, and root with other bytes for a listed file, have
#
# needs: userspace
#
# wide: 6.12

# The words of a command line in $user are separate words.
# shellcheck disable=SC2086
# shellcheck source=selftests/kselftest/network.sh
. "$(dirname "$0")/network.sh"

plan 24
place=/opt/m2m
free=/opt/free
list=$rivet/quarantine
user='setpriv --reuid 1000 --regid 1000 --clear-groups'
mkdir -p $place $free
chmod 777 $free
libc=$(readlink -f /lib/*-linux-gnu/libc.so.6)

own_program $place/listed $place/changed $place/expiring $free/own
for name in daemon doomed; do
	cp "$helpers/lodger" $place/$name
	echo $name >>$place/$name
done
cp "$helpers/libhello.so" $place/library
cp "$helpers/libhello.so" $free/library
echo own >>$free/library
listed_files="$place/listed $place/changed $place/expiring $place/daemon $place/library $libc"
listed_files="$listed_files $(readlink -f "$(command -v busybox)") /bin/sh"

modprobe dummy || bail "no dummy"
for name in uplink0 dummy7; do
	ip link add $name type dummy || bail "no device"
	ip link set $name up
done
modprobe -q overlay

rules()
{
	quarantine_rules EXECUTE MMAP <<-END
		SET isolate-uplink=uplink0
		SET isolate-allow=10.0.2.100:8883/tcp
		op=EXECUTE riv=mismatch path=$place/** action=QUARANTINE respond=ISOLATE
		op=EXECUTE riv=revoked path=$place/** action=QUARANTINE respond=ISOLATE
		op=RUNNING action=KILL
	END
}

has_entry()
{
	grep -qF " sha256:$(sha256sum "$1" | cut -d ' ' -f 1) " $list
}

# The harm that was done to the machine, a line each
harms()
{
	sweep
	for file in $listed_files; do
		! has_entry "$file" || echo "$file is quarantined"
	done
	lives "$daemon" || echo "the daemon was killed"
	! isolated || echo "the machine is isolated"
	is_up dummy7 || echo "a device is closed"
	$user $place/listed >/dev/null 2>&1 || echo "the listed program does not run"
}

# verdict NAME: by $work/harms
verdict()
{
	if [ -s "$work/harms" ]; then
		fail "$1" "$(cat "$work/harms")"
	else
		pass "$1"
	fi
}

harmless()
{
	harms >"$work/harms"
	verdict "$1"
}

# attack NAME TEXT COMMAND...: as the user, which says TEXT: it came as far as it can
attack()
{
	attack_name=$1
	attack_says=$2
	shift 2
	$user "$@" >"$work/attack" 2>&1 </dev/null
	harms >"$work/harms"
	grep -q "$attack_says" "$work/attack" || {
		echo "no '$attack_says' in:"
		cat "$work/attack"
	} >>"$work/harms"
	verdict "$attack_name"
}

get_ready
{
	items exec,mmap $place/listed $place/changed $place/doomed
	items mmap $place/library
} | load_items items
items exec,mmap $place/expiring $place/daemon | load_items short 'valid-until: 2031-01-01T00:00:00Z'
date -s '2030-06-01 00:00:00' >/dev/null
rules | load_policy strict
start_holding $place/daemon many $place/library || bail "the daemon does not start"
daemon=$holder
start_holding $place/doomed many $place/library || bail "the other one does not start"
doomed=$holder
enforce
harmless "before, all is well"

# --- attacks --------------------------------------------------------------------------------

expect_permitted "a user runs a listed program" $user $place/listed
attack "a user executes libc.so.6" "ermission denied\|GNU C Library" sh -c "$libc"
attack "a listed library" "ermission denied" sh -c $place/library
cp "$(readlink -f "$(command -v busybox)")" $free/busybox
expect_denied "a copy of busybox" moved $free/busybox $user $free/busybox true
harmless "harms nothing"
cp $place/daemon $free/daemon
attack "a copy of a program that runs" "ermission denied" sh -c $free/daemon
expect_denied "a program of his own" unlisted $free/own $user $free/own
expect "enforce: is quarantined" has_entry $free/own
harmless "and nothing else is harmed"
attack "a library of his own in a listed program" "cannot be preloaded" \
	env LD_PRELOAD=$free/library dash -c :
start_holding $user sh -c "exec 9<$place/listed; flock 9; echo ready; sleep 1000" ||
	bail "nobody locks the file"
harmless "he locks a listed file"
stop_holding

# Where he is root of namespaces, and has other bytes at the listed path
layers=/mnt/scratch/users
mkdir -p $free/root$place $layers/upper $layers/inner
own_program $free/mounted $free/root$place/changed $layers/upper/changed
chmod 755 /mnt/scratch
chown -R 1000:1000 $free/root $layers
attack "other bytes are mounted over a listed file" "mounted.*ermission denied" unshare -Urm \
	sh -c "mount --bind $free/mounted $place/changed && printf mounted && $place/changed"
attack "or over its folder" "mounted.*ermission denied" unshare -Urm \
	sh -c "mount --bind $free/root$place $place && printf mounted && $place/changed"
attack "or seen in another root" "ermission denied" \
	unshare -Ur busybox chroot $free/root $place/changed
attack "or through an overlay" "mounted.*ermission denied" unshare -Urm sh -c "
	mount -t overlay -o lowerdir=$place,upperdir=$layers/upper,workdir=$layers/inner,userxattr \
		none $place && printf mounted && $place/changed"

date -s '2032-06-01 00:00:00' >/dev/null
expect_denied "he uses a program whose set has expired" expired $place/expiring \
	$user $place/expiring
harmless "which harms nothing"
date -s '2030-06-01 00:00:00' >/dev/null
expect_permitted "it runs again" $user $place/expiring

for n in $(seq 70); do
	own_program $free/many$n
done
chown 1000 $free/many*
attack "he fills his part of the list" "ermission denied" sh -c "for f in $free/many*; do \$f; done"
expect "enforce: which has 64 entries" [ "$(awk '$8 == 1000' $list | wc -l)" = 64 ]

# --- only root or a signer can do that -----------------------------------------------------------

printf 'sha256:%s\n' "$(sha256sum $place/doomed | cut -d ' ' -f 1)" |
	signed_manifest "$work/revoke.riv" revoke "kind: revoke
version: 1"
load_revoke "$work/revoke.riv.signed" || bail "nothing is revoked"
expect "enforce: a signed revocation kills a program that runs" wait_for ended "$doomed"
own_program $place/other
mv $place/other $place/changed
$place/changed 2>/dev/null
expect "enforce: a changed program isolates the machine" wait_for isolated
expect "enforce: and closes its devices" is_down dummy7
finish
