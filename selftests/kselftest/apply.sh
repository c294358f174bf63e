#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# apply.sh - rivetctl apply: /etc/rivet is brought into the module, whole or damaged
#
# needs: userspace
#
# wide: 6.1
#
# A boot is the module loaded anew, which forgets everything.

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

etc=/etc/rivet
place=/opt/m2m
floors=/var/lib/rivet/floor
good=$work/good

plan 203

# boot: the module, and what it knew, are gone
boot()
{
	[ ! -d $rivet ] || [ "$(mode)" = audit ] || back_to_audit
	[ ! -d $rivet ] || rmmod rivet || bail "rivet does not go"
	mark_log
}

# whole: the folder and the floors as at first
whole()
{
	rm -rf $etc /var/lib/rivet
	cp -a "$good/etc" $etc
	cp -a "$good/lib" /var/lib/rivet
}

# alarms NAME: the kernel's log has the alarm
alarms()
{
	if busybox dmesg | sed "1,/$log_mark/d" | grep -q 'rivetctl: ALARM'; then
		pass "$1"
	else
		fail "$1" "no alarm in the kernel's log"
	fi
}

# loaded NAME WORDS: the kernel's list of sets has such a line
loaded()
{
	expect_text "$1" "$2" cat $rivet/riv
}

# at_fault WHAT FILE STATUS OTHER: the next boot names the file, raises the alarm, and has
# loaded OTHER
at_fault()
{
	boot
	ends "$1: it is not well" "$3" rivetctl apply
	warns "$1: the file is named" "$2"
	alarms "$1: the console is told"
	case $4 in
	set*|revoke*) loaded "$1: the rest is loaded" "$4" ;;
	*) expect_text "$1: the rest is loaded" "$4" cat $rivet/policy ;;
	esac
}

# state: all that the module knows
state()
{
	cat $rivet/riv $rivet/policy $rivet/trust $rivet/floor $rivet/mode
}

# make_set NAME VERSION FILE: of the file, signed in $work/NAME-VERSION.riv.signed
make_set()
{
	items exec,mmap "$3" | sort_items >"$work/items"
	signed_manifest "$work/$1-$2.riv" "$1" "version: $2" <"$work/items"
}

make_folder()
{
	mkdir -p $place $etc/ca.d $etc/trust.d $etc/riv.d $etc/revoke.d /etc/modprobe.d
	echo "install rivet insmod ${RIVET_KO:-/rivet.ko}" >/etc/modprobe.d/rivet.conf
	cp "$helpers/hello" $place/listed
	cp "$helpers/hello" $place/unlisted
	echo unlisted >>$place/unlisted
	cp "$keys/signer.pem" $etc/trust.d/
	cp "$keys/ca.pem" $etc/ca.d/
	cp /rivet-test/guest.riv.signed $etc/riv.d/guest.signed
	make_set app 1 $place/listed
	make_set app 2 $place/listed
	cp "$work/app-2.riv.signed" $etc/riv.d/app.signed
	{
		echo 'riv-manifest 1'
		echo 'name: bad'
		echo 'kind: revoke'
		echo 'version: 1'
		echo 'count: 1'
		echo "sha256:$(sha256sum <$place/unlisted | cut -d ' ' -f 1)"
	} >"$work/bad.riv"
	sign_object "$work/bad.riv" signer
	cp "$work/bad.riv.signed" $etc/revoke.d/bad.signed
	strict_rules | make_policy strict
	cp "$work/strict.policy.signed" $etc/policy.signed
	chmod -R go-w $etc
}

# --- from nothing -----------------------------------------------------------------

mark_log
rm -rf $etc /var/lib/rivet
ends 'no folder: it is not well' 6 rivetctl apply
warns 'no folder: the module is named' 'the module is not loaded'
warns 'no folder: it is named' "there is no $etc"
make_folder
ends 'dry run, no module' 0 rivetctl apply --dry-run
says 'dry run, no module: the module would be loaded' 'would change: module: to be loaded'
says 'dry run, no module: a set would be loaded' "would change: $etc/riv.d/app.signed: set app version 2"
expect 'dry run, no module: nothing was done' test ! -d $rivet
expect 'dry run, no module: no floors either' test ! -e $floors
mark_log
ends 'the first time' 0 rivetctl apply
says 'the first time: the module' 'module: loaded'
says 'the first time: a signer' "$etc/trust.d/signer.pem: signer"
says 'the first time: a CA' "$etc/ca.d/ca.pem: CA"
says 'the first time: the seal' 'trust: sealed'
says 'the first time: a revocation' "$etc/revoke.d/bad.signed: revocation bad version 1"
says 'the first time: a set' "$etc/riv.d/guest.signed: set guest version 1"
says 'the first time: the policy' "$etc/policy.signed: policy strict 1.0.1"
says 'the first time: the floors' "$floors: saved"
expect_no_text 'the first time: no alarm' ALARM log_since
loaded 'the set is there' 'set app version 2'
expect_text 'the trust is sealed' sealed cat $rivet/trust
expect_text 'the policy is there' policy_name=strict cat $rivet/policy
expect_text 'the mode is as before: no line of rivet.conf asks for more' audit cat $rivet/mode
expect_text 'the floors are saved' 'app riv 2' cat $floors
state >"$work/before"
stat -c '%i %Y' $floors >"$work/before.floors"
ends 'the second time' 0 rivetctl apply
says 'the second time: it says so' 'nothing to change: 10 as they should be'
state >"$work/after"
expect_same 'the second time: nothing changed' "$work/before" "$work/after"
stat -c '%i %Y' $floors >"$work/after.floors"
expect_same 'the second time: nor did the floors' "$work/before.floors" "$work/after.floors"
json 'as JSON' 0 rivet.apply/1 rivetctl apply
says 'as JSON: none changed' '"changed":0'
ends 'dry run, all loaded' 0 rivetctl apply --dry-run
says 'dry run, all loaded: it says so' 'nothing to change'
ends 'an operand' 2 rivetctl apply /etc/rivet
ends 'a relative root' 2 rivetctl apply --root mnt
ends 'not root' 7 setpriv --reuid=65534 --regid=65534 --clear-groups -- rivetctl apply
mkdir -p "$good"
cp -a $etc "$good/etc"
cp -a /var/lib/rivet "$good/lib"

# --- more in the module than in the folder, and the reverse -------------------------

make_set other 1 $place/listed
load_riv "$work/other-1.riv.signed"
ends 'a set loaded by hand' 0 rivetctl apply
says 'a set loaded by hand: it is surplus' 'surplus: module: set other version 1 is loaded'
loaded 'a set loaded by hand: it stays' 'set other version 1'
rm $etc/ca.d/ca.pem
ends 'a CA without a file' 0 rivetctl apply
says 'a CA without a file: it is surplus' 'surplus: module: ca '
whole
boot
cp "$work/app-1.riv.signed" $etc/riv.d/app-1.signed
cp "$work/app-2.riv.signed" $etc/riv.d/app.old
ends 'an old version beside a new one' 0 rivetctl apply
says 'an old version beside a new one: it is surplus' "surplus: $etc/riv.d/app-1.signed"
says 'a file of another name is left alone' "note: $etc/riv.d/app.old: left alone"

whole
boot
ends 'another certificate: the boot before' 0 rivetctl apply
cp "$keys/signer2.pem" $etc/trust.d/
different='the certificates in ca.d and trust.d are others than at the last run: from the next boot on'
ends 'another certificate, dry run by hand' 0 rivetctl apply --dry-run
says 'another certificate, dry run by hand: it is told' "note: $etc: $different"
ends 'another certificate, by hand' 0 rivetctl apply
says 'another certificate, by hand: it is told' "note: $etc: $different"
ends 'another certificate, by hand again' 0 rivetctl apply
expect_no_text 'another certificate, by hand again: no more' "$different" cat "$work/out"

# --- each file truncated, removed, swapped, older -------------------------------------

whole
truncate -s 300 $etc/riv.d/app.signed
at_fault 'a truncated set' $etc/riv.d/app.signed 4 'set guest version 1'
whole
truncate -s -1 $etc/revoke.d/bad.signed
at_fault 'a truncated revocation' $etc/revoke.d/bad.signed 4 'set app version 2'
whole
truncate -s 0 $etc/policy.signed
at_fault 'an empty policy' $etc/policy.signed 4 'set app version 2'
whole
truncate -s 200 $etc/ca.d/ca.pem
at_fault 'a truncated CA' $etc/ca.d/ca.pem 4 policy_name=strict
whole
truncate -s 200 $etc/trust.d/signer.pem
at_fault 'a truncated signer' $etc/trust.d/signer.pem 4 policy_name=builtin
whole
rm $etc/riv.d/app.signed
at_fault 'a removed set' 'set app was loaded before, up to version 2' 3 'set guest version 1'
whole
rm $etc/revoke.d/bad.signed
at_fault 'a removed revocation' 'revoke bad was loaded before' 3 'set app version 2'
whole
rm $etc/policy.signed
at_fault 'a removed policy' "$etc/policy.signed does not exist" 3 'set app version 2'
whole
rm -r $etc/riv.d
at_fault 'a removed folder' "$etc/riv.d has no set" 3 'revoke bad version 1'
whole
mv $etc/policy.signed $etc/riv.d/app.signed
cp "$work/app-2.riv.signed" $etc/policy.signed
at_fault 'a policy and a set swapped' $etc/policy.signed 4 'set guest version 1'
whole
cp "$work/app-1.riv.signed" $etc/riv.d/app.signed
at_fault 'an older set' $etc/riv.d/app.signed 4 'set guest version 1'
expect_no_text 'an older set: it is not loaded' 'set app version 1' cat $rivet/riv
whole
sed 's/action=DENY/action=AUDIT/' $etc/policy.signed >"$work/forged"
cat "$work/forged" >$etc/policy.signed
at_fault 'a policy that was edited' $etc/policy.signed 4 'set app version 2'

# --- whose file it is ---------------------------------------------------------------

whole
chmod o+w $etc/riv.d/app.signed
at_fault 'a file that others may write' 'can be written to by others than root' 3 'set guest version 1'
whole
chown 1000 $etc/policy.signed
at_fault 'a file of somebody else' "$etc/policy.signed belongs to user 1000" 3 'set app version 2'
whole
cp $etc/riv.d/app.signed /tmp/app.signed
ln -sf /tmp/app.signed $etc/riv.d/app.signed
at_fault 'a link out of the folder' 'is a symbolic link that leads out of its folder' 3 'set guest version 1'
whole
rm $etc/riv.d/app.signed
mkfifo $etc/riv.d/app.signed
at_fault 'a pipe' 'is not a regular file' 3 'set guest version 1'
whole
mv $etc/riv.d/app.signed $etc/riv.d/app.2
ln -s app.2 $etc/riv.d/app.signed
boot
ends 'a link inside the folder' 0 rivetctl apply
whole
chmod 777 $etc
boot
ends 'a folder that others may write' 3 rivetctl apply
warns 'a folder that others may write: it is named' "$etc can be written to by others"

# --- the floors ---------------------------------------------------------------------

whole
sed -i 's/app riv 2/app riv 1/' $floors
at_fault 'floors that were edited' "$floors is damaged" 3 'set app version 2'
expect_text 'floors that were edited: they stay for the operator to see' 'app riv 1' cat $floors
whole
: >$floors
at_fault 'empty floors' "$floors is damaged" 3 'set app version 2'
expect 'empty floors: they stay for the operator to see' test ! -s $floors
whole
sed -i 1d $floors
echo 'broken kind 1' >>$floors
cp $floors "$work/floors"
at_fault 'a floor without meaning' "cannot take the floors of $floors" 4 'set app version 2'
expect_same 'a floor without meaning: lower ones are not saved over it' "$work/floors" $floors
whole
sed -i 1d $floors
boot
ends 'floors saved by hand' 0 rivetctl apply
expect_text 'floors saved by hand: they are saved with their digest' '# rivet floors sha256:' cat $floors
whole
sed -i '1s/$/ frob=1/' $floors
cp "$work/app-1.riv.signed" $etc/riv.d/app.signed
at_fault 'a word that only a newer rivetctl knows' "$floors has the word frob=1, which" 3 \
	'set guest version 1'
expect_no_text 'a word that only a newer rivetctl knows: the floors hold' 'set app version 1' \
	cat $rivet/riv
expect_text 'a word that only a newer rivetctl knows: it stays' 'frob=1' cat $floors
whole
mount -t tmpfs -o size=64k,mode=755 full /var/lib/rivet
cp "$good/lib/floor" $floors
dd if=/dev/zero of=/var/lib/rivet/fill bs=4k 2>/dev/null
make_set app 3 $place/listed
cp "$work/app-3.riv.signed" $etc/riv.d/app.signed
at_fault 'a full disk' "cannot write $floors" 7 'set app version 3'
expect_same 'a full disk: the old floors stay' "$good/lib/floor" $floors
umount /var/lib/rivet

whole
boot
mv /etc/modprobe.d/rivet.conf "$work/modprobe.conf"
echo 'install rivet false' >/etc/modprobe.d/rivet.conf
ends 'a module that does not load' 6 rivetctl apply
warns 'a module that does not load: it is named' 'the module is not loaded'
warns 'a module that does not load: that is the one fault' 'ALARM: 1 part of'
expect_no_text 'a module that does not load: no floors are told of' floor cat "$work/out"
mv "$work/modprobe.conf" /etc/modprobe.d/rivet.conf

# --- the clock ----------------------------------------------------------------------

now=$(busybox date +%s)
whole
for year in 1970 2099; do
	busybox date -u -s "$year.06.01-00:00:00" >/dev/null 2>&1 || bail "the clock is not set"
	boot
	ends "the clock in $year" 0 rivetctl apply
	loaded "the clock in $year: all is loaded" 'set app version 2'
done
busybox date -s "@$now" >/dev/null

# --- mode = enforce on a machine that is not ready ----------------------------------------

# stays_usable NAME: it audits, and a program that no set lists runs
stays_usable()
{
	expect_text "$1: it audits" audit cat $rivet/mode
	expect "$1: it stays usable" $place/unlisted
}

whole
echo 'mode = enforce' >$etc/rivet.conf
rm $etc/policy.signed $etc/riv.d/* $etc/revoke.d/*
rm -r /var/lib/rivet
boot
ends 'mode = enforce, no sets and no policy' 3 rivetctl apply
warns 'mode = enforce, no sets and no policy: it names the sets' 'cannot enforce; riv: no RIV set'
warns 'mode = enforce, no sets and no policy: it names the policy' 'policy: none is loaded'
alarms 'mode = enforce, no sets and no policy: the console is told'
stays_usable 'mode = enforce, no sets and no policy'
cp "$work/app-2.riv.signed" $etc/riv.d/app.signed
boot
ends 'mode = enforce, a set without the system, no policy' 3 rivetctl apply
warns 'mode = enforce, a set without the system, no policy: it names a file' \
	'cannot enforce without a policy: /'
warns 'mode = enforce, a set without the system, no policy: it says why' 'does not match'
alarms 'mode = enforce, a set without the system, no policy: the console is told'
stays_usable 'mode = enforce, a set without the system, no policy'

# --- rivet.conf, and another root ------------------------------------------------------

now=audit
whole
echo 'mode = audit' >$etc/rivet.conf
at_fault 'a line that would lower' "$etc/rivet.conf:1: expected mode = enforce" 3 'set app version 2'
printf '\t# on\n \tmode\t=  enforce\t\n' >$etc/rivet.conf
cp "$helpers/hello" /usr/sbin/rivetd.listed
mv /usr/sbin/rivetd /usr/sbin/rivetd.kept
cp $place/unlisted /usr/sbin/rivetd
at_fault 'a precondition' 'cannot enforce; agent' 5 'set app version 2'
expect_text 'a precondition: it audits' audit cat $rivet/mode
mv /usr/sbin/rivetd.kept /usr/sbin/rivetd
mkdir -p /mnt/root/etc /mnt/root/var/lib
cp -a $etc /mnt/root/etc/rivet
boot
ends 'another root' 0 rivetctl apply --root /mnt/root/
says 'another root: its files' '/mnt/root/etc/rivet/riv.d/app.signed: set app version 2'
says 'another root: enforcement comes later' 'note: mode: left to rivet.service'
expect 'another root: its floors' test -e /mnt/root$floors
boot
ends 'enforce' 0 rivetctl apply
says 'enforce: it says so' 'mode: enforce'
expect_text 'enforce: it does' enforce cat $rivet/mode
expect_errno 'enforce: a revoked program does not run' 'EPERM|EACCES' sh -c "$place/unlisted"
ends 'enforce, the second time' 0 rivetctl apply
says 'enforce, the second time: it says so' 'nothing to change'
mv $etc/rivet.conf "$work/conf"
ends 'enforce, and rivet.conf removed' 0 rivetctl apply
says 'enforce, and rivet.conf removed: it is told' \
	"note: $etc/rivet.conf: it has no line mode = enforce any more: the next boot does not"
mv "$work/conf" $etc/rivet.conf
rm -r /var/lib/rivet
ends 'enforce, and the floors removed' 3 rivetctl apply
warns 'enforce, and the floors removed: it is told' \
	"$floors does not exist, though this machine is to enforce"
truncate -s 100 $etc/policy.signed
boot
ends 'mode = enforce, and the policy is lost' 4 rivetctl apply
expect_text 'mode = enforce, and the policy is lost: it enforces' enforce cat $rivet/mode
says 'mode = enforce, and the policy is lost: it says how' 'mode: enforce, with the built-in policy'
expect_errno 'mode = enforce, and the policy is lost: nothing unlisted runs' 'EPERM|EACCES' \
	sh -c "$place/unlisted"
whole
{
	strict_rules
	echo '  SET   boot=enforce'
} | make_policy strict
cp "$work/strict.policy.signed" $etc/policy.signed
boot
ends 'boot=enforce in the policy' 0 rivetctl apply
says 'boot=enforce in the policy: it says so' 'mode: enforce, as the policy says by boot=enforce'
expect_text 'boot=enforce in the policy: it enforces' enforce cat $rivet/mode
ends 'boot=enforce in the policy, the second time' 0 rivetctl apply
says 'boot=enforce in the policy, the second time: it says so' 'nothing to change'
rm $etc/policy.signed
boot
ends 'boot=enforce, and the policy is lost' 3 rivetctl apply
expect_text 'boot=enforce, and the policy is lost: it enforces' enforce cat $rivet/mode
boot
ends 'boot=enforce, and the policy is lost for the second time' 3 rivetctl apply
expect_text 'boot=enforce, and the policy is lost for the second time: it enforces' enforce \
	cat $rivet/mode
whole
echo 'mode = enforce' >$etc/rivet.conf
boot
rivetctl apply >/dev/null 2>&1
back_to_audit
echo enforce 60 >$rivet/mode
ends 'on trial' 0 rivetctl apply
expect_text 'on trial: it is not confirmed' confirm-left cat $rivet/mode

finish
