// SPDX-License-Identifier: GPL-2.0
/*
 * ways_memory - put bytes into executable memory in ways of the kernel's own
 *
 * Each way first does the same where it is permitted, so that a refusal does not
 * come from a missing facility: exit status 77 means that the facility is missing.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <net/if.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <linux/aio_abi.h>
#include <linux/bpf.h>
#include <linux/futex.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <linux/perf_event.h>

#include "helper.h"
#include "ring.h"

#define USAGE	"ways_memory vdso|stack|perf-ring|packet-ring|bpf-map|aio-ring\n" \
		"ways_memory read-direct|registered|futex|populate|xdp-umem|offline FILE\n" \
		"ways_memory kprobe|ioperm"

#define PAGE	4096L
#define RX	(PROT_READ | PROT_EXEC)
#define LACKING	77

static const char *file;

/* The control: without it the attempt says nothing */
static void need(int there, const char *what)
{
	if (there)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(LACKING);
}

static void check(int done, const char *what)
{
	if (!done)
		fail(what);
}

/* --- memory that is to be executable ------------------------------------------------ */

static void way_vdso(void)
{
	char *vdso = (char *)getauxval(AT_SYSINFO_EHDR);
	long length = 0;

	need(!!vdso, "the vDSO");
	/* It cannot be split: as many pages as it has */
	do
		length += PAGE;
	while (mprotect(vdso, length, PROT_READ) && length < 16 * PAGE);
	need(length < 16 * PAGE, "mprotect");
	check(!mprotect(vdso, length, PROT_READ | PROT_WRITE | PROT_EXEC), "mprotect");
}

static void way_stack(void)
{
	char here;
	char *page = (char *)((long)&here & -PAGE);

	need(!mprotect(page, PAGE, PROT_READ | PROT_WRITE | PROT_GROWSDOWN), "mprotect");
	check(!mprotect(page, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN),
	      "mprotect");
}

static void map_both(int fd, size_t length, const char *what)
{
	char *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	need(at != MAP_FAILED, what);
	check(!munmap(at, length), "munmap");
	check(mmap(NULL, length, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED, fd, 0) !=
	      MAP_FAILED, what);
}

static void way_perf_ring(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);

	need(fd >= 0, "perf_event_open");
	map_both(fd, 2 * PAGE, "mmap");
}

/* The bytes received from the network, in order */
static void way_packet_ring(void)
{
	struct tpacket_req req = {
		.tp_block_size = PAGE, .tp_block_nr = 1, .tp_frame_size = 2048, .tp_frame_nr = 2,
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	need(fd >= 0, "socket");
	need(!setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)), "PACKET_RX_RING");
	map_both(fd, PAGE, "mmap");
}

static void way_bpf_map(void)
{
	union bpf_attr attr = { 0 };
	int fd;

	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = PAGE;
	attr.max_entries = 1;
	attr.map_flags = BPF_F_MMAPABLE;
	fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	need(fd >= 0, "BPF_MAP_CREATE");
	map_both(fd, PAGE, "mmap");
}

/* Whether the mapping that begins at an address is executable */
static int is_executable(unsigned long address)
{
	unsigned long begin;
	char line[512], rights[8];
	FILE *maps = fopen("/proc/self/maps", "r");

	need(!!maps, "/proc/self/maps");
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%*x %7s", &begin, rights) == 2 && begin == address)
			return rights[2] == 'x';
	fprintf(stderr, "no mapping at %lx\n", address);
	exit(3);
}

/* The kernel maps it itself, and asks nobody */
static void way_aio_ring(void)
{
	aio_context_t ring = 0;

	need(!syscall(SYS_io_setup, 8, &ring), "io_setup");
	need(ring && !is_executable(ring), "the ring");
	check(!syscall(SYS_io_destroy, ring), "io_destroy");
	need(personality(READ_IMPLIES_EXEC) >= 0, "personality");
	ring = 0;
	check(!syscall(SYS_io_setup, 8, &ring), "io_setup");
	if (is_executable(ring))
		exit(0);
	errno = EACCES;
	fail("the ring");
}

/* --- memory that is executable already ------------------------------------------------ */

static char *text, *data;

/* The text of a listed program, and memory beside that may be written to */
static void map_text(void)
{
	text = mmap(NULL, PAGE, RX, MAP_PRIVATE, must_open(file, O_RDONLY), 0);
	data = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(text != MAP_FAILED && data != MAP_FAILED, "mmap");
	check(memcmp(text, "\177ELF", 4) == 0, file);
	*data = 1;
}

static void way_read_direct(void)
{
	int fd = must_open(file, O_RDONLY | O_DIRECT);

	map_text();
	need(pread(fd, data, PAGE, PAGE) > 0, "pread");
	check(pread(fd, text, PAGE, PAGE) > 0, "pread");
}

static int register_buffer(const struct ring *r, char *at)
{
	struct iovec buffer = { at, PAGE };

	return syscall(SYS_io_uring_register, r->fd, IORING_REGISTER_BUFFERS, &buffer, 1);
}

static void way_registered(void)
{
	struct ring r = { 0 };

	map_text();
	set_up_ring(&r);
	need(!register_buffer(&r, data), "IORING_REGISTER_BUFFERS");
	need(!syscall(SYS_io_uring_register, r.fd, IORING_UNREGISTER_BUFFERS, NULL, 0),
	     "IORING_UNREGISTER_BUFFERS");
	check(!register_buffer(&r, text), "IORING_REGISTER_BUFFERS");
}

/* Sets the second word to 7, by an operation of the kernel's */
static long wake_and_set(char *at)
{
	return syscall(SYS_futex, data, FUTEX_WAKE_OP, 1, 1L, at,
		       FUTEX_OP(FUTEX_OP_SET, 7, FUTEX_OP_CMP_EQ, 0));
}

static void way_futex(void)
{
	map_text();
	need(wake_and_set(data + 64) >= 0 && data[64] == 7, "FUTEX_WAKE_OP");
	check(wake_and_set(text + 64) >= 0, "FUTEX_WAKE_OP");
}

static void way_populate(void)
{
	map_text();
	need(!madvise(data, PAGE, 23 /* MADV_POPULATE_WRITE */), "MADV_POPULATE_WRITE");
	check(!madvise(text, PAGE, 23), "MADV_POPULATE_WRITE");
}

static int register_umem(char *at)
{
	struct xdp_umem_reg reg = {
		.addr = (unsigned long)at, .len = PAGE, .chunk_size = PAGE,
	};
	int fd = socket(AF_XDP, SOCK_RAW, 0);

	need(fd >= 0, "socket");
	return setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg));
}

static void way_xdp_umem(void)
{
	map_text();
	need(!register_umem(data), "XDP_UMEM_REG");
	check(!register_umem(text), "XDP_UMEM_REG");
}

/* Put offline, a page is moved: it must be the same */
static void way_offline(void)
{
	char before[PAGE];

	map_text();
	memcpy(before, text, PAGE);
	need(!madvise(text, PAGE, 101 /* MADV_SOFT_OFFLINE */), "MADV_SOFT_OFFLINE");
	check(!munmap(text, PAGE), "munmap");
	map_text();
	if (!memcmp(before, text, PAGE))
		return;
	fprintf(stderr, "%s: other bytes\n", file);
	exit(3);
}

/* --- the kernel's own ------------------------------------------------------------------- */

static void way_kprobe(void)
{
	static const char type_file[] = "/sys/bus/event_source/devices/kprobe/type";
	struct perf_event_attr attr = { .size = sizeof(attr) };
	FILE *f = fopen(type_file, "r");

	need(f && fscanf(f, "%u", &attr.type) == 1, type_file);
	attr.config1 = (unsigned long)"do_sys_openat2";
	check(syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0) >= 0, "perf_event_open");
}

static void way_ioperm(void)
{
#ifdef SYS_ioperm
	need(!syscall(SYS_ioperm, 0x80, 1, 0), "ioperm");
	check(!syscall(SYS_ioperm, 0x80, 1, 1), "ioperm");
#else
	errno = EOPNOTSUPP;
	need(0, "ioperm");
#endif
}

static const struct {
	const char *name;
	void (*go)(void);
} ways[] = {
	{ "vdso", way_vdso }, { "stack", way_stack }, { "perf-ring", way_perf_ring },
	{ "packet-ring", way_packet_ring }, { "bpf-map", way_bpf_map },
	{ "aio-ring", way_aio_ring }, { "read-direct", way_read_direct },
	{ "registered", way_registered }, { "futex", way_futex }, { "populate", way_populate },
	{ "xdp-umem", way_xdp_umem }, { "offline", way_offline },
	{ "kprobe", way_kprobe }, { "ioperm", way_ioperm },
};

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc < 2)
		usage(USAGE);
	file = argv[2];
	/* None waits for long */
	alarm(60);
	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (strcmp(argv[1], ways[i].name))
			continue;
		ways[i].go();
		return 0;
	}
	usage(USAGE);
}
