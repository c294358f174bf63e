#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debs.sh - rivet's own Debian packages on an enforcing gateway: upgraded by apt with an update
# that is begun and committed, stopped without one, and purged in audit mode
#
# usage: debs.sh
#
# Ends with 0 only if every step passed.

set -euo pipefail
# shellcheck source=selftests/gateway/machine.sh
. "$(dirname "$0")/machine.sh"
# shellcheck source=selftests/gateway/packages.sh
. "$gateway_dir/packages.sh"

timeout=1500
disk_size=1800M

# The packages that libarchive needs and the gateway lacks, with itself
list_libraries()
{
	private_apt apt-get -s -o Dir::State::status="$base/var/lib/dpkg/status" install libarchive13 \
		libzstd1 | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\).*/\1=\2/p'
}

# make_newer FILE: the same package as version 0.1.1~test, with one more line in its programs
make_newer()
{
	local folder=$machine_dir/newer

	rm -rf "$folder"
	dpkg-deb -R "$1" "$folder"
	sed -i 's/^Version: .*/Version: 0.1.1~test/; s/rivetctl (= [^)]*)/rivetctl (= 0.1.1~test)/' \
		"$folder/DEBIAN/control"
	find "$folder/usr/bin" "$folder/usr/sbin" -type f -exec sh -c 'echo newer >>"$1"' append {} \; \
		2>/dev/null || true
	dpkg-deb --root-owner-group -b "$folder" "$machine_dir/packages/new" >/dev/null
}

fetch_packages()
{
	local names release

	rm -rf "$machine_dir/packages"
	mkdir -p "$machine_dir/packages/old" "$machine_dir/packages/new"
	take_lock debs
	apt_open amd64 bookworm bookworm-security
	mapfile -t names < <(list_libraries)
	apt_download "$machine_dir/packages/old" "${names[@]}"
	"$top_dir/selftests/deps.sh" packages
	make -s -C "$top_dir" OUT="$build_dir" deb >"$machine_dir/deb.log" 2>&1 ||
		die "make deb failed; see build/$scenario/deb.log"
	cp "$build_dir"/deb/rivet{,ctl}_*.deb "$machine_dir/packages/old/"
	release=$("$vm_dir/kernel.sh" path "$kernel" release)
	RIVETCTL=$rivetctl bash "$top_dir/packaging/module-deb.sh" "$build_dir/$release/rivet.ko" \
		"$release" "$("$vm_dir/kernel.sh" path "$kernel" headers)" 0.1.0 "$machine_dir/module" \
		>"$machine_dir/module-deb.log" 2>&1 || die "no module package; see build/$scenario/module-deb.log"
	cp "$machine_dir"/module/*.deb "$machine_dir/packages/old/"
	make_newer "$build_dir"/deb/rivet_*.deb
	make_newer "$build_dir"/deb/rivetctl_*.deb
}

# Both releases are signed here; the gateway starts with the first one.
fill_root()
{
	local next=$machine_dir/next

	fetch_packages
	cp -a "$machine_dir/packages" "$root/opt/"
	install_packages "$root" old
	rm -rf "$next"
	cp -ax --reflink=auto "$root" "$next"
	install_packages "$next" new
	make_release release-1 "$root"
	make_release release-2 "$next"
	"$rivetctl" manifest build -n release-1 -v 2 --withdraw -o "$machine_dir/no-release-1.riv"
	sign manifest "$machine_dir/no-release-1.riv"
	sign policy "$top_dir/policy/gateway.pol"
	mkdir "$root/opt/signed"
	mv "$root"/etc/rivet/{release-2,no-release-1}.riv.signed "$root/opt/signed/"
	mv "$root/etc/rivet/release-1.riv.signed" "$root/etc/rivet/riv.d/release-1.signed"
	mv "$root/etc/rivet/gateway.pol.signed" "$root/etc/rivet/policy.signed"
	mv "$root/etc/rivet/signer.pem" "$root/etc/rivet/trust.d/"
	rm -rf "$next"
}

run_scenario
