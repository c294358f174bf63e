#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# tpm.sh - the measurement list in a PCR: the TPM has the predicted value, and one that root
# has spoiled, taken away or used before never passes for it
#
# needs: userspace
# needs: programs ima
# needs: tpm
#
# wide: 7.x

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

ima=$rivet/ima
plan 20

# pcr BANK: the value of PCR 13 as the TPM tells it
pcr()
{
	TPM2TOOLS_TCTI=device:/dev/tpmrm0 tpm2_pcrread "$1:13" |
		sed -n 's/^ *13 *: 0x//p' | tr 'A-F' 'a-f'
}

# predicted BANK OPERAND...
predicted()
{
	bank=$1
	shift
	rivetctl --json evidence predict "$@" |
		sed "s/.*\"pcr\":13,[^[]*\"$bank\":\"\([^\"]*\)\".*/\1/"
}

# settled: the TPM has all records
settled()
{
	[ "$(sed -n 's/^extended: //p' "$ima/tpm")" = "$(cat "$ima/runtime_measurements_count")" ]
}

state()
{
	rivetctl status --json | sed 's/.*"tpm":"\([^"]*\)".*/\1/'
}

expect_text "the PCR is zero before" "$(printf %064d 0)" pcr sha256
get_ready
expect_text "status tells of the TPM" extended state
boot="$keys/signer.der seal $work/guest.riv.signed $work/strict.policy.signed"
expect "the TPM takes all records" wait_for settled
# The operands are words of their own.
# shellcheck disable=SC2086
expect_text "its SHA-256 bank has the predicted value" "$(predicted sha256 $boot)" pcr sha256
# shellcheck disable=SC2086
expect_text "so has its SHA-1 bank" "$(predicted sha1 $boot)" pcr sha1
enforce
expect "enforcement is recorded" wait_for settled
# shellcheck disable=SC2086
expect_text "and in the PCR" "$(predicted sha256 $boot enforce)" pcr sha256
# evmctl wants the PCRs before it too
for number in 00 01 02 03 04 05 06 07 08 09 10 11 12; do
	printf %064d 0 | sed "s/../ &/g; s/^/PCR-$number:/; s/\$/\n/"
done >"$work/pcr-sha256"
pcr sha256 | sed 's/../ &/g; s/^/PCR-13:/' | tr 'a-f' 'A-F' >>"$work/pcr-sha256"
cat $ima/binary_runtime_measurements >"$work/list"
expect_text "evmctl matches the list with the TPM" "Matched per TPM bank" \
	evmctl ima_measurement --pcrs sha256,"$work/pcr-sha256" "$work/list"

# --- unloaded and loaded again ----------------------------------------------------

good=$(pcr sha256)
unlock_by signer
expect "it can be unloaded after an unlock" rmmod rivet
expect_no_text "the PCR is then another one" "$good" pcr sha256
before=$(pcr sha256)
get_ready
expect_text "loaded again, status says that the PCR was used" used state
expect_text "and so does the list" "$(printf 'after sha256:%s' "$before" | busybox xxd -p | tr -d '\n')" \
	cat $ima/ascii_runtime_measurements
expect "the TPM takes all records" wait_for settled
# shellcheck disable=SC2086
expect_no_text "the good value does not come back" "$(predicted sha256 $boot)" pcr sha256

# --- spoiled, and taken away ------------------------------------------------------

before=$(pcr sha256)
TPM2TOOLS_TCTI=device:/dev/tpmrm0 tpm2_pcrextend "13:sha256=$(printf %064d 1)"
expect_no_text "root can spoil the PCR" "$before" pcr sha256
enforce
place=/opt/m2m
mkdir -p $place
cp "$helpers/hello" $place/unlisted
echo unlisted >>$place/unlisted
driver=$(readlink -f /sys/class/tpm/tpm0/device/driver)
device=$(basename "$(readlink -f /sys/class/tpm/tpm0/device)")
expect "the driver is taken away" sh -c "echo $device >$driver/unbind"
echo "sha256:$(printf %064d 7) 5 exec /opt/later" | load_items later
expect "the next record fails" wait_for grep -q 'state: failed' $ima/tpm
expect_text "an event tells" "the TPM did not take record" cat $rivet/events
expect_denied "decisions go on" unlisted "" $place/unlisted
sh -c "echo $device >$driver/bind"
expect_text "another driver is not taken" failed state

finish
