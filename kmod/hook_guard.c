// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook_guard: other ways to change what the kernel does
 *
 * All are decided as op=KMODULE with the reason anonymous: code of the kernel that
 * comes from no file. A policy that may refuse modules refuses these with them;
 * exe= names the tools that are to go on working.
 */
#include <linux/bpf.h>
#include <linux/security.h>
#include <linux/string.h>

#include "decide.h"
#include "handlers.h"
#include "names.h"
#include "policy.h"
#include "probe.h"
#include "report.h"

/* Newer kernels see to it that a program of type LSM answers only what a hook may. */
static bool lifts_vetoes(const struct bpf_prog *prog)
{
	const char *function = prog->aux->attach_func_name;

	if (!function)
		return false;
	if (prog->type == BPF_PROG_TYPE_TRACING)
		return prog->expected_attach_type == BPF_MODIFY_RETURN &&
		       !strncmp(function, "security_", strlen("security_"));
	return prog->type == BPF_PROG_TYPE_LSM && !RIVET_BPF_LSM_IS_BOUNDED &&
	       rivet_name_is_liftable(function);
}

/* What a program could do that it should not, and to what; NULL if nothing. */
static const char *name_harm(const struct bpf_prog *prog, const char **whom)
{
	*whom = "programs";
	if (bpf_prog_writes_registers(prog))
		return "change the registers of";
	if (!lifts_vetoes(prog))
		return NULL;
	*whom = prog->aux->attach_func_name;
	return "lift the veto of";
}

/* Asked whenever somebody is to get a descriptor of a program: first at the end of its load. */
static int hook_bpf_prog(struct bpf_prog *prog)
{
	char name[4 * BPF_OBJ_NAME_LEN], detail[RIVET_DETAIL_MAX];
	const struct rivet_request req = {
		.op = RIVET_OP_KMODULE,
		.hook = RIVET_HOOK_BPF_PROG,
		.forced = RIVET_REASON_ANONYMOUS,
		.detail = detail,
		.may_sleep = true,
	};
	const char *harm, *whom;

	rivet_report_count(RIVET_COUNT_HOOK_GUARD);
	harm = name_harm(prog, &whom);
	if (!harm)
		return 0;
	rivet_name_escape(prog->aux->name, strnlen(prog->aux->name, BPF_OBJ_NAME_LEN), name,
			  sizeof(name));
	snprintf(detail, sizeof(detail), "a BPF program (%s) that can %s %.64s", name, harm, whom);
	return rivet_decide(&req);
}

/* What lets root write to the kernel's memory or code; the words are the kernel's own. */
static const char *names_of_reason(enum lockdown_reason what)
{
	switch (what) {
	case LOCKDOWN_DEV_MEM:
		return "/dev/mem, /dev/kmem or /dev/port";
	case LOCKDOWN_IOPORT:
		return "raw io port access";
	case LOCKDOWN_MSR:
		return "raw MSR access";
	case LOCKDOWN_ACPI_TABLES:
		return "modifying ACPI tables";
	case LOCKDOWN_MMIOTRACE:
		return "unsafe mmio";
	case LOCKDOWN_XMON_WR:
	case LOCKDOWN_DBG_WRITE_KERNEL:
		return "a debugger writing to the kernel";
	case LOCKDOWN_BPF_WRITE_USER:
		return "a BPF program writing to programs";
	case LOCKDOWN_KPROBES:
		return "kprobes";
	default:
		return NULL;
	}
}

static int hook_locked_down(enum lockdown_reason what)
{
	const struct rivet_request req = {
		.op = RIVET_OP_KMODULE,
		.hook = RIVET_HOOK_LOCKED_DOWN,
		.forced = RIVET_REASON_ANONYMOUS,
		.detail = names_of_reason(what),
	};

	if (rivet_probe_sees(RIVET_HOOK_LOCKED_DOWN))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_GUARD);
	return req.detail && rivet_policy_acts(RIVET_OP_KMODULE) ? rivet_decide_now(&req) : 0;
}

const struct rivet_handler rivet_hook_guard_handlers[] = {
	RIVET_HANDLER(RIVET_HOOK_BPF_PROG, bpf_prog),
	RIVET_HANDLER(RIVET_HOOK_LOCKED_DOWN, locked_down),
	RIVET_HANDLERS_END
};
