#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# packaging.test.sh - scripts of the Debian packages, with folders that stand for the machine's

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

# source_tree: in the folder tree, with keys beside it; what deb.sh copies is then in the file copied
source_tree()
{
	command -v dpkg-parsechangelog >/dev/null || skip_test "no dpkg-parsechangelog"
	command -v rsync >/dev/null || skip_test "no rsync"
	mkdir -p tree/packaging tree/debian tree/kmod tree/keys tree/rootfs bin
	cp "$top/packaging/deb.sh" tree/packaging/
	cp "$top/debian/changelog" tree/debian/
	cp "$top/kmod/version.h" tree/kmod/
	touch tree/keys/ca.pem tree/signer.key tree/list.signed tree/rootfs/file
	printf '#!/bin/sh\nfind . -type f | LC_ALL=C sort >"%s/copied"\n' "$PWD" >bin/dpkg-buildpackage
	chmod +x bin/dpkg-buildpackage
}

test_the_source_package_has_no_keys()
{
	source_tree
	expect 0 env PATH="$PWD/bin:$PATH" bash tree/packaging/deb.sh "$PWD/built"
	expect 0 cat copied
	in_out ./kmod/version.h
	[[ $(grep -c . copied) == 3 ]] || give_up "copied: $(cat copied)"
}

test_the_source_package_has_what_git_has()
{
	source_tree
	git -C tree init -q
	touch tree/kmod/gone.c tree/kmod/new.c
	git -C tree add kmod debian packaging
	rm tree/kmod/gone.c
	touch tree/notes
	expect 0 env PATH="$PWD/bin:$PATH" bash tree/packaging/deb.sh "$PWD/built"
	expect 0 cat copied
	in_out ./kmod/new.c
	[[ $(grep -c . copied) == 4 ]] || give_up "copied: $(cat copied)"
}

# module_script: the postinst of the module's package for 6.1-test, with this folder for the machine's
module_script()
{
	mkdir -p stage/DEBIAN boot bin
	sed -n '/^for script in/,/^done/p' "$top/packaging/module-deb.sh" >maker
	release=6.1-test stage=stage bash -c '. ./maker'
	sed "s|/boot/|$PWD/boot/|; s|/usr/share/|$PWD/share/|; s|/etc/|$PWD/etc/|" \
		stage/DEBIAN/postinst >postinst
	printf '#!/bin/sh\necho "update-initramfs $*"\n' >bin/update-initramfs
	chmod +x bin/update-initramfs
}

test_the_module_comes_into_an_initramfs_that_was_made_before()
{
	module_script
	mkdir -p etc/initramfs-tools/hooks share/initramfs-tools/hooks
	expect 0 env PATH="$PWD/bin:$PATH" sh postinst configure
	[[ ! -s out ]]
	touch boot/initrd.img-6.1-test
	expect 0 env PATH="$PWD/bin:$PATH" sh postinst configure
	[[ ! -s out ]]
	touch etc/initramfs-tools/hooks/rivet
	expect 0 env PATH="$PWD/bin:$PATH" sh postinst configure
	in_out 'update-initramfs -u -k 6.1-test'
	rm etc/initramfs-tools/hooks/rivet
	touch share/initramfs-tools/hooks/rivet
	expect 0 env PATH="$PWD/bin:$PATH" sh postinst configure
	in_out 'update-initramfs -u -k 6.1-test'
	expect 0 env PATH="$PWD/bin:$PATH" sh postinst remove
	[[ ! -s out ]]
}

test_purging_removes_empty_folders()
{
	sed "s|/etc/|$PWD/etc/|; s|/var/|$PWD/var/|g" "$top/debian/rivet.postrm" >postrm
	mkdir -p etc/rivet/{ca,trust,riv,revoke,pending}.d var/lib/rivet var/log/rivet
	touch etc/rivet/trust.d/signer.pem
	expect 0 sh postrm remove
	[[ -d etc/rivet/riv.d ]]
	expect 0 sh postrm purge
	[[ $(find etc/rivet -type f) == etc/rivet/trust.d/signer.pem && ! -e etc/rivet/riv.d ]]
	rm etc/rivet/trust.d/signer.pem
	expect 0 sh postrm purge
	[[ ! -e etc/rivet && ! -e var/lib/rivet ]]
}

run_tests
