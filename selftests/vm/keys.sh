#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# keys.sh - throw-away keys and certificates for the guest's /rivet-test
#
# usage: keys.sh DIR
#
#   ca         signs the others            signer     the trusted signer
#   signer2    a second one, same CA       signer-ec  the same with a P-256 key
#   rogue      self-signed, trusted by nobody
#
# Each as NAME.key, NAME.pem and NAME.der. They are made once per build folder
# and never leave it; nothing but the tests' guests may trust them.

set -euo pipefail

# The kernel links a certificate to its issuer by these two identifiers.
common_extensions()
{
	echo 'subjectKeyIdentifier = hash'
	echo 'authorityKeyIdentifier = keyid:always'
}

extensions()
{
	echo '[ext]'
	common_extensions
	case $1 in
	ca)
		echo 'basicConstraints = critical,CA:TRUE'
		echo 'keyUsage = critical,keyCertSign,cRLSign'
		;;
	*)
		echo 'basicConstraints = critical,CA:FALSE'
		echo 'keyUsage = critical,digitalSignature'
		;;
	esac
}

make_key()
{
	case $1 in
	*-ec) openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" ;;
	*) openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$1.key" ;;
	esac
}

# make_pair NAME SUBJECT [ISSUER]
make_pair()
{
	local name=$1 subject=$2 issuer=${3:-} sign

	make_key "$name"
	openssl req -new -sha256 -key "$name.key" -subj "/O=rivet test/CN=$subject" \
		-out "$name.csr"
	sign=(-signkey "$name.key")
	[[ -z $issuer ]] || sign=(-CA "$issuer.pem" -CAkey "$issuer.key")
	# A fixed serial would be the same for all; the kernel also matches on it.
	openssl x509 -req -sha256 -days 36500 -in "$name.csr" "${sign[@]}" \
		-set_serial "0x$(openssl rand -hex 8)" \
		-extfile <(extensions "$name") -extensions ext \
		-out "$name.pem" 2>/dev/null
	openssl x509 -in "$name.pem" -outform DER -out "$name.der"
	rm "$name.csr"
}

main()
{
	[[ $# == 1 ]] || { echo "usage: keys.sh DIR" >&2; exit 2; }
	umask 077
	mkdir -p "$1"
	cd "$1"
	make_pair ca 'test CA'
	make_pair signer 'test signer' ca
	make_pair signer2 'second test signer' ca
	make_pair signer-ec 'test signer with a P-256 key' ca
	make_pair rogue 'rogue signer'
}

main "$@"
