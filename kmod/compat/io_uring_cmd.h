/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: struct io_uring_cmd, which has a header of its own since commit
 * b66509b8497f ("io_uring: split out cmd api into a separate header", v6.7)
 */
#ifndef _RIVET_COMPAT_IO_URING_CMD_H
#define _RIVET_COMPAT_IO_URING_CMD_H

#ifdef RIVET_HAVE_IO_URING_CMD_H
#include <linux/io_uring/cmd.h>
#else
#include <linux/io_uring.h>
#endif

#endif /* _RIVET_COMPAT_IO_URING_CMD_H */
