#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# learn.test.sh - learn: drafts out of the files and the events of a machine, and its marks
# for a human. Also manifest build --from-packages, which marks by the same list of packages

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/userspace/elf.sh
. "$(dirname "$0")/elf.sh"

none=sha256:1111111111111111111111111111111111111111111111111111111111111111
seq=0

# event MEMBERS: one more recorded verdict, in the file events
event()
{
	seq=$((seq + 1))
	printf '{"schema":"rivet.event/1","seq":%s,"time":"2026-11-21T06:18:13.356850573Z","kind":"verdict","count":1,"permitted":true,"errno":0,"mode":"audit",%s}\n' \
		"$seq" "$1" >>events
}

# used PATH [MEMBERS]: an event about the execution of a file
used()
{
	event "\"op\":\"EXECUTE\",\"reason\":\"unlisted\",\"action\":\"AUDIT\",\"path\":\"$1\"${2:+,$2}"
}

md5()
{
	md5sum <"$1" | cut -d ' ' -f 1
}

# A root with a package "good", and files that no package has
make_root()
{
	mkdir -p root/usr/bin root/usr/lib root/etc/cron.d root/opt/app root/var/lib/dpkg/info
	ln -s usr/bin root/bin
	for name in good changed; do
		elf 64 little dyn interp pie >root/usr/bin/$name
		printf '%s  usr/bin/%s\n' "$(md5 root/usr/bin/$name)" $name
	done >root/var/lib/dpkg/info/good.md5sums
	printf '%s\n' /. /usr /bin /bin/good /bin/changed /etc/script /opt/gone/x \
		>root/var/lib/dpkg/info/good.list
	printf '#!/bin/sh\n' | tee root/etc/script root/opt/app/own >root/usr/bin/renamed.real
	printf 'Package: good\nConffiles:\n /etc/script %s\n /etc/none %s obsolete\n' \
		"$(md5 root/etc/script)" "$(md5 root/etc/script)" >root/var/lib/dpkg/status
	printf '/usr/bin/renamed\n/usr/bin/renamed.real\n:\n' >root/var/lib/dpkg/diversions
	printf '#!/bin/sh\n' >root/var/lib/dpkg/info/good.postinst
	chmod -R go-w root
	printf 'policy_name=p policy_version=1.0.0\nDEFAULT action=DENY\n' >base.pol
	: >events
}

learn()
{
	expect "$1" rivetctl learn -r root --events events --policy base.pol -o drafts "${@:2}"
}

# marked REASON PATH: below the line that begins so, in the review
marked()
{
	awk -v want="$1" -v path="    $2" '
		!/^ / { on = index($0, want) == 1 }
		on && $0 == path { found = 1 }
		END { exit !found }' drafts/learned.review ||
		give_up "$2 is not marked '$1': $(cat drafts/learned.review)"
}

not_marked()
{
	! grep -q "^    $1\$" drafts/learned.review || give_up "$1 is marked"
}

# The folder belongs to the user of the tests.
as_root()
{
	((EUID == 0)) || skip_test "the owner of files is root's to set"
}

test_files_as_their_packages_have_them_are_not_marked()
{
	as_root
	make_root
	rm root/usr/bin/changed root/opt/app/own
	learn 0
	[[ ! -s drafts/learned.review ]] || give_up "$(cat drafts/learned.review)"
	in_err "4 entries"
	in_err "0 marks"
	grep -q ' /usr/bin/good$' drafts/learned.riv
	grep -q ' /var/lib/dpkg/info/good.postinst$' drafts/learned.riv
	cmp base.pol drafts/learned.pol
}

test_what_packages_do_not_have_is_marked()
{
	make_root
	echo more >>root/usr/bin/changed
	learn 0
	marked "it has not the bytes of its package" /usr/bin/changed
	marked "no package owns it" /opt/app/own
	fails grep -q /usr/bin/good drafts/learned.review
	grep -q ' /usr/bin/changed$' drafts/learned.riv
}

test_without_packages_that_is_said()
{
	make_root
	rm -r root/var
	learn 0
	in_out "no list of dpkg's packages"
	grep -q "no list of dpkg's packages" drafts/learned.review
	fails grep -q "no package owns it" drafts/learned.review
	make_root
	rm root/var/lib/dpkg/diversions
	rm -r drafts
	learn 0
	marked "no package owns it" /opt/app/own
}

test_places_that_others_can_write_to_are_marked()
{
	as_root
	make_root
	chmod o+w root/opt
	chown 1000 root/usr/bin/good
	learn 0
	marked "somebody other than root" /opt/app/own
	marked "somebody other than root" /usr/bin/good
	chmod 1777 root/opt
	rm -r drafts
	learn 0
	not_marked "/opt/app/own    "
	[[ $(grep -c /opt/app/own drafts/learned.review) == 1 ]]
}

test_files_of_events_come_in_from_anywhere()
{
	make_root
	mkdir -p root/srv2
	cp root/usr/bin/good root/srv2/tool
	used /srv2/tool
	used /srv2/tool "\"measured\":\"sha256:$(sha256sum <root/srv2/tool | cut -d ' ' -f 1)\""
	used /usr/bin/good "\"measured\":\"$none\""
	learn 0
	grep -q ' exec,mmap /srv2/tool$' drafts/learned.riv
	marked "it was used, outside" /srv2/tool
	marked "other bytes were used" /usr/bin/good
	[[ $(grep -c '^    /srv2/tool$' drafts/learned.review) == 2 ]]	# and no package owns it
}

test_files_that_cannot_come_in_are_named()
{
	make_root
	ln -s /usr/bin/good root/opt/link
	used /opt/gone "\"path_flags\":[\"deleted\"]"
	used /opt/nowhere
	used /opt/link
	used /img/tool "\"path_flags\":[\"foreign\"]"
	learn 0
	marked "it was used, and is not there" /opt/nowhere
	marked "it was used, and is not there" /opt/link
	fails grep -q 'gone$\|nowhere$\|link$\|img' drafts/learned.riv
	marked "it was used, and is not there" /opt/gone
	marked "init sees no file of that name" /img/tool
}

test_what_is_revoked_is_not_learned()
{
	make_root
	mkdir root/bad
	cp root/usr/bin/good root/bad/tool
	for reason in io-error unmeasured; do
		event "\"op\":\"EXECUTE\",\"reason\":\"$reason\",\"action\":\"DENY\",\"path\":\"/bad/tool\""
	done
	event "\"op\":\"EXECUTE\",\"reason\":\"match\",\"action\":\"ALLOW\",\"path\":\"/bad/tool\""
	learn 0
	fails grep -q bad drafts/learned.riv
	fails grep -q bad drafts/learned.review
	echo more >>root/usr/bin/changed
	event "\"op\":\"EXECUTE\",\"reason\":\"revoked\",\"action\":\"DENY\",\"path\":\"/usr/bin/changed\""
	event "\"op\":\"EXECUTE\",\"reason\":\"quarantined\",\"action\":\"DENY\",\"path\":\"/bad/tool\",\"measured\":\"sha256:$(sha256sum <root/usr/bin/good | cut -d ' ' -f 1)\""
	rm -r drafts
	learn 0
	marked "it is revoked or quarantined, or has such" /usr/bin/changed
	marked "it is revoked or quarantined, or has such" /bad/tool
	marked "it is revoked or quarantined, or has such" /usr/bin/good
	fails grep -q "changed\|bad/tool\|bin/good" drafts/learned.riv
}

test_programs_that_make_code_get_jit_and_a_mark()
{
	make_root
	event '"op":"ANON_EXEC","reason":"anonymous","action":"DENY","exe":"/usr/bin/good"'
	event '"op":"ANON_EXEC","reason":"anonymous","action":"DENY","exe":"/etc/script"'
	event '"op":"ANON_EXEC","reason":"anonymous","action":"DENY","exe":"/usr/**"'
	learn 0
	grep -q ' exec,mmap,jit /usr/bin/good$' drafts/learned.riv
	[[ $(grep -c jit drafts/learned.riv) == 1 ]]
	marked "it made memory executable" /usr/bin/good
}

test_a_link_in_place_of_a_program_grants_nothing()
{
	make_root
	mkdir -p root/data/u
	ln -s /usr/bin/good root/data/u/tool
	event '"op":"ANON_EXEC","reason":"anonymous","action":"DENY","exe":"/data/u/tool"'
	learn 0
	fails grep -q jit drafts/learned.riv
}

test_revoked_bytes_without_a_path()
{
	make_root
	event "\"op\":\"KMODULE\",\"reason\":\"revoked\",\"action\":\"DENY\",\"measured\":\"sha256:$(sha256sum <root/usr/bin/good | cut -d ' ' -f 1)\""
	learn 0
	fails grep -q bin/good drafts/learned.riv
	marked "it is revoked or quarantined" /usr/bin/good
}

test_the_name_that_a_process_gives_itself_grants_nothing()
{
	make_root
	event '"op":"ANON_EXEC","reason":"anonymous","action":"DENY","exe_file":"/usr/bin/good"'
	event '"op":"KMODULE","reason":"anonymous","action":"DENY","exe_file":"/usr/bin/good"'
	learn 0
	fails grep -q jit drafts/learned.riv
	cmp base.pol drafts/learned.pol
	marked "a process that calls itself so" /usr/bin/good
}

# --- files that a user chose -----------------------------------------------------------

test_a_users_archive_is_not_unpacked()
{
	make_root
	mkdir -p root/data/u in/usr/bin
	elf 64 little exec >in/usr/bin/good
	tar -C in -cf root/data/u/a.tar usr
	tar -C in -cf - usr | head -c 700 >root/data/u/cut.tar
	printf hsqs >root/data/u/image
	printf 'text\n' >root/data/u/text
	for name in a.tar cut.tar image text; do
		used /data/u/$name
	done
	learn 0
	fails grep -q /data/ drafts/learned.riv
	[[ $(grep -c ' /usr/bin/good$' drafts/learned.riv) == 1 ]]
	fails grep -q "$(sha256sum <in/usr/bin/good | cut -d ' ' -f 1)" drafts/learned.riv
	for name in a.tar cut.tar image text; do
		marked "it was used, and is no program" /data/u/$name
	done
}

test_a_link_on_the_way_leads_nowhere()
{
	make_root
	mkdir -p root/data/u root/secret
	cp root/usr/bin/good root/secret/tool
	echo secret >root/secret/data
	ln -s /secret root/data/u/d
	used /data/u/d/tool
	used /data/u/d/data
	used /data/u/../../secret/tool
	learn 0
	fails grep -q "secret\|/data/" drafts/learned.riv
	marked "it was used, and is not there" /data/u/d/tool
}

test_a_folder_or_a_pipe_in_its_place_is_nothing()
{
	make_root
	mkdir -p root/data/u/tool
	cp root/usr/bin/good root/data/u/tool/inside
	mkfifo root/data/u/pipe
	used /data/u/tool
	used /data/u/pipe
	learn 0
	fails grep -q /data/ drafts/learned.riv
}

test_a_huge_file_is_not_read()
{
	make_root
	mkdir -p root/data/u
	cp root/usr/bin/good root/data/u/huge
	truncate -s 2T root/data/u/huge 2>/dev/null || skip_test "this filesystem has no sparse files"
	used /data/u/huge
	expect 0 timeout 20 "$RIVETCTL" learn -r root --events events --policy base.pol -o drafts
	fails grep -q huge drafts/learned.riv
	marked "it was used, and is no program" /data/u/huge
}

test_a_users_program_makes_no_loader()
{
	make_root
	elf 64 little dyn soname >root/usr/lib/libfoo.so
	mkdir -p root/data/u
	elf 64 little dyn interp=/usr/lib/libfoo.so pie >root/data/u/tool
	used /data/u/tool
	learn 0
	grep -q ' mmap /usr/lib/libfoo.so$' drafts/learned.riv
	grep -q ' /data/u/tool$' drafts/learned.riv
}

test_used_files_of_the_folders_that_cannot_be_listed_are_named()
{
	make_root
	echo text >root/etc/conf
	used /etc/conf
	event "\"op\":\"EXECUTE\",\"reason\":\"wrong-use\",\"action\":\"DENY\",\"path\":\"/usr/bin/good\""
	learn 0
	marked "it was used, and is no program" /etc/conf
	marked "it was used in a way that its set does not list" /usr/bin/good
}

test_a_long_line_of_a_package()
{
	make_root
	printf '%032d  %0300000d\n' 0 0 >>root/var/lib/dpkg/info/good.md5sums
	printf '/%0300000d\n' 0 >>root/var/lib/dpkg/info/good.list
	learn 0
}

test_other_requests_become_rules_in_comments()
{
	make_root
	event '"op":"KMODULE","reason":"anonymous","action":"DENY","exe":"/usr/bin/good"'
	event '"op":"KMODULE","reason":"anonymous","action":"DENY","exe":"/usr/bin/good"'
	event '"op":"MMAP","reason":"writable","action":"DENY","exe_file":"/x action=ALLOW"'
	learn 0
	[[ $(tail -n 1 drafts/learned.pol) == "#op=KMODULE riv=anonymous exe=/usr/bin/good action=ALLOW" ]]
	[[ $(grep -c riv= drafts/learned.pol) == 1 ]]
	expect 0 rivetctl policy check drafts/learned.pol
}

test_names_cannot_forge_lines()
{
	make_root
	used '/opt/x\n/usr/bin/y' '"path_flags":["foreign"]'
	learn 0
	fails grep -q '^/usr/bin/y' drafts/learned.review
	grep -qF '/opt/x\x0a/usr/bin/y' drafts/learned.review || give_up "$(cat drafts/learned.review)"
}

test_json()
{
	make_root
	used /opt/nowhere
	expect 0 rivetctl --json learn -r root --events events --policy base.pol -o drafts
	in_out '"why":"gone","path":"/opt/nowhere"'
	in_out '"why":"unpackaged","path":"/opt/app/own"'
	python3 -m json.tool <out >/dev/null
}

test_bad_command_lines()
{
	make_root
	expect 2 rivetctl learn -r root
	in_err "-o FOLDER is missing"
	expect 2 rivetctl learn -o drafts usr
	in_err "PATH is absolute"
	expect 2 rivetctl learn -o drafts --nothing
	learn 0
	learn 7
	in_err "cannot make drafts"
	rm -r drafts
	learn 2 -n "no name"
	[[ ! -e drafts ]]
	expect 3 rivetctl learn -r root --events none --policy base.pol -o drafts
	expect 3 rivetctl learn -r root --events events --policy none -o drafts2
	expect 3 rivetctl learn -r nowhere --events events --policy base.pol -o drafts3
}

test_build_from_packages()
{
	make_root
	echo more >>root/usr/bin/changed
	expect 0 rivetctl manifest build --from-packages -n t -v 1 -r root -o m /usr /opt
	in_err "/usr/bin/changed"
	in_err "no package owns it"
	expect 0 rivetctl --json manifest build --from-packages -n t -v 1 -r root -o m /usr /opt
	in_out '"why":"differs","path":"/usr/bin/changed"'
	expect 0 rivetctl --json manifest build -n t -v 1 -r root -o m2 /usr /opt
	not_in_out review
	cmp m m2
	rm -r root/var
	expect 3 rivetctl manifest build --from-packages -n t -v 1 -r root -o m3 /usr
	in_err "no list of dpkg's packages"
	[[ ! -e m3 ]]
	expect 2 rivetctl manifest build --from-packages --revoke -n t -v 1 -o m4 "$none"
}

run_tests
