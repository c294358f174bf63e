// SPDX-License-Identifier: GPL-2.0
/*
 * wire - send packets in many ways, and listen whether they arrive at the other end
 *
 *	wire hear IFACE MARK -- COMMAND...	0 if a frame with MARK comes in, 3 if none does
 *	wire udp ADDRESS MARK			by a socket of UDP
 *	wire raw ADDRESS MARK			by a raw socket, with a header of its own
 *	wire packet IFACE ADDRESS MARK [bypass]	by a packet socket, past the queues
 *	wire checksum IFACE ADDRESS MARK	likewise, with a checksum to be written over ADDRESS
 *	wire xsk IFACE MARK			by a socket of AF_XDP
 *	wire tun NAME MARK			into a tun device, to be forwarded
 *	wire can IFACE				a frame of CAN
 *	wire bounce IFACE			an XDP program sends all back, while this runs
 *	wire redirect IFACE TO			tc sends all that leaves IFACE to another device
 *	wire direct IFACE			no more of it
 *	wire queue IFACE			a queue that takes filters
 *	wire unqueue IFACE			no more of it
 *	wire guard IFACE			a peer and a key for a device of WireGuard
 *	wire flush				all tables of nftables are deleted
 *	wire time PROGRAM IFACE...		milliseconds from a refusal until all are closed
 *
 * MARK is text, or hex: and digits.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/can.h>
#include <linux/genetlink.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/if_xdp.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/virtio_net.h>
#include <linux/wireguard.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <stdbool.h>

#include "helper.h"

#define PORT	9999
#define HEAR_MS	1500

static size_t read_mark(const char *text, unsigned char *mark)
{
	size_t len = 0;
	unsigned int byte;

	if (strncmp(text, "hex:", 4)) {
		memcpy(mark, text, strlen(text));
		return strlen(text);
	}
	for (text += 4; sscanf(text, "%2x", &byte) == 1; text += 2)
		mark[len++] = byte;
	return len;
}

static unsigned int index_of(const char *name)
{
	unsigned int i = if_nametoindex(name);

	if (!i)
		fail(name);
	return i;
}

static int packet_socket(const char *name, int protocol)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(protocol),
				  .sll_ifindex = index_of(name) };
	int fd = socket(AF_PACKET, SOCK_RAW, htons(protocol));

	if (fd < 0 || bind(fd, (void *)&at, sizeof(at)))
		fail("packet socket");
	return fd;
}

static int hear(const char *name, const char *text, char **command)
{
	unsigned char mark[64], frame[4096];
	size_t len = read_mark(text, mark);
	int fd = packet_socket(name, ETH_P_ALL);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	long long end = now_ms() + HEAR_MS;
	struct sockaddr_ll from;
	socklen_t size;
	ssize_t got;
	pid_t pid = fork();

	if (!pid) {
		execvp(command[0], command);
		fail(command[0]);
	}
	while (now_ms() < end) {
		if (poll(&p, 1, 100) <= 0)
			continue;
		size = sizeof(from);
		got = recvfrom(fd, frame, sizeof(frame), 0, (void *)&from, &size);
		if (got > 0 && from.sll_pkttype != PACKET_OUTGOING &&
		    memmem(frame, got, mark, len)) {
			waitpid(pid, NULL, 0);
			return 0;
		}
	}
	waitpid(pid, NULL, 0);
	return 3;
}

static void send_udp(const char *address, const char *mark)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	bool is_v6 = strchr(address, ':');
	int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, address, &v4.sin_addr);
	inet_pton(AF_INET6, address, &v6.sin6_addr);
	if (sendto(fd, mark, strlen(mark), 0, is_v6 ? (void *)&v6 : (void *)&v4,
		   is_v6 ? sizeof(v6) : sizeof(v4)) < 0)
		fail("send");
}

static void set_sum(unsigned char *p)
{
	unsigned int sum = 0;
	int i;

	p[10] = 0;
	p[11] = 0;
	for (i = 0; i < 20; i += 2)
		sum += p[i] << 8 | p[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
	p[10] = sum >> 8;
	p[11] = sum;
}

/* An IPv4 packet of UDP to @address with @mark; returns its bytes */
static size_t make_packet(unsigned char *p, const char *address, const char *mark)
{
	size_t data = strlen(mark), len = 28 + data;

	memset(p, 0, 28);
	p[0] = 0x45;
	p[3] = len;
	p[8] = 64;
	p[9] = IPPROTO_UDP;
	inet_pton(AF_INET, "192.0.2.1", p + 12);
	inet_pton(AF_INET, address, p + 16);
	set_sum(p);
	p[20] = PORT >> 8;
	p[21] = PORT & 255;
	p[22] = PORT >> 8;
	p[23] = PORT & 255;
	p[25] = 8 + data;
	memcpy(p + 28, mark, data);
	return len;
}

static size_t make_frame(unsigned char *frame, const char *address, const char *mark)
{
	memset(frame, 0xff, 6);
	memset(frame + 6, 2, 6);
	frame[12] = 8;
	frame[13] = 0;
	return 14 + make_packet(frame + 14, address, mark);
}

static void send_raw(const char *address, const char *mark)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	unsigned char packet[256];

	inet_pton(AF_INET, address, &to.sin_addr);
	if (sendto(fd, packet, make_packet(packet, address, mark), 0, (void *)&to, sizeof(to)) < 0)
		fail("send");
}

static void send_packet(const char *name, const char *address, const char *mark, bool bypass)
{
	unsigned char frame[256];
	int fd = packet_socket(name, ETH_P_IP), one = 1;

	if (bypass && setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)))
		fail("bypass");
	if (send(fd, frame, make_frame(frame, address, mark), 0) < 0)
		fail("send");
}

static void send_checksum(const char *name, const char *address, const char *mark)
{
	struct {
		struct virtio_net_hdr head;
		unsigned char frame[256];
	} packet = {
		.head = {
			.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 20, .csum_offset = 10,
		},
	};
	int fd = packet_socket(name, ETH_P_IP), one = 1;
	size_t len = make_frame(packet.frame, address, mark);

	if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)))
		fail("header");
	if (send(fd, &packet, sizeof(packet.head) + len, 0) < 0)
		fail("send");
}

static void send_xsk(const char *name, const char *mark)
{
	const size_t size = 16 * 4096;
	struct xdp_umem_reg umem = { .len = size, .chunk_size = 4096 };
	struct sockaddr_xdp at = { .sxdp_family = AF_XDP, .sxdp_ifindex = index_of(name),
				   .sxdp_flags = XDP_COPY };
	int fd = socket(AF_XDP, SOCK_RAW, 0), ring = 16;
	struct xdp_mmap_offsets offsets;
	socklen_t len = sizeof(offsets);
	struct xdp_desc *desc;
	unsigned char *area, *tx;

	area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	umem.addr = (unsigned long)area;
	if (fd < 0 || setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &umem, sizeof(umem)) ||
	    setsockopt(fd, SOL_XDP, XDP_UMEM_FILL_RING, &ring, sizeof(ring)) ||
	    setsockopt(fd, SOL_XDP, XDP_UMEM_COMPLETION_RING, &ring, sizeof(ring)) ||
	    setsockopt(fd, SOL_XDP, XDP_TX_RING, &ring, sizeof(ring)) ||
	    getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &len))
		fail("AF_XDP");
	tx = mmap(NULL, offsets.tx.desc + ring * sizeof(*desc), PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_POPULATE, fd, XDP_PGOFF_TX_RING);
	if (tx == MAP_FAILED || bind(fd, (void *)&at, sizeof(at)))
		fail("bind");
	desc = (void *)(tx + offsets.tx.desc);
	desc->addr = 0;
	desc->len = make_frame(area, "198.51.100.9", mark);
	desc->options = 0;
	__atomic_store_n((unsigned int *)(tx + offsets.tx.producer), 1, __ATOMIC_RELEASE);
	/* The watch finds the socket within a tenth of a second. */
	usleep(500000);
	if (sendto(fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0)
		fail("send");
	usleep(500000);
}

static void set_up(int fd, const char *name)
{
	struct ifreq ifr = { 0 };

	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", name);
	ifr.ifr_flags = IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		fail(name);
}

static void send_tun(const char *name, const char *mark)
{
	int fd = must_open("/dev/net/tun", O_RDWR), control = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	unsigned char packet[256];
	size_t len = make_packet(packet, "192.0.2.9", mark);

	inet_pton(AF_INET, "10.9.9.9", packet + 12);
	set_sum(packet);
	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr))
		fail("tun");
	set_up(control, name);
	if (write(fd, packet, len) < 0)
		fail("write");
	usleep(300000);
}

static void send_can(const char *name)
{
	struct sockaddr_can at = { .can_family = AF_CAN, .can_ifindex = index_of(name) };
	struct can_frame frame = { .can_id = 0x123, .can_dlc = 4, .data = "mark" };
	int fd = socket(AF_CAN, SOCK_RAW, 1);

	if (fd < 0 || bind(fd, (void *)&at, sizeof(at)) ||
	    write(fd, &frame, sizeof(frame)) != sizeof(frame))
		fail("can");
}

static int load_program(enum bpf_prog_type type, const struct bpf_insn *insns, unsigned int count)
{
	union bpf_attr attr = { .prog_type = type, .insns = (unsigned long)insns,
				.insn_cnt = count, .license = (unsigned long)"GPL" };
	int fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));

	if (fd < 0)
		fail("bpf");
	return fd;
}

#define MOV(reg, value) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = reg, .imm = value }
#define END { .code = BPF_JMP | BPF_EXIT }

static void bounce(const char *name)
{
	const struct bpf_insn insns[] = { MOV(0, XDP_TX), END };
	union bpf_attr attr = { 0 };

	attr.link_create.prog_fd = load_program(BPF_PROG_TYPE_XDP, insns, 2);
	attr.link_create.target_ifindex = index_of(name);
	attr.link_create.attach_type = BPF_XDP;
	attr.link_create.flags = XDP_FLAGS_SKB_MODE;
	if (syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr)) < 0)
		fail("link");
	hold();
}

/* A netlink message that grows */
static union {
	struct nlmsghdr head;
	unsigned char bytes[4096];
} message;

static void *add(const void *data, size_t len)
{
	void *at = message.bytes + message.head.nlmsg_len;

	if (data)
		memcpy(at, data, len);
	message.head.nlmsg_len += NLMSG_ALIGN(len);
	return at;
}

static void begin(unsigned short type, unsigned short flags, const void *header, size_t len)
{
	memset(&message, 0, sizeof(message));
	message.head.nlmsg_len = NLMSG_HDRLEN;
	message.head.nlmsg_type = type;
	message.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	add(header, len);
}

static struct nlattr *nest(unsigned short type)
{
	struct nlattr attr = { .nla_type = type, .nla_len = NLA_HDRLEN };

	return add(&attr, sizeof(attr));
}

static void close_nest(struct nlattr *attr)
{
	attr->nla_len = message.bytes + message.head.nlmsg_len - (unsigned char *)attr;
}

static void put(unsigned short type, const void *data, size_t len)
{
	struct nlattr attr = { .nla_type = type, .nla_len = NLA_HDRLEN + len };

	add(&attr, sizeof(attr));
	add(data, len);
}

/* Sends @len bytes, and leaves the answer in the message. */
static void talk(int family, size_t len, const char *name)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, family);
	struct nlmsghdr *head = &message.head;
	ssize_t got;

	if (fd < 0 || send(fd, &message, len, 0) < 0)
		fail(name);
	got = recv(fd, &message, sizeof(message), 0);
	if (got < NLMSG_HDRLEN)
		fail(name);
	if (head->nlmsg_type == NLMSG_ERROR) {
		errno = -((struct nlmsgerr *)NLMSG_DATA(head))->error;
		if (errno)
			fail(name);
	}
	close(fd);
}

static void redirect(const char *name, const char *to)
{
	const struct bpf_insn insns[] = {
		MOV(1, (int)index_of(to)), MOV(2, 0),
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect }, END,
	};
	unsigned int fd = load_program(BPF_PROG_TYPE_SCHED_CLS, insns, 4), direct = 1;
	struct tcmsg tc = { .tcm_family = AF_UNSPEC, .tcm_ifindex = index_of(name),
			    .tcm_parent = TC_H_CLSACT, .tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0) };
	struct nlattr *options;

	begin(RTM_NEWQDISC, NLM_F_CREATE, &tc, sizeof(tc));
	put(TCA_KIND, "clsact", 7);
	talk(NETLINK_ROUTE, message.head.nlmsg_len, "clsact");
	tc.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS);
	tc.tcm_handle = 0;
	tc.tcm_info = TC_H_MAKE(1 << 16, htons(ETH_P_ALL));
	begin(RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, &tc, sizeof(tc));
	put(TCA_KIND, "bpf", 4);
	options = nest(TCA_OPTIONS);
	put(6, &fd, sizeof(fd));		/* TCA_BPF_FD */
	put(7, "redirect", 9);			/* TCA_BPF_NAME */
	put(8, &direct, sizeof(direct));	/* TCA_BPF_FLAGS: direct action */
	close_nest(options);
	talk(NETLINK_ROUTE, message.head.nlmsg_len, "filter");
}

static void direct(const char *name)
{
	struct tcmsg tc = { .tcm_family = AF_UNSPEC, .tcm_ifindex = index_of(name),
			    .tcm_parent = TC_H_CLSACT, .tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0) };

	begin(RTM_DELQDISC, 0, &tc, sizeof(tc));
	put(TCA_KIND, "clsact", 7);
	talk(NETLINK_ROUTE, message.head.nlmsg_len, "clsact");
}

static void queue(const char *name, unsigned short type)
{
	struct tc_prio_qopt options = { .bands = 3 };
	struct tcmsg tc = { .tcm_family = AF_UNSPEC, .tcm_ifindex = index_of(name),
			    .tcm_parent = TC_H_ROOT, .tcm_handle = 1 << 16 };

	begin(type, type == RTM_NEWQDISC ? NLM_F_CREATE | NLM_F_REPLACE : 0, &tc, sizeof(tc));
	put(TCA_KIND, "prio", 5);
	put(TCA_OPTIONS, &options, sizeof(options));
	talk(NETLINK_ROUTE, message.head.nlmsg_len, "prio");
}

static unsigned short find_family(const char *name)
{
	struct genlmsghdr genl = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	struct nlattr *attr;

	begin(GENL_ID_CTRL, 0, &genl, sizeof(genl));
	put(CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	talk(NETLINK_GENERIC, message.head.nlmsg_len, name);
	attr = (void *)(message.bytes + NLMSG_HDRLEN + GENL_HDRLEN);
	while (attr->nla_type != CTRL_ATTR_FAMILY_ID)
		attr = (void *)((unsigned char *)attr + NLA_ALIGN(attr->nla_len));
	return *(unsigned short *)(attr + 1);
}

static void guard(const char *name)
{
	struct sockaddr_in end = { .sin_family = AF_INET, .sin_port = htons(0xbeef) };
	struct genlmsghdr genl = { .cmd = WG_CMD_SET_DEVICE, .version = 1 };
	unsigned short id = find_family("wireguard"), family = AF_INET;
	unsigned char key[32] = { 1 }, peer[32] = { 9 }, bits = 0;
	struct nlattr *peers, *one, *ips, *ip;
	struct in_addr any = { 0 };

	inet_pton(AF_INET, "192.0.2.9", &end.sin_addr);
	begin(id, 0, &genl, sizeof(genl));
	put(WGDEVICE_A_IFNAME, name, strlen(name) + 1);
	put(WGDEVICE_A_PRIVATE_KEY, key, sizeof(key));
	peers = nest(WGDEVICE_A_PEERS | NLA_F_NESTED);
	one = nest(NLA_F_NESTED);
	put(WGPEER_A_PUBLIC_KEY, peer, sizeof(peer));
	put(WGPEER_A_ENDPOINT, &end, sizeof(end));
	ips = nest(WGPEER_A_ALLOWEDIPS | NLA_F_NESTED);
	ip = nest(NLA_F_NESTED);
	put(WGALLOWEDIP_A_FAMILY, &family, sizeof(family));
	put(WGALLOWEDIP_A_IPADDR, &any, sizeof(any));
	put(WGALLOWEDIP_A_CIDR_MASK, &bits, sizeof(bits));
	close_nest(ip);
	close_nest(ips);
	close_nest(one);
	close_nest(peers);
	talk(NETLINK_GENERIC, message.head.nlmsg_len, "wireguard");
}

static void flush_tables(void)
{
	struct nfgenmsg batch = { .nfgen_family = AF_UNSPEC,
				  .res_id = htons(NFNL_SUBSYS_NFTABLES) };
	struct nfgenmsg table = { .nfgen_family = AF_UNSPEC };
	struct {
		struct nlmsghdr head;
		struct nfgenmsg body;
	} parts[3] = {
		{ { .nlmsg_type = NFNL_MSG_BATCH_BEGIN, .nlmsg_flags = NLM_F_REQUEST }, batch },
		{ { .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE,
		    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK }, table },
		{ { .nlmsg_type = NFNL_MSG_BATCH_END, .nlmsg_flags = NLM_F_REQUEST }, batch },
	};
	size_t i;

	for (i = 0; i < 3; i++)
		parts[i].head.nlmsg_len = sizeof(parts[i]);
	memcpy(&message, parts, sizeof(parts));
	talk(NETLINK_NETFILTER, sizeof(parts), "nftables");
}

static bool is_up(int fd, const char *name)
{
	struct ifreq ifr = { 0 };

	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", name);
	if (ioctl(fd, SIOCGIFFLAGS, &ifr))
		fail(name);
	return ifr.ifr_flags & IFF_UP;
}

static void time_closing(char *program, char **names)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char *const none[] = { program, NULL };
	long long begun;

	if (execv(program, none) != -1 || errno != EACCES)
		fail(program);
	begun = now_ns();
	for (; *names; names++)
		while (is_up(fd, *names))
			if (now_ns() - begun > 10000000000LL)
				fail("still open");
	printf("%lld\n", (now_ns() - begun) / 1000000);
}

static void run(int argc, char **argv)
{
	const char *verb = argv[1];

	if (argc == 4 && !strcmp(verb, "udp"))
		send_udp(argv[2], argv[3]);
	else if (argc == 4 && !strcmp(verb, "raw"))
		send_raw(argv[2], argv[3]);
	else if (argc >= 5 && !strcmp(verb, "packet"))
		send_packet(argv[2], argv[3], argv[4], argc > 5);
	else if (argc == 5 && !strcmp(verb, "checksum"))
		send_checksum(argv[2], argv[3], argv[4]);
	else if (argc == 4 && !strcmp(verb, "xsk"))
		send_xsk(argv[2], argv[3]);
	else if (argc == 4 && !strcmp(verb, "tun"))
		send_tun(argv[2], argv[3]);
	else if (argc == 3 && !strcmp(verb, "can"))
		send_can(argv[2]);
	else if (argc == 3 && !strcmp(verb, "bounce"))
		bounce(argv[2]);
	else if (argc == 4 && !strcmp(verb, "redirect"))
		redirect(argv[2], argv[3]);
	else if (argc == 3 && !strcmp(verb, "direct"))
		direct(argv[2]);
	else if (argc == 3 && !strcmp(verb, "queue"))
		queue(argv[2], RTM_NEWQDISC);
	else if (argc == 3 && !strcmp(verb, "unqueue"))
		queue(argv[2], RTM_DELQDISC);
	else if (argc == 3 && !strcmp(verb, "guard"))
		guard(argv[2]);
	else if (argc == 2 && !strcmp(verb, "flush"))
		flush_tables();
	else if (argc > 3 && !strcmp(verb, "time"))
		time_closing(argv[2], argv + 3);
	else
		usage("wire VERB ARGUMENT...");
}

int main(int argc, char **argv)
{
	if (argc < 2)
		usage("wire VERB ARGUMENT...");
	if (argc > 5 && !strcmp(argv[1], "hear"))
		return hear(argv[2], argv[3], argv + 5);
	run(argc, argv);
	return 0;
}
