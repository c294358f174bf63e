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

# A program whose failures are so grave that the gateway is taken off the network.
add_valve()
{
	cp "$root/usr/bin/sleep" "$root/usr/local/bin/valve"
	echo valve >>"$root/usr/local/bin/valve"
}

# Behind eth0 is a machine that sends back what it gets at two ports; echoes PORT tries it.
add_network()
{
	nic=user,model=virtio-net-pci,restrict=on
	nic+=,guestfwd=tcp:10.0.2.100:8883-cmd:cat,guestfwd=tcp:10.0.2.100:9999-cmd:cat
	cp "$build_dir/guest/$kernel/root/usr/bin/busybox" "$root/usr/bin/"
	cat >"$root/usr/local/bin/echoes" <<-'END'
		#!/bin/bash
		exec timeout 5 bash -c 'exec 9<>"/dev/tcp/10.0.2.100/$0" && echo hello >&9 &&
			read -r got <&9 && echo "$got" && [[ $got == hello ]]' "$1"
	END
	chmod 755 "$root/usr/local/bin/echoes"
}

write_policy()
{
	cat "$top_dir/policy/gateway.pol" - >"$machine_dir/gateway.pol" <<-END
		# This gateway: other bytes in the broker's place stay refused, and no revoked program goes on
		op=EXECUTE path=/usr/sbin/mosquitto action=QUARANTINE
		op=RUNNING riv=revoked action=KILL
		# Three violations within a minute take it off the network, but for the core
		op=EXECUTE riv=mismatch path=/usr/local/bin/valve action=DENY respond=ISOLATE after=3/60
		SET isolate-uplink=eth0
		SET isolate-allow=10.0.2.100:8883/tcp
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
	add_valve
	add_network
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
