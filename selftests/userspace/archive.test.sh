#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# archive.test.sh - manifests made of packages and archives, friendly and hostile

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/userspace/elf.sh
. "$(dirname "$0")/elf.sh"

# build OPTION-OR-PATH...: as set "t", version 1, into the file "m"
build()
{
	rivetctl manifest build -n t -v 1 -o m "$@"
}

# A root filesystem as Debian has it: merged /usr, links of both kinds, data
make_root()
{
	mkdir -p root/usr/{bin,sbin,share} root/usr/lib/{x,firmware/acme} root/usr/lib64
	ln -s usr/bin root/bin
	ln -s usr/lib64 root/lib64
	elf 64 little dyn interp=/lib64/ld.so.2 pie >root/usr/bin/a
	ln root/usr/bin/a root/usr/bin/also-a
	ln -s a root/usr/bin/soft
	elf 64 little dyn soname >root/usr/lib/x/lib.so.1
	elf 64 little dyn soname >root/usr/lib/x/ld.so.2
	printf more >>root/usr/lib/x/ld.so.2
	ln -s ../lib/x/ld.so.2 root/usr/lib64/ld.so.2
	printf '#!/bin/sh\n' >root/usr/sbin/tool
	chmod 755 root/usr/sbin/tool
	printf '#!/bin/sh\n: sourced\n' >root/usr/share/functions
	echo blob >root/usr/lib/firmware/acme/f.bin
	echo data >root/usr/share/data
	: >root/usr/share/empty
}

# make_package FOLDER [FIELD: VALUE]: FOLDER.deb
make_package()
{
	mkdir -p "$1/DEBIAN"
	printf 'Package: demo\nVersion: 1\nArchitecture: amd64\nMaintainer: x <x@x>\nDescription: d\n' \
		>"$1/DEBIAN/control"
	[[ -z ${2-} ]] || printf '%s\n' "$2" >>"$1/DEBIAN/control"
	chmod 755 "$1/DEBIAN"
	dpkg-deb -Zxz --root-owner-group --build "$1" "$1.deb" >/dev/null
	rm -r "$1/DEBIAN"
}

test_an_archive_gives_the_same_set_as_its_folder()
{
	local filter

	make_root
	expect 0 build -r root /
	grep -q ' exec,mmap /usr/lib/x/ld.so.2$' m
	grep -q ' exec,mmap /usr/bin/also-a$' m
	mv m folder
	for filter in --no-auto-compress --gzip --xz --zstd --bzip2; do
		tar -C root "$filter" -cf root.tar.x .
		rm -f m
		expect 0 build "$PWD/root.tar.x"
		same folder m
	done
	for format in gnu pax ustar; do
		tar -C root --format=$format -cf root.tar usr bin lib64
		expect 0 build root.tar
		same folder m
	done
	expect 0 build --verity root.tar
	mv m packed
	expect 0 build --verity -r root /
	same packed m
}

test_a_package_is_listed_as_dpkg_installs_it()
{
	make_root
	rm root/bin root/lib64
	mkdir root/bin root/DEBIAN
	elf 64 little exec >root/bin/static
	printf '#!/bin/sh\n: %s\n' pre >root/DEBIAN/preinst
	printf '#!/bin/sh\n: %s\n' post >root/DEBIAN/postinst
	chmod 755 root/DEBIAN/*inst
	cp -r root/DEBIAN scripts
	make_package root
	expect 0 build root.deb
	mv m packed
	mv root/bin/static root/usr/bin/static
	mkdir -p root/var/lib/dpkg/info
	cp -p scripts/preinst root/var/lib/dpkg/info/demo.preinst
	cp -p scripts/postinst root/var/lib/dpkg/info/demo.postinst
	ln -s usr/lib64 root/lib64
	expect 0 build -r root /
	grep -q ' exec,script /var/lib/dpkg/tmp.ci/preinst$' m
	same m packed
}

test_scripts_of_packages_for_several_architectures()
{
	mkdir -p p/DEBIAN
	printf '#!/bin/sh\n' >p/DEBIAN/prerm
	chmod 755 p/DEBIAN/prerm
	make_package p 'Multi-Arch: same'
	expect 0 build p.deb
	grep -q ' exec,script /var/lib/dpkg/info/demo:amd64.prerm$' m
}

# Old and new files have to be listed while a package is replaced.
test_two_versions_of_a_package()
{
	mkdir -p old/usr/bin new/usr/bin
	elf 64 little exec >old/usr/bin/a
	elf 64 little exec >new/usr/bin/a
	printf new >>new/usr/bin/a
	make_package old
	make_package new
	expect 0 build old.deb new.deb
	[[ $(grep -c ' exec,mmap /usr/bin/a$' m) == 2 ]]
	expect 0 build old.deb old.deb
	[[ $(grep -c ' exec,mmap /usr/bin/a$' m) == 1 ]]
}

test_options_reach_into_archives()
{
	make_root
	tar -C root -cf root.tar .
	expect 0 build --exclude '/usr/sbin/**' --jit /usr/bin/a --use '/usr/share/data=read' root.tar
	fails grep -q /usr/sbin/tool m
	grep -q ' exec,mmap,jit /usr/bin/a$' m
	grep -q ' read /usr/share/data$' m
	fails grep -q /usr/share/empty m
	expect 0 build --any-path root.tar
	[[ $(grep -c ' \*$' m) == $(sed -n 's/^count: //p' m) ]]
	expect 3 build --jit /usr/bin/nowhere root.tar
	in_err 'cannot find /usr/bin/nowhere'
	expect 3 build --jit '/usr/bin/nowhere*' root.tar
	in_err '--jit /usr/bin/nowhere*: not among the files listed'
	expect 3 build --exclude /nowhere root.tar
}

test_of_files_with_one_name_the_last_is_listed()
{
	mkdir -p usr/bin
	elf 64 little exec >usr/bin/a
	tar -cf x.tar usr
	printf last >>usr/bin/a
	tar -rf x.tar usr
	expect 0 build x.tar
	[[ $(grep -c /usr/bin/a m) == 1 ]]
	grep -q "^sha256:$(sha256sum <usr/bin/a | cut -d' ' -f1) " m
}

test_names_that_lead_out_are_refused()
{
	local name

	mkdir in
	elf 64 little exec >in/a
	elf 64 little exec >a
	for name in '../a' '/../a' 'x/../../a'; do
		mkdir -p in/x
		(cd in && tar -P --transform "s|^a\$|$name|" -cf ../x.tar a)
		rm -f m
		expect 3 build x.tar
		one_line err
		in_err 'its name has .. or is no path'
		[[ ! -e m ]]
	done
	(cd in && tar -P --transform 's|^a$|//usr///bin/./a|' -cf ../x.tar a)
	expect 3 build x.tar
	(cd in && tar -P --transform "s|^a\$|/$(printf 'y%.0s' {1..200})/$(printf 'z/%.0s' {1..2200})a|" \
		-cf ../x.tar a)
	expect 3 build x.tar
	in_err 'its name is too long'
}

test_strange_names_and_links()
{
	mkdir in
	elf 64 little exec >'in/with blank'
	elf 64 little exec >$'in/\xc3\xa4'
	elf 64 little exec >$'in/new\nline'
	tar --format=pax -C in -cf pax.tar .
	tar --format=gnu -C in -cf gnu.tar .
	expect 0 build -r in /
	mv m folder
	expect 0 build pax.tar
	same folder m
	expect 0 build gnu.tar
	same folder m
	elf 64 little exec >$'in/bad\xff'
	tar --format=gnu -C in -cf gnu.tar .
	expect 3 build gnu.tar
	in_err 'not UTF-8'
	expect 0 build --skip-bad gnu.tar
	same folder m
	# A link to a file that was left out
	mkdir two
	elf 64 little exec >two/a
	ln two/a two/b
	tar -C two -cf two.tar a b
	expect 9 build --exclude /a two.tar
}

test_damaged_archives()
{
	make_root
	head -c 300000 /dev/urandom >root/usr/share/big
	tar -C root -czf root.tar.gz .
	head -c 200000 root.tar.gz >cut.tar.gz
	tar -C root -cJf wrong.tar.xz .
	printf 'damaged!' | dd of=wrong.tar.xz bs=1 seek=150000 conv=notrunc status=none
	cp root/usr/share/data text.tar.gz
	printf '!<arch>\ndebian-binary   1342943816  0     0     100644  4         `\n2.0\n' >empty.deb
	make_package root
	head -c 100000 root.deb >cut.deb
	printf '\x1f\x8b\x08garbage' >garbage.tar.gz
	for file in cut.tar.gz wrong.tar.xz empty.deb cut.deb garbage.tar.gz; do
		rm -f m
		expect 3 build "$file"
		one_line err
		in_err "cannot read $PWD/$file: "
		[[ ! -e m ]]
	done
	# Its first bytes are those of no archive
	expect 0 build text.tar.gz
	grep -q ' read ' m
}

# dpkg writes no such package: the name would become part of a path.
test_a_hostile_control_file()
{
	mkdir control data
	printf '#!/bin/sh\n' >control/preinst
	(cd data && tar -cf ../data.tar .)
	printf '2.0\n' >debian-binary
	for name in ../../x '' 'a b' .; do
		printf 'Package: %s\nArchitecture: all\n' "$name" >control/control
		(cd control && tar -cf ../control.tar ./preinst ./control)
		rm -f x.deb
		ar rc x.deb debian-binary control.tar data.tar
		expect 3 build x.deb
		in_err 'its control file names no package'
	done
	(cd control && tar -cf ../control.tar ./preinst)
	rm -f x.deb
	ar rc x.deb debian-binary control.tar data.tar
	expect 3 build x.deb
	in_err 'it has no control file'
}

test_nothing_is_left_and_nothing_is_written_elsewhere()
{
	make_root
	mkdir tmp
	tar -C root -cf root.tar .
	TMPDIR=$PWD/tmp expect 0 build root.tar
	[[ -z $(ls -A tmp) ]]
	TMPDIR=$PWD/nowhere expect 7 build root.tar
	one_line err
	in_err TMPDIR
}

test_as_the_root_it_is_named_with_the_way_to_its_files()
{
	make_root
	tar -C root -cf root.tar .
	expect 3 build -r root.tar /usr
	in_err 'it is a tar archive; name it as PATH'
	# As data, and found in a folder
	expect 0 build --use read "$PWD/root.tar"
	grep -q ' read .*root.tar$' m
	mkdir folder
	mv root.tar folder
	expect 9 build folder
}

test_without_libarchive_it_says_so()
{
	make_root
	tar -C root -cf root.tar .
	mkdir lib
	: >lib/libarchive.so.13
	LD_LIBRARY_PATH=$PWD/lib expect 3 build root.tar
	one_line err
	in_err 'apt install libarchive13'
	LD_LIBRARY_PATH=$PWD/lib expect 0 build -r root /
}

run_tests
