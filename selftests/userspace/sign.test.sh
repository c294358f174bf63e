#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# sign.test.sh - signing and verifying, against openssl and the kernel's sign-file

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd)
k=$keys/rsa

# openssl_verifies FILE.signed CERT TEXT
openssl_verifies()
{
	split_signed "$1" text der
	same text "$3"
	openssl cms -verify -binary -inform DER -in der -content text -certfile "$2" \
		-noverify -nointern -out /dev/null
}

# make_cert NAME GENPKEY-OPTION...: a self-signed one
make_cert()
{
	local name=$1

	shift
	openssl genpkey -quiet "$@" -out "$name.key"
	openssl req -x509 -new -key "$name.key" -subj "/CN=$name" -out "$name.pem" \
		-addext basicConstraints=critical,CA:FALSE
}

test_what_we_sign_openssl_verifies()
{
	small_manifest m
	for kind in rsa ec; do
		expect 0 sign manifest m $kind
		openssl_verifies m.signed "$keys/$kind/signer.pem" m
		[[ $(stat -c %a m.signed) == 644 ]]
	done
}

test_what_we_sign_is_byte_for_byte_what_sign_file_makes()
{
	sign_file=$(find_sign_file) || { echo "$sign_file"; exit "$skip_status"; }
	small_manifest m
	expect 0 sign manifest m
	"$sign_file" sha256 "$k/signer.key" "$k/signer.pem" m theirs
	same m.signed theirs
}

test_what_sign_file_signs_we_verify()
{
	sign_file=$(find_sign_file) || { echo "$sign_file"; exit "$skip_status"; }
	small_manifest m
	for hash in sha256 sha512; do
		"$sign_file" $hash "$k/signer.key" "$k/signer.der" m m.signed
		expect 0 rivetctl manifest verify -c "$k/signer.pem" m.signed
	done
	"$sign_file" -k sha256 "$k/signer.key" "$k/signer.pem" m m.signed
	expect 0 rivetctl manifest verify -c "$k/signer.pem" m.signed
	"$sign_file" sha256 "$keys/ec/signer.key" "$keys/ec/signer.pem" m m.signed
	expect 0 rivetctl manifest verify -c "$keys/ec/signer.pem" m.signed
}

test_signing_twice_gives_the_same_bytes()
{
	small_manifest m
	expect 0 sign manifest m
	mv m.signed first
	expect 0 sign manifest m
	same m.signed first
}

test_output_standard_input_and_output()
{
	small_manifest m
	expect 0 rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.pem" -o elsewhere m
	[[ ! -e m.signed ]]
	in_err "wrote elsewhere"
	rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.der" - <m >piped 2>err
	[[ ! -s err ]]
	same piped elsewhere
	expect 0 rivetctl --json manifest sign -k "$k/signer.key" -c "$k/signer.pem" m
	is_json out rivet.manifest/1
	in_out '"output":"m.signed"'
}

test_an_output_is_replaced_whole_or_not_at_all()
{
	small_manifest m
	echo old >target
	ln -s target link
	expect 0 rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.pem" -o link m
	[[ -L link ]]
	same target link
	expect 3 rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.pem" -o no/such/folder m
	[[ -z $(find . -name '*.??????' ! -name '*.signed') ]]
	mkdir folder
	status=0
	rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.pem" -o folder m 2>err || status=$?
	((status == 3 || status == 7))
	rmdir folder
}

test_EC_keys_bring_a_word_about_Linux_6_1()
{
	small_manifest m
	expect 0 sign manifest m ec
	in_err "6.1"
	expect 0 sign manifest m rsa
	not_in_err "6.1"
}

test_what_is_no_manifest_is_not_signed()
{
	small_manifest m
	sed -i 's/^version: 3/version: 03/' m
	expect 4 sign manifest m
	in_err "m:3:10: expected"
	one_line err
	[[ ! -e m.signed ]]
	small_policy p
	expect 4 sign manifest p
	in_err "expected a manifest, this is a policy"
	head -c 5000 /dev/zero >zeros
	expect 4 sign manifest zeros
	: >empty
	expect 4 sign manifest empty
	expect 4 sign policy empty
	expect 4 sign unlock empty
}

test_no_revocation_is_signed_with_what_it_revokes()
{
	rivetctl manifest build -n lost -v 1 --revoke --cert "$keys/rsa/signer.pem" -o m
	expect 4 sign manifest m
	in_err "revokes the certificate"
	[[ ! -e m.signed ]]
	expect 0 sign manifest m other
	expect 0 rivetctl manifest verify -c "$keys/other/signer.pem" m.signed
}

test_what_is_signed_is_not_signed_again()
{
	small_manifest m
	expect 0 sign manifest m
	expect 4 sign manifest m.signed
	in_err "signed already"
}

test_policies_and_unlock_requests_too()
{
	small_policy p
	expect 0 sign policy p
	openssl_verifies p.signed "$k/signer.pem" p
	small_request u
	expect 0 sign unlock u
	openssl_verifies u.signed "$k/signer.pem" u
	echo more >>u
	expect 4 sign unlock u
	in_err "u:3:1: expected"
	echo "op=EXECUTE" >>p
	expect 4 sign policy p
	in_err "p:8:"
}

test_rejoin_requests_are_no_unlock_requests()
{
	small_request u
	sed s/unlock/rejoin/ u >r
	expect 0 sign rejoin r
	openssl_verifies r.signed "$k/signer.pem" r
	expect 4 sign rejoin u
	expect 4 sign unlock r
}

test_an_unlock_request_from_a_pipe()
{
	small_request u
	rivetctl unlock sign -k "$k/signer.key" -c "$k/signer.pem" - <u >token
	expect 0 sign unlock u
	same token u.signed
}

test_weak_and_unknown_keys_are_refused()
{
	small_manifest m
	make_cert rsa2048 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
	make_cert p521 -algorithm EC -pkeyopt ec_paramgen_curve:P-521
	make_cert p224 -algorithm EC -pkeyopt ec_paramgen_curve:P-224
	make_cert ed25519 -algorithm ED25519
	make_cert pss -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:3072
	for name in rsa2048 p521 p224 ed25519 pss; do
		expect 4 rivetctl manifest sign -k $name.key -c $name.pem m
		in_err "3072 bits or more"
		[[ ! -e m.signed ]]
	done
	make_cert p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
	expect 0 rivetctl manifest sign -k p384.key -c p384.pem m
	openssl_verifies m.signed p384.pem m
}

test_key_and_certificate_must_belong_together()
{
	small_manifest m
	expect 4 rivetctl manifest sign -k "$keys/other/signer.key" -c "$k/signer.pem" m
	in_err "do not belong together"
	expect 4 rivetctl manifest sign -k "$keys/ec/signer.key" -c "$k/signer.pem" m
	[[ ! -e m.signed ]]
}

test_files_that_are_no_keys()
{
	small_manifest m
	expect 4 rivetctl manifest sign -k "$k/signer.pem" -c "$k/signer.pem" m
	expect 4 rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.key" m
	expect 4 rivetctl manifest sign -k m -c m m
	: >empty
	expect 4 rivetctl manifest sign -k empty -c empty m
	expect 3 rivetctl manifest sign -k nowhere -c "$k/signer.pem" m
	expect 3 rivetctl manifest sign -k "$k/signer.key" -c nowhere m
	expect 3 rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.pem" nowhere
	expect 3 rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.pem" .
}

test_unreadable_files_are_7()
{
	small_manifest m
	cp "$k/signer.key" closed.key
	chmod 0 closed.key
	chmod 755 .. .
	cp "$k/signer.pem" .
	expect 7 as_nobody "$RIVETCTL" manifest sign -k closed.key -c signer.pem -o - m
	in_err "closed.key"
}

test_several_manifests_are_signed_at_once()
{
	small_manifest a
	small_manifest b
	expect 0 sign manifest a
	mv a.signed alone
	expect 0 rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.pem" a b
	same a.signed alone
	same b.signed alone
	expect 2 rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.pem" -o c a b
	in_err "-o OUT goes with one file"
	expect 2 rivetctl policy sign -k "$k/signer.key" -c "$k/signer.pem" a b
	in_err "one file is needed"
	expect 2 rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.pem"
	rm b.signed
	expect 4 rivetctl manifest sign -k "$k/signer.key" -c "$k/signer.pem" a.signed b
	in_err "signed already"
	[[ ! -e b.signed && ! -e c ]]
}

test_encrypted_keys_ask_for_their_passphrase()
{
	command -v script >/dev/null || skip_test "no script(1) to type with"
	small_manifest m
	expect 0 sign manifest m
	mv m.signed plain
	openssl pkcs8 -topk8 -in "$k/signer.key" -out locked.key -passout pass:sesame
	command="$RIVETCTL manifest sign -k locked.key -c $k/signer.pem m"
	(sleep 1; echo sesame) | script -qec "$command" typescript >/dev/null
	grep -q "Passphrase of locked.key" typescript
	same m.signed plain
	rm m.signed
	status=0
	(sleep 1; echo wrong) | script -qec "$command" typescript >/dev/null || status=$?
	((status == 4))
	[[ ! -e m.signed ]]
	fails grep -q sesame typescript
}

test_a_passphrase_comes_from_a_descriptor()
{
	small_manifest m
	expect 0 sign manifest m
	mv m.signed plain
	openssl pkcs8 -topk8 -in "$k/signer.key" -out locked.key -passout pass:sesame
	printf 'sesame\nmore\n' >good
	printf sesame >unended
	echo wrong >bad
	head -c 5000 /dev/zero | tr '\0' x >long
	: >empty
	for file in good unended; do
		expect 0 rivetctl manifest sign -k locked.key -c "$k/signer.pem" --passphrase-fd 7 m 7<$file
		same m.signed plain
		rm m.signed
	done
	for file in bad long empty; do
		expect 4 rivetctl manifest sign -k locked.key -c "$k/signer.pem" --passphrase-fd 7 m 7<$file
		one_line err
		[[ ! -e m.signed ]]
	done
	for fd in 9 x -1 '' 4294967296; do
		expect 2 rivetctl manifest sign -k locked.key -c "$k/signer.pem" --passphrase-fd "$fd" m
		in_err "\"$fd\" is no descriptor that is open"
	done
}

test_verify_says_who_signed_what()
{
	small_manifest m
	expect 0 sign manifest m
	expect 0 rivetctl manifest verify -c "$k/signer.pem" m.signed
	in_out "good signature of CN=rivet trial signer,O=rivet; set small version 3, 2 entries"
	expect 0 rivetctl manifest verify -c "$k/signer.der" --ca "$k/ca.pem" m.signed
	expect 0 rivetctl manifest verify --json -c "$k/signer.der" m.signed
	is_json out rivet.manifest/1
	in_out '"signature":"good"'
}

test_verify_is_there_for_policies_too()
{
	small_policy p
	expect 0 sign policy p
	expect 0 rivetctl policy verify -c "$k/signer.pem" --ca "$k/ca.pem" p.signed
	in_out "p.signed: good signature of CN=rivet trial signer,O=rivet; policy gateway 1.2.3, 5 rules"
	expect 0 rivetctl policy verify --json -c "$k/signer.pem" p.signed
	is_json out rivet.policy/1
	in_out '"name":"gateway","policy_version":"1.2.3","rules":5'
	expect 4 rivetctl policy verify -c "$keys/other/signer.pem" p.signed
	expect 4 rivetctl policy verify -c "$k/signer.pem" --ca "$keys/other/ca.pem" p.signed
	expect 4 rivetctl policy verify -c "$k/signer.pem" p
	in_err "rivetctl policy sign"
	expect 3 rivetctl policy verify p.signed
	sed s/gateway/gatewaz/ p.signed >changed
	expect 4 rivetctl policy verify -c "$k/signer.pem" changed
	in_err "changed after signing"
	expect 4 rivetctl manifest verify -c "$k/signer.pem" p.signed
	in_err "expected a manifest, this is a policy"
}

test_verify_without_a_certificate_is_no_success()
{
	small_manifest m
	expect 0 sign manifest m
	expect 3 rivetctl manifest verify m.signed
	in_err "not verified"
}

test_a_CA_signs_nothing()
{
	small_manifest m
	expect 4 rivetctl manifest sign -k "$k/ca.key" -c "$k/ca.pem" m
	in_err "the certificate of a CA"
	[[ ! -e m.signed ]]
}

# issue CERT DAYS EXTENSIONS...: by the CA, for the key of the signer
issue()
{
	local cert=$1 days=$2

	shift 2
	printf '%s\n' "$@" >extensions
	openssl req -new -key "$k/signer.key" -subj /CN=issued -out csr
	openssl x509 -req -in csr -CA "$k/ca.pem" -CAkey "$k/ca.key" -days "$days" \
		-extfile extensions -out "$cert"
}

test_extensions_that_are_wrong_are_named()
{
	small_manifest m
	issue a 90 basicConstraints=CA:FALSE keyUsage=digitalSignature,keyCertSign
	expect 4 rivetctl manifest sign -k "$k/signer.key" -c a m
	in_err "it has keyUsage keyCertSign"
	expect 4 rivetctl trust add a
	in_err "it has keyUsage keyCertSign"
	issue b 90 basicConstraints=CA:TRUE
	expect 4 rivetctl trust add --ca b
	in_err "it lacks keyUsage keyCertSign"
	expect 4 rivetctl trust add b
	in_err "it has basicConstraints CA:TRUE"
	issue c 90 keyUsage=keyCertSign
	expect 4 rivetctl trust add --ca c
	in_err "it lacks basicConstraints CA:TRUE"
	issue d 90 subjectKeyIdentifier=hash
	expect 4 rivetctl trust add --ca d
	in_err "it lacks basicConstraints CA:TRUE and keyUsage keyCertSign"
	expect 0 rivetctl manifest sign -k "$k/signer.key" -c d m
	expect 4 rivetctl manifest verify -c d --ca "$k/signer.pem" m.signed
	in_err "lacks basicConstraints CA:TRUE and keyUsage keyCertSign"
}

# The commands of formats.md, as they stand there
test_the_documented_way_to_certificates()
{
	sed -n '/^## Certificates/,/^## Manifest/s/^    //p' "$here"/../../Documentation/formats.md >commands
	[[ $(wc -l <commands) == 4 ]]
	sh -e commands
	small_manifest m
	expect 0 rivetctl manifest sign -k signer.key -c signer.pem m
	expect 0 rivetctl manifest verify -c signer.pem --ca ca.pem m.signed
	not_in_err warning
	if [[ ! -d /sys/module/rivet ]]; then
		expect 6 rivetctl trust add --ca ca.pem
		expect 6 rivetctl trust add signer.pem
	fi
}

test_certificates_that_end_are_named()
{
	small_manifest m
	issue soon 9 basicConstraints=CA:FALSE
	expect 0 rivetctl manifest sign -k "$k/signer.key" -c soon m
	in_err "the certificate of CN=issued expires in "
	expect 0 rivetctl manifest verify -c soon m.signed
	in_err "the certificate of CN=issued expires in "
	# Made yesterday, for a minute: openssl 3.0 has no option for that but in its small CA.
	mkdir small
	: >small/index
	echo 01 >small/serial
	printf '%s\n' '[ca]' 'default_ca=small' '[small]' 'database=small/index' \
		'new_certs_dir=small' 'serial=small/serial' 'unique_subject=no' \
		'default_md=sha256' 'policy=any' \
		'[any]' 'commonName=supplied' >small/conf
	openssl ca -batch -config small/conf -in csr -cert "$k/ca.pem" -keyfile "$k/ca.key" \
		-startdate 20200101000000Z -enddate 20210101000000Z -out past -notext
	openssl ca -batch -config small/conf -in csr -cert "$k/ca.pem" -keyfile "$k/ca.key" \
		-startdate 20960101000000Z -enddate 20970101000000Z -out future -notext
	expect 0 rivetctl manifest sign -k "$k/signer.key" -c past m
	in_err "the certificate of CN=issued has expired: the kernel accepts it all the same"
	expect 0 rivetctl manifest verify -c past m.signed
	in_err "has expired"
	expect 0 rivetctl manifest sign -k "$k/signer.key" -c future m
	in_err "the certificate of CN=issued is not valid yet"
	expect 0 sign manifest m
	not_in_err "certificate"
}

test_sets_that_end_are_named()
{
	small_manifest m "valid-until: 2001-02-03T04:05:06Z"
	expect 0 sign manifest m
	in_err "set small has expired"
	expect 0 rivetctl manifest verify -c "$k/signer.pem" m.signed
	in_err "set small has expired"
	expect 0 env SOURCE_DATE_EPOCH=900000000 "$RIVETCTL" manifest build -n x -v 1 \
		--valid-until 2001-02-03T04:05:06Z -o x "$PWD/m"
	in_err "set x has expired"
	expect 0 rivetctl manifest build -n x -v 1 --valid-until 2091-02-03T04:05:06Z -o x "$PWD/m"
	not_in_err "expire"
}

test_objects_of_the_future_are_named()
{
	small_manifest m "issued: 2091-02-03T04:05:06Z"
	expect 0 sign manifest m
	in_err "it says that it was issued at 2091-02-03T04:05:06Z, which is to come"
	small_manifest m "issued: $(date -u -d '30 minutes' +%FT%TZ)"
	expect 0 sign manifest m
	not_in_err "issued"
	printf 'policy_name=p policy_version=1.0.0 issued=2091-02-03T04:05:06Z\nDEFAULT action=DENY\n' >p
	expect 0 sign policy p
	in_err "it says that it was issued at 2091-02-03T04:05:06Z, which is to come"
	sed -i 's/issued=2091/issued=2025/' p
	expect 0 sign policy p
	not_in_err "issued"
}

test_words_of_a_newer_version_are_named()
{
	small_manifest m "issued-by: someone"
	expect 4 sign manifest m
	in_err "m:4:1: expected the header count:"
	in_err ", not issued-by"
	printf 'policy_name=p policy_version=1.0.0\nDEFAULT action=DENY\nSET colour=blue\n' >p
	expect 4 sign policy p
	in_err ", not colour"
}

test_verify_refuses_other_signers()
{
	small_manifest m
	expect 0 sign manifest m
	expect 4 rivetctl manifest verify -c "$keys/other/signer.pem" m.signed
	in_err "another signer"
	expect 4 rivetctl manifest verify -c "$k/ca.pem" m.signed
	expect 4 rivetctl manifest verify -c "$k/signer.pem" --ca "$keys/other/ca.pem" m.signed
	expect 4 rivetctl manifest verify -c "$k/signer.pem" --ca "$k/signer.pem" m.signed
	# Another key under the same name and serial number.
	openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out twin.key
	serial=$(openssl x509 -in "$k/signer.pem" -noout -serial | cut -d= -f2)
	openssl req -new -key twin.key -subj "/O=rivet/CN=rivet trial signer" -out twin.csr
	openssl x509 -req -in twin.csr -CA "$keys/rsa/ca.pem" -CAkey "$keys/rsa/ca.key" \
		-set_serial "0x$serial" -out twin.pem
	expect 4 rivetctl manifest verify -c twin.pem m.signed
	in_err "changed after signing"
}

test_verify_notices_changed_bytes_anywhere()
{
	small_manifest m
	expect 0 sign manifest m
	size=$(stat -c %s m.signed)
	for ((at = 0; at < size; at += 11)); do
		cp m.signed changed
		byte=$(od -An -tu1 -j "$at" -N 1 m.signed)
		# shellcheck disable=SC2059
		printf "\\x$(printf %02x $((byte ^ 1)))" |
			dd of=changed bs=1 seek="$at" conv=notrunc status=none
		expect 4 rivetctl manifest verify -c "$k/signer.pem" changed
		one_line err
	done
}

test_verify_notices_missing_bytes()
{
	small_manifest m
	expect 0 sign manifest m
	size=$(stat -c %s m.signed)
	for ((length = 0; length < size; length += 29)); do
		head -c "$length" m.signed >short
		expect 4 rivetctl manifest verify -c "$k/signer.pem" short
	done
	{ cat m.signed; echo; } >long
	expect 4 rivetctl manifest verify -c "$k/signer.pem" long
}

test_one_good_signer_of_two_is_enough()
{
	small_manifest m
	openssl cms -sign -binary -noattr -nocerts -md sha256 -outform DER -in m -out p7s \
		-signer "$keys/other/signer.pem" -inkey "$keys/other/signer.key" \
		-signer "$k/signer.pem" -inkey "$k/signer.key"
	expect 0 rivetctl attach m p7s
	expect 0 rivetctl manifest verify -c "$k/signer.pem" m.signed
	expect 0 rivetctl manifest verify -c "$keys/other/signer.pem" m.signed
	expect 4 rivetctl manifest verify -c "$keys/ec/signer.pem" m.signed
}

run_tests
