#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# counts.sh - each request that is answered counts as one decision, however it is asked,
# and as one from memory if it was answered from there
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

# expect_count NAME DECISIONS CACHED WAY FILE
expect_count()
{
	count_name=$1
	count_wanted="decisions $2 cached $3"
	shift 3
	expect_text "$count_name" "$count_wanted" "$helpers/counts" "$@"
}

plan 14
mkdir -p /opt/read
cp "$helpers/libhello.so" /opt/listed
cp "$helpers/libhello.so" /opt/unlisted
echo unlisted >>/opt/unlisted
echo text >/opt/read/listed
echo other >/opt/read/unlisted
get_ready
{
	items exec,mmap /opt/listed
	items read /opt/read/listed
} | load_items items
{
	strict_rules
	echo 'op=READ path=/opt/read/** riv=MATCH action=ALLOW'
} | load_policy strict

expect_count "a listed file, mapped" 10 10 map /opt/listed
expect_count "a listed file, made executable" 10 10 protect /opt/listed
expect_count "an unlisted file, mapped" 10 0 map /opt/unlisted
expect_count "an unlisted file, made executable" 10 0 protect /opt/unlisted
expect_count "memory with a descriptor, mapped" 10 0 map memfd
expect_count "memory with a descriptor, made executable" 10 0 protect memfd
expect_count "memory, mapped" 10 0 map-memory /opt/listed
expect_count "memory, made executable" 10 0 protect-memory /opt/listed
expect_count "tracing" 10 0 trace /opt/listed
expect_count "a listed file, read" 10 0 open /opt/read/listed
expect_count "an unlisted file, read" 10 0 open /opt/read/unlisted
expect_count "a file that nothing is asked about" 0 0 open /opt/unlisted
expect_count "the memory of the kernel" 10 0 open /dev/mem
enforce
cp "$helpers/hello" /opt/program
echo program >>/opt/program
expect_text "a program that is refused, early or late" "decisions 1 cached 0 exit 126" \
	"$helpers/tally" /opt/program
finish
