#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# learn.sh - a gateway that nobody has a list of: it drafts its own set and policy, the
# workshop signs them as they are, and it enforces with no denial of its own work
#
# Ends with 0 only if every step passed.

set -euo pipefail
# shellcheck source=selftests/gateway/machine.sh
. "$(dirname "$0")/machine.sh"

fill_root()
{
	:
}

run_scenario
