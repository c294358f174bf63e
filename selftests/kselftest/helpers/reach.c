// SPDX-License-Identifier: GPL-2.0
/*
 * reach - touch memory and registers reserved to the kernel: memory and registers of
 * programs by BPF programs, I/O ports, registers of the processor, the memory of a
 * pretended serial port
 */
#include <linux/bpf.h>
#include <linux/serial.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#ifdef __x86_64__
#include <sys/io.h>
#endif

#include "helper.h"

#define USAGE	"reach bpf-write|bpf-write-often|bpf-registers|port|msr|serial"

#define MSR_SYSENTER_CS	0x174
#define INSTRUCTION_POINTER	128	/* in struct pt_regs of x86 */

/* Only loaded: it would act whenever the function runs that it is attached to */
static void load_program(const struct bpf_insn *program, size_t size)
{
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.insns = (unsigned long)program,
		.insn_cnt = size / sizeof(*program),
		.license = (unsigned long)"GPL",
	};

	if (syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)) < 0)
		fail("load");
}

#define OFTEN	2000	/* calls in one program: the kernel asks about each */

static void load_writer(unsigned int times)
{
	static const struct bpf_insn body[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = 10, .off = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = 8 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_write_user },
	};
	static const struct bpf_insn end[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	static char program[OFTEN * sizeof(body) + sizeof(end)];
	size_t used = 0;

	while (times--) {
		memcpy(program + used, body, sizeof(body));
		used += sizeof(body);
	}
	memcpy(program + used, end, sizeof(end));
	load_program((void *)program, used + sizeof(end));
}

static void load_register_writer(void)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = 1, .off = INSTRUCTION_POINTER },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	load_program(program, sizeof(program));
}

static void reach_port(void)
{
#ifdef __x86_64__
	if (ioperm(0x80, 1, 1))
		fail("ioperm");
#else
	usage("reach port: on x86 alone");
#endif
}

/* It is written with its present content */
static void reach_register(void)
{
	int fd = must_open("/dev/cpu/0/msr", O_RDWR);
	long long value;

	if (pread(fd, &value, sizeof(value), MSR_SYSENTER_CS) != sizeof(value))
		fail("read");
	if (pwrite(fd, &value, sizeof(value), MSR_SYSENTER_CS) != sizeof(value))
		fail("write");
}

/* Of one that nobody has anything connected to */
static void reach_serial(void)
{
	int fd = must_open("/dev/ttyS3", O_RDWR | O_NONBLOCK);
	struct serial_struct port;

	if (ioctl(fd, TIOCGSERIAL, &port))
		fail("TIOCGSERIAL");
	port.port ^= 8;
	if (ioctl(fd, TIOCSSERIAL, &port))
		fail("TIOCSSERIAL");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		usage(USAGE);
	if (!strcmp(argv[1], "bpf-write"))
		load_writer(1);
	else if (!strcmp(argv[1], "bpf-write-often"))
		load_writer(OFTEN);
	else if (!strcmp(argv[1], "bpf-registers"))
		load_register_writer();
	else if (!strcmp(argv[1], "port"))
		reach_port();
	else if (!strcmp(argv[1], "msr"))
		reach_register();
	else if (!strcmp(argv[1], "serial"))
		reach_serial();
	else
		usage(USAGE);
	return 0;
}
