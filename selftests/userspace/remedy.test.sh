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
make_bin
build_to_kill "$bin/restore" "$top/selftests/userspace/remedy_unit.c" \
	"$top"/userspace/rivet-remedy/{restore,packages,deb,confine}.c || exit 1

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

# make_package FILE FOLDER [SUFFIX [COMPRESSION...]]: of the files in it, as dpkg-deb makes it
make_package()
{
	local parts compress=("${@:4}")

	((${#compress[@]})) || compress=(cat)
	parts=$(mktemp -d "$PWD/parts-XXXXXX")
	echo 2.0 >"$parts/debian-binary"
	tar -C "$parts" -cf "$parts/control.tar" debian-binary
	tar -C "$2" --sort=name --owner=0 --group=0 -cf - . | "${compress[@]}" >"$parts/data.tar${3-}"
	make_outer "$1" "$parts"/{debian-binary,control.tar} "$parts/data.tar${3-}"
	rm -r "$parts"
}

# make_outer FILE MEMBER...
make_outer()
{
	rm -f "$1"
	ar -rcS "$@" 2>/dev/null
}

# make_packages: as make_root, with the good content in packages/broker.deb
make_packages()
{
	make_root
	rm -rf packages tree
	mkdir -p packages tree/opt/m2m tree/usr/share/doc
	echo text >tree/usr/share/doc/text
	cp good tree/opt/m2m/broker
	make_package packages/broker.deb tree .xz xz -1
}

# from_packages: the file is put right from the folder of packages
from_packages()
{
	"$bin/restore" root $broker packages "$digest"
}

# stays STATUS TEXT: none of the packages puts it right, and this is the reason
stays()
{
	cp -p root/opt/m2m/broker before
	expect "$1" from_packages
	in_err "$2"
	same root/opt/m2m/broker before
	is_clean
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

# killed SOURCE ENOUGH COMMAND...: killed before each system call that restores the broker from
# SOURCE, it is the old one or the new one, and COMMAND restores it; at least ENOUGH times the old
killed()
{
	local source=$1 enough=$2 n status=0 old=0 new=0

	shift 2
	for ((n = 1; n < 1000; n++)); do
		make_root
		cp -p root/opt/m2m/broker bad
		"$bin/killpoint" "$n" "$bin/restore" root $broker "$source" "$digest" || status=$?
		((status == 0)) || break
		if cmp -s root/opt/m2m/broker good; then
			new=$((new + 1))
			[[ $(stat -c %a root/opt/m2m/broker) == 4750 ]] || give_up "call $n: mode"
		else
			cmp -s root/opt/m2m/broker bad || give_up "killed before call $n: half done"
			old=$((old + 1))
			"$@" || give_up "after call $n it is not restored"
			cmp -s root/opt/m2m/broker good || give_up "after call $n it is not good"
		fi
		"$bin/restore" root $broker
		is_clean
	done
	((status == 3)) || give_up "killpoint ended with $status"
	((old > enough && new >= 3)) || give_up "$old times the old file, $new times the new one"
}

test_killed_before_each_system_call()
{
	killed good 20 restore $broker
}

test_from_a_package()
{
	local name

	for name in '' '.xz xz' '.gz gzip' '.zst zstd -q'; do
		make_packages
		# shellcheck disable=SC2086  # words
		make_package packages/broker.deb tree $name
		expect 0 from_packages
		same root/opt/m2m/broker good
		[[ $(stat -c %a root/opt/m2m/broker) == 4750 ]] || give_up "mode"
		is_clean
	done
}

test_the_package_with_the_right_version()
{
	make_packages
	echo older >tree/opt/m2m/broker
	make_package packages/a.deb tree .xz xz
	echo newer >tree/opt/m2m/broker
	make_package packages/z.deb tree .xz xz
	rm -r tree/opt
	make_package packages/other.deb tree .xz xz
	echo nothing >packages/broken.deb
	expect 0 from_packages
	same root/opt/m2m/broker good
	make_root
	rm packages/broker.deb
	stays 3 'is not what a RIV names for it'
	rm packages/[az].deb
	stays 3 'broken.deb is no Debian package, or a damaged one'
	rm packages/broken.deb
	stays 3 'no package in packages has /opt/m2m/broker'
}

test_a_package_from_before_the_merge_of_usr()
{
	make_packages
	rm -rf tree
	mkdir -p tree/sbin root/usr/sbin
	cp good tree/sbin/tool
	echo bad >root/usr/sbin/tool
	make_package packages/broker.deb tree .xz xz
	expect 0 "$bin/restore" root /usr/sbin/tool packages "$digest"
	same root/usr/sbin/tool good
}

# Names and kinds that a tar archive may have, and that no file of the machine comes from
test_members_that_lead_elsewhere()
{
	local member

	make_packages
	for member in ../opt/m2m/broker ../../../../opt/m2m/broker opt/m2m/../m2m/broker \
		opt/m2m/broker/ opt/m2m/brokerx x/opt/m2m/broker 'opt/m2m/broker '; do
		rm -rf tree parts
		mkdir -p tree parts
		cp good tree/file
		echo 2.0 >parts/debian-binary
		tar -P -C tree --transform "s|^file\$|$member|" -cf parts/data.tar file
		make_outer packages/broker.deb parts/debian-binary parts/data.tar
		stays 3 broker
		not_in_err 'was killed'
		not_in_err 'is not what a RIV names'
	done
	for member in 'ln -s /etc/passwd' 'mkfifo' 'mkdir'; do
		rm -rf tree
		mkdir -p tree/opt/m2m
		# shellcheck disable=SC2086  # words
		$member tree/opt/m2m/broker
		make_package packages/broker.deb tree
		stays 3 'no package in packages has'
	done
	rm -rf tree
	mkdir -p tree/opt/m2m
	cp good tree/opt/a
	ln tree/opt/a tree/opt/m2m/broker
	make_package packages/broker.deb tree
	stays 3 'no package in packages has'
}

test_packages_that_are_none()
{
	make_packages
	cp packages/broker.deb whole
	head -c 150 whole >packages/broker.deb
	stays 3 'damaged'
	head -c 300 whole >packages/broker.deb
	stays 3 'damaged'
	: >packages/broker.deb
	stays 3 'damaged'
	head -c 100000 /dev/urandom >packages/broker.deb
	stays 3 'damaged'
	tar -C tree -cf packages/broker.deb .
	stays 3 'damaged'
	printf '!<arch>\n%-16s%-12s%-6s%-6s%-8s%-10s`\n' debian-binary 0 0 0 100644 9999999999 \
		>packages/broker.deb
	stays 3 'damaged'
	printf '!<arch>\n%-16s%-12s%-6s%-6s%-8s%-10s`\n' debian-binary 0 0 0 100644 -1 \
		>packages/broker.deb
	stays 3 'damaged'
	rm packages/broker.deb
	mkfifo packages/broker.deb
	stays 3 'broker.deb is no regular file'
	rm packages/broker.deb
	mkdir packages/broker.deb
	stays 3 'broker.deb is no regular file'
	rmdir packages/broker.deb
	ln -s ../whole packages/broker.deb
	stays 3 'cannot open broker.deb'
	rm packages/broker.deb
	stays 3 'no package in packages has'
	rmdir packages
	expect 99 from_packages
}

# Members that are larger than any file, and more members than any package has
test_packages_that_are_too_large()
{
	make_packages
	truncate -s 513M tree/opt/m2m/broker
	make_package packages/broker.deb tree
	rm -rf parts
	mkdir parts
	echo 2.0 >parts/debian-binary
	tar -C tree -S -cf parts/data.tar opt/m2m/broker
	(($(stat -c %s parts/data.tar) < 100000))
	make_outer packages/broker.deb parts/debian-binary parts/data.tar
	stays 3 'has more, or larger, files than are unpacked'
	truncate -s 9T tree/opt/m2m/broker
	tar -C tree -S -cf parts/data.tar opt/m2m/broker
	make_outer packages/broker.deb parts/debian-binary parts/data.tar
	stays 3 'has more, or larger, files than are unpacked'
	: >tree/file
	yes file | head -n 200000 | tar -C tree -cf parts/data.tar -T -
	cp good tree/opt/m2m/broker
	tar -C tree -rf parts/data.tar opt/m2m/broker
	make_outer packages/broker.deb parts/debian-binary parts/data.tar
	stays 3 'has more, or larger, files than are unpacked'
}

# Any bit that is changed: the file is good, or as before
test_a_damaged_package()
{
	local n size at good_ones=0

	make_packages
	head -c 60000 /dev/urandom >good
	digest=sha256:$(sha256sum good | cut -d ' ' -f 1)
	cp good tree/opt/m2m/broker
	make_package packages/broker.deb tree .xz xz
	cp packages/broker.deb whole
	cp -p root/opt/m2m/broker bad
	size=$(stat -c %s whole)
	for ((n = 0; n < 100; n++)); do
		cp whole packages/broker.deb
		at=$((n * size / 100))
		# shellcheck disable=SC2059  # the byte is in the format
		printf "$(printf '\\%03o' $((n * 37 % 256)))" |
			dd of=packages/broker.deb bs=1 seek="$at" conv=notrunc status=none
		if from_packages 2>err; then
			same root/opt/m2m/broker good
			good_ones=$((good_ones + 1))
			cp -p bad root/opt/m2m/broker
		else
			same root/opt/m2m/broker bad
			not_in_err 'was killed'
		fi
		is_clean
	done
	((good_ones > 0 && good_ones < 50)) || give_up "$good_ones were good: what was changed?"
}

test_the_reader_of_packages_is_confined()
{
	local status=0

	printf y | "$bin/restore" confined >out || status=$?
	((status == 0)) || give_up "it may do more, or less, than it should: $status"
	[[ $(cat out) == y ]]
}

test_killed_before_each_system_call_from_a_package()
{
	make_packages
	killed packages 40 from_packages
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
	for line in 'refrence = /x' 'reference = x' 'packages = x' 'tries = 0' 'tries = 17' 'pause = 4000' \
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
