#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# cli.sh - rivetctl against the module: its words on each state, its exit
# statuses, and its advice
#
# needs: userspace
#
# wide: arm64-6.12

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

place=/opt/m2m
mkdir -p $place
plan 248

# sign_with WHAT FILE [SIGNER]: by rivetctl
sign_with()
{
	rivetctl "$1" sign -k "$keys/${3:-signer}.key" -c "$keys/${3:-signer}.pem" -o "$2.signed" \
		"$2" >"$work/signed" 2>&1 || bail "cannot sign $2: $(cat "$work/signed")"
}

# program NAME: of its own content
program()
{
	cp "$helpers/hello" "$place/$1"
	echo "$1" >>"$place/$1"
}

# --- the module is not there ------------------------------------------------------

ends 'not loaded: status' 6 rivetctl status
first_line 'not loaded: the first line' \
	'Not loaded: rivet protects nothing; modprobe rivet loads it.'
json 'not loaded: status as JSON' 6 rivet.status/1 rivetctl status
ends 'not loaded: check' 6 rivetctl check /bin/sh
warns 'not loaded: what to do' 'modprobe rivet'
ends 'not loaded: events' 6 rivetctl events
ends 'not loaded: why' 6 rivetctl why 1
ends 'not loaded: mode' 6 rivetctl mode
ends 'not loaded: mode enforce' 6 rivetctl mode enforce
ends 'not loaded: trust add' 6 rivetctl trust add "$keys/signer.pem"
ends 'not loaded: manifest list' 6 rivetctl manifest list
ends 'not loaded: doctor' 1 rivetctl doctor
says 'not loaded: doctor says so' 'the rivet module is not loaded'

# --- nothing in it ----------------------------------------------------------------

load_rivet
ends 'empty: status' 11 rivetctl status
first_line 'empty: the first line' \
	'Audit only: nothing is denied; the built-in policy and no RIV set; trust is not sealed.'
json 'empty: status as JSON' 11 rivet.status/1 rivetctl status
ends 'empty: events' 0 rivetctl events
says 'empty: the first event' 'mode: loaded, version'
ends 'empty: no such event' 9 rivetctl why 99999
ends 'empty: manifest list' 0 rivetctl manifest list
says 'empty: what to do' 'rivetctl manifest load'
ends 'empty: policy show' 0 rivetctl policy show
says 'empty: the built-in policy' 'policy_name=builtin'
ends 'empty: mode enforce, as JSON' 5 rivetctl --json mode enforce
says 'empty: mode enforce, as JSON: names the preconditions' '"missing":["'
ends 'empty: mode enforce' 5 rivetctl mode enforce
warns 'empty: trust is missing' 'missing: trust: not sealed'
warns 'empty: RIVs are missing' 'missing: riv: no RIV set'
warns 'empty: a policy is missing' 'missing: policy: none is loaded'
ends 'empty: mode' 0 rivetctl mode
first_line 'empty: still auditing' audit
ends 'empty: nothing to confirm' 9 rivetctl mode confirm
ends 'empty: sealing without a signer' 5 rivetctl trust seal
warns 'empty: why' '.rivet_trust holds no signer'

# --- not root ---------------------------------------------------------------------

as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups --'
# shellcheck disable=SC2086
{
	ends 'not root: status' 7 $as_nobody rivetctl status
	warns 'not root: what to do' 'run as root'
	ends 'not root: mode enforce' 7 $as_nobody rivetctl mode enforce
	ends 'not root: trust seal' 7 $as_nobody rivetctl trust seal
	install -m 0644 "$keys/signer.pem" /tmp/signer.pem
	ends 'not root: trust add' 7 $as_nobody rivetctl trust add /tmp/signer.pem
	ends 'not root: check' 7 $as_nobody rivetctl check /bin/sh
	ends 'not root: events' 7 $as_nobody rivetctl events
	# Root without the capability
	ends 'without CAP_MAC_ADMIN: trust seal' 7 setpriv --bounding-set -mac_admin \
		--inh-caps -mac_admin -- rivetctl trust seal
	warns 'without CAP_MAC_ADMIN: what is needed' CAP_MAC_ADMIN
}

# --- trust ------------------------------------------------------------------------

ends 'trust add PEM' 0 rivetctl trust add "$keys/signer.pem"
ends 'trust add DER' 0 rivetctl trust add --ca "$keys/ca.der"
ends 'trust add again' 0 rivetctl trust add "$keys/signer.pem"
says 'trust add again: it says so' 'already in .rivet_trust'
ends 'trust add: a CA as signer' 4 rivetctl trust add "$keys/ca.pem"
warns 'trust add: why not' 'a CA belongs in .rivet_ca'
ends 'trust add: no certificate' 3 rivetctl trust add /nonexistent
ends 'trust list' 0 rivetctl trust list
says 'trust list: open' 'Open: root can add'
json 'trust list as JSON' 0 rivet.trust/1 rivetctl trust list
says 'trust list as JSON: the signer' '"role":"signer"'

# --- RIV sets ---------------------------------------------------------------------

vouch_for_guest
program listed
program moved
program mismatch
ends 'manifest build' 0 rivetctl manifest build -n app -v 2 -o "$work/app.riv" $place
sign_with manifest "$work/app.riv"
ends 'manifest load' 0 rivetctl manifest load "$work/app.riv.signed"
says 'manifest load: what it did' 'loaded set app version 2, 3 values'
json 'manifest load again, as JSON' 0 rivet.manifest/1 rivetctl manifest load \
	"$work/app.riv.signed"
ends 'manifest list' 0 rivetctl manifest list
says 'manifest list: the set' 'app '
json 'manifest list as JSON' 0 rivet.manifest/1 rivetctl manifest list
ends 'manifest show NAME' 0 rivetctl manifest show app
says 'manifest show NAME: the set' 'version 2'
ends 'manifest show: no such name' 3 rivetctl manifest show nosuch
sed 's/^version: 2/version: 1/' "$work/app.riv" >"$work/old.riv"
sign_with manifest "$work/old.riv"
ends 'manifest load: an older version' 4 rivetctl manifest load "$work/old.riv.signed"
sed 's/^version: 2/version: 3/' "$work/app.riv" >"$work/rogue.riv"
sign_with manifest "$work/rogue.riv" rogue
ends 'manifest load: an untrusted signer' 4 rivetctl manifest load "$work/rogue.riv.signed"
sed 's/version: 2/version: 4/' "$work/app.riv.signed" >"$work/forged.riv.signed"
ends 'manifest load: changed after signing' 4 rivetctl manifest load "$work/forged.riv.signed"
ends 'manifest load: not signed' 4 rivetctl manifest load "$work/app.riv"
ends 'manifest load: no such file' 3 rivetctl manifest load /nonexistent
ends 'unsealed: status' 12 rivetctl status
ends 'trust seal' 0 rivetctl trust seal
ends 'trust seal again' 0 rivetctl trust seal
ends 'sealed: a signer without a certified certificate' 4 rivetctl trust add "$keys/rogue.pem"
ends 'sealed: a signer that is there' 0 rivetctl trust add "$keys/signer.pem"
ends 'sealed: a CA that is there' 0 rivetctl trust add --ca "$keys/ca.pem"
says 'sealed: it says so' 'already in .rivet_ca'
json 'sealed: as JSON' 0 rivet.trust/1 rivetctl trust add "$keys/signer.pem"
says 'sealed: as JSON, nothing was added' '"already":true'
ends 'sealed: status' 10 rivetctl status

# --- policy -----------------------------------------------------------------------

{
	echo 'policy_name=gateway policy_version=1.0.0'
	strict_rules
} >"$work/gateway.pol"
sign_with policy "$work/gateway.pol"
ends 'policy load' 0 rivetctl policy load "$work/gateway.pol.signed"
says 'policy load: what it did' 'policy gateway 1.0.0 is active'
ends 'policy show' 0 rivetctl policy show
expect_same 'policy show is the text that was signed' "$work/out" "$work/gateway.pol"
json 'policy show as JSON' 0 rivet.policy/1 rivetctl policy show
ends 'ready: status' 10 rivetctl status
says 'ready: the policy' 'Audit only: nothing is denied; policy gateway 1.0.0 and 2 RIV sets'
ends 'ready: doctor' 0 rivetctl doctor
expect_text 'ready: doctor says the state first' 'Audit only' sed -n 1p "$work/out"
says 'ready: doctor has a next step' 'rivetctl mode enforce --confirm-within 5m'
json 'doctor as JSON' 0 rivet.doctor/1 rivetctl doctor
rivetctl doctor >"$work/out" 2>&1
says 'ready: doctor has looked at BPF programs' "none that could override rivet's refusals"
if start_holding "$helpers/bpfveto" kernel_read_file 4242 && [ "$held" = ready ]; then
	ends 'a BPF program: doctor warns' 0 rivetctl doctor
	says 'a BPF program: where' 'of type LSM, for bpf_lsm_kernel_read_file, may override'
	stop_holding
	rivetctl doctor >"$work/out" 2>&1
	says 'the BPF program gone: doctor has nothing to say' 'none that could override'
else
	for lacking in 'doctor warns' 'where' 'gone'; do
		skip "a BPF program: $lacking" "BPF LSM programs on this architecture: $held"
	done
fi
# shellcheck disable=SC2086
$as_nobody rivetctl doctor >"$work/out" 2>&1
says 'not root: doctor cannot see BPF programs' 'cannot be seen without CAP_SYS_ADMIN'

# --- check ------------------------------------------------------------------------

program unlisted
cp $place/mismatch "$work/original"
"$helpers/change" write $place/mismatch
mkdir $place/elsewhere
cp $place/moved $place/elsewhere/moved
library=$(ldd /usr/bin/rivetctl | sed -n 's/.*=> *\([^ ]*libmnl[^ ]*\) .*/\1/p')
ends 'check: a listed file' 0 rivetctl check $place/listed
says 'check: by which set' "would run: match, set app 2"
ends 'check: a library' 0 rivetctl check "$(readlink -f "$library")"
ends 'check: an unlisted file' 5 rivetctl check $place/unlisted
says 'check: why and what to do' "rivetctl manifest build -n NAME -v VERSION -o NAME.riv $place/unlisted"
says 'check: audit mode lets it' 'in audit mode it does'
ends 'check: a changed file' 5 rivetctl check $place/mismatch
says 'check: what was expected' 'expected  sha256:'
ends 'check: a moved file' 5 rivetctl check $place/elsewhere/moved
says 'check: where it belongs' "listed, but as $place/moved"
ends 'check: one of several' 5 rivetctl check $place/listed $place/unlisted
ends 'check: no such file' 3 rivetctl check /nonexistent
ends 'check: a folder' 3 rivetctl check $place
ends 'check: a relative path' 0 sh -c "cd $place && rivetctl check ./listed"
json 'check as JSON' 5 rivet.check/1 rivetctl check $place/listed $place/unlisted
says 'check as JSON: the reason' '"reason":"unlisted"'

modules=$(find /usr/lib/modules -name '*.ko*' | head -n 1)
cp "$modules" $place/elsewhere/
ends 'check: a module' 0 rivetctl check "$modules"
says 'check: a module: as one' 'would load into the kernel: match, set guest'
ends 'check: a module elsewhere: its bytes count' 0 \
	rivetctl check "$place/elsewhere/$(basename "$modules")"
case $modules in
*.ko) cp "$modules" $place/unlisted.ko ;;
*.xz) xz -dc "$modules" >$place/unlisted.ko ;;
esac
echo unlisted >>$place/unlisted.ko
ends 'check: an unlisted module' 5 rivetctl check $place/unlisted.ko
says 'check: an unlisted module: what to do' "--use kmod $place/unlisted.ko"
ends 'check: the same for another use' 5 rivetctl check --op mmap $place/unlisted.ko
says 'check: the same for another use: by name' 'would not load: unlisted'
json 'check: a module as JSON' 0 rivet.check/1 rivetctl check "$modules"
says 'check: a module as JSON: the operation' '"kmodule":{"permitted":true'
mkdir -p /usr/lib/firmware
echo firmware >/usr/lib/firmware/rivet.bin
ends 'check: unlisted firmware' 5 rivetctl check /lib/firmware/rivet.bin
says 'check: unlisted firmware: as such' 'would not load as firmware: unlisted'
items firmware /usr/lib/firmware/rivet.bin | load_items firmware
ends 'check: listed firmware' 0 rivetctl check /lib/firmware/rivet.bin
ends 'check: listed firmware as a module' 5 rivetctl check --op KMODULE /usr/lib/firmware/rivet.bin
says 'check: listed firmware as a module: why not' 'would not load into the kernel: wrong-use'
head -c 514 /dev/zero >$place/vmlinuz
echo HdrS >>$place/vmlinuz
ends 'check: a kernel' 5 rivetctl check $place/vmlinuz
says 'check: a kernel: as such' 'would not boot: unlisted'
ends 'check: several operations' 5 rivetctl check --op execute,kexec $place/listed
says 'check: several operations: the first refused' 'would not boot: wrong-use'
ends 'check: a script without a program' 3 rivetctl check --op SCRIPT $place/listed
warns 'check: a script without a program: what to do' '--exe PROGRAM'
ends 'check: reading that no rule asks about' 0 rivetctl check --op READ $place/unlisted
says 'check: reading that no rule asks about: says so' 'would be read: no rule asks about it'

# --- enforcing --------------------------------------------------------------------

ends 'mode enforce on trial' 0 rivetctl mode enforce --confirm-within 5m
says 'on trial: falls back' 's unless confirmed: rivetctl mode confirm'
ends 'on trial: status' 0 rivetctl status
ends 'mode confirm' 0 rivetctl mode confirm
ends 'mode confirm twice' 9 rivetctl mode confirm
ends 'enforcing: status' 0 rivetctl status
says 'enforcing: the first line' 'Enforcing: policy gateway 1.0.0 and 3 RIV sets'
ends 'enforcing: trust add again' 0 rivetctl trust add "$keys/signer.pem"
ends 'enforcing: trust seal again' 0 rivetctl trust seal
ends 'enforcing: manifest load again' 0 rivetctl manifest load "$work/app.riv.signed"
ends 'enforcing: policy load again' 0 rivetctl policy load "$work/gateway.pol.signed"
ends 'enforcing: metrics' 0 rivetctl status --prometheus
says 'enforcing: metrics tell it' 'rivet_enforcing 1'
json 'enforcing: status as JSON' 0 rivet.status/1 rivetctl status
ends 'enforcing: mode audit' 5 rivetctl mode audit
warns 'enforcing: the way out' 'rivetctl unlock request'
last=$(last_seq)
$place/unlisted >/dev/null 2>&1
ends 'why --last' 0 rivetctl why --last
says 'why: which file' "denied EXECUTE \"$place/unlisted\""
says 'why: in plain words' 'No loaded RIV set lists this content'
says 'why: the rule itself' 'DEFAULT action=DENY'
says 'why: what to do' 'rivetctl manifest build'
says 'why: when' ' s ago'
says 'why: that repeats are told later' 'repeats within 5 s are told later'
json 'why as JSON' 0 rivet.why/1 rivetctl why --last
$place/unlisted >/dev/null 2>&1
$place/unlisted >/dev/null 2>&1
sleep 7
ends 'why: repeats' 0 rivetctl why --last
says 'why: how many, and when' 'repeated         2 times of the same kind, the last of them at 20'
$place/mismatch >/dev/null 2>&1
ends 'why: a changed file' 0 rivetctl why --last
says 'why: by which set' 'RIV set app lists this path with other content'
outdated=$(last_seq)
cp "$work/original" $place/restored
mv $place/mismatch $place/still-bad
mv $place/restored $place/mismatch
rivetctl manifest build -n brief -v 1 --valid-until "$(date -u -d @$(($(date +%s) + 864100)) \
	+%Y-%m-%dT%H:%M:%SZ)" -o "$work/brief.riv" $place/listed >/dev/null 2>&1
sign_with manifest "$work/brief.riv"
ends 'manifest load: a set that expires soon' 0 rivetctl manifest load "$work/brief.riv.signed"
says 'and when' ', expires in 10 days'
warns 'and what then' 'think of the next version of set brief'
rivetctl doctor >"$work/out" 2>&1
says 'doctor: a set that expires soon' 'set brief expires in '
rivetctl manifest build -n brief -v 2 --withdraw -o "$work/gone.riv" >/dev/null 2>&1
sign_with manifest "$work/gone.riv"
ends 'manifest load: it is withdrawn' 0 rivetctl manifest load "$work/gone.riv.signed"
ends 'why: after the file was put back' 0 rivetctl why "$outdated"
says 'why: what was so then' 'RIV set app lists this path with other content'
says 'why: what would be so now' 'now              it would be permitted: match, set app 2'
json 'why as JSON: after the file was put back' 0 rivet.why/1 rivetctl why "$outdated"
says 'why as JSON: what would be so now' '"now":{"permitted":true,"reason":"match"}'
rm $place/mismatch
cp $place/unlisted $place/mismatch
echo other >>$place/mismatch
ends 'why: with bytes that are no better' 0 rivetctl why "$outdated"
mv $place/still-bad $place/mismatch
cp "$work/original" /tmp/temporary
/tmp/temporary >/dev/null 2>&1
ends 'why: a program below a temporary folder' 0 rivetctl why --last
says 'why: it is to be listed for any path' 'NAME.riv --any-path /tmp/temporary'
rm /tmp/temporary
ends 'events --since' 0 rivetctl events --since "$last"
says 'events: a line for the denial' "denied EXECUTE \"$place/mismatch\": mismatch"
json 'events as JSON' 0 rivet.event/1 rivetctl events --since "$last"
ends 'events: a number of the future' 0 rivetctl events --since 1000000
warns 'events: and what it means' 'was the module loaded again?'
rivetctl --json events --since "$last" >"$work/recorded"
rivetctl policy show >"$work/active.pol"
printf 'policy_name=loose policy_version=1.0.0\nDEFAULT action=AUDIT\n' >"$work/loose.pol"
ends 'policy simulate: by the policy that decided' 0 \
	rivetctl policy simulate --events "$work/recorded" "$work/active.pol"
says 'policy simulate: nothing differs' ' 0 would newly be refused, 0 no longer'
ends 'policy simulate: by one that denies nothing' 0 \
	rivetctl policy simulate --live "$work/loose.pol"
says 'policy simulate: the denial would end' 'EXECUTE mismatch: DENY becomes AUDIT'
json 'policy simulate as JSON' 0 rivet.policy/1 rivetctl policy simulate --live "$work/loose.pol"

# --- without a file, and other operations -------------------------------------------

"$helpers/mapping" "memfd:$place/listed" private:rx >/dev/null 2>&1
ends 'why: a memory file' 0 rivetctl why --last
says 'why: a memory file: what it was' 'denied ANON_EXEC "/memfd:copy'
says 'why: a memory file: who may' 'op=ANON_EXEC exe='
json 'why: a memory file as JSON' 0 rivet.why/1 rivetctl why --last
(: >/proc/self/mem) 2>/dev/null
ends 'why: the memory of a process' 0 rivetctl why --last
says 'why: the memory of a process: what it was' 'opened for writing): anonymous'
says 'why: the memory of a process: a debugger' 'op=ANON_EXEC exe='
mkdir "$work/tracing"
mount -t tracefs tracefs "$work/tracing"
(echo 'p:rivet_test do_exit' >"$work/tracing/kprobe_events") 2>/dev/null
ends 'why: a kprobe' 0 rivetctl why --last
says 'why: a kprobe: in one line' 'denied KMODULE (kprobes): anonymous; by '
says 'why: a kprobe: a rule' 'op=KMODULE riv=anonymous exe='
json 'events without a file as JSON' 0 rivet.event/1 rivetctl events --since "$last"
umount "$work/tracing"
find /usr/lib/modules -name '*.ko*' | head -n 1 >"$work/module"
cp "$(cat "$work/module")" $place/changed.ko
echo changed >>$place/changed.ko
insmod $place/changed.ko >/dev/null 2>&1
ends 'why: a module' 0 rivetctl why --last
says 'why: a module: what it was' "denied KMODULE \"$place/changed.ko\": unlisted"
says 'why: a module: have it listed' "--use kmod $place/changed.ko"
items kmod $place/changed.ko | load_items changed
ends 'why: a module that was listed since' 0 rivetctl why --last
says 'why: a module that was listed since: says so' 'it would be permitted: match, set changed'
# modprobe unpacks a compressed module itself, or lets the kernel do it: both are listed.
packed=$(modprobe -D dummy | sed -n '$s/^insmod \([^ ]*\).*/\1/p')
ends 'modprobe: a module as it is shipped' 0 modprobe dummy
rmmod dummy
case $packed in
*.xz)
	xz -d "$packed"
	packed=${packed%.xz}
	;;
esac
echo packed >>"$packed"
xz --check=crc32 --lzma2=dict=1MiB "$packed" && depmod
rivetctl manifest build -n packed -v 1 -o "$work/packed.riv" "$packed.xz" >/dev/null 2>&1
sign_with manifest "$work/packed.riv"
ends 'modprobe: an unlisted compressed module' 1 modprobe dummy
ends 'check: an unlisted compressed module' 5 rivetctl check "$packed.xz"
says 'check: an unlisted compressed module: unpacked' '(unpacked): would not load into the kernel'
ends 'manifest load: a compressed module' 0 rivetctl manifest load "$work/packed.riv.signed"
says 'manifest load: as it is, and unpacked' 'loaded set packed version 1, 2 values'
ends 'modprobe: a listed compressed module' 0 modprobe dummy
ends 'check: a listed compressed module' 0 rivetctl check "$packed.xz"
says 'check: a listed compressed module: unpacked' '(unpacked): would load into the kernel: match'
# ldd runs the loader that a program names, by itself
ends 'ldd' 0 ldd /usr/bin/rivetctl
says 'ldd: what it says' libc.so.6
loader=$(strings /usr/bin/rivetctl | sed -n '/^\/lib.*\/ld-linux[^/]*$/p' | head -n 1)
own_loader=$place/$(printf '%*s' $((${#loader} - ${#place} - 1)) '' | tr ' ' l)
cp "$(readlink -f "$loader")" "$own_loader"
sed "s|$loader|$own_loader|" /usr/bin/rivetctl >$place/names-loader
chmod 755 $place/names-loader
ends 'a loader that is not listed, by itself' 126 "$own_loader" --list $place/names-loader
rivetctl manifest build -n loader -v 1 -o "$work/loader.riv" "$own_loader" $place/names-loader \
	>/dev/null 2>&1
sign_with manifest "$work/loader.riv"
ends 'manifest load: a program and the loader that it names' 0 \
	rivetctl manifest load "$work/loader.riv.signed"
ends 'the loader by itself' 0 "$own_loader" --list $place/names-loader
says 'the loader by itself: what it says' libc.so.6
libc=$(ldd /usr/bin/rivetctl | sed -n 's/.*=> *\([^ ]*libc\.so[^ ]*\) .*/\1/p')
(: >>"$libc") 2>/dev/null
ends 'why: a change' 0 rivetctl why --last
says 'why: a change: what it was' 'change refused (ETXTBSY): "'
says 'why: a change: what to do' 'rename it over the old one'
mkdir $place/conf $place/scripts
shell=$(readlink -f /bin/sh)
printf '#!/bin/sh\necho script\n' >$place/scripts/tool
echo key=value >$place/conf/file
rivetctl manifest build -n conf -v 1 --use "$place/conf/**=read" -o "$work/conf.riv" $place/conf \
	>/dev/null 2>&1
sign_with manifest "$work/conf.riv"
{
	echo 'policy_name=gateway policy_version=1.0.1'
	strict_rules
	echo "op=READ path=$place/conf/** riv=MATCH action=ALLOW"
	echo "op=SCRIPT exe=$shell path=$place/scripts/** riv=MATCH action=ALLOW"
} >"$work/gateway.pol"
rm -f "$work/gateway.pol.signed"
sign_with policy "$work/gateway.pol"
ends 'policy load: one that asks about reading' 0 rivetctl policy load "$work/gateway.pol.signed"
ends 'reading what is not listed' 1 cat $place/conf/file
ends 'why: reading' 0 rivetctl why --last
says 'why: reading: what it was' "denied READ \"$place/conf/file\": unlisted"
says 'why: reading: have it listed' "--use read $place/conf/file"
ends 'check: reading what is not listed' 5 rivetctl check $place/conf/file
says 'check: reading what is not listed: says so' 'would not be read: unlisted'
ends 'check: an unlisted script' 5 rivetctl check $place/scripts/tool
says 'check: an unlisted script: by whom' "would not be read as a script by $shell: unlisted"
chmod 755 $place/scripts/tool
items exec $place/scripts/tool | load_items tool
ends 'check: a script that is listed to be executed' 5 rivetctl check $place/scripts/tool
says 'check: a script that is listed to be executed: says so' \
	"would not be read as a script by $shell: wrong-use"
items exec,script $place/scripts/tool | load_items tool
ends 'check: a listed script' 0 rivetctl check $place/scripts/tool
says 'check: a listed script: says so' 'would run: match, set tool'
ends 'and it runs' 0 $place/scripts/tool
ends 'check: by a program that no rule names' 0 \
	rivetctl check --op script --exe /usr/bin/python3 $place/conf/file
says 'check: by a program that no rule names: says so' \
	'would be read as a script by /usr/bin/python3: no rule asks about it'
ends 'manifest load: files to read' 0 rivetctl manifest load "$work/conf.riv.signed"
ends 'check: reading what is listed' 0 rivetctl check $place/conf/file
ends 'reading what is listed' 0 cat $place/conf/file

# --- following --------------------------------------------------------------------

rivetctl events -f --json --since "$(last_seq)" >"$work/followed" 2>&1 &
follower=$!
sleep 2
cp $place/unlisted $place/followed
$place/followed >/dev/null 2>&1
sleep 2
kill $follower
wait $follower 2>/dev/null
"$helpers/jsonlines" rivet.event/1 <"$work/followed" >"$work/out" 2>&1
if [ -s "$work/out" ] && [ "$(cat "$work/out")" -gt 0 ]; then
	pass "events -f: JSON lines"
else
	fail "events -f: JSON lines" "$(cat "$work/out")"
fi
expect 'events -f: as it happens' grep -qF "\"path\":\"$place/followed\"" "$work/followed"

# --- the way out ------------------------------------------------------------------

ends 'unlock request' 0 rivetctl unlock request -o "$work/request"
sign_with unlock "$work/request" rogue
ends 'unlock apply: an untrusted signer' 4 rivetctl unlock apply "$work/request.signed"
rm "$work/request.signed"
sign_with unlock "$work/request"
ends 'unlock apply' 0 rivetctl unlock apply "$work/request.signed"
ends 'unlocked: status' 10 rivetctl status
ends 'unlock apply: used up' 4 rivetctl unlock apply "$work/request.signed"
ends 'mode enforce for a moment' 0 rivetctl mode enforce --confirm-within 3s
sleep 5
ends 'not confirmed: status' 10 rivetctl status
ends 'mode, in the end' 0 rivetctl mode
first_line 'mode: audit again' audit

finish
