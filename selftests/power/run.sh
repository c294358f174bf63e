#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh - power is cut at random points, and each boot after it enforces, with whole files
#
# usage: run.sh [CUTS [KERNEL]]
#
# A guest boots from a disk that has /etc/rivet and /var/lib/rivet, checks the files that the
# last cut left, loads newer sets and policies, and has programs quarantined (steps.sh), until
# it is killed. Its disk keeps the bytes that reached it, and its memory is lost. The cuts are
# counted in turn from each of `moments`, so that a slow machine spreads them like a fast one;
# SEED in the environment draws the same again. A boot that does not get as far as its checks is
# checked by the next one. Last, one boot is left alone. Each boot is a test.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/vm/common.sh
. "$here/../vm/common.sh"

cuts=${1:-10}
kernel=${2:-6.12}
# Lines of steps.sh, and how many milliseconds later the power is cut at the latest
moments=(on:8000 begin:4000 applied:1500 agent:500 new-files:400 apply:800 quarantine:300)
most_updates=4	# before the one in which it is cut
versions=$((20 + (most_updates + 2) * cuts))
passed=0 failed=0
boot=

prepare_guest()
{
	local root

	"$vm_dir/guest.sh" "$kernel" >&2
	module=$("$vm_dir/build-module.sh" "$kernel" | tail -n 1)
	root=$("$vm_dir/userspace.sh" "$(kernel_arch "$kernel")" | tail -n 1)
	userspace=$root/usr
	helpers=$build_dir/kselftest/$(kernel_arch "$kernel")
	(
		take_lock "helpers-$(kernel_arch "$kernel")"
		make --no-print-directory -s -C "$here/../kselftest/helpers" "OUT=$helpers" CC=gcc >&2
	)
}

# The versions of set and policy, all signed here
make_objects()
(
	export RIVET_TEST_KEYS=$build_dir/guest/keys
	BASH_ARGV0=$here/../kselftest/objects.sh	# beside lib.sh, which is looked for there
	# shellcheck source=/dev/null
	. "$here/../kselftest/enforce.sh"
	for ((version = 1; version <= versions; version++)); do
		{
			items exec,mmap "$RIVET_TEST_HELPERS/hello" |
				sed 's| /[^ ]*$| /opt/m2m/listed|'
			for ((number = 1; number <= 500; number++)); do
				entry $number
			done
		} | sort_items | manifest app "version: $version" >"$1/app-$version"
		{
			echo "policy_name=cuts policy_version=1.0.$version"
			quarantine_rules EXECUTE MMAP </dev/null
			echo 'SET boot=enforce'
		} >"$1/policy-$version"
		sign_object "$1/app-$version" signer
		sign_object "$1/policy-$version" signer
	done
)

make_disk()
{
	local etc=$work/disk/etc/rivet

	mkdir -p "$etc"/{trust.d,riv.d} "$work/disk/var/lib/rivet"
	cp "$build_dir/guest/keys/signer.pem" "$etc/trust.d/"
	cp "$work/guest.riv.signed" "$etc/riv.d/guest.signed"
	cp "$work/objects/app-1.signed" "$etc/riv.d/app.signed"
	cp "$work/objects/policy-1.signed" "$etc/policy.signed"
	echo >"$work/disk/var/lib/rivet/floor"
	chmod -R go-w "$work/disk"
	truncate -s 64M "$work/disk.ext4"
	mke2fs -q -t ext4 -d "$work/disk" -E root_owner=0:0 "$work/disk.ext4"
}

prepare()
{
	prepare_guest
	mkdir -p "$work/objects"
	RIVET_TEST_HELPERS=$helpers make_objects "$work/objects"
	"$here/../kselftest/guest_set.sh" "$work" "$build_dir/guest/$kernel/root" \
		"$helpers:/rivet-test/helpers" "$userspace:/usr"
	make_disk
}

# start NUMBER [ARG]: its lines come over the descriptor 8
start()
{
	exec 8<>"$work/lines"
	echo @on >&8
	"$vm_dir/run.sh" --kernel "$kernel" --bare --timeout 300 \
		--console "$build_dir/vm/$kernel-power-$1.log" --disk "$work/disk.ext4" \
		--copy "$module:/rivet.ko" --copy "$helpers:/rivet-test/helpers" \
		--copy "$userspace:/usr" --copy "$work/objects:/rivet-test/objects" \
		--copy "$here/../kselftest/lib.sh" --copy "$here/../kselftest/enforce.sh" \
		"$here/steps.sh" "${@:2}" >&8 2>"$work/notes" 8>&- &
	boot=$!
}

# Children of the process, and theirs: the emulator is among them
descendants()
{
	local child

	for child in $(ps -o pid= --ppid "$1"); do
		descendants "$child"
		echo "$child"
	done
}

# The emulator's processes, as an early cut may come before there is one
emulators()
{
	local pid

	for pid in $(descendants "$boot"); do
		[[ $(cat "/proc/$pid/comm" 2>/dev/null) != qemu-system-* ]] || echo "$pid"
	done
}

cut_power()
{
	local pids=''

	while kill -0 "$boot" 2>/dev/null; do
		pids=$(emulators)
		[[ ! $pids ]] || break
		sleep 0.05
	done
	# shellcheck disable=SC2086  # one argument each
	[[ ! $pids ]] || kill -9 $pids 2>/dev/null || true
	wait "$boot" || true
	boot=
}

now()
{
	echo $((${EPOCHREALTIME/./} / 1000))
}

# follow [MOMENT COUNT MILLISECONDS]: until so long after the line @MOMENT has come COUNT times,
# or the end of the boot without arguments; reached is its last line, status how the guest ended
# if it did
follow()
{
	local until='' left=1000 line='' part count=${2-} got

	reached=nothing status=
	while kill -0 "$boot" 2>/dev/null; do
		[[ ! $until ]] || left=$((until - $(now)))
		((left > 0)) || return 0
		got=0
		IFS= read -r -t "$((left / 1000)).$(printf %03d $((left % 1000)))" part <&8 || got=$?
		line+=$part	# at a timeout, as much of it as there was
		((got == 0)) || continue
		case $line in
		@fault*) told=${line#@fault } ;;
		@*) ;;
		*) told+=" $line" line=; continue ;;
		esac
		reached=${line#@} line=
		[[ ${1-} != "${reached%% *}" || $until ]] || ((--count > 0)) || until=$(($(now) + $3))
	done
	status=0
	wait "$boot" || status=$?
	boot=
}

result()
{
	if [[ $1 == ok ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
	echo "$1 - power $2"
}

# one_cut NUMBER
one_cut()
{
	local moment=${moments[$1 % ${#moments[@]}]} count=1 after told=

	after=$((RANDOM % ${moment#*:})) moment=${moment%:*}
	case $moment in
	new-files|apply|quarantine) count=$((1 + RANDOM % (most_updates + 1))) ;;
	esac
	start "$1"
	follow "$moment" $count $after
	if [[ $status ]]; then
		sed 's/^/# /' "$work/notes"
		result 'not ok' "boot $1 ended by itself: $reached $told"
		return 1
	fi
	cut_power
	result ok "boot $1: cut $after ms after $moment ($count.), at: $reached"
}

last_boot()
{
	local told=

	start last last
	follow
	if [[ $status == 0 ]]; then
		result ok "boot without a cut: enforces, files are whole, the quarantine list is back"
	else
		sed 's/^/# /' "$work/notes"
		result 'not ok' "boot without a cut: $reached $told"
	fi
}

main()
{
	local number

	work=$(mktemp -d)
	trap '[[ ! $boot ]] || cut_power; rm -rf "$work"' EXIT
	: "${SEED:=$RANDOM}"
	RANDOM=$SEED
	echo "# SEED=$SEED"
	prepare
	mkfifo "$work/lines"
	for ((number = 1; number <= cuts; number++)); do
		one_cut "$number" || break
	done
	((failed)) || last_boot
	echo "$passed passed, $failed failed, 0 skipped"
	((failed == 0))
}

main
