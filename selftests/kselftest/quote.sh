#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# quote.sh - the report of the kernel: signed by the TPM over the nonce of the asker, or
# unsigned with a reason; a TPM that is slow, fails or is gone holds up nobody but its reader
#
# needs: userspace
# needs: programs ima
# needs: tpm
# needs: module bad_tpm
#
# wide: 6.12

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

export TPM2TOOLS_TCTI=device:/dev/tpmrm0
bad=/sys/module/bad_tpm/parameters
nonce=000102030405060708090a0b0c0d0e0f
plan 57

# ask NONCE [FILE]: a report in FILE; fails if none can be read
ask()
{
	(
		exec 3<>$rivet/report || exit
		env echo "$1" >&3 || exit
		cat <&3
	) >"${2:-$work/report}" 2>"$work/ask.err"
}

# value KEY [FILE]
value()
{
	sed -n "s/^$1: //p" "${2:-$work/report}"
}

# signed_text [FILE]: the lines that the quote is over
signed_text()
{
	sed '/^pcr-00:/,$d; /^unsigned:/,$d' "${1:-$work/report}"
}

# quote_files [FILE]: the parts of a quote, as tpm2_checkquote takes them
quote_files()
{
	value quote "$1" | openssl base64 -d -A >"$work/quote"
	value signature "$1" | openssl base64 -d -A >"$work/signature"
	signed_text "$1" | sha256sum | cut -d ' ' -f 1 >"$work/qualifying"
}

# check_quote AK [FILE]: the verdict of Debian's tool
check_quote()
{
	quote_files "$2"
	tpm2_checkquote -u "$1" -m "$work/quote" -s "$work/signature" -g sha256 \
		-q "$(cat "$work/qualifying")"
}

# make_key FILE HANDLE: a restricted key, which signs statements of the TPM
make_key()
{
	tpm2_createprimary -Q -C e -g sha256 -G "$3" -c "$work/ak.ctx" \
		-a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|sign' &&
		tpm2_readpublic -Q -c "$work/ak.ctx" -f pem -o "$1" -n "$1.name" &&
		tpm2_evictcontrol -Q -C o -c "$work/ak.ctx" "$2"
}

# same NAME WANTED GOT
same()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "not '$2' but '$3'"
	fi
}

# --- without a key -----------------------------------------------------------------

ends "a handle of no persistent object is refused" 1 insmod /rivet.ko tpm_ak=1
ends "so is one of no object at all" 1 insmod /rivet.ko tpm_ak=0x80ffffff
for number in 0 9 10 16 23 24; do
	ends "PCR $number is refused: others extend or reset it" 1 insmod /rivet.ko pcr=$number
done
load_rivet
ask $nonce
expect_text "without a key it is unsigned, with the reason" \
	"unsigned: the TPM has no key 0x81010002" cat "$work/report"
expect_no_text "and has no quote" "quote:" cat "$work/report"
rmmod rivet
make_key "$work/ak.pem" 0x81010002 ecc256:ecdsa-sha256:null || bail "no key"
make_key "$work/rsa.pem" 0x81010003 rsa2048:rsassa-sha256:null || bail "no RSA key"

insmod /rivet.ko pcr=14 tpm_ak=0x81010003 || bail "rivet does not load with another PCR"
ask $nonce
rivetctl evidence log -o "$work/list"
same "another PCR" 14 "$(value pcr)"
same "is the one that is extended" \
	"$(tpm2_pcrread sha256:14 | sed -n 's/^ *14 *: 0x//p' | tr A-F a-f)" "$(value pcr-14)"
ends "and the list is judged by it, with an RSA key" 5 \
	rivetctl evidence verify --pcr 14 --no-boot --ak "$work/rsa.pem" \
	--nonce $nonce --log "$work/list" "$work/report"
rmmod rivet

# --- with one ----------------------------------------------------------------------

get_ready
expect "a report" ask $nonce
same "it answers the nonce" $nonce "$(value nonce)"
same "tells the boot" "$(cat /proc/sys/kernel/random/boot_id)" "$(value boot)"
same "the key" "$(busybox xxd -p "$work/ak.pem.name" | tr -d '\n')" "$(value ak)"
same "the mode" audit "$(value mode)"
same "the trust" "sealed 1 0" "$(value trust)"
same "the policy" \
	"strict 1.0.1 sha256:$(sha256sum <"$work/strict.policy" | cut -d ' ' -f 1)" "$(value policy)"
same "the set" \
	"guest 1 sha256:$(sha256sum <"$work/guest.riv" | cut -d ' ' -f 1)" "$(value set)"
same "the records" "$(cat $rivet/ima/runtime_measurements_count) 0 lost" \
	"$(value records)"
same "and the end of the events" \
	"$(sed -n "s/^seq=$(value events | cut -d ' ' -f 1) .* chain=//p" $rivet/events)" \
	"$(value events | cut -d ' ' -f 2)"
expect "tpm2_checkquote agrees" check_quote "$work/ak.pem"
same "PCR 13 is the one that the TPM tells" \
	"$(tpm2_pcrread sha256:13 | sed -n 's/^ *13 *: 0x//p' | tr A-F a-f)" "$(value pcr-13)"
sed 's/^mode: audit/mode: enforce/' "$work/report" >"$work/edited"
ends "and disagrees once a word is changed" 1 check_quote "$work/ak.pem" "$work/edited"
ends "or with another key" 1 check_quote "$work/rsa.pem"
"$helpers/genl" report $nonce >"$work/by-netlink"
expect "a report by netlink is as good" check_quote "$work/ak.pem" "$work/by-netlink"
expect_text "its nonce has bounds too" "Numerical result out of range" \
	"$helpers/genl" report "$(printf %030d 0)"
ask "$(printf %0128d 7)"
same "64 bytes of nonce are taken" "$(printf %0128d 7)" "$(value nonce)"

# --- bad input ---------------------------------------------------------------------

for bad_nonce in "" 00 "$(printf %030d 0)" "$(printf %031d 0)" "$(printf %033d 0)" \
	"$(printf %0130d 0)" "$(printf %0400d 0)" "$(printf %031d 0)x" "$(printf %030d 0)A0"; do
	ends "the nonce '$(echo "$bad_nonce" | cut -c 1-40)' is refused" 1 ask "$bad_nonce"
done
ends "nothing is read before a nonce is written" 1 cat $rivet/report
warns "which is told" "No data available"
same "only root may open it" 600 "$(stat -c %a $rivet/report)"
ends "a writer without the capability is refused" 2 \
	capsh --drop=cap_mac_admin -- -c "exec 3<>$rivet/report; echo $nonce >&3 || exit 2"

# --- a TPM that fails --------------------------------------------------------------

insmod /rivet-test/bad_tpm.ko || bail "bad_tpm does not load"
ask $nonce
asked=$(cat $bad/commands)
expect "a report costs commands" test "$asked" -ge 4
comment "a report takes $asked commands of the TPM"
failed=0 cut=0
for number in $(seq "$asked"); do
	echo "$number" >$bad/fail
	ask $nonce
	! grep -q '^unsigned: the TPM' "$work/report" || failed=$((failed + 1))
	echo "$number" >$bad/cut
	ask $nonce
	! grep -q '^unsigned: the TPM' "$work/report" || cut=$((cut + 1))
done
same "an error as answer to any of them leaves it unsigned" "$asked" $failed
same "so does the first half of an answer" "$asked" $cut
ask $nonce
expect "the next one is signed again" check_quote "$work/ak.pem"

# --- a slow one --------------------------------------------------------------------

enforce
place=/opt/m2m
mkdir -p $place
cp "$helpers/hello" $place/unlisted
echo unlisted >>$place/unlisted
echo 12000 >$bad/delay
(
	exec 3<>$rivet/report
	echo $nonce >&3
	begun=$(cut -d . -f 1 /proc/uptime)
	cat <&3 2>"$work/late"
	echo $(($(cut -d . -f 1 /proc/uptime) - begun)) >"$work/seconds"
	env echo $nonce >&3 2>"$work/busy"
	echo 0 >$bad/delay
	until cat <&3 >"$work/report" 2>"$work/err"; do
		sleep 1
	done
) &
reader=$!
sleep 1
expect_denied "a slow TPM: decisions go on" unlisted "" $place/unlisted
begun=$(cut -d . -f 1 /proc/uptime)
echo "sha256:$(printf %064d 7) 5 exec /opt/later" | load_items later
expect "so do changes" test $(($(cut -d . -f 1 /proc/uptime) - begun)) -lt 8
(
	# As many as there may be, with the one above; each descriptor waits for the same TPM.
	for fd in 3 4 5 6 7 8 9; do
		eval "exec $fd<>$rivet/report; env echo $nonce >&$fd" || exit
	done
	"$helpers/genl" report $nonce
) 2>"$work/crowd"
expect_text "a ninth report is refused" "busy" cat "$work/crowd"
wait $reader
expect_text "its reader gives up" "timed out" cat "$work/late"
expect "after half a minute" test "$(cat "$work/seconds")" -ge 29 -a "$(cat "$work/seconds")" -le 35
expect_text "meanwhile the open file takes no other nonce" "busy" cat "$work/busy"
expect "the report comes all the same" check_quote "$work/ak.pem"

# --- one that is gone ---------------------------------------------------------------

driver=$(readlink -f /sys/class/tpm/tpm0/device/driver)
device=$(basename "$(readlink -f /sys/class/tpm/tpm0/device)")
expect "the driver is taken away" sh -c "echo $device >$driver/unbind"
ask $nonce
expect_text "then the report is unsigned" "unsigned: error 5 of the TPM's driver" cat "$work/report"
sh -c "echo $device >$driver/bind"
ask $nonce
expect_text "and stays so with another driver" "unsigned: error 5 of the TPM's driver" cat "$work/report"

finish
