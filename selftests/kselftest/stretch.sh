#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# stretch.sh - a large set or policy that is loaded or replaced lets others run: where instructions
# are counted, not more than ten million of them pass in one go
#
# boot: stretch.sh | --icount --memory 1536 --append preempt=voluntary
# wide

# shellcheck source=selftests/kselftest/lib.sh
. "$(dirname "$0")/lib.sh"

helpers=${RIVET_TEST_HELPERS:-/rivet-test/helpers}
limit=10000000

# expect_short NAME FILE TO
expect_short()
{
	short_took=$("$helpers/stretch" write "$2" "$3") || {
		fail "$1" "it is not taken: $short_took"
		return
	}
	comment "$1: $short_took instructions in one go"
	if [ "$short_took" -lt $limit ]; then
		pass "$1"
	else
		fail "$1" "$short_took"
	fi
}

# make_set FILE NAME VERSION COUNT PATH_BYTES
make_set()
{
	make_file=$1
	shift
	"$helpers/stretch" manifest "$@" >"$make_file"
	sign_object "$make_file" signer
	rm "$make_file"
}

plan 7
load_rivet
cd "$work" || bail "no work folder"
for name in signer signer-ec rogue; do
	[ ! -f "$keys/$name.der" ] || add_cert .rivet_trust "$keys/$name.der" >/dev/null
done

expect_short "nothing at all" /dev/null /dev/null
make_set first many 1 150000 24
expect_short "a set of 16 MiB with short paths" first.signed $rivet/riv
make_set second many 2 150000 24
expect_short "the next version in its place" second.signed $rivet/riv
make_set long long 1 4000 4095
expect_short "a set of 16 MiB with long paths" long.signed $rivet/riv
# make_policy NAME VERSION: rules from stdin
make_policy()
{
	{
		echo "policy_name=$1 policy_version=$2"
		cat
		echo 'DEFAULT action=ALLOW'
	} >"$1"
	sign_object "$1" signer
}

folder=$(printf '/%0210d' 0)
seq 4096 | sed "s|.*|op=READ path=$folder/& action=AUDIT|" | make_policy rules 1.0.0
expect_short "a policy of 1 MiB with all the rules there may be" rules.signed $rivet/policy
{
	printf '#'
	head -c 1048000 /dev/zero | tr '\0' x
	echo
} | make_policy rules 1.0.1
expect_short "a policy of one line of 1 MiB" rules.signed $rivet/policy
expect_text "they are there" 2 grep -c '^set ' $rivet/riv
finish
