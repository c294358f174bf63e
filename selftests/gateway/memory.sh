#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# memory.sh - how much memory the pages of verified files take on a gateway, and how much
# is left to others
#
# RIVET_GATEWAY_MEMORY=512 in the environment gives the gateway 512 MiB instead of 1024.
# Documentation/performance.md has the figures. Ends with 0 only if every step passed.

set -euo pipefail
# shellcheck source=selftests/gateway/machine.sh
. "$(dirname "$0")/machine.sh"

# shellcheck disable=SC2034  # for machine.sh
timeout=${RIVET_GATEWAY_TIMEOUT:-900}

# policy_with SETTING VERSION: the gateway's, with another setting
policy_with()
{
	{
		sed "1s/policy_version=[0-9.]*/policy_version=$2/" "$top_dir/policy/gateway.pol"
		echo "SET resident=$1"
	} >"$machine_dir/$1.pol"
	sign policy "$machine_dir/$1.pol"
}

fill_root()
{
	"$rivetctl" manifest build -n gateway -v 1 -r "$root" -o "$machine_dir/gateway.riv" /usr
	sign manifest "$machine_dir/gateway.riv"
	policy_with mapped 2.0.0
	policy_with off 2.0.1
}

run_scenario
