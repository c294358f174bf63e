#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# attach.test.sh - signatures made elsewhere: the good form, and each wrong one

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

k=$keys/rsa

# openssl_sign [OPTION...]: m, as DER in p7s
openssl_sign()
{
	openssl cms -sign -md sha256 -outform DER -in m -out p7s -signer "$k/signer.pem" \
		-inkey "$k/signer.key" "$@"
}

# refused WHAT: attaching p7s is, and the message says so
refused()
{
	expect 4 rivetctl attach m p7s
	one_line err
	in_err "$1"
	in_err "-binary -noattr -nocerts"
	[[ ! -e m.signed ]]
}

test_as_the_documentation_says()
{
	small_manifest m
	openssl_sign -binary -noattr -nocerts
	expect 0 rivetctl attach m p7s
	mv m.signed theirs
	expect 0 sign manifest m
	same m.signed theirs
	expect 0 rivetctl manifest verify -c "$k/signer.pem" theirs
}

test_policies_and_unlock_requests_too()
{
	small_policy m
	openssl_sign -binary -noattr -nocerts
	expect 0 rivetctl attach m p7s -o elsewhere
	mv elsewhere theirs
	expect 0 sign policy m
	same m.signed theirs
	small_request m
	openssl_sign -binary -noattr -nocerts
	expect 0 rivetctl --json attach m p7s
	is_json out rivet.attach/1
}

test_signatures_with_attributes()
{
	small_manifest m
	openssl_sign -binary -nocerts
	refused "without attributes"
}

test_signatures_with_certificates()
{
	small_manifest m
	openssl_sign -binary -noattr
	refused "without certificates"
}

test_signatures_that_hold_the_text()
{
	small_manifest m
	openssl_sign -binary -noattr -nocerts -nodetach
	refused "detached"
}

test_weak_digests()
{
	small_manifest m
	openssl_sign -binary -noattr -nocerts -md sha1
	refused "SHA-256"
}

test_PEM()
{
	small_manifest m
	openssl_sign -binary -noattr -nocerts -outform PEM
	refused "PEM"
}

test_what_is_no_signature()
{
	small_manifest m
	for p7s in m /dev/null "$k/signer.der" "$k/signer.key"; do
		expect 4 rivetctl attach m "$p7s"
	done
	head -c 2000000 /dev/zero >p7s
	expect 3 rivetctl attach m p7s
	expect 3 rivetctl attach m nowhere
	[[ ! -e m.signed ]]
}

test_texts_that_the_kernel_would_refuse()
{
	small_manifest m
	openssl_sign -binary -noattr -nocerts
	echo hello >m
	expect 4 rivetctl attach m p7s
	in_err "m:1:1: expected"
	small_manifest m
	cp m bad
	echo hello >>bad
	expect 4 rivetctl attach bad p7s
	in_err "bad:7:1: expected"
	expect 0 rivetctl attach m p7s
	expect 4 rivetctl attach m.signed p7s
	in_err "signed already"
}

run_tests
