/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ring.h - io_uring without a library: one request at a time
 */
#ifndef RIVET_RING_H
#define RIVET_RING_H

#include <sys/mman.h>
#include <sys/syscall.h>

#include <linux/io_uring.h>

#include "helper.h"

struct ring {
	int fd;
	struct io_uring_params params;
	char *rings;
	struct io_uring_sqe *sqes;
};

static inline void set_up_ring(struct ring *r)
{
	size_t length;

	r->fd = syscall(SYS_io_uring_setup, 4, &r->params);
	if (r->fd < 0)
		fail("io_uring_setup");
	length = r->params.cq_off.cqes + r->params.cq_entries * sizeof(struct io_uring_cqe);
	r->rings = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
			IORING_OFF_SQ_RING);
	r->sqes = mmap(NULL, r->params.sq_entries * sizeof(*r->sqes), PROT_READ | PROT_WRITE,
		       MAP_SHARED, r->fd, IORING_OFF_SQES);
	if (r->rings == MAP_FAILED || r->sqes == MAP_FAILED)
		fail("mmap");
}

static inline int submit(struct ring *r, const struct io_uring_sqe *sqe)
{
	unsigned int *tail = (void *)(r->rings + r->params.sq_off.tail);
	unsigned int *array = (void *)(r->rings + r->params.sq_off.array);
	unsigned int *head = (void *)(r->rings + r->params.cq_off.head);
	unsigned int *cq_mask = (void *)(r->rings + r->params.cq_off.ring_mask);
	struct io_uring_cqe *cqes = (void *)(r->rings + r->params.cq_off.cqes);
	unsigned int slot = *tail & (r->params.sq_entries - 1);
	unsigned int flags = IORING_ENTER_GETEVENTS;
	int result;

	if (r->params.flags & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	r->sqes[slot] = *sqe;
	array[slot] = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, flags, NULL, 0) != 1)
		fail("io_uring_enter");
	result = cqes[*head & *cq_mask].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

#endif
