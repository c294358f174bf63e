// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/device: block devices in use, and flash memory
 */
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>

#include "hook/device.h"

/* Only a loop device clears __GFP_IO in the page cache mapping of its backing file. */
static bool is_behind_a_loop_device(struct address_space *mapping)
{
	return !(mapping_gfp_mask(mapping) & __GFP_IO);
}

static bool overlap(struct block_device *a, struct block_device *b)
{
	return get_start_sect(a) < get_start_sect(b) + bdev_nr_sectors(b) &&
	       get_start_sect(b) < get_start_sect(a) + bdev_nr_sectors(a);
}

/**
 * struct use - the use of a disk and its partitions
 *
 * Filled in without a lock. A claim made during the search is treated like a later claim.
 *
 * @any: some partition, or the disk as a whole, is in use
 * @same: sectors of the device in question are in use
 */
struct use {
	bool any;
	bool same;
};

/*
 * The kernel marks the disk of a claimed partition as claimed too. A disk and one of its
 * partitions are never both claimed by a user of their own.
 */
static struct use find_use(struct block_device *bdev)
{
	struct block_device *whole = bdev_whole(bdev), *part;
	bool whole_is_claimed, part_is_claimed = false;
	struct use use = {};
	unsigned long index;

	rcu_read_lock();
	whole_is_claimed = READ_ONCE(whole->bd_holder);
	xa_for_each(&whole->bd_disk->part_tbl, index, part) {
		bool claimed = part != whole && READ_ONCE(part->bd_holder);

		part_is_claimed |= claimed;
		if (!claimed && !is_behind_a_loop_device(bdev_mapping(part)))
			continue;
		use.any = true;
		use.same |= part == bdev || part == whole || overlap(part, bdev);
	}
	rcu_read_unlock();
	use.any |= whole_is_claimed;
	use.same |= whole_is_claimed && (bdev == whole || !part_is_claimed);
	return use;
}

/* A device that cannot be examined counts as used, unless there is no device to open. */
static struct use find_use_of(dev_t dev)
{
	struct bdev_look *look = bdev_open_to_look(dev);
	bool unknown;
	struct use use;

	if (IS_ERR(look)) {
		unknown = PTR_ERR(look) != -ENXIO && PTR_ERR(look) != -ENODEV &&
			  PTR_ERR(look) != -ENOMEDIUM;
		return (struct use){ .any = unknown, .same = unknown };
	}
	use = find_use(bdev_of_look(look));
	bdev_close_look(look);
	return use;
}

/**
 * rivet_device_is_claimed() - check whether any sector of a block device is in use
 * @dev: a whole disk or a partition
 *
 * A filesystem, the device mapper, swap and similar users claim their device. A loop device
 * is recognised by its effect on the page cache. A partition may share sectors with its disk
 * or with another partition.
 *
 * Context: may sleep.
 * Return: true if some sector is in use; false if there is no such device.
 */
bool rivet_device_is_claimed(dev_t dev)
{
	return find_use_of(dev).same;
}

/**
 * rivet_device_disk_is_claimed() - check whether a disk or any of its partitions is in use
 * @dev: the disk, or any partition of it
 *
 * Context: may sleep.
 * Return: true if one is in use; false if there is no such device.
 */
bool rivet_device_disk_is_claimed(dev_t dev)
{
	return find_use_of(dev).any;
}

/**
 * rivet_device_is_image() - check whether a file is the image of a loop device
 * @inode: inode of a regular file; for overlayfs the overlay's own, not that of the layer
 *
 * Context: any.
 * Return: true if the file is an image in use.
 */
bool rivet_device_is_image(const struct inode *inode)
{
	return is_behind_a_loop_device(inode->i_mapping);
}

/**
 * rivet_device_is_flash() - check whether a device is flash memory, raw or as a block device
 * @mode: type of the device node, as in i_mode
 * @dev: device number
 *
 * Users of flash memory (UBI, JFFS2) make no claim that is visible here. Any flash memory
 * may therefore be below a mounted filesystem.
 *
 * Context: any.
 * Return: true for flash memory.
 */
bool rivet_device_is_flash(umode_t mode, dev_t dev)
{
	return (S_ISCHR(mode) && MAJOR(dev) == MTD_CHAR_MAJOR) ||
	       (S_ISBLK(mode) && MAJOR(dev) == MTD_BLOCK_MAJOR);
}
