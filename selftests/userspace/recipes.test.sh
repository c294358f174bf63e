#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# recipes.test.sh - the recipes for Yocto and OpenWrt as far as they can be tried without these

# shellcheck source=selftests/userspace/lib.sh
. "$(dirname "$0")/lib.sh"

layer=$top/packaging/yocto/meta-rivet

# Kernels with which all of rivet's tests run have what the fragment asks for.
test_the_fragment_is_what_tested_kernels_have()
{
	local config found='' option

	for config in "$top"/build/kernels/*/image/boot/config-*; do
		[[ -f $config ]] || continue
		found=1
		while IFS= read -r option; do
			grep -qxF "$option" "$config" || give_up "$option is not in $config"
		done < <(grep '^CONFIG_' "$layer/recipes-kernel/linux/files/rivet.cfg")
	done
	[[ $found ]] || skip_test "no kernel is unpacked below build/kernels"
}

test_versions_and_licence_are_the_projects()
{
	local version sum recipe

	version=$(sed -n 's/^#define RIVET_VERSION "\(.*\)"/\1/p' "$top/kmod/version.h")
	sum=$(md5sum <"$top/COPYING")
	for recipe in "$layer"/recipes-*/*/*.bb; do
		[[ $recipe == *"_$version.bb" ]] || give_up "$recipe is not for $version"
		grep -qF "COPYING;md5=${sum%% *}" "$recipe"
	done
	grep -qx "PKG_VERSION:=$version" "$top/packaging/openwrt/rivet/Makefile"
	grep -q "^rivet ($version)" "$top/debian/changelog"
}

# OpenWrt's makefiles are replaced by few lines that do the steps one after another; so is the
# module's build, and that of userspace, by a note.
test_the_steps_for_openwrt()
{
	mkdir -p top include bin root pkg/usr/bin pkg/usr/sbin pkg/etc/rivet pkg/usr/share/rivet/init
	cp "$top/userspace/boot/S01rivet" pkg/usr/share/rivet/init/
	# shellcheck disable=SC2016  # of the inner shell
	printf '#!/bin/sh\necho "$@" >>"%s/calls"\n' "$PWD" >bin/note
	chmod +x bin/note
	touch include/kernel.mk
	cat >top/rules.mk <<-END
		INCLUDE_DIR:=$PWD/include
		PKG_BUILD_DIR:=$PWD/build
		PKG_INSTALL_DIR:=$PWD/pkg
		KERNEL_MAKE:=$PWD/bin/note kernel
		MAKE:=$PWD/bin/note make
		TARGET_CC:=target-gcc
		CP:=cp -a
		INSTALL_DIR:=mkdir -p
		INSTALL_BIN:=install -m 0755
	END
	# shellcheck disable=SC2016  # of make
	printf '%s\n' 'steps:' '	$(Build/Prepare)' '	$(Build/Compile)' \
		"	\$(call Package/rivet/install,$PWD/root)" >include/package.mk
	expect 0 env -u MAKEFLAGS -u MAKELEVEL make -C "$top/packaging/openwrt/rivet" TOPDIR="$PWD/top" steps
	test -f build/kmod/main.c
	test -f build/Kbuild
	test -f build/userspace/Makefile
	grep -q "^kernel M=$PWD/build modules" calls
	grep -q "^make -C $PWD/build/userspace .*CC=target-gcc.*install" calls
	test -x root/etc/init.d/S01rivet
}

run_tests
