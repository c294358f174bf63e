#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# expired.sh - sets whose time is over, or a clock that is far ahead: the programs that
# set the clock and repair the machine still run, and nothing else that is expired. A rule
# may permit this, and other files that are listed and do not match: these stay unchanged
# while they are in use
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 50
place=/opt/timed
sealed=/mnt/scratch/sealed
mkdir -p $place /srv/jail/host
# program NAME...: each with bytes of its own
program()
{
	for program_file; do
		cp "$helpers/hello" "$program_file"
		echo "$program_file" >>"$program_file"
	done
}
program /usr/sbin/chronyd /usr/sbin/hwclock /usr/bin/timedatectl $place/program $place/other \
	$place/guarded $place/recalled $sealed $place/dropped $place/twice
head -c 7777 /dev/zero >>$place/dropped
fsverity enable $sealed || bail "no fs-verity"
for library in /usr/lib/libtimed.so $place/libtimed.so $place/libwrong.so $place/librecalled.so; do
	cp "$helpers/libhello.so" "$library"
	echo "$library" >>"$library"
done

cp $place/libtimed.so $place/libmoved.so

get_ready
{
	items exec $place/libwrong.so
	items exec,mmap $place/guarded $place/recalled $sealed
	items exec /usr/sbin/chronyd /usr/sbin/hwclock $place/program $place/other
	items read /usr/bin/timedatectl
	items mmap /usr/lib/libtimed.so $place/libtimed.so $place/librecalled.so
} | load_items timed 'valid-until: 2035-01-01T00:00:00Z'
items exec,mmap $place/twice | any_path | load_items once 'valid-until: 2035-01-01T00:00:00Z'
items mmap $place/twice | any_path | load_items always
cp $place/other /usr/sbin/ntpd
busybox=$(command -v busybox)
items exec,mmap "$busybox" | any_path | load_items jail
mount --bind / /srv/jail/host
map="$helpers/mapping"

in_time()
{
	expect_permitted "in time: a program" $place/program
	expect_permitted "in time: one that a second set lists to be mapped only" $place/twice
	expect_permitted "in time: a time server" /usr/sbin/chronyd
	expect_permitted "in time: a library" "$map" /usr/lib/libtimed.so private:rx
}

# spared NAME COMMAND...: permitted, and reported as expired
spared()
{
	spared_name="$now: $1"
	shift
	judge "$spared_name" "$helpers/observe" -s mode=$now action=AUDIT reason=expired errno=0 -- "$@"
}

out_of_time()
{
	spared "a time server" /usr/sbin/chronyd
	spared "what sets the hardware's clock" /usr/sbin/hwclock
	spared "the same, from a chroot" chroot /srv/jail /host/usr/sbin/hwclock
	spared "a library of the system" "$map" /usr/lib/libtimed.so private:rx
	expect_refused "another program" expired $place/program $place/program
	expect_refused "one that is still listed to be mapped only" wrong-use \
		$place/twice $place/twice
	expect_refused "a library elsewhere" expired $place/libtimed.so \
		"$map" $place/libtimed.so private:rx
	expect_refused "another program under the name of a time server" moved /usr/sbin/ntpd \
		/usr/sbin/ntpd
	expect_refused "a tool of the clock that is listed for something else" wrong-use \
		/usr/bin/timedatectl /usr/bin/timedatectl
	expect_refused "an unlisted program" unlisted "$helpers/unlisted" "$helpers/unlisted"
}

# may_be_written NAME FILE: while a process has it mapped
may_be_written()
{
	start_holding "$map" "$2" private:rx hold
	expect "$now: $1 may be written to while it is mapped" sh -c ": >>$2"
	stop_holding
}

# stays NAME REASON FILE: a rule permits to map it, and then it is kept from writers
stays()
{
	spared_name="$now: $1 is permitted by a rule"
	judge "$spared_name" "$helpers/observe" -s mode=$now action=AUDIT "reason=$2" errno=0 -- \
		"$map" "$3" private:rx
	expect "$now: when nobody has it mapped, it may be written to" sh -c ": >>$3"
	start_holding "$map" "$3" private:rx hold
	judge "$now: while it is mapped it may not" \
		"$helpers/observe" -o 'Text file busy' -- sh -c ": >>$3"
	stop_holding
}

lenient_rules()
{
	strict_rules
	echo 'op=MMAP riv=EXPIRED action=AUDIT'
	echo 'op=MMAP riv=MOVED action=AUDIT'
	echo 'op=MMAP riv=REVOKED action=AUDIT'
	echo 'op=MMAP riv=WRONG-USE path=/opt/timed/libwrong.so action=AUDIT'
}

program "$helpers/unlisted"
may_be_written "a library that is elsewhere than it is listed" $place/libmoved.so
may_be_written "one that is listed for something else" $place/libwrong.so
enforce
lenient_rules | load_policy strict
stays "a library that is elsewhere than it is listed" moved $place/libmoved.so
stays "one that is listed for something else" wrong-use $place/libwrong.so
strict_rules | load_policy strict
in_time
start=$(date +%s)
expect "the clock is set far ahead" date -s '2036-06-01 00:00:00'
out_of_time
expect "a library that nobody has mapped may be written to" sh -c ': >>/usr/lib/libtimed.so'
start_holding "$map" /usr/lib/libtimed.so private:rx hold
judge "one that is spared and mapped may not" \
	"$helpers/observe" -o 'Text file busy' -- sh -c ': >>/usr/lib/libtimed.so'
stop_holding
expect_text "the kernel says that it is spared" "action: AUDIT" sh -c \
	"echo /usr/sbin/chronyd >$rivet/check; cat $rivet/check"
expect "the clock is set back" date -s "@$start"
in_time
expect "the clock is ahead again" date -s '2036-06-01 00:00:00'

# --- a policy that decides about expired files itself -----------------------------

{
	strict_rules
	echo 'op=EXECUTE riv=EXPIRED path=/usr/sbin/chronyd action=DENY'
	echo "op=EXECUTE riv=EXPIRED path=$place/other action=AUDIT"
	echo "op=MMAP riv=EXPIRED path=$place/other action=AUDIT"
} | load_policy strict
expect_denied "a rule refuses it" expired /usr/sbin/chronyd /usr/sbin/chronyd
spared "another is not spoken of" /usr/sbin/hwclock
spared "a rule permits it" $place/other

# --- as with a match, nothing runs under the name of another ----------------------

lenient_rules | load_policy strict
stays "what is expired" expired $place/libtimed.so
spared "a program that rules do not name, mapped by another" "$map" $place/guarded private:rx
{
	items '' $place/recalled $place/librecalled.so $place/dropped | sed 's/ .*//' | sort
	echo "verity:$(fsverity measure $sealed | cut -d ' ' -f 1)"
} | manifest recall "kind: revoke
version: 1" >"$work/recall.riv"
sign_object "$work/recall.riv" signer
load_revoke "$work/recall.riv.signed" || bail "the revocation does not load"
stays "what is revoked" revoked $place/librecalled.so
judge "one that is revoked, and that rules do not name, mapped by another" \
	"$helpers/observe" -s mode=enforce action=AUDIT reason=revoked errno=0 -- \
	"$map" $place/recalled private:rx
{
	lenient_rules
	echo "op=SCRIPT exe=$place/guarded path=/srv/scripts/** riv=MATCH action=ALLOW"
	echo "op=SCRIPT exe=$place/recalled path=/srv/scripts/** riv=MATCH action=ALLOW"
	echo "op=SCRIPT exe=$sealed path=/srv/scripts/** riv=MATCH action=ALLOW"
} | load_policy strict
expect_denied "one that they name" wrong-use $place/guarded "$map" $place/guarded private:rx
expect_denied "one that they name and that is revoked" wrong-use $place/recalled \
	"$map" $place/recalled private:rx
expect_denied "one that is revoked by its fs-verity digest, and listed by the other" wrong-use \
	$sealed "$map" $sealed private:rx
judge "one that is revoked, and that no set has any more" \
	"$helpers/observe" -s mode=enforce action=AUDIT reason=revoked errno=0 -- \
	"$map" $place/dropped private:rx
expect_denied "no rule tells it from what is unlisted" unlisted $place/dropped $place/dropped

# --- enforcement does not begin with files that are only spared -------------------

back_to_audit || bail "no way back"
strict_rules | load_policy strict
sed -n '/^sha256/p' /rivet-test/guest.riv | load_items timed-guest 'replaces: guest
valid-until: 2035-01-01T00:00:00Z'
expect "audit: the preconditions name what is expired" grep -q 'sh would be refused: expired' \
	$rivet/preconditions
expect "and enforcement does not begin" sh -c "! echo enforce >$rivet/mode"
finish
