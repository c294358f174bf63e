/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - hook/device: block devices in use, and flash memory
 */
#ifndef _RIVET_HOOK_DEVICE_H
#define _RIVET_HOOK_DEVICE_H

#include <linux/types.h>

struct inode;

bool rivet_device_is_claimed(dev_t dev);
bool rivet_device_disk_is_claimed(dev_t dev);
bool rivet_device_is_image(const struct inode *inode);
bool rivet_device_is_flash(umode_t mode, dev_t dev);

#endif /* _RIVET_HOOK_DEVICE_H */
