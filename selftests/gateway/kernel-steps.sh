#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel-steps.sh - upgrading the kernel and making an initramfs, on the gateway

# shellcheck source=selftests/gateway/steps.sh
. /opt/steps/steps.sh

export LC_ALL=C DEBIAN_FRONTEND=noninteractive
packages=/opt/packages
release=$(cat /opt/steps/release)
image=/boot/initrd.img-$release

# upgrade: its output is long, and shown only if it failed
upgrade()
{
	apt-get install -y $packages/new-kernel/*.deb >/tmp/apt.log 2>&1 || {
		tail -n 30 /tmp/apt.log
		fail "apt-get did not upgrade the kernel"
	}
	grep -q "update-initramfs: Generating $image" /tmp/apt.log || {
		tail -n 30 /tmp/apt.log
		fail "no initramfs was made"
	}
}

make_by_dracut()
{
	dracut --force /var/tmp/dracut.img "$release" >/tmp/dracut.log 2>&1 || {
		tail -n 30 /tmp/dracut.log
		fail "dracut made no initramfs"
	}
}

# list_files IMAGE: its files
list_files()
{
	lsinitramfs "$1" >/tmp/files || fail "$1 cannot be listed"
	sort /tmp/files
}

# holds LIST PATTERN: a file of that name is among them
holds()
{
	grep -E "(^|/)$2\$" "$1" >/tmp/held || fail "no $2 in it"
	say "$(sed -n 1p /tmp/held)"
}

# same_as_without NAME: in its list of files
same_as_without()
{
	holds "/tmp/$1.now" 'libc\.so\.6'
	holds "/tmp/$1.now" 'ld-linux-x86-64\.so\.2'
	holds "/tmp/$1.now" '(busybox|sh)'
	holds "/tmp/$1.now" 'overlay\.ko'
	diff "/opt/control/$1.without" "/tmp/$1.now" >/tmp/diff || {
		sed 's/^/     /' /tmp/diff
		fail "with rivet it has other files than without"
	}
	as_expected "$(grep -c . "/tmp/$1.now") files, the same as without rivet"
}

step "The gateway enforces; release 2, with the new kernel, is listed beside release 1"
must modprobe rivet
must rivetctl trust add /etc/rivet/signer.pem
must rivetctl trust seal
must rivetctl manifest load /etc/rivet/release-1.riv.signed
must rivetctl manifest load /etc/rivet/release-2.riv.signed
must rivetctl policy load /etc/rivet/gateway.pol.signed
must rivetctl mode enforce
must systemctl restart mosquitto
send_and_receive 20.5
count_from_here
must ldd /usr/bin/date
says 'libc\.so\.6'

step "apt upgrades the kernel; update-initramfs makes its initramfs"
upgrade
must dpkg-query -W linux-image-cloud-amd64 "linux-image-$release"
list_files "$image" >/tmp/initramfs.now
same_as_without initramfs

step "dracut makes one, with the copies that it makes listed for any path"
must rivetctl manifest load /etc/rivet/initramfs-copies.riv.signed
make_by_dracut
list_files /var/tmp/dracut.img >/tmp/dracut.now
same_as_without dracut

nothing_refused

step "A file of the new kernel that is not as listed: the module does not load"
echo >>"/usr/lib/modules/$release/kernel/fs/overlayfs/overlay.ko"
must_not rivetctl check "/usr/lib/modules/$release/kernel/fs/overlayfs/overlay.ko"
says "mismatch"

finish
