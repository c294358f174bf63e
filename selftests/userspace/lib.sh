# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# lib.sh - common code of the tests of rivetctl
#
# Sourced. A test file defines functions test_WHAT_IT_SHOWS and calls run_tests
# at its end. Each runs in a folder and a shell of its own, under set -e, and
# stops at the first thing that is not as expected.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
keys=$RIVET_TEST_KEYS
work=$(mktemp -d)
bin=
trap clean_up EXIT
export LC_ALL=C
export SOURCE_DATE_EPOCH=1750000000	# what is built twice is the same

readonly skip_status=77

clean_up()
{
	chmod -R u+rwX "$work"
	rm -rf "$work" ${bin:+"$bin"}
}

# give_up WHY: the test fails
give_up()
{
	echo "$*" >&2
	exit 1
}

# skip_test WHY: the facility that this machine lacks
skip_test()
{
	echo "$*"
	exit "$skip_status"
}

# build_unit OUTPUT SOURCE|LIBRARY...: a unit test, with sanitizers
build_unit()
{
	local output=$1
	shift

	"${CC:-gcc}" -std=gnu11 -O1 -g -D_GNU_SOURCE -fsanitize=address,undefined \
		-fno-sanitize-recover=all -fno-omit-frame-pointer -Wall -Wextra \
		-Wno-unused-parameter -Wno-missing-field-initializers -Werror "-I$top/userspace" \
		"-I$top/userspace/shim" "-I$top/kmod" "-I$top/kmod/include" \
		"-I$top/selftests/unit" -o "$output" "$top/selftests/unit/unit.c" "$@"
}

# make_bin: the folder $bin for programs that others may execute too, with killpoint in it
make_bin()
{
	bin=$(mktemp -d /tmp/rivet-XXXXXX)
	chmod 755 "$bin"
	"${CC:-gcc}" -O1 -Wall -o "$bin/killpoint" \
		"$top/selftests/kselftest/helpers/killpoint.c" || exit 1
}

# build_to_kill OUTPUT SOURCE|LIBRARY...: with librivet as it was built, to be run by killpoint
build_to_kill()
{
	local output=$1 library sanitizers=()

	shift
	library=$(dirname "$RIVETCTL")/../librivet.a
	# One that was built with sanitizers needs them. Leaks cannot be looked for under ptrace.
	if nm "$library" 2>/dev/null | grep __asan_init >/dev/null; then
		sanitizers=('-fsanitize=address,undefined')
		export ASAN_OPTIONS=detect_leaks=0
	fi
	"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -Wall "${sanitizers[@]}" "-I$top/userspace" \
		"-I$top/userspace/shim" "-I$top/kmod" "-I$top/kmod/include" -o "$output" "$@" \
		"$library" -l:libarchive.a -lcrypto -llzma -lz -lzstd
}

# expect STATUS COMMAND...: it ends so; its output is then in the files out and err
expect()
{
	local want=$1 status=0

	shift
	"$@" >out 2>err </dev/null || status=$?
	((status == want)) && return
	echo "$*: ended with $status, expected $want" >&2
	head -n 5 out err >&2
	exit 1
}

# fails COMMAND...: under set -e, "! COMMAND" would not stop the test
fails()
{
	! "$@" || give_up "$* did not fail"
}

rivetctl()
{
	"$RIVETCTL" "$@"
}

# in_out TEXT, in_err TEXT, not_in_out TEXT, not_in_err TEXT: in the output of the last
# command
in_out()
{
	grep -qF -e "$1" out || give_up "no '$1' in the output: $(head -c 1000 out)"
}

in_err()
{
	grep -qF -e "$1" err || give_up "no '$1' among the errors: $(head -c 1000 err)"
}

not_in_out()
{
	! grep -qF -e "$1" out || give_up "'$1' in the output: $(head -c 1000 out)"
}

not_in_err()
{
	! grep -qF -e "$1" err || give_up "'$1' among the errors: $(head -c 1000 err)"
}

# one_line FILE: it has exactly one
one_line()
{
	[[ $(wc -l <"$1") == 1 ]] || give_up "not one line: $(head -c 1000 "$1")"
}

# is_json FILE SCHEMA: one valid JSON object with this schema
is_json()
{
	grep -q "^{\"schema\":\"$2\"" "$1" || give_up "no schema $2: $(head -c 1000 "$1")"
	one_line "$1"
	command -v python3 >/dev/null || return 0
	python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$1" ||
		give_up "no JSON: $(head -c 1000 "$1")"
}

same()
{
	cmp "$1" "$2" || give_up "$1 and $2 differ"
}

# Root may read everything: become somebody else.
as_nobody()
{
	((EUID == 0)) || { "$@"; return; }
	command -v setpriv >/dev/null || skip_test "no setpriv to be somebody else than root"
	setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"
}

# small_manifest FILE [HEADER LINE]...: a good one with two entries
small_manifest()
{
	local file=$1

	shift
	{
		printf 'riv-manifest 1\nname: small\nversion: 3\n'
		(($# == 0)) || printf '%s\n' "$@"
		printf 'count: 2\n'
		printf 'sha256:%064d 10 exec,mmap /usr/bin/a\n' 1
		printf 'sha256:%064d 20 mmap /usr/lib/b.so\n' 2
	} >"$file"
}

small_policy()
{
	cat >"$1" <<-END
		policy_name=gateway policy_version=1.2.3
		DEFAULT action=DENY
		op=EXECUTE riv=MATCH action=ALLOW
		op=MMAP riv=MATCH action=ALLOW
		op=ANON_EXEC riv=MATCH action=ALLOW
		op=KMODULE riv=MATCH action=ALLOW
		op=FIRMWARE riv=MATCH action=ALLOW
	END
}

small_request()
{
	printf 'riv-unlock 1\nnonce: %064d\n' 7 >"$1"
}

# sign WHAT FILE [KEYS]: with a key of this run
sign()
{
	rivetctl "$1" sign -k "$keys/${3:-rsa}/signer.key" -c "$keys/${3:-rsa}/signer.pem" "$2"
}

# The kernel's own signing program, where its build tools are installed.
find_sign_file()
{
	local found

	for found in "${SIGN_FILE:-}" "$top"/build/kernels/*/headers/usr/lib/linux-kbuild-*/scripts/sign-file \
		/usr/lib/linux-kbuild-*/scripts/sign-file \
		/usr/src/linux-headers-*/scripts/sign-file; do
		[[ -x $found ]] && echo "$found" && return
	done
	skip_test "no sign-file of the kernel's build tools"
}

# split_signed FILE TEXT SIGNATURE: take a signed object apart without rivetctl
split_signed()
{
	local size length

	size=$(stat -c %s "$1")
	length=$((16#$(tail -c 32 "$1" | head -c 4 | od -An -tx1 | tr -d ' \n')))
	head -c $((size - 40 - length)) "$1" >"$2"
	tail -c $((40 + length)) "$1" | head -c "$length" >"$3"
}

run_tests()
{
	local number=0 failed=0 name status tests

	mapfile -t tests < <(declare -F | sed -n 's/^declare -f test_//p')
	echo "KTAP version 1"
	echo "1..${#tests[@]}"
	for name in "${tests[@]}"; do
		number=$((number + 1))
		mkdir "$work/$name"
		status=0
		(
			cd "$work/$name" || exit 1
			set -e
			"test_$name"
		) >"$work/$name.log" 2>&1
		status=$?
		if ((status == 0)); then
			echo "ok $number ${name//_/ }"
		elif ((status == skip_status)); then
			echo "ok $number ${name//_/ } # SKIP $(tail -n 1 "$work/$name.log")"
		else
			sed 's/^/# /' "$work/$name.log"
			echo "not ok $number ${name//_/ }"
			failed=$((failed + 1))
		fi
	done
	((failed == 0))
}
