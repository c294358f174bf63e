// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - device: block devices that something works on, and flash memory
 */
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/major.h>

#include "device.h"

static bool is_claimed(dev_t dev, bool whole)
{
	struct bdev_look *look = bdev_open_to_look(dev);
	struct block_device *bdev;
	bool claimed;

	if (IS_ERR(look))
		return false;
	bdev = bdev_of_look(look);
	claimed = READ_ONCE((whole ? bdev_whole(bdev) : bdev)->bd_holder);
	bdev_close_look(look);
	return claimed;
}

/**
 * rivet_device_is_claimed() - does something work on a block device?
 * @dev: a whole disk or a partition
 *
 * A filesystem, a device mapper, a swap or the like claims what it works on, and the
 * disk of a partition with it.
 *
 * Context: may sleep.
 * Return: whether it does; false if there is no such device.
 */
bool rivet_device_is_claimed(dev_t dev)
{
	return is_claimed(dev, false);
}

/**
 * rivet_device_disk_is_claimed() - does something work on a disk or any part of it?
 * @dev: the disk, or any partition of it
 *
 * Context: may sleep.
 * Return: whether it does; false if there is no such device.
 */
bool rivet_device_disk_is_claimed(dev_t dev)
{
	return is_claimed(dev, true);
}

/**
 * rivet_device_is_flash() - is it flash memory, raw or as a block device?
 * @mode: the type of its node, as in an inode
 * @dev: its number
 *
 * What uses flash memory (UBI, JFFS2) claims nothing that could be seen from here: all of
 * it may be below a mounted filesystem.
 *
 * Context: any.
 * Return: whether it is.
 */
bool rivet_device_is_flash(umode_t mode, dev_t dev)
{
	return (S_ISCHR(mode) && MAJOR(dev) == MTD_CHAR_MAJOR) ||
	       (S_ISBLK(mode) && MAJOR(dev) == MTD_BLOCK_MAJOR);
}
