#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# rivet - load the module before the root filesystem is mounted; dracut sources this

modprobe -q -a crypto-sha256
modprobe rivet
