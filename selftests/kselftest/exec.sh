#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# exec.sh - executing programs, in all ways: listed files run, others are
# reported while auditing and refused while enforcing

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 86
load_rivet
add_cert .rivet_trust "$keys/signer2.der" >/dev/null || bail "no second signer"
get_ready
place=/opt/m2m
mkdir -p $place/elsewhere
hello=$helpers/hello

# program NAME...: each of its own content
program()
{
	for name; do
		cp "$hello" "$place/$name"
		echo "$name" >>"$place/$name"
	done
}

# Each case has a file of its own: the same verdict again within seconds is folded
program listed mismatch grows moved linked wrong-use revoked expiring several any-path hidden \
	unlisted umh umh-unlisted replaced interpreter fd-unlisted
chmod 0111 $place/hidden
printf '#!%s\n' "$hello" >$place/script
printf '#!%s\n# nobody knows me\n' "$hello" >$place/bad-script
printf '#!%s\n' $place/interpreter >$place/script-of-unlisted
# Chains of scripts, each the interpreter of the next; the other one has a bad link
printf '#!%s\n# 1\n' "$hello" >$place/chain1
printf '#!%s\n# 1\n' "$hello" >$place/broken1
for link in 2 3 4; do
	printf '#!%s\n' $place/chain$((link - 1)) >$place/chain$link
done
printf '#!%s\n# not listed\n' $place/broken1 >$place/broken2
printf '#!%s\n' $place/broken2 >$place/broken3
chmod 755 $place/*script* $place/chain* $place/broken*

{
	items exec,mmap $place/mismatch $place/grows
	items exec,mmap $place/listed $place/moved $place/linked $place/several \
		$place/hidden $place/revoked $place/script $place/script-of-unlisted \
		$place/chain[1-4] $place/broken[13] $place/umh $place/replaced
	items mmap $place/wrong-use
	items exec,mmap $place/any-path | any_path
	printf 'sha256:%064d 100 exec,mmap %s\n' 7 $place/several
} >"$work/known"
load_items items <"$work/known"
items exec,mmap $place/expiring | load_items short 'valid-until: 2031-01-01T00:00:00Z'
date -s '2030-06-01 00:00:00' >/dev/null

# One byte differs, the size does not; and one with a byte more
"$helpers/change" write $place/mismatch
echo >>$place/grows
cp $place/moved $place/elsewhere/moved
cp $place/moved $place/elsewhere/other-name
ln $place/linked $place/elsewhere/linked
ln -s ../listed $place/elsewhere/symlink
cp $place/any-path $place/elsewhere/any-path
cp $place/listed /mnt/scratch/listed
mkdir -p /tmp/bound
mount --bind $place /tmp/bound

user='setpriv --reuid 1000 --regid 1000 --clear-groups'

# The kernel runs a program of its own accord: the one that loads modules
cat >"$work/helper.sh" <<END
#!/bin/sh
echo "\$1" >/proc/sys/kernel/modprobe
mount -t "rivet\$\$" none /mnt/scratch 2>/dev/null
echo /sbin/modprobe >/proc/sys/kernel/modprobe
END
helper="sh $work/helper.sh"

all_cases()
{
	expect_permitted "a listed program runs" $place/listed
	expect_permitted "and again, from memory" $place/listed
	expect_permitted "by a relative name" sh -c "cd $place/elsewhere && ../listed"
	expect_permitted "by a symbolic link elsewhere" $place/elsewhere/symlink
	expect_permitted "by its entry in a folder that is bound elsewhere too" /tmp/bound/listed
	expect_permitted "by /proc/self/fd" "$helpers/anon" proc-fd $place/listed
	expect_permitted "by a descriptor that is only a path" "$helpers/anon" path-fd $place/listed
	# shellcheck disable=SC2086
	expect_permitted "as a user" $user $place/listed
	expect_permitted "one of several digests for a path" $place/several
	expect_permitted "a RIV for any path, here" $place/any-path
	expect_permitted "a RIV for any path, elsewhere" $place/elsewhere/any-path
	expect_permitted "a RIV for any path, without a name" "$helpers/anon" tmpfile \
		$place/any-path $place
	# shellcheck disable=SC2086
	expect_permitted "what a user may execute but not read" $user $place/hidden
	expect_permitted "a script" $place/script
	expect_permitted "a chain of four scripts" $place/chain4
	expect_refused "an unlisted program" unlisted $place/unlisted $place/unlisted
	expect_refused "one byte changed" mismatch $place/mismatch $place/mismatch
	expect_refused "one byte more" mismatch $place/grows $place/grows
	expect_refused "a copy elsewhere" moved $place/elsewhere/moved $place/elsewhere/moved
	expect_refused "a copy under another name" moved $place/elsewhere/other-name \
		$place/elsewhere/other-name
	expect_refused "a copy on another filesystem" moved /mnt/scratch/listed /mnt/scratch/listed
	expect_refused "a hard link elsewhere" moved $place/elsewhere/linked $place/elsewhere/linked
	expect_permitted "its listed name, right after" $place/linked
	expect_refused "a file listed for mapping only" wrong-use $place/wrong-use $place/wrong-use
	expect_refused "an unlisted script of a listed interpreter" unlisted $place/bad-script \
		$place/bad-script
	expect_refused "a listed script of an unlisted interpreter" unlisted $place/interpreter \
		$place/script-of-unlisted
	expect_refused "a chain with one bad link" unlisted $place/broken2 $place/broken3
	expect_refused "a memfd" anonymous "" "$helpers/anon" memfd $place/listed
	expect_permitted "a memfd sealed against every change" "$helpers/anon" sealed $place/listed
	expect_refused "a file without a name" moved "" "$helpers/anon" tmpfile $place/listed $place
	expect_refused "a deleted file" moved "$place/gone (deleted)" "$helpers/anon" deleted \
		$place/listed $place/gone
	expect_refused "an unlisted program by /proc/self/fd" unlisted $place/fd-unlisted \
		"$helpers/anon" proc-fd $place/fd-unlisted
	# shellcheck disable=SC2086
	{
		judge "$now: an unlisted program that the kernel starts itself" "$helpers/observe" \
			reason=unlisted "path=\"$place/umh-unlisted\"" "mode=$now" op=EXECUTE -- \
			$helper $place/umh-unlisted
		judge "$now: a listed one" "$helpers/observe" -q -- $helper $place/umh
	}
	expect_permitted "a file of a set that is valid" $place/expiring
	date -s '2031-01-01 00:00:01' >/dev/null
	expect_refused "the same file when the set has expired" expired $place/expiring $place/expiring
	date -s '2030-06-01 00:00:00' >/dev/null
}

all_cases
enforce
all_cases

# --- generations: a change in the RIVs reaches cached answers -------------------

expect_permitted "a program that is about to be revoked" $place/revoked
cp $place/revoked $place/elsewhere/revoked
cat >"$work/bad.riv" <<END
riv-manifest 1
name: bad
kind: revoke
version: 1
count: 1
$(items '' $place/revoked | sed 's/ .*//')
END
sign_object "$work/bad.riv" signer
load_revoke "$work/bad.riv.signed" || bail "the revocation does not load"
expect_denied "the next time it is" revoked $place/revoked $place/revoked
expect_denied "and so is a copy" revoked $place/elsewhere/revoked $place/elsewhere/revoked

program of-another
items exec,mmap $place/of-another | manifest another 'version: 1' >"$work/another.riv"
sign_object "$work/another.riv" signer2
load_riv "$work/another.riv.signed" || bail "the set of another signer does not load"
expect_permitted "a program of a set of another signer" $place/of-another
expect_permitted "and again, from memory" $place/of-another
cert_digest "$keys/signer2.der" | manifest lost 'kind: revoke
version: 1' >"$work/lost.riv"
sign_object "$work/lost.riv" signer
load_revoke "$work/lost.riv.signed" || bail "the revocation of a certificate does not load"
expect_denied "once that signer is revoked" revoked $place/of-another $place/of-another

expect_permitted "a program that is about to be withdrawn" $place/replaced
grep -v /replaced "$work/known" | load_items items
expect_denied "the next time it is unlisted" unlisted $place/replaced $place/replaced
load_items items <"$work/known"
expect_permitted "listed again, it runs again" $place/replaced

# --- sizes that no RIV has are refused unread -----------------------------------

cp "$hello" $place/huge
truncate -s 1G $place/huge
start=$(date +%s)
expect_denied "a size that no RIV has" unlisted $place/huge $place/huge
if [ $(($(date +%s) - start)) -lt 8 ] && ! has_event "path=\"$place/huge\"" measured=; then
	pass "enforce: it was refused unread"
else
	fail "enforce: it was refused unread" "$(events_since)"
fi
rm $place/huge

# --- from outside init's view ---------------------------------------------------

# A chroot with a listed name for other bytes, and a mount namespace of its own
mkdir -p /tmp/jail$place
cp $place/unlisted /tmp/jail$place/listed
expect_denied "another file by a listed name in a chroot" unlisted "" \
	chroot /tmp/jail $place/listed
cp $place/moved /tmp/jail$place/moved
expect_denied "a copy in a chroot that has the right name there" moved "" \
	chroot /tmp/jail $place/moved
expect_denied "a copy bound over its place in a mount namespace" moved "" \
	unshare -m sh -c "mount --bind /tmp/jail$place $place && $place/moved"

finish
