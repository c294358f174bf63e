#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# steps.sh - a boot of the gateway whose power is cut: check its files, then update them
#
# usage: steps.sh [last]
#
# The disk /dev/vdb is the gateway's: /etc/rivet and /var/lib/rivet are on it. Lines with @
# are for run.sh. With `last` it ends after the checks, else never.

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

place=/opt/m2m
objects=/rivet-test/objects
floors=/var/lib/rivet/floor
saved=/var/lib/rivet/quarantine.list

fault()
{
	echo "@fault $*"
	exit 1
}

mount_disk()
{
	mkdir -p /mnt/disk /etc/rivet /var/lib/rivet $place /etc/modprobe.d
	mount -t ext4 /dev/vdb /mnt/disk || fault "the disk is not mounted"
	mount --bind /mnt/disk/etc/rivet /etc/rivet
	mount --bind /mnt/disk/var/lib/rivet /var/lib/rivet
	echo "install rivet insmod /rivet.ko" >/etc/modprobe.d/rivet.conf
}

# unlisted NAME: another program each time, which no set lists
unlisted()
{
	cp "$helpers/hello" "$place/$1"
	echo "$1" >>"$place/$1"
}

# Of the signed text, before its signature
version_of()
{
	grep -a -m 1 "$1" "$2" | sed "s/.*$1\([0-9.]*\).*/\1/"
}

# is_one_of FILE KIND: it has the bytes of one version, and no others
is_one_of()
{
	for each in "$objects/$2"-*.signed; do
		! cmp -s "$each" "$1" || return 0
	done
	return 1
}

floors_are_whole()
{
	[ "$(cat $floors)" = '' ] ||
		[ "$(sed -n '1s/^# rivet floors sha256:\([0-9a-f]*\).*/\1/p' $floors)" = \
			"$(sed 1d $floors | sha256sum | cut -d ' ' -f 1)" ]
}

list_is_whole()
{
	[ ! -e $saved ] ||
		[ "$(tail -n 1 $saved | cut -d ' ' -f 1,2)" = "end $(($(wc -l <$saved) - 2))" ]
}

check_files()
{
	is_one_of /etc/rivet/riv.d/app.signed app || fault "the set is half written"
	is_one_of /etc/rivet/policy.signed policy || fault "the policy is half written"
	floors_are_whole || fault "the floors are half written"
	list_is_whole || fault "the quarantine list is half written"
}

check_state()
{
	[ "$(mode)" = enforce ] || fault "it does not enforce"
	! sh -c "$place/first" >/dev/null 2>&1 || fault "an unlisted program ran"
	sh -c "$place/listed" >/dev/null 2>&1 || fault "a listed program does not run"
	grep -q "^app riv $(version_of 'version: ' /etc/rivet/riv.d/app.signed)\$" $floors ||
		fault "the floor of the set is not saved"
}

start_agent()
{
	printf '%s\n' "log = /var/lib/rivet/events.jsonl" "state = /var/lib/rivet/last" \
		"pid-file = /run/rivetd.pid" "quarantine-list = $saved" >/run/rivetd.conf
	[ ! -e $saved ] || sed '1d;$d' $saved | grep -o 'sha256:[0-9a-f]*' >"$work/were"
	rivetd --foreground --config /run/rivetd.conf >"$work/agent" 2>&1 &
	wait_for grep -q following "$work/agent" || fault "rivetd does not follow"
	! grep -q damaged "$work/agent" || fault "rivetd: $(grep damaged "$work/agent")"
}

# The entries of the saved list are in the kernel's again.
are_back()
{
	[ ! -e "$work/were" ] || while read -r entry; do
		grep -qF "$entry" $rivet/quarantine || return 1
	done <"$work/were"
}

# put FILE TO: as an operator should, so that it is there whole or not at all
put()
{
	cp "$1" "${2%/*}/.new"
	sync "${2%/*}/.new"
	mv "${2%/*}/.new" "$2"
}

update()
{
	echo "@new-files $1"
	put "$objects/app-$1.signed" /etc/rivet/riv.d/app.signed
	put "$objects/policy-$1.signed" /etc/rivet/policy.signed
	echo "@apply $1"
	rivetctl apply >"$work/out" 2>&1 || fault "the update is refused: $(cat "$work/out")"
	echo "@quarantine $1"
	unlisted "q$1"
	! sh -c "$place/q$1" >/dev/null 2>&1 || fault "after the update an unlisted program ran"
}

mount_disk
unlisted first
cp "$helpers/hello" $place/listed
sh -c "$place/first" >/dev/null 2>&1 || fault "the unlisted program does not run without rivet"
echo "@begin"
check_files
rivetctl apply >"$work/out" 2>&1 || fault "it is not well: $(cat "$work/out")"
echo "@applied"
check_state
echo "@checked"
start_agent
echo "@agent"
wait_for are_back || fault "the quarantine list is not given back"
[ "${1-}" != last ] || exit 0
version=$(version_of 'version: ' /etc/rivet/riv.d/app.signed)
while [ -e "$objects/app-$((version + 1)).signed" ]; do
	version=$((version + 1))
	update $version
done
echo "@idle"
sleep 600
