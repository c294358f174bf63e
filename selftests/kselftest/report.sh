#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# report.sh - a report with the measurement list, judged away from the gateway: a good one,
# deviations, and all that root does to list, report and PCR
#
# needs: userspace
# needs: programs ima
# needs: tpm
#
# wide: 6.1

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

export TPM2TOOLS_TCTI=device:/dev/tpmrm0
nonce=000102030405060708090a0b0c0d0e0f
plan 52

# make_key FILE HANDLE TYPE: a restricted key, which signs statements of the TPM
make_key()
{
	tpm2_createprimary -Q -C e -g sha256 -G "$3" -c "$work/ak.ctx" \
		-a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|sign' &&
		tpm2_readpublic -Q -c "$work/ak.ctx" -f pem -o "$1" &&
		tpm2_evictcontrol -Q -C o -c "$work/ak.ctx" "$2"
}

# take: a report, and then the list
take()
{
	rm -f "$work/report" "$work/list"
	rivetctl evidence report --nonce "$nonce" -o "$work/report" &&
		rivetctl evidence log -o "$work/list"
}

# verify [OPTION]... [REPORT]: options that come later count
verify()
{
	rivetctl evidence verify --ak "$work/ak.pem" --nonce "$nonce" --log "$work/list" "$@"
}

# verify_alone [OPTION]... [REPORT]: with no expectations
verify_alone()
{
	verify --no-boot --no-records --no-resets "$@"
}

# forge FILE: the text of FILE with a quote that root has the TPM make, with the same PCRs
forge()
{
	sed '/^pcr-00:/,$d' "$1" >"$work/text"
	tpm2_quote -Q -c 0x81010002 -l sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 \
		-q "$(sha256sum <"$work/text" | cut -d ' ' -f 1)" -m "$work/quote" \
		-s "$work/signature" || return
	{
		cat "$work/text"
		grep '^pcr-' "$work/report"
		echo "quote: $(openssl base64 -A <"$work/quote")"
		echo "signature: $(openssl base64 -A <"$work/signature")"
	} >"$work/forged"
}

make_key "$work/ak.pem" 0x81010002 ecc256:ecdsa-sha256:null || bail "no key"
make_key "$work/rsa.pem" 0x81010003 rsa2048:rsassa-sha256:null || bail "no RSA key"

# --- before it enforces ------------------------------------------------------------

get_ready
take
ends "a gateway in audit mode deviates" 5 verify_alone "$work/report"
says "which is said" "DEVIATES: it does not enforce, its mode: audit"
says "with the policy of the list" "policy: strict 1.0.1 sha256:"
sed 's/^mode: audit/mode: enforce/' "$work/report" >"$work/edited"
ends "an edited text is found" 4 verify "$work/edited"
warns "and told" "the text of the report was changed"
forge "$work/edited"
ends "a forged one, which root has the TPM sign, too: the list tells otherwise" 4 \
	verify "$work/forged"
warns "and it is told where" 'mode: the report says "enforce", and the list "audit"'

# --- the honest case ---------------------------------------------------------------

enforce
take
ends "a gateway that enforces is good" 0 verify_alone "$work/report"
says "in words" "the report is genuine, and as expected where it was compared"
json "and for programs" 0 rivet.evidence/1 verify_alone "$work/report"
boot="$keys/signer.der seal $work/guest.riv.signed $work/strict.policy.signed"
# The operands are words of their own.
# shellcheck disable=SC2086
rivetctl evidence predict $boot enforce >"$work/expected"
grep '^pcr-0\|^resets: ' "$work/report" >>"$work/expected"
cp "$work/list" "$work/honest"
ends "with the predicted records and the PCRs of a good boot all is compared" 0 \
	verify --expect "$work/expected" "$work/report"
says "and is as expected" "the report is genuine, and all is as expected"
sed 's/^resets: /resets: 1/' "$work/expected" >"$work/other"
ends "a TPM that was reset once more, or less, deviates" 5 \
	verify --expect "$work/other" "$work/report"
says "with the numbers" "its PCRs may have been set back without a boot"
grep '^pcr-0\|^resets: ' "$work/report" >"$work/other"
ends "records that nobody expected prove nothing" 5 \
	verify --expect "$work/other" "$work/report"
says "which is said" "no records were expected"
ends "without these nobody knows which kernel that is" 5 verify "$work/report"
says "which is said" "PCRs 0 to 9 were not all compared"
sed "s/^pcr-04: .*/pcr-04: $(printf %064d 5)/" "$work/expected" >"$work/other"
ends "another boot deviates" 5 verify --expect "$work/other" "$work/report"
says "with the PCR" "PCR 4 is not the expected one"
# shellcheck disable=SC2086
rivetctl evidence predict $boot >"$work/other"
ends "so does a record that was not predicted" 5 verify --no-boot --expect "$work/other" "$work/report"
says "which is named" "was not expected: rivet:mode enforce"

# --- root changes it ----------------------------------------------------------

ends "an old report answers another nonce" 4 \
	verify --nonce 010102030405060708090a0b0c0d0e0f "$work/report"
warns "which is said" "it answers another nonce"
ends "a report of another gateway has another key" 4 verify --ak "$work/rsa.pem" "$work/report"
warns "which is said" "another machine's"
head -c $(($(wc -c <"$work/list") - 1)) "$work/list" >"$work/torn"
ends "a torn list is refused" 4 verify --log "$work/torn" "$work/report"
warns "with the record" "is cut off"
last=$(tail -n 1 $rivet/ima/ascii_runtime_measurements | cut -d ' ' -f 6 | wc -c)
head -c $(($(wc -c <"$work/list") - 4 - 20 - 4 - 7 - 4 - 44 - 4 - 11 - 4 - (last - 1) / 2)) \
	"$work/list" >"$work/short"
ends "so is one without its end" 4 verify --log "$work/short" "$work/report"
warns "with the numbers" "records, and the report tells of"
busybox xxd -p "$work/list" | tr -d '\n' |
	sed "s/$(printf enforce | busybox xxd -p)/$(printf ENFORCE | busybox xxd -p)/" |
	busybox xxd -r -p >"$work/changed"
ends "and one that was edited" 4 verify --log "$work/changed" "$work/report"
warns "with the record" "was changed"
sed "s/^pcr-13: .*/pcr-13: $(printf %064d 5)/" "$work/report" >"$work/edited"
ends "a PCR that was edited is found" 4 verify "$work/edited"
warns "and told" "the PCRs in the report are not those that the TPM signed"
sed 's/^denied: .*/denied: 77/' "$work/report" >"$work/edited"
forge "$work/edited"
ends "a count that root forges passes, since the list has none" 0 verify_alone "$work/forged"
says "and is shown as not proven" "which the measurement list does not prove"
sed 's/^pcr: 13/pcr: 15/' "$work/report" >"$work/edited"
forge "$work/edited"
ends "a PCR of root's choice does not" 4 verify_alone "$work/forged"
warns "which is said" "its list is in PCR 15, and not in 13"
echo "sha256:$(printf %064d 7) 5 exec /opt/later" | load_items later
rivetctl evidence log -o "$work/list"
ends "a list that has gone on is good for an older report" 0 verify_alone "$work/report"
says "and says so" "1 later"
take
ends "a new report has the record" 5 verify --expect "$work/expected" "$work/report"
says "as a deviation" "was not expected: rivet:riv later"
ends "which the honest old list does not have" 4 verify --log "$work/honest" "$work/report"
warns "and that is told" "records, and the report tells of"
tpm2_pcrextend "13:sha256=$(printf %064d 1)"
take
ends "a PCR that root has spoiled proves nothing any more" 4 verify "$work/report"
warns "and that is told" "somebody else has extended the PCR"

# --- without a signature -----------------------------------------------------------

tpm2_evictcontrol -Q -C o -c 0x81010002
take
ends "without a key nothing is proven" 4 verify "$work/report"
warns "with the reason" "the report is not signed: the TPM has no key 0x81010002"
ends "the kernel's refusal is told" 2 rivetctl evidence report --nonce 00
warns "in words" "16 to 64 bytes"
unlock_by signer
rmmod rivet
get_ready
take
expect_text "loaded again, the PCR is said to be used" "after sha256:" rivetctl evidence log
ends "and a report without the module cannot be had" 6 \
	sh -c 'rmmod rivet; rivetctl evidence report --nonce 000102030405060708090a0b0c0d0e0f'

finish
