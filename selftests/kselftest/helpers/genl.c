// SPDX-License-Identifier: GPL-2.0
/*
 * genl - speak to rivet's generic netlink family, without a library
 */
#define _GNU_SOURCE
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <signal.h>
#include <sys/socket.h>

#include "helper.h"

#define USAGE	"genl COMMAND-NUMBER [dump], genl listen-deaf, genl count [small], genl flood SECONDS, genl report NONCE"

/* As in the uapi header */
#define STATUS		1
#define EVENTS		2
#define STATS		3
#define EVENT		4
#define REPORT		8
#define EVENT_SEQ	2
#define REPORT_NONCE	1
#define REPORT_TEXT	2
#define NONCE_MAX	100	/* more than is taken */

struct message {
	struct nlmsghdr n;
	struct genlmsghdr g;
	char rest[65536];
};

static struct message m;

static int open_socket(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0)
		fail("socket");
	return fd;
}

/* @len: bytes of the attribute @value; 0 without one */
static void ask_with(int fd, int family, int command, int flags, int type, const void *value,
		     size_t len)
{
	struct nlattr *a = (struct nlattr *)m.rest;
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };

	memset(&m, 0, sizeof(m));
	m.n.nlmsg_type = family;
	m.n.nlmsg_flags = NLM_F_REQUEST | flags;
	m.g.cmd = command;
	m.g.version = 1;
	m.n.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	if (len) {
		a->nla_type = type;
		a->nla_len = NLA_HDRLEN + len;
		memcpy((char *)a + NLA_HDRLEN, value, len);
		m.n.nlmsg_len += NLA_ALIGN(a->nla_len);
	}
	if (sendto(fd, &m, m.n.nlmsg_len, 0, (void *)&to, sizeof(to)) < 0)
		fail("send");
}

static void ask(int fd, int family, int command, int flags, const char *name)
{
	ask_with(fd, family, command, flags, CTRL_ATTR_FAMILY_NAME, name,
		 name ? strlen(name) + 1 : 0);
}

static ssize_t answer(int fd, const char *what)
{
	ssize_t got = recv(fd, &m, sizeof(m), 0);
	int error;

	if (got < 0)
		fail(what);
	if (m.n.nlmsg_type == NLMSG_ERROR || m.n.nlmsg_type == NLMSG_DONE) {
		memcpy(&error, NLMSG_DATA(&m.n), sizeof(error));
		if (error) {
			errno = -error;
			fail(what);
		}
	}
	return got;
}

/* The attribute of this type in the run of attributes */
static struct nlattr *find(void *from, size_t len, int type)
{
	struct nlattr *a = from;

	while (len >= NLA_HDRLEN && a->nla_len >= NLA_HDRLEN && a->nla_len <= len) {
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		if ((size_t)NLA_ALIGN(a->nla_len) >= len)
			break;
		len -= NLA_ALIGN(a->nla_len);
		a = (void *)((char *)a + NLA_ALIGN(a->nla_len));
	}
	errno = ENOENT;
	fail("attribute");
}

static void *inside(struct nlattr *a)
{
	return (char *)a + NLA_HDRLEN;
}

static int find_family(int fd, unsigned int *group)
{
	struct nlattr *a;
	size_t len;

	ask(fd, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, "rivet");
	len = answer(fd, "family") - NLMSG_LENGTH(GENL_HDRLEN);
	a = find(m.rest, len, CTRL_ATTR_MCAST_GROUPS);
	a = find(inside(a), a->nla_len - NLA_HDRLEN, 1);
	a = find(inside(a), a->nla_len - NLA_HDRLEN, CTRL_ATTR_MCAST_GRP_ID);
	memcpy(group, inside(a), sizeof(*group));
	return *(unsigned short *)inside(find(m.rest, len, CTRL_ATTR_FAMILY_ID));
}

static void join(int fd, unsigned int group)
{
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		fail("join");
}

/* The smallest buffer there is */
static void make_small(int fd)
{
	int small = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
}

/* Join the group, and never read */
static void listen_deaf(int fd, unsigned int group)
{
	make_small(fd);
	join(fd, group);
	hold();
}

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

/* Listen until SIGTERM, and tell how many events came and how many were missed */
static void count_events(int fd, unsigned int group)
{
	unsigned long long seq, first = 0, last = 0, received = 0, missed = 0;
	struct sigaction action = { .sa_handler = on_term };
	int overruns = 0;
	ssize_t got;

	sigaction(SIGTERM, &action, NULL);
	join(fd, group);
	puts("ready");
	fflush(stdout);
	while (!stop) {
		got = recv(fd, &m, sizeof(m), 0);
		if (got < 0) {
			if (errno != ENOBUFS && errno != EINTR)
				fail("recv");
			overruns += errno == ENOBUFS;
			continue;
		}
		if (m.g.cmd != EVENT)
			continue;
		memcpy(&seq, inside(find(m.rest, got - NLMSG_LENGTH(GENL_HDRLEN), EVENT_SEQ)),
		       sizeof(seq));
		missed += last ? seq - last - 1 : 0;
		first = first ?: seq;
		last = seq;
		received++;
	}
	printf("first %llu last %llu received %llu missed %llu overruns %d\n", first, last,
	       received, missed, overruns);
}

/* Ask for everything there is, as fast as it goes, and read only part of it */
static void flood(int family, int seconds)
{
	long long until = now_ms() + seconds * 1000LL;
	int fd = open_socket(), i, asked = 0;
	static char answers[65536];

	while (now_ms() < until) {
		for (i = 0; i < 8; i++, asked++) {
			ask(fd, family, STATUS, NLM_F_ACK, NULL);
			ask(fd, family, STATS, 0, NULL);
		}
		while (recv(fd, answers, sizeof(answers), MSG_DONTWAIT) > 0)
			;
		/* A dump that is never read to its end, and a socket that goes with it */
		ask(fd, family, EVENTS, NLM_F_DUMP, NULL);
		if (asked % 64 == 0) {
			close(fd);
			fd = open_socket();
		}
	}
	printf("asked %d\n", asked);
}

/* Ask for a report with this nonce, in hex, until it is made */
static void print_report(int fd, int family, const char *hex)
{
	unsigned char nonce[NONCE_MAX];
	struct nlattr *a;
	size_t len;

	for (len = 0; len < NONCE_MAX && sscanf(hex + 2 * len, "%2hhx", &nonce[len]) == 1;)
		len++;
	for (;;) {
		ask_with(fd, family, REPORT, 0, REPORT_NONCE, nonce, len);
		answer(fd, "report");
		a = (void *)m.rest;
		if ((a->nla_type & NLA_TYPE_MASK) == REPORT_TEXT)
			break;
		usleep(10000);
	}
	fwrite(inside(a), a->nla_len - NLA_HDRLEN, 1, stdout);
}

int main(int argc, char **argv)
{
	unsigned int group;
	int fd, family;

	if (argc < 2)
		usage(USAGE);
	fd = open_socket();
	family = find_family(fd, &group);
	if (!strcmp(argv[1], "listen-deaf"))
		listen_deaf(fd, group);
	if (!strcmp(argv[1], "count")) {
		if (argc > 2)
			make_small(fd);
		count_events(fd, group);
		return 0;
	}
	if (!strcmp(argv[1], "flood") && argc == 3) {
		flood(family, atoi(argv[2]));
		return 0;
	}
	if (!strcmp(argv[1], "report") && argc == 3) {
		print_report(fd, family, argv[2]);
		return 0;
	}
	ask(fd, family, atoi(argv[1]), argc > 2 ? NLM_F_DUMP : 0, NULL);
	answer(fd, "answer");
	puts("ok");
	return 0;
}
