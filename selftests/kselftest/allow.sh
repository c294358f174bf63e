#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# allow.sh - rivetctl allow: the draft for an event permits its bytes, at their path and for their
# use, and nothing else
#
# needs: userspace
#
# wide: 6.12

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

place=/opt/m2m

plan 37
mkdir -p $place
for name in tool other library revoked moved; do
	cp "$helpers/hello" $place/$name
	echo $name >>$place/$name
done
# No listed file has this size
echo 'nor this' >>$place/library
get_ready
items exec,mmap $place/moved | sed "s|$place/moved|$place/elsewhere|" | load_items moved
items exec,mmap $place/revoked | load_items revoked
{
	echo 'riv-manifest 1'
	echo 'name: gone'
	echo 'kind: revoke'
	echo 'version: 1'
	echo 'count: 1'
	echo "sha256:$(sha256sum <$place/revoked | cut -d ' ' -f 1)"
} >"$work/gone.riv"
sign_object "$work/gone.riv" signer
load_revoke "$work/gone.riv.signed" || bail "the revocation does not load"
enforce

# event_of WORDS: the number of the newest event with these
event_of()
{
	grep -F -e "$1" $rivet/events | sed -n '$s/^seq=\([0-9]*\) .*/\1/p'
}

refused()
{
	expect_errno "$1" 'EPERM|EACCES' sh -c "$2"
}

# --- a program ----------------------------------------------------------------------

refused 'a program that no set lists does not run' $place/tool
seq=$(event_of "$place/tool")
ends 'its event gives a draft' 0 rivetctl allow -o "$work/tool.riv" "$seq"
warns 'it says what to do' 'look at the file first'
expect_text 'the draft has one value' 'count: 1' cat "$work/tool.riv"
expect_text 'for its bytes, use and path' \
	"sha256:$(sha256sum <$place/tool | cut -d ' ' -f 1) $(stat -c %s $place/tool) exec,mmap $place/tool" \
	cat "$work/tool.riv"
ends 'on standard output' 0 rivetctl allow "$seq"
says 'it is the same' "name: allow-$seq"
expect_errno 'unsigned it is refused' 'EBADMSG|EKEYREJECTED|ENOKEY' load_riv "$work/tool.riv"
refused 'a draft alone permits nothing' $place/tool
sign_object "$work/tool.riv" rogue
expect_errno 'signed by a stranger it is refused' 'ENOKEY|EKEYREJECTED' load_riv "$work/tool.riv.signed"
sign_object "$work/tool.riv" signer
ends 'signed it loads' 0 rivetctl manifest load "$work/tool.riv.signed"
expect 'the program runs' $place/tool
refused 'another one does not' $place/other
cp $place/tool $place/copy
refused 'nor do its bytes under another name' $place/copy
cp $place/other $place/tool.new
mv $place/tool.new $place/tool
refused 'nor other bytes under its name' $place/tool

# --- bytes that were measured, and bytes that were not ----------------------------------

# Of the size of a listed file, it is read before it is refused
head -c "$(stat -c %s $place/moved)" /dev/urandom >"$work/same"
dd if=$place/moved of="$work/same" bs=1 count=64 conv=notrunc status=none
cp "$work/same" $place/measured
chmod 755 $place/measured
refused 'a file with the size of a listed one does not run' $place/measured
expect_text 'its event has its digest' "$(sha256sum <$place/measured | cut -d ' ' -f 1)" \
	grep -F "$place/measured" $rivet/events
rm $place/measured
ends 'a draft needs the file no more' 0 rivetctl allow "$(event_of "$place/measured")"
refused 'another one is refused unread' $place/library
cp $place/library $place/library.new
mv $place/library.new $place/library
ends 'without a digest in the event, another file is not taken for it' 5 \
	rivetctl allow "$(event_of "$place/library")"
warns 'it says so' 'is another file now'

# --- another path, and the same bytes --------------------------------------------------

refused 'a program that is listed elsewhere does not run' $place/moved
ends 'its event gives a draft too' 0 rivetctl allow -o "$work/here.riv" "$(event_of "$place/moved")"
sign_object "$work/here.riv" signer
ends 'which loads' 0 rivetctl manifest load "$work/here.riv.signed"
expect 'and permits it' $place/moved

# --- no draft --------------------------------------------------------------------------

refused 'a revoked program does not run' $place/revoked
ends 'no set permits it' 5 rivetctl allow "$(event_of "$place/revoked")"
warns 'it says so' 'no value in a set permits'
ends 'JSON needs a file' 2 rivetctl allow --json "$seq"
json 'as JSON' 0 rivet.allow/1 rivetctl allow -o "$work/again.riv" \
	"$(event_of "$place/moved")"
expect_same 'as JSON: the same draft' "$work/here.riv" "$work/again.riv"
ends 'no number' 2 rivetctl allow
ends 'a word' 2 rivetctl allow last
ends 'two numbers' 2 rivetctl allow 1 2
ends 'a number that is no event' 9 rivetctl allow 99999999
back_to_audit
ends 'an event that is no refusal' 9 rivetctl allow "$(last_seq)"
expect_no_text 'the kernel log has no splat' 'Call Trace' busybox dmesg

finish
