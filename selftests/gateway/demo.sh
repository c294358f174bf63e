#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh - the main job of rivet, end to end, on a gateway of its own
#
# Builds a Debian root filesystem with systemd and the mosquitto broker, makes
# and signs its reference values here, boots it with the stock 6.12 kernel, and shows
# the steps there (demo-steps.sh). Ends with 0 only if the result of every step is the
# one of its narration.

set -euo pipefail
# shellcheck source=selftests/gateway/machine.sh
. "$(dirname "$0")/machine.sh"

# The package that the broker was installed from, for the remedy.
add_packages()
{
	mkdir -p "$root/var/cache/rivet/packages"
	take_lock demo-packages
	apt_open amd64 bookworm bookworm-security
	apt_download "$root/var/cache/rivet/packages" mosquitto
}

# A program of which a hole is found later: its revocation is signed already, for brevity.
add_pump()
{
	cp "$root/usr/bin/sleep" "$root/usr/local/bin/pump"
	echo pump >>"$root/usr/local/bin/pump"
	"$rivetctl" manifest build --revoke -n pump -v 1 -o "$machine_dir/pump.revoke" \
		"sha256:$(sha256sum "$root/usr/local/bin/pump" | cut -d ' ' -f 1)"
	sign manifest "$machine_dir/pump.revoke"
}

write_policy()
{
	cat "$top_dir/policy/gateway.pol" - >"$machine_dir/gateway.pol" <<-END
		# This gateway: other bytes in the broker's place stay refused, and no revoked program goes on
		op=EXECUTE path=/usr/sbin/mosquitto action=QUARANTINE
		op=RUNNING riv=revoked action=KILL
	END
}

configure_remedy()
{
	echo 'remedy = /var/lib/rivet/remedy' >>"$root/etc/rivet/rivetd.conf"
	cat >>"$root/etc/rivet/remedy.conf" <<-END
		packages = /var/cache/rivet/packages
		restart = /usr/sbin/mosquitto mosquitto.service
	END
}

fill_root()
{
	add_packages
	add_pump
	configure_remedy
	write_policy
	say "  \$ rivetctl manifest build -n gateway-base -v 1 -r ROOT -o base.riv /usr"
	"$rivetctl" manifest build -n gateway-base -v 1 -r "$root" -o "$machine_dir/base.riv" /usr
	say "  \$ rivetctl manifest build -n broker -v 1 -r ROOT -o broker.riv /usr/sbin/mosquitto ..."
	"$rivetctl" manifest build -n broker -v 1 -r "$root" -o "$machine_dir/broker.riv" \
		/usr/sbin/mosquitto /usr/bin/mosquitto_pub /usr/bin/mosquitto_sub \
		/usr/lib/x86_64-linux-gnu/libmosquitto.so.1
	sign manifest "$machine_dir/base.riv"
	sign manifest "$machine_dir/broker.riv"
	sign policy "$machine_dir/gateway.pol"
}

run_scenario
