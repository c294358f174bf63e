#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# guest.sh - takes the figures of one configuration, as root in the guest
#
# usage: guest.sh none|rivet|off|ima [PART...]     PART: warm context cold act load
#
# off is rivet with SET resident=off.

# shellcheck source=selftests/kselftest/lib.sh
. /rivet-test/bin/lib.sh

folder=/mnt/scratch/bench
bad=/mnt/scratch/bad
sizes='65536 1048576 16777216'
colds='0 1 2'
loads='1000 10000 100000'
violated=/usr/lib/bench/violated	# is listed, and changed later
entries=1024	# that the quarantine list has room for

must()
{
	"$@" || bail "$* ended with $?"
}

progress()
{
	echo "# $(cut -d. -f1 /proc/uptime) s: $*"
}

# Copies, since files in the initramfs are not on ext4. The copies stay in the
# page cache: rivet and IMA are cold, not the disk.
make_files()
{
	must mkdir -p $folder
	must cp /bench/* $folder/
	must mkdir -p ${violated%/*}
	must cp /bench/nop-static $violated
	echo plain >$folder/plain
	chmod 644 $folder/plain
	for size in $sizes; do
		for number in $colds; do
			head -c "$size" /dev/zero >$folder/cold-"$size.$number"
		done
	done
	sync
}

list_files()
{
	find /init /usr $folder -type f ! -name '*.ko' ! -name plain
}

# Every file that may be executed or mapped, in the order that manifests have.
list_entries()
{
	list_files | LC_ALL=C sort | while read -r file; do
		sum=$(sha256sum "$file")
		echo "sha256:${sum%% *} $(stat -c %s "$file") exec,mmap $file"
	done
}

# write_policy VERSION [CONDITION]: with a condition, rules with it that match no file come first
write_policy()
{
	echo "policy_name=bench policy_version=1.0.$1"
	echo "DEFAULT action=DENY"
	[ -z "${2-}" ] || for op in EXECUTE MMAP MPROTECT; do
		echo "op=$op $2 action=DENY"
	done
	cat <<-END
	op=EXECUTE riv=MATCH action=ALLOW
	op=MMAP riv=MATCH action=ALLOW
	op=MPROTECT riv=MATCH action=ALLOW
	END
	[ "$configuration" = rivet ] || echo "SET resident=$configuration"
}

enforce()
{
	progress "listing files"
	list_entries >"$work/list"
	progress "signing $(wc -l <"$work/list") values"
	signed_manifest "$work/base" base 'version: 1' <"$work/list"
	write_policy 0 >"$work/policy"
	sign_object "$work/policy" signer
	must modprobe dummy	# while any module may be loaded
	progress "loading"
	must $folder/figures insmod /rivet.ko
	must add_cert .rivet_trust "$keys/signer.der" >/dev/null
	must load_riv "$work/base.signed"
	must write_whole "$work/policy.signed" $rivet/policy
	must write_text seal $rivet/trust
	write_text enforce $rivet/mode || bail "$(cat $rivet/preconditions)"
	progress "enforcing"
}

# Rules that depend on more than the file come before the one that permits
take_contexts()
{
	must $folder/figures map $folder plain
	must $folder/figures renamed $folder
	version=0
	[ -d $rivet ] || return 0
	for condition in path=/home/** uid=1000 set=none fsmagic=0x1; do
		version=$((version + 1))
		write_policy $version "$condition" >"$work/policy"
		sign_object "$work/policy" signer
		must write_whole "$work/policy.signed" $rivet/policy
		must $folder/figures map $folder "${condition%%=*}"
	done
	write_policy $((version + 1)) >"$work/policy"
	sign_object "$work/policy" signer
	must write_whole "$work/policy.signed" $rivet/policy
}

make_loads()
{
	for load in $loads; do
		progress "signing $load values"
		$folder/figures manifest "$load" >"$work/load-$load"
		sign_object "$work/load-$load" signer
	done
}

# Bytes of kernel memory beyond the paths, times 100, per value.
print_memory()
{
	paths=$(sed 1,4d "$work/load-$1" | cut -d' ' -f4 | tr -d '\n' | wc -c)
	bytes=$(sed -n "s/^set load-$1 .* bytes \([0-9]*\).*/\1/p" $rivet/riv)
	echo "memory $1 $(((bytes - paths) * 100 / $1))"
}

take_loads()
{
	for load in $loads; do
		progress "loading $load values"
		must $folder/figures load "$work/load-$load.signed" "$load"
		print_memory "$load"
	done
}

take_colds()
{
	for size in $sizes; do
		progress "cold, $size bytes"
		must $folder/figures cold $folder "$size"
	done
}

take_bare_hash()
{
	progress "the hash alone"
	must insmod /barehash.ko "sizes=$(echo "$sizes" | tr ' ' ',')"
	number=0
	for size in $sizes; do
		number=$((number + 1))
		echo "hash $size $(cut -d, -f$number /sys/module/barehash/parameters/ticks)"
	done
	echo "info hash $(cat /sys/module/barehash/parameters/driver)"
	rmmod barehash
}

# load_policy VERSION: the usual one, with rules from standard input
load_policy()
{
	{
		write_policy | sed "s/policy_version=.*/policy_version=$1/"
		cat
	} >"$work/policy"
	sign_object "$work/policy" signer
	must write_whole "$work/policy.signed" $rivet/policy
}

# Of a size that a listed file has, so that it is measured without the rule too
make_bad_file()
{
	mkdir -p $bad
	cp $folder/nop-static $bad/file
	printf x | dd of=$bad/file bs=1 seek=1000 conv=notrunc 2>/dev/null
}

# 64 for each of 16 users, root with the one that is there
fill_list()
{
	awk -v "entries=$entries" 'BEGIN {
		for (i = 1; i < entries; i++)
			printf "add 1 denied away sha256:%064d 9 unlisted MMAP %d 1 1 1 bench 1.0.0 1 init /x%d\n",
				i, int(i / 64), i
	}' >"$work/list"
	must write_whole "$work/list" $rivet/quarantine
	[ "$(wc -l <$rivet/quarantine)" = $entries ] ||
		bail "$(wc -l <$rivet/quarantine) entries, not $entries"
}

take_acts()
{
	progress "a refused mapping"
	make_bad_file
	must $folder/figures refused denied $bad/file
	echo "op=MMAP path=$bad/** action=QUARANTINE" | load_policy 1.1.0
	must $folder/figures refused quarantined-1 $bad/file
	fill_list
	must $folder/figures refused quarantined-$entries $bad/file
	progress "sweeps"
	must $folder/figures sweep 0
	must $folder/figures sweep 100
}

isolated()
{
	grep -q '^state: isolated' $rivet/isolation
}

# A device that carries nothing, and a datagram through it before, with and under isolation
take_isolation()
{
	progress "isolation"
	must busybox ip link set dummy0 name uplink0
	must busybox ip addr add 10.9.0.1/24 dev uplink0
	must busybox ip link set uplink0 up
	must $folder/figures send datagram 10.9.0.2
	load_policy 1.2.0 <<-END
		SET isolate-uplink=uplink0
		SET isolate-allow=10.9.0.2:9999/udp
		op=EXECUTE riv=mismatch path=$violated action=DENY respond=ISOLATE
	END
	must $folder/figures send datagram-armed 10.9.0.2
	cp $violated $violated.new
	echo violated >>$violated.new
	mv $violated.new $violated
	! $violated 2>/dev/null || bail "a changed program runs"
	must wait_for isolated
	must $folder/figures send datagram-isolated 10.9.0.2
}

configuration=$1
shift
parts=${*:-cold warm context act load}
wants()
{
	case " $parts " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

echo "info kernel $(uname -r)"
[ "$configuration" != none ] || ! wants cold || take_bare_hash
progress "making files"
make_files
case $configuration in
rivet|off)
	enforce
	! wants load || make_loads
	;;
esac
if wants cold; then
	take_colds
fi
if wants warm; then
	progress "warm"
	must $folder/figures warm $folder
	[ "$configuration" = off ] || must $folder/figures count $folder
fi
if [ "$configuration" != off ] && [ "$configuration" != ima ] && wants context; then
	progress "context"
	take_contexts
fi
if [ "$configuration" = rivet ] && wants act; then
	take_acts
	take_isolation
fi
if [ -d $rivet ] && wants load; then
	take_loads
fi
progress "done"
