// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/guard: other ways to change the behaviour of the kernel
 *
 * All are decided as op=KMODULE with the reason anonymous, because the code does not
 * come from a file. A policy that may refuse modules also refuses these. Rules with
 * exe= permit tools that must keep working.
 */
#include <linux/bpf.h>
#include <linux/security.h>
#include <linux/string.h>

#include "decide/decide.h"
#include "decide/report.h"
#include "hook/handlers.h"
#include "hook/probe.h"
#include "policy/active.h"
#include "text/names.h"

/* Newer kernels restrict the return values of LSM programs to those a hook may return. */
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

/* Returns the harm that a program could do, and its target in @whom; NULL if none. */
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

/* Called before a task gets a descriptor of a program, for the first time after its load. */
static int hook_bpf_prog(struct bpf_prog *prog)
{
	char name[4 * BPF_OBJ_NAME_LEN], detail[RIVET_DETAIL_MAX];
	const struct rivet_request req = {
		.op = RIVET_OP_KMODULE,
		.hook = RIVET_HOOK_BPF_PROG,
		.cause = RIVET_CAUSE(RIVET_REASON_ANONYMOUS),
		.detail = detail,
		.may_read = true,
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

/**
 * struct way - an operation that the kernel submits to its lockdown
 * @name: description, mostly in the kernel's own words
 * @elsewhere: other hooks decide on the operation, so this call is redundant
 */
struct way {
	const char *name;
	bool elsewhere;
};

/*
 * Every reason of the kernel's class "integrity" needs a decision, including reasons that
 * are not in this list. The class "confidentiality" concerns reading. Only one of its
 * reasons (kprobes) changes the kernel.
 */
static const struct way ways[] = {
	/* The hooks for kernel content decide on the bytes of modules and kexec kernels. */
	[LOCKDOWN_MODULE_SIGNATURE] = { "an unsigned module", .elsewhere = true },
	[LOCKDOWN_KEXEC] = { "kexec of an unsigned kernel", .elsewhere = true },
	[LOCKDOWN_DEV_MEM] = { "/dev/mem, /dev/kmem or /dev/port" },
	[LOCKDOWN_EFI_TEST] = { "tests of the firmware through /dev/efi_test" },
	[LOCKDOWN_HIBERNATION] = { "hibernation" },
	[LOCKDOWN_PCI_ACCESS] = { "direct access to PCI devices" },
	[LOCKDOWN_IOPORT] = { "raw io port access" },
	[LOCKDOWN_MSR] = { "raw MSR access" },
	[LOCKDOWN_ACPI_TABLES] = { "modifying ACPI tables" },
	[LOCKDOWN_DEVICE_TREE] = { "modifying the device tree" },
	[LOCKDOWN_PCMCIA_CIS] = { "direct PCMCIA CIS storage" },
	[LOCKDOWN_TIOCSSERIAL] = { "another I/O address or interrupt for a serial port" },
	[LOCKDOWN_MODULE_PARAMETERS] = { "module parameters that name addresses" },
	[LOCKDOWN_MMIOTRACE] = { "unsafe mmio" },
	[LOCKDOWN_DEBUGFS] = { "debugfs" },
	[LOCKDOWN_XMON_WR] = { "a debugger writing to the kernel" },
	[LOCKDOWN_BPF_WRITE_USER] = { "a BPF program writing to programs" },
	[LOCKDOWN_DBG_WRITE_KERNEL] = { "a debugger writing to the kernel" },
	[LOCKDOWN_RTAS_ERROR_INJECTION] = { "error injection by RTAS" },
	[LOCKDOWN_XEN_USER_ACTIONS] = { "guests of Xen controlled by a program" },
	[LOCKDOWN_KPROBES] = { "kprobes" },
};

static bool is_asked(enum lockdown_reason what)
{
	if (what == LOCKDOWN_NONE || (what >= LOCKDOWN_INTEGRITY_MAX && what != LOCKDOWN_KPROBES))
		return false;
	return what >= ARRAY_SIZE(ways) || !ways[what].elsewhere;
}

static noinline int ask_way(enum lockdown_reason what)
{
	char number[sizeof("integrity reason ") + 10];
	const struct rivet_request req = {
		.op = RIVET_OP_KMODULE,
		.hook = RIVET_HOOK_LOCKED_DOWN,
		.cause = RIVET_CAUSE(RIVET_REASON_ANONYMOUS),
		.detail = what < ARRAY_SIZE(ways) && ways[what].name ? ways[what].name : number,
		.is_atomic = true,
	};

	snprintf(number, sizeof(number), "integrity reason %u", what);
	return rivet_decide(&req);
}

static int hook_locked_down(enum lockdown_reason what)
{
	if (rivet_probe_sees(RIVET_HOOK_LOCKED_DOWN))
		return 0;
	rivet_report_count(RIVET_COUNT_HOOK_GUARD);
	return is_asked(what) && rivet_policy_acts(RIVET_OP_KMODULE) ? ask_way(what) : 0;
}

RIVET_HANDLER(bpf_prog);
RIVET_HANDLER(locked_down);
