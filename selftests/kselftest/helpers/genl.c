// SPDX-License-Identifier: GPL-2.0
/*
 * genl - speak to rivet's generic netlink family, without a library
 */
#define _GNU_SOURCE
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "helper.h"

#define USAGE	"genl COMMAND-NUMBER [dump], genl listen-deaf"

struct message {
	struct nlmsghdr n;
	struct genlmsghdr g;
	char rest[8192];
};

static struct message m;

static int open_socket(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0)
		fail("socket");
	return fd;
}

static void ask(int fd, int family, int command, int flags, const char *name)
{
	struct nlattr *a = (struct nlattr *)m.rest;
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };

	memset(&m, 0, sizeof(m));
	m.n.nlmsg_type = family;
	m.n.nlmsg_flags = NLM_F_REQUEST | flags;
	m.g.cmd = command;
	m.g.version = 1;
	m.n.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	if (name) {
		a->nla_type = CTRL_ATTR_FAMILY_NAME;
		a->nla_len = NLA_HDRLEN + strlen(name) + 1;
		strcpy((char *)a + NLA_HDRLEN, name);
		m.n.nlmsg_len += NLA_ALIGN(a->nla_len);
	}
	if (sendto(fd, &m, m.n.nlmsg_len, 0, (void *)&to, sizeof(to)) < 0)
		fail("send");
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

/* Join the group with the smallest buffer there is, and never read */
static void listen_deaf(int fd, unsigned int group)
{
	int small = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		fail("join");
	hold();
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
	ask(fd, family, atoi(argv[1]), argc > 2 ? NLM_F_DUMP : 0, NULL);
	answer(fd, "answer");
	puts("ok");
	return 0;
}
