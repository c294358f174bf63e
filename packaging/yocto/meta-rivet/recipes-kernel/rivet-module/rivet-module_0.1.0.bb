# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "rivet: the security module"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://COPYING;md5=b234ee4d69f5fce4486a80fdaf4a4263"

inherit module externalsrc

EXTERNALSRC = "${RIVET_SOURCE}"
EXTERNALSRC_BUILD = "${WORKDIR}/build"
DEPENDS += "rsync-native"
COMPATIBLE_HOST = "(x86_64|aarch64).*-linux"

EXTRA_OEMAKE += "KDIR=${STAGING_KERNEL_BUILDDIR} KERNELRELEASE=${KERNEL_VERSION} OUT=${B}"

do_compile() {
	unset CFLAGS CPPFLAGS CXXFLAGS LDFLAGS
	oe_runmake -C ${S} module
}

do_install() {
	install -D -m 0644 ${B}/module/${KERNEL_VERSION}/rivet.ko \
		${D}${nonarch_base_libdir}/modules/${KERNEL_VERSION}/updates/rivet.ko
}
