#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mmap.sh - files that become executable memory without being executed: libraries,
# the loader run on a program, mappings and their change by mprotect

# shellcheck source=selftests/kselftest/enforce.sh
. "$(dirname "$0")/enforce.sh"

plan 64
get_ready
place=/opt/m2m
mkdir -p $place
map=$helpers/mapping
load=$helpers/load_library
for loader in /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.*; do
	[ ! -e "$loader" ] || break
done

# library NAME...: each of its own content
library()
{
	for name; do
		cp "$helpers/libhello.so" "$place/$name"
		echo "$name" >>"$place/$name"
	done
}

library listed.so changed.so unlisted.so preload.so private.so shared.so fresh.so implied.so \
	protected.so seen.so dirty.so exec-only.so scratch.so
mv $place/scratch.so /mnt/scratch/scratch.so
cp "$helpers/hello" $place/exec-only
echo exec-only >>$place/exec-only
cp "$load" $place/dynamic
echo unlisted >>$place/dynamic
chmod 755 $place/*

items exec,mmap $place/changed.so >"$work/known"
items mmap $place/listed.so $place/seen.so $place/fresh.so $place/dirty.so \
	/mnt/scratch/scratch.so >>"$work/known"
items exec $place/exec-only $place/exec-only.so >>"$work/known"
load_items items <"$work/known"
"$helpers/change" write $place/changed.so

expect_library_refused()
{
	refusal='failed to map segment'
	expect_refused "$@"
	refusal='Permission denied'
}

# expect_preload NAME AUDIT ENFORCE WORD...: the program runs in any case
expect_preload()
{
	preload_says=$2
	[ "$now" = audit ] || preload_says=$3
	judge "$now: $1" "$helpers/observe" -s mode=$now "path=\"$place/preload.so\"" \
		reason=unlisted -- \
		sh -c "LD_PRELOAD=$place/preload.so uname 2>&1 | grep -q '$preload_says'"
}

all_cases()
{
	expect_permitted "a listed library is loaded" "$load" $place/listed.so
	expect_permitted "and preloaded" env LD_PRELOAD=$place/listed.so uname
	expect_library_refused "an unlisted library" unlisted $place/unlisted.so \
		"$load" $place/unlisted.so
	expect_library_refused "a library with one byte changed" mismatch $place/changed.so \
		"$load" $place/changed.so
	expect_library_refused "a library listed for execution only" wrong-use \
		$place/exec-only.so "$load" $place/exec-only.so
	expect_preload "an unlisted library is preloaded" 'hello from' 'cannot be preloaded'
	expect_permitted "the loader runs a listed program" "$loader" /bin/true
	if [ $now = audit ]; then
		expect_audited "the loader runs an unlisted program" unlisted $place/dynamic \
			"$loader" $place/dynamic $place/listed.so
	else
		refusal='failed to map segment'
		expect_denied "the loader runs an unlisted program" unlisted $place/dynamic \
			"$loader" $place/dynamic $place/listed.so
		refusal='Permission denied'
	fi
	expect_permitted "a program listed for execution only runs" $place/exec-only
	expect_refused "but is not mapped as a library" wrong-use $place/exec-only \
		"$map" $place/exec-only private:rx
	expect_permitted "a listed library is mapped, private" "$map" $place/listed.so private:rx
	expect_permitted "and shared" "$map" $place/listed.so shared:rx
	expect_permitted "through a descriptor that bypasses the page cache" "$map" \
		/mnt/scratch/scratch.so direct private:rx
	expect_permitted "an unlisted file is mapped for reading" "$map" $place/private.so private:r
	expect_permitted "and for writing" "$map" $place/private.so private:rw write
	expect_refused "an unlisted file, private" unlisted $place/private.so \
		"$map" $place/private.so private:rx
	expect_refused "an unlisted file, shared" unlisted $place/shared.so \
		"$map" $place/shared.so shared:x
	expect_refused "the personality in which reading implies executing" anonymous "" \
		"$map" $place/implied.so personality private:r
	# Without ANON_EXEC nobody asks for that, and it comes to the mapping
	op_rules | load_policy strict
	expect_refused "one that becomes executable because reading implies it" unlisted \
		$place/implied.so "$map" $place/implied.so personality private:r
	strict_rules | load_policy strict
	about='detail="mapped writable and executable at once"'
	expect_refused "a listed one, writable too" writable $place/listed.so \
		"$map" $place/listed.so private:rwx
	about=
	expect_refused "anonymous shared memory" anonymous "" "$map" memfd:$place/listed.so shared:rx
	expect_refused "System V shared memory" anonymous "" "$map" $place/listed.so shmat
	expect_permitted "readable becomes executable, verified" \
		"$map" $place/seen.so private:rx private:r protect:rx
	expect_refused "readable becomes executable, never measured" unmeasured \
		$place/protected.so "$map" $place/protected.so private:r protect:rx
	expect_refused "written to becomes executable" anonymous $place/dirty.so \
		"$map" $place/dirty.so private:rx private:rw write protect:rx
	expect_refused "executable becomes writable too" writable $place/seen.so \
		"$map" $place/seen.so private:rx protect:rwx
	expect_refused "executable, then written to, then executable again" anonymous \
		$place/seen.so "$map" $place/seen.so private:rx protect:rw write protect:rx
	expect_permitted "executable becomes readable, and executable again" \
		"$map" $place/seen.so private:rx protect:r protect:rx
}

all_cases
enforce
expect_refused "enforcing, what was measured before counts no more" unmeasured $place/fresh.so \
	"$map" $place/fresh.so private:r protect:rx
expect_permitted "but mapping it measures it" "$map" $place/fresh.so private:rx private:r protect:rx
all_cases

# --- the file below an overlay is measured --------------------------------------

cd /mnt/scratch || bail "no scratch filesystem"
mkdir lower upper inner merged
cp $place/listed.so lower/lib.so
cp "$helpers/hello" lower/program
echo overlay >>lower/program
modprobe overlay
mount -t overlay -o lowerdir=/mnt/scratch/lower,upperdir=/mnt/scratch/upper,workdir=/mnt/scratch/inner \
	overlay merged || bail "no overlay"
{
	items mmap merged/lib.so
	items exec,mmap merged/program
} | sed 's| merged| /mnt/scratch/merged|' | load_items overlay
expect_permitted "a listed program on an overlay" merged/program
expect_permitted "a listed library on an overlay" "$map" merged/lib.so private:rx
expect_permitted "readable becomes executable on an overlay, verified" \
	"$map" merged/lib.so private:rx private:r protect:rx
expect_denied "the layer's own name" moved /mnt/scratch/lower/program lower/program
"$helpers/change" write merged/program
expect_denied "a file changed on an overlay" mismatch /mnt/scratch/merged/program merged/program
"$map" merged/lib.so private:rx hold >/dev/null &
holder=$!
sleep 1
expect_text "enforce is left and entered again with an overlay's file mapped" "" back_to_audit
enforce
kill -9 $holder

finish
