# SPDX-License-Identifier: GPL-2.0
#
# report.awk - the table and the JSON file of the benchmark
#
# Reads the guests' figures with -v configuration=none|rivet|off|ima before each file.
# -v json=FILE -v git=TEXT; with -v check=1 it ends with 1 if a goal is missed.

BEGIN {
	warm_cases = split("spawn-static spawn-dynamic map-executable map-readable " \
		"map-anonymous open-close fork-exit", warm)
	cold_cases = split("65536 1048576 16777216", cold)
	context_cases = split("path uid set fsmagic", context)
	load_cases = split("1000 10000 100000", load)
	noise = 0.002		# of a figure for which rivet calls no hook
	contextual = 1.6	# of what a plain mapping costs
	kept = 0.02		# of a figure, for keeping pages
	# For these two the requirement names a figure of its own instead.
	own_goal["map-executable"] = 500
	own_goal["map-anonymous"] = 130
}

$1 == "info" { info[$2] = $3 }
$1 == "count" { count[$2, $3] = $4; counted[$2] = counted[$2] " " $3 }
$1 ~ /^(warm|map|cold|hash|act|load|memory)$/ { figure[configuration, $1, $2] = $3 }

function need(configuration, kind, name)
{
	if ((configuration, kind, name) in figure)
		return figure[configuration, kind, name]
	printf "bench: no figure %s %s %s\n", configuration, kind, name >"/dev/stderr"
	failed = 1
	return 0
}

function hooks_of(name,    words, n, i, sum)
{
	n = split(counted[name], words, " ")
	for (i = 1; i <= n; i++)
		if (words[i] ~ /^hook_/)
			sum += count[name, words[i]]
	return sum + 0
}

# 100 a hook call and 250 a decision, and less than half of what IMA adds
function warm_goal(name, none, ima_adds,    goal)
{
	if (name in own_goal)
		goal = own_goal[name]
	else
		goal = 100 * hooks_of(name) + 250 * count[name, "decisions"]
	if (!hooks_of(name))
		return int(noise * none)
	if (ima_adds > noise * none && ima_adds / 2 < goal)
		goal = int(ima_adds / 2)
	return goal
}

function judge(value, goal)
{
	if (value <= goal)
		return "yes"
	missed++
	return "NO"
}

function print_row(name, none, rivet, ima, goal, hooks, decisions, more,    met)
{
	met = judge(rivet - none, goal)
	printf "%-18s %11.0f %11.0f %11.0f %11.0f %11.0f %11.0f  %-4s %5s %9s\n", name, none,
		rivet, ima, rivet - none, ima - none, goal, met, hooks, decisions
	return sprintf("\"none\": %.0f, \"rivet\": %.0f, \"ima\": %.0f, \"rivet_adds\": %.0f, " \
		"\"ima_adds\": %.0f, \"goal\": %.0f, \"met\": %s%s", none, rivet, ima,
		rivet - none, ima - none, goal, met == "yes" ? "true" : "false", more)
}

function json_counts(name,    words, n, i, text)
{
	n = split(counted[name], words, " ")
	for (i = 1; i <= n; i++)
		text = text sprintf("%s\"%s\": %s", i > 1 ? ", " : "", words[i],
			count[name, words[i]])
	return text
}

function report_warm(    i, name, none, rivet, ima, rows)
{
	for (i = 1; i <= warm_cases; i++) {
		name = warm[i]
		none = need("none", "warm", name)
		rivet = need("rivet", "warm", name)
		ima = need("ima", "warm", name)
		rows = rows sprintf("%s    \"%s\": {%s}", i > 1 ? ",\n" : "", name,
			print_row(name, none, rivet, ima, warm_goal(name, none, ima - none),
				hooks_of(name) + 0, count[name, "decisions"] + 0,
				", \"counts\": {" json_counts(name) "}"))
	}
	return rows
}

function report_cold(    i, size, none, hash, rows)
{
	for (i = 1; i <= cold_cases; i++) {
		size = cold[i]
		none = need("none", "cold", size)
		hash = need("none", "hash", size)
		rows = rows sprintf("%s    \"%s\": {%s}", i > 1 ? ",\n" : "", size,
			print_row("cold " size / 1024 " KiB", none, need("rivet", "cold", size),
				need("ima", "cold", size), int(1.05 * hash + 20000), "", "",
				sprintf(", \"bare_hash\": %.0f", hash)))
	}
	return rows
}

# A rule that depends on more than the file, and decides on nothing, before the one that permits
function report_context(    i, name, none, plain, rivet, goal, rows)
{
	none = need("none", "map", "plain")
	plain = need("rivet", "map", "plain")
	goal = int(contextual * (plain - none))
	printf "\n%-18s %11s %11s %11s %11s  %s\n", "mapping, rule with", "none", "rivet",
		"rivet adds", "goal", "met?"
	for (i = 1; i <= context_cases; i++) {
		name = context[i]
		rivet = need("rivet", "map", name)
		printf "%-18s %11.0f %11.0f %11.0f %11d  %s\n", name "=", none, rivet,
			rivet - none, goal, judge(rivet - none, goal)
		rows = rows sprintf("%s    \"%s\": {\"none\": %.0f, \"rivet\": %.0f, " \
			"\"goal\": %.0f}", i > 1 ? ",\n" : "", name, none, rivet, goal)
	}
	none = need("none", "map", "renamed")
	rivet = need("rivet", "map", "renamed")
	printf "%-18s %11.0f %11.0f %11.0f\n", "after a rename", none, rivet, rivet - none
	return rows sprintf(",\n    \"renamed\": {\"none\": %.0f, \"rivet\": %.0f}", none, rivet)
}

# The signature alone takes millions, so that only many values have a goal
function report_load(    i, n, took, goal, memory, rows)
{
	printf "\n%-18s %14s %11s %11s  %-4s %14s %11s  %s\n", "load of RIVs", "instructions",
		"a value", "goal", "met?", "bytes a value", "goal", "met?"
	for (i = 1; i <= load_cases; i++) {
		n = load[i]
		took = need("rivet", "load", n)
		goal = n < 10000 ? took / n : 12000
		memory = need("rivet", "memory", n) / 100
		printf "%-18s %14.0f %11.0f %11s  %-4s %14.2f %11d  %s\n", n, took, took / n,
			n < 10000 ? "-" : goal, judge(took / n, goal), memory, 96,
			judge(memory, 96)
		rows = rows sprintf("%s    \"%s\": {\"instructions\": %.0f, " \
			"\"instructions_goal\": %.0f, " \
			"\"bytes_per_value_beyond_paths\": %.2f, \"goal\": 96}",
			i > 1 ? ",\n" : "", n, took, goal * n, memory)
	}
	return rows
}

# What keeping the pages that were measured adds: 2 % where files were measured before
function report_kept(    i, name, off, rivet, goal, rows)
{
	printf "\n%-18s %11s %11s %11s %11s  %s\n", "pages kept", "off", "mapped", "adds",
		"goal", "met?"
	for (i = 1; i <= warm_cases; i++) {
		name = warm[i]
		off = need("off", "warm", name)
		rivet = need("rivet", "warm", name)
		goal = int(kept * off)
		printf "%-18s %11.0f %11.0f %11.0f %11.0f  %s\n", name, off, rivet, rivet - off,
			goal, judge(rivet - off, goal)
		rows = rows sprintf("%s    \"%s\": {\"off\": %.0f, \"mapped\": %.0f, " \
			"\"goal\": %.0f}", i > 1 ? ",\n" : "", name, off, rivet, goal)
	}
	for (i = 1; i <= cold_cases; i++) {
		off = need("off", "cold", cold[i])
		rivet = need("rivet", "cold", cold[i])
		printf "%-18s %11.0f %11.0f %11.0f\n", "cold " cold[i] / 1024 " KiB", off, rivet,
			rivet - off
	}
	return rows
}

function print_act(name, what, goal)
{
	printf "%-34s %14.0f %11.0f  %s\n", name, what, goal, judge(what, goal)
	return sprintf("    \"%s\": {\"instructions\": %.0f, \"goal\": %.0f}", name, what, goal)
}

# The same refusal without a list, with one entry and with a full list; sweeps beside none and
# beside a hundred more processes; a datagram before a policy with isolation, with it, and while
# isolated; and loading the module
function report_act(    denied, one, full, none, hundred, plain)
{
	denied = need("rivet", "act", "denied")
	one = need("rivet", "act", "quarantined-1")
	full = need("rivet", "act", "quarantined-1024")
	none = need("rivet", "act", "sweep-0")
	hundred = need("rivet", "act", "sweep-100")
	plain = need("rivet", "act", "datagram")
	printf "\n%-34s %14s %11s  %s\n", "acting on what fails", "instructions", "goal", "met?"
	return print_act("a quarantined file, beside a denied", one - denied, 1500) ",\n" \
		print_act("1024 entries, beside one", full - one, 100) ",\n" \
		print_act("a sweep, a process", (hundred - none) / 100, 20000) ",\n" \
		print_act("a datagram, isolation armed",
			need("rivet", "act", "datagram-armed") - plain, 200) ",\n" \
		print_act("a datagram to a peer, isolated",
			need("rivet", "act", "datagram-isolated") - plain, 1200) ",\n" \
		print_act("insmod", need("rivet", "act", "insmod"), 520000000)
}

END {
	printf "\ninstructions, kernel %s, %s, rivet %s\n\n", info["kernel"], info["hash"], git
	printf "%-18s %11s %11s %11s %11s %11s %11s  %-4s %5s %9s\n", "", "none", "rivet",
		"IMA", "rivet adds", "IMA adds", "goal", "met?", "hooks", "decisions"
	warm_rows = report_warm()
	cold_rows = report_cold()
	context_rows = report_context()
	kept_rows = report_kept()
	act_rows = report_act()
	load_rows = report_load()
	printf "{\n  \"schema\": \"rivet.bench/1\",\n  \"git\": \"%s\",\n  \"kernel\": \"%s\",\n" \
		"  \"hash\": \"%s\",\n  \"missed\": %d,\n  \"warm\": {\n%s\n  },\n" \
		"  \"cold\": {\n%s\n  },\n  \"context\": {\n%s\n  },\n" \
		"  \"kept\": {\n%s\n  },\n  \"act\": {\n%s\n  },\n  \"load\": {\n%s\n  }\n}\n",
		git, info["kernel"], info["hash"], missed, warm_rows, cold_rows, context_rows,
		kept_rows, act_rows, load_rows >json
	if (missed)
		printf "\n%d goals missed\n", missed
	else
		print "\nall goals met"
	if (failed || (check && missed))
		exit 1
}
