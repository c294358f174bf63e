#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# hooks.test.sh - the hooks for apt, dpkg, image updates and GRUB, with folders that stand for the machine's

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/userspace/elf.sh
. "$(dirname "$0")/elf.sh"

# make_package FILE NAME CONTENT: with one program, /usr/bin/app
make_package()
{
	rm -rf tree
	mkdir -p tree/DEBIAN tree/usr/bin
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n' \
		"$2" >tree/DEBIAN/control
	printf '#!/bin/sh\necho %s\n' "$3" >tree/usr/bin/app
	chmod 755 tree/usr/bin/app
	dpkg-deb --root-owner-group -b tree "$1" >/dev/null
}

# gateway MODE: the hook with this folder's files for the module's, and a rivetctl that knows the
# loaded sets: those in the folder loaded
gateway()
{
	command -v dpkg-deb >/dev/null || skip_test "no dpkg-deb"
	make_package old.deb app one
	make_package new.deb app two
	rivetctl manifest build -n release-1 -v 1 -o release-1.riv old.deb ||
		skip_test "libarchive cannot be loaded"
	rivetctl manifest build -n release-2 -v 1 -o release-2.riv new.deb
	mkdir -p loaded secfs riv.d bin
	cp release-1.riv loaded/release-1
	echo "$1" >secfs/mode
	printf 'set %s version 1 values 2\n' release-1 >secfs/riv
	cat >bin/rivetctl <<-END
		#!/bin/sh
		if [ "\$1 \$2" = 'manifest show' ]; then
			cat "$PWD/loaded/\$3"
		else
			exec "$RIVETCTL" "\$@"
		fi
	END
	sed "s|=/sys/kernel/security/rivet|=$PWD/secfs|; s|=/etc/rivet/riv.d|=$PWD/riv.d|" \
		"$top/packaging/hooks/check-packages" >bin/check-packages
	chmod +x bin/*
}

# hook ARGUMENT...
hook()
{
	env PATH="$PWD/bin:$PATH" "$PWD/bin/check-packages" "$@"
}

test_a_listed_package_passes()
{
	gateway enforce
	expect 0 hook old.deb
	[[ ! -s err ]]
}

test_the_set_that_is_missing_is_named()
{
	gateway enforce
	expect 1 hook new.deb
	in_err 'rivet: new.deb: the set release-1 has another /usr/bin/app, and its successor is not loaded'
	in_err 'rivet: nothing is unpacked'
	cp release-2.riv riv.d/release-2.signed
	expect 1 hook old.deb new.deb
	in_err 'new.deb: the set release-2 lists /usr/bin/app and is not loaded'
	not_in_err old.deb
	cp release-2.riv loaded/release-2
	echo 'set release-2 version 1 values 2' >>secfs/riv
	expect 0 hook old.deb new.deb
}

test_a_value_for_any_path_counts()
{
	gateway enforce
	mkdir -p root/usr/bin
	dpkg-deb --fsys-tarfile new.deb | tar -x -C root
	rivetctl manifest build -n any -v 1 -r root --any-path -o loaded/release-1 /usr/bin
	expect 0 hook new.deb
}

test_a_package_that_no_set_lists()
{
	gateway enforce
	: >secfs/riv
	expect 1 hook new.deb
	in_err 'new.deb: no loaded set lists /usr/bin/app'
}

test_audit_mode_asks_nothing()
{
	gateway audit
	expect 0 hook new.deb
	echo enforce >secfs/mode
	expect 0 env RIVET_CHECK=no PATH="$PWD/bin:$PATH" bin/check-packages new.deb
	rm -r secfs
	expect 0 hook new.deb
}

test_what_is_no_package_is_refused()
{
	gateway enforce
	echo text >bad.deb
	expect 1 hook bad.deb
	in_err 'rivet: bad.deb is no package'
}

# apt gives the names on standard input; dpkg only its own command line
test_apt_and_dpkg()
{
	gateway enforce
	fails sh -c "echo $PWD/new.deb | PATH=$PWD/bin:$PATH bin/check-packages apt" 2>err
	in_err 'nothing is unpacked'
	mkdir -p admin/info admin/updates root
	touch admin/status admin/available
	expect 2 env PATH="$PWD/bin:$PATH" dpkg --force-not-root --admindir="$PWD/admin" \
		--instdir="$PWD/root" --pre-invoke="exec $PWD/bin/check-packages dpkg" -i new.deb
	in_err 'its successor is not loaded'
	[[ ! -e root/usr/bin/app ]]
	expect 0 env PATH="$PWD/bin:$PATH" dpkg --force-not-root --admindir="$PWD/admin" \
		--instdir="$PWD/root" --pre-invoke="exec $PWD/bin/check-packages dpkg" -i old.deb
	[[ -e root/usr/bin/app ]]
}

# dpkg_with FILE...: dpkg -i, with the hook, into the folder root
dpkg_with()
{
	mkdir -p admin/info admin/updates root
	touch admin/status admin/available
	env PATH="$PWD/bin:$PATH" dpkg --force-not-root --admindir="$PWD/admin" \
		--instdir="$PWD/root" --pre-invoke="exec $PWD/bin/check-packages dpkg" -i "$@"
}

test_dpkg_is_given_other_names()
{
	gateway enforce
	cp new.deb new.pkg
	expect 2 dpkg_with new.pkg
	in_err 'new.pkg: the set release-1 has another /usr/bin/app'
	cp new.deb $'old.deb\nnew.deb'
	expect 2 dpkg_with $'old.deb\nnew.deb'
	in_err 'rivet: a name with a control character is no package'
	[[ ! -e root/usr/bin/app ]]
	cp old.deb old.pkg
	expect 0 dpkg_with old.pkg
	[[ -e root/usr/bin/app ]]
}

test_sets_that_do_not_count()
{
	gateway enforce
	echo 'set release-1 version 1 values 2 expires 2020-01-01T00:00:00Z expired' >secfs/riv
	expect 1 hook old.deb
	in_err 'old.deb: no loaded set lists /usr/bin/app'
	echo 'set release-1 version 1 values 2 revoked' >secfs/riv
	expect 1 hook old.deb
	echo 'set release-1 version 1 values 2 expires 2100-01-01T00:00:00Z' >secfs/riv
	expect 0 hook old.deb
}

# rivetctl shows a file rather than the set of the same name
test_a_file_with_the_name_of_a_set_is_not_asked()
{
	gateway enforce
	# shellcheck disable=SC2016  # of the inner shell
	sed -i 's|^if|if [ -f "$3" ]; then exec cat "$3"; fi\n&|' bin/rivetctl
	cp release-2.riv release-1
	expect 1 hook new.deb
	in_err 'new.deb: the set release-1 has another /usr/bin/app'
	expect 0 hook old.deb
}

test_a_package_without_programs()
{
	gateway enforce
	rm -rf tree/usr
	mkdir -p tree/usr/share/doc/meta
	echo text >tree/usr/share/doc/meta/copyright
	dpkg-deb --root-owner-group -b tree meta.deb >/dev/null
	expect 0 hook meta.deb
	[[ ! -s err ]]
	expect 1 hook meta.deb new.deb
}

test_without_rivetctl()
{
	local program

	gateway enforce
	rm bin/rivetctl
	for program in sh grep mktemp rm cat tr dpkg-deb; do
		ln -s "$(command -v $program)" "bin/$program"
	done
	expect 1 env PATH="$PWD/bin" bin/check-packages old.deb
	in_err 'there is no rivetctl to ask'
	expect 0 env PATH="$PWD/bin" bin/check-packages apt </dev/null
}

# new_root: a system in the folder root, with all that it needs
new_root()
{
	rm -rf root
	mkdir -p root/usr/bin root/usr/sbin root/etc/rivet/riv.d root/etc/rivet/trust.d mounts
	ln -s usr/sbin root/sbin
	ln -s usr/bin root/bin
	elf 64 little dyn interp=/lib64/ld.so.2 pie >root/usr/sbin/init
	elf 64 little dyn interp=/lib64/ld.so.2 pie >root/usr/bin/sh
	echo one >>root/usr/bin/sh
	cp root/usr/sbin/init root/usr/sbin/modprobe
	cp root/usr/sbin/init root/usr/bin/rivetctl
	cp "$keys/rsa/signer.pem" root/etc/rivet/trust.d/
	small_policy policy
	sign policy policy
	mv policy.signed root/etc/rivet/
	rivetctl manifest build -n base -v 1 -r root -o base /usr
	sign manifest base
	mv base.signed root/etc/rivet/riv.d/
}

# check_root DIR, with the rivetctl of this test
check_root()
{
	mkdir -p bin
	ln -sf "$RIVETCTL" bin/rivetctl
	env PATH="$PWD/bin:$PATH" sh "$top/packaging/hooks/check-root" "$1"
}

test_an_image_that_would_boot()
{
	new_root
	expect 0 check_root root
	[[ ! -s err ]]
}

test_an_image_with_another_program()
{
	new_root
	echo two >>root/usr/bin/sh
	expect 1 check_root root
	in_err 'rivet: root/usr/bin/sh is in no set of root/etc/rivet/riv.d'
	in_err 'the new system is not to be started'
}

test_an_image_without_its_set()
{
	new_root
	rm root/etc/rivet/riv.d/base.signed
	expect 1 check_root root
	in_err 'there is no root/etc/rivet/riv.d/*.signed'
	new_root
	truncate -s -100 root/etc/rivet/riv.d/base.signed
	expect 1 check_root root
	in_err 'root/etc/rivet/riv.d/base.signed is damaged'
}

test_an_image_that_lacks_a_program()
{
	new_root
	rm root/usr/bin/rivetctl
	expect 1 check_root root
	in_err 'rivet: root/usr/bin/rivetctl is missing, or is no program'
	mkdir -p root/usr/local/bin
	cp root/usr/sbin/init root/usr/local/bin/rivetctl
	expect 0 check_root root
	rm root/usr/sbin/modprobe
	expect 1 check_root root
	in_err 'rivet: root/sbin/modprobe is missing, or is no program'
}

test_an_image_of_another_signer()
{
	new_root
	cp "$keys/ec/signer.pem" root/etc/rivet/trust.d/signer.pem
	expect 1 check_root root
	in_err 'base.signed is damaged, or of no signer in root/etc/rivet/trust.d'
	in_err 'policy.signed is damaged, or of no signer in root/etc/rivet/trust.d'
	cp "$keys/rsa/signer.pem" root/etc/rivet/trust.d/another.pem
	expect 0 check_root root
	sed -i 's/^name: base$/name: bass/' root/etc/rivet/riv.d/base.signed
	expect 1 check_root root
	in_err 'base.signed is damaged, or of no signer'
	not_in_err policy.signed
}

# The root of this machine is /dev/one.
test_mender_asks_about_the_other_slot()
{
	local wrong

	mkdir -p bin
	printf '#!/bin/sh\necho /dev/one\n' >bin/findmnt
	# shellcheck disable=SC2016  # of the inner shell
	printf '#!/bin/sh\necho "mount $3"\n' >bin/mount
	printf '#!/bin/sh\n' | tee bin/umount >asked
	chmod +x bin/* asked
	sed "s|/etc/rivet/mender.slots|$PWD/slots|g" "$top/packaging/hooks/mender-hook" >hook
	for wrong in '' '/dev/one' '/dev/one /dev/two /dev/three'; do
		echo "$wrong" >slots
		expect 1 env PATH="$PWD/bin:$PATH" RIVET_CHECK_ROOT="$PWD/asked" sh hook
		in_err 'is to have one line with the devices of both slots'
	done
	rm slots
	expect 1 env PATH="$PWD/bin:$PATH" RIVET_CHECK_ROOT="$PWD/asked" sh hook
	in_err 'is to have one line with the devices of both slots'
	for wrong in '/dev/two /dev/one\n' '/dev/one /dev/two'; do
		# shellcheck disable=SC2059  # with its end of line, or without
		printf "$wrong" >slots
		expect 0 env PATH="$PWD/bin:$PATH" RIVET_CHECK_ROOT="$PWD/asked" sh hook
		in_out 'mount /dev/two'
	done
}

test_an_image_without_a_policy()
{
	new_root
	rm root/etc/rivet/policy.signed
	expect 1 check_root root
	in_err 'there is no root/etc/rivet/policy.signed'
}

test_rauc_asks_about_the_slot_that_it_wrote()
{
	new_root
	# shellcheck disable=SC2016  # of the inner shell
	printf '#!/bin/sh\necho "asked about $1"\nexit 3\n' >asked
	chmod +x asked
	expect 3 env RIVET_CHECK_ROOT="$PWD/asked" RAUC_SLOT_MOUNT_POINT=/slot \
		sh "$top/packaging/hooks/rauc-hook" slot-post-install
	in_out 'asked about /slot'
	expect 0 env RIVET_CHECK_ROOT="$PWD/asked" sh "$top/packaging/hooks/rauc-hook" install-check
}

# kernels RELEASE...: with this folder for the machine's; a release with + has the module
kernels()
{
	local release

	rm -rf boot modules
	mkdir -p boot modules
	for release; do
		touch "boot/vmlinuz-${release%+}"
		[[ $release != *+ ]] || mkdir -p "modules/${release%+}/updates"
		[[ $release != *+ ]] || touch "modules/${release%+}/updates/rivet.ko.xz"
	done
	sed "s|/boot/|$PWD&|; s|/lib/modules|$PWD/modules|g" "$top/packaging/hooks/grub.cfg" >grub.cfg
}

# default_is WANTED [VARIABLE=VALUE]...: of GRUB, as grub-mkconfig would read it
default_is()
{
	local wanted=$1 got
	shift

	# shellcheck disable=SC2016  # of the inner shell
	got=$(env GRUB_DEVICE_UUID=1-2 "$@" sh -ec '. ./grub.cfg; echo "${GRUB_DEFAULT-}"' 2>err)
	[[ $got == "$wanted" ]] || give_up "the default is '$got', not '$wanted'"
}

test_a_kernel_without_the_module_is_not_the_default()
{
	kernels 6.1.0-9-amd64+ 6.1.0-10-amd64+ 6.1.0-42-amd64
	default_is 'gnulinux-advanced-1-2>gnulinux-6.1.0-10-amd64-advanced-1-2' GRUB_DEFAULT=0
	in_err '6.1.0-10-amd64 stays the default'
	default_is 'gnulinux-6.1.0-10-amd64-advanced-1-2' GRUB_DISABLE_SUBMENU=y
	default_is 'gnulinux-advanced-/dev/x>gnulinux-6.1.0-10-amd64-advanced-/dev/x' \
		GRUB_DISABLE_UUID=true GRUB_DEVICE=/dev/x
}

test_the_default_is_left_alone()
{
	kernels 6.1.0-9-amd64 6.1.0-10-amd64+
	default_is 0 GRUB_DEFAULT=0
	kernels 6.1.0-9-amd64+ 6.1.0-10-amd64
	default_is saved GRUB_DEFAULT=saved
	kernels 6.1.0-9-amd64 6.1.0-10-amd64
	default_is 0 GRUB_DEFAULT=0
	kernels
	default_is 0 GRUB_DEFAULT=0
}

run_tests
