#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build.test.sh - manifests made of prepared folders, friendly and hostile

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/userspace/elf.sh
. "$(dirname "$0")/elf.sh"

# build OPTION-OR-PATH...: as set "t", version 1, into the file "m"
build()
{
	rivetctl manifest build -n t -v 1 -o m "$@"
}

# entry USES PATH [FILE]: the line for a file below root, made without rivetctl
entry()
{
	local file=${3:-root$2}

	printf 'sha256:%s %s %s %s\n' "$(sha256sum <"$file" | cut -d' ' -f1)" \
		"$(stat -c %s "$file")" "$1" "$2"
}

# expected HEADER...: a manifest of the lines on standard input
expected()
{
	sort -k4 >lines
	printf 'riv-manifest 1\nname: t\n'
	printf '%s\n' "${@:-version: 1}" | sed '/^valid-until/d'
	echo "issued: 2025-06-15T15:06:40Z"
	printf '%s\n' "$@" | sed '/^valid-until/!d'
	echo "count: $(wc -l <lines)"
	cat lines
}

program()
{
	cp "$work/prototype/root/usr/bin/pie" "$1"
}

# A gateway in small: merged /usr, links of every kind, one file of each kind.
make_prototype()
{
	mkdir -p root/usr/{bin,sbin,lib/modules/6.12/kernel,lib/firmware/acme} root/etc/alternatives \
		root/opt/app root/proc
	ln -s usr/bin root/bin
	ln -s usr/lib root/lib
	elf 64 little exec >root/usr/bin/static
	elf 64 little dyn interp >root/usr/bin/old-pie
	elf 64 little dyn interp pie >root/usr/bin/pie
	elf 64 little dyn pie >root/usr/bin/static-pie
	elf 32 big exec >root/usr/bin/foreign
	elf 32 big dyn interp pie >root/usr/bin/foreign-pie
	elf 32 little dyn soname >root/usr/lib/foreign.so
	elf 64 big dyn soname >root/usr/lib/big.so
	elf 64 little dyn soname >root/usr/lib/libx.so.1
	elf 64 little dyn >root/usr/lib/ld.so
	elf 64 little dyn interp soname >root/usr/lib/libc.so.6
	elf 64 little rel >root/usr/lib/modules/6.12/kernel/m.ko
	elf 64 little rel .text >root/usr/lib/modules/6.12/kernel/no.ko
	elf 64 little rel >root/usr/lib/m.o
	elf 32 big rel >root/opt/app/out-of-tree.ko
	printf '\xfd7zXZ\0packed' >root/usr/lib/modules/6.12/kernel/p.ko.xz
	printf '\x28\xb5\x2f\xfdpacked' >root/opt/app/p.ko.zst
	printf '\x1f\x8bpacked' >root/opt/app/p.ko.gz
	echo packed >root/usr/lib/modules/6.12/kernel/no.ko.xz
	echo blob >root/usr/lib/firmware/acme/fw.bin
	printf '#!/bin/sh\necho\n' >root/usr/bin/script
	printf '#!/usr/bin/python3\n' >root/opt/app/module.py
	echo text >root/usr/bin/notes
	printf '\x7fELF' >root/usr/bin/stub
	chmod 755 root/usr/bin/* root/usr/lib/*.so* root/usr/bin/script
	chmod 644 root/opt/app/module.py
	ln -s libx.so.1 root/usr/lib/libx.so
	ln root/usr/bin/pie root/usr/sbin/hard
	ln -s /usr/bin/pie root/etc/alternatives/pie
}

make_root()
{
	cp -a "$work/prototype/root" root
}

golden_lines()
{
	for name in static old-pie pie static-pie foreign foreign-pie; do
		entry exec,mmap "/usr/bin/$name"
	done
	for name in foreign.so big.so libx.so.1 ld.so libc.so.6; do
		entry mmap "/usr/lib/$name"
	done
	entry exec,mmap /usr/sbin/hard
	entry kmod /usr/lib/modules/6.12/kernel/m.ko
	entry kmod /usr/lib/modules/6.12/kernel/p.ko.xz
	entry kmod /opt/app/out-of-tree.ko
	entry kmod /opt/app/p.ko.gz
	entry kmod /opt/app/p.ko.zst
	entry firmware /usr/lib/firmware/acme/fw.bin
	entry exec,script /usr/bin/script
	entry script /opt/app/module.py
}

test_a_whole_root_gives_the_expected_text()
{
	make_root
	expect 0 build -r root /
	in_err "20 entries, 20 files"
	golden_lines | expected >golden
	same m golden
	[[ $(stat -c %a m) == 644 ]]
}

test_the_result_does_not_depend_on_order_or_time()
{
	make_root
	expect 0 build -r root /
	mv m first
	cp -a root copy
	find copy -exec touch -h -d 2001-01-01 {} +
	expect 0 build -r copy /opt /usr/sbin /usr/lib /usr/bin /bin /lib/libx.so /
	same m first
}

test_the_result_can_be_signed_and_shown()
{
	make_root
	expect 0 build -r root /
	expect 0 sign manifest m
	expect 0 rivetctl manifest show m.signed
	in_out "set t version 1: 20 entries, signed"
	expect 0 rivetctl manifest diff m m.signed
}

test_headers_and_standard_output()
{
	make_root
	expect 0 rivetctl manifest build -n t -v 18446744073709551615 --replaces other \
		--valid-until 2031-12-31T23:59:59Z -r root /usr/bin/pie
	entry exec,mmap /usr/bin/pie | expected "version: 18446744073709551615" "replaces: other" \
		"valid-until: 2031-12-31T23:59:59Z" >golden
	same out golden
}

test_a_set_says_when_it_was_issued()
{
	local before

	make_root
	before=$(date -u +%FT%TZ)
	expect 0 env -u SOURCE_DATE_EPOCH "$RIVETCTL" manifest build -n t -v 1 -o m -r root /usr/bin/pie
	[[ ! $before > $(sed -n 's/^issued: //p' m) ]] || give_up "$(head -n 5 m)"
	[[ ! $(sed -n 's/^issued: //p' m) > $(date -u +%FT%TZ) ]] || give_up "$(head -n 5 m)"
	expect 0 rivetctl manifest build -n t -v 1 -o m -r root /usr/bin/pie
	expect 0 rivetctl manifest show m
	in_out "issued 2025-06-15T15:06:40Z"
	expect 0 rivetctl --json manifest show m
	in_out '"issued":"2025-06-15T15:06:40Z"'
}

test_wrong_headers_are_refused_before_anything_is_read()
{
	for version in 0 01 -1 x 18446744073709551616 "" $'1\ncount: 0'; do
		expect 2 rivetctl manifest build -n t -v "$version" /nowhere
		in_err "version"
	done
	for name in "" . -x "a b" a/b $'a\nb' "$(printf 'x%.0s' {1..65})"; do
		expect 2 rivetctl manifest build -n "$name" -v 1 /nowhere
	done
	for time in 0 -1 now 253402300800; do
		expect 2 env SOURCE_DATE_EPOCH="$time" "$RIVETCTL" manifest build -n t -v 1 /nowhere
		grep -qE 'wrong issued|SOURCE_DATE_EPOCH is' err
	done
	expect 2 build --valid-until 2025-06-15T15:06:39Z /nowhere
	in_err "wrong valid-until: expected a time after 1970 began and not before issued:"
	expect 2 build --replaces other --valid-until 2025-06-15T15:06:39Z /nowhere
	in_err "wrong valid-until: expected a time after 1970 began and not before issued:"
	for time in "" tomorrow 2031-02-30T00:00:00Z "2031-01-01T00:00:00+01:00" $'2031-01-01T00:00:00Z\nx'; do
		expect 2 build --valid-until "$time" /nowhere
		in_err "valid-until"
	done
	expect 2 build --replaces t /nowhere
	in_err "replaces"
	expect 2 build --use exec,frob /nowhere
	expect 2 build --use jit /nowhere
}

test_links_stay_in_the_root()
{
	make_root
	ln -s /etc/passwd root/etc/absolute
	ln -s ../../../../../../../../../../etc/passwd root/etc/climbing
	ln -s ../../../../../../../../../../etc root/etc-link
	ln -s loop root/loop
	ln -s /usr root/opt/app/usr-link
	for path in /etc/absolute /etc/climbing /etc-link/passwd /../../etc/passwd; do
		expect 3 build -r root $path
		in_err "cannot find"
		[[ ! -e m ]]
	done
	expect 3 build -r root /loop
	expect 0 build -r root /etc/alternatives/pie /opt/app/usr-link/../usr/sbin/hard
	{ entry exec,mmap /usr/bin/pie; entry exec,mmap /usr/sbin/hard; } | expected >golden
	same m golden
}

test_the_real_path_is_what_counts()
{
	make_root
	expect 0 build -r root /lib/libx.so /bin/./pie //usr/../usr/bin/pie
	{ entry mmap /usr/lib/libx.so.1; entry exec,mmap /usr/bin/pie; } | expected >golden
	same m golden
}

test_links_out_of_a_folder_are_not_followed_but_named()
{
	make_root
	expect 9 build -r root /etc
	expect 0 build -r root /etc /usr/sbin
	in_err "/etc/alternatives/pie leads to /usr/bin/pie, which is not listed"
	entry exec,mmap /usr/sbin/hard | expected >golden
	same m golden
	expect 0 build -r root /etc /usr/bin
	not_in_err "leads to"
}

test_strange_names()
{
	mkdir -p root/$'two\nlines' root/$'back\\slash' "root/sp ace"
	program root/$'two\nlines/a\n'
	program root/$'back\\slash/\\n'
	program "root/sp ace/*"
	program root/$'\xc3\xa9'
	expect 0 build -r root /
	{
		entry exec,mmap '/back\\slash/\\n' root/$'back\\slash/\\n'
		entry exec,mmap '/sp ace/*'
		entry exec,mmap '/two\nlines/a\n' root/$'two\nlines/a\n'
		entry exec,mmap $'/\xc3\xa9'
	} | expected >golden
	same m golden
	expect 0 rivetctl manifest show m
	in_out '/two\x0alines/a\x0a'
}

test_names_that_are_not_UTF_8()
{
	mkdir -p root/$'\xff'
	program root/$'\xff/a'
	program root/$'b\x80'
	program root/good
	touch root/$'\xfe-no-program'
	expect 3 build -r root /
	in_err '/\xff/a: this name is not UTF-8'
	in_err '/b\x80: this name is not UTF-8'
	in_err "cannot list 2 files"
	not_in_err no-program
	[[ ! -e m ]]
	expect 0 build --skip-bad -r root /
	entry exec,mmap /good | expected >golden
	same m golden
}

test_long_paths()
{
	name=$(printf 'd%.0s' {1..200})
	path=root
	mkdir root
	for _ in {1..20}; do
		path+=/$name
	done
	mkdir -p "$path"
	program "$path/$(printf 'x%.0s' {1..70})"
	expect 0 build -r root /
	grep -q "^count: 1$" m
	(cd "$path" && program "$(printf 'y%.0s' {1..240})")
	expect 7 build -r root /
	in_err "too long"
}

test_pipes_sockets_and_devices_are_passed_over()
{
	mkdir root
	program root/p
	mkfifo root/fifo
	expect 0 timeout 20 "$RIVETCTL" manifest build -n t -v 1 -o m -r root /
	grep -q "^count: 1$" m
	expect 3 timeout 20 "$RIVETCTL" manifest build -n t -v 1 -o m -r root /fifo
	expect 3 build /dev/null
}

test_what_the_kernel_makes_up_is_passed_over()
{
	[[ -e /proc/self/exe ]] || skip_test "no /proc"
	expect 9 build /proc
}

test_a_file_that_changes_meanwhile()
{
	# Its size is said to be 0, and then there are bytes in it.
	[[ -s /proc/version || -r /proc/version ]] || skip_test "no /proc"
	expect 3 build /proc/version
	in_err "changed while it was read"
	[[ ! -e m ]]
}

test_unreadable_files_and_folders_are_7()
{
	mkdir -p root/closed
	program root/a
	program root/closed/b
	chmod 755 .. . root
	chmod 0 root/a
	expect 7 as_nobody "$RIVETCTL" manifest build -n t -v 1 -r root /
	in_err "/a: Permission denied"
	rm -f root/a
	chmod 0 root/closed
	expect 7 as_nobody "$RIVETCTL" manifest build -n t -v 1 -r root /
	in_err "/closed: Permission denied"
	[[ ! -e m ]]
	chmod 755 root/closed
}

test_named_files_of_no_kind_are_for_reading()
{
	make_root
	expect 0 build -r root /usr/bin/notes /usr/bin/stub /usr/bin
	grep -v -e /lib/ -e /opt/ -e /sbin/ <(golden_lines) >lines-of-bin
	{ cat lines-of-bin; entry read /usr/bin/notes; entry read /usr/bin/stub; } | expected >golden
	same m golden
	# The same whichever comes first.
	expect 0 build -r root /usr/bin /usr/bin/stub /usr/bin/notes
	same m golden
}

test_scripts_of_packages_are_listed_where_dpkg_runs_them()
{
	local info=/var/lib/dpkg/info unpacked=/var/lib/dpkg/tmp.ci

	mkdir -p root$info
	printf '#!/bin/sh\nsame\n' | tee root$info/a.preinst >root$info/b:amd64.preinst
	printf '#!/bin/sh\nother\n' | tee root$info/c.preinst root$info/c.postinst root$info/c.prerm \
		root$info/c.postrm root$info/c.config >root$info/preinst
	chmod 755 root$info/*
	printf '#!/bin/sh\nnot to be started\n' >root$info/d.preinst
	cp root$info/c.preinst root$info/c.list
	cp root$info/c.preinst root/var/lib/dpkg/e.preinst
	expect 0 build -r root /var
	{
		for name in a.preinst b:amd64.preinst c.preinst c.postinst c.prerm c.postrm \
			c.config preinst c.list; do
			entry exec,script $info/$name
		done
		entry exec,script /var/lib/dpkg/e.preinst
		entry script $info/d.preinst
		entry exec,script $unpacked/preinst root$info/a.preinst
		entry exec,script $unpacked/preinst root$info/c.preinst
		entry exec,script $unpacked/prerm root$info/c.preinst
		entry exec,script $unpacked/postrm root$info/c.preinst
	} | expected >golden
	same m golden
	expect 0 build -r root --verity $info/a.preinst
	[[ $(grep -c " $unpacked/preinst$" m) == 2 ]]
	# Leftovers of an interrupted dpkg, and other uses for one of several
	mkdir root$unpacked
	cp root$info/a.preinst root$unpacked/preinst
	for paths in "$info $unpacked" "$unpacked $info"; do
		# shellcheck disable=SC2086
		expect 0 build -r root --use "$info/b:*=read" $paths
		[[ $(grep -c " $unpacked/preinst$" m) == 2 ]]
		grep -qxF "$(entry exec,read,script $unpacked/preinst)" m
	done
}

test_uses_given_for_everything()
{
	make_root
	expect 0 build -r root --use read /usr/bin
	[[ $(grep -c ' read /usr/bin/' m) == 9 ]]
	grep -q '^count: 9$' m
	expect 0 build -r root --use exec,mmap,jit /usr/bin/notes
	entry exec,mmap,jit /usr/bin/notes | expected >golden
	same m golden
}

test_jit()
{
	make_root
	expect 0 build -r root --jit /bin/pie /usr/bin/pie /usr/bin/static
	{ entry exec,mmap,jit /usr/bin/pie; entry exec,mmap /usr/bin/static; } | expected >golden
	same m golden
	expect 3 build -r root --jit /usr/bin/foreign /usr/bin/pie
	in_err "not among the files listed"
	expect 3 build -r root --jit /lib/firmware/acme/fw.bin /usr/lib
	in_err "neither a program nor a library"
	expect 3 build -r root --jit /nowhere /usr/bin
}

test_uses_given_for_some()
{
	make_root
	mkdir root/boot root/opt/app/deep
	echo kernel >root/boot/vmlinuz-6.12
	echo 'import app' >root/opt/app/deep/main.py
	echo key=value >"root/opt/app/a=b"
	expect 0 build -r root --use '/opt/app/**.py=read,script' --use '/boot/vmlinuz-*=kmod' \
		--use '/opt/app/a=b=read' --use /bin/pie=exec,mmap,jit /boot /opt /usr/bin/pie
	{
		entry kmod /boot/vmlinuz-6.12
		entry kmod /opt/app/out-of-tree.ko
		entry kmod /opt/app/p.ko.gz
		entry kmod /opt/app/p.ko.zst
		entry read "/opt/app/a=b"
		entry read,script /opt/app/deep/main.py
		entry read,script /opt/app/module.py
		entry exec,mmap,jit /usr/bin/pie
	} | expected >golden
	same m golden
	# Beside the uses for all, and beside those found.
	expect 0 build -r root --use read --use '/usr/bin/*=exec,mmap' --use '/usr/bin/script=kmod' \
		/usr/bin/script /opt/app/a=b
	{ entry exec,mmap,kmod,read /usr/bin/script; entry read /opt/app/a=b; } | expected >golden
	same m golden
	expect 3 build -r root --use '/opt/**.lua=script' /opt
	in_err "--use /opt/**.lua=script: not among the files listed"
	in_err "compared with real paths"
	[[ ! -e m ]] || same m golden
	expect 3 build -r root --use /nowhere/x=read /opt
	in_err "cannot find"
	for wrong in '/a=jit' '/a=' '=read' 'a=read' '/a/../b=read' '/a//b=read' '/a/=read' '/a=script,read'; do
		expect 2 build -r root --use "$wrong" /opt
	done
	many=()
	for ((i = 0; i < 65; i++)); do
		many+=(--use "/**=read")
	done
	expect 2 build -r root "${many[@]}" /opt
	in_err "at most 64 times"
}

test_an_empty_manifest_is_never_made_by_mistake()
{
	mkdir -p root/empty
	expect 9 build -r root /empty
	[[ ! -e m ]]
	expect 2 build --withdraw /empty
	expect 0 build --withdraw
	printf 'riv-manifest 1\nname: t\nversion: 1\nissued: 2025-06-15T15:06:40Z\ncount: 0\n' >golden
	same m golden
}

# digest PREFIX NUMBER
digest()
{
	printf '%s:%064d' "$1" "$2"
}

test_revocations()
{
	local cert

	cert=cert:sha256:$(openssl x509 -in "$keys/rsa/signer.pem" -outform DER | sha256sum |
		cut -d' ' -f1)
	expect 0 build --revoke "$(digest verity:sha256 1)" "$(digest sha256 3)" \
		"$(digest sha256 2)" --cert "$keys/rsa/signer.pem" --cert "$keys/rsa/signer.pem" \
		"$(digest sha256 2)" "$cert"
	in_err "revokes 4 digests"
	printf '%s\n' "$cert" "$(digest sha256 2)" "$(digest sha256 3)" "$(digest verity:sha256 1)" |
		sort >lines
	{ printf 'riv-manifest 1\nname: t\nkind: revoke\nversion: 1\nissued: 2025-06-15T15:06:40Z\ncount: 4\n'; cat lines; } >golden
	same m golden
	expect 0 rivetctl manifest show m
	in_out "revocation t version 1: 4 entries"
	in_out "$cert"
	expect 0 build --revoke --withdraw
	printf 'riv-manifest 1\nname: t\nkind: revoke\nversion: 1\nissued: 2025-06-15T15:06:40Z\ncount: 0\n' >golden
	same m golden
}

test_releases()
{
	expect 0 build --release "$(digest verity:sha256 1)" "$(digest sha256 2)"
	in_err "releases 2 digests"
	{
		printf 'riv-manifest 1\nname: t\nkind: release\nversion: 1\nissued: 2025-06-15T15:06:40Z\ncount: 2\n'
		printf '%s\n' "$(digest sha256 2)" "$(digest verity:sha256 1)"
	} >golden
	same m golden
	expect 0 rivetctl manifest show m
	in_out "release t version 1: 2 entries"
	expect 2 build --release
	expect 2 build --release --withdraw
	expect 2 build --release --any-path "$(digest sha256 1)"
	expect 2 build --release --cert "$keys/rsa/signer.pem" "$(digest sha256 1)"
	expect 2 build --release root/usr/bin/pie
	in_err "cannot name"
}

test_wrong_revocations()
{
	make_root
	expect 2 build --revoke
	expect 2 build --revoke --withdraw "$(digest sha256 1)"
	expect 2 build --cert "$keys/rsa/signer.pem" root
	expect 2 build --revoke --cert
	expect 2 build --revoke "$(digest sha256 0)"
	expect 2 build --revoke "$(digest sha1 1)"
	expect 2 build --revoke root/usr/bin/pie
	in_err "cannot name"
	expect 4 build --revoke --cert root/usr/bin/pie
	expect 3 build --revoke --cert nowhere
	for option in '-r root' '--replaces x' '--valid-until 2030-01-01T00:00:00Z' '--use exec' \
		'--jit /a' --verity --verity-only --any-path --skip-bad '--parts 2'; do
		# shellcheck disable=SC2086  # words of a command line
		expect 2 build --revoke $option "$(digest sha256 1)"
	done
	expect 2 rivetctl manifest build -n t -v 0 --revoke "$(digest sha256 1)"
	in_err "wrong version"
	[[ ! -e m ]]
}

# parts NUMBER OPTION-OR-PATH...: as sets "t.1", "t.2" ..., version 1, into the files "m.1.riv" ...
parts()
{
	rivetctl manifest build -n t -v 1 -o m.riv --parts "$@"
}

test_a_list_is_divided_into_sets()
{
	make_root
	expect 0 build -r root /
	expect 0 parts 3 -r root /
	in_err "m.1.riv: "
	in_err ", set t.1"
	in_err "3 sets: "
	[[ ! -e m.riv && ! -e m.4.riv ]]
	for n in 1 2 3; do
		sed -n 2p m.$n.riv | grep -qx "name: t.$n"
		expect 0 rivetctl manifest show m.$n.riv
		grep -q '^sha256:' m.$n.riv
		sed -i '1,/^count/d' m.$n.riv
	done
	# Each entry is in one of them, and where it was before others came
	sed '1,/^count/d' m | sort >all
	sort m.[123].riv | cmp - all
	mkdir before
	mv m.?.riv before
	program root/usr/bin/new
	expect 0 parts 3 -r root /
	for n in 1 2 3; do
		sed -i '1,/^count/d' m.$n.riv
		comm -23 <(sort before/m.$n.riv) <(sort m.$n.riv) >gone
		[[ ! -s gone ]]
	done
	cat m.?.riv | grep -q /usr/bin/new
	# Entries for any path are told apart by their digests
	expect 0 parts 2 --any-path -r root /
	grep -q '^sha256:' m.1.riv
	grep -q '^sha256:' m.2.riv
	expect 0 parts 2 --withdraw
	grep -qx "count: 0" m.1.riv
	grep -qx "count: 0" m.2.riv
}

test_wrong_parts()
{
	make_root
	for number in 0 1 65 x -1 ''; do
		expect 2 parts "$number" -r root /
		in_err "--parts"
	done
	expect 2 parts 2 --replaces x -r root /
	expect 2 build --parts 2 -o - -r root /
	expect 2 rivetctl manifest build -n t -v 1 --parts 2 -r root /
	expect 2 parts 2 --revoke "$(digest sha256 1)"
	# With its number the name is too long
	expect 2 rivetctl manifest build -n "$(printf '%064d' 1)" -v 1 -o m.riv --parts 2 -r root /
	in_err "wrong name"
	[[ ! -e m && ! -e m.riv && ! -e m.1.riv ]]
}

# Of 64 MiB; long paths need fewer files
test_more_than_a_set_holds()
{
	local folder i

	folder=$(printf '/%0250d' $(seq 15))
	mkdir -p "root$folder"
	(cd "root$folder" && seq 18000 | sed 's/$/.data/' | xargs touch)
	expect 3 build --use read -r root /
	in_err "18000 entries take 66"
	in_err "MiB, and a set has at most 64 MiB; divide it into sets: --parts 2"
	[[ ! -e m ]]
	expect 0 parts 2 --use read -r root /
	for i in 1 2; do
		expect 0 rivetctl manifest show --json m.$i.riv
	done
	rm -r root m.?.riv
}

test_relative_paths()
{
	mkdir d
	program d/a
	expect 0 build ./d/../d
	entry exec,mmap "$(realpath d/a)" d/a | expected >golden
	same m golden
	expect 2 build -r d a
	in_err "absolute"
	for root in '' '-r d'; do
		# shellcheck disable=SC2086  # words of a command line
		expect 2 build $root ''
		in_err "an empty path"
	done
}

test_JSON_tells_what_was_done()
{
	make_root
	expect 0 build --json -r root /
	is_json out rivet.manifest/1
	in_out '"version":1,'
	in_out '"count":20'
	expect 2 rivetctl --json manifest build -n t -v 1 -r root /
}

test_an_old_output_stays_when_building_fails()
{
	make_root
	echo old >m
	program root/$'\xff'
	expect 3 build -r root /
	[[ $(cat m) == old ]]
}

test_the_output_may_lie_in_the_folder_that_is_listed()
{
	make_root
	expect 0 rivetctl manifest build -n t -v 1 -r root -o root/opt/app/m /
	expect 0 rivetctl manifest build -n t -v 1 -r root -o n /
	same root/opt/app/m n
}

# clobber FILE AT: two bytes of it, into standard output
clobber()
{
	head -c "$2" "$1"
	printf '\xff\xff'
	tail -c +$(($2 + 3)) "$1"
}

test_hostile_ELF_files()
{
	mkdir root
	elf 64 little dyn interp pie >whole
	elf 64 little rel >whole.ko
	size=$(stat -c %s whole)
	for ((at = 0; at < size; at += 6)); do
		head -c "$at" whole >"root/short$at"
		clobber whole "$at" >"root/dyn$at"
	done
	size=$(stat -c %s whole.ko)
	for ((at = 16; at < size; at += 6)); do
		clobber whole.ko "$at" >"root/$at.ko"
	done
	expect 0 timeout 60 "$RIVETCTL" manifest build -n t -v 1 -o m -r root /
}

# A program names its loader by a path that leads through links; a library may name one too
make_loader_root()
{
	mkdir -p root/usr/lib root/usr/bin
	ln -s usr/lib root/lib
	elf "$1" "$2" dyn soname >root/usr/lib/ld-2.so
	ln -s ld-2.so root/usr/lib/ld.so.1
	elf "$1" "$2" dyn interp=/lib/ld.so.1 pie >root/usr/bin/pie
	elf "$1" "$2" dyn interp=/lib/ld.so.1 soname >root/usr/lib/libc.so.6
	elf "$1" "$2" dyn soname >root/usr/lib/libx.so.1
}

test_the_loader_that_programs_name_may_be_started()
{
	for form in "64 little" "64 big" "32 little" "32 big"; do
		# shellcheck disable=SC2086  # two words
		make_loader_root $form
		expect 0 build -r root /
		{
			entry exec,mmap /usr/bin/pie
			entry exec,mmap /usr/lib/ld-2.so
			entry mmap /usr/lib/libc.so.6
			entry mmap /usr/lib/libx.so.1
		} | expected >golden
		same m golden
		in_err "4 entries, 4 files"
		expect 0 build -r root /usr/lib
		grep -q " exec,mmap /usr/lib/ld-2.so$" m
		expect 0 build -r root /usr/lib/ld-2.so /usr/lib/libx.so.1
		grep -q " mmap /usr/lib/ld-2.so$" m
		expect 0 build -r root /usr/bin
		[[ $(grep -c / m) == 1 ]]
		expect 0 build --use mmap -r root /
		fails grep -q exec m
		rm -r root
	done
}

test_what_a_program_names_as_its_loader_is_not_trusted()
{
	make_loader_root 64 little
	echo secret >root/usr/lib/text
	printf '#!/bin/sh\n' >root/usr/lib/script
	name=$(printf "/x%.0s" {1..3000})
	number=0
	for name in /usr/lib/text /usr/lib/script /usr/lib/missing ../etc/passwd /../../etc/passwd \
		/usr/lib usr/lib/ld-2.so "$name"; do
		number=$((number + 1))
		elf 64 little dyn interp="$name" pie >"root/usr/bin/p$number"
	done
	elf 64 little dyn interp=/usr/lib/ld-2.so pie | head -c -1 >root/usr/bin/cut
	rm root/usr/bin/pie root/usr/lib/libc.so.6
	expect 0 build -r root /
	grep -q " mmap /usr/lib/ld-2.so$" m
	grep -q " script /usr/lib/script$" m
	fails grep -q "/usr/lib/text$\|passwd" m
}

test_files_that_may_lie_anywhere()
{
	make_root
	printf '#!/bin/sh\n' >root/$'opt/\xff'
	mkdir -p root/var/lib/dpkg/info
	printf '#!/bin/sh\nx\n' >root/var/lib/dpkg/info/a.prerm
	chmod 755 root/var/lib/dpkg/info/a.prerm
	expect 0 build --any-path -r root /usr/bin /usr/sbin /opt /var
	[[ $(grep -c '^sha256:[0-9a-f]* [0-9]* [a-z,]* \*$' m) == $(sed -n 's/^count: //p' m) ]]
	fails grep -q / m
	# One line for each content, with all that it is used for.
	[[ $(cut -d' ' -f1 m | sort | uniq -d) == "" ]]
	grep -qF "$(entry exec,mmap '*' root/usr/bin/pie)" m
	grep -qF "$(entry exec,script '*' root/var/lib/dpkg/info/a.prerm)" m
	expect 0 sign manifest m
	expect 0 build --any-path --jit /usr/bin/pie -r root /usr/bin/pie
	grep -qF "$(entry exec,mmap,jit '*' root/usr/bin/pie)" m
	expect 2 build --any-path --revoke "$(digest sha256 1)"
}

# modprobe may unpack a module before the kernel gets it.
test_compressed_modules_are_listed_unpacked_too()
{
	mkdir -p root/m
	{ elf 64 little rel; seq 1 100000; } >module
	for form in xz gz zst; do
		program=${form/gz/gzip} program=${program/zst/zstd}
		command -v "$program" >/dev/null || continue
		"$program" -c <module >"root/m/$form.ko.$form" 2>/dev/null
		entry kmod "/m/$form.ko.$form"
		entry kmod "/m/$form.ko" module
	done >lines.modules
	head -c 2000 module | xz -c >root/m/two.ko.xz
	tail -c +2001 module | xz -c >>root/m/two.ko.xz
	head -c 2000 module | gzip -c >root/m/two.ko.gz
	tail -c +2001 module | gzip -c >>root/m/two.ko.gz
	{
		cat lines.modules
		entry kmod /m/two.ko.xz
		entry kmod /m/two.ko.gz
		entry kmod /m/two.ko module
	} | expected >golden
	expect 0 build -r root /
	same m golden
	expect 0 build --use read -r root /
	fails grep -q '\.ko$' m
	expect 0 build --verity-only -r root /m/two.ko.xz
	[[ $(grep -c ^verity m) == 1 && $(grep -c '^sha256.* /m/two.ko$' m) == 1 ]]
}

test_damaged_compressed_modules_are_listed_as_they_are()
{
	mkdir root
	{ elf 64 little rel; seq 1 100000; } >module
	xz -c <module >whole.xz
	gzip -c <module >whole.gz
	for form in xz gz; do
		head -c -5 whole.$form >root/short.ko.$form
		{ cat whole.$form; echo rest; } >root/rest.ko.$form
		{ head -c 1000 whole.$form; head -c 100 /dev/zero; tail -c +1100 whole.$form; } \
			>root/hole.ko.$form
	done
	expect 0 build -r root /
	[[ $(grep -c "only its compressed form is listed" err) == 6 ]]
	[[ $(grep -c '\.ko\.[gx]z$' m) == 6 ]]
	fails grep -q '\.ko$' m
}

# A sanitizer reserves more addresses than any limit allows; it has a limit of its own.
with_a_gigabyte()
{
	if grep -q __asan_init "$RIVETCTL"; then
		ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}hard_rss_limit_mb=1000 "$@"
	else
		(ulimit -v 1000000 && "$@")
	fi
}

# The memory for unpacking is bounded, for any file.
test_modules_that_ask_for_much_memory()
{
	mkdir root
	{ elf 64 little rel; head -c 1000000 /dev/zero; } >module
	xz -c --lzma2=dict=1536MiB <module >root/large.ko.xz ||
		skip_test "not enough memory to make one"
	head -c 400000000 /dev/zero | xz -0 -c >root/zeros.ko.xz
	with_a_gigabyte expect 0 build -r root /
	grep -q ' 400000000 kmod /zeros.ko$' m
	fails grep -q ' /large.ko$' m
}

test_real_programs_of_this_machine()
{
	shell=$(realpath /bin/sh)
	expect 0 build /bin/sh
	grep -qE " exec,mmap $shell\$" m
	loader=$(ldd "$shell" | sed -n 's,^[[:space:]]*\(/[^ ]*\) (0x.*,\1,p')
	[[ -n $loader ]] || skip_test "no dynamic loader here"
	libc=$(ldd "$shell" | sed -n 's,.*libc\..* => \(/[^ ]*\) .*,\1,p')
	expect 0 build "$loader" "$libc"
	[[ $(grep -c " mmap /" m) == 1 && $(grep -c " exec,mmap /" m) == 1 ]]
}

# Sizes, and the output of fsverity-utils' "fsverity digest" for so much of seq(1)'s
# output
known_verity_digests()
{
	cat <<-END
		0 3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95
		1 562a2033a6f212d5b21c2257fea4a3d19f8df6a3a4d670a8f8dd5bf89cf98b40
		4095 4be1ab18c34c376e18ae3135d481e6d9813e4d892d7f7fc2ca37c85023dd589d
		4096 58f17abdc2f0eb12f0dffe7f468742e5e358f9fdd208a928254a8945a408052c
		4097 a09061f9b47b90712292bddc2a0a0ccb524bef36efac0ca8f697d2e971045f12
		524288 7b115be9194352a254fcd63e6270e384c298b3703e90d6c28ab0664ee61a5bdd
		524289 64b57ac3c4c261962d7633720abd2be9d31d7ac2360f535c4e39c040e3cb3058
		528385 eeab760be02211940268071aacf226b0badb3ed491f2c7b37758d9b0453e022a
		67108864 891a091dd8ee5b0440a08ce323ee9c90cfa68a5355b5155bfdceec4f828905f8
		67108865 afb9f0d3bfc698b166947c3b6de83e947151a599114030dd73931df92c5762db
	END
}

test_verity_digests()
{
	mkdir root
	seq 1 10000000 >numbers
	known_verity_digests | while read -r size digest; do
		head -c "$size" numbers >"root/$size"
		echo "verity:sha256:$digest $size read /$size"
	done >lines.verity
	expect 0 build --verity-only --use read -r root /
	expected <lines.verity >golden
	same m golden
}

test_verity_and_whole_file_digests()
{
	make_root
	expect 0 build --verity -r root /usr/bin/pie
	in_err "2 entries, 1 file"
	grep -q '^count: 2$' m
	grep -qF "$(entry exec,mmap /usr/bin/pie)" m
	[[ $(tail -n 1 m) == verity:sha256:* ]]
}

# The same text, and the same error, whichever thread is faster
test_the_processors_share_the_work()
{
	local i

	mkdir -p root/a root/b
	for ((i = 0; i < 600; i++)); do
		printf '#!/bin/sh\n# %d\n' "$i" >"root/a/$i"
	done
	seq 1 1000000 | sed '1s/^/#!/' >root/a/large
	expect 0 build -r root /
	in_err "601 files"
	mv m many
	expect 0 taskset -c "$(taskset -pc $$ | sed 's/.*: \([0-9]*\).*/\1/')" \
		"$RIVETCTL" manifest build -n t -v 1 -o m -r root /
	same m many
	chmod 755 .. . root
	for i in a/17 a/300 a/599; do
		chmod 0 root/$i
	done
	for i in 1 2 3; do
		expect 7 as_nobody "$RIVETCTL" manifest build -n t -v 1 -r root /a/17 /a/300 /a
		in_err "/a/17: Permission denied"
		one_line err
	done
}

test_progress_has_the_total_and_the_time_left()
{
	command -v script >/dev/null || skip_test "no script(1) to give it a terminal"
	mkdir root
	head -c 3000000000 /dev/zero >root/zeros
	echo '#!/bin/sh' >root/script
	script -qec "$RIVETCTL manifest build -n t -v 1 -o m -r root --use read /" typescript >out
	grep -qE '[0-9]+ of 2 files, [0-9]+ of 2861 MiB, [0-9]+ s left' typescript ||
		give_up "$(tr '\r' '\n' <typescript)"
	expect 0 build -r root --use read /
	one_line err
}

mkdir "$work/prototype"
(cd "$work/prototype" && make_prototype)
test_exclude_leaves_out_the_files_that_fit()
{
	mkdir -p root/usr/bin root/usr/share/doc/x
	program root/usr/bin/a
	program root/usr/bin/b
	program root/usr/share/doc/x/example
	expect 0 build -r root --exclude '/usr/share/doc/**' --exclude /usr/bin/b /usr
	entry exec,mmap /usr/bin/a | expected >golden
	same m golden
	expect 3 build -r root --exclude '/usr/share/dok/**' /usr
	in_err "--exclude /usr/share/dok/**: no file there fits"
	expect 9 build -r root --exclude '/usr/**' /usr
	expect 2 build -r root --exclude usr /usr
	in_err "expected an absolute path"
	expect 3 build -r root --jit /usr/bin/b --exclude /usr/bin/b /usr
	expect 2 build --revoke --exclude /x
}

# refused_archive FILE KIND NEXT: named itself and as the root; with --use it is data
refused_archive()
{
	expect 3 build "$PWD/$1"
	one_line err
	in_err "cannot list the files in $PWD/$1: it is $2; $3"
	expect 3 build -r "$1" /usr
	in_err "it is $2; $3"
	expect 0 build --use read "$PWD/$1"
	expect 0 build --use "$PWD/$1=read" "$PWD/$1"
}

test_an_image_is_named_with_the_way_to_its_files()
{
	{ head -c 512 /dev/zero && printf 'EFI PART' && head -c 4096 /dev/zero; } >disk
	refused_archive disk "an image of a disk with partitions" "losetup -P"
	{ head -c 1080 /dev/zero && printf '\x53\xef' && head -c 4096 /dev/zero; } >ext4
	refused_archive ext4 "an image of an ext4 filesystem" "mount -o ro,loop"
	{ printf hsqs && head -c 96 /dev/zero; } >squash
	refused_archive squash "a squashfs image" "unpack it with unsquashfs"
	# Found in a folder, they are data like any other
	mkdir folder
	tar -cf folder/a.tar disk
	cp disk folder
	expect 9 build "$PWD/folder"
}

# The command of the README lists the scripts that cron, init and dpkg start
test_the_documented_list_has_the_scripts_of_a_Debian_gateway()
{
	local page script
	local scripts=(
		/etc/cron.daily/logrotate /etc/init.d/cron /etc/kernel/postinst.d/dkms
		/etc/network/if-up.d/x /etc/update-motd.d/10-uname
		/var/lib/dpkg/info/x.preinst /opt/app/run
	)

	for script in "${scripts[@]}"; do
		mkdir -p "rootfs${script%/*}"
		printf '#!/bin/sh\necho %s\n' "$script" >"rootfs$script"
		chmod 755 "rootfs$script"
	done
	mkdir -p rootfs/usr/bin
	program rootfs/usr/bin/a
	echo 'secret = 1' >rootfs/etc/conf
	for page in README.md Documentation/first-hour.md userspace/man/rivetctl.1; do
		sed -n "/manifest build -n .*-r rootfs/{s|rivetctl|$RIVETCTL|;s/\\\\e$/\\\\/;p;/\\\\$/{n;p}}" \
			"$top/$page" >build.sh
		grep -q 'manifest build' build.sh || give_up "no such line in $page"
		sh -e build.sh
		for script in "${scripts[@]}"; do
			grep -q " exec,script $script\$" base.riv || give_up "$page leaves out $script"
		done
		grep -q " exec,script /var/lib/dpkg/tmp.ci/preinst" base.riv
		grep -q /usr/bin/a base.riv
		fails grep -q conf base.riv
		rm base.riv
	done
}

run_tests
