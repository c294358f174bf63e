#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kernel_code.sh - code that becomes part of the kernel: modules, firmware, kexec
# images, and other ways to change it

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 86
place=/opt/m2m
mkdir -p $place /usr/lib/firmware
lift=$helpers/bpflift

find_module
comment "trying with $module"

cp "$ko" $place/listed.ko
cp "$ko" $place/unlisted.ko
cp "$ko" $place/wrong.ko
echo wrong >>$place/wrong.ko
cp "$ko" $place/moved.ko
echo unlisted >>$place/unlisted.ko
cp "$helpers/hello" $place/image
echo image >>$place/image
cp "$helpers/hello" $place/unlisted-image
echo unlisted >>$place/unlisted-image

# The kernel that unpacks modules itself knows one format. Only the compressed file
# is listed, not its content.
cp "$ko" $place/packed.ko
echo packed >>$place/packed.ko
xz --check=crc32 $place/packed.ko
xz -k --check=crc32 $place/unlisted.ko
has_register_writes=no
! "$helpers/reach" bpf-registers 2>/dev/null || has_register_writes=yes
has_unpacking=yes
case $("$load" compressed $place/packed.ko.xz 2>&1) in
*'not supported'*) has_unpacking=no ;;
'') "$load" remove "$module" ;;
esac

# Where modprobe looks first. That of Debian 12 unpacks it before the kernel sees it.
updates=/usr/lib/modules/$(uname -r)/updates
mkdir -p "$updates"
cp "$ko" "$updates/$module.ko"
echo shipped >>"$updates/$module.ko"
items kmod "$updates/$module.ko" >"$work/shipped"
xz --check=crc32 "$updates/$module.ko"
items kmod "$updates/$module.ko.xz" >>"$work/shipped"
depmod

pci=$(find /sys/bus/pci/devices -name '0*' 2>/dev/null | sed -n 1p)
ramoops=
! modprobe ramoops 2>/dev/null || ramoops=$(find /usr/lib/modules -name ramoops.ko)
"$load" remove ramoops 2>/dev/null

get_ready
{
	[ ! "$ramoops" ] || items kmod "$ramoops"
	items kmod $place/listed.ko $place/image $place/packed.ko.xz
	items exec,mmap $place/wrong.ko
	cat "$work/shipped"
} | load_items items

# expect_code_refused NAME REASON OP COMMAND...
expect_code_refused()
{
	code_name=$1
	code_reason=$2
	code_op=$3
	shift 3
	if [ $now = enforce ]; then
		judge "enforce: $code_name" "$helpers/observe" -o 'Permission denied' mode=enforce \
			"op=$code_op" errno=13 "reason=$code_reason" -- "$@"
	else
		judge "audit: $code_name" "$helpers/observe" mode=audit "op=$code_op" errno=0 \
			"reason=$code_reason" -- "$@"
	fi
}

# expect_loads NAME COMMAND...: a module loads, without a word, and goes again
expect_loads()
{
	expect_permitted "$@"
	"$load" remove "$module" 2>/dev/null || comment "$module was not loaded"
}

expect_module_refused()
{
	expect_code_refused "$1" "$2" KMODULE "$load" "$3" "$4"
	if [ $now = enforce ]; then
		expect_text "enforce: and it is not there" "No such file" "$load" remove "$module"
	else
		expect "audit: and it is there" "$load" remove "$module"
	fi
}

all_cases()
{
	expect_loads "a listed module" "$load" finit $place/listed.ko
	expect_loads "a compressed module, by modprobe" modprobe "$module"
	expect_loads "from memory" "$load" init $place/listed.ko
	expect_loads "from a file without a name" "$load" memfd $place/listed.ko
	expect_loads "a copy of it: what counts is what the kernel will use" \
		"$load" finit $place/moved.ko
	expect_module_refused "an unlisted module" unlisted finit $place/unlisted.ko
	if [ $has_unpacking = yes ]; then
		expect_loads "a listed compressed module, which the kernel unpacks" \
			"$load" compressed $place/packed.ko.xz
		expect_module_refused "an unlisted one" unlisted compressed $place/unlisted.ko.xz
	else
		skip "$now: a listed compressed module" "unpacking of modules"
		skip "$now: an unlisted one" "unpacking of modules"
		skip "$now: and whether it is there" "unpacking of modules"
	fi
	rm -f $place/copy.ko
	cp $place/unlisted.ko $place/copy.ko
	echo from memory >>$place/copy.ko
	expect_module_refused "from memory" unlisted init $place/copy.ko
	echo once more >>$place/copy.ko
	expect_module_refused "from a file without a name" unlisted memfd $place/copy.ko
	expect_module_refused "one listed for other uses" wrong-use finit $place/wrong.ko
	if [ $has_kexec_file = yes ]; then
		expect_code_refused "an unlisted kexec image" unlisted KEXEC "$load" \
			kexec-file $place/unlisted-image
		expect_text "$now: a listed one is refused by the kernel only for what it is" \
			"Exec format error" "$load" kexec-file $place/image
	else
		skip "$now: an unlisted kexec image" kexec_file_load
		skip "$now: a listed one" kexec_file_load
	fi
	expect_code_refused "a kexec image that the kernel does not show" unmeasured KEXEC \
		"$load" kexec none
	expect_code_refused "a kprobe" anonymous KMODULE sh -c \
		'echo p:rivet_test do_exit | tee /sys/kernel/tracing/kprobe_events'
	echo '-:rivet_test' >>/sys/kernel/tracing/kprobe_events 2>/dev/null
	if [ -c /dev/mem ]; then
		expect_code_refused "/dev/mem" anonymous KMODULE sh -c ': </dev/mem'
	else
		skip "$now: /dev/mem" "CONFIG_DEVMEM"
	fi
	expect_reach_refused bpf-write "a BPF program that writes to programs" 'Invalid argument'
	if [ $has_register_writes = yes ]; then
		expect_reach_refused bpf-registers "a BPF program that changes registers" \
			'ermission denied'
	else
		skip "$now: a BPF program that changes registers" "BPF programs that write registers"
	fi
	expect_reach_refused port "I/O ports" 'not permitted'
	expect_reach_refused msr "a register of the processor" 'ermission denied'
	expect_reach_refused serial "a serial port at another address" 'ermission denied'
	expect_lockdown_refused "a file of debugfs" /sys/kernel/debug/fault_around_bytes \
		'not permitted' cat /sys/kernel/debug/fault_around_bytes
	expect_permitted "a file of debugfs that everybody may read" \
		cat /sys/kernel/debug/wakeup_sources
	expect_lockdown_refused "a PCI device is set up" "$pci/config" 'ermission denied' \
		dd if="$pci/config" of="$pci/config" bs=1 count=1 conv=notrunc
	expect_permitted "a PCI device is looked at" sh -c "cat $pci/config >/dev/null"
	expect_lockdown_refused "hibernation" /dev/snapshot 'not permitted' \
		sh -c ': </dev/snapshot'
	parameter_cases
}

# One system call is asked about thousands of times before it returns to user mode
bound_cases()
{
	lost=$(stat_value events_lost) asked=$(stat_value decisions)
	expect "one call that is asked about a thousand times" "$helpers/reach" bpf-write-often
	lost=$(($(stat_value events_lost) - lost)) asked=$(($(stat_value decisions) - asked))
	expect "only so many wait to be reported, the others are counted" \
		[ $lost -gt 0 -a $((asked - lost)) -le 2200 ]
	comment "$asked decisions, $lost reports lost"
}

# expect_reach_refused WHAT NAME TEXT: TEXT is the kernel's message about the
# refusal
expect_reach_refused()
{
	if [ "$(uname -m)" != x86_64 ] && [ "${1#bpf-}" = "$1" ]; then
		skip "$now: $2" "what this test reaches for on x86"
	else
		about=op=KMODULE refusal=$3
		expect_refused "$2" anonymous '' "$helpers/reach" "$1"
		about='' refusal='Permission denied'
	fi
}

# expect_lockdown_refused NAME FILE TEXT COMMAND...: about this file, which some kernels lack
expect_lockdown_refused()
{
	lockdown_name=$1 refusal=$3
	if [ -e "$2" ]; then
		shift 3
		about=op=KMODULE
		expect_refused "$lockdown_name" anonymous '' "$@"
	else
		skip "$now: $lockdown_name" "$2"
	fi
	about='' refusal='Permission denied'
}

# A listed module whose parameters say where in memory it is to work; with this one alone
# it does nothing
parameter_cases()
{
	if [ ! "$ramoops" ]; then
		skip "$now: a listed module with an address" ramoops
		skip "$now: a listed module with another parameter" ramoops
		return
	fi
	about=op=KMODULE refusal='not permitted'
	expect_refused "a listed module with an address" anonymous '' \
		"$load" parameters "$ramoops" mem_address=4096
	about='' refusal='Permission denied'
	"$load" remove ramoops 2>/dev/null
	expect_permitted "a listed module with another parameter" \
		"$load" parameters "$ramoops" record_size=4096
	"$load" remove ramoops || comment "ramoops was not loaded"
}

has_kexec_file=yes
case $("$load" kexec-file $place/image 2>&1) in
*'not implemented'*) has_kexec_file=no ;;
esac

# has_lift HOW ANSWER: such a program can be attached, as things are now
has_lift()
{
	start_holding "$lift" "$1" file_ioctl "$2"
	has=$?
	stop_holding
	return $has
}

# --- firmware: the kernel's own module to try it asks for it without a device ----

requests=/sys/devices/virtual/misc/test_firmware
if modprobe test_firmware 2>/dev/null; then
	has_requests=yes
else
	has_requests=no
fi
for name in listed changed listed-parts unlisted-parts; do
	echo "firmware $name" >/usr/lib/firmware/rivet-$name
done
items firmware /usr/lib/firmware/rivet-listed /usr/lib/firmware/rivet-changed \
	/usr/lib/firmware/rivet-listed-parts | load_items firmware
echo more >>/usr/lib/firmware/rivet-changed

# As a driver does that needs a few bytes from the middle
cat >"$work/parts" <<'END'
cd /sys/devices/virtual/misc/test_firmware || exit
echo 1 >reset
printf %s "$1" >config_name
for setting in num_requests=1 into_buf=1 partial=1 buf_size=8 file_offset=4; do
	echo "${setting#*=}" >"config_${setting%=*}"
done
echo 1 >trigger_batched_requests
read -r result <test_result
case $result in
0) ;;
-13) echo "Permission denied"; exit 1 ;;
*) echo "test_result $result"; exit 1 ;;
esac
END

# A program may pass on files that the file system lacks: FILE
cat >"$work/hand-over" <<'END'
trigger=/sys/devices/virtual/misc/test_firmware/trigger_custom_fallback
wanted=/sys/class/firmware/rivet-wanted
printf rivet-wanted >$trigger 2>/dev/null &
tries=0
until [ -e $wanted/loading ] || [ $tries -gt 100 ]; do
	tries=$((tries + 1))
	busybox usleep 50000
done
echo 1 >$wanted/loading
cat "$1" >$wanted/data
printf 0 | tee $wanted/loading >/dev/null
result=$?
wait
exit $result
END

handed_over_cases()
{
	if [ -e /sys/class/firmware/timeout ]; then
		expect_permitted "listed firmware, handed over" \
			sh "$work/hand-over" /usr/lib/firmware/rivet-listed
		expect_code_refused "unlisted firmware, handed over" unlisted FIRMWARE \
			sh "$work/hand-over" /usr/lib/firmware/rivet-unlisted-parts
	else
		skip "$now: listed firmware, handed over" CONFIG_FW_LOADER_USER_HELPER
		skip "$now: unlisted firmware, handed over" CONFIG_FW_LOADER_USER_HELPER
	fi
}

firmware_cases()
{
	if [ $has_requests = no ]; then
		for what in "listed firmware" "changed firmware" "listed firmware, in parts" \
			"unlisted firmware, in parts" "listed firmware, handed over" \
			"unlisted firmware, handed over"; do
			skip "$now: $what" "a driver that asks for firmware without a device"
		done
		return
	fi
	handed_over_cases
	expect_permitted "listed firmware" sh -c "printf rivet-listed >$requests/trigger_request"
	expect_code_refused "changed firmware" mismatch FIRMWARE \
		sh -c "printf rivet-changed | tee $requests/trigger_request"
	expect_permitted "listed firmware, in parts" sh "$work/parts" rivet-listed-parts
	expect_code_refused "unlisted firmware, in parts" unlisted FIRMWARE \
		sh "$work/parts" rivet-unlisted-parts
}

mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
modprobe -q msr
all_cases
bound_cases
firmware_cases

# --- enforcing ------------------------------------------------------------------

any_answer=no
! has_lift lsm 1 || any_answer=yes
lifted=no
if has_lift modify 0; then
	lifted=yes
	# Attached before enforcement, as an attacker would; the answer is taken for the
	# number of bytes that were read
	start_holding "$lift" modify kernel_post_read_file "$(stat -c %s $place/unlisted.ko)"
	early=$holder
fi
enforce
if [ $lifted = yes ]; then
	mark_events
	if "$load" finit $place/unlisted.ko 2>"$work/why"; then
		fail "a veto that was lifted before enforcement lets no module go live" "it loaded"
		"$load" remove "$module"
	else
		pass "a veto that was lifted before enforcement lets no module go live"
	fi
	if has_event op=KMODULE mode=enforce errno=13 reason=unmeasured; then
		pass "and it is reported"
	else
		fail "and it is reported" "$(cat "$work/why") $(events_since)"
	fi
	kill -9 "$early"
	wait "$early" 2>/dev/null
	rm -f "$work"/said.*
	expect_code_refused "a BPF program that would lift a veto" anonymous KMODULE \
		"$lift" modify kernel_post_read_file 1
else
	skip "a veto that was lifted before enforcement lets no module go live" \
		"BPF programs that modify returns"
	skip "and it is reported" "BPF programs that modify returns"
	skip "enforce: a BPF program that would lift a veto" "BPF programs that modify returns"
fi
if [ $any_answer = yes ]; then
	expect_code_refused "a BPF LSM program that may answer anything" anonymous KMODULE \
		"$lift" lsm kernel_post_read_file 1
else
	skip "enforce: a BPF LSM program that may answer anything" \
		"BPF LSM programs that may answer anything"
fi
all_cases
firmware_cases

# --- while the mode changes -----------------------------------------------------

# Unpacking in the kernel takes long
switched=$place/listed.ko switched_not=$place/unlisted.ko flags=0
if [ $has_unpacking = yes ]; then
	switched=$place/packed.ko.xz switched_not=$place/unlisted.ko.xz flags=4
fi
rounds=0 loads=0 refused=0 live=0
while [ $rounds -lt 20 ]; do
	rounds=$((rounds + 1))
	back_to_audit || bail "no way back to audit"
	"$helpers/switching" $switched $switched_not "$module" $flags >"$work/tally" &
	holder=$!
	wait_for grep -q ready "$work/tally"
	echo enforce >$rivet/mode || bail "rivet does not enforce again"
	kill "$holder"
	wait "$holder"
	# shellcheck disable=SC2046
	set -- $(tail -n 1 "$work/tally")
	loads=$((loads + $2)) refused=$((refused + $4)) live=$((live + $6))
done
comment "$rounds rounds, $loads loads of a listed module: $refused refused; unlisted: $live live"
expect "a listed module is never refused when enforcement begins meanwhile" \
	test "$refused" = 0
expect "an unlisted one never goes live when it has begun" test "$live" = 0

finish
