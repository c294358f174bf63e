#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# update.sh - rivetctl manifest begin, commit and abort: an update under enforcement, whole,
# dropped, and interrupted
#
# needs: userspace
#
# wide: 6.12
#
# A boot is the module loaded anew, which forgets everything.

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

etc=/etc/rivet
place=/opt/m2m
app=$place/app
tool=$place/tool
pending=$etc/pending.d

plan 80

boot()
{
	[ ! -d $rivet ] || [ "$(mode)" = audit ] || back_to_audit
	[ ! -d $rivet ] || rmmod rivet || bail "rivet does not go"
	ends "$1" 0 rivetctl apply
	expect_text "$1: it enforces" enforce cat $rivet/mode
}

# set_of NAME VERSION FILE...: each FILE is listed as $app; signed in $work/NAME-VERSION.riv.signed
set_of()
{
	set_name=$1 set_version=$2
	shift 2
	[ $# = 0 ] || items exec,mmap "$@" | sed "s| [^ ]*\$| $app|" | sort_items >"$work/list"
	[ $# != 0 ] || : >"$work/list"
	signed_manifest "$work/$set_name-$set_version.riv" "$set_name" "version: $set_version" \
		<"$work/list"
}

# untrusted NAME: $work/NAME.bad, the same manifest with the signature of a stranger
untrusted()
{
	cp "$work/$1.riv" "$work/bad.riv"
	sign_object "$work/bad.riv" rogue
	mv "$work/bad.riv.signed" "$work/$1.bad"
}

# change_to FILE: as a package manager does it
change_to()
{
	cp "$1" $app.new
	mv $app.new $app
}

runs()
{
	expect "$1" $app
}

refused()
{
	expect_errno "$1" 'EPERM|EACCES' sh -c $app
}

begin()
{
	rivetctl manifest begin "$work/release-2-1.riv.signed" "$work/release-1-2.riv.signed"
}

make_folder()
{
	mkdir -p $place $etc/trust.d $etc/riv.d $etc/revoke.d /etc/modprobe.d
	echo "install rivet insmod ${RIVET_KO:-/rivet.ko}" >/etc/modprobe.d/rivet.conf
	for release in 1 2 3; do
		cp "$helpers/hello" "$work/app.$release"
		echo "release $release" >>"$work/app.$release"
	done
	change_to "$work/app.1"
	cp "$helpers/hello" $tool
	echo tool >>$tool
	set_of release-1 1 "$work/app.1"
	set_of release-1 2
	set_of release-2 1 "$work/app.2"
	set_of release-2 2
	set_of release-3 1 "$work/app.3"
	cp "$keys/signer.pem" $etc/trust.d/
	cp /rivet-test/guest.riv.signed $etc/riv.d/guest.signed
	# The name of a file is not that of its set
	cp "$work/release-1-1.riv.signed" $etc/riv.d/app.signed
	strict_rules | make_policy strict
	cp "$work/strict.policy.signed" $etc/policy.signed
	echo 'mode = enforce' >$etc/rivet.conf
	chmod -R go-w $etc
}

rm -rf $etc /var/lib/rivet
make_folder
boot 'release 1'
runs 'release 1: its program runs'
change_to "$work/app.2"
refused 'no update is begun: the new program does not run'
change_to "$work/app.1"

# --- the whole way ----------------------------------------------------------------

ends 'begin' 0 begin
says 'begin: the set is loaded' 'set release-2 version 1'
says 'begin: the update is pending' 'the update release-2 is pending, and withdraws release-1:'
runs 'begin: the old program still runs'
ends 'commit before the files are there' 5 rivetctl manifest commit release-2
warns 'commit before the files are there: it names one' "$app is not as the new set lists it"
change_to "$work/app.2"
runs 'unpacked: the new program runs'
change_to "$work/app.1"
runs 'unpacked: so does the old one'
boot 'a boot in between'
says 'a boot in between: the update is still pending' 'the update release-2 is pending'
runs 'a boot in between: the old program runs'
change_to "$work/app.2"
runs 'a boot in between: so does the new one'
ends 'begin again' 0 begin
touch $pending/release-2/.release-1.signed.new
ends 'commit, after a write that was interrupted' 0 rivetctl manifest commit release-2
says 'commit: the old set is withdrawn' "$etc/riv.d/app.signed: set release-1 version 2, 0 values: withdrawn"
says 'commit: it is told' 'the update release-2 is committed'
expect_no_text 'commit: it is not said to be pending' 'is pending' cat "$work/out"
expect 'commit: nothing is pending' test ! -e $pending/release-2
expect_text 'commit: the floor is saved' 'release-1 riv 2' cat /var/lib/rivet/floor
runs 'commit: the new program runs'
change_to "$work/app.1"
refused 'commit: the old one does not, if somebody brings it back'
change_to "$work/app.2"
boot 'a boot afterwards'
runs 'a boot afterwards: the new program runs'
change_to "$work/app.1"
refused 'a boot afterwards: the old one does not'
change_to "$work/app.2"
ends 'commit twice' 3 rivetctl manifest commit release-2

# --- a set or a withdrawal that the module does not take --------------------------

untrusted release-3-1
untrusted release-2-2
ends 'the signer of the new set is not trusted' 4 rivetctl manifest begin "$work/release-3-1.bad" \
	"$work/release-2-2.riv.signed"
expect 'not trusted: it is not stored' test ! -e $etc/riv.d/release-3.signed
expect 'not trusted: nothing is pending' test ! -e $pending/release-3
mkdir -p $pending/release-3
chmod 755 $pending/release-3
cp "$work/release-2-2.riv.signed" $pending/release-3/release-2.signed
cp "$work/release-3-1.bad" $etc/riv.d/release-3.signed
change_to "$work/app.3"
ends 'commit of a set that the module did not take' 5 rivetctl manifest commit release-3
warns 'commit of a set that the module did not take: it says so' \
	'the module does not have the set release-3 version 1: nothing is withdrawn'
change_to "$work/app.2"
runs 'commit of a set that the module did not take: the old program runs'
cp "$work/release-3-1.riv.signed" $etc/riv.d/release-3.signed
cp "$work/release-2-2.bad" $pending/release-3/release-2.signed
change_to "$work/app.3"
rivetctl manifest load "$work/release-3-1.riv.signed" >/dev/null
ends 'commit of a withdrawal that the module does not take' 4 rivetctl manifest commit release-3
expect 'commit of a withdrawal that the module does not take: the set stays' \
	cmp "$work/release-2-1.riv.signed" $etc/riv.d/release-2.signed
change_to "$work/app.2"
runs 'commit of a withdrawal that the module does not take: the old program runs'
rivetctl manifest abort release-3 >/dev/null

# --- dropped ----------------------------------------------------------------------

next()
{
	rivetctl manifest begin "$work/release-3-1.riv.signed" "$work/release-2-2.riv.signed"
}

ends 'another one' 0 next
json 'abort' 0 rivet.manifest/1 rivetctl manifest abort release-3
expect 'abort: nothing is pending' test ! -e $pending/release-3
runs 'abort: the program of before runs'
change_to "$work/app.3"
runs 'abort: the set that was loaded stays'
ends 'abort: there is nothing to commit' 3 rivetctl manifest commit release-3
change_to "$work/app.2"

# --- refused ----------------------------------------------------------------------

ends 'no withdrawal' 2 rivetctl manifest begin "$work/release-3-1.riv.signed"
ends 'the withdrawal first' 4 rivetctl manifest begin "$work/release-2-2.riv.signed" \
	"$work/release-3-1.riv.signed"
ends 'a set as a withdrawal' 4 rivetctl manifest begin "$work/release-3-1.riv.signed" \
	"$work/release-2-1.riv.signed"
set_of release-3 2
ends 'it withdraws itself' 4 rivetctl manifest begin "$work/release-3-1.riv.signed" \
	"$work/release-3-2.riv.signed"
ends 'a withdrawal that is there already' 4 rivetctl manifest begin "$work/release-3-1.riv.signed" \
	"$work/release-1-2.riv.signed"
ends 'not signed' 4 rivetctl manifest begin "$work/release-3-1.riv" "$work/release-2-2.riv.signed"
ends 'a name with a slash' 2 rivetctl manifest commit ../riv.d
ends 'not root' 7 setpriv --reuid=65534 --regid=65534 --clear-groups -- \
	rivetctl manifest begin /rivet-test/guest.riv.signed /rivet-test/guest.riv.signed
rivetctl manifest abort release-3 >/dev/null 2>&1

# set_with HEADER: release-4 with this header too
set_with()
{
	items exec,mmap "$work/app.3" | sed "s| [^ ]*\$| $app|" >"$work/list"
	signed_manifest "$work/release-4-1.riv" release-4 "version: 1
$1" <"$work/list"
}

set_with 'replaces: release-2'
ends 'a set that replaces another' 4 rivetctl manifest begin "$work/release-4-1.riv.signed" \
	"$work/release-2-2.riv.signed"
warns 'a set that replaces another: it says why' 'would end the set release-2 at once'
set_of release-2 3 "$work/app.3"
set_of release-3 3
ends 'a higher version of a set' 4 rivetctl manifest begin "$work/release-2-3.riv.signed" \
	"$work/release-3-3.riv.signed"
warns 'a higher version of a set: it says why' 'would end version 1 at once'
runs 'a higher version of a set: the program of before runs'

# --- a file that only the old set lists -------------------------------------------

set_of old 1 $tool
sed -i "s|$app|$tool|" "$work/old-1.riv"
sign_object "$work/old-1.riv" signer
set_of old 2
set_of older 2
ends 'two old sets: the first' 0 rivetctl manifest load "$work/old-1.riv.signed"
cp "$work/old-1.riv.signed" $etc/riv.d/old.signed
expect 'its program runs' $tool
ends 'begin without its program' 0 rivetctl manifest begin "$work/release-3-1.riv.signed" \
	"$work/old-2.riv.signed" "$work/older-2.riv.signed"
ends 'begin it again, and name one of two withdrawals' 0 rivetctl manifest begin \
	"$work/release-3-1.riv.signed" "$work/old-2.riv.signed"
expect 'the other one is forgotten' test ! -e $pending/release-3/older.signed
change_to "$work/app.3"
ends 'commit without its program' 5 rivetctl manifest commit release-3
warns 'commit without its program: it is named' \
	"1 file would not run any more, first $tool: only the sets to be withdrawn list it"
expect 'commit without its program: it runs' $tool
rm $tool
ends 'commit after its program has gone' 0 rivetctl manifest commit release-3
change_to "$work/app.2"

# --- killed -----------------------------------------------------------------------

# whole: each file of the folder is one that was signed
whole()
{
	for file in "$etc"/riv.d/*.signed "$pending"/*/*.signed; do
		[ -e "$file" ] || continue
		for each in "$work"/*.riv.signed /rivet-test/guest.riv.signed; do
			cmp -s "$each" "$file" && continue 2
		done
		echo "$file is torn"
		return 1
	done
}

torn='' refused='' killed=0
for hundredths in 02 05 10 15 20 30 40 50 60 80; do
	timeout -s KILL "0.$hundredths" rivetctl manifest begin "$work/release-3-1.riv.signed" \
		"$work/release-2-2.riv.signed" >/dev/null 2>&1
	[ $? != 137 ] || killed=$((killed + 1))
	whole || torn="$torn $hundredths"
	$app >/dev/null 2>&1 || refused="$refused $hundredths"
done
expect 'begin: it was killed' test $killed -gt 0
expect 'begin, killed at ten moments: each file is whole' test -z "$torn"
expect 'begin, killed at ten moments: the program runs all the time' test -z "$refused"
ends 'begin, killed at ten moments: it works in the end' 0 next
change_to "$work/app.3"
killed=0
for hundredths in 02 05 10 15 20 30 40 50 60 80; do
	timeout -s KILL "0.$hundredths" rivetctl manifest commit release-3 >/dev/null 2>&1
	[ $? != 137 ] || killed=$((killed + 1))
	whole || torn="$torn $hundredths"
	$app >/dev/null 2>&1 || refused="$refused $hundredths"
done
rivetctl manifest commit release-3 >/dev/null 2>&1
expect 'commit: it was killed' test $killed -gt 0
expect 'commit, killed at ten moments: each file is whole' test -z "$torn"
expect 'commit, killed at ten moments: the program runs all the time' test -z "$refused"
expect 'commit, killed at ten moments: it is done in the end' test ! -e $pending/release-3
boot 'a boot after that'
runs 'a boot after that: the program runs'
change_to "$work/app.2"
refused 'a boot after that: the old one does not'

finish
