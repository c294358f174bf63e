#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# keyring.sh - the rings .rivet_trust, .rivet_ca and .rivet: who may add keys,
# before and after sealing, and that root cannot remove them

# shellcheck source=selftests/kselftest/lib.sh
. "$(dirname "$0")/lib.sh"

plan 133
load_rivet
cd "$work" || bail "no work folder"
# A session keyring that outlives a single keyctl, and a file that users can read
keyctl new_session rivet-test >/dev/null || bail "no session keyring"
chmod 755 "$work"
cp "$keys/signer.der" signer.der
chmod 644 signer.der

has_key_flags()
{
	# Kernels since 6.4 know a CA's certificate when they see one
	[ "$(uname -r | tr '.-' '  ' | { read -r a b _; echo $((a * 100 + b)); })" -ge 604 ]
}

# make_cert NAME KEY HASH [ISSUER]: of a new key as `openssl req` has it after -newkey, or of
# NAME.key. One openssl makes both: each takes a guest a good part of a second.
printf '[req]\ndistinguished_name=dn\n[dn]\n' >openssl.cnf
make_cert()
{
	make_name=$1 make_hash=$3 make_issuer=${4-}
	# shellcheck disable=SC2086
	set -- ${2:+-keyout "$1.key" -newkey $2}
	[ $# != 0 ] || set -- -key "$make_name.key"
	[ -z "$make_issuer" ] || set -- "$@" -CA "$make_issuer.pem" -CAkey "$make_issuer.key" \
		-addext authorityKeyIdentifier=keyid:always
	openssl req -x509 -config openssl.cnf "-$make_hash" -days 3650 -noenc \
		-subj "${subject:-/CN=$make_name}" \
		-addext "subjectKeyIdentifier=${skid:-hash}" \
		-addext basicConstraints=critical,CA:FALSE "$@" \
		-out "$make_name.pem" 2>/dev/null || bail "no certificate $make_name"
	sed '/^-----/d' "$make_name.pem" | base64 -d >"$make_name.der"
}

p256='ec -pkeyopt ec_paramgen_curve:P-256'

# --- the rings as they are made -------------------------------------------------

for ring in .rivet_trust .rivet_ca .rivet; do
	expect_text "$ring is there, writable by root and nobody's possession" \
		';0;0;080f0000;' keyctl rdescribe "%keyring:$ring"
done
expect_no_text "the rings that count are not to be seen" rivet_signers cat /proc/keys
expect_text "the trust begins open" open cat $rivet/trust

# --- who may add ----------------------------------------------------------------

trust=$(ring_id .rivet_trust)
expect_errno "a user cannot add a signer" EACCES setpriv --reuid 1000 --regid 1000 \
	--clear-groups sh -c "keyctl padd asymmetric '' $trust <signer.der"
mark_log
expect_errno "root of a user namespace cannot" EPERM unshare -Ur \
	sh -c "keyctl padd asymmetric '' $trust <signer.der"
expect_one_line "and one line tells why" CAP_MAC_ADMIN
expect_errno "root without CAP_MAC_ADMIN cannot" EPERM capsh --drop=cap_mac_admin -- \
	-c "keyctl padd asymmetric '' $trust <signer.der"
expect_errno "nor can it seal" EPERM capsh --drop=cap_mac_admin -- \
	-c "echo seal >$rivet/trust"
mark_log
expect_errno "without a signer root cannot seal" EPERM write_text seal $rivet/trust
expect_one_line "and one line tells why" "no signer"

# --- permitted additions --------------------------------------------------------

mark_log
expect_errno "a key of another type is refused" EOPNOTSUPP \
	keyctl add user some thing "%keyring:.rivet_trust"
expect_one_line "and one line tells why" "only X.509 certificates"
make_cert rsa2048 rsa:2048 sha256
mark_log
expect_errno "RSA of 2048 bits is refused" EKEYREJECTED add_cert .rivet_trust rsa2048.der
expect_one_line "and one line tells why" "shorter than 3072 bits"
if has_ecdsa; then
	make_cert p192 'ec -pkeyopt ec_paramgen_curve:prime192v1' sha256
	expect_errno "ECDSA on P-192 is refused" EKEYREJECTED add_cert .rivet_trust p192.der
else
	skip "ECDSA on P-192 is refused" ECDSA
fi
cp "$keys/signer.key" sha1.key
make_cert sha1 '' sha1
mark_log
expect_errno "a signature over SHA-1 is refused" EKEYREJECTED add_cert .rivet_trust sha1.der
expect_one_line "and one line tells why" "weak hash"
if has_key_flags; then
	mark_log
	expect_errno "a CA is no signer" EKEYREJECTED add_cert .rivet_trust "$keys/ca.der"
	expect_one_line "and one line tells where it belongs" "a CA belongs in .rivet_ca"
	expect_errno "a signer is no CA" EKEYREJECTED add_cert .rivet_ca "$keys/signer.der"
else
	skip "a CA is no signer" "the CA flag of keys"
	skip "and one line tells where it belongs" "the CA flag of keys"
	skip "a signer is no CA" "the CA flag of keys"
fi
expect_text "nothing of it has come in" ": empty" grep -F .rivet_trust: /proc/keys

existing=$(keyctl padd asymmetric '' @s <"$keys/signer.der")
mark_log
expect_errno "an existing key cannot be linked in" EPERM keyctl link "$existing" \
	"%keyring:.rivet_trust"
expect_one_line "and one line tells why" "existing key"
expect_errno "nor moved in" EPERM keyctl move "$existing" @s "%keyring:.rivet_trust"
keyctl unlink "$existing" @s >/dev/null

mark_log
expect "a CA is admitted" add_cert .rivet_ca "$keys/ca.der"
expect_one_line "and one line tells it" ".rivet_ca admitted id="
expect "a signer is admitted" add_cert .rivet_trust "$keys/signer.der"
expect "a signer on P-256 is admitted" add_cert .rivet_trust "$keys/signer-ec.der"
expect "the same signer once more changes nothing" add_cert .rivet_trust "$keys/signer.der"
expect_text "the file trust lists the signer" "alg=rsa-3072" grep "^signer .*test signer: " \
	$rivet/trust
expect_text "and the one on P-256" "alg=ecdsa-nist-p256" grep "^signer " $rivet/trust
expect_text "and the CA" "alg=rsa-3072" grep "^ca .*test CA: " $rivet/trust

# --- past the restriction -------------------------------------------------------

# request_key(2) links the key it is going to make without asking the restriction,
# and lets a program of root's choice fill it.
echo "create * * * $work/instantiate %k" >/etc/request-key.conf
cat >instantiate <<END
#!/bin/sh
exec keyctl pinstantiate "\$1" 0 <$keys/rogue.der
END
chmod +x instantiate

manifest gateway 'version: 1' >by-rogue <<END
$(entry 1)
END
sign_object by-rogue rogue
signed_manifest by-signer gateway 'version: 1' <<END
$(entry 1)
END

# sneak_in DESCRIPTION RING
sneak_in()
{
	keyctl request2 asymmetric "$1" x "%keyring:$2" >sneak.log 2>&1
}

if sneak_in rogue .rivet_trust; then
	pass "request_key gets a rogue into the ring that root sees"
	expect_text "the file trust says that it does not count" "ignored 1 in .rivet_trust" \
		cat $rivet/trust
else
	skip "request_key gets a rogue into the ring that root sees" "this way past restrictions"
	skip "the file trust says that it does not count" "this way past restrictions"
fi
expect_errno "what a rogue signed is refused" ENOKEY load_riv by-rogue.signed
sneak_in rogue .rivet_ca

# --- sealing --------------------------------------------------------------------

mark_log
expect "root seals the trust" write_text seal $rivet/trust
expect_one_line "and one line tells it" "trust sealed with 2 signer(s) and 1 CA(s)"
expect_text "the file trust says sealed" sealed head -n 1 $rivet/trust
expect "sealing again does nothing" write_text seal $rivet/trust

mark_log
expect_errno "a rogue is refused" ENOKEY add_cert .rivet_trust "$keys/rogue.der"
expect_one_line "and one line tells why" "no CA in .rivet_ca has certified it"
expect_errno "a CA is refused" EPERM add_cert .rivet_ca "$keys/ca.der"
make_cert under-rogue "$p256" sha256 "$keys/rogue"
expect_errno "whom a rogue that got into .rivet_ca certified is refused" ENOKEY \
	add_cert .rivet_trust under-rogue.der
skid=$(openssl x509 -in "$keys/ca.pem" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' ')
subject='/O=rivet test/CN=test CA'
make_cert false-ca "$p256" sha256
skid='' subject=''
make_cert forged "$p256" sha256 "$work/false-ca"
mark_log
expect_errno "a certificate that names the CA but is not signed by it is refused" \
	EKEYREJECTED add_cert .rivet_trust forged.der
expect_one_line "and one line tells why" "does not verify"
cp rsa2048.key weak-under-ca.key
make_cert weak-under-ca '' sha256 "$keys/ca"
expect_errno "a weak key that the CA certified is refused" EKEYREJECTED \
	add_cert .rivet_trust weak-under-ca.der
expect "a signer that the CA certified is admitted" add_cert .rivet_trust "$keys/signer2.der"
expect_text "the file trust lists it" "second test signer" cat $rivet/trust
# As formats.md makes one, with no more extensions than those
printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n' >plain.ext
# shellcheck disable=SC2086
openssl req -newkey $p256 -noenc -config openssl.cnf -subj /CN=plain -keyout plain.key \
	-out plain.csr 2>/dev/null || bail "no request for a certificate"
openssl x509 -req -in plain.csr -CA "$keys/ca.pem" -CAkey "$keys/ca.key" -days 730 \
	-extfile plain.ext -outform DER -out plain.der 2>/dev/null || bail "no plain certificate"
expect "one without key identifiers is admitted as well" add_cert .rivet_trust plain.der

# --- root takes nothing away ----------------------------------------------------

expect "a set comes in as a key" add_key gateway .rivet by-signer.signed
other=$(keyctl newring other @s)

# expect_kept WHAT COMMAND...: root is refused, for any reason
expect_kept()
{
	kept_name=$1
	shift
	expect_errno "$kept_name" 'EPERM|EACCES|EOPNOTSUPP' "$@"
}

for ring in .rivet_trust .rivet_ca .rivet; do
	id=$(ring_id $ring)
	case $ring in
	.rivet_trust) member=$(key_id ' rivet test: test signer: ') ;;
	.rivet_ca) member=$(key_id ' rivet test: test CA: ') ;;
	.rivet) member=$(key_id ' riv  *gateway') ;;
	esac
	expect_kept "$ring cannot be cleared" keyctl clear "$id"
	expect_kept "$ring cannot be revoked" keyctl revoke "$id"
	expect_kept "$ring cannot be invalidated" keyctl invalidate "$id"
	expect_kept "$ring does not time out" keyctl timeout "$id" 1
	expect_kept "$ring keeps its permissions" keyctl setperm "$id" 0x3f3f3f3f
	expect_kept "$ring keeps its owner" keyctl chown "$id" 1000
	expect_kept "$ring keeps its restriction" keyctl restrict_keyring "$id"
	expect_kept "$ring cannot be possessed" keyctl link "$id" @s
	expect_kept "a member of $ring cannot be unlinked" keyctl unlink "$member" "$id"
	expect_kept "a member of $ring cannot be moved" keyctl move "$member" "$id" "$other"
	expect_kept "a member of $ring cannot be revoked" keyctl revoke "$member"
	expect_kept "a member of $ring cannot be invalidated" keyctl invalidate "$member"
	expect_kept "a member of $ring does not time out" keyctl timeout "$member" 1
	expect_kept "a member of $ring keeps its permissions" keyctl setperm "$member" 0x3f3f3f3f
done

# --- keys of type riv -----------------------------------------------------------

expect_same "keyctl prints the manifest that was signed" by-signer - <<END
$(keyctl pipe "$(key_id ' riv  *gateway')")
END
expect_errno "a manifest cannot be kept elsewhere" EPERM \
	sh -c 'keyctl padd riv gateway @s <by-signer.signed'
chmod 644 by-signer.signed
expect_errno "a user cannot have one parsed" EPERM setpriv --reuid 1000 --regid 1000 \
	--clear-groups sh -c 'keyctl padd riv gateway @s <by-signer.signed'
expect_errno "a key has the name of its set" EINVAL add_key other-name .rivet by-signer.signed

# --- revoked certificates -------------------------------------------------------

# ask FILE: the kernel's verdict on it
ask()
{
	echo "$1" >"$rivet/check"
	cat "$rivet/check"
}

# by_second FILE: sign it with the key of the second signer
by_second()
{
	sign_object "$1" signer2
}

second=/opt/m2m/second
mkdir -p /opt/m2m
echo second >"$second"
printf 'sha256:%s %s exec,mmap %s\n' "$(sha256sum <"$second" | cut -d ' ' -f 1)" \
	"$(stat -c %s "$second")" "$second" >second.items
manifest second 'version: 1' <second.items >second1.riv
by_second second1.riv
manifest second 'version: 2' <second.items >second2.riv
by_second second2.riv
expect "what the second signer has signed is loaded" load_riv second1.riv.signed
expect_text "and vouches" "reason: match" ask "$second"

cert_digest "$keys/signer2.der" | manifest lost 'kind: revoke
version: 1' >lost.riv
by_second lost.riv
mark_log
expect_errno "no revocation names the certificate it is signed with" EPERM \
	load_revoke lost.riv.signed
expect_one_line "and one line tells why" "it names the certificate that it is signed with"
expect_text "nothing has changed" "reason: match" ask "$second"
sign_object lost.riv signer
mark_log
expect "another signer revokes it" load_revoke lost.riv.signed
expect_one_line "and one line tells it" "revocation lost version 1 is active with 1 value(s)"
expect_same "the key's payload is its text" lost.riv - <<END
$(keyctl pipe "$(key_id ' riv  *revoke:lost')")
END
expect_text "its set vouches no more" "reason: revoked" ask "$second"
expect_text "and is listed so" " revoked" grep '^set second ' $rivet/riv
expect_text "as is the certificate" "digest=$(cert_digest "$keys/signer2.der") revoked" \
	grep 'second test signer' $rivet/trust
expect_no_text "and no other" revoked grep 'rivet test: test signer' $rivet/trust

mark_log
expect_errno "what it signs is refused: a manifest" EKEYREJECTED load_riv second2.riv.signed
expect_one_line "and one line tells why" "a revocation names its signer's certificate"
printf 'policy_name=second policy_version=1.0.0\nDEFAULT action=AUDIT\n' >second.pol
by_second second.pol
mark_log
expect_errno "a policy" EKEYREJECTED write_whole second.pol.signed $rivet/policy
expect_one_line "and one line tells why" "a revocation names its signer's certificate"
cert_digest "$keys/signer.der" | manifest revenge 'kind: revoke
version: 1' >revenge.riv
by_second revenge.riv
expect_errno "a revocation" EKEYREJECTED load_revoke revenge.riv.signed
cat $rivet/unlock >token
by_second token
mark_log
expect_errno "a token" EKEYREJECTED write_whole token.signed $rivet/unlock
expect_one_line "and one line tells why" "a revocation names its signer's certificate"
entry 3 | manifest both 'version: 1' >both.riv
make_signature both.riv signer both.p7s -binary -noattr -nocerts -signer "$keys/signer2.pem" \
	-inkey "$keys/signer2.key"
attach_signature both.riv both.p7s >both.signed
expect "what another signer has signed too is taken" load_riv both.signed
mark_log
expect_errno "the certificate is not admitted again" EKEYREJECTED \
	add_cert .rivet_trust "$keys/signer2.der"
expect_one_line "and one line tells why" "a revocation names it"
{ cat "$keys/signer2.der" && echo; } >longer.der
expect_errno "nor is it with a byte more" EKEYREJECTED add_cert .rivet_trust longer.der
make_cert third "$p256" sha256 "$keys/ca"
{ cat third.der && echo; } >longer.der
mark_log
expect_errno "a new one with a byte more is not admitted either" EKEYREJECTED \
	add_cert .rivet_trust longer.der
expect_one_line "and one line tells why" "it is not strictly DER"
expect "another certificate of the same CA is" add_cert .rivet_trust third.der

cert_digest "$keys/ca.der" | manifest ca 'kind: revoke
version: 1' >ca.riv
sign_object ca.riv signer
expect "a CA is revoked" load_revoke ca.riv.signed
make_cert fourth "$p256" sha256 "$keys/ca"
mark_log
expect_errno "whom it has certified is not admitted" EKEYREJECTED add_cert .rivet_trust fourth.der
expect_one_line "and one line tells why" "a revocation names the CA"
manifest lost 'kind: revoke
version: 2' </dev/null >lost2.riv
sign_object lost2.riv signer
expect "the revocation is withdrawn" load_revoke lost2.riv.signed
expect_text "then the set vouches again" "reason: match" ask "$second"
expect "and what the signer signs is taken" load_riv second2.riv.signed

# --- pushing members out --------------------------------------------------------

description=$(sed -n 's/^signer \(.*test signer: [0-9a-f]*\) id=.*/\1/p' $rivet/trust | sed -n 1p)
sneak_in "$description" .rivet_trust
expect_errno "what took the place of a signer does not count" ENOKEY load_riv by-rogue.signed
signed_manifest next gateway 'version: 2' <<END
$(entry 2)
END
expect "and the signer goes on counting" load_riv next.signed
keyctl request2 riv gateway x "%keyring:.rivet" >/dev/null 2>&1
expect_text "request_key of a set pushes nothing out of what is active" \
	"set gateway version 2 values 1" cat $rivet/riv

finish
