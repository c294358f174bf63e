# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# packages.sh - put packages onto a gateway's disk, and list the files of a release of it
#
# Sourced by scenarios that upgrade packages, after machine.sh.
#
# shellcheck disable=SC2154  # names of machine.sh

# In a namespace of their own, so that daemons of maintainers' scripts end with them.
install_packages()
{
	local into=$1 release=$2

	printf '#!/bin/sh\nexit 101\n' >"$into/usr/sbin/policy-rc.d"
	chmod 755 "$into/usr/sbin/policy-rc.d"
	# shellcheck disable=SC2016  # the other shell's
	unshare --mount --pid --net --fork --kill-child chroot "$into" /bin/sh -c '
		mount -t proc proc /proc
		PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive \
			dpkg -i "/opt/packages/$1/"*.deb' install "$release" >"$machine_dir/$release.log" 2>&1 ||
		die "cannot install the $release packages; see build/$scenario/$release.log"
	rm "$into/usr/sbin/policy-rc.d"
}

# The programs that may run on a gateway of that release, maintainers' scripts included
make_release()
{
	"$rivetctl" manifest build -n "$1" -v 1 -r "$2" -o "$machine_dir/$1.riv" \
		/usr /etc /opt /var/lib/dpkg/info
	sign manifest "$machine_dir/$1.riv"
}
