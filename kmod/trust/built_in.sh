#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# rivet - built_in.sh: print built_in.def with the certificates of a file in PEM.
# Usage: built_in.sh FILE.pem
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "rivet: $1" >&2
	exit 1
}

[ -r "$1" ] || fail "cannot read $1: name the CA's certificate, as in TRUST=ca.pem"
command -v openssl >/dev/null || fail 'TRUST= needs openssl; on Debian: apt install openssl'
[ "$(grep -c -- '-----BEGIN .*CERTIFICATE-----' "$1")" = \
	"$(grep -c -- '-----BEGIN CERTIFICATE-----' "$1")" ] ||
	fail "$1 has a block that is no BEGIN CERTIFICATE: make it anew with openssl x509"
awk -v work="$work" '
	/-----BEGIN CERTIFICATE-----/ { inside = 1; file = sprintf("%s/%02d", work, ++n) }
	inside { print >file }
	/-----END CERTIFICATE-----/ { inside = 0; close(file) }' "$1"
[ -e "$work/01" ] || fail "$1 has no certificate in PEM"
[ ! -e "$work/17" ] || fail "$1 has more than 16 certificates"

echo '/* SPDX-License-Identifier: GPL-2.0 */'
echo '/* rivet - the certificates that are built into the module, by built_in.sh */'
for each in "$work"/??; do
	openssl x509 -in "$each" -outform DER -out "$work/der" 2>/dev/null ||
		fail "$1 has a certificate that openssl cannot read"
	ca=false
	! openssl x509 -in "$each" -noout -ext basicConstraints 2>/dev/null | grep -q CA:TRUE ||
		ca=true
	certifies=false
	! openssl x509 -in "$each" -noout -ext keyUsage 2>/dev/null | grep -q 'Certificate Sign' ||
		certifies=true
	[ "$ca" = "$certifies" ] ||
		fail "$1: the module would refuse a certificate: a CA needs keyUsage keyCertSign, and a signer must not have it"
	word=signer
	[ "$ca" = false ] || word=CA
	subject=$(openssl x509 -in "$each" -noout -subject)
	digest=$(sha256sum <"$work/der" | cut -d ' ' -f 1)
	echo "rivet: built in as $word: $subject, sha256:$digest" >&2
	printf 'RIVET_BUILT_IN(%s' "$ca"
	od -An -v -tx1 "$work/der" | sed 's/ /, 0x/g; s/^, /,\n\t/'
	echo ')'
done
