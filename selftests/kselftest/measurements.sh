#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# measurements.sh - the measurement list: IMA's own tool and one that shares nothing with
# rivet replay it, its values are those that were predicted, and a changed list is found
#
# needs: userspace
# needs: programs ima
#
# wide: 6.1

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

ima=$rivet/ima
plan 26

# hex FILE: its bytes on one line
hex()
{
	busybox xxd -p "$1" | tr -d '\n'
}

# digest ALG: of the hexadecimal digits on standard input
digest()
{
	busybox xxd -r -p | "${1}sum" | cut -d ' ' -f 1
}

# number HEX: little-endian, of four bytes
number()
{
	echo $((0x$(echo "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/')))
}

# cut_hex FROM COUNT: bytes of $list
cut_hex()
{
	echo "$list" | cut -c "$((2 * $1 + 1))-$((2 * ($1 + $2)))"
}

# replay FILE: reads the binary list from IMA's description alone, and prints the values of
# PCR 13 after it; "bad" if a digest in it is not that of its data
replay()
{
	list=$(hex "$1")
	at=0
	sha1=$(printf %040d 0) sha256=$(printf %064d 0)
	while [ $((2 * at)) -lt ${#list} ]; do
		template=$(cut_hex "$((at + 4))" 20)
		name_len=$(number "$(cut_hex "$((at + 24))" 4)")
		data_at=$((at + 32 + name_len))
		data_len=$(number "$(cut_hex "$((data_at - 4))" 4)")
		data=$(cut_hex "$data_at" "$data_len")
		[ "$(number "$(cut_hex "$at" 4)")" = 13 ] || echo "bad PCR"
		[ "$(echo "$data" | digest sha1)" = "$template" ] || echo "bad digest"
		sha1=$(echo "$sha1$template" | digest sha1)
		sha256=$(echo "$sha256$(echo "$data" | digest sha256)" | digest sha256)
		at=$((data_at + data_len))
	done
	echo "$sha1 $sha256"
}

# values: the two banks as the kernel tells them, in lower case without blanks
values()
{
	sed -n 's/^PCR-13://p' "$ima/pcr-sha1" "$ima/pcr-sha256" | tr -d ' ' | tr 'A-F\n' 'a-f ' |
		sed 's/ $//'
}

# predicted OPERAND...: the two banks
predicted()
{
	rivetctl --json evidence predict "$@" |
		sed 's/.*"pcr":13,"sha1":"\([^"]*\)","sha256":"\([^"]*\)".*/\1 \2/'
}

# evmctl_says [LIST]: its verdict, with the values that the kernel told
evmctl_says()
{
	cat "$ima/pcr-sha1" >"$work/pcr-sha1"
	cat "$ima/pcr-sha256" >"$work/pcr-sha256"
	cat "${1:-$ima/binary_runtime_measurements}" >"$work/list"
	evmctl ima_measurement --pcrs sha1,"$work/pcr-sha1" --pcrs sha256,"$work/pcr-sha256" \
		"$work/list" 2>&1
	echo "ended with $?"
}

# texts: the texts of the list, decoded, with their names before them
texts()
{
	while read -r _ _ _ _ name text; do
		echo "$name $(echo "$text" | busybox xxd -r -p)"
	done <$ima/ascii_runtime_measurements
}

load_rivet
expect_text "the list begins with the module" "rivet:start version $(cat $rivet/version)" texts
expect_text "and is predicted" "$(predicted)" values
rmmod rivet

get_ready
texts >"$work/texts"
expect_text "a certificate is in it" "rivet:trust signer cert:sha256:" cat "$work/texts"
expect_text "so is the seal" "rivet:seal sealed" cat "$work/texts"
add_cert .rivet_trust "$keys/signer.der" >/dev/null
texts >"$work/again"
expect "one that is there already makes no record" cmp -s "$work/texts" "$work/again"
expect_text "a set, with name, version and digest of its text" \
	"rivet:riv guest 1 sha256:" cat "$work/texts"
expect_text "and a policy" "rivet:policy strict 1.0.1 sha256:" cat "$work/texts"
expect_text "its digest is that of the signed text" \
	"$(sha256sum <"$work/strict.policy" | cut -d ' ' -f 1)" grep rivet:policy "$work/texts"
expect_text "the count is that of the lines" "$(wc -l <"$work/texts")" \
	cat $ima/runtime_measurements_count

boot="$keys/signer.der seal $work/guest.riv.signed $work/strict.policy.signed"
# The operands are words of their own.
# shellcheck disable=SC2086
expect_text "what was loaded gives the predicted values" "$(predicted $boot)" values
# shellcheck disable=SC2086
expect_no_text "in another order it would not" \
	"$(predicted seal $boot | cut -d ' ' -f 2)" values
expect_text "the other reader comes to the same values" "$(values)" \
	replay $ima/binary_runtime_measurements
expect_text "so does evmctl" "Matched per TPM bank calculated digest(s)" evmctl_says
expect_text "without a complaint" "ended with 0" evmctl_says

expect "an object that is loaded again" load_riv "$work/guest.riv.signed"
expect_text "adds no record" "$(wc -l <"$work/texts")" cat $ima/runtime_measurements_count

enforce
# shellcheck disable=SC2086
expect_text "enforcement is in it" "$(predicted $boot enforce)" values
unlock_by signer
# shellcheck disable=SC2086
expect_text "and its end" "$(predicted $boot enforce audit)" values
echo "sha256:$(printf %064d 7) 5 exec /opt/later" | load_items later
# shellcheck disable=SC2086
expect_text "and a set that comes later" \
	"$(predicted $boot enforce audit "$work/later.riv.signed")" values

# --- what root does to a copy -----------------------------------------------------

cat $ima/binary_runtime_measurements >"$work/honest"
hex "$work/honest" | sed "s/$(printf enforce | busybox xxd -p)/$(printf ENFORCE | busybox xxd -p)/" |
	busybox xxd -r -p >"$work/edited"
expect_text "a changed text has another digest" "bad digest" replay "$work/edited"
expect_no_text "which evmctl finds" "ended with 0" evmctl_says "$work/edited"
head -c $(($(wc -c <"$work/honest") - 1)) "$work/honest" >"$work/torn"
expect_no_text "a torn list is not taken by evmctl" "ended with 0" evmctl_says "$work/torn"
last=$(tail -n 1 $ima/ascii_runtime_measurements | cut -d ' ' -f 6 | wc -c)
head -c $(($(wc -c <"$work/honest") - 4 - 20 - 4 - 7 - 4 - 44 - 4 - 10 - 4 - (last - 1) / 2)) \
	"$work/honest" >"$work/short"
expect_no_text "a list without its end has other values" "$(values)" replay "$work/short"
expect_no_text "and evmctl does not match them" "ended with 0" evmctl_says "$work/short"

expect_text "without a TPM the module works, and says so" '"tpm":"none"' rivetctl status --json
expect_text "only root reads it" "Permission denied" \
	setpriv --reuid=1000 --clear-groups cat $ima/ascii_runtime_measurements

finish
