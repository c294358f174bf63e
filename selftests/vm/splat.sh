# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# splat.sh - finding the messages of a guest's kernel in which something is broken
#
# Sourced, never run.

# The kernel's messages when something is broken, or when the guest does not fit into its
# memory. A line must be the kernel's own: it begins with a time stamp. Matched at the
# beginning of the message, or after one word with a colon (`watchdog: BUG:`,
# `rcu: INFO:`), so that a message which merely quotes such a word is not taken for one.
splat_pattern='^\[ *[0-9]+\.[0-9]+\](\[ *[CT][0-9]+\])? ([a-z_]+: )?('
splat_pattern+='BUG: |BUG at |WARNING: |kernel BUG|Oops|Internal error: |Call [Tt]race:'
splat_pattern+='|general protection fault|Unable to handle kernel|Kernel panic'
splat_pattern+='|INFO: (possible|suspicious|inconsistent|trying to register|rcu|task )'
splat_pattern+='|INFO: .*(detected stall|self-detected)|.*detected stalls? on'
splat_pattern+='|(KASAN|KFENCE|KCSAN|UBSAN|KMSAN): |kmemleak: [1-9]|DEBUG_LOCKS_WARN'
splat_pattern+='|------------\[ cut here |unregister_netdevice: waiting'
splat_pattern+='|Initramfs unpacking failed'
splat_pattern+='|(list_add|list_del) corruption|refcount_t: )'

# Harmless, one line a reason.
harmless_pattern='^$'

# find_splat CONSOLE: the first such line
find_splat()
{
	tr -d '\r\000' <"$1" | grep -aE "$splat_pattern" |
		grep -avE "$harmless_pattern" | sed -n 1p
}

# show_splat CONSOLE LINE: the lines before it, and its own
show_splat()
{
	tr -d '\r\000' <"$1" | grep -aF -B 5 -A 60 -m 1 -- "$2"
}
