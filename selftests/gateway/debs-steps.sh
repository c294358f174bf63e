#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# debs-steps.sh - rivet's own packages upgraded under enforcement, on the gateway

# shellcheck source=selftests/gateway/steps.sh
. /opt/steps/steps.sh

export LC_ALL=C DEBIAN_FRONTEND=noninteractive
packages=/opt/packages
signed=/opt/signed

step "The gateway runs release 1, from packages, and enforces"
must rivetctl apply
must rivetctl mode enforce
must dpkg-query -W rivet rivetctl
says '0\.1\.0'

step "Newer packages, while only release 1 is listed: dpkg and apt unpack nothing"
must_not dpkg -i $packages/new/rivetctl_*.deb $packages/new/rivet_*.deb
says 'the set release-1 has another /usr/.*, and its successor is not loaded'
must_not apt-get install -y $packages/new/rivetctl_*.deb $packages/new/rivet_*.deb
says 'nothing is unpacked'
must dpkg-query -W rivet rivetctl
says '0\.1\.0'
must rivetctl --version

step "The update is begun: release 2 is listed beside release 1"
must rivetctl manifest begin $signed/release-2.riv.signed $signed/no-release-1.riv.signed
says 'the update release-2 is pending'
must_not rivetctl manifest commit release-2
says 'is not as the new set lists it'
count_from_here

step "apt upgrades both packages, their scripts run, and the update is committed"
must apt-get install -y -o Dpkg::Use-Pty=0 $packages/new/rivetctl_*.deb $packages/new/rivet_*.deb
must dpkg-query -W rivet rivetctl
says '0\.1\.1~test'
must rivetctl manifest commit release-2
says 'withdrawn'
must rivetctl status

nothing_refused

step "The old rivetctl does not run, if somebody brings it back"
dpkg-deb --fsys-tarfile $packages/old/rivetctl_*.deb | tar -xO ./usr/bin/rivetctl >/usr/bin/rivetctl.old
chmod 755 /usr/bin/rivetctl.old
mv /usr/bin/rivetctl /usr/bin/rivetctl.new
mv /usr/bin/rivetctl.old /usr/bin/rivetctl
must_not /usr/bin/rivetctl --version
says 'ermission denied'
mv /usr/bin/rivetctl.new /usr/bin/rivetctl

step "The packages stay while the gateway enforces"
must_not apt-get purge -y -o Dpkg::Use-Pty=0 rivet rivetctl
says 'this gateway enforces, so rivet'
must rivetctl --version

step "A signed request ends that, and they go"
must rivetctl unlock request -o /tmp/request
signed unlock
must rivetctl unlock apply /tmp/token
must apt-get purge -y -o Dpkg::Use-Pty=0 rivet rivetctl
[ ! -e /usr/bin/rivetctl ] || fail "rivetctl is left"
[ ! -e /var/lib/rivet ] || fail "/var/lib/rivet is left"
[ -e /etc/rivet/trust.d/signer.pem ] || fail "the operator's certificate is gone"
as_expected "gone; the certificate, the sets and the policy are still there"

finish
