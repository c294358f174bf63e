#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh - boot a guest, run one script in it as root, and end as it ended
#
# usage: run.sh [--kernel 6.1|6.12|7.x|arm64-6.12|debug-6.12] [--icount] [--timeout S]
#               [--append STR] [--console FILE] [--copy HOST[:GUEST]]...
#               [--smp N] [--memory MB] [--disk FILE]... [--bare] [--net] [--tpm]
#               SCRIPT [ARG...]
#
# stdout is the output of SCRIPT and nothing else; this program's own words go to
# stderr, the kernel's to the console file. Exit status: SCRIPT's own, or
#   124  it took longer than --timeout
#   125  the guest could not be built or booted, or died without a word
#   126  the kernel log holds a splat, with any status of SCRIPT
# selftests/vm/README.md tells the rest.

set -euo pipefail
# shellcheck source=selftests/vm/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=selftests/vm/splat.sh
. "$vm_dir/splat.sh"

exit_timeout=124
exit_no_guest=125
exit_splat=126

usage()
{
	sed -n 's/^# usage: /usage: /p; s/^#  \( .*--.*\)/  \1/p' "$0" >&2
	exit "$exit_no_guest"
}

give_up()
{
	note "$@"
	exit "$exit_no_guest"
}

# With --net the guest has a device eth0, and behind it a machine that echoes at two ports.
nic=none
peers=user,model=virtio-net-pci,restrict=on
peers+=,guestfwd=tcp:10.0.2.100:8883-cmd:cat,guestfwd=tcp:10.0.2.100:9999-cmd:cat

parse_arguments()
{
	kernel=6.12 icount='' timeout='' append='' console=''
	smp=2 memory='' copies=() disks=() bare='' tpm=''

	while (($#)); do
		case $1 in
		--icount) icount=1 smp=1; shift; continue ;;
		--bare) bare=1; shift; continue ;;
		--net) nic=$peers; shift; continue ;;
		--tpm) tpm=1; shift; continue ;;
		--) shift; break ;;
		-*) (($# >= 2)) || usage ;;
		*) break ;;
		esac
		case $1 in
		--kernel) kernel=$2 ;;
		--timeout) timeout=$2 ;;
		--append) append+=" $2" ;;
		--console) console=$2 ;;
		--copy) copies+=("$2") ;;
		--smp) smp=$2 ;;
		--memory) memory=$2 ;;
		--disk) disks+=("$2") ;;
		*) usage ;;
		esac
		shift 2
	done
	(($#)) || usage
	script=$1
	shift
	arguments=("$@")
	[[ -f $script ]] || give_up "$script: no such file"
	: "${console:=$build_dir/vm/console-$kernel-$$.log}"
	# Watching memory needs memory and time: the boot alone takes minutes.
	[[ $kernel != "$debug_kernel" ]] || : "${memory:=3072}" "${timeout:=1200}"
	: "${memory:=1024}" "${timeout:=120}"
}

# Everything the guest is made of; each step finds out itself whether there is
# anything to do. Their stdout is not the script's.
build_guest()
{
	(check_kernel "$kernel") || exit "$exit_no_guest"
	"$vm_dir/guest.sh" "$kernel" >&2 || give_up "cannot build the guest"
	# Entered without the firmware's tables the kernel does not find the TPM.
	image=$("$vm_dir/kernel.sh" path "$kernel" "$([[ $tpm ]] && echo image || echo boot)")
	module='' userspace=''
	[[ -z $bare ]] || return 0
	module=$("$vm_dir/build-module.sh" "$kernel") ||
		give_up "cannot build rivet.ko"
	userspace=$("$vm_dir/userspace.sh" "$(kernel_arch "$kernel")") ||
		give_up "cannot build userspace"
}

# quote WORD...: for a POSIX shell to read back, with any bytes in them.
quote()
{
	local word

	for word in "$@"; do
		printf "'%s' " "${word//\'/\'\\\'\'}"
	done
}

# copy_in HOST[:GUEST]: without GUEST, beside the script. The scratch disk is not
# mounted yet when the archive is unpacked: init moves the files that are meant for it.
copy_in()
{
	local host=${1%%:*} guest=''

	[[ $1 != *:* ]] || guest=${1#*:}
	[[ -e $host ]] || give_up "--copy $host: no such file"
	: "${guest:=/rivet-test/bin/}"
	[[ $guest != */ ]] || guest+=$(basename "$host")
	guest=$(realpath -ms "/$guest")
	[[ $guest != /mnt/scratch/* ]] || guest=/rivet-test/.run/scratch/${guest#/mnt/scratch/}
	case $guest in
	/bin/*|/sbin/*|/lib/*|/lib64/*) guest=/usr$guest ;;
	esac
	mkdir -p "$overlay${guest%/*}"
	cp -RHp --no-target-directory "$host" "$overlay$guest"
}

# Under the builders' locks: another run may be building them again.
add_rivet()
{
	(
		take_lock "module-$(basename "$(dirname "$module")")"
		cp -p "$module" "$overlay/rivet.ko"
	)
	(
		take_lock "userspace-$(kernel_arch "$kernel")"
		cp -a "$userspace/." "$overlay"
	)
}

# The files that differ from run to run: rivet, the script and its own files.
fill_overlay()
{
	local name copy

	name=$(basename "$script")
	mkdir -p "$overlay/rivet-test/"{bin,.run}
	[[ $bare ]] || add_rivet
	for copy in "${copies[@]}"; do
		copy_in "$copy"
	done
	cp -Lp "$script" "$overlay/rivet-test/bin/$name"
	write_command "/rivet-test/bin/$name" >"$overlay/rivet-test/.run/command"
}

# A folder that the base has keeps the owner and mode it has there.
list_overlay()
{
	(cd "$overlay" && find . -mindepth 1 \
		\( ! -type d -o ! -exec test -d "$base/root/{}" \; \) -print0)
}

# The kernel unpacks both archives, one after the other.
make_initrd()
{
	overlay=$run_dir/overlay
	base=$build_dir/guest/$kernel
	fill_overlay
	{
		cat "$base/base.cpio"
		list_overlay | (cd "$overlay" &&
			cpio --quiet --null -o -H newc -R 0:0)
	} >"$run_dir/initrd"
}

# A file that is executable is run as it is, any other by the shell.
write_command()
{
	local interpreter=/bin/sh

	[[ ! -x $script ]] || interpreter=
	echo "nonce=$nonce"
	echo "run_script $interpreter $(quote "$1" "${arguments[@]}")"
}

add_disk()
{
	qemu+=(-drive "if=none,id=$1,file=$2,format=raw,cache=unsafe"
		-device "virtio-blk-pci,drive=$1")
}

# One thread for all CPUs: with one each, qemu before 8.1 (bookworm has 7.2) has
# races when a guest patches its own code, as kernels do; a bare 7.x guest was
# seen to die at boot of "Oops: int3" that way, once in some 60 runs. It costs no
# time worth mention. /dev/kvm may be there and not work, so it is for those who
# ask for it.
# shellcheck disable=SC2054  # the commas are qemu's
compose_qemu()
{
	local tty=ttyS0 log='ignore_loglevel' disk number=0
	# A processor of the guest may have to wait for one of ours that long: no stall.
	local patience='rcupdate.rcu_cpu_stall_timeout=120 watchdog_thresh=60'
	# A random source that nobody uses measures itself, and a key derivation: half a second.
	local haste='initcall_blacklist=jent_mod_init,crypto_kdf108_init'

	case $kernel in
	arm64-*)
		tty=ttyAMA0
		qemu=(qemu-system-aarch64 -M virt -cpu max,pauth-impdef=on)
		;;
	*) qemu=(qemu-system-x86_64 -M pc -cpu max) ;;
	esac
	# Printing costs instructions; warnings and worse must be seen all the same.
	[[ -z $icount ]] || log='loglevel=5'
	[[ -z $icount ]] || qemu+=(-icount 'shift=0,sleep=off')
	qemu+=(-accel "${RIVET_VM_ACCEL:-tcg,thread=single}" -smp "$smp" -m "$memory" -nodefaults -display none
		-no-reboot -nic "$nic" -no-user-config
		-serial "file:$console"
		-device virtio-serial-pci
		-chardev "file,id=output,path=$run_dir/output"
		-device virtserialport,chardev=output,name=rivet.output
		-chardev "file,id=status,path=$run_dir/status"
		-device virtserialport,chardev=status,name=rivet.status
		-kernel "$image" -initrd "$run_dir/initrd"
		-append "console=$tty panic=-1 $patience $haste $log$append")
	[[ -z ${RIVET_VM_SHARE:-} ]] || add_share
	[[ -z $tpm ]] || add_tpm
	add_disk scratch "$run_dir/scratch.ext4"
	for disk in "${disks[@]}"; do
		number=$((number + 1))
		add_disk "extra$number" "$disk"
	done
}

# Twice, since a guest mounts each of them only once: a file changed through one
# has changed, for the other, without the guest's kernel.
add_share()
{
	local tag

	for tag in rivet0 rivet1; do
		qemu+=(-virtfs "local,path=$RIVET_VM_SHARE,mount_tag=$tag,security_model=none")
	done
}

# A TPM of its own for the run, with banks for SHA-1 and SHA-256. It ends with qemu.
# shellcheck disable=SC2054  # the commas are qemu's
add_tpm()
{
	[[ $kernel != arm64-* ]] || give_up "--tpm: the kernel for arm64 sees no TPM of qemu's"
	"$top_dir/selftests/deps.sh" tpm
	mkdir "$run_dir/tpm"
	swtpm_setup --tpm2 --tpmstate "$run_dir/tpm" --pcr-banks sha1,sha256 \
		--logfile "$run_dir/tpm.log" >&2 || give_up "no TPM: $(tail -n 1 "$run_dir/tpm.log")"
	swtpm socket --tpm2 --tpmstate "dir=$run_dir/tpm" --terminate --daemon \
		--ctrl "type=unixio,path=$run_dir/tpm.sock" || give_up "no TPM"
	qemu+=(-chardev "socket,id=tpm,path=$run_dir/tpm.sock"
		-tpmdev emulator,id=tpm0,chardev=tpm -device tpm-tis,tpmdev=tpm0)
}

# qemu writes into a fifo, so that the script's output is seen at once and
# so that stdout may be anything, a socket or an appended file. We hold the fifo
# open ourselves until qemu has ended: nobody then waits for a peer that never
# comes, and the reader sees the end for certain.
run_qemu()
{
	local reader fifo

	mkdir -p "$(dirname "$console")"
	: >"$console"
	: >"$run_dir/status"
	mkfifo "$run_dir/output"
	cp --sparse=always "$build_dir/guest/scratch.ext4" "$run_dir/scratch.ext4"
	exec {fifo}<>"$run_dir/output"
	cat "$run_dir/output" {fifo}>&- &
	reader=$!
	timeout --kill-after=5 "$timeout" "${qemu[@]}" {fifo}>&- </dev/null \
		>"$run_dir/qemu.log" 2>&1 &
	child=$!
	qemu_code=0
	wait "$child" || qemu_code=$?
	child=
	exec {fifo}>&-
	wait "$reader" || true
}

# shellcheck disable=SC2317  # called by the trap
clean_up()
{
	[[ -z $child ]] || kill "$child" 2>/dev/null || true
	rm -rf "$run_dir"
}

# 128 and up: a signal ended it, as a shell tells of it.
read_status()
{
	tr -d '\r' <"$run_dir/status" |
		sed -n "s/^status $nonce \([0-9]\{1,3\}\)$/\1/p"
}

started()
{
	grep -q "^started $nonce" "$run_dir/status"
}

# A splat comes first: it is the reason for all other failures.
judge()
{
	local splat status

	splat=$(find_splat "$console" || true)
	status=$(read_status)
	if [[ $splat ]]; then
		note "splat in the kernel log, see $console: $splat"
		show_splat "$console" "$splat" >&2
		exit "$exit_splat"
	elif ((qemu_code == 124 || qemu_code == 137)) && started; then
		note "timeout after $timeout s; console: $console"
		exit "$exit_timeout"
	elif [[ -z $status ]]; then
		note "the guest did not start the script, or died; console: $console"
		tail -n 5 "$run_dir/qemu.log" >&2
		exit "$exit_no_guest"
	fi
	exit "$status"
}

# Consoles of yesterday, and folders of runs that were killed hard.
prune()
{
	find "$build_dir/vm" -mindepth 1 -maxdepth 1 -mmin +1440 \
		\( -name 'console-*' -o -name 'run.*' \) -exec rm -rf {} +
}

main()
{
	parse_arguments "$@"
	child=
	mkdir -p "$build_dir/vm"
	prune
	run_dir=$(mktemp -d "$build_dir/vm/run.XXXXXX")
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	nonce=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
	build_guest
	make_initrd
	compose_qemu
	run_qemu
	judge
}

main "$@"
