#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# memory-steps.sh - the steps of memory.sh, on the gateway

# shellcheck source=selftests/gateway/steps.sh
. /opt/steps/steps.sh

# figures: of memory, and of the pages that are held, in KiB
figures()
{
	awk '/^(MemTotal|MemFree|MemAvailable|Cached|Mapped):/ { printf "   %s %s KiB\n", $1, $2 }' \
		/proc/meminfo
	[ ! -e $secfs/stats ] || sed -n 's/^resident_/   &/p' $secfs/stats
}

stat_value()
{
	sed -n "s/^$1 //p" $secfs/stats
}

# huge_pages: how many of 2 MiB can be had when the kernel tries hard
huge_pages()
{
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
	echo 1000 >/proc/sys/vm/nr_hugepages
	say "huge pages that can be had: $(cat /proc/sys/vm/nr_hugepages)"
	echo 0 >/proc/sys/vm/nr_hugepages
}

step "The gateway is up, with the mosquitto broker, and without rivet"
must systemctl is-active mosquitto
send_and_receive 20.5
figures
huge_pages

step "It enforces; the pages of what is in use stay in memory"
modprobe rivet
rivetctl trust add /etc/rivet/signer.pem >/dev/null
rivetctl trust seal >/dev/null
must rivetctl manifest load /etc/rivet/gateway.riv.signed
must rivetctl policy load /etc/rivet/mapped.pol.signed
must rivetctl mode enforce
systemctl daemon-reexec
for unit in systemd-journald systemd-udevd systemd-logind dbus mosquitto; do
	systemctl restart $unit 2>/dev/null
done
send_and_receive 21.0
sleep 3
figures
[ "$(stat_value resident_pages)" -gt 1000 ] || fail "hardly any pages are held"

step "Others want memory: huge pages"
huge_pages
figures

step "Others want memory: nearly all of it"
before=$(stat_value resident_pages)
mount -t tmpfs -o size=100% none /mnt
left=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
dd if=/dev/zero of=/mnt/fill bs=1024k count=$(((left - before * 4 - 24576) / 1024)) 2>/dev/null
figures
send_and_receive 21.5
as_expected "the broker works"
rm /mnt/fill
umount /mnt
[ "$(stat_value resident_given_back)" -gt 0 ] || fail "no pages were given back"
as_expected "what nobody used was given back"

step "What was given back is measured again when it is used"
mosquitto_pub --help >/dev/null
find /usr/bin/id /usr/bin/date /bin/ps -type f -exec {} --version \; >/dev/null 2>&1
figures

step "resident=off"
must rivetctl policy load /etc/rivet/off.pol.signed
figures
[ "$(stat_value resident_pages)" = 0 ] || fail "pages are held"

finish
