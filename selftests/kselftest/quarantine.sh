#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# quarantine.sh - action=QUARANTINE: what is refused by it stays refused wherever it lies, until
# good content, a signed release or the end of the file; and nobody can have a listed file
# quarantined
#
# needs: userspace
#
# wide: 6.1

# The words of a command line in $user are separate words.
# shellcheck disable=SC2086
# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 128
place=/opt/m2m
free=/opt/free
list=$rivet/quarantine
mkdir -p $place $free
user='setpriv --reuid 1000 --regid 1000 --clear-groups'
map="$helpers/mapping"
reader=$(readlink -f "$(command -v sha256sum)")

own_program $place/listed $place/service $place/rehearsal $place/expiring $place/later $place/rehearsed $place/bad \
	$place/vouched $place/data $place/twice $place/removed $place/released $place/back $place/read $place/revoked \
	$free/unlisted
cp "$helpers/libhello.so" $place/library
cp $place/service $place/service.good

find_module
cp "$ko" $place/bad.ko
echo bad >>$place/bad.ko
requests=/sys/devices/virtual/misc/test_firmware
has_requests=no
! modprobe test_firmware 2>/dev/null || has_requests=yes
mkdir -p /usr/lib/firmware
echo "bad firmware" >/usr/lib/firmware/rivet-bad

modprobe -q overlay
layers=/mnt/scratch/layers
mkdir -p $layers/lower $layers/upper $layers/inner $layers/merged
own_program $layers/lower/low $layers/lower/read /mnt/scratch/verity
cp /mnt/scratch/verity /mnt/scratch/plain
fsverity enable /mnt/scratch/verity || bail "no fs-verity"
mount -t overlay -o lowerdir=$layers/lower,upperdir=$layers/upper,workdir=$layers/inner none \
	$layers/merged || bail "no overlay"
libc=$(readlink -f /lib/*-linux-gnu/libc.so.6)
cp "$(readlink -f "$(command -v busybox)")" $place/busybox

get_ready
{
	items exec,mmap $place/listed $place/service $place/rehearsal $place/revoked
	items mmap $place/library
} | load_items items
items exec,mmap $place/expiring | load_items short 'valid-until: 2031-01-01T00:00:00Z'
date -s '2030-06-01 00:00:00' >/dev/null

echo changed >>$place/rehearsal

quarantining='EXECUTE MMAP KMODULE FIRMWARE'

# rules: these before those that quarantine
rules()
{
	{
		cat
		for op in $quarantining; do
			echo "op=$op path=$free/* action=ALLOW"
		done
	} | quarantine_rules $quarantining | load_policy strict
}

digest_of()
{
	echo "sha256:$(sha256sum "$1" | cut -d ' ' -f 1)"
}

# The words of the entry of a file as it is now; nothing if it has none
entry_of()
{
	grep -F " $(digest_of "$1") " $list
}

id_of()
{
	entry_of "$1" | cut -d ' ' -f 1
}

# lists NAME FILE TEXT: its entry has this text
lists()
{
	case $(entry_of "$2") in
	*"$3"*) pass "$1" ;;
	*) fail "$1" "no '$3' in '$(entry_of "$2")'" ;;
	esac
}

lists_not()
{
	expect "$1" [ -z "$(entry_of "$2")" ]
}

# tells NAME WORD...: an event of the list has them, since the mark
tells()
{
	tells_name=$1
	shift
	if has_event kind=quarantine "$@"; then
		pass "$tells_name"
	else
		fail "$tells_name" "$(events_since | grep kind=quarantine | tail -n 5)"
	fi
}

entries()
{
	wc -l <$list
}

# --- while auditing: a rehearsal ------------------------------------------------------------

rules </dev/null
about=action=QUARANTINE
expect_audited "an unlisted program of a user" unlisted $place/rehearsed $user $place/rehearsed
about=
lists "it has an entry that refuses nothing" $place/rehearsed " would live "
expect_audited "the same again" quarantined $place/rehearsed $place/rehearsed
expect_audited "another unlisted program" unlisted $place/bad $place/bad
expect "root may end any entry while auditing" rivetctl quarantine forget "$(id_of $place/bad)"
lists_not "it is gone" $place/bad

expect_audited "a user executes a library" wrong-use $place/library \
	sh -c "$user $place/library; true"
expect_audited "a user executes a copy of busybox" moved $place/busybox $user $place/busybox true
expect_audited "a listed program that was changed" mismatch $place/rehearsal $place/rehearsal
lists "it has an entry too" $place/rehearsal " would live "
expect "nothing listed has one" [ "$(entries)" = 2 ]

# --- while enforcing ------------------------------------------------------------------------

enforce
about=action=QUARANTINE
expect_denied "what was rehearsed is not quarantined before it is refused" unlisted \
	$place/rehearsed $place/rehearsed
lists "then it is" $place/rehearsed " denied live "
expect_permitted "an unlisted program where the policy permits it" $free/unlisted
expect_denied "an unlisted program" unlisted $place/bad $user $place/bad
about=
lists "its entry says why" $place/bad " unlisted EXECUTE 1000 "
lists "and where" $place/bad " init $place/bad"
expect_denied "it again" quarantined $place/bad $place/bad
cp $place/bad $free/copy
expect_denied "a copy of it where the policy permits what is unlisted" quarantined $free/copy \
	$free/copy
expect_denied "a hard link" quarantined $place/hard \
	sh -c "ln $place/bad $place/hard && $place/hard"
expect_denied "mapped there" quarantined $free/copy "$map" $free/copy private:rx
mkdir -p /mnt/scratch/free
mount --bind /mnt/scratch/free $free
cp $place/bad $free/copy
expect_denied "on another filesystem" quarantined $free/copy $free/copy
sync
echo 3 >/proc/sys/vm/drop_caches
expect_denied "after memory was reclaimed" quarantined $free/copy $user $free/copy
umount $free
expect "its file may be renamed" mv $place/bad $place/bad.moved
expect_denied "which does not help" quarantined $place/bad.moved $place/bad.moved
mv $place/bad.moved $place/bad

# --- a layer of an overlay, fs-verity ---------------------------------------------------------

about=action=QUARANTINE
expect_denied "a program in the lower layer of an overlay" unlisted $layers/merged/low \
	$layers/merged/low
about=
lists "it has an entry" $layers/lower/low " denied live "
expect_denied "in its layer" quarantined $layers/lower/low $layers/lower/low
expect_denied "copied up" quarantined $layers/merged/low \
	sh -c "chmod 700 $layers/merged/low && $layers/merged/low"
about=action=QUARANTINE
expect_denied "a program with fs-verity" unlisted /mnt/scratch/verity /mnt/scratch/verity
about=
expect_denied "its bytes without fs-verity" quarantined /mnt/scratch/plain /mnt/scratch/plain
verity_cases()
{
	echo "verity:$(fsverity measure /mnt/scratch/verity | cut -d ' ' -f 1)" \
		"$(stat -c %s /mnt/scratch/verity) exec,mmap /mnt/scratch/verity" |
		load_items verity
	expect_permitted "once its fs-verity digest is listed, it runs" /mnt/scratch/verity
	lists_not "and its entry is remedied" /mnt/scratch/verity
	expect_denied "the bytes without it are not listed" unlisted /mnt/scratch/plain \
		/mnt/scratch/plain
	expect_permitted "which does nothing to it" $user /mnt/scratch/verity
}
if grep -q '^fsverity_digest live' $rivet/coverage; then
	verity_cases
else
	for name in "its fs-verity digest is listed" "its entry is remedied" \
		"the bytes without it are not listed" "which does nothing to it"; do
		skip "$now: $name" "fsverity_get_digest for modules"
	done
fi

# --- modules and firmware ---------------------------------------------------------------------

# expect_code NAME REASON WORD COMMAND...: an event of the refusal has the word
expect_code()
{
	code_name=$1
	code_reason=$2
	code_word=$3
	shift 3
	judge "enforce: $code_name" "$helpers/observe" -o "$refusal" mode=enforce errno=13 \
		"reason=$code_reason" "$code_word" -- "$@"
}

expect_code "a module" unlisted action=QUARANTINE "$load" finit $place/bad.ko
lists "it has an entry" $place/bad.ko " unlisted KMODULE 0 "
expect_code "it again" quarantined op=KMODULE "$load" finit $place/bad.ko
expect_code "its bytes from memory" quarantined op=KMODULE "$load" init $place/bad.ko
expect_permitted "a listed module is loaded" "$load" finit "$ko"
"$load" remove "$module" || comment "$module was not loaded"
if [ $has_requests = yes ]; then
	expect_code "firmware" unlisted action=QUARANTINE \
		sh -c "printf rivet-bad | tee $requests/trigger_request"
	lists "it has an entry" /usr/lib/firmware/rivet-bad " unlisted FIRMWARE 0 "
	expect_code "it again" quarantined op=FIRMWARE \
		sh -c "printf rivet-bad | tee $requests/trigger_request"
else
	for name in firmware "it has an entry" "it again"; do
		skip "enforce: $name" "a driver that asks for firmware without a device"
	done
fi

# --- by good content it ends ----------------------------------------------------------------

mark_events
"$helpers/change" write $place/service
about=action=QUARANTINE
expect_denied "a listed program that was changed" mismatch $place/service $place/service
about=
cp $place/service $place/service.bad
lists "it is quarantined" $place/service " mismatch EXECUTE 0 "
bad_service=$(id_of $place/service)
expect "an update puts the listed one in its place" mv $place/service.good $place/service
expect_permitted "that runs" $place/service
tells "and ends the entry of the other" "detail=\"entry $bad_service ended, remedied"
lists_not "which is gone from the list" $place/service.bad
mark_events
expect_denied "a program that nobody knows yet" unlisted $place/later $place/later
later=$(id_of $place/later)
items exec,mmap $place/later | load_items later
expect_permitted "once a set lists it, it runs" $place/later
tells "and its entry is remedied" "detail=\"entry $later ended, remedied"
expect_denied "another one" unlisted $place/vouched $place/vouched
items exec,mmap $place/vouched | load_items vouched
lists_not "one that a set lists is not on the list, used or not" $place/vouched

# --- it is no weapon ------------------------------------------------------------------------

before=$(entries)
expect_denied "a user executes a library" wrong-use $place/library $user $place/library
expect_permitted "which is used on" "$map" $place/library private:rx
cp $place/listed $place/listed.copy
expect_denied "a user executes a copy of a listed program" moved $place/listed.copy \
	$user $place/listed.copy
expect_denied "a user executes a copy of busybox" moved $place/busybox $user $place/busybox true
$user "$libc" >/dev/null 2>&1
expect_permitted "a user executes libc, and all that uses it runs on" $user $place/listed
exec 9>>$place/library
expect_denied "somebody has a listed library open for writing" writable $place/library \
	"$map" $place/library private:rx
exec 9>&-
date -s '2032-06-01 00:00:00' >/dev/null
expect_denied "a set has expired" expired $place/expiring $user $place/expiring
date -s '2030-06-01 00:00:00' >/dev/null
expect_permitted "and is valid again" $user $place/expiring
expect_permitted "the listed program runs as before" $user $place/listed
expect "none of this made an entry" [ "$(entries)" = "$before" ]
printf '%s\n' "$(digest_of $place/revoked)" | signed_manifest "$work/revoke.riv" revoke \
	"kind: revoke
version: 1"
about=action=QUARANTINE
load_revoke "$work/revoke.riv.signed"
expect_denied "a revoked program is quarantined" revoked $place/revoked $place/revoked
about=

# --- reading --------------------------------------------------------------------------------

expect_denied "a program that is to be read" unlisted $place/read $place/read
cp $place/read $free/taken
cp $place/data $free/data
chown 1000 $free/taken $free/data
expect "the file of an entry can be read" cat $place/read
rules <<END
SET quarantine-read=deny
DEFAULT op=READ action=ALLOW
op=READ riv=quarantined path=/opt/** exe=$reader action=ALLOW
END
expect_denied "unless the policy denies it" quarantined $place/read dd if=$place/read of=/dev/null
expect_denied "for a user too" quarantined $place/bad $user dd if=$place/bad of=/dev/null
expect_denied "a program that is to be read through an overlay" unlisted $layers/merged/read \
	$layers/merged/read
expect_denied "which is denied too" quarantined "" dd if=$layers/merged/read of=/dev/null
expect_permitted "but to the program that a rule names" sha256sum $place/read
expect_permitted "others are read as before" dd if=$free/unlisted of=/dev/null
expect_denied "a user runs a copy that he has taken" quarantined $free/taken $user $free/taken
expect "which does not open the other one" sh -c "! dd if=$place/read of=/dev/null"
cp $free/data $place/data.copy
chown 1000 $place/data.copy
expect_denied "a user has quarantined what he has copied from others" unlisted \
	$place/data.copy $user $place/data.copy
expect_denied "he cannot read his copy" quarantined $place/data.copy \
	$user dd if=$place/data.copy of=/dev/null
expect_denied "nor map theirs for execution" quarantined $place/data \
	$user "$map" $place/data private:rx
expect_permitted "but all read theirs" dd if=$place/data of=/dev/null
expect "it may be removed" rm $place/read
rules </dev/null

# --- a signed release -----------------------------------------------------------------------

mark_events
expect_denied "a program that is to be released" unlisted $place/released $place/released
lists "it is quarantined" $place/released " denied "
rivetctl manifest build --release -n first -v 1 -o "$work/first" \
	"$(digest_of $place/released)" 2>/dev/null || bail "no release is built"
sign_object "$work/first" rogue
expect_errno "a release by a rogue" ENOKEY write_whole "$work/first.signed" $rivet/release
rm "$work/first.signed"
rivetctl manifest sign -k "$keys/signer.key" -c "$keys/signer.pem" "$work/first" 2>/dev/null ||
	bail "no release is signed"
expect_errno "a release is no set" EINVAL load_riv "$work/first.signed"
expect_errno "nor a revocation" EINVAL load_revoke "$work/first.signed"
expect_errno "a revocation is no release" EINVAL write_whole "$work/revoke.riv.signed" \
	$rivet/release
lists "all that ended nothing" $place/released " denied "
expect "a release by a signer" rivetctl quarantine release "$work/first.signed"
tells "its event" "detail=\"release first version 1: 1 of its 1 digests had an entry"
lists_not "ends the entry" $place/released
sleep 6
expect_denied "the rule quarantines it anew at the next use" unlisted $place/released \
	$place/released
expect_errno "the same release ends nothing twice" ESTALE write_whole "$work/first.signed" \
	$rivet/release
lists "it stays" $place/released " denied "

# --- forgetting -----------------------------------------------------------------------------

expect_denied "a program that will be removed" unlisted $place/removed $place/removed
cp $place/removed $work/removed
removed=$(id_of $place/removed)
expect_errno "root ends no entry of a file that is there" EPERM write_text "$removed" $list
rm $place/removed
lists "when it was removed" $work/removed " gone "
expect_text "rivetctl says how it ends" "rivetctl quarantine forget $removed" \
	rivetctl quarantine show "$removed"
expect "the entry can be forgotten" rivetctl quarantine forget "$removed"
lists_not "and is" $work/removed
expect_errno "once" ENOENT write_text "$removed" $list
expect_denied "a program of which there is a copy" unlisted $place/twice $place/twice
cp $place/twice $place/twice.copy
expect_denied "the copy" quarantined $place/twice.copy $place/twice.copy
twice=$(id_of $place/twice.copy)
rm $place/twice.copy
expect_errno "when the copy is removed, the entry stays" EPERM write_text "$twice" $list
lists "for the other file" $place/twice " denied "
expect_errno "what is no entry" EBADMSG write_text "all" $list
expect_text "the list for people" "$place/bad" rivetctl quarantine list
expect_text "for programs" '"schema":"rivet.quarantine/1"' rivetctl --json quarantine list
expect_text "one entry for programs" '"reason":"unlisted"' \
	rivetctl --json quarantine show "$(id_of $place/bad)"

# --- bounds ---------------------------------------------------------------------------------

mark_events
many=/opt/many
mkdir $many
i=0
while [ $i -lt 70 ]; do
	cp "$helpers/hello" $many/$i
	echo $i >>$many/$i
	i=$((i + 1))
done
$user sh -c "for i in $many/*; do \$i; done" >/dev/null 2>&1
expect "a user has 64 entries at most" [ "$(awk '$8 == 1000' $list | wc -l)" = 64 ]
tells "beyond them an event says so" errno=28
own_program $many/late
about=action=DENY
expect_denied "and QUARANTINE is DENY" unlisted $many/late $user $many/late
about=action=QUARANTINE
own_program $many/other
expect_denied "not for others" unlisted $many/other $many/other
own_program $many/spaced
about=action=DENY
expect_denied "nor does a user namespace of his make room" unlisted $many/spaced \
	$user unshare -Ur $many/spaced
items exec,mmap $many/0 | load_items room
own_program $many/settled
about=action=QUARANTINE
expect_denied "when a set lists the bytes of one, there is room for another" unlisted \
	$many/settled $user $many/settled
about=
expect_permitted "the user's listed programs run" $user $place/listed
expect_permitted "those of others too" $place/service
i=0
while [ $i -lt 1100 ]; do
	printf 'add 1 denied live sha256:%064d 9 unlisted EXECUTE %d 1 1 1 strict 1.0.0 1 init /x\n' \
		$((i + 1)) $((i + 5000))
	i=$((i + 1))
done >"$work/fill"
expect "root gives back more than there is room for" write_whole "$work/fill" $list
expect "the list is bounded, and has room for root" [ "$(awk '$8 != 0' $list | wc -l)" = 960 ]
own_program $many/full $many/roots
chown 1001 $many/full
about=action=DENY
expect_denied "when it is full, QUARANTINE is DENY" unlisted $many/full \
	setpriv --reuid 1001 --regid 1001 --clear-groups $many/full
about=action=QUARANTINE
expect_denied "not for root" unlisted $many/roots $many/roots
about=
expect_permitted "and listed programs run" $user $place/listed

# --- after the module was loaded again ------------------------------------------------------

back_to_audit
expect_audited "an entry of enforce mode refuses nothing after an unlock" quarantined $place/bad \
	$place/bad
grep -F -e "$(digest_of $place/bad)" -e "$(digest_of $place/released)" $list |
	sed 's/^/add /' >"$work/back"
sed 's/^add //; s/ live / away /' "$work/back" >"$work/wanted"
rmmod rivet || bail "rivet does not go"
rm -f "$work"/*.number
get_ready
items exec,mmap $place/released | load_items items
echo 8 >"$work/policy.number"
rules </dev/null
enforce
expect "the list is empty" [ "$(entries)" = 0 ]
expect "it is given back" write_whole "$work/back" $list
grep -v -F "$(digest_of $place/released)" "$work/wanted" >"$work/wanted.bad"
cp $list "$work/got" 2>/dev/null || cat $list >"$work/got"
expect_same "but for what a set vouches for by now" "$work/wanted.bad" "$work/got"
expect_denied "it refuses as before" quarantined $place/bad $place/bad
expect_permitted "and nothing that is listed" $place/released
sed 's/unlisted/moved/' "$work/back" >"$work/wrong"
expect_errno "an entry for a reason that quarantines nothing" EBADMSG write_whole "$work/wrong" $list
finish
