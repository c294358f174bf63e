# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# lib.sh - common code of the guest's tests: KTAP, signing, loading, the kernel
# log
#
# Sourced by a test that runs as root in a guest of selftests/vm. A test calls
# plan, then one of the checks for each result, then finish.

rivet=/sys/kernel/security/rivet
keys=${RIVET_TEST_KEYS:-/rivet-test}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ktap_planned=0
ktap_number=0
ktap_failed=0
ktap_skipped=0

# plan COUNT: how many results will follow
plan()
{
	ktap_planned=$1
	echo "KTAP version 1"
	echo "1..$1"
}

comment()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

pass()
{
	ktap_number=$((ktap_number + 1))
	echo "ok $ktap_number $1"
}

# fail NAME [WHY]
fail()
{
	ktap_number=$((ktap_number + 1))
	ktap_failed=$((ktap_failed + 1))
	[ -z "${2-}" ] || comment "$2"
	echo "not ok $ktap_number $1"
}

# skip NAME FACILITY: only for a facility that this kernel lacks
skip()
{
	ktap_number=$((ktap_number + 1))
	ktap_skipped=$((ktap_skipped + 1))
	echo "ok $ktap_number $1 # SKIP this kernel lacks $2"
}

finish()
{
	if [ "$ktap_number" != "$ktap_planned" ]; then
		comment "planned $ktap_planned results, saw $ktap_number"
		ktap_failed=$((ktap_failed + 1))
	fi
	comment "Totals: pass:$((ktap_number - ktap_failed - ktap_skipped))" \
		"fail:$ktap_failed skip:$ktap_skipped"
	[ "$ktap_failed" = 0 ]
	exit
}

bail()
{
	echo "Bail out! $*"
	exit 1
}

# expect NAME COMMAND...: the command succeeds
expect()
{
	expect_name=$1
	shift
	if expect_output=$("$@" 2>&1 </dev/null); then
		pass "$expect_name"
	else
		fail "$expect_name" "$* ended with $?: $expect_output"
	fi
}

# The message that tools print for an errno
errno_text()
{
	case $1 in
	EACCES) echo 'Permission denied' ;;
	EBADMSG) echo 'Bad message' ;;
	EBUSY) echo 'esource busy' ;;
	EFBIG) echo 'File too large' ;;
	EINVAL) echo 'Invalid argument' ;;
	EKEYREJECTED) echo 'Key was rejected by service' ;;
	ENOENT) echo 'No such file or directory' ;;
	ENOKEY) echo 'Required key not available' ;;
	ENOPKG) echo 'Package not installed' ;;
	ENOSPC) echo 'No space left on device' ;;
	EOPNOTSUPP) echo 'Operation not supported' ;;
	EPERM) echo 'Operation not permitted' ;;
	ESPIPE) echo 'Illegal seek' ;;
	ESTALE) echo 'Stale file handle' ;;
	*) bail "errno_text: $1 is not known" ;;
	esac
}

# expect_errno NAME ERRNO[|ERRNO] COMMAND...: the command fails with this errno
expect_errno()
{
	expect_name=$1
	expect_errnos=$2
	shift 2
	if expect_output=$("$@" 2>&1 </dev/null); then
		fail "$expect_name" "$* succeeded, expected $expect_errnos"
		return
	fi
	for expect_errno in $(echo "$expect_errnos" | tr '|' ' '); do
		case $expect_output in
		*"$(errno_text "$expect_errno")"*)
			pass "$expect_name"
			return
			;;
		esac
	done
	fail "$expect_name" "$*: expected $expect_errnos, got: $expect_output"
}

# expect_text NAME TEXT COMMAND...: the command's output contains TEXT
expect_text()
{
	expect_name=$1
	expect_wanted=$2
	shift 2
	expect_output=$("$@" 2>&1 </dev/null)
	case $expect_output in
	*"$expect_wanted"*) pass "$expect_name" ;;
	*) fail "$expect_name" "no '$expect_wanted' in: $expect_output" ;;
	esac
}

# expect_no_text NAME TEXT COMMAND...
expect_no_text()
{
	expect_name=$1
	expect_wanted=$2
	shift 2
	expect_output=$("$@" 2>&1 </dev/null)
	case $expect_output in
	*"$expect_wanted"*) fail "$expect_name" "'$expect_wanted' in: $expect_output" ;;
	*) pass "$expect_name" ;;
	esac
}

expect_same()
{
	if cmp -s "$2" "$3"; then
		pass "$1"
	else
		fail "$1" "$2 and $3 differ"
	fi
}

load_rivet()
{
	[ -d "$rivet" ] || insmod "${RIVET_KO:-/rivet.ko}" || bail "rivet.ko does not load"
}

# Stock kernels differ in the signatures that they can verify
has_ecdsa()
{
	grep -q '^name *: ecdsa-nist-p256$' /proc/crypto
}

# mark_log, then log_since: rivet's lines in the kernel log since then
mark_log()
{
	log_mark="rivet-test-mark-$$-${log_count:=0}"
	log_count=$((log_count + 1))
	echo "$log_mark" >/dev/kmsg
}

log_since()
{
	busybox dmesg | sed "1,/$log_mark/d" | grep -o 'rivet: .*'
}

# expect_one_line NAME TEXT: one line of rivet's since mark_log, and it contains TEXT
expect_one_line()
{
	expect_output=$(log_since)
	case $expect_output in
	*"
"*) fail "$1" "more than one line: $expect_output" ;;
	*"$2"*) pass "$1" ;;
	*) fail "$1" "no '$2' in: $expect_output" ;;
	esac
}

# wait_for COMMAND...: until it succeeds, 30 s at most
wait_for()
{
	wait_left=300
	until "$@" >/dev/null 2>&1; do
		wait_left=$((wait_left - 1))
		[ $wait_left -gt 0 ] || return 1
		sleep 0.1
	done
}

# expect_quick NAME MILLISECONDS: below half a second, even in a slow emulator
expect_quick()
{
	if [ "$2" -lt 500 ] 2>/dev/null; then
		pass "$1"
	else
		fail "$1" "$2 ms"
	fi
	comment "$2 ms"
}

# write_whole FILE TO: in one write(2), as the files of securityfs want it
write_whole()
{
	dd if="$1" of="$2" bs="$(stat -c %s "$1")" count=1 iflag=fullblock \
		conv=notrunc status=none
}

load_riv()
{
	write_whole "$1" $rivet/riv
}

load_revoke()
{
	write_whole "$1" $rivet/revoke
}

# write_text TEXT TO
write_text()
{
	printf '%s' "$1" >"$work/text"
	write_whole "$work/text" "$2"
}

# add_key NAME RING FILE [TYPE]
add_key()
{
	keyctl padd "${4:-riv}" "$1" "%keyring:$2" <"$3"
}

# add_cert RING CERT.der
add_cert()
{
	add_key '' "$1" "$2" asymmetric
}

# Serial number of a keyring, or of a key in it
ring_id()
{
	keyctl describe "%keyring:$1" >/dev/null 2>&1 || return
	sed -n "s/^\([0-9a-f]*\) .* keyring *\\$1: .*/0x\1/p" /proc/keys
}

# key_id TEXT: of the first key in /proc/keys whose line contains TEXT
key_id()
{
	sed -n "s/^\([0-9a-f]*\) .*$1.*/0x\1/p" /proc/keys | sed -n 1p
}

# put_bytes NUMBER...: these bytes
put_bytes()
{
	# shellcheck disable=SC2059
	printf "$(printf '\\%03o' "$@")"
}

# attach_signature TEXT SIGNATURE: both, as in a signed kernel module
attach_signature()
{
	attach_size=$(stat -c %s "$2")
	cat "$1" "$2"
	put_bytes 0 0 2 0 0 0 0 0 $((attach_size >> 24 & 255)) $((attach_size >> 16 & 255)) \
		$((attach_size >> 8 & 255)) $((attach_size & 255))
	echo '~Module signature appended~'
}

# make_signature TEXT SIGNER OUT [OPTION...]
make_signature()
{
	make_in=$1
	make_key=$keys/$2
	make_out=$3
	shift 3
	openssl cms -sign -md sha256 -outform DER -in "$make_in" -out "$make_out" \
		-inkey "$make_key.key" -signer "$make_key.pem" "$@" || bail "openssl cms failed"
}

# sign_object FILE SIGNER [OPTION...]: make FILE.signed
sign_object()
{
	sign_file=$1
	sign_signer=$2
	shift 2
	[ $# != 0 ] || set -- -binary -noattr -nocerts
	make_signature "$sign_file" "$sign_signer" "$sign_file.p7s" "$@"
	attach_signature "$sign_file" "$sign_file.p7s" >"$sign_file.signed"
}

# entry NUMBER [PATH]: a line of a manifest whose digest ends in NUMBER
entry()
{
	printf 'sha256:%064d 4096 exec,mmap %s\n' "$1" "${2:-/opt/m2m/file$1}"
}

# cert_digest CERT.der: as a revocation names it
cert_digest()
{
	echo "cert:sha256:$(sha256sum <"$1" | cut -d ' ' -f 1)"
}

# manifest NAME HEADERS: with the entries from stdin; HEADERS is "version: 1" and
# further headers, each on a line of its own
manifest()
{
	cat >"$work/entries"
	echo 'riv-manifest 1'
	echo "name: $1"
	echo "$2"
	echo "count: $(wc -l <"$work/entries")"
	cat "$work/entries"
}

# signed_manifest FILE NAME HEADERS: as manifest, in FILE and signed in FILE.signed
signed_manifest()
{
	manifest "$2" "$3" >"$1"
	sign_object "$1" signer
}
