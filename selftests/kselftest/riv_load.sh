#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# riv_load.sh - RIV sets and revocations: accepted and refused ones, with the
# errno, and that versions only rise
#
# wide

# shellcheck source=selftests/kselftest/lib.sh
. "$(dirname "$0")/lib.sh"

plan 89
load_rivet
cd "$work" || bail "no work folder"
keyctl new_session rivet-test >/dev/null || bail "no session keyring"

list_sets()
{
	cat $rivet/riv
}

# flip FILE OFFSET: change one byte
flip()
{
	flip_byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	put_bytes $((flip_byte ^ 1)) | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# --- without a signer -----------------------------------------------------------

signed_manifest base base 'version: 5' <<END
$(entry 1)
$(entry 2)
$(entry 3)
END
expect_errno "an empty trust ring verifies nothing" ENOKEY load_riv base.signed
add_cert .rivet_trust "$keys/signer.der" >/dev/null || bail "no signer"

# --- signatures -----------------------------------------------------------------

mark_log
expect_errno "a manifest without a signature is refused" EKEYREJECTED load_riv base
expect_one_line "and one line tells why" "expected an appended signature"
cp base unknown
sign_object unknown rogue
mark_log
expect_errno "one whose signer is unknown is refused" ENOKEY load_riv unknown.signed
expect_one_line "and one line tells why" "its signer is not in .rivet_trust"
cp base.signed changed
flip changed 200
mark_log
expect_errno "one that was changed after signing is refused" EKEYREJECTED load_riv changed
expect_one_line "and one line tells why" "does not verify"
cp base.signed changed
flip changed $(($(stat -c %s base) + $(stat -c %s base.p7s) - 10))
expect_errno "one whose signature was changed is refused" EKEYREJECTED load_riv changed
head -c $(($(stat -c %s base.signed) - 1)) base.signed >piece
expect_errno "one that was cut off is refused" EKEYREJECTED load_riv piece
tail -c +2 base.signed >piece
expect_errno "one that lacks its beginning is refused" EBADMSG load_riv piece
head -c 150 base >short
attach_signature short base.p7s >piece
expect_errno "one whose text was cut off is refused" EKEYREJECTED load_riv piece
head -c 100 base.p7s >short.p7s
attach_signature base short.p7s >piece
expect_errno "one whose signature was cut off is refused" EBADMSG load_riv piece
head -c 17000 /dev/zero >long.p7s
attach_signature base long.p7s >piece
expect_errno "a signature of more than 16 KiB is refused" EBADMSG load_riv piece
cp base attributes
sign_object attributes signer -binary
expect_errno "a signature with attributes is refused" 'EBADMSG|EKEYREJECTED' \
	load_riv attributes.signed
cp base certs
sign_object certs signer -binary -noattr
expect_errno "a signature that brings certificates along is refused" 'EBADMSG|EKEYREJECTED' \
	load_riv certs.signed
cp base attached
sign_object attached signer -binary -noattr -nocerts -nodetach
expect_errno "a signature that holds the text is refused" 'EBADMSG|EKEYREJECTED' \
	load_riv attached.signed
cp base weak
make_signature weak signer weak.p7s -binary -noattr -nocerts -md sha1
attach_signature weak weak.p7s >weak.signed
expect_errno "a signature over SHA-1 is refused" 'EBADMSG|EKEYREJECTED' load_riv weak.signed
echo 'policy_name=x policy_version=1.0.0' >policy
sign_object policy signer
expect_errno "a policy is no manifest" EBADMSG load_riv policy.signed
expect_errno "nothing at all is refused" 'EINVAL|EKEYREJECTED' write_text x $rivet/riv
expect_text "nothing of it is active" "[]" sh -c "echo \"[\$(cat $rivet/riv)]\""

# --- texts ----------------------------------------------------------------------

signed_manifest order order 'version: 1' <<END
$(entry 1 /opt/b)
$(entry 2 /opt/a)
END
mark_log
expect_errno "entries out of order are refused" EBADMSG load_riv order.signed
expect_one_line "and one line tells which" "line 6 column 0: expected entries sorted"
signed_manifest header header 'version: 1
colour: red' <<END
$(entry 1)
END
expect_errno "an unknown header is refused" EBADMSG load_riv header.signed
printf 'riv-manifest 1\nname: many\nversion: 1\ncount: 4000000000\n%s\n' "$(entry 1)" >many
sign_object many signer
expect_errno "more entries than there is room for are refused" EBADMSG load_riv many.signed
{
	printf 'riv-manifest 1\nname: large\nversion: 1\ncount: 0\n'
	head -c 67200000 /dev/zero
} >large
attach_signature large base.p7s >large.signed
expect_errno "more than 64 MiB are refused" EFBIG load_riv large.signed
rm large large.signed
printf 'sha256:%064d 281474976710656 exec /opt/a\n' 1 | manifest huge 'version: 1' >huge.riv
sign_object huge.riv signer
expect_errno "a size of 48 bits and more is refused" EBADMSG load_riv huge.riv.signed

# --- loading --------------------------------------------------------------------

mark_log
expect "a set is loaded through securityfs" load_riv base.signed
expect_one_line "and one line tells it" "set base version 5 is active with 3 value(s)"
expect_text "it is listed" "set base version 5 values 3 bytes " list_sets
expect_text "and is a key in .rivet" ";riv;" \
	sh -c "keyctl rdescribe $(key_id ' riv  *base') | sed 's/^/;/'"
expect_same "whose payload is the manifest" base - <<END
$(keyctl pipe "$(key_id ' riv  *base')")
END
list_sets >before
mark_log
expect "the same bytes again are taken" load_riv base.signed
expect_one_line "and change nothing" "base version 5 was loaded before: nothing changed"
expect "also as a key" add_key base .rivet base.signed
list_sets >after
expect_same "the list is as before" before after

signed_manifest base6 base 'version: 6' <<END
$(entry 1)
$(entry 4 '/opt/m2m/with \\ and \n')
END
if command -v sign-file >/dev/null; then
	rm base6.signed
	sign-file sha256 "$keys/signer.key" "$keys/signer.pem" base6 base6.signed
else
	comment "no sign-file in this guest: openssl signed it"
fi
expect "what the kernel's sign-file signed is loaded" add_key base .rivet base6.signed
expect_text "the new version has taken the place of the old" "set base version 6 values 2" \
	list_sets
expect_text "and is the only one" 1 sh -c "grep -c ' base ' $rivet/riv"
expect_same "escapes in a path come out as they went in" base6 - <<END
$(keyctl pipe "$(key_id ' riv  *base')")
END

mark_log
expect_errno "an older version is refused" ESTALE load_riv base.signed
expect_one_line "and one line tells why" "set base version 5 refused: it is older"
expect_errno "also as a key" ESTALE add_key base .rivet base.signed
signed_manifest other6 base 'version: 6' <<END
$(entry 5)
END
expect_errno "another text of the same version is refused" ESTALE load_riv other6.signed
expect_text "the set is still active" "set base version 6 values 2" list_sets
expect_errno "a key of another name is refused" EINVAL add_key other .rivet base6.signed

sed 's/^name: base/name: ec/' base >ec
sign_object ec signer-ec
add_cert .rivet_trust "$keys/signer-ec.der" >/dev/null || bail "no signer with ECDSA"
if has_ecdsa; then
	expect "a signature with ECDSA on P-256 is good" load_riv ec.signed
	expect_text "and the set is there" "set ec version 5" list_sets
else
	mark_log
	expect_errno "a signature with ECDSA, which this kernel lacks, is refused" ENOPKG \
		load_riv ec.signed
	expect_one_line "and one line says that the algorithm is missing, not that it is bad" \
		"this kernel lacks the algorithm of its signature"
fi

# --- expiry ---------------------------------------------------------------------

signed_manifest old old 'version: 1
valid-until: 2001-02-03T04:05:06Z' <<END
$(entry 1)
END
mark_log
expect "an expired set is loaded" load_riv old.signed
expect_one_line "with a warning" "vouches for nothing, since it expired at 2001-02-03T04:05:06Z"
expect_text "and listed as expired" "expires 2001-02-03T04:05:06Z expired" list_sets
expect_same "its time comes out as it went in" old - <<END
$(keyctl pipe "$(key_id ' riv  *old')")
END
signed_manifest future future 'version: 1
valid-until: 2099-12-31T23:59:59Z' <<END
$(entry 1)
END
load_riv future.signed
expect_no_text "one that has time left is not" " expired" grep future $rivet/riv

# --- withdrawing and replacing --------------------------------------------------

signed_manifest old2 old 'version: 2' </dev/null
mark_log
expect "a version without entries withdraws a set" load_riv old2.signed
expect_one_line "and one line tells it" "set old is withdrawn by version 2"
expect_no_text "it is not listed any more" " old " list_sets
expect_errno "the version before does not come back" ESTALE load_riv old.signed
expect "withdrawing it again changes nothing" load_riv old2.signed

signed_manifest heir heir 'version: 1
replaces: future' <<END
$(entry 1)
END
expect "a set takes over from another" load_riv heir.signed
expect_no_text "which is gone" " future " list_sets
signed_manifest future9 future 'version: 9' <<END
$(entry 1)
END
expect_errno "for good" ESTALE load_riv future9.signed
expect_text "its name is retired" "future riv retired" cat $rivet/floor
expect_same "replaces: comes out as it went in" heir - <<END
$(keyctl pipe "$(key_id ' riv  *heir')")
END
signed_manifest itself itself 'version: 1
replaces: itself' <<END
$(entry 1)
END
expect_errno "no set takes over from itself" EBADMSG load_riv itself.signed

# --- revocations ----------------------------------------------------------------

printf 'sha256:%064d\nsha256:%064d\n' 1 2 | manifest bad 'kind: revoke
version: 1' >bad.riv
sign_object bad.riv signer
expect_errno "a revocation does not belong in the file riv" EINVAL load_riv bad.riv.signed
expect_errno "nor a set in the file revoke" EINVAL load_revoke base6.signed
mark_log
expect "a revocation is loaded" load_revoke bad.riv.signed
expect_one_line "and one line tells it" "revocation bad version 1 is active with 2 value(s)"
expect "also as a key" add_key revoke:bad .rivet bad.riv.signed
expect_errno "which has revoke: before its name" EINVAL add_key bad .rivet bad.riv.signed
expect_same "and its text as payload" bad.riv - <<END
$(keyctl pipe "$(key_id ' riv  *revoke:bad')")
END
signed_manifest badset bad 'version: 1' <<END
$(entry 1)
END
expect "a set of the same name is another thing" load_riv badset.signed
signed_manifest bad2 bad 'kind: revoke
version: 2
replaces: other' </dev/null
expect_errno "a revocation replaces nothing" EINVAL load_revoke bad2.signed

# --- floors ---------------------------------------------------------------------

expect_text "floors follow what is loaded" "base riv 6" cat $rivet/floor
expect_text "each kind by itself" "bad revoke 1" cat $rivet/floor
expect "a floor can be raised by hand" write_text "base riv 8
fresh riv 3
some-policy policy 1.2.3
" $rivet/floor
signed_manifest base7 base 'version: 7' <<END
$(entry 1)
END
expect_errno "a version below it is refused" ESTALE load_riv base7.signed
mark_log
expect_errno "a floor does not sink" ESTALE write_text "fresh riv 9
base riv 7
" $rivet/floor
expect_one_line "and one line tells why" "none changed: line 2: the floor of this name is higher"
expect_text "none of such a write takes effect" "fresh riv 3" cat $rivet/floor
mark_log
expect_errno "a malformed floor is refused" EBADMSG write_text "base riv 9
some-policy policy 7
" $rivet/floor
expect_one_line "and one line tells which" "line 2: expected NAME"
signed_manifest fresh fresh 'version: 3' <<END
$(entry 1)
END
expect "the version at a floor written by hand is loaded" load_riv fresh.signed
cat $rivet/floor >floor
expect "what is read can be written back" write_whole floor $rivet/floor
cat $rivet/floor >floor2
expect_same "and changes nothing" floor floor2

# --- large ----------------------------------------------------------------------

zeros=$(printf '%058d' 0)
seq -f %06.0f 1 20000 |
	sed "s|.*|sha256:$zeros& 4096 exec /opt/m2m/file-with-a-longer-name-&|" |
	manifest big 'version: 1' >big.riv
sign_object big.riv signer
expect "a set of more than 1 MiB is loaded through securityfs" load_riv big.riv.signed
keyctl pipe "$(key_id ' riv  *big')" >big.out
expect_same "and comes out as it went in" big.riv big.out
bytes=$(sed -n 's/^set big .* bytes \([0-9]*\).*/\1/p' $rivet/riv)
paths=$((20000 * $(printf '/opt/m2m/file-with-a-longer-name-000000.' | wc -c)))
if [ $(((bytes - paths) / 20000)) -le 64 ]; then
	pass "a value takes at most 64 bytes beside its path"
else
	fail "a value takes at most 64 bytes beside its path" "$bytes bytes, paths $paths"
fi

# --- all at once ----------------------------------------------------------------

for version in 1 2 3 4 5 6; do
	entry $version | manifest race "version: $version" >race$version
	sign_object race$version signer
done
for _ in 1 2 3 4; do
	for version in 1 3 2 5 4 6; do
		load_riv race$version.signed
		cat $rivet/riv $rivet/floor
	done >/dev/null 2>&1 &
	loaders="${loaders-} $!"
done
# shellcheck disable=SC2086
wait $loaders
expect_text "of many loaders at once the newest version wins" "set race version 6 values 1" \
	list_sets
expect_text "and is there once" 1 sh -c "grep -c ' race ' $rivet/riv"

finish
