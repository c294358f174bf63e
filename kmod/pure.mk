# SPDX-License-Identifier: GPL-2.0
#
# The pure files: bytes in, values out. They include only headers that userspace has too, so that
# the module, the tools, the unit tests and the fuzzers compile the same parsers and rules.

rivet-pure := text/bytes text/digest text/names text/fields text/parse text/path text/der text/base64 object/split \
	object/manifest policy/glob policy/rules policy/lines policy/condition policy/respond policy/parser \
	object/policy_settings object/isolation object/unlock evidence/record evidence/command measure/life quarantine/line \
	respond/count respond/boots respond/packet decide/running
