#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# keygen.test.sh - keys and certificates for trying things out

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

# has_text CERT TEXT...: openssl x509 -text shows each
has_text()
{
	openssl x509 -in "$1" -noout -text >text
	shift
	for text; do
		grep -qF -e "$text" text || give_up "no '$text' in the certificate"
	done
}

test_the_signer_is_issued_by_the_CA()
{
	for kind in rsa ec; do
		openssl verify -x509_strict -CAfile "$keys/$kind/ca.pem" "$keys/$kind/signer.pem"
	done
	fails openssl verify -CAfile "$keys/other/ca.pem" "$keys/rsa/signer.pem"
}

test_the_extensions_are_what_the_kernel_wants()
{
	has_text "$keys/rsa/ca.pem" CA:TRUE "Certificate Sign" "Subject Key Identifier" \
		"Authority Key Identifier" "(3072 bit)" sha256WithRSAEncryption
	has_text "$keys/rsa/signer.pem" CA:FALSE "Digital Signature" "Subject Key Identifier" \
		"Authority Key Identifier"
	fails grep -q "Certificate Sign" text
	has_text "$keys/ec/signer.pem" "prime256v1" ecdsa-with-SHA256
}

test_keys_are_private_and_certificates_are_not()
{
	for name in ca signer; do
		[[ $(stat -c %a "$keys/rsa/$name.key") == 600 ]]
		[[ $(stat -c %a "$keys/rsa/$name.pem") == 644 ]]
	done
}

test_keys_are_private_whatever_the_umask()
{
	(umask 0 && rivetctl keygen --ec d)
	[[ $(stat -c %a d) == 700 ]]
	[[ $(stat -c %a d/signer.key) == 600 ]]
}

test_PEM_and_DER_are_the_same_certificate()
{
	for name in ca signer; do
		openssl x509 -in "$keys/rsa/$name.pem" -outform DER -out der
		same der "$keys/rsa/$name.der"
	done
}

test_the_key_belongs_to_the_certificate()
{
	openssl pkey -in "$keys/rsa/signer.key" -pubout -out a
	openssl x509 -in "$keys/rsa/signer.pem" -noout -pubkey -out b
	same a b
}

test_nothing_is_overwritten()
{
	expect 0 rivetctl keygen --ec d
	in_out "never go on a gateway"
	in_err "6.1"
	cp -a d before
	expect 3 rivetctl keygen --ec d
	in_err "never overwritten"
	rm d/ca.key d/ca.pem d/ca.der d/signer.key d/signer.pem before/{ca,signer}.{key,pem} before/ca.der
	expect 3 rivetctl keygen --ec d
	in_err "signer.der"
	diff -r d before
}

test_a_dangling_link_is_not_written_through()
{
	mkdir d
	ln -s ../elsewhere d/ca.key
	expect 3 rivetctl keygen --ec d
	[[ ! -e elsewhere ]]
}

test_an_existing_empty_folder_is_used()
{
	mkdir d
	expect 0 rivetctl keygen --ec d --json
	is_json out rivet.keygen/1
	[[ -f d/signer.der ]]
}

test_a_folder_that_cannot_be_made()
{
	expect 3 rivetctl keygen --ec no/such/folder
	touch file
	expect 3 rivetctl keygen --ec file
	mkdir closed
	chmod 755 .. . closed
	expect 7 as_nobody "$RIVETCTL" keygen --ec closed/new
}

run_tests
