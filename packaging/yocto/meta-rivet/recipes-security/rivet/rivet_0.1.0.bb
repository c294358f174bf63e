# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "rivet: tool, agents and services"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://COPYING;md5=b234ee4d69f5fce4486a80fdaf4a4263"

DEPENDS = "keyutils libarchive libmnl openssl xz zlib zstd"

inherit externalsrc pkgconfig systemd

EXTERNALSRC = "${RIVET_SOURCE}"
EXTERNALSRC_BUILD = "${WORKDIR}/build"
EXTRA_OEMAKE = "-C ${S}/userspace OUT=${B} PREFIX=${prefix} LIBARCHIVE=-larchive"

do_compile() {
	oe_runmake all
}

do_install() {
	oe_runmake DESTDIR=${D} install
	rm -rf ${D}${datadir}/rivet/initramfs-tools
}

SYSTEMD_SERVICE:${PN} = "rivet.service rivetd.service rivet-remedy.service rivet-remedy.path"
SYSTEMD_AUTO_ENABLE = "disable"
RRECOMMENDS:${PN} += "rivet-module"
FILES:${PN} += "${systemd_system_unitdir} ${datadir}/rivet ${datadir}/bash-completion"
CONFFILES:${PN} += "${sysconfdir}/rivet/rivet.conf ${sysconfdir}/rivet/rivetd.conf ${sysconfdir}/rivet/remedy.conf"
