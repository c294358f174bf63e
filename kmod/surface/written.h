/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - surface/written: who may write to a file, and the copy of the bytes written
 */
#ifndef _RIVET_SURFACE_WRITTEN_H
#define _RIVET_SURFACE_WRITTEN_H

#include <linux/types.h>

struct file;

bool rivet_written_by(const struct file *file, int cap);
size_t rivet_written_line(const char *data, size_t len);
char *rivet_written_copy(const char __user *buf, size_t count);

#endif /* _RIVET_SURFACE_WRITTEN_H */
