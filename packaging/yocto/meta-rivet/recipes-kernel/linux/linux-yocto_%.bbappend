# SPDX-License-Identifier: GPL-2.0-only
FILESEXTRAPATHS:prepend := "${THISDIR}/files:"
SRC_URI += "file://rivet.cfg"
