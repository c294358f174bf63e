#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# remedy.test.sh - rivet-remedy without a kernel: a file gets the content that a RIV names, or
# stays as it is, whenever the process is killed; and how others try to misuse that
#
# remedy_unit.c, built here, restores one file below a folder that is its root.

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

remedy=$(dirname "$RIVETCTL")/rivet-remedy
broker=/opt/m2m/broker
bin=$(mktemp -d /tmp/rivet-XXXXXX)
trap 'chmod -R u+rwX "$work"; rm -rf "$work" "$bin"' EXIT
library=$(dirname "$RIVETCTL")/../librivet.a
sanitizers=()
# A library that was built with sanitizers needs them. Leaks cannot be looked for under ptrace.
if nm "$library" 2>/dev/null | grep __asan_init >/dev/null; then
	sanitizers=('-fsanitize=address,undefined')
	export ASAN_OPTIONS=detect_leaks=0
fi
"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -Wall "${sanitizers[@]}" \
	-I"$top/userspace" -I"$top/userspace/shim" \
	-I"$top/kmod" -I"$top/kmod/include" -o "$bin/restore" \
	"$top/selftests/userspace/remedy_unit.c" "$top/userspace/rivet-remedy/restore.c" \
	"$library" -lcrypto -llzma -lz -lzstd || exit 1
"${CC:-gcc}" -O1 -Wall -o "$bin/killpoint" "$top/selftests/kselftest/helpers/killpoint.c" || exit 1
chmod 755 "$bin" "$bin"/*

# make_root: root/opt/m2m/broker is bad, good has the content that a RIV names
make_root()
{
	rm -rf root
	mkdir -p root/opt/m2m
	head -c 100000 /dev/zero | tr '\0' b >root/opt/m2m/broker
	chmod 4750 root/opt/m2m/broker
	head -c 90000 /dev/zero | tr '\0' g >good
	digest=sha256:$(sha256sum good | cut -d ' ' -f 1)
}

# restore PATH [rehearse]
restore()
{
	"$bin/restore" root "$1" good "$digest" "${@:2}"
}

# Nothing but the one file is there
is_clean()
{
	[[ $(find root/opt -mindepth 1 | sort | tr '\n' ' ') == "root/opt/m2m root/opt/m2m/broker " ]] ||
		give_up "left over: $(find root/opt)"
}

test_restored_with_its_attributes()
{
	make_root
	((EUID == 0)) || skip_test "root, to give files to others"
	chown 12:34 root/opt/m2m/broker
	chmod 4750 root/opt/m2m/broker
	setfattr -n user.note -v kept root/opt/m2m/broker 2>/dev/null || attributes=no
	expect 0 restore $broker
	same root/opt/m2m/broker good
	[[ $(stat -c '%u:%g %a' root/opt/m2m/broker) == '12:34 4750' ]]
	[[ ${attributes-} || $(getfattr --only-values -n user.note root/opt/m2m/broker) == kept ]]
	is_clean
}

test_rehearsed()
{
	make_root
	cp -p root/opt/m2m/broker before
	expect 0 restore $broker rehearse
	same root/opt/m2m/broker before
	is_clean
}

test_only_what_a_RIV_names()
{
	make_root
	cp root/opt/m2m/broker before
	echo more >>good
	expect 3 restore $broker
	in_err 'is not what a RIV names'
	same root/opt/m2m/broker before
	is_clean
}

# The first write is a short one then, and the next one says why
test_a_disk_that_takes_a_part()
{
	make_root
	cp -p root/opt/m2m/broker before
	trap '' XFSZ
	(ulimit -f 50; expect 7 restore $broker)
	in_err 'cannot write its new content: File too large'
	same root/opt/m2m/broker before
	is_clean
}

test_no_link_leads_away()
{
	make_root
	mkdir elsewhere
	cp root/opt/m2m/broker elsewhere/broker
	rm -r root/opt/m2m
	ln -s "$PWD/elsewhere" root/opt/m2m
	expect 7 restore $broker
	rm root/opt/m2m
	mkdir root/opt/m2m
	ln -s "$PWD/elsewhere/broker" root/opt/m2m/broker
	expect 3 restore $broker
	in_err 'not a regular file'
	for path in /opt/../opt/m2m/broker/.. opt/m2m/broker /opt/m2m/ /; do
		fails restore "$path" 2>err
	done
	fails cmp -s elsewhere/broker good
}

test_a_second_name_of_another_file()
{
	make_root
	mv root/opt/m2m/broker root/su
	ln root/su root/opt/m2m/broker
	expect 3 restore $broker
	in_err 'further names'
}

test_a_folder_of_somebody_else_is_not_used()
{
	make_root
	mkdir -m 755 root/opt/m2m/.rivet-remedy
	cp root/opt/m2m/broker before
	expect 3 restore $broker
	in_err 'not one that only root can enter'
	same root/opt/m2m/broker before
	rmdir root/opt/m2m/.rivet-remedy
	ln -s /tmp root/opt/m2m/.rivet-remedy
	expect 7 restore $broker
}

test_killed_before_each_system_call()
{
	local n status=0 old=0 new=0

	for ((n = 1; n < 1000; n++)); do
		make_root
		cp -p root/opt/m2m/broker bad
		"$bin/killpoint" "$n" "$bin/restore" root /opt/m2m/broker good "$digest" || status=$?
		((status == 0)) || break
		if cmp -s root/opt/m2m/broker good; then
			new=$((new + 1))
			[[ $(stat -c %a root/opt/m2m/broker) == 4750 ]] || give_up "call $n: mode"
		else
			cmp -s root/opt/m2m/broker bad || give_up "killed before call $n: half done"
			old=$((old + 1))
			restore $broker || give_up "after call $n it is not restored"
			cmp -s root/opt/m2m/broker good || give_up "after call $n it is not good"
		fi
		"$bin/restore" root /opt/m2m/broker
		is_clean
	done
	((status == 3)) || give_up "killpoint ended with $status"
	((old > 20 && new >= 3)) || give_up "$old times the old file, $new times the new one"
}

test_full_disk()
{
	((EUID == 0)) || skip_test "root, to mount a small filesystem"
	make_root
	cat >inside <<-'END'
		mount -t tmpfs -o size=200k tmpfs small || exit 77
		mkdir -p small/opt/m2m
		cp root/opt/m2m/broker small/opt/m2m/broker
		head -c 1000000 /dev/zero >small/fill 2>/dev/null
		"$1" small /opt/m2m/broker good "$2"
		status=$?
		cmp root/opt/m2m/broker small/opt/m2m/broker || exit 99
		find small/opt/m2m | grep remedy && exit 98
		rm small/fill
		"$1" small /opt/m2m/broker good "$2" || exit 97
		cmp good small/opt/m2m/broker || exit 96
		mount -o remount,ro small
		"$1" small /opt/m2m/broker good "$2" 2>&1 | grep -q 'Read-only' || exit 95
		exit $status
	END
	mkdir small
	expect 7 unshare --mount sh inside "$bin/restore" "$digest"
	in_err 'No space left'
}

test_command_line_and_configuration()
{
	expect 0 "$remedy" --version
	expect 0 "$remedy" --help
	expect 2 "$remedy" --nonsense
	expect 2 "$remedy" a b
	expect 3 "$remedy" -c missing .
	for line in 'refrence = /x' 'reference = x' 'tries = 0' 'tries = 17' 'pause = 4000' \
		'restart = mosquitto' 'restart = /x --now' 'restart = x y.service' 'nothing'; do
		printf '%s\n' "$line" >conf
		expect 3 "$remedy" -c conf .
		in_err 'conf:1: expected'
	done
}

test_a_job_that_is_no_event_is_dropped()
{
	mkdir -p folder/queue
	printf 'log = %s\n' "$PWD/log" >conf
	echo '{"schema":"rivet.event/1"' >folder/queue/1.job
	echo garbage >folder/queue/2.job
	: >folder/queue/3.job
	echo kept >folder/queue/other
	expect 0 "$remedy" -1 -c conf folder
	in_err 'it is not an event about a file'
	[[ $(ls folder/queue) == other && $(wc -l <log) == 3 ]]
	head -n 1 log >first
	is_json first rivet.remedy/1
}

run_tests
