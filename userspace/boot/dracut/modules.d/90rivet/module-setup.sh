#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# rivet - into the initramfs: module, fast SHA-256, rivetctl, trust anchors
#
# shellcheck disable=SC2154  # of dracut

check()
{
	require_binaries rivetctl modprobe mount
}

depends()
{
	echo base
}

# Those that this kernel has; the others are built in or for another processor.
installkernel()
{
	hostonly='' instmods rivet || return 1
	hostonly='' instmods -c -s sha256_ssse3 sha256_ce sha256_arm64 || :
}

# Sets and policy come from the root filesystem, so that they need no new initramfs.
install()
{
	local folder cert signers=0

	inst_multiple rivetctl modprobe mount
	for folder in ca.d trust.d; do
		for cert in "$dracutsysrootdir/etc/rivet/$folder"/*.pem; do
			[[ -f $cert ]] || continue
			inst_simple "${cert#"$dracutsysrootdir"}" || return 1
			[[ $folder == ca.d ]] || signers=$((signers + 1))
		done
	done
	if ((!signers)); then
		dfatal "rivet: no certificate in /etc/rivet/trust.d: copy the signer's there, as NAME.pem"
		exit 1
	fi
	inst_hook cmdline 00 "$moddir/rivet-load.sh"
	inst_hook pre-pivot 99 "$moddir/rivet-apply.sh"
}
