#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh - the Debian packages: built, looked at by lintian, installed, upgraded, removed, purged
#
# usage: run.sh
#
# As root, on Debian. The packages are for this machine's release of Debian and are installed
# into a root folder of that release, below build/packages, which is made once. Nothing is
# installed on this machine but the programs that build and check packages. Ends with
# `N passed, N failed, 0 skipped`.

set -uo pipefail
# shellcheck source=selftests/vm/apt.sh
. "$(dirname "$0")/../vm/apt.sh"

out=$build_dir/packages
debs=$build_dir/deb
base=$out/base
root=$out/root
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
passed=0 failed=0

# Libraries that the packages depend on, so that no test needs the archive
needed=systemd,dkms,initramfs-tools,libmnl0,libkeyutils1,libssl3,libarchive13,openssl,gcc,make

make_base()
{
	take_lock packages-base
	[[ ! -e $base.stamp ]] || return 0
	rm -rf "$base"
	mkdir -p "$out"
	source_line "$suite" >"$base.list"
	unshare --mount mmdebstrap --quiet --mode=root --variant=minbase --include="$needed" \
		--aptopt='APT::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$suite" "$base" "$base.list" >"$base.log" 2>&1 ||
		die "cannot make the root folder; see build/packages/base.log"
	touch "$base.stamp"
}

# in_root COMMAND...: its output is then in the file said. Of this machine only /proc is in
# there: without /run/systemd no service can be started.
in_root()
{
	# shellcheck disable=SC2016  # of the inner shell
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive HOME=/root \
		unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' \
		"$root" "$@" >"$out/said" 2>&1 </dev/null
}

said()
{
	grep -qF -e "$1" "$out/said"
}

# install_debs FILE...: as an operator does it, without the archive
install_debs()
{
	rm -rf "$root/debs"
	mkdir -p "$root/debs"
	cp "$@" "$root/debs/"
	in_root sh -c 'apt-get install -y --no-install-recommends -o Dpkg::Use-Pty=0 \
		-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold /debs/*.deb'
}

# newer FILE OUT: the same package as version 0.1.1~test, with another rivetd.conf
newer()
{
	local folder=$out/newer

	rm -rf "$folder"
	dpkg-deb -R "$1" "$folder"
	sed -i 's/^Version: .*/Version: 0.1.1~test/; s/rivetctl (= [^)]*)/rivetctl (= 0.1.1~test)/' \
		"$folder/DEBIAN/control"
	[[ ! -e $folder/etc/rivet/rivetd.conf ]] || echo '# new' >>"$folder/etc/rivet/rivetd.conf"
	dpkg-deb --root-owner-group -b "$folder" "$2" >/dev/null
}

# module_deb: that of the module for Debian's 6.12, signed with a throw-away key
module_deb()
{
	local kernel=$vm_dir/kernel.sh

	release=$("$kernel" path 6.12 release)
	[[ -e $out/module.pem ]] ||
		openssl req -new -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=module \
			-keyout "$out/module.key" -out "$out/module.pem" 2>/dev/null
	make -s -C "$top_dir" OUT="$out/module" KERNELRELEASE="$release" \
		KDIR="$("$kernel" path 6.12 headers)" RIVETCTL="$build_dir/userspace/bin/rivetctl" \
		MODULE_KEY="$out/module.key" MODULE_CERT="$out/module.pem" module-deb >"$out/said" 2>&1
}

version_of()
{
	dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Version} ${db:Status-Status}' "$1"
}

test_lintian_finds_nothing()
{
	lintian --allow-root --fail-on error,warning "$debs"/*.changes >"$out/said" 2>&1
}

test_they_are_installed()
{
	install_debs "$debs"/rivet{,ctl}_*.deb "$debs"/rivet-{workshop,dkms,initramfs}_*.deb &&
		in_root rivetctl --version && [[ $(version_of rivet) == *' installed' ]]
}

test_nothing_is_enabled()
{
	! find "$root/etc/systemd" -name 'rivet*' | grep -q . &&
		in_root getent group rivet &&
		[[ $(stat -c '%a %U' "$root/var/lib/rivet") == '700 root' ]] &&
		! grep -qv '^#\|^$' "$root/etc/rivet/rivet.conf"
}

test_the_source_is_known_to_dkms()
{
	in_root dkms status && said rivet/ && said ': added'
}

test_the_workshop_lists_and_signs()
{
	cp "$top_dir/debian/tests/workshop" "$root/workshop" && mkdir -p "$root/tmp/workshop" &&
		in_root env AUTOPKGTEST_TMP=/tmp/workshop sh /workshop
}

# The hook fails where no signer would be in the initramfs, and says where it has to be.
test_the_initramfs_hook_is_in_place()
{
	! in_root sh -c 'cd /tmp && sh /usr/share/initramfs-tools/hooks/rivet' &&
		said 'no certificate in /etc/rivet/trust.d'
}

# The files stand for the module's: it enforces, and no set is loaded.
test_apt_and_dpkg_stop_before_unpacking()
{
	mkdir -p "$root/sys/kernel/security/rivet" "$out/new"
	rm -f "$out"/new/*.deb
	newer "$debs"/rivet_*.deb "$out/new/rivet.deb" &&
		newer "$debs"/rivetctl_*.deb "$out/new/rivetctl.deb" || return
	echo enforce >"$root/sys/kernel/security/rivet/mode"
	: >"$root/sys/kernel/security/rivet/riv"
	! install_debs "$out"/new/*.deb &&
		said 'rivetctl.deb: no loaded set lists /usr/bin/rivetctl' &&
		said 'nothing is unpacked' && ! said 'Unpacking' &&
		! in_root dpkg -i /debs/rivetctl.deb && said 'nothing is unpacked' &&
		! said 'Unpacking' && [[ $(version_of rivetctl) == '0.1.0 installed' ]] &&
		echo audit >"$root/sys/kernel/security/rivet/mode"
}

test_an_upgrade_keeps_what_was_changed()
{
	echo 'log =' >>"$root/etc/rivet/rivetd.conf"
	echo mine >"$root/etc/rivet/trust.d/signer.pem"
	install_debs "$out"/new/*.deb && [[ $(version_of rivet) == '0.1.1~test installed' ]] &&
		grep -qx 'log =' "$root/etc/rivet/rivetd.conf" &&
		! grep -qx '# new' "$root/etc/rivet/rivetd.conf"
}

# As it is built twice, with the digests of the manifest, and signed
test_a_package_with_a_module()
{
	local release deb file

	module_deb || return
	deb=$(echo "$out"/module/module-deb/*.deb)
	sha256sum "$out"/module/module-deb/* >"$out/sums"
	module_deb && sha256sum --quiet -c "$out/sums" || return
	lintian --allow-root --fail-on error,warning "$deb" >"$out/said" 2>&1 || return
	mkdir -p "$root/boot/grub"
	touch "$root/boot/grub/grub.cfg"
	printf '#!/bin/sh\necho update-grub called\n' >"$root/usr/sbin/update-grub"
	chmod 755 "$root/usr/sbin/update-grub"
	install_debs "$deb" && said 'update-grub called' || return
	file=usr/lib/modules/$release/updates/rivet.ko
	tail -c 28 "$root/$file" | grep -q '~Module signature appended~' &&
		[[ $(modinfo -F signer "$root/$file") == module ]] &&
		grep -q "^sha256:$(sha256sum <"$root/$file" | cut -d ' ' -f 1) .* kmod /$file\$" \
			"${deb%.deb}.riv"
}

# The file stands for the module's.
test_they_stay_while_it_enforces()
{
	mkdir -p "$root/sys/kernel/security/rivet"
	echo enforce >"$root/sys/kernel/security/rivet/mode"
	! in_root apt-get remove -y rivet && said 'this gateway enforces, so rivet stays' &&
		! in_root apt-get purge -y rivetctl && said 'rivetctl unlock request' &&
		[[ $(version_of rivet) == *' installed' && $(version_of rivetctl) == *' installed' ]]
}

test_they_go_in_audit_mode()
{
	echo audit >"$root/sys/kernel/security/rivet/mode"
	in_root apt-get remove -y rivet rivetctl && [[ ! -e $root/usr/bin/rivetctl ]] &&
		grep -qx 'log =' "$root/etc/rivet/rivetd.conf"
}

test_purge_leaves_the_operators_files()
{
	mkdir -p "$root/var/log/rivet"
	in_root dpkg --purge rivet rivetctl rivet-workshop rivet-dkms rivet-initramfs &&
		[[ $(cd "$root" && find etc/rivet var/lib/rivet var/log/rivet usr/src/rivet* \
			etc/logrotate.d/rivet -type f 2>/dev/null) == etc/rivet/trust.d/signer.pem ]] &&
		[[ ! -e $root/var/lib/rivet && ! -e $root/etc/rivet/riv.d ]]
}

run_tests()
{
	local name

	for name in $(declare -F | sed -n 's/^declare -f test_//p' |
		grep -nFf - "$0" | sed -n 's/^[0-9]*:test_\(.*\)()$/\1/p'); do
		if "test_$name"; then
			passed=$((passed + 1))
			echo "ok - ${name//_/ }"
		else
			failed=$((failed + 1))
			tail -n 20 "$out/said" | sed 's/^/# /'
			echo "not ok - ${name//_/ }"
		fi
	done
	echo "$passed passed, $failed failed, 0 skipped"
	((failed == 0))
}

((EUID == 0)) || die "not root"
"$top_dir/selftests/deps.sh" packages && "$top_dir/selftests/deps.sh" vm || exit 1
"$vm_dir/kernel.sh" prepare 6.12 || exit 1
mkdir -p "$out"
make -s -C "$top_dir" OUT="$build_dir" deb >"$out/deb.log" 2>&1 ||
	die "make deb failed; see build/packages/deb.log"
(make_base) || exit 1
rm -rf "$root"
cp -a --reflink=auto "$base" "$root"
run_tests
