/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - compat: handing a file over
 */
#ifndef _RIVET_COMPAT_RECEIVE_FD_H
#define _RIVET_COMPAT_RECEIVE_FD_H

#include <linux/file.h>

/*
 * Before commit 4e94ddfe2aab ("file: remove __receive_fd()", v6.7) receive_fd() does not write
 * the descriptor to user space.
 */
#ifndef RIVET_HAVE_RECEIVE_FD_UFD
#define receive_fd(file, ufd, flags) receive_fd(file, flags)
#endif

#endif /* _RIVET_COMPAT_RECEIVE_FD_H */
