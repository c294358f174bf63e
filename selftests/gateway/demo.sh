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

fill_root()
{
	say "  \$ rivetctl manifest build -n gateway-base -v 1 -r ROOT -o base.riv /usr"
	"$rivetctl" manifest build -n gateway-base -v 1 -r "$root" -o "$machine_dir/base.riv" /usr
	say "  \$ rivetctl manifest build -n broker -v 1 -r ROOT -o broker.riv /usr/sbin/mosquitto ..."
	"$rivetctl" manifest build -n broker -v 1 -r "$root" -o "$machine_dir/broker.riv" \
		/usr/sbin/mosquitto /usr/bin/mosquitto_pub /usr/bin/mosquitto_sub \
		/usr/lib/x86_64-linux-gnu/libmosquitto.so.1
	sign manifest "$machine_dir/base.riv"
	sign manifest "$machine_dir/broker.riv"
	sign policy "$top_dir/policy/gateway.pol"
}

run_scenario
