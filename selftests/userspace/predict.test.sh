#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# predict.test.sh - rivetctl evidence predict, against values that another program computes
# from IMA's description of its list

set -u
# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

# values NAME TEXT [NAME TEXT]...: of both banks after these records
values()
{
	command -v python3 >/dev/null || skip_test "no python3"
	python3 - "$@" <<-'END'
		import hashlib, struct, sys
		def field(data):
		    return struct.pack("<I", len(data)) + data
		sha1, sha256 = bytes(20), bytes(32)
		for name, text in zip(sys.argv[1::2], sys.argv[2::2]):
		    text = text.encode()
		    data = field(b"sha256:\0" + hashlib.sha256(text).digest())
		    data += field(name.encode() + b"\0") + field(text)
		    sha1 = hashlib.sha1(sha1 + hashlib.sha1(data).digest()).digest()
		    sha256 = hashlib.sha256(sha256 + hashlib.sha256(data).digest()).digest()
		print('"sha1":"%s","sha256":"%s"' % (sha1.hex(), sha256.hex()))
	END
}

version=$("$RIVETCTL" --version | sed 's/rivetctl //')

test_words_and_objects_give_the_values_of_IMA()
{
	local digest

	expect 0 rivetctl --json evidence predict
	is_json out rivet.evidence/1
	in_out "$(values rivet:start "version $version")"
	small_manifest small.riv
	expect 0 rivetctl manifest sign -k "$keys/rsa/signer.key" -c "$keys/rsa/signer.pem" small.riv
	digest=sha256:$(sha256sum <small.riv | cut -d ' ' -f 1)
	expect 0 rivetctl --json evidence predict seal small.riv.signed trial confirm
	is_json out rivet.evidence/1
	in_out "\"verb\":\"predict\",\"pcr\":13,$(values rivet:start "version $version" \
		rivet:seal sealed rivet:riv "small 3 $digest" rivet:mode trial rivet:mode confirm)"
	expect 0 rivetctl evidence predict seal small.riv.signed
	[[ $(wc -l <out) == 3 ]]
	in_out " rivet:riv small 3 $digest"
}

test_the_order_counts()
{
	expect 0 rivetctl evidence predict seal enforce
	tail -n 1 out | cut -d ' ' -f 1 >one
	expect 0 rivetctl evidence predict enforce seal
	tail -n 1 out | cut -d ' ' -f 1 >other
	fails cmp -s one other
}

test_nothing_is_printed_for_a_file_that_makes_no_record()
{
	small_manifest small.riv
	for wrong in small.riv missing --option; do
		status=0
		"$RIVETCTL" evidence predict seal $wrong >out 2>err || status=$?
		[[ $status != 0 && ! -s out ]] || give_up "$wrong is taken"
	done
}

run_tests
