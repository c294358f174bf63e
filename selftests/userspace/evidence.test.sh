#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# evidence.test.sh - copies of quarantined files: whole or absent, bounded, on any disk
#
# No kernel module is needed. store_unit.c is built here, and killed before each of its system
# calls in turn.

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

trap 'umount "$work"/*/small 2>/dev/null; clean_up' EXIT
make_bin
build_to_kill "$bin/keep" "$top/selftests/userspace/store_unit.c" \
	"$top"/userspace/rivetd/{store,record}.c || exit 1

mib=1048576

# keep FILE [UID [BYTES [FAILED]]]: the bytes that failed are those of FAILED
keep()
{
	"$bin/keep" store "$1" "${2:-0}" "${3:-$((16 * mib))}" "${4:-$1}"
}

# piece FILE: its folder in the store
piece()
{
	printf 'store/sha256-%s' "$(sha256sum <"$1" | cut -d ' ' -f 1)"
}

test_a_copy_and_its_record()
{
	echo "a bad program" >file
	chmod 4711 file
	expect 0 keep file
	same "$(piece file)/content" file
	grep -q '"mode":"4711"' "$(piece file)/record.json"
	grep -q '"path":"/opt/x"' "$(piece file)/record.json"
	[[ $(stat -c %a store "$(piece file)" "$(piece file)"/*) == $'700\n700\n600\n600' ]]
	expect 9 keep file
	[[ $(find store -mindepth 1 -maxdepth 1 | wc -l) == 1 ]]
	: >empty
	expect 0 keep empty
}

test_bounds()
{
	local n

	for n in a b c; do
		{ echo $n; head -c $mib /dev/zero; } >$n
	done
	expect 0 keep a 0 $((3 * mib))
	expect 1 keep b 1000 $((3 * mib))
	in_err "of which users but root fill half"
	expect 0 keep b 0 $((3 * mib))
	expect 1 keep c 0 $((3 * mib))
	in_err "has no room for it: 2 files"
	rm -r "$(piece a)"
	expect 0 keep c 0 $((3 * mib))
	for ((n = 0; n < 254; n++)); do
		mkdir store/other$n
	done
	expect 1 keep a
	in_err "256 files"
}

test_a_disk_that_others_need()
{
	export DISK=$((100 * mib)) DISK_FREE=$((26 * mib - 1))
	{ echo x; head -c $mib /dev/zero; } >file
	expect 1 keep file
	in_err "the disk of store would be too full with it"
	[[ -z $(ls -A store) ]]
	DISK_FREE=$((27 * mib)) expect 0 keep file
	rm -r "$(piece file)"
	# Of a small one 16 MiB are left.
	DISK=$((20 * mib)) DISK_FREE=$((17 * mib)) expect 1 keep file
	DISK=$((20 * mib)) DISK_FREE=$((18 * mib)) expect 0 keep file
}

test_a_file_that_has_grown()
{
	truncate -s $((64 * mib + 1)) file
	expect 1 keep file 0 $((256 * mib))
	in_err "it has 67108865 bytes by now, of 67108864 at most"
	[[ -z $(ls -A store) ]]
	truncate -s $((64 * mib)) file
	expect 0 keep file 0 $((256 * mib))
}

test_other_bytes_than_those_that_failed()
{
	echo "failed" >failed
	echo "rewritten" >file
	expect 0 keep file 0 $mib failed
	in_out "other bytes"
	same "$(piece failed).other/content" file
	[[ $(stat -c %a "$(piece failed).other") == 700 ]]
	# Others again: the first are kept.
	echo "again" >other
	expect 9 keep other 0 $mib failed
	in_out "other bytes"
	[[ $(ls -A store) == "$(basename "$(piece failed)").other" ]]
	echo "rewritten" >expected
	same "$(piece failed).other/content" expected
	# They do not keep the right ones away.
	expect 0 keep failed
	same "$(piece failed)/content" failed
	[[ -e $(piece failed).other/content ]]
	expect 9 keep file 0 $mib failed
}

test_attributes_are_bounded()
{
	((EUID == 0)) || skip_test "root, to mount a filesystem with many extended attributes"
	command -v python3 >/dev/null || skip_test "python3 to set extended attributes with"
	mkdir small
	mount -t tmpfs tmpfs small
	cd small || return
	echo "bytes" >file
	python3 -c 'import os; [os.setxattr("file", f"trusted.v{n}", b"v" * 700) for n in range(6)]'
	expect 0 keep file
	python3 - "$(piece file)/record.json" <<-'END'
		import json, sys
		values = [a["value_hex"] for a in json.load(open(sys.argv[1]))["inode"]["attributes"]
			  if a["name"].startswith("trusted.v")]
		assert len(values) == 6, values
		assert sum(len(v) // 2 for v in values if v) == 3500, values
	END
	rm -r store
	python3 -c 'import os; [os.setxattr("file", f"trusted.n{n:0150}", b"") for n in range(8)]'
	expect 0 keep file
	grep -q '"attributes":null' "$(piece file)/record.json"
	cd ..
	umount small
}

test_killed_before_each_system_call()
{
	local n status=0 old=0 new=0

	{ echo x; head -c 200000 /dev/urandom; } >file
	for ((n = 1; n < 1000; n++)); do
		rm -rf store
		"$bin/killpoint" "$n" "$bin/keep" store file 0 $((16 * mib)) file || status=$?
		((status == 0)) || break
		if [[ -e $(piece file) ]]; then
			new=$((new + 1))
		else
			old=$((old + 1))
			keep file || give_up "after call $n it is not kept"
		fi
		same "$(piece file)/content" file
		tail -c 2 "$(piece file)/record.json" | grep -qx '}' || give_up "call $n: the record"
		[[ $(ls -A store) == "$(basename "$(piece file)")" ]] || give_up "call $n leaves $(ls -A store)"
	done
	((status == 3)) || give_up "killpoint ended with $status"
	((old > 20 && new >= 2)) || give_up "$old times nothing, $new times all"
}

test_full_and_read_only_disk()
{
	local n

	((EUID == 0)) || skip_test "root, to mount a small filesystem"
	mkdir small
	mount -t tmpfs -o size=1m tmpfs small
	cd small || return
	{ echo x; head -c 600000 /dev/zero; } >file
	for ((n = 0; n < 120; n++)); do
		rm -rf store fill
		head -c $((n * 4096)) /dev/zero >fill 2>/dev/null || true
		if keep file >out 2>err; then
			same "$(piece file)/content" file
		else
			in_err "No space left"
			[[ -z $(ls -A store) ]] || give_up "with $n pages: $(ls -A store)"
		fi
	done
	rm -rf store fill
	mount -o remount,ro .
	cd ..
	expect 7 "$bin/keep" small/store /bin/true 0 $((16 * mib)) /bin/true
	in_err "cannot make small/store: Read-only"
	umount small
}

run_tests
