#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# install.test.sh - make, install, uninstall and dkms-install, with kernel headers that only
# note the calls

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

# Headers that compile each .c file once, and install as Kbuild does
fake_headers()
{
	mkdir -p headers
	cat >headers/Makefile <<-'END'
		.RECIPEPREFIX = >
		objects := $(patsubst %.c,%.o,$(wildcard $(M)/kmod/*.c))
		modules: $(M)/rivet.ko
		$(M)/rivet.ko: $(objects)
		> touch $@
		$(M)/kmod/%.o: $(M)/kmod/%.c
		> echo compile $(notdir $<) >>$(CALLS)
		> touch $@
		modules_install:
		> $(if $(CONFIG_MODULE_SIG_ALL),echo sign >>$(CALLS))
		> mkdir -p $(INSTALL_MOD_PATH)/lib/modules/R/updates
		> cp $(M)/rivet.ko $(INSTALL_MOD_PATH)/lib/modules/R/updates/rivet.ko.xz
	END
	printf '#!/bin/sh\necho "%s $*" >>"%s/calls"\n' dkms "$PWD" >dkms
	printf '#!/bin/sh\necho "%s $*" >>"%s/calls"\n' depmod "$PWD" >depmod
	chmod +x dkms depmod
	: >calls
}

# in_project TARGET...: make, with the results in this folder; the environment says how the
# kernel was configured
in_project()
{
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS CONFIG_MODULE_SIG_ALL=y CALLS="$PWD/calls" \
		make -C "$top" OUT="$PWD/built" KERNELRELEASE=R KDIR="$PWD/headers" \
		DKMS="$PWD/dkms" DKMS_TREE="$PWD/src" DEPMOD="$PWD/depmod" "$@"
}

called()
{
	grep -qxF -e "$1" calls || give_up "no call '$1' among: $(cat calls)"
}

test_missing_headers_are_named()
{
	expect 2 in_project module
	in_err "rivet: no kernel headers in $PWD/headers; on Debian: apt install linux-headers-R"
}

test_nothing_is_compiled_twice()
{
	fake_headers
	expect 0 in_project module
	expect 0 in_project install-module INSTALL_MOD_PATH="$PWD/root"
	[[ $(grep -c '^compile main.c$' calls) == 1 ]] || give_up "$(cat calls)"
	test -f root/lib/modules/R/updates/rivet.ko.xz
}

test_a_source_that_changed_is_compiled_again()
{
	fake_headers
	expect 0 in_project module
	touch -d '2001-01-01' built/module/R/kmod/main.[co]
	expect 0 in_project module
	[[ $(grep -c '^compile main.c$' calls) == 2 ]] || give_up "$(cat calls)"
}

# make_cert NAME CA USE: a certificate to build in; the subject says its name
make_cert()
{
	openssl req -x509 -new -newkey rsa:2048 -nodes -keyout "$1.key" -subj "/CN=$1" -days 9 \
		-addext "basicConstraints=critical,CA:$2" -addext "keyUsage=$3" \
		-out "$1.pem" 2>/dev/null
}

test_a_certificate_is_built_in()
{
	local made=built/module/R/kmod/trust/built_in.def

	fake_headers
	make_cert mill TRUE keyCertSign
	make_cert maid FALSE digitalSignature
	cat mill.pem maid.pem >both.pem
	expect 0 in_project module
	fails grep -q RIVET_BUILT_IN $made
	expect 0 in_project module TRUST="$PWD/both.pem"
	in_err "rivet: built in as CA: subject=CN = mill, sha256:$(openssl x509 -in mill.pem \
		-outform DER | sha256sum | cut -d ' ' -f 1)"
	[[ $(grep '^RIVET' $made) == $'RIVET_BUILT_IN(true,\nRIVET_BUILT_IN(false,' ]] ||
		give_up "$(cat $made)"
	cp $made both.def
	expect 0 in_project install-module INSTALL_MOD_PATH="$PWD/root"
	cmp $made both.def
	expect 0 in_project dkms-install
	cmp src/rivet-*/kmod/trust/built_in.def both.def
	expect 2 in_project module TRUST="$PWD/none.pem"
	expect 0 in_project clean
	expect 0 in_project module
	cmp $made both.def
	expect 0 in_project module TRUST=
	fails grep RIVET_BUILT_IN $made
}

test_a_file_without_a_certificate_is_not_built_in()
{
	fake_headers
	expect 2 in_project module TRUST="$PWD/none.pem"
	in_err "rivet: cannot read $PWD/none.pem: name the CA's certificate, as in TRUST=ca.pem"
	: >none.pem
	expect 2 in_project module TRUST="$PWD/none.pem"
	in_err "rivet: $PWD/none.pem has no certificate in PEM"
	expect 2 in_project module TRUST="$PWD/one.pem $PWD/two.pem"
	in_err "rivet: cannot read $PWD/one.pem $PWD/two.pem"
	fails grep -q compile calls
}

test_a_certificate_that_the_module_refuses_is_not_built_in()
{
	fake_headers
	make_cert mill TRUE digitalSignature
	make_cert maid FALSE keyCertSign
	for cert in mill maid; do
		expect 2 in_project module TRUST="$PWD/$cert.pem"
		in_err "a CA needs keyUsage keyCertSign, and a signer must not have it"
	done
	make_cert mill TRUE keyCertSign
	openssl x509 -in mill.pem -trustout -out trusted.pem
	cat trusted.pem >>mill.pem
	expect 2 in_project module TRUST="$PWD/mill.pem"
	in_err "has a block that is no BEGIN CERTIFICATE"
	fails grep -q compile calls
}

test_without_a_key_nothing_is_signed()
{
	fake_headers
	expect 0 in_project install-module INSTALL_MOD_PATH="$PWD/root"
	in_out "rivet.ko is not signed"
	fails grep -q sign calls
	fails grep -q depmod calls
}

test_with_a_key_it_is_signed()
{
	fake_headers
	mkdir headers/certs
	touch headers/certs/signing_key.pem
	expect 0 in_project install-module INSTALL_MOD_PATH="$PWD/root"
	called sign
	not_in_out "not signed"
}

# Below /, the names of modules are made known; this shows the command alone.
test_depmod_runs_for_this_machine_only()
{
	fake_headers
	expect 0 in_project install-module -n INSTALL_MOD_PATH=
	in_out "$PWD/depmod R"
	expect 0 in_project install-module -n INSTALL_MOD_PATH=/x
	not_in_out "$PWD/depmod"
}

test_dkms_drops_what_it_built_of_this_version()
{
	local version

	fake_headers
	expect 0 in_project dkms-install
	version=$(basename src/rivet-*)
	version=${version#rivet-}
	[[ $(cat calls) == "dkms remove rivet/$version --all
dkms install rivet/$version" ]] || give_up "$(cat calls)"
	grep -q "^PACKAGE_VERSION=\"$version\"" "src/rivet-$version/dkms.conf"
	test -f "src/rivet-$version/kmod/main.c"
}

# BUILD_EXCLUSIVE: kernels on which it cannot work are left out, not failed on
test_dkms_leaves_out_other_kernels()
{
	# shellcheck disable=SC1091
	. "$top/dkms.conf"
	[[ $BUILD_EXCLUSIVE_KERNEL_MIN == 6.1 ]]
	[[ " $BUILD_EXCLUSIVE_CONFIG " == *" CONFIG_BPF_LSM "* ]]
}

test_uninstall_leaves_the_configuration_alone()
{
	fake_headers
	expect 0 in_project install-module DESTDIR="$PWD/root"
	expect 0 in_project install-userspace DESTDIR="$PWD/root" OUT="$top/build"
	echo mine >root/etc/rivet/rivetd.conf
	test -x root/usr/bin/rivetctl
	test -f root/usr/share/rivet/policy/gateway.pol
	echo '# mine' >root/etc/rivet/rivet.conf
	expect 0 in_project install-userspace DESTDIR="$PWD/root" OUT="$top/build"
	expect 0 in_project uninstall DESTDIR="$PWD/root"
	grep -qx '# mine' root/etc/rivet/rivet.conf
	[[ $(find root -type f | sort) == "root/etc/logrotate.d/rivet
root/etc/rivet/remedy.conf
root/etc/rivet/rivet.conf
root/etc/rivet/rivetd.conf" ]] || give_up "left: $(find root -type f)"
	grep -qx mine root/etc/rivet/rivetd.conf
}

# The folder is there, empty and root's alone, and nothing is enabled.
test_boot_files_are_installed()
{
	expect 0 in_project install-userspace DESTDIR="$PWD/root" OUT="$top/build" PREFIX=/usr/local
	[[ $(stat -c '%a %n' root/etc/rivet/*.d) == "755 root/etc/rivet/ca.d
755 root/etc/rivet/revoke.d
755 root/etc/rivet/riv.d
755 root/etc/rivet/trust.d" ]] || give_up "$(stat -c '%a %n' root/etc/rivet/*)"
	grep -qx 'ExecStart=/usr/local/bin/rivetctl apply' \
		root/usr/local/lib/systemd/system/rivet.service
	fails grep -q '^RequiresMountsFor=.*/var' root/usr/local/lib/systemd/system/rivet.service
	fails grep -qv '^#\|^$' root/etc/rivet/rivet.conf
	fails grep -q '^ProtectKernelModules' root/usr/local/lib/systemd/system/rivet-remedy.service
	grep -qx 'StartLimitBurst=20' root/usr/local/lib/systemd/system/rivet-remedy.service
	[[ ! $(find root -name '*.wants') ]]
	[[ $(cd root/usr/local/share/rivet/initramfs-tools && find . -type f -perm 755 | sort) == \
		"./hooks/rivet
./scripts/init-bottom/rivet
./scripts/init-top/rivet" ]]
	[[ $(cd root/usr/local/share/rivet/dracut && find . -type f | sort) == \
		"./dracut.conf.d/rivet.conf
./modules.d/90rivet/module-setup.sh
./modules.d/90rivet/rivet-apply.sh
./modules.d/90rivet/rivet-load.sh" ]]
	test -x root/usr/local/share/rivet/init/procd/rivet
	test -x root/usr/local/share/rivet/init/procd/rivetd
}

# Without systemd: the script calls rivetctl apply, and its status is that
test_the_init_script_applies()
{
	local script=$top/userspace/boot/S01rivet

	mkdir bin
	printf '#!/bin/sh\necho "called $*"\nexit 4\n' >bin/rivetctl
	chmod +x bin/rivetctl
	expect 4 env PATH="$PWD/bin:$PATH" sh "$script" start
	in_out 'called apply'
	expect 0 env PATH="$PWD/bin:$PATH" sh "$script" stop
	not_in_out called
	expect 2 env PATH="$PWD/bin:$PATH" sh "$script"
}

# procd's rc.common, in small: it calls the function that is named, or start_service
test_the_scripts_for_procd_call_the_programs()
{
	local scripts=$top/userspace/boot/procd

	mkdir bin
	printf '#!/bin/sh\necho "called $*"\nexit 4\n' >bin/rivetctl
	chmod +x bin/rivetctl
	cat >rc.common <<-'END'
		. "$1"
		procd_open_instance() { echo open; }
		procd_set_param() { echo "param $*"; }
		procd_close_instance() { echo close; }
		"$2"
	END
	[[ $(head -n 1 "$scripts/rivet") == '#!/bin/sh /etc/rc.common' ]]
	expect 4 env PATH="$PWD/bin:$PATH" sh rc.common "$scripts/rivet" start
	in_out 'called apply'
	expect 4 env PATH="$PWD/bin:$PATH" sh rc.common "$scripts/rivet" reload
	in_out 'called apply'
	expect 0 sh rc.common "$scripts/rivetd" start_service
	in_out 'param command /usr/sbin/rivetd --foreground'
	# shellcheck source=/dev/null
	[[ $(. "$scripts/rivet"; echo "$START") < $(. "$scripts/rivetd"; echo "$START") ]]
}

# below_here FILE: the same script with the machine's folders below this one, and a rivetctl that
# notes its calls; it fails for the words in the file broken
below_here()
{
	mkdir -p etc/rivet/ca.d etc/rivet/trust.d usr/share/initramfs-tools sys/kernel/security/rivet dev bin
	cat >usr/share/initramfs-tools/hook-functions <<-'END'
		manual_add_modules() { :; }
		copy_exec() { :; }
		copy_file() { echo "copied $2"; }
	END
	printf '#!/bin/sh\necho "rivetctl $*"\n! grep -qxF "$*" "%s/broken"\n' "$PWD" >bin/rivetctl
	chmod +x bin/rivetctl
	touch broken
	sed "s|/etc/rivet|$PWD&|; s|/usr/share|$PWD&|; s|/sys/kernel|$PWD&|g; s|/dev/kmsg|$PWD&|" \
		"$top/userspace/boot/initramfs-tools/$1" >script
}

test_the_initramfs_hook_wants_a_signer()
{
	below_here hooks/rivet
	expect 0 sh script prereqs
	echo ca >etc/rivet/ca.d/ca.pem
	expect 1 sh script
	in_err "no certificate in"
	echo signer >etc/rivet/trust.d/signer.pem
	expect 0 sh script
	in_out "copied $PWD/etc/rivet/ca.d/ca.pem"
	in_out "copied $PWD/etc/rivet/trust.d/signer.pem"
}

# Only rings that are sealed keep what root has put into the root filesystem out.
test_the_initramfs_applies_only_when_sealed()
{
	below_here scripts/init-bottom/rivet
	expect 0 env PATH="$PWD/bin:$PATH" rootmnt=/root sh script
	not_in_out apply
	grep -q '^<1>rivet: ALARM' dev/kmsg
	one_line dev/kmsg
	rm dev/kmsg
	touch etc/rivet/trust.d/signer.pem
	echo 'trust seal' >broken
	expect 0 env PATH="$PWD/bin:$PATH" rootmnt=/root sh script
	in_out "rivetctl trust seal"
	not_in_out apply
	one_line dev/kmsg
	rm dev/kmsg
	: >broken
	expect 0 env PATH="$PWD/bin:$PATH" rootmnt=/root sh script
	in_out "rivetctl apply --root /root"
	[[ ! -e dev/kmsg ]]
}

run_tests
