#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# damage.sh - each file of /etc/rivet damaged, on a gateway whose policy says boot=enforce
#
# needs: userspace
#
# long: 900 6.12
#
# boot: damage.sh |
# boot: damage.sh removed |
# boot: damage.sh truncated |
# boot: damage.sh swapped |
#
# After each of these changes by root the next boot enforces, refuses a program that no set lists,
# and the console has an alarm and a sentence that names the file and the way to mend it. The
# same program runs just before. A boot is the module loaded anew. With an argument, it is the
# only signer's certificate that is damaged: nothing signed can be loaded then, not even the
# token that leads back, so such a boot is the last of its guest.

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

etc=/etc/rivet
place=/opt/m2m
lib=/var/lib/rivet
floors=$lib/floor
good=$work/good

# boot: the module is gone, and forgets everything
boot()
{
	[ ! -d $rivet ] || [ "$(mode)" = audit ] || back_to_audit
	[ ! -d $rivet ] || rmmod rivet || bail "rivet does not go"
	mark_log
}

# whole: the folder and the floors as at first
whole()
{
	rm -rf $etc $lib
	cp -a "$good/etc" $etc
	cp -a "$good/lib" $lib
}

# make_object NAME VERSION [HEADER]: items from standard input
make_object()
{
	signed_manifest "$work/$1-$2" "$1" "${3:+$3
}version: $2"
}

make_policies()
{
	for number in 1 2; do
		{
			echo "policy_name=strict policy_version=1.0.$number"
			strict_rules
			echo 'SET boot=enforce'
		} >"$work/policy-$number"
		sign_object "$work/policy-$number" signer
	done
}

# Another certificate, of the same key
make_other_ca()
{
	openssl req -x509 -new -sha256 -days 3650 -key "$keys/ca.key" -subj '/CN=another CA' \
		-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
		-out "$work/other-ca.pem" 2>/dev/null || bail "no other CA"
}

make_folder()
{
	mkdir -p $place $etc/ca.d $etc/trust.d $etc/riv.d $etc/revoke.d /etc/modprobe.d
	echo "install rivet insmod ${RIVET_KO:-/rivet.ko}" >/etc/modprobe.d/rivet.conf
	for name in listed unlisted revoked; do
		cp "$helpers/hello" $place/$name
		echo $name >>$place/$name
	done
	for number in 1 2; do
		items exec,mmap $place/listed $place/revoked | sort_items | make_object app $number
		echo "sha256:$(sha256sum <$place/revoked | cut -d ' ' -f 1)" |
			make_object bad $number 'kind: revoke'
	done
	make_policies
	cp "$keys/signer.pem" $etc/trust.d/
	cp "$keys/ca.pem" $etc/ca.d/
	cp /rivet-test/guest.riv.signed $etc/riv.d/guest.signed
	cp "$work/app-2.signed" $etc/riv.d/app.signed
	cp "$work/bad-2.signed" $etc/revoke.d/bad.signed
	cp "$work/policy-2.signed" $etc/policy.signed
	echo 'mode = enforce' >$etc/rivet.conf
	chmod -R go-w $etc
}

keep_folder()
{
	mkdir -p "$good"
	cp -a $etc "$good/etc"
	cp -a $lib "$good/lib"
}

# why_open: nothing, if it enforces and refuses
why_open()
{
	[ "$(mode)" = enforce ] || echo "the mode is $(mode)"
	! sh -c $place/unlisted >/dev/null 2>&1 || echo "an unlisted program runs"
	sh -c /usr/bin/true || echo "a program of the guest does not run"
}

# on_console PATTERN: a line that every console shows, as it has the priority of an alert
on_console()
{
	busybox dmesg -r | sed "1,/$log_mark/d" | grep -q "^<9>.*rivetctl: $1"
}

# told: an event, the first line of status, and that of doctor, whose exit status is 1
told()
{
	grep -q 'ALARM: [0-9]* part(s) of /etc/rivet are not in force; the first: ' $rivet/events &&
		rivetctl status | sed -n 1p | grep -q '^ALARM: [0-9]* part' || return 1
	rivetctl doctor >"$work/doctor"
	[ $? = 1 ] && sed -n 1p "$work/doctor" | grep -q '^ALARM: [0-9]* part'
}

# next_boot NAME SENTENCE: enforces, and the console has the alarm and the sentence
next_boot()
{
	boot
	sh -c $place/unlisted >/dev/null 2>&1 || fail "$1" "the unlisted program never runs"
	! rivetctl apply >"$work/out" 2>&1 || fail "$1" "apply found nothing"
	why=$(why_open)
	on_console ALARM || why="$why; no alarm"
	on_console "$2" || why="$why; not on the console: $2"
	told || why="$why; not told: $(rivetctl status 2>&1 | head -n 1)"
	if [ -z "$why" ]; then
		pass "$1: it enforces, and says so"
	else
		fail "$1: it enforces, and says so" "$why
$(cat "$work/out")"
	fi
}

# --- nothing signed can be loaded ------------------------------------------------------

damage_signer()
{
	case $1 in
	removed) rm $etc/trust.d/signer.pem ;;
	truncated) truncate -s 200 $etc/trust.d/signer.pem ;;
	swapped) cat "$keys/signer2.pem" >$etc/trust.d/signer.pem ;;
	esac
}

signer_sentence()
{
	case $1 in
	removed) echo "$etc/trust.d has no certificate: nothing signed can be loaded; copy the" ;;
	truncated) echo "cannot use $etc/trust.d/signer.pem" ;;
	swapped) echo "cannot load $etc/policy.signed" ;;
	esac
}

# has_line FILE TEXT: no other program may run now; the kernel's log may come late
has_line()
{
	tries=0
	while [ "$tries" -lt 50 ]; do
		while read -r line; do
			case $line in
			*"$2"*) return 0 ;;
			esac
		done <"$1"
		tries=$((tries + 1))
	done
	return 1
}

# check_alone NAME COMMAND...
check_alone()
{
	check_name=$1
	shift
	if "$@" >/dev/null 2>&1; then
		pass "$check_name"
	else
		fail "$check_name"
	fi
}

refuses()
{
	! "$place/unlisted"
}

without_signer()
{
	plan 7
	make_folder
	rivetctl apply >/dev/null 2>&1
	keep_folder
	check_alone "signer $1: it enforces before" grep -q enforce $rivet/mode
	check_alone "signer $1: the floors remember it" grep -q boot=enforce $floors
	boot
	whole
	damage_signer "$1"
	sentence=$(signer_sentence "$1")
	cat /proc/kmsg >"$work/console" &
	check_alone "signer $1: the unlisted program runs without rivet" $place/unlisted
	rivetctl apply >/dev/null 2>&1
	read -r mode_now <$rivet/mode
	check_alone "signer $1: it enforces" test "$mode_now" = enforce
	check_alone "signer $1: the unlisted program is refused" refuses
	check_alone "signer $1: an alarm is on the console" has_line "$work/console" 'rivetctl: ALARM'
	check_alone "signer $1: and a sentence" has_line "$work/console" "rivetctl: $sentence"
	finish
}

[ -z "${1-}" ] || without_signer "$1"

# --- the files ------------------------------------------------------------------------

plan 38
make_folder
make_other_ca
mark_log
ends 'the first boot, without floors' 3 rivetctl apply
if on_console "$floors does not exist, though"; then
	pass 'the first boot, without floors: it is told'
else
	fail 'the first boot, without floors: it is told'
fi
ends 'the run after it' 0 rivetctl apply
keep_folder
boot
ends 'the next boot, whole' 0 rivetctl apply
expect_no_text 'the next boot, whole: status tells no alarm' ALARM rivetctl status
expect_text 'the next boot, whole: it enforces' enforce mode
expect_errno 'the next boot, whole: no unlisted program runs' 'EPERM|EACCES' sh -c $place/unlisted
expect 'the next boot, whole: a listed one does' sh -c $place/listed

whole
truncate -s 300 $etc/riv.d/app.signed
next_boot 'a set truncated' "$etc/riv.d/app.signed.*; ."
whole
rm $etc/riv.d/app.signed
next_boot 'a set removed' 'set app was loaded before.*; put it back'
whole
cp "$work/bad-2.signed" $etc/riv.d/app.signed
next_boot 'a set swapped for a revocation' "$etc/riv.d/app.signed.*; move it to"
whole
cp "$work/app-1.signed" $etc/riv.d/app.signed
next_boot 'a set older' "cannot load $etc/riv.d/app.signed.*; ."

whole
truncate -s -1 $etc/revoke.d/bad.signed
next_boot 'a revocation truncated' "$etc/revoke.d/bad.signed.*; ."
whole
rm $etc/revoke.d/bad.signed
next_boot 'a revocation removed' 'revoke bad was loaded before.*; put it back'
whole
cp "$work/app-2.signed" $etc/revoke.d/bad.signed
next_boot 'a revocation swapped for a set' "$etc/revoke.d/bad.signed.*; move it to"
whole
cp "$work/bad-1.signed" $etc/revoke.d/bad.signed
next_boot 'a revocation older' "cannot load $etc/revoke.d/bad.signed.*; ."

whole
truncate -s 200 $etc/policy.signed
next_boot 'the policy truncated' "$etc/policy.signed.*; ."
whole
rm $etc/policy.signed
next_boot 'the policy removed' "$etc/policy.signed does not exist; copy the signed policy"
whole
cp "$work/app-2.signed" $etc/policy.signed
next_boot 'the policy swapped for a set' "$etc/policy.signed.*; ."
whole
cp "$work/policy-1.signed" $etc/policy.signed
next_boot 'the policy older' "cannot load $etc/policy.signed.*; ."

whole
truncate -s 200 $etc/ca.d/ca.pem
next_boot 'the CA truncated' "cannot use $etc/ca.d/ca.pem.*; ."
whole
rm $etc/ca.d/ca.pem
next_boot 'the CA removed' "the certificates in ca.d and trust.d of $etc are others.*; unless"
next_boot 'the CA removed, one boot later' "the certificates in ca.d and trust.d of $etc"
whole
cat "$work/other-ca.pem" >$etc/ca.d/ca.pem
next_boot 'the CA swapped for another' "the certificates in ca.d and trust.d of $etc"
whole
cp "$keys/signer2.pem" $etc/trust.d/
next_boot 'another signer added' "the certificates in ca.d and trust.d of $etc"
ends 'another signer added, and then a run by hand' 0 rivetctl apply
boot
ends 'another signer added, and then a run by hand: no alarm any more' 0 rivetctl apply

whole
truncate -s 5 $etc/rivet.conf
next_boot 'rivet.conf truncated' "$etc/rivet.conf:1: expected mode = enforce; ."
whole
rm $etc/rivet.conf
next_boot 'rivet.conf removed' "$etc/rivet.conf has no line mode = enforce any more; put"

whole
truncate -s 100 $floors
next_boot 'the floors truncated' "$floors is damaged.*; put back a copy"
whole
rm $floors
next_boot 'the floors removed' "$floors does not exist, though.*; put back a copy"
whole
sed -i '1s/^/# /; s/app riv 2/app riv 1/' $floors
next_boot 'the floors older, their digest as it was' "$floors is damaged.*; put back a copy"
whole
cp $etc/policy.signed $floors
next_boot 'the floors swapped for the policy' "cannot take the floors of $floors.*; ."

# What was mended is told as well
whole
ends 'the floors put back, by hand' 0 rivetctl apply
expect_no_text 'the floors put back, by hand: status tells no alarm' ALARM rivetctl status

# --- the disk and the clock --------------------------------------------------------------

whole
mount -t tmpfs -o size=64k,mode=755 full $lib
cp -a "$good/lib/." $lib
dd if=/dev/zero of=$lib/fill bs=4k 2>/dev/null
items exec,mmap $place/listed | sort_items | make_object app 3
cp "$work/app-3.signed" $etc/riv.d/app.signed
next_boot 'the disk full' "cannot write $floors.*; make room"
umount $lib

clock=$(busybox date +%s)
for year in 1970 2099; do
	whole
	busybox date -u -s "$year.06.01-00:00:00" >/dev/null 2>&1 || bail "the clock is not set"
	rm $etc/revoke.d/bad.signed
	next_boot "the clock in $year, and a revocation removed" 'revoke bad was loaded before.*; put'
done
busybox date -s "@$clock" >/dev/null
finish
