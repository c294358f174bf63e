#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# places.sh - the path of a rule for reading is init's: the host's file however it is
# reached, and no container's of the same name; files on overlayfs, which opens another
# file; and who watches with fanotify
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 64
app=/etc/app jail=/srv/jail disk=/mnt/scratch/app other=/mnt/other own=/mnt/own foreign=/mnt/foreign
ways=$helpers/openways
mkdir -p $app/data $app/local $disk $other $own/data $foreign $jail$app $jail/host $jail/old
mkdir -p /layers/lower /layers/upper /layers/work /layers/one /layers/upper2 /layers/work2 /layers/two
modprobe -q overlay
for place in $app $disk /layers/lower; do
	echo listed >"$place/listed"
	echo unlisted >"$place/unlisted"
done
echo unlisted >$app/local/unlisted
echo 'of the container' >$jail$app/unlisted
echo unlisted >$disk/../elsewhere
mount -t tmpfs data $app/data
echo below >$app/data/unlisted
cp -a /lib /lib64 /bin /usr "$jail" 2>/dev/null
mount --bind / $jail/host
mount --rbind /proc $jail/host/proc
mount -t overlay -o lowerdir=/layers/lower,upperdir=/layers/upper,workdir=/layers/work \
	overlay /layers/one || bail "no overlay"
mount -t overlay -o lowerdir=/layers/one,upperdir=/layers/upper2,workdir=/layers/work2 \
	overlay /layers/two || bail "no overlay on an overlay"

get_ready
{
	items read $app/listed $disk/listed
	items read /layers/lower/listed | sed 's|/lower/|/one/|'
	items read /layers/lower/listed | sed 's|/lower/|/two/|'
} | load_items items
busybox=$(command -v busybox)
{
	items exec,mmap "$busybox" | any_path
} | load_items container
# One program under forty paths with the same last name, in three sets
for copy in $(seq 40); do
	mkdir -p "/opt/copy$copy"
	cp "$helpers/hello" "/opt/copy$copy/program"
done
items exec,mmap /opt/copy*/program | load_items copies
items exec /opt/copy1/program /opt/copy40/program | load_items again
items exec,mmap,jit /opt/copy39/program | load_items third

rules()
{
	strict_rules
	echo "op=READ path=$app/local/** action=ALLOW"
	echo "op=READ path=$app/** riv=MATCH action=ALLOW"
	echo "op=READ path=$disk/** riv=MATCH action=ALLOW"
	echo "op=READ path=/layers/one/** riv=MATCH action=ALLOW"
	echo "op=READ path=/layers/two/* riv=MATCH action=ALLOW"
}
rules | load_policy strict

# refuse_reading NAME COMMAND...: refused in enforce mode; reported in audit mode
refuse_reading()
{
	reading_name=$1
	shift
	if [ $now = enforce ]; then
		judge "enforce: $reading_name" "$helpers/observe" -o 'ermission denied' \
			mode=enforce op=READ errno=13 -- "$@"
	else
		judge "audit: $reading_name" "$helpers/observe" -s mode=audit op=READ errno=0 -- "$@"
	fi
}

# in_jail CHECK NAME FILE: the check of a program that reads FILE there
in_jail()
{
	$1 "$2" chroot $jail /host"$busybox" cat "$3"
}

all_cases()
{
	expect_permitted "a listed file" cat $app/listed
	refuse_reading "an unlisted one" cat $app/unlisted
	expect_permitted "what an earlier rule permits" cat $app/local/unlisted
	in_jail expect_permitted "a container's own file of that name" $app/unlisted
	in_jail refuse_reading "the host's file, in a chroot" /host$app/unlisted
	in_jail expect_permitted "the host's listed file, in a chroot" /host$app/listed
	refuse_reading "in a namespace with a mount of its own" \
		unshare -m sh -c "mount --bind $app $own && cat $own/unlisted"
	refuse_reading "in a user namespace" \
		unshare -Urm sh -c "mount --rbind $app $foreign && cat $foreign/unlisted"
	mount --bind $app $other
	refuse_reading "where init has the folder, too" cat $other/unlisted
	expect_permitted "and a listed one there" cat $other/listed
	umount $other
	refuse_reading "in a tree that is mounted nowhere" "$ways" tree $app unlisted
	refuse_reading "by the root of another process" \
		sh -c "chroot $jail /host$busybox sleep 9 & sleep 1; cat /proc/\$!/root/host$app/unlisted"
	expect_permitted "a container's own file, by the root of its process" \
		sh -c "chroot $jail /host$busybox sleep 9 & sleep 1; cat /proc/\$!/root$app/unlisted"
	refuse_reading "on a filesystem mounted below" cat $app/data/unlisted
	refuse_reading "on that, by another mount of it" \
		unshare -m sh -c "mount --bind $app/data $own/data && cat $own/data/unlisted"
	mount -t tmpfs later $app/local
	echo later >$app/local/later
	mount --bind $app/local $other
	expect_permitted "on one that was mounted later, by an earlier rule" cat $other/later
	umount $other
	umount $app/local
	refuse_reading "on a disk, by its handle" "$ways" handle $disk/unlisted
	refuse_reading "what has no name that could be found" "$ways" handle $disk/../elsewhere
	expect_permitted "the same by its name" cat $disk/../elsewhere
	expect_permitted "a memory file is nowhere" "$ways" memfd
	# shellcheck disable=SC2016
	expect_permitted "each of many copies" sh -c \
		'for copy in $(seq 40); do /opt/copy$copy/program || exit; done'
	for layer in one two; do
		expect_permitted "overlay $layer: a listed file" timeout 20 cat /layers/$layer/listed
		refuse_reading "overlay $layer: an unlisted file" timeout 20 cat /layers/$layer/unlisted
		expect "$now: overlay $layer: the check of it ends" \
			timeout 20 sh -c "echo /layers/$layer/listed >$rivet/check"
	done
}

all_cases
enforce
all_cases

mkdir -p /opt/copy41
cp "$helpers/hello" /opt/copy41/program
expect_denied "one more copy, which is not listed" moved /opt/copy41/program /opt/copy41/program
expect_tally "what all RIVs of a path allow is remembered" '[1-9] cached [0-9]*' /opt/copy40/program

# --- who watches may be asked by others, and not by us ---------------------------

start_holding "$ways" scan $disk || bail "nobody scans"
expect_permitted "a listed file that is scanned" timeout 20 cat $disk/listed
echo 1 >/proc/sys/vm/drop_caches
refuse_reading "an unlisted file that is scanned" timeout 20 cat $disk/unlisted
stop_holding

# --- a rule that refuses, where the rest is permitted ----------------------------

{
	strict_rules
	echo 'DEFAULT op=READ action=ALLOW'
	echo "op=READ path=$app/unlisted action=DENY"
	echo "op=READ path=$disk/** riv=UNLISTED action=DENY"
} | load_policy strict
refuse_reading "one file, by its name" cat $app/unlisted
in_jail refuse_reading "the same, in a chroot" /host$app/unlisted
refuse_reading "the same, in a tree that is mounted nowhere" "$ways" tree $app unlisted
expect_permitted "another file" cat $app/listed
refuse_reading "an unlisted one by its handle" "$ways" handle $disk/unlisted
in_jail expect_permitted "a container's own" $app/unlisted
finish
