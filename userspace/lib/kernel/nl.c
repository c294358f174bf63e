// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the generic netlink family "rivet" from userspace
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <linux/genetlink.h>

#include "lib/base/attrs.h"
#include "lib/base/text.h"
#include "lib/kernel/nl.h"
#include "text/names.h"

#define RECEIVE_SIZE	(64 * 1024)	/* more than the kernel puts into one datagram */
#define REQUEST_SIZE	256
#define ANSWER_SECONDS	30
#define LISTEN_BUFFER	(4 * 1024 * 1024)
#define CTRL_GROUP	GENL_ID_CTRL	/* families that appear and disappear */

static const char next_load[] = "load the module: modprobe rivet";
static const char next_root[] = "run as root (CAP_NET_ADMIN in the initial user namespace)";

/* A pending request: the receiver of its answers, and its result. */
struct request {
	uint32_t seq;
	bool done;
	bool interrupted;
	int error;		/* positive errno */
	char why[256];		/* the kernel's own words, if any */
	int (*fn)(const struct nlmsghdr *nlh, void *data);
	void *data;
	int stopped;		/* the result of fn */
};

static int fail_errno(struct err *err, const char *what, int error)
{
	if (error == EPERM)
		return err_set(err, EXIT_IO, next_root, "%s: %s", what, strerror(error));
	return err_set(err, EXIT_OTHER, NULL, "%s: %s", what, strerror(error));
}

static void get_why(const struct nlmsghdr *nlh, char *why, size_t size)
{
	static const struct attr_field fields[] = {
		[NLMSGERR_ATTR_MSG] = { MNL_TYPE_NUL_STRING, 0 },
	};
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*error), len = mnl_nlmsg_get_payload_len(nlh);
	struct rivet_slice text = { 0 };
	uint64_t present;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && error->msg.nlmsg_len >= sizeof(error->msg))
		offset += MNL_ALIGN(error->msg.nlmsg_len - sizeof(error->msg));
	if (offset > len ||
	    attrs_decode(mnl_nlmsg_get_payload_offset(nlh, offset), len - offset, fields,
			 MNL_ARRAY_SIZE(fields), &text, &present))
		return;
	rivet_name_escape(text.ptr, text.len, why, size);
}

static void take_error(const struct nlmsghdr *nlh, struct request *req)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(nlh);

	req->done = true;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*error)) {
		req->error = EBADMSG;
		return;
	}
	req->error = abs(error->error);
	get_why(nlh, req->why, sizeof(req->why));
}

static void take_done(const struct nlmsghdr *nlh, struct request *req)
{
	int code = 0;

	req->done = true;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(code))
		memcpy(&code, mnl_nlmsg_get_payload(nlh), sizeof(code));
	if (code < 0)
		req->error = -code;
}

static void take_message(const struct nlmsghdr *nlh, struct request *req)
{
	if (nlh->nlmsg_seq != req->seq)
		return;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		req->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		take_error(nlh, req);
	else if (nlh->nlmsg_type == NLMSG_DONE)
		take_done(nlh, req);
	else if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && !req->stopped)
		req->stopped = req->fn(nlh, req->data);
}

/* Takes a datagram only from the kernel itself; another sender's stays unread. -errno on error. */
static ssize_t receive(const struct nl *nl, void *buf, size_t size, int flags)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1,
	};
	ssize_t len;

	do {
		len = recvmsg(mnl_socket_get_fd(nl->socket), &msg, flags);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	return from.nl_pid ? 0 : len;
}

static int receive_answers(const struct nl *nl, struct request *req)
{
	const struct nlmsghdr *nlh;
	char *buf = malloc(RECEIVE_SIZE);
	const void *pos;
	ssize_t got = 0;
	size_t left;

	if (!buf)
		return -ENOMEM;
	while (!req->done) {
		got = receive(nl, buf, RECEIVE_SIZE, 0);
		if (got < 0)
			break;
		pos = buf;
		left = got;
		while ((nlh = attrs_next_message(&pos, &left)))
			take_message(nlh, req);
	}
	free(buf);
	return got < 0 ? got : -req->error;
}

static struct nlmsghdr *begin_request(struct nl *nl, void *buf, uint16_t family, uint8_t cmd,
				      uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = RIVET_GENL_VERSION;
	return nlh;
}

static int send_request(struct nl *nl, const struct nlmsghdr *nlh, struct request *req)
{
	req->seq = nlh->nlmsg_seq;
	if (mnl_socket_sendto(nl->socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	return receive_answers(nl, req);
}

/* Return: EXIT_OK or the exit status of the error, with @what in its message. */
static int finish_request(const struct request *req, int ret, const char *what, struct err *err)
{
	if (!ret)
		return EXIT_OK;
	if (req->why[0])
		return err_set(err, ret == -EPERM ? EXIT_IO : EXIT_OTHER, NULL, "%s: %s (%s)", what,
			       strerror(-ret), req->why);
	return fail_errno(err, what, -ret);
}

static void find_group(struct rivet_slice groups, uint32_t *group)
{
	static const struct attr_field fields[] = {
		[CTRL_ATTR_MCAST_GRP_NAME] = { MNL_TYPE_NUL_STRING, 0 },
		[CTRL_ATTR_MCAST_GRP_ID] = { MNL_TYPE_U32, sizeof(struct rivet_slice) },
	};
	struct {
		struct rivet_slice name;
		uint32_t id;
	} found;
	const char *end = groups.ptr + groups.len;
	const struct nlattr *attr = (const void *)groups.ptr;
	uint64_t present;

	for (; mnl_attr_ok(attr, end - (const char *)attr); attr = mnl_attr_next(attr)) {
		memset(&found, 0, sizeof(found));
		if (!attrs_decode(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr),
				  fields, MNL_ARRAY_SIZE(fields), &found, &present) &&
		    rivet_slice_equal(found.name, RIVET_GENL_MCGRP_EVENTS))
			*group = found.id;
	}
}

/* The reply of nlctrl about a family */
struct family {
	uint16_t id;
	struct rivet_slice name;
	struct rivet_slice groups;
};

static int decode_family(const struct nlmsghdr *nlh, struct family *out)
{
	static const struct attr_field fields[] = {
		[CTRL_ATTR_FAMILY_ID] = { MNL_TYPE_U16, offsetof(struct family, id) },
		[CTRL_ATTR_FAMILY_NAME] = { MNL_TYPE_NUL_STRING, offsetof(struct family, name) },
		[CTRL_ATTR_MCAST_GROUPS] = { MNL_TYPE_BINARY, offsetof(struct family, groups) },
	};
	uint64_t present;

	memset(out, 0, sizeof(*out));
	return attrs_decode_genl(nlh, fields, MNL_ARRAY_SIZE(fields), out, &present);
}

static int take_family(const struct nlmsghdr *nlh, void *data)
{
	struct nl *nl = data;
	struct family family;

	if (nlh->nlmsg_type != GENL_ID_CTRL || decode_family(nlh, &family))
		return 0;
	nl->family = family.id;
	find_group(family.groups, &nl->group);
	return 0;
}

static int fail_unreachable(struct err *err)
{
	if (!access("/sys/module/rivet", F_OK))
		return err_set(err, EXIT_UNREACHABLE, "run in the first network namespace",
			       "the rivet module is loaded, but not visible in this network namespace");
	return err_set(err, EXIT_UNREACHABLE, next_load, "the rivet module is not loaded");
}

static int resolve(struct nl *nl, struct err *err)
{
	static const char what[] = "cannot find rivet's netlink family";
	struct request req = { .fn = take_family, .data = nl };
	char buf[REQUEST_SIZE] __attribute__((aligned(4)));
	struct nlmsghdr *nlh = begin_request(nl, buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	int ret;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, RIVET_GENL_NAME);
	ret = send_request(nl, nlh, &req);
	if (ret == -ENOENT)
		return fail_unreachable(err);
	if (!ret && (!nl->family || !nl->group))
		ret = -EBADMSG;
	return finish_request(&req, ret, what, err);
}

static int open_socket(struct nl *nl)
{
	struct timeval timeout = { .tv_sec = ANSWER_SECONDS };
	int one = 1;

	memset(nl, 0, sizeof(*nl));
	nl->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->socket)
		return -errno;
	if (mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID))
		return -errno;
	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(mnl_socket_get_fd(nl->socket), SOL_SOCKET, SO_RCVTIMEO, &timeout,
		   sizeof(timeout));
	return 0;
}

/**
 * nl_open() - connect to the family
 * @nl: the connection; close with nl_close(), also on error
 * @err: filled on error
 *
 * Return: EXIT_OK; EXIT_UNREACHABLE if the module is not loaded; or the exit
 * status of another error.
 */
int nl_open(struct nl *nl, struct err *err)
{
	int ret = open_socket(nl);

	if (ret)
		return fail_errno(err, "cannot open a netlink socket", -ret);
	return resolve(nl, err);
}

/**
 * nl_close() - end a connection
 * @nl: the connection, opened or not
 */
void nl_close(struct nl *nl)
{
	if (nl->socket)
		mnl_socket_close(nl->socket);
	nl->socket = NULL;
}

/**
 * nl_begin() - begin a request to the family
 * @nl: open
 * @buf: room for it, aligned to 4
 * @cmd: enum rivet_cmd
 * @flags: NLM_F_ACK or NLM_F_DUMP
 *
 * Return: its header, in @buf; attributes are added behind it.
 */
struct nlmsghdr *nl_begin(struct nl *nl, void *buf, uint8_t cmd, uint16_t flags)
{
	return begin_request(nl, buf, nl->family, cmd, flags);
}

/**
 * nl_ask() - send a request and take its answers
 * @nl: open
 * @nlh: from nl_begin()
 * @fn: called for each message
 * @data: for @fn
 * @what: what cannot be done, for the error
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int nl_ask(struct nl *nl, const struct nlmsghdr *nlh, nl_answer_fn fn, void *data,
	   const char *what, struct err *err)
{
	struct request req = { .fn = fn, .data = data };
	int ret = send_request(nl, nlh, &req);

	if (!ret && req.stopped)
		ret = req.stopped;
	return finish_request(&req, ret, what, err);
}

static int take_status(const struct nlmsghdr *nlh, void *data)
{
	int ret = status_decode(nlh, data);

	return ret == -ENOMSG ? 0 : ret;
}

/**
 * nl_status() - ask for the module's state
 * @nl: open
 * @out: the state
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int nl_status(struct nl *nl, struct status *out, struct err *err)
{
	struct request req = { .fn = take_status, .data = out };
	char buf[REQUEST_SIZE] __attribute__((aligned(4)));
	struct nlmsghdr *nlh = begin_request(nl, buf, nl->family, RIVET_CMD_STATUS, NLM_F_ACK);
	int ret;

	memset(out, 0, sizeof(*out));
	ret = send_request(nl, nlh, &req);
	if (!ret && (req.stopped || !out->present))
		ret = -EBADMSG;
	return finish_request(&req, ret, "cannot ask for rivet's status", err);
}

struct event_walk {
	nl_event_fn fn;
	void *data;
};

/* A malformed event is skipped: it shows as a gap. */
static int take_event(const struct nlmsghdr *nlh, void *data)
{
	const struct event_walk *walk = data;
	struct event event;

	return event_decode(nlh, &event) ? 0 : walk->fn(&event, walk->data);
}

/**
 * nl_events() - ask for the events that the kernel still holds
 * @nl: open
 * @since: only events with a higher number
 * @fn: called for each, oldest first
 * @data: for @fn
 * @err: filled on error, but not if @fn ended the walk
 *
 * Return: EXIT_OK; the result of @fn if not 0; or the exit status of the error.
 */
int nl_events(struct nl *nl, uint64_t since, nl_event_fn fn, void *data, struct err *err)
{
	struct event_walk walk = { .fn = fn, .data = data };
	struct request req = { .fn = take_event, .data = &walk };
	char buf[REQUEST_SIZE] __attribute__((aligned(4)));
	struct nlmsghdr *nlh = begin_request(nl, buf, nl->family, RIVET_CMD_EVENTS, NLM_F_DUMP);
	int ret;

	mnl_attr_put_u64(nlh, RIVET_A_EVENTS_SINCE, since);
	ret = send_request(nl, nlh, &req);
	if (ret || !req.stopped)
		return finish_request(&req, ret, "cannot read rivet's events", err);
	return req.stopped;
}

/**
 * nl_subscribe() - receive events as they happen, and a notice if the module is
 * unloaded
 * @nl: open; use it only for nl_receive() from here on
 * @err: filled on error
 *
 * Return: EXIT_OK, or the exit status of the error.
 */
int nl_subscribe(struct nl *nl, struct err *err)
{
	int groups[] = { nl->group, CTRL_GROUP };
	int size = LISTEN_BUFFER;
	int fd = mnl_socket_get_fd(nl->socket);
	size_t i;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	for (i = 0; i < MNL_ARRAY_SIZE(groups); i++) {
		if (mnl_socket_setsockopt(nl->socket, NETLINK_ADD_MEMBERSHIP, &groups[i],
					  sizeof(groups[i])))
			return fail_errno(err, "cannot subscribe to rivet's events", errno);
	}
	return EXIT_OK;
}

/**
 * nl_fd() - the descriptor to poll before nl_receive()
 * @nl: subscribed
 *
 * Return: the file descriptor.
 */
int nl_fd(const struct nl *nl)
{
	return mnl_socket_get_fd(nl->socket);
}

static bool is_gone(const struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct family family;

	return nlh->nlmsg_type == GENL_ID_CTRL && !decode_family(nlh, &family) &&
	       genl->cmd == CTRL_CMD_DELFAMILY && family.id == nl->family;
}

static enum nl_news take_news(struct nl *nl, const struct nlmsghdr *nlh, struct event_walk *walk)
{
	if (is_gone(nl, nlh))
		return NL_GONE;
	if (nlh->nlmsg_type != nl->family)
		return NL_NOTHING;
	return take_event(nlh, walk) ? NL_STOPPED : NL_MESSAGES;
}

/**
 * nl_receive() - take one datagram of the subscription, without waiting
 * @nl: subscribed
 * @fn: called for each event
 * @data: for @fn
 * @err: filled on NL_FAILED
 *
 * Return: see enum nl_news.
 */
enum nl_news nl_receive(struct nl *nl, nl_event_fn fn, void *data, struct err *err)
{
	static _Thread_local char buf[RECEIVE_SIZE] __attribute__((aligned(8)));
	struct event_walk walk = { .fn = fn, .data = data };
	enum nl_news news = NL_NOTHING;
	ssize_t got = receive(nl, buf, sizeof(buf), MSG_DONTWAIT);
	const struct nlmsghdr *nlh;
	const void *pos = buf;
	size_t left;

	if (got == -EAGAIN)
		return NL_NOTHING;
	if (got == -ENOBUFS || got == -EMSGSIZE)
		return NL_LOST;
	if (got < 0) {
		fail_errno(err, "cannot receive events", -got);
		return NL_FAILED;
	}
	left = got;
	while ((nlh = attrs_next_message(&pos, &left))) {
		news = take_news(nl, nlh, &walk);
		if (news == NL_GONE || news == NL_STOPPED)
			break;
	}
	return news;
}
