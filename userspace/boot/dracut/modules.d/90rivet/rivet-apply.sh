#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# rivet - before the first program of the root filesystem: its sets and policy
#
# dracut sources this, so nothing here ends the shell. As in the scripts for initramfs-tools,
# the initramfs' own certificates come first, and without the seal nothing is loaded.

[ -d /sys/kernel/security/rivet ] || mount -t securityfs securityfs /sys/kernel/security
rivet_trusted='' rivet_sealed=''
for rivet_cert in /etc/rivet/ca.d/*.pem; do
	[ ! -f "$rivet_cert" ] || rivetctl trust add --ca "$rivet_cert"
done
for rivet_cert in /etc/rivet/trust.d/*.pem; do
	[ ! -f "$rivet_cert" ] || { rivetctl trust add "$rivet_cert" && rivet_trusted=yes; }
done
[ -z "$rivet_trusted" ] || { rivetctl trust seal && rivet_sealed=yes; }
if [ -n "$rivet_sealed" ]; then
	rivetctl apply --root "$NEWROOT"
else
	echo '<1>rivet: ALARM: the initramfs could not seal the trust rings; rivet.service loads the rest' \
		>/dev/kmsg
fi
