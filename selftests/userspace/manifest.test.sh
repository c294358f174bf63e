#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# manifest.test.sh - manifest show and manifest diff

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

digest()
{
	printf 'sha256:%064d' "$1"
}

# manifest VERSION ENTRY...: into standard output
manifest()
{
	printf 'riv-manifest 1\nname: a\nversion: %s\ncount: %s\n' "$1" $(($# - 1))
	shift
	(($# == 0)) || printf '%s\n' "$@"
}

test_show_a_manifest()
{
	small_manifest m "replaces: older" "valid-until: 2001-02-03T04:05:06Z"
	expect 0 rivetctl manifest show m
	in_out "set small version 3: 2 entries, not signed"
	in_out "replaces older"
	in_out "valid until 2001-02-03T04:05:06Z (expired)"
	in_out "exec,mmap"
	in_out "/usr/lib/b.so"
	rivetctl manifest show - <m >piped
	same piped out
}

test_show_in_JSON()
{
	printf 'riv-manifest 1\nname: x\nversion: 9\ncount: 1\n%s 5 exec,mmap,jit /a\\n\\\\b"c\n' \
		"$(digest 1)" >m
	expect 0 rivetctl manifest show m --json
	is_json out rivet.manifest/1
	in_out '"path":"/a\n\\b\"c"'
	in_out '"uses":["exec","mmap","jit"]'
}

test_show_revocations_and_withdrawals()
{
	printf 'riv-manifest 1\nname: r\nkind: revoke\nversion: 1\ncount: 2\n%s\n%s 5 mmap /a\n' \
		"$(digest 1)" "$(digest 2)" >m
	expect 0 rivetctl manifest show m
	in_out "revocation r version 1: 2 entries"
	expect 0 rivetctl --json manifest show m
	in_out '"kind":"revoke"'
	is_json out rivet.manifest/1
	manifest 4 >m
	expect 0 rivetctl manifest show m
	in_out "withdraws the set"
}

test_show_prints_nothing_of_a_bad_manifest()
{
	small_manifest m
	echo more >>m
	expect 4 rivetctl manifest show m
	[[ ! -s out ]]
	in_err "m:7:1: expected"
	expect 4 rivetctl manifest show --json m
	is_json out rivet.error/1
}

test_show_escapes_what_a_terminal_would_obey()
{
	manifest 1 "$(digest 1) 5 mmap /"$'\e]0;evil\a' >m
	expect 0 rivetctl manifest show m
	in_out '/\x1b]0;evil\x07'
}

test_show_takes_what_is_no_file_for_a_loaded_set()
{
	expect 6 rivetctl manifest show no-such-file
	expect 3 rivetctl manifest show ./no-such-file
	expect 2 rivetctl manifest show
	expect 2 rivetctl manifest show a b
	expect 2 rivetctl manifest show --frob
}

test_diff_of_the_same()
{
	small_manifest m
	expect 0 rivetctl manifest diff m m
	[[ ! -s out ]]
	expect 0 sign manifest m
	expect 0 rivetctl manifest diff m m.signed
	expect 0 rivetctl --json manifest diff m m.signed
	is_json out rivet.manifest/1
	in_out '"changes":[],"added":0'
}

test_diff_shows_what_changed()
{
	manifest 1 "$(digest 1) 10 exec,mmap /bin/changed" "$(digest 2) 10 exec,mmap /bin/gone" \
		"$(digest 3) 10 mmap /bin/same" "$(digest 4) 10 mmap /bin/uses" >a
	manifest 2 "$(digest 5) 12 exec,mmap /bin/changed" "$(digest 6) 10 exec,mmap /bin/new" \
		"$(digest 3) 10 mmap /bin/same" "$(digest 4) 10 exec,mmap /bin/uses" >b
	expect 1 rivetctl manifest diff a b
	cat >golden <<-END
		version: 1 -> 2
		~ /bin/changed: contents
		- /bin/gone
		+ /bin/new
		~ /bin/uses: uses mmap -> exec,mmap
		1 added, 1 removed, 2 changed
	END
	same out golden
	expect 1 rivetctl --json manifest diff a b
	is_json out rivet.manifest/1
	in_out '{"change":"added","path":"/bin/new"}'
}

test_diff_of_headers_alone()
{
	small_manifest a "replaces: x"
	small_manifest b "valid-until: 2031-01-01T00:00:00Z"
	expect 1 rivetctl manifest diff a b
	printf 'replaces: x -> none\nvalid-until: none -> 2031-01-01T00:00:00Z\n' >golden
	same out golden
}

test_diff_of_paths_with_two_digests()
{
	manifest 1 "$(digest 1) 10 exec /a" >a
	manifest 1 "$(digest 1) 10 exec /a" "$(digest 2) 10 exec /a" >b
	expect 1 rivetctl manifest diff a b
	in_out "~ /a: contents"
	expect 1 rivetctl manifest diff b a
	in_out "~ /a: contents"
	expect 0 rivetctl manifest diff b b
}

test_diff_against_an_empty_set()
{
	manifest 1 "$(digest 1) 10 exec /a" "$(digest 2) 10 exec /b" >a
	manifest 2 >b
	expect 1 rivetctl manifest diff a b
	in_out "0 added, 2 removed, 0 changed"
	expect 1 rivetctl manifest diff b a
	in_out "2 added, 0 removed, 0 changed"
}

test_diff_of_revocations()
{
	printf 'riv-manifest 1\nname: r\nkind: revoke\nversion: 1\ncount: 2\n%s\n%s\n' \
		"$(digest 1)" "$(digest 2)" >a
	printf 'riv-manifest 1\nname: r\nkind: revoke\nversion: 1\ncount: 2\n%s\n%s\n' \
		"$(digest 2)" "$(digest 3)" >b
	expect 1 rivetctl manifest diff a b
	printf -- '- %s\n+ %s\n1 added, 1 removed, 0 changed\n' "$(digest 1)" "$(digest 3)" >golden
	same out golden
}

test_diff_of_revoked_certificates()
{
	printf 'riv-manifest 1\nname: r\nkind: revoke\nversion: 1\ncount: 1\n%s\n' \
		"$(digest 1)" >a
	printf 'riv-manifest 1\nname: r\nkind: revoke\nversion: 1\ncount: 2\n%s\n%s\n' \
		"cert:$(digest 1)" "$(digest 1)" >b
	expect 1 rivetctl manifest diff a b
	printf '+ %s\n1 added, 0 removed, 0 changed\n' "cert:$(digest 1)" >golden
	same out golden
	printf 'riv-manifest 1\nname: s\nversion: 1\ncount: 1\n%s 5 exec /a\n' \
		"cert:$(digest 1)" >c
	expect 4 rivetctl manifest show c
	in_err "c:5:1: expected the digest of a file"
}

test_diff_refuses_what_is_no_manifest()
{
	small_manifest m
	small_policy p
	expect 4 rivetctl manifest diff m p
	expect 4 rivetctl manifest diff p m
	[[ ! -s out ]]
	expect 3 rivetctl manifest diff m nowhere
	expect 2 rivetctl manifest diff m
}

run_tests
