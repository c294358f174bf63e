#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# upgrade.sh - packages are upgraded on an enforcing gateway, and nothing is denied
#
# usage: upgrade.sh [DECISIONS]     a million, unless said
#        upgrade.sh kernel          the kernel package instead (kernel.sh)
#
# Two releases of the same gateway: one with the oldest version of each package that
# the archive still has, one with the newest. apt upgrades from one to the other and
# back while a program makes rivet decide so many times (upgrade-steps.sh). Ends with
# 0 only if every step passed.

set -euo pipefail
# shellcheck source=selftests/gateway/machine.sh
. "$(dirname "$0")/machine.sh"
# shellcheck source=selftests/gateway/packages.sh
. "$gateway_dir/packages.sh"

[[ ${1-} != kernel ]] || exec bash "$gateway_dir/kernel.sh"

decisions=${1:-1000000}
timeout=5000
disk_size=2000M
[[ $decisions =~ ^[1-9][0-9]*$ ]] || die "usage: upgrade.sh [DECISIONS|kernel]"

# "NAME OLDEST NEWEST" of each package of the gateway that the archive has two versions of
list_upgrades()
{
	local names

	mapfile -t names < <(dpkg-query --admindir="$base/var/lib/dpkg" -W -f '${Package}\n')
	private_apt apt-cache madison "${names[@]}" | awk '
		!($1 in newest) { newest[$1] = $3; order[++count] = $1 }
		{ oldest[$1] = $3 }
		END {
			for (i = 1; i <= count; i++)
				if (oldest[order[i]] != newest[order[i]])
					print order[i], oldest[order[i]], newest[order[i]]
		}'
}

fetch_packages()
{
	local name oldest newest old=() new=()

	take_lock upgrade
	apt_open amd64 bookworm bookworm-security
	while read -r name oldest newest; do
		say "  $name: $oldest, $newest"
		old+=("$name=$oldest") new+=("$name=$newest")
	done < <(list_upgrades)
	((${#old[@]})) || die "the archive has one version of each package only"
	rm -rf "$machine_dir/packages"
	apt_download "$machine_dir/packages/old" "${old[@]}"
	apt_download "$machine_dir/packages/new" "${new[@]}"
}

fill_root()
{
	local next=$machine_dir/next

	fetch_packages
	cp -a "$machine_dir/packages" "$root/opt/"
	gcc -O2 -Wall -Wextra -Werror -static -o "$root/opt/steps/soak" \
		"$top_dir/selftests/kselftest/helpers/soak.c"
	echo "$decisions" >"$root/opt/steps/decisions"
	install_packages "$root" old
	rm -rf "$next"
	cp -ax --reflink=auto "$root" "$next"
	install_packages "$next" new
	make_release release-1 "$root"
	make_release release-2 "$next"
	"$rivetctl" manifest build -n release-1 -v 2 --withdraw -o "$machine_dir/no-release-1.riv"
	sign manifest "$machine_dir/no-release-1.riv"
	sign policy "$top_dir/policy/gateway.pol"
	rm -rf "$next"
}

run_scenario
