#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# map_ways.sh - the less usual ways to have a file's bytes in executable memory:
# options of the loader, changes to a mapping without a name, and the filesystems and
# devices that are memory themselves
#
# wide

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 76
get_ready
place=/opt/m2m
huge=/tmp/huge
ramfs=/tmp/ramfs
map=$helpers/mapping
mkdir -p $place/good $place/bad $huge $ramfs
mount -t ramfs none $ramfs || bail "no ramfs"
modprobe loop 2>/dev/null

# library FILE...: each of its own content
library()
{
	for file; do
		cp "$helpers/libhello.so" "$file"
		echo "$file" >>"$file"
	done
}

# Each case has a file of its own: the same verdict again within seconds is folded
for kind in good bad; do
	cp "$helpers/libaudit.so" $place/$kind/libaudit.so
	echo $kind >>$place/$kind/libaudit.so
done
library $place/good/libhello.so $place/bad/libhello.so $place/good/libnss_good.so.2 \
	$place/bad/libnss_bad.so.2 $place/key $place/bad-remap $place/seen $place/remap \
	/dev/shm/listed /dev/shm/unlisted $ramfs/listed $ramfs/unlisted \
	$ramfs/changed-audit $ramfs/changed-enforce /mnt/scratch/bad-direct
for mode in audit enforce; do
	for way in grow duplicate leave; do
		library $place/$way-$mode
	done
done
# Of a size that is listed: else it is known without measuring that nobody vouches for it
for name in bad-key bad-implied; do
	cp $place/key $place/$name
	"$helpers/change" write $place/$name
done
"$helpers/uselib" make $place/uselib
"$helpers/uselib" make $place/bad-uselib
echo unlisted >>$place/bad-uselib

echo 4 >/proc/sys/vm/nr_hugepages
if mount -t hugetlbfs none $huge && truncate -s 4M $huge/unlisted; then
	truncate -s 2M $huge/listed
	has_huge=yes
else
	has_huge=
fi
{
	items mmap $place/good/* $place/key $place/seen $place/remap $place/grow-* $place/duplicate-* \
		$place/leave-* $place/uselib /dev/shm/listed $ramfs/listed $ramfs/changed-*
	[ ! "$has_huge" ] || items mmap $huge/listed
} | load_items items

cat >"$work/says.sh" <<'END'
says=$1
shift
"$@" 2>&1 | grep -q -e "$says"
END

# expect_loaded NAME PATH AUDIT ENFORCE COMMAND...: the output of a library in audit
# mode, and the message about it in enforce mode; the program itself runs in any case
expect_loaded()
{
	loaded_name=$1
	loaded_path=$2
	loaded_says=$3
	[ $now = audit ] || loaded_says=$4
	shift 4
	judge "$now: $loaded_name" "$helpers/observe" -s mode=$now "path=\"$loaded_path\"" \
		reason=unlisted -- sh "$work/says.sh" "$loaded_says" "$@"
}

loaded()
{
	expect_permitted "a listed library of LD_AUDIT" \
		sh -c "LD_AUDIT=$place/good/libaudit.so uname | grep -q auditor"
	expect_loaded "an unlisted library of LD_AUDIT" $place/bad/libaudit.so 'from the auditor' \
		'cannot be loaded as audit interface' \
		env LD_AUDIT=$place/bad/libaudit.so uname
	expect_permitted "a listed library on LD_LIBRARY_PATH" \
		env LD_LIBRARY_PATH=$place/good "$helpers/needs_library"
	refusal='failed to map segment'
	expect_refused "an unlisted library on LD_LIBRARY_PATH" unlisted $place/bad/libhello.so \
		env LD_LIBRARY_PATH=$place/bad "$helpers/needs_library"
	refusal='Permission denied'
}

# A module that the C library loads late, into any process that asks for a user
name_service()
{
	echo 'passwd: files good' >/etc/nsswitch.conf
	expect_permitted "a listed module of the name service" sh -c \
		"LD_LIBRARY_PATH=$place/good getent passwd no-such-user | grep -q 'from the library'"
	echo 'passwd: files bad' >/etc/nsswitch.conf
	if [ $now = audit ]; then
		judge "audit: an unlisted module of the name service" "$helpers/observe" -s \
			mode=audit reason=unlisted "path=\"$place/bad/libnss_bad.so.2\"" -- sh -c \
			"LD_LIBRARY_PATH=$place/bad getent passwd no-such-user | grep -q 'from the library'"
	else
		judge "enforce: an unlisted module of the name service" "$helpers/observe" -o '' \
			errno=13 reason=unlisted "path=\"$place/bad/libnss_bad.so.2\"" -- sh -c \
			"LD_LIBRARY_PATH=$place/bad getent passwd no-such-user | grep -q 'from the library'"
	fi
	echo 'passwd: files' >/etc/nsswitch.conf
}

protected()
{
	expect_permitted "pkey_mprotect to executable, verified" \
		"$map" $place/key private:rx private:r pkey:rx
	expect_refused "pkey_mprotect to executable, never measured" unmeasured $place/bad-key \
		"$map" $place/bad-key private:r pkey:rx
	# With ANON_EXEC the personality would be refused before
	op_rules | load_policy strict
	expect_permitted "mprotect to readable implies executable, verified" \
		"$map" $place/seen private:rx private:r personality protect:r
	expect_refused "mprotect to readable implies executable, never measured" unmeasured \
		$place/bad-implied "$map" $place/bad-implied private:r personality protect:r
	# The kernel accepts only a file open for writing for a shared mapping
	expect_refused "remap_file_pages, which implies executable, listed" writable \
		$place/remap "$map" $place/remap reopen-rw shared:r personality remap
	expect_refused "remap_file_pages, which implies executable, unlisted" writable \
		$place/bad-remap "$map" $place/bad-remap reopen-rw shared:r personality remap
	expect_refused "System V shared memory, when readable implies executable" anonymous "" \
		"$map" $place/seen personality shmat-read
	strict_rules | load_policy strict
}

# More of a verified file becomes executable without any hook, and so would bytes
# appended later: so none are, as long as it is mapped
moved()
{
	for way in grow duplicate leave; do
		kind=private
		[ $way != duplicate ] || kind=shared
		if start_holding "$map" "$place/$way-$now" $kind:rx $way hold; then
			pass "$now: mremap to $way"
		else
			fail "$now: mremap to $way" "$held"
		fi
		if [ $now = audit ]; then
			judge "audit: after mremap to $way it may be written" \
				"$helpers/observe" -s -- sh -c "echo more >>$place/$way-audit"
			stop_holding
			expect_audited "after mremap to $way the change is seen" mismatch \
				$place/$way-audit "$map" $place/$way-audit private:rx
		else
			judge "enforce: after mremap to $way it is busy" \
				"$helpers/observe" -o 'Text file busy' -- \
				sh -c "echo more >>$place/$way-enforce"
			stop_holding
			expect_permitted "after mremap to $way it is still the same" \
				"$map" $place/$way-enforce private:rx
		fi
	done
}

# It maps its file writable too: refused, listed or not
old_libraries()
{
	if [ "$has_uselib" ]; then
		expect_refused "uselib of a listed library" writable $place/uselib \
			"$helpers/uselib" $place/uselib
		expect_refused "uselib of an unlisted library" writable $place/bad-uselib \
			"$helpers/uselib" $place/bad-uselib
	else
		skip "$now: uselib of a listed library" "uselib(2)"
		skip "$now: uselib of an unlisted library" "uselib(2)"
	fi
}

memory_filesystems()
{
	expect_permitted "listed POSIX shared memory" "$map" /dev/shm/listed shared:rx
	expect_refused "unlisted POSIX shared memory" unlisted /dev/shm/unlisted \
		"$map" /dev/shm/unlisted shared:rx
	expect_permitted "a listed file on ramfs" "$map" $ramfs/listed private:rx
	expect_refused "an unlisted file on ramfs" unlisted $ramfs/unlisted \
		"$map" $ramfs/unlisted private:rx
	expect_permitted "a file on ramfs, before it is changed" "$map" $ramfs/changed-$now private:rx
	"$helpers/change" write $ramfs/changed-$now
	expect_refused "the same file when it was changed" mismatch $ramfs/changed-$now \
		"$map" $ramfs/changed-$now private:rx
	if [ "$has_huge" ]; then
		expect_refused "a listed file of huge pages" unverifiable $huge/listed \
			"$map" $huge/listed private:rx
		expect_refused "an unlisted file of huge pages" unverifiable $huge/unlisted \
			"$map" $huge/unlisted private:rx
	else
		skip "$now: a listed file of huge pages" hugetlbfs
		skip "$now: an unlisted file of huge pages" hugetlbfs
	fi
}

# expect_no_file NAME OBJECT: it is seen; some kernels themselves then refuse it too
expect_no_file()
{
	if [ $now = audit ]; then
		judge "audit: $1" "$helpers/observe" mode=audit errno=0 reason=anonymous op=ANON_EXEC -- \
			"$map" "$2" shared:rx
	else
		expect_denied "$1" anonymous "" "$map" "$2" shared:rx
	fi
}

not_files()
{
	expect_refused "a block device" anonymous /dev/vda "$map" /dev/vda private:rx
	expect_permitted "a block device, only to read" "$map" /dev/vda private:r
	if [ "$has_uring" ]; then
		expect_no_file "memory that io_uring shares with the kernel" uring:
	else
		skip "$now: memory that io_uring shares with the kernel" io_uring
	fi
	if [ "$has_secret" ]; then
		expect_permitted "secret memory, only to read" "$map" secret: shared:rw
		expect_no_file "secret memory" secret:
	else
		skip "$now: secret memory, only to read" "memfd_secret(2), or it is switched off"
		skip "$now: secret memory" "memfd_secret(2), or it is switched off"
	fi
	expect_refused "an unlisted file by a descriptor that bypasses the page cache" unlisted \
		/mnt/scratch/bad-direct "$map" /mnt/scratch/bad-direct direct private:rx
}

all_cases()
{
	loaded
	name_service
	protected
	moved
	old_libraries
	memory_filesystems
	not_files
}

has_uselib=yes
case $("$helpers/uselib" /nowhere 2>&1) in
*'not implemented'*|*'not supported'*) has_uselib= ;;
esac
has_uring=yes
"$map" uring: close 2>/dev/null || has_uring=
has_secret=yes
"$map" secret: close 2>/dev/null || has_secret=

all_cases
enforce
all_cases

finish
