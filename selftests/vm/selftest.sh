#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# selftest.sh - does run.sh keep its promises?
#
# usage: selftest.sh [KERNEL|all]
#
# Prints KTAP, and at the end `N passed, N failed, N skipped`. Tests the harness,
# not rivet: guests are bare, but for one that looks whether rivet is in it.

set -euo pipefail
# shellcheck source=selftests/vm/common.sh
. "$(dirname "$0")/common.sh"

passed=0 failed=0 skipped=0 count=0

report()
{
	local result=$1 what=$2

	count=$((count + 1))
	case $result in
	ok) passed=$((passed + 1)); echo "ok $count $kernel: $what" ;;
	skip) skipped=$((skipped + 1)); echo "ok $count $kernel: $what # SKIP $3" ;;
	*)
		failed=$((failed + 1))
		echo "not ok $count $kernel: $what"
		sed 's/^/# /' "$work/err" "$work/out" | tail -n 20
		;;
	esac
}

# script TEXT: write the next guest script.
script()
{
	{
		echo '#!/bin/sh'
		cat
	} >"$work/script"
	chmod "${1:-755}" "$work/script"
}

# guest OPTION... : run it, keep its output and its status.
guest()
{
	code=0
	"$vm_dir/run.sh" --kernel "$kernel" --console "$work/console" "$@" \
		>"$work/out" 2>"$work/err" || code=$?
}

# expect WHAT CODE [OUTPUT]
expect()
{
	local what=$1 wanted=$2

	if [[ $code != "$wanted" ]]; then
		echo "exit status $code instead of $wanted" >>"$work/err"
		report bad "$what"
	elif (($# > 2)) && [[ $(cat "$work/out") != "$3" ]]; then
		report bad "$what"
	else
		report ok "$what"
	fi
}

test_arguments()
{
	script <<-'END'
		for word; do printf '<%s>' "$word"; done
		echo " $(id -u) $(pwd) $(cat)"
		echo to stderr >&2
		echo reopened >/dev/stderr
		exit 42
	END
	# shellcheck disable=SC1003,SC2016  # literally so
	guest --bare "$work/script" 'a b' "it's" '$HOME "q" \' '' '*'
	expect 'status, output, arguments' 42 \
		"<a b><it's><\$HOME \"q\" \\><><*> 0 / "$'\n'"to stderr"$'\n'reopened
}

test_copy()
{
	mkdir -p "$work/folder/sub dir"
	echo inside >"$work/folder/sub dir/file"
	script 644 <<-'END'
		cat "$(dirname "$0")/folder/sub dir/file" /opt/x/named /mnt/scratch/f/sub*/file
		stat -c %a /tmp
		echo 'rivet-vm: a line that only quotes WARNING: of others' >/dev/kmsg
		grep -o rivet.test=1 /proc/cmdline
	END
	guest --bare --copy "$work/folder" --copy "$work/folder:/mnt/scratch/f" \
		--copy "$work/folder/sub dir/file:/opt/x/named" \
		--append rivet.test=1 "$work/script"
	expect '--copy, --append, script without x bit' 0 \
		$'inside\ninside\ninside\n1777\nrivet.test=1'
}

test_program()
{
	guest --bare "$build_dir/guest/$kernel/root/usr/bin/busybox" echo from a program
	expect 'an ELF program as script' 0 'from a program'
}

test_leftovers()
{
	script <<-'END'
		(while :; do sleep 0.01; done) &
		mosquitto -p 1883 &
		echo done
	END
	guest --bare "$work/script"
	if grep -q '^done$' "$work/out"; then
		expect 'processes left behind do no harm' 0
	else
		report bad 'processes left behind do no harm'
	fi
}

test_ends()
{
	script <<<'sleep 1000'
	guest --bare --timeout 60 "$work/script"
	expect 'timeout is 124' 124 ''
	script <<<'echo c >/proc/sysrq-trigger; sleep 1000'
	guest --bare "$work/script"
	expect 'a crash is 126' 126 ''
	script <<<'echo "BUG: test" >/dev/kmsg'
	guest --bare "$work/script"
	expect 'a splat is 126' 126 ''
	script <<<'echo o >/proc/sysrq-trigger; sleep 1000'
	guest --bare "$work/script"
	expect 'a guest that goes away is 125' 125 ''
	guest --bare --append 'rdinit=/nonexistent init=/nonexistent' --timeout 60 "$work/script"
	expect 'a guest that does not boot is 125 or 126' "$([[ $code == 126 ]] && echo 126 || echo 125)" ''
	guest --bare --copy "$work/nonexistent" "$work/script"
	expect 'a guest that cannot be built is 125' 125 ''
}

# Each line of the guest's output is one check's own verdict.
test_content()
{
	script <<'END'
check() { what=$1; shift; if "$@" >/tmp/log 2>&1; then echo "ok $what"; else cat /tmp/log; echo "bad $what"; fi; }
lsm_bpf() { grep -qw bpf /sys/kernel/security/lsm; }
module() { insmod /rivet-test/bin/hello.ko && grep -q ^hello /proc/modules && rmmod hello; }
scratch() { [ "$(stat -f -c %T /mnt/scratch)" = ext2/ext3 ] && mount | grep ' /mnt/scratch type ext4 (rw'; }
verity() { seq 9999 >/mnt/scratch/v && fsverity enable /mnt/scratch/v && fsverity measure /mnt/scratch/v && ! (echo x >>/mnt/scratch/v); }
keys() { cd /rivet-test && openssl verify -CAfile ca.pem signer.pem signer2.pem signer-ec.pem && ! openssl verify -CAfile ca.pem rogue.pem && ls ca.der signer.der signer2.key signer-ec.key rogue.key rogue.der; }
signing() { echo text >/tmp/t && sign-file sha256 /rivet-test/signer.key /rivet-test/signer.pem /tmp/t /tmp/t.signed && grep -q 'Module signature appended' /tmp/t.signed; }
keyring() { keyctl newring test @s && keyctl show; }
broker() { mosquitto -d -p 1883 && sleep 1 && { mosquitto_sub -p 1883 -t t -C 1 -W 30 >/tmp/got & } && sleep 1 && mosquitto_pub -p 1883 -r -t t -m hi && wait $! && grep -qx hi /tmp/got; }
filesystems() { for fs in overlay btrfs xfs vfat squashfs fuse; do modprobe $fs || return; done; mount -t tmpfs none /srv && umount /srv && truncate -s 64M /mnt/scratch/img && mkfs.ext4 -q /mnt/scratch/img && mount -o loop /mnt/scratch/img /srv && umount /srv; }
shells() { bash -c '[[ a == a ]]' && dash -c : && busybox sh -c : && /lib*/ld-linux-*.so.* --version; }
loopback() { ping -c 1 127.0.0.1; }
check 'the LSM list has bpf' lsm_bpf
check 'a module of ours loads' module
check '/mnt/scratch is ext4' scratch
check 'fs-verity works there' verity
check 'keys and certificates' keys
[ -x /usr/bin/sign-file ] && check 'sign-file' signing
check 'keyctl' keyring
check 'mosquitto' broker
check 'filesystem and loop modules' filesystems
check 'shells and the loader' shells
check 'loopback is up' loopback
check 'no core dumps' [ "$(ulimit -c)" = 0 ]
END
	guest --bare --copy "$work/hello.ko" "$work/script"
	expect 'content: the script ran' 0
	while read -r verdict what; do
		[[ $verdict != ok && $verdict != bad ]] || report "$verdict" "content: $what"
	done <"$work/out"
	[[ $kernel == 6.* ]] || report skip 'content: sign-file' \
		'this kernel has none that runs in the guest'
}

build_hello()
{
	mkdir -p "$work/hello"
	cat >"$work/hello/hello.c" <<-END
		// SPDX-License-Identifier: GPL-2.0
		#include <linux/module.h>
		MODULE_DESCRIPTION("nothing");
		MODULE_LICENSE("GPL");
	END
	code=0
	"$vm_dir/build-module.sh" "$kernel" "$work/hello" >"$work/path" \
		2>"$work/err" || code=$?
	expect 'build-module.sh' 0
	cp "$(cat "$work/path")" "$work/"
	"$vm_dir/build-module.sh" "$kernel" --strict "$work/hello" \
		>/dev/null 2>"$work/err" || code=$?
	expect 'build-module.sh --strict' 0
}

test_icount()
{
	script <<<'echo counted; nproc'
	guest --bare --icount "$work/script"
	expect '--icount' 0 $'counted\n1'
}

test_rivet()
{
	if [[ ! -e $top_dir/Kbuild || ! -e $top_dir/userspace/Makefile ]]; then
		report skip 'rivet is in the guest' 'the project has no sources yet'
		return
	fi
	script <<<'ls /rivet.ko && ! grep -q ^rivet /proc/modules && command -v rivetctl && command -v rivetd'
	guest "$work/script"
	expect 'rivet is in the guest' 0 $'/rivet.ko\n/usr/bin/rivetctl\n/usr/sbin/rivetd'
}

main()
{
	local kernels=("${1:-6.12}")

	[[ ${kernels[0]} != all ]] || kernels=("${all_kernels[@]}")
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	echo 'KTAP version 1'
	for kernel in "${kernels[@]}"; do
		check_kernel "$kernel"
		: >"$work/out"
		"$vm_dir/guest.sh" "$kernel"
		build_hello
		test_content
		test_arguments
		test_copy
		test_program
		test_leftovers
		test_ends
		test_icount
		test_rivet
	done
	echo "1..$count"
	echo "$passed passed, $failed failed, $skipped skipped"
	((failed == 0))
}

main "$@"
